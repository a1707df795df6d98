//! Output for programs.

use std::io::Write;

use serde::Serialize;

use crate::outcome::Result;

/// Prints one line of JSON.
pub(crate) fn json(value: &impl Serialize, out: &mut impl Write) -> Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    Ok(writeln!(out)?)
}
