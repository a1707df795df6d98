//! Prints the longest waits in an execution trace of any Go version: who waited, for what, and how long.
//!
//!     cargo run --release --example waits -- tests/data/diagnose/order/order.trace

#![expect(clippy::print_stdout, reason = "an example prints")]

use std::collections::BTreeMap;

use godiag::Printable;
use godiag::trace::{EventKind, GoState, Reader};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("usage: waits TRACE")?;
    let bytes = std::fs::read(file)?;
    let mut reader = Reader::parse(&bytes)?;

    let mut since = BTreeMap::new();
    let mut waits = Vec::new();
    while let Some(event) = reader.next_event()? {
        let EventKind::GoTransition(change) = event.kind else { continue };
        if change.from == change.to {
            continue; // the state is restated at the start of a generation
        }
        if change.to == GoState::Waiting {
            since.insert(change.goroutine, (event.time, change.reason));
        } else if let Some((start, reason)) = since.remove(&change.goroutine) {
            waits.push((event.time - start, change.goroutine, reason));
        }
    }
    waits.sort_by_key(|&(nanos, ..)| std::cmp::Reverse(nanos));
    for &(nanos, id, reason) in waits.iter().take(10) {
        println!("{:>10.3} ms  {id:?}  {}", nanos as f64 / 1e6, Printable(reader.string(reason)));
    }
    Ok(())
}
