//! Which of the known formats an input is, by its first bytes; logs by what is in them.

pub(crate) mod traceback;

/// A format that [`detect`] recognises. Those that godiag does not read are here so that errors can name
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// No bytes at all.
    Empty,
    /// A gzip stream; what is inside shows after inflating it.
    Gzip,
    /// A zstd frame (not read).
    Zstd,
    /// An lz4 frame (not read).
    Lz4,
    /// A zip archive (not read).
    Zip,
    /// Text in UTF-16; what it is shows after converting it.
    Utf16,
    /// A pprof profile in protobuf.
    Pprof,
    /// A Go execution trace; the header's version, such as (1, 27).
    Trace(u16, u16),
    /// `goroutine`, `threadcreate` or custom profile, debug=1.
    CountText,
    /// Heap profile text: Go debug=1, C++, growth, fragmentation.
    HeapText,
    /// jemalloc's heap profile text.
    JemallocHeap,
    /// Block or mutex profile text: Go debug=1, C++.
    ContentionText,
    /// C++ `threadz` text.
    ThreadText,
    /// Java heap or contention text.
    JavaText,
    /// CPU profile in the binary form of gperftools.
    LegacyCpu,
    /// Goroutine dump, debug=2, or a log with a crash, a race report or goleak's output in it.
    Goroutines,
    /// Output of the Go compiler: `-S`, `-m`, `-json`.
    CompilerOutput,
    /// Output of `go tool objdump`.
    Objdump,
    /// An HTML page, as a server gives instead of a profile.
    Html,
    /// An HTTP answer with its header, or a server's error line.
    HttpError,
    /// JSON.
    Json,
    /// Text of no known form.
    Text,
    /// Bytes of no known form.
    Unknown,
}

impl Format {
    /// The format in words, with its article, as in "this is an HTML page".
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Empty => "an empty input",
            Self::Gzip => "a gzip stream",
            Self::Zstd => "a zstd frame",
            Self::Lz4 => "an lz4 frame",
            Self::Zip => "a zip archive",
            Self::Utf16 => "text in UTF-16",
            Self::Pprof => "a pprof profile",
            Self::Trace(..) => "a Go execution trace",
            Self::CountText => "a goroutine profile in text (debug=1)",
            Self::HeapText => "a heap profile in text (debug=1)",
            Self::JemallocHeap => "a jemalloc heap profile",
            Self::ContentionText => "a block, mutex or contention profile in text",
            Self::ThreadText => "a threadz dump",
            Self::JavaText => "a Java heap or contention profile",
            Self::LegacyCpu => "a CPU profile in the old binary form",
            Self::Goroutines => "a goroutine dump (debug=2) or crash log",
            Self::CompilerOutput => "Go compiler output",
            Self::Objdump => "go tool objdump output",
            Self::Html => "an HTML page",
            Self::HttpError => "an HTTP error",
            Self::Json => "JSON",
            Self::Text => "text of no known form",
            Self::Unknown => "bytes of no known form",
        }
    }

    /// The format as a stable word for programs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Lz4 => "lz4",
            Self::Zip => "zip",
            Self::Utf16 => "utf16",
            Self::Pprof => "pprof",
            Self::Trace(..) => "trace",
            Self::CountText => "count-text",
            Self::HeapText => "heap-text",
            Self::JemallocHeap => "jemalloc",
            Self::ContentionText => "contention-text",
            Self::ThreadText => "thread-text",
            Self::JavaText => "java-text",
            Self::LegacyCpu => "legacy-cpu",
            Self::Goroutines => "goroutines",
            Self::CompilerOutput => "compiler",
            Self::Objdump => "objdump",
            Self::Html => "html",
            Self::HttpError => "http-error",
            Self::Json => "json",
            Self::Text => "text",
            Self::Unknown => "unknown",
        }
    }
}

/// How much of the input is searched for words that need not come first.
const HEAD: usize = 64 << 10;

