//! A goroutine's first line: `goroutine 7 gp=0xc000 m=nil [chan receive, 5 minutes]:`.
//!
//! The grammar is `goroutineheader` of Go's `runtime/traceback.go`, in the versions 1.19 to 1.27.

use std::borrow::Cow;

use crate::text::search::rfind_pair;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while1};
use nom::character::complete::u64 as decimal;
use nom::combinator::{map, opt, value};
use nom::sequence::{preceded, terminated};
use nom::{IResult, Parser};

use super::hex::hex;
use super::race_line::access;

/// What a goroutine's header says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Header<'a> {
    /// The goroutine's number.
    pub id: u64,
    /// The address of its `g`, printed in crashes and SIGQUIT dumps since Go 1.22.
    pub gp: Option<u64>,
    /// The thread that runs it.
    pub m: Option<i64>,
    /// The address of that thread's `m`.
    pub mp: Option<u64>,
    /// Its state, or the reason it waits for, such as `chan receive` or `select (no cases)`.
    pub state: &'a [u8],
    /// Found unreachable by the leak profile (Go 1.26).
    pub is_leaked: bool,
    /// Its stack was being scanned.
    pub is_scanned: bool,
    /// It waits for nothing outside of its synctest bubble (Go 1.25).
    pub is_durable: bool,
    /// Whole minutes it has waited, counted since a garbage collection noticed: 0 does not mean short.
    pub minutes: u64,
    /// It is locked to its thread.
    pub is_locked: bool,
    /// The synctest bubble it belongs to (Go 1.24).
    pub bubble: Option<u64>,
    labels: &'a [u8],
}

impl<'a> Header<'a> {
    /// Reads a header line, of Go, of goleak or of the race detector. `None` for any other line, and where a
    /// number in it does not fit.
    pub fn parse(line: &'a [u8]) -> Option<Self> {
        if !line.starts_with(b"g") {
            return goleak(line).or_else(|| Some(Self { id: access(line)?.goroutine, ..Self::default() }));
        }
        let (rest, id) = number(line).ok()?;
        let (rest, (gp, m, mp)) = thread(rest).ok()?;
        let (status, labels) = split_status(rest.strip_prefix(b" [")?)?;
        let mut header = Self { id, gp, m, mp, labels, ..Self::default() };
        header.status(status)?;
        Some(header)
    }

    /// Profiler labels, which are printed since Go 1.27 (1.26 with GODEBUG=tracebacklabels=1).
    pub fn labels(&self) -> Labels<'a> {
        Labels { rest: self.labels }
    }

    /// Takes the marks off a status: the rest is the state, which may hold spaces, commas and parentheses
    /// itself.
    fn status(&mut self, mut status: &'a [u8]) -> Option<()> {
        if let Some(inner) = status.strip_suffix(b"}") {
            if let Some(at) = memchr::memmem::find(inner, b" labels:{") {
                self.labels = inner.get(at + 9..)?;
                status = inner.get(..at)?;
            }
        }
        while let Some(comma) = rfind_pair(status, *b", ") {
            let Ok((b"", mark)) = mark(status.get(comma + 2..)?) else { break };
            match mark {
                Mark::Minutes(minutes) => self.minutes = minutes,
                Mark::Locked => self.is_locked = true,
                Mark::Bubble(bubble) => self.bubble = Some(bubble),
            }
            status = status.get(..comma)?;
        }
        loop {
            let (flag, rest) = if let Some(rest) = status.strip_suffix(b" (durable)") {
                (&mut self.is_durable, rest)
            } else if let Some(rest) = status.strip_suffix(b" (synctest)") {
                // Go 1.24's word for it.
                (&mut self.is_durable, rest)
            } else if let Some(rest) = status.strip_suffix(b" (scan)") {
                (&mut self.is_scanned, rest)
            } else if let Some(rest) = status.strip_suffix(b" (leaked)") {
                (&mut self.is_leaked, rest)
            } else {
                break;
            };
            *flag = true;
            status = rest;
        }
        self.state = status;
        Some(())
    }
}

/// Whether `line` has the shape of a goroutine's header, its numbers aside.
pub(super) fn is_header(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"goroutine ") else { return false };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = rest.get(digits..).unwrap_or_default();
    digits > 0 && (rest.starts_with(b" [") || rest.starts_with(b" gp=")) && line.ends_with(b":")
}

/// Whether a number of the header `line` does not fit.
#[cold]
pub(super) fn has_bad_number(line: &[u8]) -> bool {
    let rest = number(line).and_then(|(rest, _)| thread(rest));
    !rest.is_ok_and(|(rest, _)| rest.starts_with(b" ["))
}

/// `[Goroutine 7 in state select, with main.f on top of the stack:`.
pub(super) fn goleak(line: &[u8]) -> Option<Header<'_>> {
    let line = line.strip_prefix(b"[").or_else(|| line.strip_prefix(b" ")).unwrap_or(line);
    let (rest, id) =
        preceded(tag("Goroutine "), decimal::<_, nom::error::Error<&[u8]>>).parse_complete(line).ok()?;
    let rest = rest.strip_prefix(b" in state ")?.strip_suffix(b" on top of the stack:")?;
    let mut header = Header { id, ..Header::default() };
    header.status(rest.get(..memchr::memmem::rfind(rest, b", with ")?)?)?;
    Some(header)
}

