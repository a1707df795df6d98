//! A dump, kept as lean rows over its text.

use std::borrow::Cow;
use std::io::Read;
use std::path::Path;

use super::ancestor::Ancestor;
use super::defects::Defects;
use super::entry::{CreatedBy, Entry};
use super::frame::Frame;
use super::header::{Header, Labels};
use super::log::Places;
use super::note::Note;
use super::parse;
use super::row::{self, Block, Rows};
use crate::error::{Error, Result};
use crate::pprof::options::ReadOptions;
use crate::pprof::source::inflate;

/// Goroutines with their stacks, as debug=2 profiles, crashes, SIGQUIT and test time-outs print them.
///
/// ```
/// use godiag::pprof::GoroutineDump;
/// let text = b"goroutine 7 [chan receive, 5 minutes]:\nmain.worker(0x1)\n\t/src/a.go:9 +0x1d\n";
/// let dump = GoroutineDump::parse(text)?;
/// let goroutine = dump.goroutines().next().unwrap();
/// assert_eq!((goroutine.id(), goroutine.header().minutes), (7, 5));
/// let frame = goroutine.frames().next().unwrap();
/// assert_eq!((frame.func, frame.line), (&b"main.worker"[..], 9));
/// # Ok::<(), godiag::Error>(())
/// ```
#[derive(Clone, Debug)]
#[doc(alias = "debug=2")]
#[doc(alias = "SIGQUIT")]
#[doc(alias = "traceback")]
pub struct GoroutineDump<'a> {
    text: Cow<'a, [u8]>,
    places: Places,
    rows: Rows,
    defects: Defects,
}

impl<'a> GoroutineDump<'a> {
    /// Reads the dumps and crashes in `text`, a log of any length. UTF-16, CRLF, terminal colours, a prefix
    /// before every line (time stamps of a container runtime or syslog), JSON around lines (Docker, `go test
    /// -json`) or around whole stacks (zap, slog), tabs that a paste made blanks of, and a token a line are
    /// undone. Other lines than Go's are counted and skipped.
    ///
    /// # Errors
    /// `BadMagic` if there is neither a goroutine nor a panic or signal; `Truncated` if the text ends inside
    /// a goroutine; `Number`, `Line`, `Limit`.
    ///
    /// # Cost
    /// Linear, over 1 GB/s; borrows text that is as Go wrote it, and else copies what Go wrote of it; 12
    /// bytes for each goroutine and frame.
    pub fn parse<T: AsRef<[u8]> + ?Sized>(text: &'a T) -> Result<Self> {
        Self::parse_with(text, &ReadOptions::default())
    }

    /// Reads the dump in `text` as `options` say.
    ///
    /// # Errors
    /// As [`parse`](Self::parse); when lenient, only `BadMagic`, and `Limit` for more than
    /// [`Limits::inflated`](crate::Limits::inflated) bytes.
    pub fn parse_with<T: AsRef<[u8]> + ?Sized>(text: &'a T, options: &ReadOptions) -> Result<Self> {
        Self::of(Cow::Borrowed(text.as_ref()), options)
    }

    /// Reads a dump from `input`, gzipped or not.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), and `Io`.
    pub fn read(input: impl Read) -> Result<GoroutineDump<'static>> {
        GoroutineDump::read_with(input, &ReadOptions::default())
    }

    /// Reads a dump from `input`, gzipped or not, as `options` say.
    ///
    /// # Errors
    /// As [`parse_with`](Self::parse_with), and `Io`.
    pub fn read_with(input: impl Read, options: &ReadOptions) -> Result<GoroutineDump<'static>> {
        let bytes = inflate::read_all(input, &options.limits)?;
        let text = match inflate::decompress(&bytes, &options.limits)? {
            Cow::Borrowed(_) => bytes,
            Cow::Owned(text) => text,
        };
        GoroutineDump::of(Cow::Owned(text), options)
    }

    /// Reads the dump in the file at `path`, gzipped or not.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn open(path: impl AsRef<Path>) -> Result<GoroutineDump<'static>> {
        GoroutineDump::read(std::fs::File::open(path).map_err(Error::from)?)
    }

    fn of(text: Cow<'a, [u8]>, options: &ReadOptions) -> Result<Self> {
        let parse::Parsed { text, places, rows, defects } = parse::parse(text, options)?;
        Ok(Self { text, places, rows, defects })
    }

    /// The goroutines, in the order of the dump. A race report has one for each access. A stack that is
    /// printed without its goroutine, as loggers do, has number 0 and no state.
    pub fn goroutines(&self) -> impl ExactSizeIterator<Item = Goroutine<'_>> + Clone {
        self.rows.goroutines.iter().map(|&block| Goroutine { dump: self, block })
    }

    /// The stacks that a crash prints as `runtime stack:`, without goroutine.
    pub fn system_stacks(&self) -> impl ExactSizeIterator<Item = Goroutine<'_>> + Clone {
        self.rows.system.iter().map(|&block| Goroutine { dump: self, block })
    }

    /// What the crash prints besides stacks, in its order.
    pub fn notes(&self) -> impl Iterator<Item = Note<'_>> + Clone {
        self.rows.notes.iter().filter_map(|note| Note::parse(note.text(&self.text)))
    }

    /// For how long a test ran that timed out, as printed (`10m0s`).
    pub fn test_timeout(&self) -> Option<&[u8]> {
        self.notes().find_map(|note| match note {
            Note::Panic { message, .. } => {
                message.strip_prefix(b"test timed out after ").and_then(first_line)
            }
            _ => None,
        })
    }

    /// What was not understood.
    pub fn defects(&self) -> &Defects {
        &self.defects
    }

    /// The text that rows point into: the input, or what Go wrote of it.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    pub(super) fn rows(&self) -> &Rows {
        &self.rows
    }

    pub(super) fn line_at(&self, offset: u32) -> u64 {
        self.places.line(&self.text, offset as usize)
    }
}

