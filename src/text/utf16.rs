//! UTF-16 as Windows tools write it, such as PowerShell's `>`.

use std::borrow::Cow;

/// `text` in UTF-8: copied where a byte order mark says that it is UTF-16, otherwise as it is. What is no
/// character becomes U+FFFD.
pub(crate) fn decode(text: &[u8]) -> Cow<'_, [u8]> {
    let (units, from): (_, fn([u8; 2]) -> u16) = match text {
        [0xff, 0xfe, units @ ..] => (units, u16::from_le_bytes),
        [0xfe, 0xff, units @ ..] => (units, u16::from_be_bytes),
        _ => return Cow::Borrowed(text),
    };
    let (pairs, rest) = units.split_at(units.len() & !1);
    let units = pairs.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(from);
    let mut out = String::with_capacity(pairs.len() / 2);
    out.extend(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
    if !rest.is_empty() {
        out.push(char::REPLACEMENT_CHARACTER);
    }
    Cow::Owned(out.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_byte_order() {
        let text = "goroutine 1 [é😀]:\r\n";
        for (mark, bytes) in
            [([0xff, 0xfe], u16::to_le_bytes as fn(u16) -> [u8; 2]), ([0xfe, 0xff], u16::to_be_bytes)]
        {
            let mut input = mark.to_vec();
            input.extend(text.encode_utf16().flat_map(bytes));
            assert_eq!(*decode(&input), *text.as_bytes());
            input.push(b'x');
            assert_eq!(*decode(&input), *format!("{text}\u{fffd}").as_bytes());
        }
        assert!(matches!(decode(b"\xff"), Cow::Borrowed(b"\xff")));
    }
}
