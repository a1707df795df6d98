//! Compiler output cut into lines, each typed by its shape.
//!
//! What goes in: any bytes. What comes out: [`Line`]s, in order, one for each line of the input. The types follow
//! `cmd/internal/obj/objfile.go` (listing), `cmd/compile/internal/base/print.go` (diagnostics),
//! `cmd/compile/internal/logopt` (JSON) and `cmd/internal/disasm` (objdump). Nothing fails and nothing is
//! allocated: a line of no known shape is [`LineKind::Unknown`].

use super::span::offset_in;
use super::{header, position};

/// How many bytes of a line are looked at; the rest of a longer one is ignored.
const LOOKED_AT: usize = 64 << 10;

/// What kind of line it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub enum LineKind {
    /// No characters, or white space only.
    Blank,
    /// `# import/path`, as the go command prints before a package's output.
    Package,
    /// The header of a symbol in a listing.
    Symbol,
    /// An instruction of a listing, pseudo instructions included.
    Inst,
    /// A line of a symbol's hex dump.
    Hex,
    /// A relocation.
    Reloc,
    /// `position: message`, or one of the compiler's messages that have no position.
    Diagnostic,
    /// An indented line below a diagnostic: a step of an escape flow.
    Flow,
    /// Compiler debugging text that is known and not modelled: trees, graphs, statements, score tables.
    Debug,
    /// A line of a `-json=0,DIR` log.
    OptLog,
    /// An event of `go build -json` or `go test -json`; see [`plain`](super::plain).
    BuildJson,
    /// `TEXT symbol(SB) file`, from `go tool objdump`.
    ObjdumpText,
    /// An instruction from `go tool objdump`.
    ObjdumpInst,
    /// A source line that `go tool objdump -S` puts between instructions.
    ObjdumpSource,
    /// What the go command, a test run or a CI runner prints around a build.
    BuildNoise,
    /// None of these.
    Unknown,
}

/// One line of the input, without its line end, byte-order mark, colour sequences at its edges and CI prefix.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// What kind of line it is.
    pub kind: LineKind,
    /// The line's number in the input, from 1.
    pub number: u32,
    /// Where [`text`](Self::text) starts in the input, in bytes.
    pub offset: usize,
    /// The line.
    pub text: &'a [u8],
    /// How many bytes of colours and CI prefix stood in front of it.
    pub prefix_len: usize,
    /// Length of the whole line in the input, in bytes; more than `text` holds where the line was cut or stripped.
    pub full_len: usize,
}

/// What the lines before say about the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Plain,
    /// After an objdump `TEXT` line: any text may be source.
    Objdump,
    /// Inside a graph in the dot language.
    Graph,
    /// Inside a table of call site scores.
    Scores,
}

/// Cuts an input into typed lines.
///
/// # Cost
/// One pass, no allocation; about one nanosecond a byte or less.
///
/// ```
/// use godiag::asm::{LineKind, Lines};
/// let text = b"# p\n./a.go:3:6: can inline f\r\np.f STEXT nosplit size=1 args=0x0 locals=0x0\n";
/// let kinds: Vec<LineKind> = Lines::new(text).map(|line| line.kind).collect();
/// assert_eq!(kinds, [LineKind::Package, LineKind::Diagnostic, LineKind::Symbol]);
/// ```
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    input: &'a [u8],
    at: usize,
    number: u32,
    mode: Mode,
}

impl<'a> Lines<'a> {
    /// The lines of `input`.
    pub fn new(input: &'a [u8]) -> Self {
        let at = if input.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Self { input, at, number: 0, mode: Mode::Plain }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    #[inline]
    fn next(&mut self) -> Option<Line<'a>> {
        let rest = self.input.get(self.at..).filter(|rest| !rest.is_empty())?;
        let full_len = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let (text, skipped) = strip(rest.get(..full_len)?);
        let offset = self.at + skipped;
        self.at += full_len + 1;
        self.number = self.number.saturating_add(1);
        let kind = classify(text, &mut self.mode);
        Some(Line { kind, number: self.number, offset, text, prefix_len: skipped, full_len })
    }
}

