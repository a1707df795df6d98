//! One job on one input of a known shape, to count its instructions: `valgrind --tool=callgrind` sees what
//! noise hides.
//!
//! `cargo bench --bench instructions -- list` prints the jobs and shapes; `-- JOB SHAPE N` runs one and
//! prints its input's size. `.ci/linear.sh` runs each at n and 4n; `once` is the bench for real files.

#![expect(clippy::print_stdout, reason = "a script reads what is printed")]

#[path = "../tests/support/shapes.rs"]
mod shapes;
#[path = "../tests/support/trace_shapes.rs"]
mod trace_shapes;

use std::hint::black_box;

use godiag::Limits;
use godiag::asm::CompilerOutput;
use godiag::pprof::report::{self, Report};
use godiag::pprof::{self, GoroutineDump, Profile, View};
use godiag::trace::{Options, Reader};
use shapes::Shape;

/// Runs a job on an input. A refusal is fine, but must come in linear time, too.
type Job = (&'static str, fn(&[u8]), &'static [Shape]);

const JOBS: &[Job] = &[
    ("profile", |bytes| drop(black_box(Profile::parse(bytes))), shapes::PROFILES),
    ("check", |bytes| drop(black_box(pprof::check(bytes, &Limits::DEFAULT))), shapes::PROFILES),
    ("view", |bytes| drop(black_box(View::parse(bytes))), shapes::PROFILES),
    ("top", top, shapes::PROFILES),
    ("goroutines", |bytes| drop(black_box(GoroutineDump::parse(bytes))), shapes::DUMPS),
    ("asm", asm, shapes::LISTINGS),
    ("trace", |bytes| trace(bytes, Options::default()), trace_shapes::TRACES),
    ("trace-salvage", |bytes| trace(bytes, Options::salvage()), trace_shapes::TRACES),
];

fn top(bytes: &[u8]) {
    let Ok(profile) = Profile::parse(bytes) else { return };
    drop(black_box(Report::new(&profile, &report::Options::default()).and_then(|report| report.top())));
}

fn asm(bytes: &[u8]) {
    let output = CompilerOutput::parse(bytes).expect("any text is compiler output");
    for (id, _) in output.functions() {
        black_box(output.metrics(id));
    }
}

fn trace(bytes: &[u8], options: Options) {
    let mut reader = Reader::parse_with(bytes, &options).expect("a trace");
    while let Ok(Some(event)) = reader.next_event() {
        black_box(event);
    }
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [job, shape, n] => {
            let (_, run, shapes) = find(JOBS, job, |job| job.0);
            let (_, make) = find(shapes, shape, |shape| shape.0);
            let input = make(n.parse().expect("N is a number"));
            measured(run, &input);
            println!("{}", input.len());
        }
        _ => {
            for (job, _, shapes) in JOBS {
                for (shape, _) in *shapes {
                    println!("{job} {shape}");
                }
            }
        }
    }
}

/// The function that callgrind counts (`--toggle-collect`).
#[inline(never)]
fn measured(run: &fn(&[u8]), input: &[u8]) {
    run(black_box(input));
}

fn find<'a, T>(all: &'a [T], name: &str, of: impl Fn(&T) -> &str) -> &'a T {
    all.iter().find(|one| of(one) == name).unwrap_or_else(|| panic!("no {name}; `list` prints what there is"))
}
