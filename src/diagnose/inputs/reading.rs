//! Inputs on their way in: recognised and decoded, several files at a time.

use std::borrow::Cow;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::{Crashed, Traced};
use crate::diagnose::thresholds::Thresholds;
use crate::error::Result;
use crate::format::Format;
use crate::input::{Input, Kind};
use crate::limits::Limits;
use crate::pprof::{GoroutineDump, Profile, ReadOptions};
use crate::table::SortRows;
use crate::trace;

/// One input, decoded as far as a diagnosis keeps it.
#[derive(Debug)]
pub(crate) enum Decoded<'a> {
    Profile(Box<Profile>, Format),
    /// A dump or a log, and the crashes in it.
    Goroutines(Box<Profile>, Format, Vec<Crashed>),
    Trace(Box<Traced>),
    Compiler(Cow<'a, [u8]>),
    GoSource(Cow<'a, [u8]>),
    /// A format that godiag does not read.
    Unreadable(Format),
}

/// A file, and what the report calls it.
#[derive(Debug)]
pub(crate) struct NamedFile {
    pub(crate) path: PathBuf,
    pub(crate) name: String,
    /// It was not named itself: if it cannot be read, the others can.
    pub(crate) is_in_folder: bool,
}

impl NamedFile {
    pub(crate) fn alone(path: &Path) -> Self {
        Self { path: path.to_owned(), name: path.to_string_lossy().into_owned(), is_in_folder: false }
    }

    /// The files in a folder, in the order of their names, and named without it.
    ///
    /// # Errors
    /// Those of reading the folder.
    pub(crate) fn in_folder(folder: &Path) -> Result<Vec<Self>> {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let name = entry?.file_name();
            let path = folder.join(&name);
            if path.is_file() {
                files.push(Self { path, name: name.to_string_lossy().into_owned(), is_in_folder: true });
            }
        }
        files.sort_rows_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }
}

/// What bounds and guides decoding.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reading {
    pub(crate) limits: Limits,
    pub(crate) thresholds: Thresholds,
}

impl Reading {
    /// Decodes bytes of whatever kind; Go source is recognised by the name's extension.
    ///
    /// # Errors
    /// Those of the reader of its kind.
    pub(crate) fn decode<'a>(&self, name: &str, bytes: impl Into<Cow<'a, [u8]>>) -> Result<Decoded<'a>> {
        if Path::new(name).extension().is_some_and(|extension| extension == "go") {
            return Ok(Decoded::GoSource(bytes.into()));
        }
        let input = Input::parse_with(bytes, &self.limits)?;
        Ok(match input.kind() {
            Some(Kind::Profile) => Decoded::Profile(Box::new(input.profile()?), input.format()),
            Some(Kind::Goroutines) => {
                let reading = ReadOptions::lenient().with_limits(self.limits);
                let dump = GoroutineDump::parse_with(input.as_bytes(), &reading)?;
                let crashes = Crashed::all(&dump);
                Decoded::Goroutines(Box::new(input.profile()?), input.format(), crashes)
            }
            Some(Kind::Trace) => {
                let mut reader = input.trace(&trace::Options::salvage().with_limits(self.limits))?;
                Decoded::Trace(Box::new(Traced::read(&mut reader, self.thresholds)?))
            }
            Some(Kind::Compiler) => Decoded::Compiler(input.into_bytes()),
            None => Decoded::Unreadable(input.format()),
        })
    }

    /// Reads and decodes files, on all cores, and returns the results in the order of `paths`.
    pub(crate) fn files<P: AsRef<Path> + Sync>(&self, paths: &[P]) -> Vec<Result<Decoded<'static>>> {
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        // The largest first: what is begun last should be short.
        let mut order: Vec<usize> = (0..paths.len()).collect();
        let size = |index: &usize| {
            let path = paths.get(*index).map(AsRef::as_ref);
            path.and_then(|path| std::fs::metadata(path).ok()).map_or(0, |file| file.len())
        };
        order.sort_by_cached_key(|index| std::cmp::Reverse(size(index)));
        let next = AtomicUsize::new(0);
        let results = Mutex::new((0..paths.len()).map(|_| None).collect::<Vec<_>>());
        let work = || {
            while let Some(&index) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
                let Some(path) = paths.get(index).map(AsRef::as_ref) else { continue };
                let read = std::fs::read(path).map_err(Into::into);
                let decoded = read.and_then(|bytes| self.decode(&path.to_string_lossy(), bytes));
                let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(slot) = results.get_mut(index) {
                    *slot = Some(decoded);
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..cores.min(paths.len()) {
                // Where no thread can be started, this one does all the work.
                let _ = std::thread::Builder::new().spawn_scoped(scope, work);
            }
            work();
        });
        results.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().flatten().collect()
    }
}
