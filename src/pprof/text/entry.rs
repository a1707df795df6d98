//! The lines that the text forms share: addresses, and Go's comments with symbols and labels.

use std::borrow::Cow;

use nom::bytes::complete::tag;
use nom::character::complete::{hex_digit1, i64 as signed, space0};
use nom::combinator::opt;
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};

use crate::pprof::rule::Rule;
use crate::text::quote::unquote_prefix;

/// Reads the addresses of a stack into `out`: ` 0x45f9 0x4601`.
pub(super) fn addresses(text: &[u8], mut out: impl FnMut(u64)) -> Result<(), Rule> {
    for word in text.split(|&byte| byte == b' ').filter(|word| !word.is_empty()) {
        let digits = word.strip_prefix(b"0x").filter(|digits| !digits.is_empty()).ok_or(Rule::TextLine)?;
        out(hex(digits)?);
    }
    Ok(())
}

/// A hexadecimal number of at most 64 bits.
pub(super) fn hex(digits: &[u8]) -> Result<u64, Rule> {
    let mut value = 0u64;
    for &digit in digits {
        let digit = (digit as char).to_digit(16).ok_or(Rule::TextLine)?;
        if value >> 60 != 0 {
            return Err(Rule::TextNumber);
        }
        value = value << 4 | u64::from(digit);
    }
    Ok(value)
}

/// The rule that `text` breaks: a number out of range is another defect than text of another shape.
pub(super) fn rule_of(error: &nom::Err<nom::error::Error<&[u8]>>) -> Rule {
    let digits =
        |text: &[u8]| text.strip_prefix(b"-").unwrap_or(text).first().is_some_and(u8::is_ascii_digit);
    match error {
        nom::Err::Error(error) | nom::Err::Failure(error) if digits(error.input) => Rule::TextNumber,
        _ => Rule::TextLine,
    }
}

/// The numbers of a heap line: in use, and allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HeapCounts {
    pub(super) inuse: [i64; 2],
    pub(super) alloc: [i64; 2],
}

/// `N: BYTES [N: BYTES] @`.
pub(super) fn heap_counts(text: &[u8]) -> IResult<&[u8], HeapCounts> {
    let colon = || delimited(space0, tag(":"), space0);
    let (rest, (count, _, bytes, _, _, alloc_count, _, alloc_bytes, _)) = (
        signed,
        colon(),
        signed,
        delimited(space0, tag("["), space0),
        space0,
        signed,
        colon(),
        signed,
        delimited(space0, tag("]"), space0),
    )
        .parse_complete(text)?;
    let (rest, _) = (tag("@"), opt(tag(" "))).parse_complete(rest)?;
    Ok((rest, HeapCounts { inuse: [count, bytes], alloc: [alloc_count, alloc_bytes] }))
}

/// The symbol of one address, from Go's comment under an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Symbol<'a> {
    /// The address of the call.
    pub(super) pc: u64,
    /// The entry of the function that holds the address, whatever is inlined there.
    pub(super) entry: u64,
    pub(super) name: &'a [u8],
    pub(super) file: &'a [u8],
    pub(super) line: i64,
}

/// `# 0x6ba17c main.(*server).loop+0x1c /src/main.go:130`, with tabs between; `None` for other comments and
/// unnamed addresses.
pub(super) fn symbol(comment: &[u8]) -> Option<Symbol<'_>> {
    let mut cells =
        comment.strip_prefix(b"#\t")?.split(|&byte| byte == b'\t').filter(|cell| !cell.is_empty());
    let (_, digits) = preceded(tag::<_, _, nom::error::Error<&[u8]>>("0x"), hex_digit1)
        .parse_complete(cells.next()?)
        .ok()?;
    let pc = hex(digits).ok()?;
    let func = cells.next()?;
    let plus = memchr::memmem::rfind(func, b"+0x")?;
    let offset = hex(func.get(plus + 3..)?).ok()?;
    let position = cells.next()?;
    let colon = memchr::memrchr(b':', position)?;
    let line = std::str::from_utf8(position.get(colon + 1..)?).ok()?.parse().ok()?;
    let file = position.get(..colon)?;
    Some(Symbol { pc, entry: pc.wrapping_sub(offset), name: func.get(..plus)?, file, line })
}

