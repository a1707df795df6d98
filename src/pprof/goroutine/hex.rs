//! Hexadecimal numbers as Go's runtime prints them.

use nom::bytes::complete::tag;
use nom::character::complete::hex_digit1;
use nom::sequence::preceded;
use nom::{IResult, Parser};

/// `0x` and up to 16 hexadecimal digits.
pub(super) fn hex(text: &[u8]) -> IResult<&[u8], u64> {
    let (rest, digits) = preceded(tag("0x"), hex_digit1).parse_complete(text)?;
    hex_value(digits)
        .map(|value| (rest, value))
        .ok_or_else(|| nom::Err::Failure(nom::error::make_error(text, nom::error::ErrorKind::TooLarge)))
}

#[inline]
pub(super) fn hex_value(digits: &[u8]) -> Option<u64> {
    if digits.len() > 16 {
        return None;
    }
    digits.iter().try_fold(0, |sum, digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            b'A'..=b'F' => digit - b'A' + 10,
            _ => return None,
        };
        Some(sum << 4 | u64::from(value))
    })
}