/// The line without CR, colours at its edges and CI prefix, at most [`LOOKED_AT`] bytes; and how many bytes were
/// taken off its front.
#[inline]
fn strip(line: &[u8]) -> (&[u8], usize) {
    let mut text = line;
    if let [rest @ .., b'\r'] = text {
        text = rest;
    }
    if text.len() > LOOKED_AT {
        text = text.get(..LOOKED_AT).unwrap_or(text);
    }
    match text.first() {
        Some(b'\t') => {}
        Some(0x1b | b'#' | b'0'..=b'9') => text = strip_prefix(text),
        _ => {}
    }
    let skipped = offset_in(line, text);
    if let Some(b'm' | b'K') = text.last() {
        text = strip_last_colour(text);
    }
    (text, skipped)
}

/// Takes colours, a time stamp (GitHub, GitLab, `kubectl logs`) and a BuildKit step (`#12 3.456 `) off the front.
#[cold]
fn strip_prefix(mut text: &[u8]) -> &[u8] {
    for _ in 0..8 {
        let rest = escape_sequence(text).or_else(|| time_stamp(text)).or_else(|| build_step(text));
        match rest {
            Some(rest) => text = rest,
            None => break,
        }
    }
    text
}

/// What follows one `ESC [ … letter`.
pub(crate) fn escape_sequence(text: &[u8]) -> Option<&[u8]> {
    let rest = text.strip_prefix(b"\x1b[")?;
    let end = rest.iter().position(|byte| !matches!(byte, b'0'..=b'9' | b';' | b':' | b'?'))?;
    rest.get(end).filter(|byte| byte.is_ascii_alphabetic())?;
    rest.get(end + 1..)
}

/// What follows `2026-11-23T05:29:06.123Z `, or the form with a space and without a zone.
fn time_stamp(text: &[u8]) -> Option<&[u8]> {
    let shape = b"dddd-dd-ddTdd:dd:dd";
    let head = text.get(..shape.len())?;
    let fits = |(byte, shape): (&u8, &u8)| match shape {
        b'd' => byte.is_ascii_digit(),
        b'T' => matches!(byte, b'T' | b' '),
        other => byte == other,
    };
    if !head.iter().zip(shape).all(fits) {
        return None;
    }
    let rest = text.get(shape.len()..)?;
    let end = rest
        .iter()
        .position(|byte| !matches!(byte, b'0'..=b'9' | b'.' | b',' | b'Z' | b'+' | b'-' | b':'))
        .unwrap_or(rest.len());
    let rest = rest.get(end..)?;
    Some(rest.strip_prefix(b" ").unwrap_or(rest))
}

/// What follows `#12 3.456 `.
fn build_step(text: &[u8]) -> Option<&[u8]> {
    let rest = skip_digits(text.strip_prefix(b"#")?)?.strip_prefix(b" ")?;
    skip_digits(skip_digits(rest)?.strip_prefix(b".")?)?.strip_prefix(b" ")
}

fn skip_digits(text: &[u8]) -> Option<&[u8]> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 { None } else { text.get(digits..) }
}

/// The line without the colour sequences it ends with.
fn strip_last_colour(mut text: &[u8]) -> &[u8] {
    while let Some(at) = memchr::memrchr(0x1b, text) {
        match text.get(at..).and_then(escape_sequence) {
            Some([]) => text = text.get(..at).unwrap_or_default(),
            _ => break,
        }
    }
    text
}

#[inline]
fn classify(text: &[u8], mode: &mut Mode) -> LineKind {
    if let [b'\t', rest @ ..] = text {
        match tabbed(rest) {
            LineKind::Unknown => {}
            kind => return kind,
        }
    }
    other(text, mode)
}