fn first_line(text: &[u8]) -> Option<&[u8]> {
    text.split(|&byte| byte == b'\n').next()
}

/// One goroutine of a [`GoroutineDump`].
#[derive(Clone, Copy, Debug)]
pub struct Goroutine<'d> {
    dump: &'d GoroutineDump<'d>,
    block: Block,
}

impl<'d> Goroutine<'d> {
    /// The goroutine's number; 0 for a system stack, and for a stack without its goroutine.
    pub fn id(&self) -> u64 {
        self.header().id
    }

    /// What its first line says.
    ///
    /// # Cost
    /// Reads the line anew.
    pub fn header(&self) -> Header<'d> {
        let text: &'d [u8] = &self.dump.text;
        let mut header = Header::parse(row::line(text, self.block.header)).unwrap_or_default();
        if header.state.is_empty() {
            // The race detector gives the state where it says who created the goroutine.
            let created = self.block.items(&self.dump.rows.items).iter().find(|item| item.is_created_at());
            if let Some(Entry::CreatedAt(state)) = created.map(|item| item.entry(text)) {
                header.state = state;
            }
        }
        header
    }

    /// Its profiler labels.
    pub fn labels(&self) -> Labels<'d> {
        self.header().labels()
    }

    /// All entries under the header, in order.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = Entry<'d>> + Clone + use<'d> {
        let text: &'d [u8] = &self.dump.text;
        self.block.items(&self.dump.rows.items).iter().map(move |item| item.entry(text))
    }

    /// Its own stack, leaf first. Frames that Go left out in the middle are missing; see
    /// [`elided`](Self::elided).
    pub fn frames(&self) -> impl Iterator<Item = Frame<'d>> + Clone + use<'d> {
        self.entries().map_while(Entry::own).flatten()
    }

    /// How many frames Go left out; 0 where it does not say how many.
    pub fn elided(&self) -> Option<u64> {
        self.entries().find_map(|entry| match entry {
            Entry::Elided(count) => Some(count.unwrap_or(0)),
            _ => None,
        })
    }

    /// The `go` statement that started it.
    pub fn created_by(&self) -> Option<CreatedBy<'d>> {
        self.entries().take_while(|entry| !matches!(entry, Entry::Ancestor(_))).find_map(
            |entry| match entry {
                Entry::CreatedBy(created) => Some(created),
                _ => None,
            },
        )
    }

    /// The goroutines that it descends from (GODEBUG=tracebackancestors), the nearest first.
    pub fn ancestors(&self) -> impl Iterator<Item = Ancestor<'d>> + use<'d> {
        let text: &'d [u8] = &self.dump.text;
        Ancestor::all(text, self.block.items(&self.dump.rows.items))
    }

    /// It ran on another thread, so that its stack could not be printed.
    pub fn is_unavailable(&self) -> bool {
        self.entries().any(|entry| matches!(entry, Entry::Unavailable))
    }

    /// The frames that called the `go` statement which started it, leaf first: the race detector prints them.
    pub fn creation_stack(&self) -> impl Iterator<Item = Frame<'d>> + Clone + use<'d> {
        let after = self.entries().skip_while(|entry| !matches!(entry, Entry::CreatedAt(_)));
        after.skip(2).map_while(Entry::own).flatten()
    }

    /// The line of the input at which it begins, from 1.
    pub fn line(&self) -> u64 {
        self.dump.line_at(self.block.header)
    }

    /// The offset of its header in [`GoroutineDump::text`].
    pub fn offset(&self) -> u64 {
        u64::from(self.block.header)
    }
}
