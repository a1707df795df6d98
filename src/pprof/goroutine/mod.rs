//! Goroutine dumps: debug=2 profiles, crash and SIGQUIT logs, test time-outs of Go 1.19 to 1.27; reports of
//! the race detector and of goleak; stacks that loggers print. All of them anywhere in a log of any length.
//!
//! ```text
//! text → log (what Go printed, undressed) → rows (12 bytes, offsets) → Goroutine, Header, Frame (decoded in place)
//! dump → crashes (cause, culprit, site)
//! dump or profile → Snapshot (groups) → growth → suspects
//! ```
//!
//! Every line is accounted for: it belongs to a goroutine, is a note of the crash, or counts as unknown.

mod ancestor;
mod crash;
mod defects;
mod dump;
mod entry;
mod frame;
mod groups;
mod header;
mod hex;
mod log;
mod note;
mod parse;
mod parser;
mod profile;
mod race;
mod race_line;
mod report;
mod row;
mod shape;
mod state;

pub use ancestor::Ancestor;
pub use crash::{Cause, Crash, Panic, Recursion, recursion};
pub use defects::Defects;
pub use dump::{Goroutine, GoroutineDump};
pub use entry::{CreatedBy, Entry};
pub use frame::{Arg, Args, Frame};
pub use groups::{
    Evidence, Group, GroupBy, GroupFrame, Growth, Label, Member, Snapshot, Suspect, SuspectOptions, growth,
    suspects,
};
pub use header::{Header, Labels};
pub use note::Note;
pub use race::{Access, Race};
pub use race_line::AccessKind;
