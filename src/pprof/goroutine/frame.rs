//! The two lines of a frame: `main.f(0x1, {0x2?, ...})` and `\t/src/a.go:7 +0x1d fp=0xc0 sp=0xc1 pc=0x45`.

use nom::bytes::complete::tag;
use nom::combinator::opt;
use nom::sequence::preceded;
use nom::{IResult, Parser};

use super::hex::{hex, hex_value};
use crate::symbol::FuncName;

/// One frame of a goroutine's stack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Frame<'a> {
    /// The function as printed, type arguments as `[...]`; empty for a C function without a symbol.
    pub func: &'a [u8],
    /// The argument words as printed, without parentheses; `...` where the call was inlined. See
    /// [`args`](Self::args).
    pub arguments: &'a [u8],
    /// The source file; empty where it is not known.
    pub file: &'a [u8],
    /// The line in that file, from 1; 0 where it is not known.
    pub line: u64,
    /// How far the call is from the function's entry, in bytes.
    pub offset: Option<u64>,
    /// The frame pointer, printed in crashes and at GOTRACEBACK=system.
    pub fp: Option<u64>,
    /// The stack pointer.
    pub sp: Option<u64>,
    /// The program counter.
    pub pc: Option<u64>,
    /// A frame of C: printed by a cgo symbolizer, or without a symbol.
    pub is_foreign: bool,
}

impl<'a> Frame<'a> {
    /// The function's name, split into its parts.
    pub fn name(&self) -> FuncName<'a> {
        FuncName::parse(self.func)
    }

    /// The call was inlined into the frame below.
    pub fn is_inlined(&self) -> bool {
        self.arguments == b"..."
    }

    /// The argument words, in the order of the dump.
    pub fn args(&self) -> Args<'a> {
        Args { rest: self.arguments }
    }
}

/// One piece of a frame's argument list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Arg {
    /// A word. A stale one (`0x1?`) may have been overwritten.
    Word {
        /// The value.
        value: u64,
        /// Marked with `?`.
        is_stale: bool,
    },
    /// `_`: a word too far away to be printed.
    Hidden,
    /// `...`: there are more.
    More,
    /// `{`: the parts of a string, slice, interface or structure follow.
    Open,
    /// `}`: they end.
    Close,
}

/// The argument words of a [`Frame`]; it ends at the first piece that Go does not write.
#[derive(Clone, Debug)]
pub struct Args<'a> {
    rest: &'a [u8],
}

impl Iterator for Args<'_> {
    type Item = Arg;

    fn next(&mut self) -> Option<Arg> {
        let text = self.rest.strip_prefix(b", ").unwrap_or(self.rest);
        for (word, arg) in
            [(&b"..."[..], Arg::More), (b"{", Arg::Open), (b"}", Arg::Close), (b"_", Arg::Hidden)]
        {
            if let Some(rest) = text.strip_prefix(word) {
                self.rest = rest;
                return Some(arg);
            }
        }
        let (rest, value) = hex(text).ok()?;
        let unsure = rest.strip_prefix(b"?");
        self.rest = unsure.unwrap_or(rest);
        Some(Arg::Word { value, is_stale: unsure.is_some() })
    }
}

/// Where the arguments of a function line begin: past the last `(`, since argument lists hold none. `None` if
/// the line is not a function line.
#[inline]
pub(super) fn arguments(line: &[u8]) -> Option<usize> {
    let inner = line.strip_suffix(b")")?;
    memchr::memrchr(b'(', inner).filter(|&open| open > 0).map(|open| open + 1)
}

/// What a position line says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Position<'a> {
    pub(super) file: &'a [u8],
    pub(super) line: u64,
    pub(super) offset: Option<u64>,
    pub(super) fp: Option<u64>,
    pub(super) sp: Option<u64>,
    pub(super) pc: Option<u64>,
}

/// Why a line is no position line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoPosition {
    /// It does not look like one.
    Other,
    /// It does, but a number is malformed or out of range.
    Number,
}

