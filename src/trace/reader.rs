//! The reader: the whole trace's events, in one order.

use super::event::Event;
use super::loss::Loss;
use super::options::Options;
use super::tables::Tables;
use super::v1;
use super::wire::Version;
use crate::error::{Error, ErrorKind, Result};

/// Reads the events of a trace in an order that keeps cause before effect.
#[derive(Debug)]
pub struct Reader<'a> {
    version: Version,
    options: Options,
    tables: Tables,
    loss: Loss,
    input: &'a [u8],
    /// Of a trace before Go 1.22.
    v1: Option<Box<v1::Stream>>,
}

impl<'a> Reader<'a> {
    /// A strict reader of a whole trace in memory.
    ///
    /// # Errors
    /// Those of [`Version::parse`].
    pub fn new(input: &'a [u8]) -> Result<Self> {
        Self::with(input, Options::default())
    }

    /// A reader of a whole trace in memory.
    ///
    /// # Errors
    /// Those of [`Version::parse`]. A trace before Go 1.22 is looked through now, and fails now if an event is broken or
    /// there is no consistent order.
    pub fn with(input: &'a [u8], options: Options) -> Result<Self> {
        let version = Version::parse(input)?;
        let (mut tables, mut loss) = (Tables::default(), Loss::default());
        let v1 = if version.is_v2() {
            None
        } else {
            let stream =
                v1::Stream::open(input, version.minor() as u8, options.salvages(), &mut tables, &mut loss)?;
            Some(Box::new(stream))
        };
        Ok(Self { version, options, tables, loss, input, v1 })
    }

    /// The next event; `None` at the end of the trace, and after an error.
    ///
    /// # Errors
    /// The first violation of the format or of the rules of order.
    pub fn next_event(&mut self) -> Result<Option<&Event>> {
        if let Some(stream) = &mut self.v1 {
            return stream.next_event(self.input, &mut self.tables, &mut self.loss);
        }
        let detail = format!("format go 1.{} is not read yet", self.version.minor());
        Err(Error::new(ErrorKind::UnsupportedVersion).at(self.input.len().min(16) as u64).detail(detail))
    }

    /// The format version of the trace.
    pub fn version(&self) -> Version {
        self.version
    }

    /// How the trace is read.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The texts and stacks that the events so far name.
    pub fn tables(&self) -> &Tables {
        &self.tables
    }

    /// What was left out so far; nothing unless the options salvage.
    pub fn loss(&self) -> &Loss {
        &self.loss
    }

    /// The text behind a handle.
    pub fn string(&self, id: super::StringId) -> &[u8] {
        self.tables.string(id)
    }
}
