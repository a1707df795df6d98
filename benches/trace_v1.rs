//! Traces of Go 1.5 to 1.21: reading in order, salvage, and the unordered count of bytes.
//!
//! With a file as the last argument, reads that instead of the made trace.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use godiag::trace::{Footprint, Options, Reader};

fn events(input: &[u8], options: Options) -> u64 {
    let mut reader = Reader::parse_with(input, &options).expect("a trace");
    let mut count = 0;
    while let Some(event) = reader.next_event().expect("sound events") {
        count += u64::from(black_box(event).time >= 0);
    }
    count
}

/// A trace of four Ps, each with two goroutines that pass a value to and fro, and now and then move to
/// another P.
fn made(rounds: u64) -> Vec<u8> {
    const PROCS: u64 = 4;
    let mut file = b"go 1.21 trace\0\0\0".to_vec();
    let mut seq = [2u64; 2 * PROCS as usize];
    varints(&mut file, &[0x41, 0, 1]);
    for g in 1..=2 * PROCS {
        event(&mut file, 13, &[1, g, 0, 0]);
        event(&mut file, 31, &[1, g]);
    }
    event(&mut file, 4, &[1, PROCS, 0]);
    event(&mut file, 5, &[1, 100]);
    for round in 0..rounds {
        for proc in 0..PROCS {
            varints(&mut file, &[0x41, proc, 1000 + round * 1_000_000 + proc * 200_000]);
            if round == 0 && proc != 0 {
                event(&mut file, 5, &[1, 100 + proc]);
            }
            let pair = [1 + 2 * proc, 2 + 2 * proc];
            for turn in 0..500 {
                let (g, number) = (pair[turn % 2], &mut seq[(2 * proc) as usize + turn % 2]);
                event(&mut file, 21, &[40, g, *number, 0]);
                event(&mut file, 14, &[50, g, *number + 1]);
                *number += 2;
                event(&mut file, 33, &[90, 1 << 22]);
                event(&mut file, 23, &[100, 0]);
            }
        }
    }
    varints(&mut file, &[2, 1_000_000_000]);
    file
}

/// An event: its type, time difference and arguments.
fn event(out: &mut Vec<u8>, kind: u8, numbers: &[u64]) {
    let mut body = Vec::new();
    varints(&mut body, numbers);
    if numbers.len() > 3 {
        out.extend([kind | 3 << 6, body.len() as u8]);
    } else {
        out.push(kind | (numbers.len() as u8 - 1) << 6);
    }
    out.extend(body);
}

fn varints(out: &mut Vec<u8>, numbers: &[u64]) {
    for &number in numbers {
        let mut number = number;
        while number >= 0x80 {
            out.push(number as u8 | 0x80);
            number >>= 7;
        }
        out.push(number as u8);
    }
}

fn main() {
    let file = std::env::args().skip(1).find(|arg| arg.ends_with(".trace"));
    let input = match &file {
        Some(file) => std::fs::read(file).expect("a readable file"),
        None => made(60),
    };
    let count = events(&input, Options::default());
    assert_eq!(count, events(&input, Options::salvage()));
    // `cargo test` only checks that it runs; arguments are not filters here.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    let mut criterion = Criterion::default().sample_size(10);
    let mut group = criterion.benchmark_group("trace_v1");
    group.throughput(Throughput::Bytes(input.len() as u64));
    let name = |job| BenchmarkId::new(job, count);
    group.bench_with_input(name("events"), &input, |b, input| b.iter(|| events(input, Options::default())));
    group.bench_with_input(name("salvage"), &input, |b, input| b.iter(|| events(input, Options::salvage())));
    group.bench_with_input(name("footprint"), &input, |b, input| {
        b.iter(|| Footprint::parse(black_box(input)));
    });
    group.finish();
}
