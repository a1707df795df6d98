//! The crashes in a log, as far as a diagnosis keeps them.

use crate::diagnose::finding::Place;
use crate::pprof::GoroutineDump;
use crate::pprof::goroutine::{Cause, Crash, Frame};
use crate::symbol::FuncKey;
use crate::text::Printable;

/// How many frames of a stack are shown.
const FRAMES: usize = 8;

/// A message is shown up to so many characters of its first line.
const MESSAGE: usize = 120;

/// One end of a program, or several in the same way at the same place.
#[derive(Clone, Debug)]
pub(crate) struct Crashed {
    pub(crate) cause: Cause,
    /// The first line of Go's words, safe to print; empty for races.
    pub(crate) message: String,
    /// The function and the line of the culprit.
    pub(crate) site: Option<(FuncKey<'static>, Place)>,
    /// The line of the log at which the first begins.
    pub(crate) line: u64,
    /// The number of the goroutine, and its state; safe to print.
    pub(crate) goroutine: Option<(u64, String)>,
    /// Its stack, leaf first; safe to print.
    pub(crate) stack: Vec<String>,
    /// How many goroutines are in the function of the site beside it.
    pub(crate) also_there: usize,
    /// How often it happened.
    pub(crate) times: usize,
}

impl Crashed {
    /// The crashes of a dump, in the order of the log, each cause and place once.
    pub(crate) fn all(dump: &GoroutineDump<'_>) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for crash in dump.crashes() {
            let crashed = Self::new(&crash);
            let is_same = |other: &&mut Self| other.cause == crashed.cause && other.site == crashed.site;
            match all.iter_mut().filter(|other| other.site.is_some()).find(is_same) {
                Some(other) => other.times += 1,
                None => all.push(crashed),
            }
        }
        all
    }

    fn new(crash: &Crash<'_>) -> Self {
        let culprit = crash.culprit();
        let shown = |text: &[u8]| Printable(text).to_string();
        let message = crash.message().split(|&byte| byte == b'\n').next().map(shown).unwrap_or_default();
        let message = match message.char_indices().nth(MESSAGE) {
            Some((end, _)) => format!("{}…", message.get(..end).unwrap_or_default()),
            None => message,
        };
        let place = |frame: &Frame<'_>| Place::new(frame.file, frame.line);
        let line = |frame: Frame<'_>| format!("{} {}", Printable(frame.func), place(&frame));
        Self {
            cause: crash.cause(),
            message,
            site: crash.site().map(|frame| (frame.name().key().into_owned(), place(&frame))),
            line: crash.line(),
            goroutine: culprit.map(|goroutine| (goroutine.id(), shown(goroutine.header().state))),
            stack: culprit
                .into_iter()
                .flat_map(|goroutine| goroutine.frames().take(FRAMES))
                .map(line)
                .collect(),
            also_there: crash.also_there().len(),
            times: 1,
        }
    }
}
