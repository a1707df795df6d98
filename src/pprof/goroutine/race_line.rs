//! The first lines of the parts of a race report.

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_until};
use nom::character::complete::u64 as decimal;
use nom::combinator::value;
use nom::sequence::{delimited, preceded};

use super::hex::hex;

/// How memory was accessed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
pub enum AccessKind {
    /// It was read.
    #[default]
    Read,
    /// It was written.
    Write,
}

/// What the first line of an access says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct AccessLine {
    pub(super) kind: AccessKind,
    pub(super) is_previous: bool,
    pub(super) address: u64,
    pub(super) goroutine: u64,
}

/// `Previous write at 0x00c000014100 by goroutine 7:`; the main goroutine is number 1.
pub(super) fn access(line: &[u8]) -> Option<AccessLine> {
    let (rest, (kind, is_previous)) = alt((
        value((AccessKind::Read, false), tag::<_, _, nom::error::Error<&[u8]>>("Read")),
        value((AccessKind::Write, false), tag("Write")),
        value((AccessKind::Read, true), tag("Previous read")),
        value((AccessKind::Write, true), tag("Previous write")),
    ))
    .parse_complete(line)
    .ok()?;
    let (rest, address) = delimited(tag(" at "), hex, tag(" by ")).parse_complete(rest).ok()?;
    let goroutine = match rest {
        b"main goroutine:" => 1,
        _ => {
            match preceded(tag::<_, _, nom::error::Error<&[u8]>>("goroutine "), decimal).parse_complete(rest)
            {
                Ok((b":", goroutine)) => goroutine,
                _ => return None,
            }
        }
    };
    Some(AccessLine { kind, is_previous, address, goroutine })
}

/// `Goroutine 8 (running) created at:`: the number and the state.
pub(super) fn created_at(line: &[u8]) -> Option<(u64, &[u8])> {
    let (rest, (id, _, state)) =
        (preceded(tag::<_, _, nom::error::Error<&[u8]>>("Goroutine "), decimal), tag(" ("), take_until(")"))
            .parse_complete(line)
            .ok()?;
    (rest == b") created at:").then_some((id, state))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_report() {
        let write = access(b"Previous write at 0x00c000014100 by goroutine 7:").unwrap();
        assert_eq!((write.kind, write.is_previous, write.goroutine), (AccessKind::Write, true, 7));
        assert_eq!(write.address, 0xc0_0001_4100);
        assert_eq!(access(b"Read at 0x1 by main goroutine:").unwrap().goroutine, 1);
        assert_eq!(access(b"Read at 0x1 by thread T1:"), None);
        assert_eq!(created_at(b"Goroutine 8 (running) created at:"), Some((8, &b"running"[..])));
        assert_eq!(created_at(b"Goroutine 8 created at:"), None);
    }
}
