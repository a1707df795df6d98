//! Names from a profile in a text report.

use std::fmt;

use crate::compat::Compat;
use crate::text::Printable;

/// A name as a text report prints it: on one line and harmless, as [`Printable`] makes it.
///
/// With [`Compat::GoTool`] line breaks and tabs stay as they are, as the tool prints them; a name can then
/// look like rows of the report, but still cannot steer a terminal.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) name: &'a [u8],
    pub(super) compat: Compat,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.compat.is_go_tool() {
            return Printable(self.name).fmt(f);
        }
        for part in self.name.split_inclusive(|&c| c == b'\n' || c == b'\t') {
            match part.split_last() {
                Some((&end @ (b'\n' | b'\t'), before)) => {
                    write!(f, "{}{}", Printable(before), char::from(end))?;
                }
                _ => Printable(part).fmt(f)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Compat, Shown};

    #[test]
    fn only_compat_lets_a_name_break_its_line() {
        let name = b"a\nb\tc\x1b";
        assert_eq!(Shown { name, compat: Compat::Correct }.to_string(), "a\\x0ab\\x09c\\x1b");
        assert_eq!(Shown { name, compat: Compat::GoTool }.to_string(), "a\nb\tc\\x1b");
    }
}