/// A line that starts with a TAB: instruction, hex dump, relocation.
#[inline]
fn tabbed(rest: &[u8]) -> LineKind {
    if let [b'0', b'x', rest @ ..] = rest {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        return match rest.get(digits..) {
            // Column two has five digits or more, a byte of a hex dump has two.
            Some([b' ', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', ..]) => LineKind::Inst,
            Some([b' ', a, b]) if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => LineKind::Hex,
            Some([b' ', a, b, b' ', ..]) if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => LineKind::Hex,
            _ => LineKind::Unknown,
        };
    }
    if rest.starts_with(b"rel ") { LineKind::Reloc } else { LineKind::Unknown }
}

/// Every other line.
fn other(text: &[u8], mode: &mut Mode) -> LineKind {
    if text.trim_ascii().is_empty() {
        if *mode == Mode::Scores {
            *mode = Mode::Plain;
        }
        return LineKind::Blank;
    }
    if let Some(kind) = by_mode(text, mode) {
        return kind;
    }
    match text {
        [b'#', b' ', rest @ ..] => {
            if rest.starts_with(b"scores for package ") || rest.starts_with(b"Score ") {
                *mode = Mode::Scores;
                LineKind::Debug
            } else if is_package(rest) {
                *mode = Mode::Plain;
                LineKind::Package
            } else {
                LineKind::Unknown
            }
        }
        [b'{', ..] => json(text),
        [b'.', b' ', b' ', ..] => LineKind::Debug,
        _ if header::is_header(text) => {
            *mode = Mode::Plain;
            LineKind::Symbol
        }
        _ if text.starts_with(b"TEXT ") && memchr::memmem::find(text, b"(SB)").is_some() => {
            *mode = Mode::Objdump;
            LineKind::ObjdumpText
        }
        _ => match position::split(text) {
            Some((_, message)) if message.starts_with(b"  ") => LineKind::Flow,
            Some((_, message)) if !message.is_empty() => LineKind::Diagnostic,
            _ => positionless(text, mode),
        },
    }
}

/// What the lines before make of this one.
fn by_mode(text: &[u8], mode: &mut Mode) -> Option<LineKind> {
    match mode {
        Mode::Plain => None,
        Mode::Graph => {
            if text == b"}" {
                *mode = Mode::Plain;
            }
            Some(LineKind::Debug)
        }
        Mode::Scores => {
            let row = text.iter().filter(|byte| **byte == b'\t').count() >= 3;
            if row {
                return Some(LineKind::Debug);
            }
            if !text.starts_with(b"# Score ") {
                *mode = Mode::Plain;
            }
            None
        }
        Mode::Objdump => {
            if is_objdump_inst(text) {
                return Some(LineKind::ObjdumpInst);
            }
            let leaves = text.starts_with(b"TEXT ") || text.starts_with(b"# ") || header::is_header(text);
            if leaves { None } else { Some(LineKind::ObjdumpSource) }
        }
    }
}

/// `  file.go:8 TAB … 0x482e80 TAB …` or `  0x482e80 TAB …`.
fn is_objdump_inst(text: &[u8]) -> bool {
    let Some(rest) = text.strip_prefix(b"  ") else { return false };
    let mut columns = rest.split(|byte| *byte == b'\t').filter(|column| !column.is_empty());
    let is_address = |column: Option<&[u8]>| column.is_some_and(|column| column.starts_with(b"0x"));
    is_address(columns.next()) || is_address(columns.next())
}

/// `import/path`, `import/path [import/path.test]`, `[what]`.
fn is_package(rest: &[u8]) -> bool {
    match memchr::memchr(b' ', rest) {
        None => !rest.is_empty(),
        Some(at) => rest.get(at + 1) == Some(&b'[') && rest.last() == Some(&b']') || rest.starts_with(b"["),
    }
}

fn json(text: &[u8]) -> LineKind {
    const FIRST: [(&[u8], LineKind); 7] = [
        (b"{\"version\":", LineKind::OptLog),
        (b"{\"range\":", LineKind::OptLog),
        (b"{\"ImportPath\":", LineKind::BuildJson),
        (b"{\"Action\":", LineKind::BuildJson),
        (b"{\"Time\":", LineKind::BuildJson),
        // One object a call site, -d=pgodebug=2.
        (b"{\"Pkg\":", LineKind::Debug),
        (b"{\"Package\":", LineKind::BuildJson),
    ];
    FIRST.iter().find(|(first, _)| text.starts_with(first)).map_or(LineKind::Unknown, |(_, kind)| *kind)
}

/// Messages without a position, debugging text, and what surrounds a build.
fn positionless(text: &[u8], mode: &mut Mode) -> LineKind {
    if text.starts_with(b"digraph ") {
        *mode = Mode::Graph;
        return LineKind::Debug;
    }
    const DIAGNOSTIC: [&[u8]; 3] = [b"hot-", b"RangeFunc capturing by ", b"PGO devirtualiz"];
    const DEBUG: [&[u8]; 9] = [
        b"typecheck import [",
        b"substituting name",
        b"not substituting name",
        b"Before inlining: ",
        b"After inlining ",
        b"escAnalyze",
        b"func literal ",
        b"call to func ",
        b"hilo ",
    ];
    const NOISE: [&[u8]; 30] = [
        b"go: ",
        b"go build ",
        b"go tool ",
        b"go test ",
        b"ok  \t",
        b"?   \t",
        b"--- ",
        b"=== ",
        b"PASS",
        b"FAIL",
        b"WORK=",
        b"mkdir -p ",
        b"cd ",
        b"exit status ",
        b"note: module requires Go ",
        b"warning: ",
        b"package ",
        b"\timports ",
        b"\tpackage ",
        b"too many errors",
        b"make: ",
        b"make[",
        b"Error: ",
        b"+ ",
        b"$ ",
        b"::",
        b"##[",
        b"build ",
        b"compile: version ",
        b"error obtaining VCS status",
    ];
    let starts = |words: &[&[u8]]| words.iter().any(|word| text.starts_with(word));
    if starts(&DIAGNOSTIC) || memchr::memmem::find(text, b" capturing by ").is_some() {
        LineKind::Diagnostic
    } else if starts(&DEBUG) || position::ends_in_statement(text) {
        LineKind::Debug
    } else if starts(&NOISE) {
        LineKind::BuildNoise
    } else {
        LineKind::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(line: &str) -> LineKind {
        Lines::new(line.as_bytes()).next().unwrap().kind
    }

    #[test]
    fn shapes() {
        for (line, want) in [
            ("\t0x0000 00000 (/a/b.go:5)\tTEXT\tp.f(SB), NOSPLIT|ABIInternal, $8-32", LineKind::Inst),
            ("\t0x0000 55 48 89 e5                                      UH..", LineKind::Hex),
            ("\trel 45+4 t=R_CALL runtime.panicBounds+0", LineKind::Reloc),
            ("p.f STEXT nosplit size=50 align=0x0 args=0x20 locals=0x8 funcid=0x0", LineKind::Symbol),
            (" SDWARFVAR size=45", LineKind::Symbol),
            ("type:noalg.struct { F uintptr; X0 *int } SRODATA dupok size=72 align=0x8", LineKind::Symbol),
            ("./a b:c.go:7: x escapes to heap", LineKind::Diagnostic),
            ("a.go:7:1:   flow: x ← y:", LineKind::Flow),
            ("RangeFunc capturing by ref: #next (addr=true assign=true width=8)", LineKind::Diagnostic),
            ("a.go:7:1:[1] f stmt: return x", LineKind::Debug),
            ("# p [p.test]", LineKind::Package),
            ("# not a package line", LineKind::Unknown),
            ("go: downloading example.com/x v1.2.3", LineKind::BuildNoise),
            ("Lorem ipsum dolor sit amet", LineKind::Unknown),
            ("\t0x0000", LineKind::Unknown),
        ] {
            assert_eq!(kind(line), want, "{line}");
        }
    }

    #[test]
    fn prefixes_and_line_ends_are_taken_off() {
        for line in [
            "2026-11-23T05:29:06.123Z ./a.go:1:2: can inline f",
            "#12 3.456 ./a.go:1:2: can inline f\r",
            "\x1b[31m./a.go:1:2: can inline f\x1b[0m\r\n",
            "\u{feff}./a.go:1:2: can inline f",
            "\x1b[36m2026-11-23 05:29:06,7 ./a.go:1:2: can inline f\x1b[0m\x1b[K",
        ] {
            let got = Lines::new(line.as_bytes()).next().unwrap();
            assert_eq!(got.text, b"./a.go:1:2: can inline f");
            assert_eq!(line.as_bytes()[got.offset..][..got.text.len()], *got.text);
        }
    }
}
