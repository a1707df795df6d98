//! Reports about a profile in memory: the cost of each beside reading; prost's decoding is the peer.
//!
//! On a real profile of the repository, and on a generated one of about 12 MB.

#[path = "support/generate.rs"]
mod generate;

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use godiag::pprof::report::{Diff, Options, Report, Thresholds};
use godiag::pprof::{Merge, Stream, View, decompress};
use godiag::{Limits, proto};
use prost::Message as _;

fn inputs() -> Vec<(&'static str, Vec<u8>)> {
    let file =
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/pprof/real/go1.27.3-compile-net-http.cpu.pb.gz");
    let gz = std::fs::read(file).expect("test data");
    let real = decompress(&gz, &Limits::DEFAULT).expect("a profile").into_owned();
    vec![("real", real), ("generated", generate::fleet(100_000))]
}

fn benches(criterion: &mut Criterion) {
    let options = Options::default();
    for (name, raw) in inputs() {
        let view = View::parse(&raw).expect("valid");
        let mut gz = Vec::new();
        godiag::pprof::Profile::parse(&raw).expect("valid").write_gz(&mut gz).expect("written");
        let mut group = criterion.benchmark_group(format!("reports/{name}"));
        group
            .throughput(Throughput::Bytes(raw.len() as u64))
            .sample_size(10)
            .measurement_time(Duration::from_secs(2));
        let report = || Report::new(black_box(&view), &options).expect("a report");
        group.bench_function("top", |b| b.iter(|| report().top().expect("rows").rows().len()));
        group.bench_function("top of a stream, inflating", |b| {
            b.iter(|| {
                let stream = Stream::parse(black_box(&gz)).expect("valid").expect("as Go writes it");
                let report = Report::new(&stream, &options).expect("a report");
                report.top().expect("rows").rows().len()
            });
        });
        group.bench_function("tree", |b| b.iter(|| report().tree().expect("nodes").nodes().len()));
        group.bench_function("dot", |b| b.iter(|| report().write_dot(&mut std::io::sink())));
        group.bench_function("traces", |b| b.iter(|| report().write_traces(&mut std::io::sink())));
        group.bench_function("diff", |b| {
            b.iter(|| Diff::new(&report(), &report(), &Thresholds::default()).expect("rows").rows().len());
        });
        group.bench_function("merge with itself", |b| {
            b.iter(|| {
                let mut merge = Merge::new();
                for _ in 0..2 {
                    merge.add(black_box(&view)).expect("fits");
                }
                merge.finish().expect("a profile").samples().len()
            });
        });
        group.bench_function("peer: prost decodes", |b| {
            b.iter(|| proto::Profile::decode(black_box(&raw[..])).expect("valid"));
        });
        group.finish();
    }
}

criterion_group!(report_benches, benches);
criterion_main!(report_benches);
