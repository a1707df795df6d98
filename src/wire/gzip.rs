//! gzip (RFC 1952): several members, bounded output, one inflate state for all of them.
//!
//! Header and trailer are read here; flate2 inflates the data between them (zlib-rs, pure Rust).
//! The length in the trailer is checked, and never used to allocate.

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::cursor::Cursor;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::limits::Limits;

/// The first two bytes of every gzip stream.
pub const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Size of the window that [`Inflate`] hands out, in bytes.
const WINDOW: usize = 128 << 10;

/// Bits of the header's flag byte.
const FHCRC: u8 = 1 << 1;
const FEXTRA: u8 = 1 << 2;
const FNAME: u8 = 1 << 3;
const FCOMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0xe0;

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
    /// `GzipTruncated`, `GzipCorrupt`, `GzipChecksum`, `GzipTrailing`, with the offset in the compressed input,
    /// and `Limit`. After an error every further call gives `None`.
    pub fn next_chunk(&mut self) -> Result<Option<&[u8]>> {
        let len = self.members.fill(&mut self.window)?;
        Ok(if len == 0 { None } else { self.window.get(..len) })
    }

    /// How many compressed bytes have been read.
    pub fn position(&self) -> u64 {
        self.members.cursor.offset()
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

/// The members of a stream, one behind the other.
struct Members<'a> {
    cursor: Cursor<'a>,
    state: State,
    inflate: Decompress,
    crc: Crc,
    /// Inflated bytes that are still allowed.
    budget: u64,
    allowed: u64,
    /// An error behind bytes that are good and still have to be handed out.
    pending: Option<Error>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before a header; the first one must be there.
    Header {
        first: bool,
    },
    Data,
    Done,
}

impl<'a> Members<'a> {
    fn new(input: &'a [u8], limits: &Limits) -> Self {
        let allowed = limits.inflate_budget(input.len() as u64);
        Self {
            cursor: Cursor::new(input),
            state: State::Header { first: true },
            inflate: Decompress::new(false),
            crc: Crc::new(),
            budget: allowed,
            allowed,
            pending: None,
        }
    }

    /// Fills `out` from the front; 0 at the end of the stream.
    fn fill(&mut self, out: &mut [u8]) -> Result<usize> {
        let filled = self.try_fill(out);
        if filled.is_err() {
            self.state = State::Done;
        }
        filled
    }

    fn try_fill(&mut self, out: &mut [u8]) -> Result<usize> {
        if let Some(error) = self.pending.take() {
            return Err(error);
        }
        loop {
            match self.state {
                State::Done => return Ok(0),
                State::Header { first } => self.header(first)?,
                State::Data => {
                    let len = self.data(out)?;
                    if len > 0 {
                        return Ok(len);
                    }
                }
            }
        }
    }

    fn header(&mut self, first: bool) -> Result<()> {
        if self.cursor.is_empty() && !first {
            self.state = State::Done;
            return Ok(());
        }
        let start = self.cursor.offset();
        if !first && !self.cursor.rest().starts_with(&GZIP_MAGIC) {
            return Err(trailing(start, self.cursor.rest()));
        }
        self.read_header().map_err(|fault| match fault.kind {
            ErrorKind::Truncated | ErrorKind::LengthPastEnd => {
                Error::new(ErrorKind::GzipTruncated).at(fault.at).detail("the header is cut short")
            }
            _ => Error::from(fault),
        })?;
        self.inflate.reset(false);
        self.crc.reset();
        self.state = State::Data;
        Ok(())
    }

