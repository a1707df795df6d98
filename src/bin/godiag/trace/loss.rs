//! What a damaged trace has lost, in one line.

use std::io::Write;

use godiag::trace::Loss;

/// Prints what was lost, if anything was.
pub(super) fn print(loss: &Loss, out: &mut impl Write) -> std::io::Result<()> {
    let Some((kind, offset)) = loss.first else { return Ok(()) };
    writeln!(
        out,
        "# salvaged: {kind} at byte {offset}; {} bytes in {} parts damaged, {} generations affected",
        loss.bytes(),
        loss.ranges.len(),
        loss.generations
    )
}