/// Recognises the format of `input` by its first 64 KiB. Text and JSON of no other form are searched to their
/// end, at memory speed, for goroutines or a crash. Never fails and never allocates.
///
/// ```
/// use godiag::{Format, detect};
/// assert_eq!(detect(b"go 1.22 trace\0\0\0"), Format::Trace(1, 22));
/// assert_eq!(detect(b"<!DOCTYPE html>"), Format::Html);
/// ```
pub fn detect(input: &[u8]) -> Format {
    if input.is_empty() {
        return Format::Empty;
    }
    const MAGIC: [(&[u8], Format); 7] = [
        (b"\x1f\x8b", Format::Gzip),
        (b"\x28\xb5\x2f\xfd", Format::Zstd),
        (b"\x04\x22\x4d\x18", Format::Lz4),
        (b"PK\x03\x04", Format::Zip),
        (b"\xff\xfe", Format::Utf16),
        (b"\xfe\xff", Format::Utf16),
        (b"heap_v2/", Format::JemallocHeap),
    ];
    if let Some((_, format)) = MAGIC.iter().find(|(magic, _)| input.starts_with(magic)) {
        return *format;
    }
    if let Some(version) = trace_version(input) {
        return version;
    }
    if is_legacy_cpu(input) {
        return Format::LegacyCpu;
    }
    let head = input.get(..HEAD).unwrap_or(input);
    if looks_like_text(head) {
        let format = text_format(head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head));
        let is_log = matches!(format, Format::Text | Format::Json) && traceback::is_in(input);
        return if is_log { Format::Goroutines } else { format };
    }
    if starts_with_field(input) { Format::Pprof } else { Format::Unknown }
}

/// `go 1.N trace` and NUL bytes to 16.
fn trace_version(input: &[u8]) -> Option<Format> {
    let head = input.get(..16.min(input.len()))?;
    let rest = head.strip_prefix(b"go ")?;
    let (major, rest) = number(rest)?;
    let (minor, rest) = number(rest.strip_prefix(b".")?)?;
    rest.starts_with(b" trace").then_some(Format::Trace(major, minor))
}

fn number(text: &[u8]) -> Option<(u16, &[u8])> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at(digits);
    Some((std::str::from_utf8(digits).ok()?.parse().ok()?, rest))
}

/// Header words 0, 3, 0 (1 in Java's form), period, 0 in one of four widths and byte orders.
fn is_legacy_cpu(input: &[u8]) -> bool {
    let words32 = |from: fn([u8; 4]) -> u32| {
        let mut words = input.chunks_exact(4).filter_map(|c| c.try_into().ok()).map(|c| u64::from(from(c)));
        is_cpu_header(std::array::from_fn(|_| words.next()))
    };
    let words64 = |from: fn([u8; 8]) -> u64| {
        let mut words = input.chunks_exact(8).filter_map(|c| c.try_into().ok()).map(from);
        is_cpu_header(std::array::from_fn(|_| words.next()))
    };
    words32(u32::from_le_bytes)
        || words32(u32::from_be_bytes)
        || words64(u64::from_le_bytes)
        || words64(u64::from_be_bytes)
}

fn is_cpu_header(words: [Option<u64>; 5]) -> bool {
    matches!(words, [Some(0), Some(3), Some(0 | 1), Some(1..), Some(0)])
}

/// No byte below TAB, and few control bytes but white space and ESC.
fn looks_like_text(head: &[u8]) -> bool {
    let head = head.get(..512).unwrap_or(head);
    let control = |b: &u8| *b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b);
    head.iter().filter(|b| control(b)).count() * 64 < head.len().max(1)
        && !matches!(head, [0x0a | 0x12, len, ..] if usize::from(*len) < head.len() && head.iter().any(control))
}

