//! Goroutine dumps: reading, decoding every frame, grouping; beside a regular expression per line.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use godiag::pprof::GoroutineDump;
use godiag::pprof::goroutine::{GroupBy, Snapshot};
use godiag::{Limits, wire};
use regex::bytes::Regex;

/// A real debug=2 dump, repeated up to about 16 MB with increasing goroutine numbers.
fn dump() -> Vec<u8> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/pprof/go1.27.3/goroutine.debug2.txt.gz");
    let text = wire::inflate(&std::fs::read(file).expect("test data"), &Limits::DEFAULT).expect("gzip");
    let text = String::from_utf8(text).expect("text");
    let mut out = String::new();
    let mut id = 0;
    while out.len() < 16 << 20 {
        for block in text.trim_end().split("\n\n") {
            id += 1;
            let rest = block.split_once(" [").expect("a header").1;
            out.push_str(&format!("goroutine {id} [{rest}\n\n"));
        }
    }
    out.into_bytes()
}

/// A log of about 100 MB that ends with a crash, each line after what `dress` puts before it.
fn log(dress: &str) -> Vec<u8> {
    let mut out = String::with_capacity(101 << 20);
    let mut id = 0;
    while out.len() < 100_000_000 {
        id += 1;
        out.push_str(&format!(
            "{dress}2024/05/01 10:00:00 [INFO] request served in 12ms path=/a/b/c id={id}\n"
        ));
    }
    for line in ["panic: boom", "", "goroutine 1 [running]:", "main.main()", "\t/app/main.go:30 +0x85"] {
        out.push_str(&format!("{dress}{line}\n"));
    }
    out.into_bytes()
}

/// What most scripts do: one expression for headers, one for functions, one for positions.
fn peer(text: &[u8], patterns: &[Regex; 4]) -> (usize, usize) {
    let [header, created, function, position] = patterns;
    let (mut goroutines, mut frames) = (0, 0);
    for line in text.split(|&byte| byte == b'\n') {
        if let Some(found) = header.captures(line) {
            goroutines += usize::from(!found[1].is_empty());
        } else if let Some(found) = position.captures(line) {
            frames += usize::from(!found[2].is_empty());
        } else if let Some(found) = created.captures(line) {
            black_box(&found[1]);
        } else if let Some(found) = function.captures(line) {
            black_box(&found[1]);
        }
    }
    (goroutines, frames)
}

fn goroutines(c: &mut Criterion) {
    let text = dump();
    let mut group = c.benchmark_group("goroutines");
    group.throughput(Throughput::Bytes(text.len() as u64)).sample_size(20);
    group.bench_function("parse", |b| {
        b.iter(|| GoroutineDump::parse(black_box(&text)).map(|dump| dump.goroutines().len()));
    });
    group.bench_function("parse and every frame", |b| {
        b.iter(|| {
            let dump = GoroutineDump::parse(black_box(&text)).expect("a dump");
            dump.goroutines().flat_map(|goroutine| goroutine.frames()).map(|frame| frame.line).sum::<u64>()
        });
    });
    group.bench_function("parse and group", |b| {
        b.iter(|| {
            let dump = GoroutineDump::parse(black_box(&text)).expect("a dump");
            Snapshot::of_dump(&dump, GroupBy::default()).groups().len()
        });
    });
    let whole_text = text;
    for (name, dress) in [("a log", ""), ("a log with prefixes", "2026-11-23T05:29:06.120001Z stderr F ")] {
        let text = log(dress);
        group.throughput(Throughput::Bytes(text.len() as u64)).sample_size(10);
        group.bench_function(name, |b| {
            b.iter(|| GoroutineDump::parse(black_box(&text)).map(|dump| dump.goroutines().len()));
        });
        group.bench_function(format!("detect {name}"), |b| b.iter(|| godiag::detect(black_box(&text))));
    }
    let text = whole_text;
    group.throughput(Throughput::Bytes(text.len() as u64)).sample_size(20);
    let patterns = [
        r"^goroutine (\d+)(?: gp=\S+ m=\S+(?: mp=\S+)?)? \[([^,\]]+)(?:, (\d+) minutes)?(.*)\]:$",
        r"^created by (\S+)(?: in goroutine (\d+))?$",
        r"^(\S+)\((.*)\)$",
        r"^\t(.+):(\d+)(?: \+0x([0-9a-f]+))?$",
    ]
    .map(|pattern| Regex::new(pattern).expect("a pattern"));
    group.bench_function("peer: regex on each line", |b| b.iter(|| peer(black_box(&text), &patterns)));
    group.finish();
}

criterion_group!(benches, goroutines);
criterion_main!(benches);
