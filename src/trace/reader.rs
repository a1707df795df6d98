//! The reader: the whole trace's events, in one order.

use super::event::{Event, StringId};
use super::header::{HEADER_LEN, Version};
use super::loss::Loss;
use super::options::Options;
use super::source::Source;
use super::tables::{ExperimentBatches, Tables};
use super::v1;
use super::v2;
use crate::error::Result;
use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Reads the events of a trace in an order that keeps cause before effect.
///
/// # Cost
/// No allocation per event in steady state. A trace of Go 1.22 or later is read generation by generation
/// (each about a second of the program's time); an older one as a whole.
#[derive(Debug)]
pub struct Reader<'a> {
    version: Version,
    options: Options,
    tables: Cow<'a, Tables>,
    loss: Loss,
    family: Family<'a>,
    failed: bool,
}

/// The reader of one format.
#[derive(Debug)]
enum Family<'a> {
    /// Go 1.22 and later.
    V2(Box<v2::Stream<'a>>),
    /// Before Go 1.22; the source holds the whole trace.
    V1(Source<'a>, Box<v1::Stream>),
}

impl<'a> Reader<'a> {
    /// A strict reader of a whole trace in memory.
    ///
    /// # Errors
    /// Those of [`parse_with`](Self::parse_with).
    pub fn parse(input: &'a [u8]) -> Result<Self> {
        Self::parse_with(input, &Options::strict())
    }

    /// A reader of a whole trace in memory.
    ///
    /// # Errors
    /// Those of [`Version::parse`]. A trace from before Go 1.22 is scanned now, and fails now if an event is
    /// malformed or there is no consistent order.
    pub fn parse_with(input: &'a [u8], options: &Options) -> Result<Self> {
        Self::of(Source::Slice(input), Version::parse(input)?, options)
    }

    /// A strict reader of a stream. It holds one generation at a time, or all of a trace from before Go 1.22.
    ///
    /// # Errors
    /// Those of [`read_with`](Self::read_with).
    pub fn read(input: impl Read + Send + Sync + 'a) -> Result<Self> {
        Self::read_with(input, &Options::strict())
    }

    /// A reader of a stream. It holds one generation at a time, or all of a trace from before Go 1.22.
    ///
    /// # Errors
    /// Those of [`parse_with`](Self::parse_with), [`ErrorKind::Io`](crate::ErrorKind::Io), and
    /// [`ErrorKind::Limit`](crate::ErrorKind::Limit) for a generation above
    /// [`Limits::generation`](crate::Limits::generation).
    pub fn read_with(input: impl Read + Send + Sync + 'a, options: &Options) -> Result<Self> {
        let mut source = Source::stream(input, options.limits.generation);
        while source.bytes().len() < HEADER_LEN && source.read_more()? {}
        let version = Version::parse(source.bytes())?;
        Self::of(source, version, options)
    }

    /// A strict reader of a file. It holds one generation at a time.
    ///
    /// # Errors
    /// Those of [`read_with`](Self::read_with).
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::read(File::open(path)?)
    }

    fn of(mut source: Source<'a>, version: Version, options: &Options) -> Result<Self> {
        let (mut tables, mut loss) = (Tables::default(), Loss::default());
        let family = if version.is_v2() {
            Family::V2(Box::new(v2::Stream::new(source, version, *options, HEADER_LEN as u64)))
        } else {
            while source.read_more()? {}
            let minor = version.minor() as u8;
            let stream = v1::Stream::open(source.bytes(), minor, options.damage, &mut tables, &mut loss)?;
            Family::V1(source, Box::new(stream))
        };
        Ok(Self { version, options: *options, tables: Cow::Owned(tables), loss, family, failed: false })
    }

    /// A reader of some generations of a trace, whose names are added to `tables`.
    pub(crate) fn of_stream(
        stream: v2::Stream<'a>,
        tables: Cow<'a, Tables>,
        version: Version,
        options: Options,
    ) -> Self {
        let family = Family::V2(Box::new(stream));
        Self { version, options, tables, loss: Loss::default(), family, failed: false }
    }

    /// The stream of these generations.
    pub(crate) fn into_stream(self) -> Option<v2::Stream<'a>> {
        match self.family {
            Family::V2(stream) => Some(*stream),
            Family::V1(..) => None,
        }
    }

    /// The next event; `None` at the end of the trace, and after an error.
    ///
    /// # Errors
    /// The first violation of the format or of the rules of order.
    #[inline(always)]
    #[doc(alias = "ReadEvent")]
    pub fn next_event(&mut self) -> Result<Option<&Event>> {
        Ok(self.next_with_tables()?.map(|(event, _)| event))
    }

    /// The next event, and the tables with its texts and stacks.
    #[inline(always)]
    pub(crate) fn next_with_tables(&mut self) -> Result<Option<(&Event, &Tables)>> {
        let event = match &mut self.family {
            Family::V2(stream) => stream.next_event(&mut self.tables, &mut self.loss)?,
            Family::V1(..) if self.failed => None,
            Family::V1(source, stream) => {
                let event = stream.next_event(source.bytes(), self.tables.to_mut(), &mut self.loss);
                self.failed = event.is_err();
                event?
            }
        };
        Ok(event.map(|event| (event, &*self.tables)))
    }

    /// The format version of the trace.
    pub fn version(&self) -> Version {
        self.version
    }

    /// How the trace is read.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The texts and stacks of the events so far.
    pub fn tables(&self) -> &Tables {
        &self.tables
    }

    /// Batches of experiments in the current generation.
    pub fn experiments(&self) -> &[ExperimentBatches] {
        match &self.family {
            Family::V2(stream) => stream.experiments(),
            Family::V1(..) => &[],
        }
    }

    /// What was left out so far; nothing unless damage is skipped.
    pub fn loss(&self) -> &Loss {
        &self.loss
    }

    /// The text of a handle.
    pub fn string(&self, id: StringId) -> &[u8] {
        self.tables.string(id)
    }
}
