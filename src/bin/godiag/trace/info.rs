//! What `godiag info` says about a trace.

use godiag::trace::{EventKind, Options, Reader};
use serde::Serialize;

/// The contents of a trace, as far as it can be read.
#[derive(Serialize)]
pub(crate) struct Contents {
    generations: u64,
    events: u64,
    /// From the first event to the last.
    nanoseconds: i64,
    /// When it began, in nanoseconds since 1970-01-01 UTC; only from Go 1.25 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    wall_clock: Option<i64>,
}

/// The contents of a trace, damage skipped, and its first error.
pub(crate) fn inspect(bytes: &[u8]) -> (Option<Contents>, Option<String>) {
    let mut reader = match Reader::parse_with(bytes, &Options::salvage()) {
        Ok(reader) => reader,
        Err(error) => return (None, Some(error.to_string())),
    };
    let mut contents = Contents { generations: 0, events: 0, nanoseconds: 0, wall_clock: None };
    let (mut first, mut problem, mut in_generation) = (None, None, false);
    loop {
        let event = match reader.next_event() {
            Ok(Some(event)) => event,
            Ok(None) => break,
            Err(error) => {
                problem = Some(error.to_string());
                break;
            }
        };
        contents.events += 1;
        if let EventKind::Sync { clock, .. } = event.kind {
            in_generation = false;
            if contents.wall_clock.is_none() {
                contents.wall_clock = clock.map(|clock| clock.wall() - (clock.trace - event.time));
            }
            continue;
        }
        // The Sync at the end begins no generation.
        contents.generations += u64::from(!in_generation);
        in_generation = true;
        let start = *first.get_or_insert(event.time);
        contents.nanoseconds = event.time.saturating_sub(start);
    }
    if let Some((kind, offset)) = reader.loss().first {
        let lost = reader.loss().bytes();
        problem.get_or_insert_with(|| format!("{kind} at byte {offset}; {lost} bytes are damaged"));
    }
    (Some(contents), problem)
}

impl std::fmt::Display for Contents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (generations, events) = (self.generations, self.events);
        let seconds = self.nanoseconds as f64 / 1e9;
        write!(f, "{generations} generations, {events} events in {seconds:.3} s")
    }
}