fn number(line: &[u8]) -> IResult<&[u8], u64> {
    preceded(tag("goroutine "), decimal).parse_complete(line)
}

type Thread = (Option<u64>, Option<i64>, Option<u64>);

/// ` gp=0x…` and ` m=nil` or ` m=4 mp=0x…`.
fn thread(line: &[u8]) -> IResult<&[u8], Thread> {
    let Ok((line, gp)) = preceded(tag(" gp="), hex).parse_complete(line) else {
        return Ok((line, (None, None, None)));
    };
    let (line, m) =
        preceded(tag(" m="), alt((value(None, tag("nil")), map(nom::character::complete::i64, Some))))
            .parse_complete(line)?;
    let (line, mp) = opt(preceded(tag(" mp="), hex)).parse_complete(line)?;
    Ok((line, (Some(gp), m, mp)))
}

/// Splits `F in goroutine 5`. The number is `Err` if it does not fit.
pub(super) fn creator(text: &[u8]) -> (&[u8], Result<Option<u64>, ()>) {
    let Some(at) = rfind_in_goroutine(text) else { return (text, Ok(None)) };
    let (func, number) = text.split_at(at);
    let number = number.get(14..).and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
    (func, number.map(Some).ok_or(()))
}

/// The offset of the last ` in goroutine `. `memmem` prepares a searcher per call, which costs more than the
/// search in a line; its rarest byte is near the end.
fn rfind_in_goroutine(text: &[u8]) -> Option<usize> {
    const WORDS: &[u8] = b" in goroutine ";
    const G: usize = 4;
    let mut end = text.len();
    loop {
        end = memchr::memrchr(b'g', text.get(..end)?)?;
        let start = end.checked_sub(G)?;
        if text.get(start..).is_some_and(|rest| rest.starts_with(WORDS)) {
            return Some(start);
        }
    }
}

#[derive(Clone)]
enum Mark {
    Minutes(u64),
    Locked,
    Bubble(u64),
}

fn mark(text: &[u8]) -> IResult<&[u8], Mark> {
    alt((
        map(terminated(decimal, tag(" minutes")), Mark::Minutes),
        value(Mark::Locked, tag("locked to thread")),
        map(preceded(alt((tag("synctest bubble "), tag("synctest group "))), decimal), Mark::Bubble),
    ))
    .parse_complete(text)
}

/// Splits `status]:` or `status] {labels}:` into status and labels. A status may hold brackets.
fn split_status(text: &[u8]) -> Option<(&[u8], &[u8])> {
    if let Some(status) = text.strip_suffix(b"]:") {
        return Some((status, b""));
    }
    let inner = text.strip_suffix(b"}:")?;
    memchr::memmem::find_iter(inner, b"] {").find_map(|at| {
        let labels = inner.get(at + 3..)?;
        is_label_set(labels).then_some((inner.get(..at)?, labels))
    })
}

/// Whether every byte of `text` belongs to a label.
fn is_label_set(text: &[u8]) -> bool {
    let mut labels = Labels { rest: text };
    while labels.next().is_some() {}
    labels.rest.is_empty()
}

/// The labels of a goroutine, in the order of the dump.
#[derive(Clone, Debug)]
pub struct Labels<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Labels<'a> {
    type Item = (Cow<'a, [u8]>, Cow<'a, [u8]>);

    fn next(&mut self) -> Option<Self::Item> {
        let (rest, label) = label(self.rest).ok()?;
        self.rest = rest;
        Some(label)
    }
}

type Label<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>);

/// `key: value` and the comma after it.
fn label(text: &[u8]) -> IResult<&[u8], Label<'_>> {
    // Key and value may be empty, and are then not quoted.
    let (rest, (key, _, value)) = (opt(word), tag(": "), opt(word)).parse_complete(text)?;
    let (rest, comma) = opt(tag(", ")).parse_complete(rest)?;
    if comma.is_none() && !rest.is_empty() {
        return Err(nom::Err::Error(nom::error::make_error(rest, nom::error::ErrorKind::Tag)));
    }
    Ok((rest, (key.unwrap_or_default(), value.unwrap_or_default())))
}

