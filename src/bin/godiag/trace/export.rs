//! `godiag trace export`: a trace for viewers.

use std::io::Write;

use godiag::Kind;
use godiag::export::chrome::Focus;
use godiag::export::{chrome, perfetto};
use godiag::trace::{GoId, Reader, TaskId};

use crate::input;
use crate::outcome::{Outcome, Result};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The trace
    #[arg(value_name = "FILE")]
    file: String,
    /// Choose the format
    #[arg(long, value_enum, default_value_t = To::Perfetto)]
    to: To,
    /// Choose the rows of Chrome's picture
    #[arg(long, value_enum, default_value_t = View::Proc)]
    view: View,
    /// Keep this goroutine, and those that woke it (Chrome)
    #[arg(long, value_name = "GOROUTINE", group = "focus")]
    goroutine: Option<i64>,
    /// Keep this task while it runs, its descendants and their goroutines (Chrome)
    #[arg(long, value_name = "TASK", group = "focus")]
    task: Option<u64>,
    /// Draw this task and its descendants above the procs (Chrome)
    #[arg(long, value_name = "TASK", group = "focus")]
    task_on_procs: Option<u64>,
    /// Write for Chrome, as --to chrome does
    #[arg(long, conflicts_with = "to")]
    json: bool,
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
    /// Keep what can be read of a damaged trace
    #[arg(long)]
    salvage: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum To {
    /// Perfetto's protobuf, for ui.perfetto.dev
    Perfetto,
    /// Chrome's JSON, as the web viewer of go tool trace has it
    Chrome,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum View {
    /// A row for each proc
    Proc,
    /// A row for each thread
    Thread,
}

impl Args {
    /// The part of the trace to show alone, found in a pass over it.
    fn focus(&self, bytes: &[u8]) -> Option<godiag::Result<Focus>> {
        let reader = Reader::parse_with(bytes, &super::damage::options(self.salvage));
        let find: &dyn Fn(&mut Reader<'_>) -> godiag::Result<Focus> = if let Some(id) = self.goroutine {
            &move |reader| Focus::goroutine(reader, GoId::new(id))
        } else if let Some(id) = self.task {
            &move |reader| Focus::task(reader, TaskId(id))
        } else {
            let id = self.task_on_procs?;
            &move |reader| Focus::task_on_procs(reader, TaskId(id))
        };
        Some(reader.and_then(|mut reader| find(&mut reader)))
    }
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result {
    match &args.output {
        Some(path) => crate::file::write(path, &[&args.file], |out| export(args, out)),
        None => export(args, out),
    }
}

fn export(args: &Args, out: &mut dyn Write) -> Result {
    let input = input::open(&args.file, Kind::Trace)?;
    let failed = |error| input::failure(&args.file, error);
    let mut reader =
        Reader::parse_with(input.as_bytes(), &super::damage::options(args.salvage)).map_err(failed)?;
    let focus = args.focus(input.as_bytes()).transpose().map_err(failed)?;
    let to = if args.json || focus.is_some() { To::Chrome } else { args.to };
    let written = match (to, &focus) {
        (_, Some(focus)) => chrome::write_focused(&mut reader, focus, out),
        (To::Perfetto, None) => perfetto::write(&mut reader, out),
        (To::Chrome, None) if args.view == View::Thread => {
            chrome::write(&mut reader, chrome::View::Threads, out)
        }
        (To::Chrome, None) => chrome::write(&mut reader, chrome::View::Procs, out),
    };
    written.map_err(failed)?;
    Ok(if reader.loss().is_none() { Outcome::Fine } else { Outcome::Findings })
}
