//! Text from an input, made safe for HTML and SVG.

use std::fmt;

use crate::text::Printable;

/// Shows text in elements and quoted attributes of HTML and XML: no character is markup, and none is a
/// character that XML forbids.
#[derive(Clone, Copy, Debug)]
pub(super) struct Escaped<'a>(pub(super) &'a [u8]);

impl<'a> Escaped<'a> {
    pub(super) fn text(text: &'a str) -> Self {
        Self(text.as_bytes())
    }
}

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in Printable(self.0).to_string().chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\u{fffe}' | '\u{ffff}' => f.write_str("\u{fffd}")?,
                _ => write!(f, "{c}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_markup() {
        let shown = Escaped(b"<script>\"a\"&'\x00").to_string();
        assert_eq!(shown, "&lt;script&gt;&quot;a&quot;&amp;&#39;\\x00");
    }

    #[test]
    fn nothing_is_forbidden_in_xml() {
        assert_eq!(Escaped("a\u{ffff}\u{fffe}\u{1b}".as_bytes()).to_string(), "a\u{fffd}\u{fffd}\\x1b");
    }
}
