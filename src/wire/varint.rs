//! Base-128 varints, at most 10 bytes and 64 bits.
//!
//! A byte loop unrolled to four is the fastest general reader measured on profiles and traces
//! (`benches/README.md`): the branch predictor beats every branch-free form on the short varints that real
//! files hold.

use super::cursor::Cursor;
use crate::error::{ErrorKind, Fault};

impl Cursor<'_> {
    /// Takes one varint. Over-long forms of small numbers are accepted.
    ///
    /// # Errors
    /// At the offset of its first byte: [`ErrorKind::Truncated`] when the input ends inside it,
    /// [`ErrorKind::VarintOverflow`] when it has more than 10 bytes or more than 64 bits.
    #[inline(always)]
    pub(crate) fn varint(&mut self) -> Result<u64, Fault> {
        let bytes = self.rest;
        let Some((&b0, after0)) = bytes.split_first() else { return Err(self.cut()) };
        let mut value = u64::from(b0);
        if b0 < 0x80 {
            self.rest = after0;
            return Ok(value);
        }
        let Some((&b1, after1)) = after0.split_first() else { return Err(self.cut()) };
        value = value & 0x7f | u64::from(b1) << 7;
        if b1 < 0x80 {
            self.rest = after1;
            return Ok(value);
        }
        let Some((&b2, after2)) = after1.split_first() else { return Err(self.cut()) };
        value = value & 0x3fff | u64::from(b2) << 14;
        if b2 < 0x80 {
            self.rest = after2;
            return Ok(value);
        }
        let Some((&b3, after3)) = after2.split_first() else { return Err(self.cut()) };
        value = value & 0x1f_ffff | u64::from(b3) << 21;
        if b3 < 0x80 {
            self.rest = after3;
            return Ok(value);
        }
        self.long_varint(value & 0xfff_ffff, after3)
    }

    /// Bytes 5 to 10 of a varint whose first four gave `value`.
    #[inline(never)]
    fn long_varint(&mut self, mut value: u64, tail: &[u8]) -> Result<u64, Fault> {
        for (i, &byte) in tail.iter().take(6).enumerate() {
            let last = i == 5;
            if last && byte > 1 {
                return Err(Fault::new(ErrorKind::VarintOverflow, self.offset()));
            }
            value |= u64::from(byte & 0x7f) << (28 + 7 * i);
            if byte < 0x80 {
                self.skip_to(tail.len() - i - 1);
                return Ok(value);
            }
        }
        Err(self.cut())
    }

    #[cold]
    fn cut(&self) -> Fault {
        Fault::new(ErrorKind::Truncated, self.offset())
    }

    /// Drops bytes from the front until `left` are left.
    #[inline(always)]
    fn skip_to(&mut self, left: usize) {
        self.rest = self.rest.get(self.rest.len() - left..).unwrap_or_default();
    }
}

/// Appends `value` as a varint.
#[inline]
pub(crate) fn push_varint(out: &mut Vec<u8>, mut value: u64) {
    match value {
        0..0x80 => out.push(value as u8),
        0x80..0x4000 => out.extend_from_slice(&[value as u8 | 0x80, (value >> 7) as u8]),
        _ => {
            while value >= 0x80 {
                out.push(value as u8 | 0x80);
                value >>= 7;
            }
            out.push(value as u8);
        }
    }
}

/// How many bytes [`push_varint`] appends for `value`.
pub(crate) fn varint_len(value: u64) -> usize {
    (value | 1).ilog2() as usize / 7 + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encode(mut value: u64) -> Vec<u8> {
        let mut out = Vec::new();
        while value >= 0x80 {
            out.push(value as u8 | 0x80);
            value >>= 7;
        }
        out.push(value as u8);
        out
    }

    /// The definition, a byte at a time.
    fn naive(bytes: &[u8]) -> Result<(u64, usize), ErrorKind> {
        let mut value = 0u128;
        for (i, byte) in bytes.iter().enumerate() {
            if i == 10 {
                return Err(ErrorKind::VarintOverflow);
            }
            value |= u128::from(byte & 0x7f) << (7 * i);
            if value > u128::from(u64::MAX) {
                return Err(ErrorKind::VarintOverflow);
            }
            if byte & 0x80 == 0 {
                return Ok((value as u64, i + 1));
            }
        }
        if bytes.len() >= 10 { Err(ErrorKind::VarintOverflow) } else { Err(ErrorKind::Truncated) }
    }

    proptest! {
        #[test]
        fn reads_what_was_written(value: u64, shift in 0u32..64, tail: Vec<u8>) {
            let value = value >> shift;
            let mut bytes = encode(value);
            bytes.extend(&tail);
            let mut cursor = Cursor::at(&bytes, 5);
            prop_assert_eq!(cursor.varint(), Ok(value));
            prop_assert_eq!(cursor.rest(), &tail[..]);
        }

        #[test]
        fn agrees_with_the_definition(bytes in prop::collection::vec(prop_oneof![Just(0x80u8), Just(0xff), any::<u8>()], 0..13)) {
            let mut cursor = Cursor::at(&bytes, 5);
            match naive(&bytes) {
                Ok((value, len)) => {
                    prop_assert_eq!(cursor.varint(), Ok(value));
                    prop_assert_eq!(cursor.rest(), &bytes[len..]);
                }
                Err(kind) => prop_assert_eq!(cursor.varint(), Err(Fault::new(kind, 5))),
            }
        }
    }

    #[test]
    fn lengths_are_those_of_the_varints() {
        for shift in 0..64 {
            for value in [(1u64 << shift) - 1, 1 << shift, (1 << shift) + 1] {
                let mut out = Vec::new();
                push_varint(&mut out, value);
                assert_eq!(varint_len(value), out.len(), "{value}");
            }
        }
    }
}
