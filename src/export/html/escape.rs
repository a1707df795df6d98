//! Text from inputs, for HTML.

use std::fmt;

use crate::text::Printable;

/// Shows text in HTML and in quoted attributes as it is: no character is markup, none is a control character.
#[derive(Clone, Copy, Debug)]
pub(super) struct Escaped<'a>(pub(super) &'a [u8]);

impl<'a> Escaped<'a> {
    pub(super) fn of(text: &'a str) -> Self {
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
}
