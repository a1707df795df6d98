//! Compares godiag with prost and buffa on the same profiles, in turns: CPU time in ms, best of N, including
//! the drop of the decoded value.
//!
//! usage: godiag-peers N FILE…

use std::fmt::Write as _;
use std::hint::black_box;

use buffa::DecodeOptions;
use godiag::pprof::visit::Flat;
use godiag::pprof::{Profile, ReadOptions, View, decompress};
use godiag::{Limits, proto, wire};
use prost::Message as _;

mod lazy {
    #![allow(missing_docs, unused, clippy::all)]
    include!(concat!(env!("OUT_DIR"), "/perftools.profiles.mod.rs"));
}

const LIMITS: Limits = Limits::UNLIMITED;

/// Without limits, as the others here.
fn options() -> DecodeOptions {
    DecodeOptions::new().with_element_memory_limit(usize::MAX)
}

/// A profile as a file, as its message, and the column that reports show.
struct Input {
    gz: Vec<u8>,
    raw: Vec<u8>,
    column: usize,
}

type Job = (&'static str, fn(&Input) -> usize);

const JOBS: [Job; 10] = [
    ("view", |input| View::parse_with(&input.raw, &LIMITS).expect("valid").samples().len()),
    ("profile", |input| {
        let options = ReadOptions::strict().with_limits(LIMITS);
        Profile::parse_with(&input.raw, &options).expect("valid").0.samples().len()
    }),
    ("prost", |input| black_box(proto::Profile::decode(&*input.raw).expect("valid")).sample.len()),
    ("buffa view", |input| {
        black_box(options().decode_view::<lazy::ProfileView<'_>>(&input.raw).expect("valid")).sample.len()
    }),
    ("buffa lazy", |input| {
        black_box(options().decode_lazy_view::<lazy::ProfileLazyView<'_>>(&input.raw).expect("valid"))
            .sample
            .len()
    }),
    ("top", |input| Flat::parse_with(&input.raw, input.column, &LIMITS).expect("valid").rows().len()),
    ("prost top", |input| {
        let profile = proto::Profile::decode(&*input.raw).expect("valid");
        let mut sums = std::collections::BTreeMap::<u64, i128>::new();
        for sample in &profile.sample {
            let leaf = sample.location_id.first().copied().unwrap_or(0);
            *sums.entry(leaf).or_default() += i128::from(sample.value[input.column]);
        }
        sums.len()
    }),
    ("buffa top", |input| {
        let profile = options().decode_lazy_view::<lazy::ProfileLazyView<'_>>(&input.raw).expect("valid");
        let mut sums = std::collections::BTreeMap::<u64, i128>::new();
        for sample in &profile.sample {
            let sample = sample.expect("valid");
            let leaf = sample.location_id.iter().next().copied().unwrap_or(0);
            let value = sample.value.iter().nth(input.column).copied().unwrap_or(0);
            *sums.entry(leaf).or_default() += i128::from(value);
        }
        sums.len()
    }),
    ("top gzip", |input| Flat::parse_with(&input.gz, input.column, &LIMITS).expect("valid").rows().len()),
    ("inflate", |input| {
        let mut chunks = wire::Inflate::new(&input.gz, &LIMITS);
        let mut bytes = 0;
        while let Some(chunk) = chunks.next_chunk().expect("valid") {
            bytes += chunk.len();
        }
        bytes
    }),
];

/// The scheduler's clock ticks every few milliseconds, so a turn repeats a job for this many nanoseconds.
const TURN: u64 = 120_000_000;

/// CPU time of one run of `job`, in nanoseconds.
fn time(job: fn(&Input) -> usize, input: &Input) -> u64 {
    let (start, mut runs) = (cpu(), 0);
    loop {
        black_box(job(black_box(input)));
        runs += 1;
        let spent = cpu() - start;
        if spent > TURN {
            return spent / runs;
        }
    }
}

/// Nanoseconds that this thread was on a processor.
fn cpu() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    stat.split(' ').next().and_then(|ns| ns.parse().ok()).expect("a number")
}

fn main() {
    let mut args = std::env::args().skip(1);
    let turns: u32 = args.next().and_then(|n| n.parse().ok()).expect("usage: godiag-peers N FILE…");
    for file in args {
        let gz = std::fs::read(&file).expect("a readable file");
        let raw = decompress(&gz, &LIMITS).expect("a profile").into_owned();
        let column = View::parse_with(&raw, &LIMITS).expect("valid").default_value();
        let input = Input { gz, raw, column };
        let mut best = [u64::MAX; JOBS.len()];
        for _ in 0..turns {
            for ((_, job), best) in JOBS.iter().zip(&mut best) {
                *best = (*best).min(time(*job, &input));
            }
        }
        let mut line = String::new();
        for ((name, _), best) in JOBS.iter().zip(best) {
            let _ = write!(line, "{name}={:.3} ", best as f64 / 1e6);
        }
        println!("{file} {} bytes: {line}", input.raw.len());
    }
}
