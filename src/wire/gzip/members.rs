//! The members of a gzip stream: header, deflated data, trailer, and again.
//!
//! Header and trailer are read here; flate2 inflates the data between them (zlib-rs, pure Rust). The length
//! in the trailer is checked, and never used to allocate.

use flate2::{Crc, Decompress, FlushDecompress, Status};

use crate::error::{Error, ErrorKind, Fault, Result};
use crate::limits::Limits;
use crate::wire::cursor::Cursor;

/// The first two bytes of every gzip stream.
pub const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Bits of the header's flag byte.
pub(super) const FHCRC: u8 = 1 << 1;
pub(super) const FEXTRA: u8 = 1 << 2;
pub(super) const FNAME: u8 = 1 << 3;
pub(super) const FCOMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0xe0;

/// The members of a stream, one after the other.
pub(super) struct Members<'a> {
    cursor: Cursor<'a>,
    state: State,
    inflate: Decompress,
    crc: Crc,
    /// Inflated bytes that are still allowed.
    budget: u64,
    allowed: u64,
    /// An error that follows good bytes, which are handed out first.
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
    pub(super) fn new(input: &'a [u8], limits: &Limits) -> Self {
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

    /// How many compressed bytes have been read.
    pub(super) fn position(&self) -> u64 {
        self.cursor.offset()
    }

    /// Fills `out` from the front; 0 at the end of the stream.
    pub(super) fn fill(&mut self, out: &mut [u8]) -> Result<usize> {
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
            let offset = self.cursor.offset();
            if u16::from_le_bytes(self.cursor.array()?) != crc.sum() as u16 {
                return Err(Fault::new(ErrorKind::GzipChecksum, offset));
            }
        }
        Ok(())
    }

    fn data(&mut self, out: &mut [u8]) -> Result<usize> {
        // One byte beyond the budget distinguishes an input that ends right there from one that continues.
        let room = out.len().min(usize::try_from(self.budget.saturating_add(1)).unwrap_or(usize::MAX));
        let out = out.get_mut(..room).unwrap_or_default();
        let (read, written) = (self.inflate.total_in(), self.inflate.total_out());
        let offset = self.cursor.offset();
        let status = self
            .inflate
            .decompress(self.cursor.rest(), out, FlushDecompress::None)
            .map_err(|error| Error::new(ErrorKind::GzipCorrupt).at(offset).because(error));
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
        let offset = self.cursor.offset();
        let cut = |_| Error::new(ErrorKind::GzipTruncated).at(offset).detail("the checksum is cut short");
        let crc = u32::from_le_bytes(self.cursor.array().map_err(cut)?);
        let len = u32::from_le_bytes(self.cursor.array().map_err(cut)?);
        if crc != self.crc.sum() || len != self.inflate.total_out() as u32 {
            return Err(Error::new(ErrorKind::GzipChecksum).at(offset));
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
    let what = if rest.iter().all(|&byte| byte == 0) { "zero bytes" } else { "other bytes" };
    Error::new(ErrorKind::GzipTrailing).at(offset).detail(format!("{len} {what} after the last member"))
}
