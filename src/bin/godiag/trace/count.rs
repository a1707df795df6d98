//! `godiag trace events --count`: reads and orders everything, and prints the number of events of each kind.

use std::collections::BTreeMap;
use std::io::Write;
use std::num::NonZeroUsize;

use godiag::trace::{Event, Loss, Options, Reader, read_parts};
use serde::Serialize;

use super::filter::{Filter, Running};
use crate::input;
use crate::outcome::{Outcome, Result};

#[derive(Serialize)]
struct Counts {
    events: u64,
    kinds: BTreeMap<&'static str, u64>,
    salvaged: bool,
}

/// The counts of one part of a trace.
struct Part {
    /// Names are static, so their addresses identify them.
    kinds: Vec<(&'static str, u64)>,
    loss: Loss,
    error: Option<godiag::Error>,
}

pub(super) fn run(
    file: &str,
    bytes: &[u8],
    options: Options,
    filter: &Filter,
    threads: NonZeroUsize,
    as_json: bool,
    out: &mut impl Write,
) -> Result {
    let all = filter.is_open();
    // A filter counts from the first event of the trace.
    let threads = if all { threads } else { NonZeroUsize::MIN };
    let parts = read_parts(bytes, &options, threads, |reader| match all {
        true => count(reader, |_| true),
        false => {
            let mut filter: Running<'_> = filter.start();
            count(reader, |event| filter.wants(event))
        }
    });
    let parts = parts.map_err(|error| input::failure(file, error))?;
    let mut counts = Counts { events: 0, kinds: BTreeMap::new(), salvaged: false };
    let mut loss = Loss::default();
    for part in parts {
        if let Some(error) = part.error {
            return Err(input::failure(file, error));
        }
        for (kind, count) in part.kinds {
            *counts.kinds.entry(kind).or_default() += count;
            counts.events += count;
        }
        loss = part.loss;
    }
    counts.salvaged = !loss.is_none();
    if as_json {
        crate::print::json(&counts, out)?;
    } else {
        for (kind, count) in &counts.kinds {
            writeln!(out, "{count:>12} {kind}")?;
        }
        writeln!(out, "{:>12} events", counts.events)?;
        super::damage::print_loss(&loss, out)?;
    }
    Ok(if counts.salvaged { Outcome::Findings } else { Outcome::Fine })
}

fn count(reader: &mut Reader<'_>, mut wants: impl FnMut(&Event) -> bool) -> Part {
    let mut kinds: Vec<(&'static str, u64)> = Vec::with_capacity(16);
    let error = loop {
        match reader.next_event() {
            Ok(Some(event)) => {
                if !wants(event) {
                    continue;
                }
                let name = event.kind.name();
                match kinds.iter_mut().find(|(kind, _)| std::ptr::eq(*kind, name)) {
                    Some((_, count)) => *count += 1,
                    None => kinds.push((name, 1)),
                }
            }
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    Part { kinds, loss: reader.loss().clone(), error }
}
