//! Text in and out: bytes from a file made safe to print, and the notations that several formats share.

mod duration;
pub(crate) mod json;
pub(crate) mod page;
pub(crate) mod path;
pub(crate) mod quote;
pub(crate) mod search;
#[cfg(feature = "serde")]
pub(crate) mod serialize;
pub(crate) mod utf16;

use std::fmt;

pub(crate) use duration::GoDuration;
pub use duration::Nanos;

/// Shows bytes as text: invalid UTF-8 as U+FFFD; control, C1 and bidirectional characters as escapes, so that
/// no name in a file can steer a terminal.
///
/// ```
/// use godiag::Printable;
/// assert_eq!(Printable(b"main.f\x1b[2J").to_string(), "main.f\\x1b[2J");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Printable<'a>(pub &'a [u8]);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            let mut rest = chunk.valid();
            while let Some((offset, c)) = rest.char_indices().find(|&(_, c)| is_unsafe(c)) {
                let (before, from) = rest.split_at(offset);
                f.write_str(before)?;
                if (c as u32) < 0x100 {
                    write!(f, "\\x{:02x}", c as u32)?;
                } else {
                    write!(f, "\\u{{{:x}}}", c as u32)?;
                }
                rest = from.split_at(c.len_utf8()).1;
            }
            f.write_str(rest)?;
            if !chunk.invalid().is_empty() {
                f.write_str("\u{fffd}")?;
            }
        }
        Ok(())
    }
}

/// Control characters, and those that reorder or hide the text around them.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{61c}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_steers_a_terminal_is_left() {
        let shown = Printable(b"a\x1b]0;x\x07\n\xc2\x9bm\xff\xe2\x80\xae\xd0\xb6").to_string();
        assert_eq!(shown, "a\\x1b]0;x\\x07\\x0a\\x9bm\u{fffd}\\u{202e}\u{436}");
    }
}
