//! Does one job once, for instruction counts: `valgrind --tool=callgrind target/release/deps/once-* JOB FILE
//! [N]`.
//!
//! With N, does it N times, and prints the CPU time per byte of the best run.

use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

use godiag::Limits;
use godiag::pprof::visit::{Flat, Item, Items};
use godiag::pprof::{self, Profile, View};
use godiag::{proto, wire};
use prost::Message as _;

fn main() {
    let mut args = std::env::args().skip(1).filter(|arg| arg != "--bench");
    let (Some(job), Some(file)) = (args.next(), args.next()) else { return };
    let times: u32 = args.next().map_or(1, |n| n.parse().expect("a number"));
    let input = std::fs::read(file).expect("a readable file");
    let limits = Limits::UNLIMITED;
    let raw = pprof::decompress(&input, &limits).expect("a profile");
    let column = if times == 1 { 0 } else { View::parse(&raw).expect("valid").default_value() };
    let run = || match &*job {
        "nothing" => 0,
        "view" => View::parse(&raw).unwrap().samples().len(),
        "frames" => {
            let view = View::parse(&raw).unwrap();
            view.samples().map(|sample| sample.frames().count()).sum()
        }
        "visit" => {
            let mut items = Items::new(&raw);
            let mut samples = 0;
            while let Some(item) = items.next_item().unwrap() {
                samples += usize::from(matches!(item, Item::Sample(_)));
            }
            samples
        }
        "top" => Flat::parse_with(&raw, column, &limits).unwrap().rows().len(),
        "top-gz" => Flat::parse_with(&input, column, &limits).unwrap().rows().len(),
        "inflate" => {
            let mut chunks = wire::Inflate::new(&input, &limits);
            let mut bytes = 0;
            while let Some(chunk) = chunks.next_chunk().unwrap() {
                bytes += chunk.len();
            }
            bytes
        }
        "top-prost" => {
            let profile = proto::Profile::decode(&*raw).unwrap();
            let mut sums = std::collections::BTreeMap::<u64, i128>::new();
            for sample in &profile.sample {
                let leaf = sample.location_id.first().copied().unwrap_or(0);
                *sums.entry(leaf).or_default() += i128::from(sample.value[column]);
            }
            sums.len()
        }
        "encode" => Profile::parse(&raw).unwrap().to_bytes().len(),
        "profile" => black_box(Profile::parse(&raw).unwrap()).samples().len(),
        "prost" => black_box(proto::Profile::decode(&*raw).unwrap()).sample.len(),
        "prost-keep" => {
            let profile = proto::Profile::decode(&*raw).unwrap();
            let count = profile.sample.len();
            std::mem::forget(profile);
            count
        }
        job => panic!("no job {job}"),
    };
    let mut best = f64::MAX;
    for _ in 0..times {
        let start = Instant::now();
        black_box(run());
        best = best.min(start.elapsed().as_secs_f64());
    }
    if times > 1 {
        let (ms, ns) = (best * 1e3, best * 1e9 / raw.len() as f64);
        let _ = writeln!(std::io::stdout(), "{job}: {ms:.3} ms, {ns:.3} ns/byte of {}", raw.len());
    }
}
