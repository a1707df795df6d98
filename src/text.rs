//! Bytes from a file as text that is safe to print.

use std::fmt;

/// Shows bytes as text: invalid UTF-8 as U+FFFD; control, C1 and bidirectional characters as escapes, so that no
/// name in a file can steer a terminal.
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
            while let Some((at, c)) = rest.char_indices().find(|&(_, c)| is_unsafe(c)) {
                let (before, from) = rest.split_at(at);
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

/// Appends a string as JSON; control characters and what ends lines in JavaScript are escaped.
pub(crate) fn json_string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
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
