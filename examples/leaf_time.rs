//! Sums the time of each leaf function of a CPU profile, without an allocation a sample.
//!
//!     cargo run --example leaf_time -- tests/data/diagnose/order/cpu.pb.gz

#![expect(clippy::print_stdout, reason = "an example prints")]

use godiag::pprof::{FunctionId, View, decompress};
use godiag::{Limits, Printable};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("usage: leaf_time PROFILE")?;
    let bytes = std::fs::read(file)?;
    let message = decompress(&bytes, &Limits::DEFAULT)?;
    let view = View::parse(&message)?;

    let mut sums: Vec<(i64, FunctionId)> = Vec::new();
    for sample in view.samples() {
        let Some(line) = sample.frames().next().and_then(|frame| frame.line) else { continue };
        match sums.iter_mut().find(|(_, function)| *function == line.function) {
            Some((sum, _)) => *sum += sample.default_value(),
            None => sums.push((sample.default_value(), line.function)),
        }
    }
    sums.sort_by_key(|&(sum, _)| std::cmp::Reverse(sum));
    for (sum, function) in sums.iter().take(10) {
        println!("{sum:>14}  {}", Printable(view.string(view.function(*function).name)));
    }
    Ok(())
}
