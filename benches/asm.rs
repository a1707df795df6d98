//! Reading a listing: lines, functions, metrics, findings; beside a reader of regular expressions, line by
//! line, as such tools are usually written.
//!
//! The input is the listing of `net/http` if the samples are beside the project, else the largest of the
//! tests.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use godiag::asm::{CompilerOutput, Lines};
use godiag::{Limits, wire};
use regex::bytes::Regex;

fn input(large: &str, small: &str) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let gz = std::fs::read(root.join("../shared/samples/asm/big").join(large))
        .or_else(|_| std::fs::read(root.join("tests/data/asm").join(small)))
        .expect("a listing");
    wire::inflate(&gz, &Limits::UNLIMITED).expect("gzip")
}

/// The least that a reader of listings does: match each line against an expression per kind, and count calls
/// per function.
struct ByRegex {
    header: Regex,
    inst: Regex,
    hex: Regex,
    reloc: Regex,
}

impl ByRegex {
    fn new() -> Self {
        let regex = |text| Regex::new(text).expect("an expression");
        Self {
            inst: regex(r"^\t0x[0-9a-f]{4,} (\d{5,}) \((.*?):(\d+)\)\t([A-Z][A-Za-z0-9_.]*)(?:\t(.*))?$"),
            hex: regex(r"^\t0x[0-9a-f]{4,}(?: [0-9a-f]{2}){1,16} "),
            reloc: regex(r"^\trel (\d+)\+(\d+) t=(\S+) (.*)[+-](\d+)$"),
            header: regex(r"^(.*?) (S[A-Z]+) (?:(?:nosplit|dupok|static) )*size=(\d+)"),
        }
    }

    fn read(&self, text: &[u8]) -> BTreeMap<Vec<u8>, (u32, u32)> {
        let mut functions: BTreeMap<Vec<u8>, (u32, u32)> = BTreeMap::new();
        let mut current = Vec::new();
        for line in text.split(|byte| *byte == b'\n') {
            if let Some(inst) = self.inst.captures(line) {
                let entry = functions.entry(current.clone()).or_default();
                entry.0 += 1;
                entry.1 += u32::from(&inst[4] == b"CALL");
            } else if self.hex.is_match(line) || self.reloc.is_match(line) {
            } else if let Some(header) = self.header.captures(line) {
                current = header[1].to_vec();
            }
        }
        functions
    }
}

fn listing(c: &mut Criterion) {
    let text = input("go1.27.3-amd64-net_http.S.txt.gz", "listings/go1.27-amd64.S.txt.gz");
    let mut group = c.benchmark_group("asm/listing");
    group.throughput(Throughput::Bytes(text.len() as u64)).sample_size(20);
    group.bench_function("cut and type lines", |b| {
        b.iter(|| Lines::new(&text).map(|line| line.kind as u64).sum::<u64>());
    });
    group.bench_function("parse", |b| b.iter(|| CompilerOutput::parse(&text).unwrap().functions().len()));
    group.bench_function("parse and measure", |b| {
        b.iter(|| {
            let out = CompilerOutput::parse(&text).unwrap();
            out.functions().map(|(id, _)| out.metrics(id).instructions).sum::<u32>()
        });
    });
    group.bench_function("parse to findings", |b| {
        b.iter(|| CompilerOutput::parse(&text).unwrap().findings().len());
    });
    let regex = ByRegex::new();
    group.sample_size(10);
    group.bench_function("regex line by line", |b| b.iter(|| black_box(regex.read(&text)).len()));
    group.finish();
}

fn decisions(c: &mut Criterion) {
    let text = input("go1.27.3-amd64-net_http.m2.txt.gz", "diag/go1.27.m2.txt.gz");
    let mut group = c.benchmark_group("asm/decisions");
    group.throughput(Throughput::Bytes(text.len() as u64)).sample_size(20);
    group.bench_function("parse", |b| b.iter(|| CompilerOutput::parse(&text).unwrap().decisions().len()));
    let line = Regex::new(r"^(?:(.*?):(\d+)(?::(\d+))?: )?(.*)$").expect("an expression");
    let message = Regex::new(
        r"^(?:(can inline) (.*?)(?: with cost (\d+).*)?|(cannot inline) (.*?): (.*)|(inlining call to) (.*)|(.*) (escapes to heap|does not escape)(?: in .*)?:?|(moved to heap|leaking param(?: content)?): (.*)|  flow: (.*)|    from (.*))$",
    )
    .expect("an expression");
    group.bench_function("regex line by line", |b| {
        b.iter(|| {
            let parts = text.split(|byte| *byte == b'\n').filter_map(|text| line.captures(text));
            parts.filter(|parts| message.captures(&parts[4]).is_some()).count()
        });
    });
    group.finish();
}

criterion_group!(benches, listing, decisions);
criterion_main!(benches);
