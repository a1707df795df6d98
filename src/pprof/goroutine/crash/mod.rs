//! Crashes: why a program died, which goroutine it was, and where.
//!
//! ```text
//! notes and goroutines, in the order of the text → episodes (one per crash) → cause, panics with their sites
//! ```

mod cause;
mod episode;
mod recursion;
mod sites;

pub use cause::Cause;
pub use recursion::{Recursion, recursion};

use super::dump::{Goroutine, GoroutineDump};
use super::frame::Frame;
use super::note::Note;
use super::race::Race;
use episode::Episode;
use sites::{Stack, is_in_test};

/// One end of a program, a race, or a report of goleak, with the goroutines printed for it.
#[derive(Clone, Debug)]
pub struct Crash<'d> {
    dump: &'d GoroutineDump<'d>,
    episode: Episode,
    cause: Cause,
}

/// A panic of a [`Crash`], and where it was raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Panic<'d> {
    /// The printed value.
    pub message: &'d [u8],
    /// It had been recovered when a later one was raised.
    pub is_recovered: bool,
    /// The same value was raised again (Go 1.25).
    pub is_repanicked: bool,
    /// The frame that raised it, without those of the runtime; `None` where the stack does not show it.
    pub site: Option<Frame<'d>>,
}

impl GoroutineDump<'_> {
    /// The crashes in the order of the text. A dump that someone asked for (debug=2) is none.
    ///
    /// ```
    /// use godiag::pprof::{GoroutineDump, goroutine::Cause};
    /// let text = "panic: boom\n\ngoroutine 1 [running]:\nmain.f()\n\t/a.go:7 +0x1d\nmain.main()\n\t/a.go:3 +0x5\n";
    /// let dump = GoroutineDump::parse(text)?;
    /// let crash = dump.crashes().next().unwrap();
    /// assert_eq!((crash.cause(), crash.message()), (Cause::Panic, &b"boom"[..]));
    /// assert_eq!(crash.site().unwrap().line, 7);
    /// # Ok::<(), godiag::Error>(())
    /// ```
    pub fn crashes(&self) -> impl Iterator<Item = Crash<'_>> {
        episode::all(self.rows(), self.text()).into_iter().filter_map(|episode| Crash::new(self, episode))
    }
}

impl<'d> Crash<'d> {
    /// `None` if nothing ended.
    fn new(dump: &'d GoroutineDump<'d>, episode: Episode) -> Option<Self> {
        let mut crash = Self { dump, episode, cause: Cause::Leak };
        crash.cause = match (crash.episode.race, crash.episode.is_leak) {
            (Some(_), _) => Cause::Race,
            (None, true) => Cause::Leak,
            (None, false) => crash.notes().filter_map(|note| Cause::of(&note)).min()?,
        };
        Some(crash)
    }

    /// Why it ended.
    pub fn cause(&self) -> Cause {
        self.cause
    }

    /// The reason in Go's words: the value of the first panic, the fatal error, the signal. Empty for races
    /// and leaks.
    pub fn message(&self) -> &'d [u8] {
        let found = self.notes().find(|note| Cause::of(note) == Some(self.cause));
        match found {
            Some(Note::Panic { message, .. }) => message,
            Some(Note::FatalError(message) | Note::Signal(message)) => message,
            _ => b"",
        }
    }

    /// What is printed besides stacks, in its order.
    pub fn notes(&self) -> impl Iterator<Item = Note<'d>> + Clone + use<'d> {
        let text = self.dump.text();
        let notes = self.dump.rows().notes.get(self.episode.notes.clone()).unwrap_or_default();
        notes.iter().filter_map(move |note| Note::parse(note.text(text)))
    }

    /// The goroutines printed for it, in their order.
    pub fn goroutines(&self) -> impl ExactSizeIterator<Item = Goroutine<'d>> + Clone + use<'d> {
        let range = self.episode.goroutines.clone();
        self.dump.goroutines().skip(range.start).take(range.len())
    }

    /// The panics, the oldest first, each with its site.
    pub fn panics(&self) -> Vec<Panic<'d>> {
        let sites = self.culprit().map(|culprit| Stack::of(&culprit).panic_sites()).unwrap_or_default();
        let panics = self.notes().filter_map(|note| match note {
            Note::Panic { message, is_recovered, is_repanicked, .. } => {
                Some((message, is_recovered, is_repanicked))
            }
            _ => None,
        });
        let with_site = |(at, (message, is_recovered, is_repanicked))| {
            let site = sites.get(at).copied();
            Panic { message, is_recovered, is_repanicked, site }
        };
        panics.enumerate().map(with_site).collect()
    }

    /// The signal that became a panic.
    pub fn signal(&self) -> Option<Note<'d>> {
        self.notes().find(|note| matches!(note, Note::PanicSignal { .. }))
    }

    /// The goroutine that ended the program: the one that Go prints first. Of a test that timed out, one that
    /// ran the test; of a signal from outside, none.
    pub fn culprit(&self) -> Option<Goroutine<'d>> {
        let mut own = self.goroutines().filter(|goroutine| goroutine.id() > 0);
        match self.cause {
            Cause::Signal => None,
            Cause::TestTimeout => self.goroutines().find(is_in_test).or_else(|| own.next()),
            _ => own.next().or_else(|| self.goroutines().next()),
        }
    }

    /// The frame where it happened: where the oldest panic was raised, or the innermost frame, of the
    /// program's own code if there is one.
    pub fn site(&self) -> Option<Frame<'d>> {
        let culprit = self.culprit()?;
        let stack = Stack::of(&culprit);
        match self.cause {
            Cause::Panic | Cause::RuntimeError => stack.panic_sites().first().copied(),
            _ => stack.own_frame(),
        }
    }

    /// The other goroutines that have the function of the [`site`](Self::site) on their stacks.
    pub fn also_there(&self) -> Vec<Goroutine<'d>> {
        let Some((culprit, site)) = self.culprit().zip(self.site()) else { return Vec::new() };
        let is_there = |goroutine: &Goroutine<'d>| {
            goroutine.offset() != culprit.offset() && goroutine.frames().any(|frame| frame.func == site.func)
        };
        self.goroutines().filter(is_there).collect()
    }

    /// The race, if it is one.
    pub fn race(&self) -> Option<Race<'d>> {
        self.episode.race.and_then(|at| self.dump.races().nth(at))
    }

    /// The line of the input at which it begins, from 1.
    pub fn line(&self) -> u64 {
        self.dump.line_at(self.episode.offset)
    }
}
