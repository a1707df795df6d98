//! Which kind a line is of, by its shape.
//!
//! The shapes follow `cmd/internal/obj/objfile.go` (listing), `cmd/compile/internal/base/print.go`
//! (diagnostics), `cmd/compile/internal/logopt` (JSON) and `cmd/internal/disasm` (objdump).

use super::kind::LineKind;
use super::{header, position, shell};

/// What the lines before say about the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Plain,
    /// After an objdump `TEXT` line: any text may be source.
    Objdump,
    /// Inside a graph in the dot language.
    Graph,
    /// Inside a table of call site scores.
    Scores,
    /// Inside the contents of a file that `go build -x` shows.
    File,
}

/// The kind of a line.
#[inline]
pub(super) fn classify(text: &[u8], mode: &mut Mode) -> LineKind {
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
        Mode::File => {
            if text == b"EOF" {
                *mode = Mode::Plain;
            }
            (!header::is_header(text)).then_some(LineKind::BuildNoise)
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
    static DIAGNOSTIC: FirstWords =
        FirstWords::new(&[b"hot-", b"RangeFunc capturing by ", b"PGO devirtualiz"]);
    static DEBUG: FirstWords = FirstWords::new(&[
        b"After inlining ",
        b"Before inlining: ",
        b"call to func ",
        b"escAnalyze",
        b"func literal ",
        b"hilo ",
        b"not substituting name",
        b"substituting name",
        b"typecheck import [",
    ]);
    static NOISE: FirstWords = FirstWords::new(&[
        b"\timports ",
        b"\tpackage ",
        b"##[",
        b"$ ",
        b"+ ",
        b"--- ",
        b"::",
        b"=== ",
        b"?   \t",
        b"Error: ",
        b"FAIL",
        b"PASS",
        b"WORK=",
        b"build ",
        b"cd ",
        b"compile: version ",
        b"error obtaining VCS status",
        b"exit status ",
        b"go build ",
        b"go test ",
        b"go tool ",
        b"go: ",
        b"make: ",
        b"make[",
        b"mkdir -p ",
        b"note: module requires Go ",
        b"ok  \t",
        b"package ",
        b"too many errors",
        b"warning: ",
    ]);
    if DIAGNOSTIC.begin(text) || memchr::memmem::find(text, b" capturing by ").is_some() {
        LineKind::Diagnostic
    } else if DEBUG.begin(text) || position::ends_in_statement(text) {
        LineKind::Debug
    } else if shell::begins_file(text) {
        *mode = Mode::File;
        LineKind::BuildNoise
    } else if NOISE.begin(text) || shell::is_command(text) {
        LineKind::BuildNoise
    } else {
        LineKind::Unknown
    }
}

/// Words that lines begin with, in the order of their first bytes: a line is compared with those alone that
/// share its own.
struct FirstWords {
    words: &'static [&'static [u8]],
    /// The first and the last index, exclusive, of the words with this first byte.
    ranges: [(u8, u8); 256],
}

impl FirstWords {
    const fn new(words: &'static [&'static [u8]]) -> Self {
        let mut ranges = [(0, 0); 256];
        let mut index = 0;
        while index < words.len() {
            let first = words[index][0] as usize;
            if ranges[first].1 == 0 {
                ranges[first].0 = index as u8;
            } else {
                assert!(ranges[first].1 as usize == index, "words are sorted by their first byte");
            }
            index += 1;
            ranges[first].1 = index as u8;
        }
        Self { words, ranges }
    }

    fn begin(&self, text: &[u8]) -> bool {
        let Some(&(start, end)) = text.first().and_then(|byte| self.ranges.get(usize::from(*byte))) else {
            return false;
        };
        let words = self.words.get(usize::from(start)..usize::from(end)).unwrap_or_default();
        words.iter().any(|word| text.starts_with(word))
    }
}
