//! Where the bytes come from: a slice, or a stream, one generation at a time.

use crate::error::{Error, ErrorKind, Result};
use std::fmt;
use std::io::Read;

/// How many bytes to ask a stream for at once.
const CHUNK: usize = 64 << 10;

/// The input, or the part of it that is in memory.
pub(crate) enum Source<'a> {
    /// All of it.
    Slice(&'a [u8]),
    /// The bytes from offset `base` on, so far.
    Stream { input: Box<dyn Read + Send + Sync + 'a>, bytes: Vec<u8>, base: u64, most: u64, ended: bool },
}

impl<'a> Source<'a> {
    /// A stream, with at most `most` bytes in memory.
    pub(crate) fn stream(input: impl Read + Send + Sync + 'a, most: u64) -> Self {
        Self::Stream { input: Box::new(input), bytes: Vec::new(), base: 0, most, ended: false }
    }

    /// The bytes in memory.
    #[inline(always)]
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Slice(bytes) => bytes,
            Self::Stream { bytes, .. } => bytes,
        }
    }

    /// The offset of the first byte in memory.
    #[inline(always)]
    pub(crate) fn base(&self) -> u64 {
        match self {
            Self::Slice(_) => 0,
            Self::Stream { base, .. } => *base,
        }
    }

    /// Forgets the bytes before an offset.
    pub(crate) fn forget_before(&mut self, offset: u64) {
        if let Self::Stream { bytes, base, .. } = self {
            let done = (offset - *base).min(bytes.len() as u64) as usize;
            bytes.drain(..done);
            *base += done as u64;
        }
    }

    /// Reads more; false at the end of the input.
    ///
    /// # Errors
    /// [`ErrorKind::Io`]; [`ErrorKind::Limit`] when the limit is reached.
    pub(crate) fn read_more(&mut self) -> Result<bool> {
        let Self::Stream { input, bytes, base, most, ended } = self else { return Ok(false) };
        if *ended {
            return Ok(false);
        }
        let len = bytes.len();
        if len as u64 >= *most {
            let detail = format!("a generation is larger than the limit of {most} bytes");
            return Err(Error::new(ErrorKind::Limit).at(*base + len as u64).detail(detail));
        }
        bytes.resize(len + CHUNK, 0);
        let read = loop {
            match input.read(bytes.get_mut(len..).unwrap_or_default()) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        bytes.truncate(len + read.as_ref().copied().unwrap_or(0));
        let read = read.map_err(|error| Error::from(error).at(*base + len as u64))?;
        *ended = read == 0;
        Ok(read != 0)
    }
}

impl fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({} bytes from {})", self.bytes().len(), self.base())
    }
}
