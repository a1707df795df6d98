//! The events of a batch as recorded: no order, no state, no tables. For counting, and for filters.

use super::batch::{Batch, Content, Item, next_item};
use super::spec::SPECS;
use super::window::Window;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::trace::header::{HEADER_LEN, Version};
use crate::wire::Cursor;

/// The batches of a trace of Go 1.22 or later, in file order.
///
/// ```
/// use godiag::trace::wire::{Batches, Version};
/// let mut batches = Batches::new(&Version::Go1_26.header())?;
/// let header = Version::Go1_26.header();
/// let mut batches = Batches::new(&header)?;
/// # Ok::<(), godiag::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Batches<'a> {
    input: Cursor<'a>,
    version: Version,
}

impl<'a> Batches<'a> {
    /// The batches of `input`.
    ///
    /// # Errors
    /// Those of [`Version::parse`], and [`ErrorKind::UnsupportedVersion`] for a trace before Go 1.22, which
    /// has none.
    pub fn new(input: &'a [u8]) -> Result<Self> {
        let version = Version::parse(input)?;
        if !version.is_v2() {
            return Err(Error::new(ErrorKind::UnsupportedVersion)
                .at(0)
                .detail("only traces of Go 1.22 and later have batches of threads"));
        }
        let rest = input.get(HEADER_LEN..).unwrap_or_default();
        Ok(Self { input: Cursor::at(rest, HEADER_LEN as u64), version })
    }

    /// The format version.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The next batch; `None` at the end, and after an error.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownEvent`] where no batch begins, [`ErrorKind::BatchTooLarge`], and those of varints.
    pub fn next_batch(&mut self) -> Result<Option<Batch<'a>>> {
        loop {
            match next_item(&mut self.input) {
                Ok(Some(Item::Batch(batch))) => return Ok(Some(batch)),
                Ok(Some(Item::EndOfGeneration)) => {}
                Ok(None) => return Ok(None),
                Err(fault) => {
                    self.input = Cursor::at(&[], fault.at);
                    return Err(fault.into());
                }
            }
        }
    }
}

/// An event as recorded in its batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimedEvent {
    /// The type byte, a row of [`SPECS`].
    pub code: u8,
    /// Clock units since the event before it in the batch, or since the batch's time.
    pub units: u64,
    /// The arguments after the time, in the order of the row; unused ones hold values of earlier events.
    pub args: [u64; 4],
}

/// The events of one batch.
#[derive(Clone, Debug)]
pub struct TimedEvents<'a> {
    input: Cursor<'a>,
    event: TimedEvent,
}

impl<'a> Batch<'a> {
    /// The events of the batch; `None` if it holds something else.
    pub fn events(&self) -> TimedEvents<'a> {
        let data = if self.content() == Content::Events { self.data } else { &[] };
        TimedEvents { input: Cursor::at(data, self.offset), event: TimedEvent::default() }
    }
}

/// How many numbers follow the time, by type byte; 255 for a byte that is no event of a thread.
static ARITY: [u8; 256] = {
    let mut arity = [255; 256];
    let mut code = 0;
    while code < 256 {
        if SPECS[code].timed {
            arity[code] = SPECS[code].args.len() as u8 - 1;
        }
        code += 1;
    }
    arity
};

impl TimedEvents<'_> {
    /// The next event; `None` at the end of the batch, and after an error.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownEvent`], after which the rest of the batch cannot be read, and those of varints.
    #[inline(always)]
    pub fn next_event(&mut self) -> Result<Option<&TimedEvent>> {
        match self.read() {
            Ok(true) => Ok(Some(&self.event)),
            Ok(false) => Ok(None),
            Err(fault) => Err(self.fail(fault)),
        }
    }

    #[cold]
    fn fail(&mut self, fault: Fault) -> Error {
        self.input = Cursor::at(&[], fault.at);
        fault.into()
    }

    /// Reads an event that is far from the end of the batch; false if it is not, or wrong.
    #[inline(always)]
    fn read_fast(&mut self) -> bool {
        let Some(mut window) = Window::whole(self.input.rest()) else { return false };
        let code = window.byte();
        let Some(units) = window.number() else { return false };
        let [first, second, third, fourth] = &mut self.event.args;
        // Unrolled: a loop over the arguments costs twice as much.
        let count = ARITY[usize::from(code)];
        if count > 4 {
            return false;
        }
        if count > 0 {
            let Some(value) = window.number() else { return false };
            *first = value;
        }
        if count > 1 {
            let Some(value) = window.number() else { return false };
            *second = value;
        }
        if count > 2 {
            let Some(value) = window.number() else { return false };
            *third = value;
        }
        if count > 3 {
            let Some(value) = window.number() else { return false };
            *fourth = value;
        }
        self.event.code = code;
        self.event.units = units;
        self.input.skip(window.taken());
        true
    }

    #[inline(always)]
    fn read(&mut self) -> std::result::Result<bool, Fault> {
        if self.read_fast() {
            return Ok(true);
        }
        self.read_slowly()
    }

    #[inline(never)]
    fn read_slowly(&mut self) -> std::result::Result<bool, Fault> {
        let offset = self.input.offset();
        let Ok(code) = self.input.byte() else { return Ok(false) };
        self.event.code = code;
        self.event.units = self.input.varint()?;
        let args = &mut self.event.args;
        // Unrolled: a loop over the arguments costs twice as much.
        match ARITY[usize::from(code)] {
            0 => {}
            1 => args[0] = self.input.varint()?,
            2 => {
                args[0] = self.input.varint()?;
                args[1] = self.input.varint()?;
            }
            3 => {
                args[0] = self.input.varint()?;
                args[1] = self.input.varint()?;
                args[2] = self.input.varint()?;
            }
            4 => {
                args[0] = self.input.varint()?;
                args[1] = self.input.varint()?;
                args[2] = self.input.varint()?;
                args[3] = self.input.varint()?;
            }
            _ => return Err(Fault::new(ErrorKind::UnknownEvent, offset)),
        }
        Ok(true)
    }
}
