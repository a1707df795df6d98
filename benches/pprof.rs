//! Profiles: from bytes to each form, and to an answer; prost is in every group.
//!
//! On a real profile of the repository, on a generated one of about 100 MB, and on every `.pb.gz` in the
//! folder that GODIAG_BENCH_DATA names. Every figure includes the drop of the decoded value.

#[path = "support/generate.rs"]
mod generate;

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use godiag::pprof::visit::{Flat, Item, Items};
use godiag::pprof::{self, Profile, View};
use godiag::{Limits, proto, wire};
use prost::Message as _;

const LIMITS: Limits = Limits::UNLIMITED;

/// A profile as a file and as its message.
struct Input {
    name: String,
    gz: Vec<u8>,
    raw: Vec<u8>,
}

impl Input {
    fn open(path: &Path) -> Self {
        let gz = std::fs::read(path).expect("a readable file");
        let raw = pprof::decompress(&gz, &LIMITS).expect("a profile").into_owned();
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        Self { name, gz, raw }
    }
}

fn inputs() -> Vec<Input> {
    let data =
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/pprof/real/go1.27.3-compile-net-http.cpu.pb.gz");
    let mut inputs = vec![Input::open(Path::new(data))];
    let raw = generate::fleet(850_000);
    let mut gz = Vec::new();
    Profile::parse(&raw).expect("valid").write_gz(&mut gz).expect("written");
    inputs.push(Input { name: "generated".to_owned(), gz, raw });
    if let Some(folder) = std::env::var_os("GODIAG_BENCH_DATA") {
        let files = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
        let mut files: Vec<_> = files.filter(|path| path.to_string_lossy().ends_with(".pb.gz")).collect();
        files.sort();
        inputs.extend(files.iter().map(|path| Input::open(path)));
    }
    inputs
}

/// Flat values by leaf function, the long way: the model first.
fn prost_top(raw: &[u8]) -> usize {
    let profile = proto::Profile::decode(raw).expect("a profile");
    let mut sums = std::collections::BTreeMap::<u64, i128>::new();
    for sample in &profile.sample {
        let leaf = sample.location_id.first().copied().unwrap_or(0);
        *sums.entry(leaf).or_default() += i128::from(sample.value.last().copied().unwrap_or(0));
    }
    sums.len()
}

fn benches(criterion: &mut Criterion) {
    for Input { name, gz, raw } in inputs() {
        let column = View::parse_with(&raw, &LIMITS).expect("valid").default_value();
        let mut group = criterion.benchmark_group(format!("pprof/{name}"));
        group
            .throughput(Throughput::Bytes(raw.len() as u64))
            .sample_size(10)
            .measurement_time(Duration::from_secs(2));
        group.bench_function("visit", |b| {
            b.iter(|| {
                let mut items = Items::new(black_box(&raw));
                let mut samples = 0;
                while let Some(item) = items.next_item().expect("valid") {
                    samples += u64::from(matches!(item, Item::Sample(_)));
                }
                samples
            });
        });
        group.bench_function("view", |b| {
            b.iter(|| View::parse_with(black_box(&raw), &LIMITS).expect("valid"));
        });
        let view = View::parse_with(&raw, &LIMITS).expect("valid");
        group.bench_function("frames", |b| {
            b.iter(|| black_box(&view).samples().map(|sample| sample.frames().count()).sum::<usize>());
        });
        let options = pprof::ReadOptions::strict().with_limits(LIMITS);
        group.bench_function("profile", |b| {
            b.iter(|| Profile::parse_with(black_box(&raw), &options).expect("valid"));
        });
        group.bench_function("prost", |b| {
            b.iter(|| proto::Profile::decode(black_box(&raw[..])).expect("valid"));
        });
        group.bench_function("top", |b| {
            b.iter(|| Flat::parse_with(black_box(&raw), column, &LIMITS).expect("valid").rows().len());
        });
        group.bench_function("top-prost", |b| b.iter(|| prost_top(black_box(&raw))));
        group.bench_function("top-gz", |b| {
            b.iter(|| Flat::parse_with(black_box(&gz), column, &LIMITS).expect("valid").rows().len());
        });
        group.bench_function("inflate", |b| {
            b.iter(|| {
                let mut chunks = wire::Inflate::new(black_box(&gz), &LIMITS);
                let mut bytes = 0;
                while let Some(chunk) = chunks.next_chunk().expect("valid") {
                    bytes += chunk.len();
                }
                bytes
            });
        });
        let (profile, _) = Profile::parse_with(&raw, &options).expect("valid");
        group.bench_function("encode", |b| b.iter(|| black_box(&profile).to_bytes()));
        group.finish();
    }
}

criterion_group!(pprof_benches, benches);
criterion_main!(pprof_benches);
