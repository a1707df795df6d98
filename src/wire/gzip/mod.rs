//! gzip (RFC 1952): several members, bounded output, one inflate state for all of them.

mod members;

pub use members::GZIP_MAGIC;

use members::Members;

use crate::error::Result;
use crate::limits::Limits;

/// Size of the window that [`Inflate`] hands out, in bytes.
const WINDOW: usize = 128 << 10;

/// Inflates a gzip stream through a window of 128 KiB, whatever its size.
///
/// ```
/// # use std::io::Write;
/// # let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
/// # gz.write_all(b"hello").unwrap();
/// # let gz = gz.finish().unwrap();
/// use godiag::{Limits, wire::Inflate};
/// let mut inflate = Inflate::new(&gz, &Limits::DEFAULT);
/// let mut bytes = 0;
/// while let Some(chunk) = inflate.next_chunk()? {
///     bytes += chunk.len();
/// }
/// assert_eq!(bytes, 5);
/// # Ok::<(), godiag::Error>(())
/// ```
pub struct Inflate<'a> {
    members: Members<'a>,
    window: Box<[u8]>,
}

impl<'a> Inflate<'a> {
    /// A reader of the gzip stream `input`, within `limits`.
    pub fn new(input: &'a [u8], limits: &Limits) -> Self {
        Self { members: Members::new(input, limits), window: vec![0; WINDOW].into_boxed_slice() }
    }

    /// The next inflated bytes, never empty; `None` at the end of the last member.
    ///
    /// # Errors
    /// `GzipTruncated`, `GzipCorrupt`, `GzipChecksum`, `GzipTrailing`, with the offset in the compressed
    /// input, and `Limit`. After an error every further call gives `None`.
    pub fn next_chunk(&mut self) -> Result<Option<&[u8]>> {
        let len = self.members.fill(&mut self.window)?;
        Ok(if len == 0 { None } else { self.window.get(..len) })
    }

    /// How many compressed bytes have been read.
    pub fn position(&self) -> u64 {
        self.members.position()
    }
}

impl std::fmt::Debug for Inflate<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inflate").field("position", &self.position()).finish_non_exhaustive()
    }
}

/// Inflates a whole gzip stream into one buffer.
///
/// # Errors
/// As [`Inflate::next_chunk`].
pub fn inflate(input: &[u8], limits: &Limits) -> Result<Vec<u8>> {
    let mut members = Members::new(input, limits);
    let mut out = Vec::new();
    loop {
        let start = out.len();
        let step = start.clamp(WINDOW, 16 << 20).max(input.len().saturating_mul(3).min(16 << 20));
        out.resize(start + step, 0);
        let mut filled = start;
        while filled < out.len() {
            match members.fill(out.get_mut(filled..).unwrap_or_default())? {
                0 => {
                    out.truncate(filled);
                    return Ok(out);
                }
                len => filled += len,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::members::{FCOMMENT, FEXTRA, FHCRC, FNAME};
    use super::*;
    use crate::error::ErrorKind;
    use flate2::Crc;
    use std::io::Write;

    fn gz(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn kind(input: &[u8], limits: &Limits) -> ErrorKind {
        let error = inflate(input, limits).unwrap_err();
        let mut stream = Inflate::new(input, limits);
        let streamed = loop {
            match stream.next_chunk() {
                Ok(Some(_)) => {}
                Ok(None) => panic!("the stream ended without an error"),
                Err(error) => break error,
            }
        };
        assert!(stream.next_chunk().unwrap().is_none());
        assert_eq!(error.kind(), streamed.kind());
        error.kind()
    }

    #[test]
    fn members_are_joined_and_every_cut_is_an_error() {
        let mut two = gz(b"hello, ");
        let first = two.len();
        two.extend(gz(b"world"));
        assert_eq!(inflate(&two, &Limits::DEFAULT).unwrap(), b"hello, world");
        for cut in (1..two.len()).filter(|&cut| cut != first) {
            let kind = kind(&two[..cut], &Limits::DEFAULT);
            let trailing = cut == first + 1;
            assert_eq!(
                kind,
                if trailing { ErrorKind::GzipTrailing } else { ErrorKind::GzipTruncated },
                "cut at {cut}"
            );
        }
    }

    #[test]
    fn kinds_of_damage_are_distinguished() {
        let good = gz(b"hello");
        let with = |index: usize, byte: u8| {
            let mut bytes = good.clone();
            bytes[index] ^= byte;
            kind(&bytes, &Limits::DEFAULT)
        };
        assert_eq!(with(0, 1), ErrorKind::GzipCorrupt);
        assert_eq!(with(3, 0x80), ErrorKind::GzipCorrupt);
        assert_eq!(with(good.len() - 1, 1), ErrorKind::GzipChecksum);
        assert_eq!(with(good.len() - 8, 1), ErrorKind::GzipChecksum);
        let mut padded = good.clone();
        padded.extend([0; 9]);
        assert_eq!(kind(&padded, &Limits::DEFAULT), ErrorKind::GzipTrailing);
    }

    #[test]
    fn the_budget_is_exact() {
        let bytes = vec![0; 3 * WINDOW + 17];
        let input = gz(&bytes);
        let limits = |n| Limits::UNLIMITED.with_inflated(n);
        assert_eq!(inflate(&input, &limits(bytes.len() as u64)).unwrap(), bytes);
        assert_eq!(kind(&input, &limits(bytes.len() as u64 - 1)), ErrorKind::Limit);
        let ratio = Limits::DEFAULT.with_inflate_ratio(2).with_inflate_free(0);
        assert_eq!(kind(&input, &ratio), ErrorKind::Limit);
    }

    #[test]
    fn optional_header_parts_are_read() {
        let mut good = gz(b"hello");
        let data = good.split_off(10);
        good[3] = FEXTRA | FNAME | FCOMMENT | FHCRC;
        good.extend(b"\x03\x00abcname\0comment\0");
        let mut crc = Crc::new();
        crc.update(&good);
        good.extend((crc.sum() as u16).to_le_bytes());
        good.extend(data);
        assert_eq!(inflate(&good, &Limits::DEFAULT).unwrap(), b"hello");
        good[12] ^= 1;
        assert_eq!(kind(&good, &Limits::DEFAULT), ErrorKind::GzipChecksum);
    }
}
