//! The numbers of an event, for the hottest paths.

/// More than an event can take: its arguments, and the type and time of the next one.
const SIZE: usize = 64;

/// Where the end of a batch is padded.
#[derive(Debug)]
pub(crate) struct Spare([u8; SIZE]);

impl Default for Spare {
    fn default() -> Self {
        Self([0; SIZE])
    }
}

/// The next bytes of a batch, padded with zeros at its end, so that one check of bounds after reading is
/// enough. Unlike a `Cursor` it knows no offset: faults are reported at the event.
#[derive(Debug)]
pub(crate) struct Window<'w> {
    bytes: &'w [u8; SIZE],
    position: usize,
    /// How many of the bytes belong to the batch.
    len: usize,
}

impl<'w> Window<'w> {
    /// The window at the start of `rest`; `spare` holds it if `rest` is too short.
    #[inline(always)]
    pub(crate) fn new(rest: &'w [u8], spare: &'w mut Spare) -> Self {
        let bytes = match rest.first_chunk::<SIZE>() {
            Some(bytes) => bytes,
            None => fill(rest, &mut spare.0),
        };
        Self { bytes, position: 0, len: rest.len() }
    }

    /// The window at the start of `rest`, if that is long enough for any event.
    #[inline(always)]
    pub(crate) fn whole(rest: &'w [u8]) -> Option<Self> {
        rest.first_chunk::<SIZE>().map(|bytes| Self { bytes, position: 0, len: SIZE })
    }

    #[inline(always)]
    fn peek(&self, ahead: usize) -> u64 {
        u64::from(self.bytes[(self.position + ahead) % SIZE])
    }

    /// Reads one byte.
    #[inline(always)]
    pub(crate) fn byte(&mut self) -> u8 {
        let byte = self.peek(0) as u8;
        self.position += 1;
        byte
    }

    /// Reads one varint; `None` if it is too long.
    #[inline(always)]
    pub(crate) fn number(&mut self) -> Option<u64> {
        let b0 = self.peek(0);
        if b0 < 0x80 {
            self.position += 1;
            return Some(b0);
        }
        let b1 = self.peek(1);
        let value = b0 & 0x7f | b1 << 7;
        if b1 < 0x80 {
            self.position += 2;
            return Some(value);
        }
        let b2 = self.peek(2);
        let value = value & 0x3fff | b2 << 14;
        if b2 < 0x80 {
            self.position += 3;
            return Some(value);
        }
        let (value, len) = long(value & 0x1f_ffff, self.bytes, self.position)?;
        self.position += len;
        Some(value)
    }

    /// Whether more was read than there is.
    #[inline(always)]
    pub(crate) fn is_overrun(&self) -> bool {
        self.position > self.len
    }

    /// How many bytes were read.
    #[inline(always)]
    pub(crate) fn taken(&self) -> usize {
        self.position
    }

    /// Whether the batch is used up.
    #[inline(always)]
    pub(crate) fn is_empty(&self) -> bool {
        self.position >= self.len
    }
}

#[inline(never)]
fn fill<'w>(rest: &[u8], spare: &'w mut [u8; SIZE]) -> &'w [u8; SIZE] {
    *spare = [0; SIZE];
    spare.iter_mut().zip(rest).for_each(|(place, &byte)| *place = byte);
    spare
}

/// Bytes 4 to 10 of the varint at `start` whose first three gave `value`, and how long it is.
#[inline(never)]
fn long(mut value: u64, bytes: &[u8; SIZE], start: usize) -> Option<(u64, usize)> {
    for ahead in 3..10 {
        let byte = bytes[(start + ahead) % SIZE];
        if ahead == 9 && byte > 1 {
            return None;
        }
        value |= u64::from(byte & 0x7f) << (7 * ahead);
        if byte < 0x80 {
            return Some((value, ahead + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Cursor;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_window_reads_what_a_cursor_reads(bytes in prop::collection::vec(prop_oneof![Just(0x80u8), Just(0xff), any::<u8>()], 0..80)) {
            let mut spare = Spare::default();
            let mut window = Window::new(&bytes, &mut spare);
            let mut cursor = Cursor::new(&bytes);
            for _ in 0..5 {
                let number = window.number();
                match cursor.varint() {
                    Ok(value) => {
                        prop_assert_eq!(number, Some(value));
                        prop_assert!(!window.is_overrun());
                        prop_assert_eq!(window.taken(), bytes.len() - cursor.rest().len());
                        prop_assert_eq!(window.is_empty(), cursor.is_empty());
                    }
                    Err(_) => {
                        prop_assert!(number.is_none() || window.is_overrun());
                        break;
                    }
                }
            }
        }
    }
}