/// A word without characters that need quotes, or a quoted one (`tracebackStringNeedsQuoting`).
fn word(text: &[u8]) -> IResult<&[u8], Cow<'_, [u8]>> {
    if text.starts_with(b"\"") {
        return match crate::text::quote::unquote_prefix(text) {
            Some((word, rest)) => Ok((rest, word)),
            None => Err(nom::Err::Error(nom::error::make_error(text, nom::error::ErrorKind::Escaped))),
        };
    }
    map(
        take_while1(|byte: u8| byte.is_ascii_alphanumeric() || b"._/-".contains(&byte) || byte >= 0x80),
        Cow::Borrowed,
    )
    .parse_complete(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Header<'_> {
        Header::parse(line.as_bytes()).unwrap_or_else(|| panic!("{line}"))
    }

    #[test]
    fn every_form_of_every_version() {
        let plain = parse("goroutine 1 [running]:");
        assert_eq!((plain.id, plain.state, plain.gp, plain.minutes), (1, &b"running"[..], None, 0));
        let running = parse("goroutine 1 gp=0x326c9aed41e0 m=0 mp=0xace0a0 [running]:");
        assert_eq!((running.gp, running.m, running.mp), (Some(0x326c_9aed_41e0), Some(0), Some(0xac_e0a0)));
        let parked = parse("goroutine 18 gp=0xc0 m=nil [select (no cases), locked to thread]:");
        assert_eq!((parked.m, parked.state, parked.is_locked), (None, &b"select (no cases)"[..], true));
        let leaked = parse("goroutine 7 [select (no cases) (leaked), 3 minutes]:");
        assert_eq!((leaked.state, leaked.is_leaked, leaked.minutes), (&b"select (no cases)"[..], true, 3));
        let bubble =
            parse("goroutine 8 [chan receive (durable), 2 minutes, locked to thread, synctest bubble 5]:");
        assert_eq!((bubble.state, bubble.bubble, bubble.minutes), (&b"chan receive"[..], Some(5), 2));
        assert!(bubble.is_durable && bubble.is_locked);
        let older = parse("goroutine 8 [chan send (synctest), synctest group 3]:");
        assert_eq!((older.state, older.bubble, older.is_durable), (&b"chan send"[..], Some(3), true));
        let scanned = parse("goroutine 8 [GC worker (idle) (scan)]:");
        assert_eq!((scanned.state, scanned.is_scanned), (&b"GC worker (idle)"[..], true));
        let odd = parse("goroutine 1 [a]b[c], 5 minutes, locked to thread]:");
        assert_eq!((odd.state, odd.minutes, odd.is_locked), (&b"a]b[c]"[..], 5, true));
    }

    #[test]
    fn labels_in_either_place() {
        let expected = [("path", "/v1/a b"), ("q\"k", "v\nw"), ("tenant", "acme")];
        for line in [
            r#"goroutine 9 gp=0xc0 m=nil [chan receive] {path: "/v1/a b", "q\"k": "v\nw", tenant: acme}:"#,
            r#"goroutine 9 [chan receive, 1 minutes labels:{"path": "/v1/a b", "q\"k": "v\nw", "tenant": "acme"}]:"#,
        ] {
            let header = parse(line);
            assert_eq!(header.state, b"chan receive");
            let labels: Vec<_> = header.labels().collect();
            let found: Vec<_> = labels.iter().map(|(k, v)| (&**k, &**v)).collect();
            assert_eq!(found, expected.map(|(k, v)| (k.as_bytes(), v.as_bytes())));
        }
        let empty: Vec<_> = parse("goroutine 9 [running] {empty: }:").labels().collect();
        assert_eq!(empty, [(Cow::Borrowed(&b"empty"[..]), Cow::Borrowed(&b""[..]))]);
        let tricky = parse(r#"goroutine 9 [a] {k: "x] {y"}:"#);
        assert_eq!((tricky.state, tricky.labels().count()), (&b"a"[..], 1));
    }

    #[test]
    fn headers_of_other_tools() {
        let leak =
            parse("[Goroutine 7 in state chan receive, 5 minutes, with example.com/x.f on top of the stack:");
        assert_eq!((leak.id, leak.state, leak.minutes), (7, &b"chan receive"[..], 5));
        assert_eq!(parse(" Goroutine 8 in state select, with main.f on top of the stack:").state, b"select");
        assert_eq!(parse("Previous write at 0x00c000014100 by goroutine 7:").id, 7);
        assert_eq!(parse("Read at 0x00c000014100 by main goroutine:").id, 1);
    }

    #[test]
    fn creators_have_their_goroutine() {
        for text in [
            "main.f in goroutine 7",
            "main.f",
            "g",
            " in goroutine ",
            "main.logging in goroutine 1 in goroutine 22",
            "x in goroutine y",
            "in goroutine 7",
        ] {
            let expected = memchr::memmem::rfind(text.as_bytes(), b" in goroutine ");
            assert_eq!(rfind_in_goroutine(text.as_bytes()), expected, "{text}");
        }
        assert_eq!(creator(b"main.f in goroutine 7"), (&b"main.f"[..], Ok(Some(7))));
    }

    #[test]
    fn what_is_no_header() {
        for line in [
            "goroutine 99999999999999999999 [running]:",
            "goroutine 1 gp=0x11112222333344445 m=nil [running]:",
            "goroutine 1 [running]",
            "goroutine 1 running:",
            "goroutine x [running]:",
            "goroutine 1 [running] {a}:",
            "goroutine running on other thread; stack unavailable",
        ] {
            assert_eq!(Header::parse(line.as_bytes()), None, "{line}");
        }
        assert!(is_header(b"goroutine 99999999999999999999 [running]:"));
    }
}