    fn read_header(&mut self) -> std::result::Result<(), Fault> {
        let start = self.cursor.offset();
        let whole = self.cursor.rest();
        let [m0, m1, method, flags] = self.cursor.array()?;
        if [m0, m1] != GZIP_MAGIC || method != 8 || flags & RESERVED != 0 {
            return Err(Fault::new(ErrorKind::GzipCorrupt, start));
        }
        self.cursor.array::<6>()?;
        if flags & FEXTRA != 0 {
            let len = u16::from_le_bytes(self.cursor.array()?);
            self.cursor.take(len.into())?;
        }
        for flag in [FNAME, FCOMMENT] {
            if flags & flag != 0 {
                let len = memchr::memchr(0, self.cursor.rest()).unwrap_or(self.cursor.rest().len());
                self.cursor.take(len as u64 + 1)?;
            }
        }
        if flags & FHCRC != 0 {
            let mut crc = Crc::new();
            crc.update(whole.split_at(whole.len() - self.cursor.rest().len()).0);
            let at = self.cursor.offset();
            if u16::from_le_bytes(self.cursor.array()?) != crc.sum() as u16 {
                return Err(Fault::new(ErrorKind::GzipChecksum, at));
            }
        }
        Ok(())
    }

    fn data(&mut self, out: &mut [u8]) -> Result<usize> {
        // One byte beyond the budget tells an input that ends right there from one that goes on.
        let room = out.len().min(usize::try_from(self.budget.saturating_add(1)).unwrap_or(usize::MAX));
        let out = out.get_mut(..room).unwrap_or_default();
        let (read, written) = (self.inflate.total_in(), self.inflate.total_out());
        let at = self.cursor.offset();
        let status = self
            .inflate
            .decompress(self.cursor.rest(), out, FlushDecompress::None)
            .map_err(|error| Error::new(ErrorKind::GzipCorrupt).at(at).because(error));
        let read = self.inflate.total_in() - read;
        let written = (self.inflate.total_out() - written) as usize;
        self.cursor.take(read)?;
        self.crc.update(out.get(..written).unwrap_or_default());
        self.budget = self.budget.checked_sub(written as u64).ok_or_else(|| self.over_budget())?;
        let next = match status {
            Ok(Status::StreamEnd) => self.trailer(),
            Ok(Status::Ok | Status::BufError) if read == 0 && written == 0 => {
                let detail = "the file was not written or copied to its end";
                Err(Error::new(ErrorKind::GzipTruncated).at(self.cursor.offset()).detail(detail))
            }
            Ok(Status::Ok | Status::BufError) => Ok(()),
            Err(error) => Err(error),
        };
        match next {
            Err(error) if written > 0 => self.pending = Some(error),
            next => next?,
        }
        Ok(written)
    }

    fn trailer(&mut self) -> Result<()> {
        let at = self.cursor.offset();
        let cut = |_| Error::new(ErrorKind::GzipTruncated).at(at).detail("the checksum is cut short");
        let crc = u32::from_le_bytes(self.cursor.array().map_err(cut)?);
        let len = u32::from_le_bytes(self.cursor.array().map_err(cut)?);
        if crc != self.crc.sum() || len != self.inflate.total_out() as u32 {
            return Err(Error::new(ErrorKind::GzipChecksum).at(at));
        }
        self.state = State::Header { first: false };
        Ok(())
    }

    #[cold]
    fn over_budget(&self) -> Error {
        let allowed = self.allowed;
        Error::new(ErrorKind::Limit).at(self.cursor.offset()).detail(format!(
            "more than {allowed} bytes inflated (Limits::inflated, inflate_ratio, inflate_free)"
        ))
    }
}

#[cold]
fn trailing(offset: u64, rest: &[u8]) -> Error {
    let len = rest.len();
    let what =
        if rest.iter().all(|&byte| byte == 0) { "zero bytes" } else { "bytes that are no gzip member" };
    Error::new(ErrorKind::GzipTrailing).at(offset).detail(format!("{len} {what} after the last member"))
}

#[cfg(test)]
mod tests {
    use super::*;
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
    fn damage_is_told_apart() {
        let good = gz(b"hello");
        let with = |at: usize, byte: u8| {
            let mut bytes = good.clone();
            bytes[at] ^= byte;
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
