//! Words and lines that every verb prints alike.

use std::io::Write;

use serde::Serialize;

use crate::outcome::Result;

/// Prints one line of JSON.
pub(crate) fn json(value: &impl Serialize, out: &mut impl Write) -> Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    Ok(writeln!(out)?)
}

/// `1 finding`, `2 findings`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
