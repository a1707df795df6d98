//! One job on one input of a known shape, for counting instructions: `valgrind --tool=callgrind` sees what noise hides.
//!
//! `cargo bench --bench instructions -- list` prints the jobs and shapes; `-- JOB SHAPE N` runs one and prints its
//! input's size; `-- JOB FILE` runs one on a file. `.ci/linear.sh` runs each at n and 4n.

#![expect(clippy::print_stdout, reason = "a script reads what is printed")]

#[path = "../tests/support/shapes.rs"]
mod shapes;

use std::hint::black_box;

use godiag::Limits;
use godiag::pprof::{self, GoroutineDump, Profile};
use shapes::Shape;

/// What is done to an input. A refusal is fine: it too must come in linear time.
type Job = (&'static str, fn(&[u8]), &'static [Shape]);

const JOBS: &[Job] = &[
    ("profile", |bytes| drop(black_box(Profile::parse(bytes))), shapes::PROFILES),
    ("check", |bytes| drop(black_box(pprof::check(bytes, &Limits::DEFAULT))), shapes::PROFILES),
    ("goroutines", |bytes| drop(black_box(GoroutineDump::parse(bytes))), shapes::DUMPS),
];

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
        [job, file] => {
            let (_, run, _) = find(JOBS, job, |job| job.0);
            let input = std::fs::read(file).expect("a readable file");
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

/// What callgrind counts (`--toggle-collect`).
#[inline(never)]
fn measured(run: &fn(&[u8]), input: &[u8]) {
    run(black_box(input));
}

fn find<'a, T>(all: &'a [T], name: &str, of: impl Fn(&T) -> &str) -> &'a T {
    all.iter().find(|one| of(one) == name).unwrap_or_else(|| panic!("no {name}; `list` prints what there is"))
}
