//! The closure path: what follows a declared function's name.

use super::scan;

/// One step of a closure path, from the declared function inwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Part<'a> {
    /// `.funcN`: the N-th function literal of a declared function.
    Func(u64),
    /// `.N`: the N-th function literal of a function literal, or the N-th `init` of a package.
    Nested(u64),
    /// `-rangeN`: the N-th body of a `for range` over a function (Go 1.23).
    Range(u64),
    /// `.gowrapN`: the N-th wrapper that the compiler made for a `go` statement (Go 1.22).
    GoWrap(u64),
    /// `.deferwrapN`: the N-th wrapper that the compiler made for a `defer` statement (Go 1.22).
    DeferWrap(u64),
    /// `-fm`: the wrapper of a method value such as `t.Method`.
    MethodValue,
    /// A function that was inlined here with its literals (Go 1.21 to 1.26), such as `.Seq` in `F.Seq.func1`.
    Inlined(&'a [u8]),
}

impl<'a> Part<'a> {
    /// Reads one component or dash suffix; `None` for an ordinary identifier.
    pub(super) fn numbered(text: &[u8]) -> Option<Part<'static>> {
        let word = text.iter().take_while(|byte| !byte.is_ascii_digit()).count();
        let (word, number) = text.split_at(word);
        if word == b"fm" && number.is_empty() {
            return Some(Part::MethodValue);
        }
        let number = std::str::from_utf8(number).ok()?.parse().ok()?;
        Some(match word {
            b"" => Part::Nested(number),
            b"func" => Part::Func(number),
            b"gowrap" => Part::GoWrap(number),
            b"deferwrap" => Part::DeferWrap(number),
            b"range" => Part::Range(number),
            _ => return None,
        })
    }

    /// The code is the compiler's own, not the programmer's.
    pub const fn is_wrapper(&self) -> bool {
        matches!(self, Part::GoWrap(_) | Part::DeferWrap(_) | Part::MethodValue)
    }
}

/// The steps of a closure path; from [`FuncName::parts`](super::FuncName::parts).
#[derive(Clone, Debug)]
pub struct Parts<'a> {
    pub(super) rest: &'a [u8],
}

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        let (first, inner) = self.rest.split_first()?;
        let end = match first {
            b'-' => inner.iter().position(|byte| b".-#".contains(byte)).unwrap_or(inner.len()),
            _ => {
                let component = inner.get(scan::component(inner, 0)).unwrap_or_default();
                let (name, args, _) = scan::split_args(component);
                name.len() + args.map_or(0, <[u8]>::len)
            }
        };
        let (part, rest) = inner.split_at(end);
        self.rest = scan::skip_hash(rest);
        Some(Part::numbered(part).unwrap_or(Part::Inlined(part)))
    }
}