/// Whether `line` is a comment of Go's that lacks nothing: a symbol, labels, or a figure of the memory
/// statistics.
pub(super) fn is_whole_comment(line: &[u8]) -> bool {
    let figure = || {
        let value = line.get(memchr::memmem::find(line, b" = ")? + 3..)?;
        Some(!value.is_empty() && (!value.starts_with(b"[") || value.ends_with(b"]")))
    };
    match line.strip_prefix(b"# labels: ") {
        Some(set) => labels(set).is_ok(),
        None => symbol(line).is_some() || line.starts_with(b"# ") && figure().unwrap_or(false),
    }
}

pub(super) type Label<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>);

/// The labels of `# labels: {"k":"v", "k2":"v2"}`, without what precedes the brace.
pub(super) fn labels(text: &[u8]) -> Result<Vec<Label<'_>>, Rule> {
    let inner = text.strip_prefix(b"{").and_then(|text| text.strip_suffix(b"}")).ok_or(Rule::TextLabels)?;
    let mut labels = Vec::new();
    let mut rest = inner;
    while !rest.is_empty() {
        let (key, after) = unquote_prefix(rest).ok_or(Rule::TextLabels)?;
        let (value, after) = after.strip_prefix(b":").and_then(unquote_prefix).ok_or(Rule::TextLabels)?;
        labels.push((key, value));
        rest = match after.strip_prefix(b",") {
            Some(after) => after.trim_ascii_start(),
            None if after.is_empty() => after,
            None => return Err(Rule::TextLabels),
        };
    }
    Ok(labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_of_go() {
        let found = symbol(b"#\t0x6ba17c\tmain.(*List[...]).Push+0x1c\t\t/a b/main.go:130").unwrap();
        assert_eq!((found.pc, found.entry, found.line), (0x6b_a17c, 0x6b_a160, 130));
        assert_eq!((found.name, found.file), (&b"main.(*List[...]).Push"[..], &b"/a b/main.go"[..]));
        for other in ["#\t0x0", "# labels: {}", "#\tx\ty\tz", "#\t0x1\tf+0x1\tfile"] {
            assert_eq!(symbol(other.as_bytes()), None);
        }
    }

    #[test]
    fn label_sets() {
        let found = labels(br#"{"path":"/v1/a b", "q\"k":"v\nw", "":""}"#).unwrap();
        let found: Vec<_> = found.iter().map(|(k, v)| (&**k, &**v)).collect();
        assert_eq!(found, [(&b"path"[..], &b"/v1/a b"[..]), (b"q\"k", b"v\nw"), (b"", b"")]);
        assert_eq!(labels(b"{}").unwrap().len(), 0);
        for bad in [r#"{"k":"v"#, r#"{"k":{"a":"b"}}"#, r#"{"k"}"#, r#"{"k":"v" "x":"y"}"#, ""] {
            assert_eq!(labels(bad.as_bytes()), Err(Rule::TextLabels), "{bad}");
        }
    }

    #[test]
    fn heap_lines() {
        let (rest, counts) = heap_counts(b"-1: -20 [ 3: 40] @ 0x1 0x2").unwrap();
        assert_eq!((rest, counts), (&b"0x1 0x2"[..], HeapCounts { inuse: [-1, -20], alloc: [3, 40] }));
        let too_big = heap_counts(b"1: 99999999999999999999 [1: 1] @").unwrap_err();
        assert_eq!(rule_of(&too_big), Rule::TextNumber);
        assert_eq!(rule_of(&heap_counts(b"1: x").unwrap_err()), Rule::TextLine);
        let mut found = Vec::new();
        assert_eq!(addresses(b" 0x1  0xffffffffffffffff", |address| found.push(address)), Ok(()));
        assert_eq!(found, [1, u64::MAX]);
        assert_eq!(addresses(b"0x10000000000000000", |_| ()), Err(Rule::TextNumber));
        assert_eq!(addresses(b"12", |_| ()), Err(Rule::TextLine));
    }
}
