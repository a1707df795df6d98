//! Source files beside the recordings: the very line that a finding is about.

use crate::diagnose::finding::Place;
use crate::text::Printable;

/// Characters of a line that are shown.
const WIDTH: usize = 160;

/// Go source files, by the path under which they were given.
#[derive(Debug, Default)]
pub(crate) struct SourceLines<'a> {
    files: Vec<(String, &'a [u8])>,
}

impl<'a> SourceLines<'a> {
    pub(crate) fn add(&mut self, path: &str, text: &'a [u8]) {
        self.files.push((path.to_owned(), text));
    }

    /// The line at a place, without its indentation and safe to print; `None` unless just one file can be
    /// meant.
    pub(crate) fn line(&self, place: &Place) -> Option<String> {
        let mut files = self.files.iter().filter(|(path, _)| place.is_same(path.as_bytes(), place.line));
        let (_, text) = files.next().filter(|_| files.next().is_none())?;
        let line =
            text.split(|byte| *byte == b'\n').nth(usize::try_from(place.line.checked_sub(1)?).ok()?)?;
        let shown = Printable(line.trim_ascii()).to_string();
        let shown: String = shown.chars().take(WIDTH).collect();
        (!shown.is_empty()).then_some(shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_shown_if_only_one_file_can_be_meant() {
        let mut sources = SourceLines::default();
        sources.add("main.go", b"package main\r\n\tb := \"\x1b[2J\"\n\n");
        let at = |line| Place::new(b"example.com/order/main.go", line);
        assert_eq!(sources.line(&at(1u32)).as_deref(), Some("package main"));
        assert_eq!(sources.line(&at(2)).as_deref(), Some("b := \"\\x1b[2J\""));
        for line in [0, 3, 4, 9] {
            assert_eq!(sources.line(&at(line)), None);
        }
        sources.add("order/main.go", b"package order\n");
        assert_eq!(sources.line(&at(1)), None);
        assert_eq!(sources.line(&Place::new(b"example.com/order/other.go", 1u32)), None);
    }
}
