//! Lists the functions of a Go build that allocate on the heap, from `go build -gcflags=-S 2>listing`.
//!
//!     cargo run --example allocations -- LISTING

#![expect(clippy::print_stdout, reason = "an example prints")]

use godiag::asm::{CompilerOutput, plain};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("usage: allocations LISTING")?;
    let bytes = std::fs::read(file)?;
    let text = plain(&bytes)?;
    let output = CompilerOutput::parse(&text)?;
    for (id, function) in output.functions() {
        let metrics = output.metrics(id);
        if metrics.allocations > 0 {
            println!("{:>6}  {}", metrics.allocations, function.name().key());
        }
    }
    Ok(())
}
