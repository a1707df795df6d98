//! `godiag trace events --count`: reads and orders everything, and prints how many events there are of each kind.

use std::collections::BTreeMap;
use std::io::Write;

use godiag::trace::Reader;
use serde::Serialize;

use super::filter::Filter;
use crate::{Outcome, Result};

#[derive(Serialize)]
struct Counts {
    events: u64,
    kinds: BTreeMap<&'static str, u64>,
    salvaged: bool,
}

pub(super) fn run(
    file: &str,
    reader: &mut Reader<'_>,
    filter: &Filter,
    as_json: bool,
    out: &mut impl Write,
) -> Result {
    let mut filter = filter.start();
    let mut counts = Counts { events: 0, kinds: BTreeMap::new(), salvaged: false };
    // Names are static: their address tells them apart.
    let mut kinds: Vec<(&'static str, u64)> = Vec::with_capacity(16);
    loop {
        match reader.next_event() {
            Ok(Some(event)) => {
                if !filter.wants(event) {
                    continue;
                }
                let name = event.kind.name();
                match kinds.iter_mut().find(|(kind, _)| std::ptr::eq(*kind, name)) {
                    Some((_, count)) => *count += 1,
                    None => kinds.push((name, 1)),
                }
                counts.events += 1;
            }
            Ok(None) => break,
            Err(error) => return Err(super::failure(file, error)),
        }
    }
    for (kind, count) in kinds {
        *counts.kinds.entry(kind).or_default() += count;
    }
    counts.salvaged = !reader.loss().is_none();
    if as_json {
        serde_json::to_writer(&mut *out, &counts)?;
        writeln!(out)?;
    } else {
        for (kind, count) in &counts.kinds {
            writeln!(out, "{count:>12} {kind}")?;
        }
        writeln!(out, "{:>12} events", counts.events)?;
        super::events::tell(reader.loss(), out)?;
    }
    Ok(if counts.salvaged { Outcome::Findings } else { Outcome::Fine })
}
