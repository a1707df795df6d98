//! Numbers as the compiler prints them.

/// A decimal number that fits 32 bits.
pub(crate) fn decimal(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u32, |sum, byte| {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        sum.checked_mul(10)?.checked_add(u32::from(digit))
    })
}

/// A hexadecimal number that fits 64 bits, with or without `0x`.
pub(crate) fn hexadecimal(text: &[u8]) -> Option<u64> {
    let digits = text.strip_prefix(b"0x").unwrap_or(text);
    let digits = digits.get(..digits.iter().take_while(|byte| byte.is_ascii_hexdigit()).count())?;
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u64, |sum, byte| {
        let digit = char::from(*byte).to_digit(16)?;
        if sum >> 60 != 0 { None } else { Some(sum << 4 | u64::from(digit)) }
    })
}
