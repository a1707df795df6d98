//! Compiler output cut into lines, each typed by its shape.
//!
//! Any bytes go in; [`Line`]s come out, in order, one for each line of the input. Nothing fails and nothing
//! is allocated: a line of no known shape is [`LineKind::Unknown`].

use super::classify::{Mode, classify};
use super::kind::LineKind;
use super::prefix::strip;

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
    /// How many bytes of colours and CI prefix came before it.
    pub prefix_len: usize,
    /// Length of the whole line in the input, in bytes; more than `text` holds where the line was cut or
    /// stripped.
    pub full_len: usize,
}

/// Cuts an input into typed lines.
///
/// # Cost
/// One pass, no allocation; about one nanosecond per byte or less.
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
    /// Where the next line starts.
    offset: usize,
    number: u32,
    mode: Mode,
}

impl<'a> Lines<'a> {
    /// The lines of `input`.
    pub fn new(input: &'a [u8]) -> Self {
        let offset = if input.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Self { input, offset, number: 0, mode: Mode::Plain }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    #[inline]
    fn next(&mut self) -> Option<Line<'a>> {
        let rest = self.input.get(self.offset..).filter(|rest| !rest.is_empty())?;
        let full_len = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let (text, skipped) = strip(rest.get(..full_len)?);
        let offset = self.offset + skipped;
        self.offset += full_len + 1;
        self.number = self.number.saturating_add(1);
        let kind = classify(text, &mut self.mode);
        Some(Line { kind, number: self.number, offset, text, prefix_len: skipped, full_len })
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
            "[build] ./a.go:1:2: can inline f",
            "2026-11-23T05:29:06.123Z [build 3/4] ./a.go:1:2: can inline f",
            "build-1  | ./a.go:1:2: can inline f",
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
