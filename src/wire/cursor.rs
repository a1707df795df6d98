//! The only place that slices input.

use crate::error::{ErrorKind, Fault};

/// A position in an input, with the absolute offset of what is left.
///
/// A child made by [`sub`](Self::sub) cannot read past its length, and still knows absolute offsets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'a> {
    pub(super) rest: &'a [u8],
    /// Absolute offset of the end of `rest`.
    end: u64,
}

impl<'a> Cursor<'a> {
    /// A cursor at the start of `input`.
    pub(crate) const fn new(input: &'a [u8]) -> Self {
        Self::at(input, 0)
    }

    /// A cursor over `part`, which begins at absolute offset `base`.
    pub(crate) const fn at(part: &'a [u8], base: u64) -> Self {
        Self { rest: part, end: base + part.len() as u64 }
    }

    /// The absolute offset of the next byte.
    #[inline(always)]
    pub(crate) const fn offset(&self) -> u64 {
        self.end - self.rest.len() as u64
    }

    /// What is left.
    #[inline(always)]
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether nothing is left.
    #[inline(always)]
    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Takes `len` bytes.
    ///
    /// # Errors
    /// [`ErrorKind::LengthPastEnd`] at the current offset when fewer are left.
    #[inline(always)]
    pub(crate) fn take(&mut self, len: u64) -> Result<&'a [u8], Fault> {
        match usize::try_from(len).ok().and_then(|len| self.rest.split_at_checked(len)) {
            Some((taken, rest)) => {
                self.rest = rest;
                Ok(taken)
            }
            None => Err(Fault::new(ErrorKind::LengthPastEnd, self.offset())),
        }
    }

    /// Drops the first `len` bytes, if there are as many.
    #[inline(always)]
    pub(crate) fn skip(&mut self, len: usize) {
        self.rest = self.rest.split_at_checked(len).map_or(&[], |(_, rest)| rest);
    }

    /// Takes the bytes after a key and a length of one byte each; `None` if either is longer or bytes are
    /// missing.
    #[inline(always)]
    pub(crate) fn short_bytes(&mut self) -> Option<Self> {
        let [_, len @ 0..0x80, rest @ ..] = self.rest else { return None };
        let (part, rest) = rest.split_at_checked(usize::from(*len))?;
        self.rest = rest;
        Some(Self { rest: part, end: self.end - rest.len() as u64 })
    }

    /// Takes `len` bytes as a cursor of their own.
    #[inline(always)]
    pub(crate) fn sub(&mut self, len: u64) -> Result<Self, Fault> {
        let base = self.offset();
        self.take(len).map(|part| Self::at(part, base))
    }

    /// Takes one byte.
    #[inline(always)]
    pub(crate) fn byte(&mut self) -> Result<u8, Fault> {
        match self.rest {
            [byte, rest @ ..] => {
                self.rest = rest;
                Ok(*byte)
            }
            [] => Err(Fault::new(ErrorKind::Truncated, self.offset())),
        }
    }

    /// Takes `N` bytes.
    #[inline(always)]
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        match self.rest.split_first_chunk::<N>() {
            Some((chunk, rest)) => {
                self.rest = rest;
                Ok(*chunk)
            }
            None => Err(Fault::new(ErrorKind::Truncated, self.offset())),
        }
    }
}