impl<'a> Position<'a> {
    /// Reads a position line without its tab. A path may hold spaces and colons: the line number follows the
    /// last colon.
    #[inline]
    pub(super) fn parse(text: &'a [u8]) -> Result<Self, NoPosition> {
        let Some(colon) = memchr::memrchr(b':', text).filter(|&colon| colon > 0) else {
            let pc = text.strip_prefix(b"pc=").and_then(|pc| match hex(pc) {
                Ok((b"", pc)) => Some(pc),
                _ => None,
            });
            return pc.map(|pc| Self { pc: Some(pc), ..Self::default() }).ok_or(NoPosition::Other);
        };
        let (file, rest) = text.split_at(colon);
        let rest = rest.get(1..).unwrap_or_default();
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = rest.split_at(digits);
        if digits.is_empty() && !rest.starts_with(b"-") {
            return Err(NoPosition::Other);
        }
        let line = decimal(digits).ok_or(NoPosition::Number)?;
        let mut position = Self { file, line, ..Self::default() };
        if rest.is_empty() {
            return Ok(position);
        }
        if let Some(hexits) = rest.strip_prefix(b" +0x") {
            if let Some(offset) = hex_value(hexits) {
                position.offset = Some(offset);
                return Ok(position);
            }
            if hexits.iter().all(u8::is_ascii_hexdigit) {
                return Err(NoPosition::Number);
            }
        }
        match registers(rest) {
            Ok((b"", (offset, fp, sp, pc))) => Ok(Self { offset, fp, sp, pc, ..position }),
            Err(nom::Err::Failure(_)) => Err(NoPosition::Number),
            _ => Err(NoPosition::Other),
        }
    }
}

fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u64, |sum, digit| sum.checked_mul(10)?.checked_add(u64::from(digit - b'0')))
}

type Registers = (Option<u64>, Option<u64>, Option<u64>, Option<u64>);

/// ` +0x1d fp=0xc0 sp=0xc1 pc=0x45`, each of them optional.
fn registers(text: &[u8]) -> IResult<&[u8], Registers> {
    (
        opt(preceded(tag(" +"), hex)),
        opt(preceded(tag(" fp="), hex)),
        opt(preceded(tag(" sp="), hex)),
        opt(preceded(tag(" pc="), hex)),
    )
        .parse_complete(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions() {
        let position = |text: &'static str| Position::parse(text.as_bytes());
        let plain = position("/opt/a b.go:130 +0x1d").unwrap();
        assert_eq!((plain.file, plain.line, plain.offset), (&b"/opt/a b.go"[..], 130, Some(0x1d)));
        assert_eq!(position("C:/go/src/a.go:7").unwrap().file, b"C:/go/src/a.go");
        let full = position("/a.s:36 +0xe fp=0x10 sp=0x20 pc=0x30").unwrap();
        assert_eq!((full.fp, full.sp, full.pc, full.offset), (Some(16), Some(32), Some(48), Some(14)));
        let entry = position("/a.go:193 fp=0x1 sp=0x2 pc=0x3").unwrap();
        assert_eq!((entry.offset, entry.pc), (None, Some(3)));
        assert_eq!(position("/x.c:12 pc=0x3").unwrap().pc, Some(3));
        assert_eq!(position("pc=0x3").unwrap().pc, Some(3));
        for (text, error) in [
            ("/a.go:-1 +0x1", NoPosition::Number),
            ("/a.go:99999999999999999999", NoPosition::Number),
            ("/a.go:1 +0xffffffffffffffffff", NoPosition::Number),
            ("/a.go:1 +0x1 fp=0xffffffffffffffffff", NoPosition::Number),
            ("/a.go:1 and more", NoPosition::Other),
            ("/a.go:", NoPosition::Other),
            (":5", NoPosition::Other),
            ("goroutine running on other thread; stack unavailable", NoPosition::Other),
        ] {
            assert_eq!(position(text), Err(error), "{text}");
        }
    }

    #[test]
    fn function_lines_split_at_the_last_parenthesis() {
        assert_eq!(arguments(b"main.(*server).loop(0x0?, {0x1, ...})"), Some(20));
        assert_eq!(arguments(b"main.main()"), Some(10));
        assert_eq!(arguments(b"(x)"), None);
        assert_eq!(arguments(b"main.main"), None);
    }

    #[test]
    fn argument_words() {
        let frame = Frame { arguments: b"0x0?, {0x1, _}, ...", ..Frame::default() };
        let stale = Arg::Word { value: 0, is_stale: true };
        let one = Arg::Word { value: 1, is_stale: false };
        assert!(frame.args().eq([stale, Arg::Open, one, Arg::Hidden, Arg::Close, Arg::More]));
        assert!(Frame { arguments: b"...", ..frame }.is_inlined());
        assert_eq!(Frame { arguments: b"0x1, junk", ..frame }.args().count(), 1);
    }
}
