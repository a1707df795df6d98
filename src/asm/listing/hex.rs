//! The bytes of a line of a symbol's hex dump (`cmd/internal/obj/objfile.go`).

/// The bytes that `text`, `TAB 0x0000 2d 4e 20   -N `, shows: 16 at most, the last line of a symbol fewer.
#[inline]
pub(super) fn bytes(text: &[u8]) -> impl Iterator<Item = u8> {
    let columns = text.strip_prefix(b"\t0x").and_then(|rest| rest.get(memchr::memchr(b' ', rest)? + 1..));
    columns.unwrap_or_default().chunks(3).take(16).map_while(|pair| {
        let [high, low, ..] = pair else { return None };
        let (high, low) = (char::from(*high).to_digit(16)?, char::from(*low).to_digit(16)?);
        Some((high << 4 | low) as u8)
    })
}
