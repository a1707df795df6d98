//! Does one job on a real trace: `cargo bench --bench trace -- JOB FILE [N]`, JOB one of read, raw, index,
//! parts.
//!
//! Does it N times, and prints the CPU time of the best run; for parts, which takes two threads, the elapsed
//! time. `benches/trace-against-go.sh` compares it with Go's readers.

#![expect(clippy::print_stdout, reason = "a script reads what is printed")]

use std::hint::black_box;
use std::num::NonZeroUsize;

use godiag::trace::wire::Batches;
use godiag::trace::{Index, Options, Reader, read_parts};

/// Orders and validates everything, like Go's `Reader.ReadEvent` to the end.
fn read(bytes: &[u8]) -> u64 {
    count(&mut Reader::parse(bytes).expect("a trace"))
}

fn count(reader: &mut Reader<'_>) -> u64 {
    let mut events = 0;
    while let Some(event) = reader.next_event().expect("a whole trace") {
        black_box(event);
        events += 1;
    }
    events
}

/// Every event of every batch with its arguments, unordered, like Go's `internal/trace/raw`.
fn raw(bytes: &[u8]) -> u64 {
    let mut batches = Batches::new(bytes).expect("a trace");
    let mut count = 0;
    while let Some(batch) = batches.next_batch().expect("a whole trace") {
        let mut events = batch.events();
        while let Some(event) = events.next_event().expect("a whole trace") {
            black_box(event);
            count += 1;
        }
    }
    count
}

/// Where the generations are.
fn index(bytes: &[u8]) -> u64 {
    Index::parse(bytes).expect("a trace").generations().len() as u64
}

/// The same as [`read`], on two threads.
fn parts(bytes: &[u8]) -> u64 {
    let two = NonZeroUsize::new(2).expect("not 0");
    read_parts(bytes, &Options::strict(), two, count).expect("a trace").into_iter().sum()
}

/// CPU time of this thread if the system reports it; otherwise the elapsed time.
fn milliseconds(start: std::time::Instant) -> f64 {
    let times = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = times.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| start.elapsed().as_secs_f64() * 1e3, |ns| ns / 1e6)
}

fn main() {
    let mut args = std::env::args().skip(1).filter(|arg| arg != "--bench");
    let (Some(job), Some(file)) = (args.next(), args.next()) else { return };
    let times: u32 = args.next().map_or(1, |n| n.parse().expect("a number"));
    let bytes = std::fs::read(file).expect("a readable file");
    let run = match &*job {
        "read" => read,
        "raw" => raw,
        "index" => index,
        "parts" => parts,
        job => panic!("no job {job}"),
    };
    let start = std::time::Instant::now();
    let now = || if job == "parts" { start.elapsed().as_secs_f64() * 1e3 } else { milliseconds(start) };
    let mut best = f64::MAX;
    let mut events = 0;
    for _ in 0..times {
        let before = now();
        events = run(&bytes);
        best = best.min(now() - before);
    }
    println!("{job} {best:.3} ms {events}");
}