fn text_format(text: &[u8]) -> Format {
    let text = text.trim_ascii_start();
    if text.starts_with(b"--- contentionz 1 ---") && has_java_attributes(text) {
        return Format::JavaText;
    }
    const FIRST: [(&[u8], Format); 14] = [
        (b"heap profile:", Format::HeapText),
        (b"--- mutex:", Format::ContentionText),
        (b"--- contention:", Format::ContentionText),
        (b"--- contentionz ", Format::ContentionText),
        (b"--- heapz ", Format::JavaText),
        (b"--- threadz ", Format::ThreadText),
        (b"--- Thread ", Format::ThreadText),
        (b"<html", Format::Html),
        (b"<HTML", Format::Html),
        (b"<!DOCTYPE", Format::Html),
        (b"<!doctype", Format::Html),
        (b"HTTP/1.", Format::HttpError),
        (b"Unknown profile", Format::HttpError),
        (b"404 ", Format::HttpError),
    ];
    if let Some((_, format)) = FIRST.iter().find(|(word, _)| text.starts_with(word)) {
        return *format;
    }
    let first = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    if memchr::memmem::find(first, b" profile: total ").is_some() {
        return Format::CountText;
    }
    if has(text, b" STEXT ") || text.starts_with(b"{\"version\":0,\"package\":") {
        return Format::CompilerOutput;
    }
    if text.starts_with(b"TEXT ") && has(first, b"(SB)") {
        return Format::Objdump;
    }
    if traceback::is_in(text) {
        return Format::Goroutines;
    }
    const DECISION: [&[u8]; 8] = [
        b": can inline ",
        b": cannot inline ",
        b": inlining call to ",
        b" escapes to heap",
        b": moved to heap: ",
        b": leaking param",
        b" does not escape",
        b": Found IsInBounds",
    ];
    if DECISION.iter().any(|word| has(text, word)) {
        return Format::CompilerOutput;
    }
    match first {
        [b'{' | b'[', ..] => Format::Json,
        _ => Format::Text,
    }
}

/// Whether a contention profile is Java's: that of gperftools may have the same first line, but has no such
/// attributes.
fn has_java_attributes(text: &[u8]) -> bool {
    let lines = text.split(|&byte| byte == b'\n').skip(1).map(<[u8]>::trim_ascii);
    let mut attributes = lines.take_while(|line| !line.contains(&b'@'));
    attributes.any(|line| line.starts_with(b"format") || line.starts_with(b"resolution"))
}

fn has(text: &[u8], word: &[u8]) -> bool {
    memchr::memmem::find(text, word).is_some()
}

/// A key of field 1 to 15 with wire type 0 or 2: what every profile begins with.
fn starts_with_field(input: &[u8]) -> bool {
    matches!(input.first(), Some(&key) if key >> 3 != 0 && key < 0x80 && matches!(key & 7, 0 | 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_their_first_bytes() {
        for (input, format) in [
            (&b""[..], Format::Empty),
            (b"\x1f\x8b\x08", Format::Gzip),
            (b"go 1.5 trace\0\0\0\0", Format::Trace(1, 5)),
            (b"go 1.27 trace\0\0\0", Format::Trace(1, 27)),
            (b"goroutine profile: total 5\n", Format::CountText),
            (b"goroutine 1 [running]:\nmain.main()\n", Format::Goroutines),
            (
                b"2026/01/01 log\npanic: boom\n\ngoroutine 7 gp=0x1 m=0 mp=0x2 [running]:\n",
                Format::Goroutines,
            ),
            (b"--- contentionz 1 ---\nformat = java\n", Format::JavaText),
            (b"--- contentionz 1 ---\ncycles/second = 1\n 1 2 @ 0x1\nformat\n", Format::ContentionText),
            (b"# command-line-arguments\nmain.f STEXT size=1 args=0x0\n", Format::CompilerOutput),
            (b"./a.go:3:6: can inline f\n", Format::CompilerOutput),
            (b"  {\"a\": 1}", Format::Json),
            (b"hello\n", Format::Text),
            (b"\x0a\x04\x08\x01\x10\x02\x12\x03\x0a\x01\x05", Format::Pprof),
            (b"\x4a\x00", Format::Pprof),
            (b"\xff\x00\x01\x02", Format::Unknown),
            (b"\0\0\0\0\x03\0\0\0\0\0\0\0\x10\x27\0\0\0\0\0\0", Format::LegacyCpu),
        ] {
            assert_eq!(detect(input), format, "{}", input.escape_ascii());
        }
    }
}
