//! How damaged traces are read, and the line that says what was lost.

use std::io::Write;

use godiag::trace::{Loss, Options};

/// Reads strictly, or keeps everything that can be read.
pub(super) fn options(salvage: bool) -> Options {
    if salvage { Options::salvage() } else { Options::strict() }
}

/// Prints what was lost, if anything was.
pub(super) fn print_loss(loss: &Loss, out: &mut impl Write) -> std::io::Result<()> {
    let Some((kind, offset)) = loss.first else { return Ok(()) };
    writeln!(
        out,
        "# salvaged: {kind} at byte {offset}; {} bytes in {} parts damaged, {} generations affected",
        loss.bytes(),
        loss.ranges.len(),
        loss.generations
    )
}
