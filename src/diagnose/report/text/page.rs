//! Lines of a terminal: wrapped at words, in colour where that was asked for.

use std::io::{self, Write};

use crate::diagnose::finding::Severity;

/// Columns below which nothing is readable.
const LEAST: usize = 40;

/// How a text is printed.
///
/// ```
/// use godiag::diagnose::{Diagnosis, TextOptions, TextStyle};
/// let options = TextOptions::default().with_width(80).with_style(TextStyle::Colour);
/// let mut out = Vec::new();
/// Diagnosis::new().run().write_text_with(&mut out, &options)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextOptions {
    /// Columns that a line may have. Default 110.
    pub width: usize,
    /// With or without colours. Default without.
    pub style: TextStyle,
    /// The folder that inputs are in: commands to go on with name them so. Default none.
    pub folder: String,
}

/// With or without colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TextStyle {
    /// No escape sequences.
    #[default]
    Plain,
    /// Colours by severity, as escape sequences of terminals (ECMA-48).
    Colour,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self { width: 110, style: TextStyle::Plain, folder: String::new() }
    }
}

impl TextOptions {
    /// Sets how many columns a line may have.
    #[must_use]
    pub const fn with_width(mut self, width: usize) -> Self {
        self.width = width;
        self
    }

    /// Sets whether there are colours.
    #[must_use]
    pub const fn with_style(mut self, style: TextStyle) -> Self {
        self.style = style;
        self
    }

    /// Sets the folder that inputs are in.
    #[must_use]
    pub fn with_folder(mut self, folder: impl Into<String>) -> Self {
        self.folder = folder.into();
        self
    }
}

/// What text stands for, and so its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    Plain,
    Strong,
    Faint,
    Of(Severity),
}

impl Ink {
    fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Strong => "1",
            Self::Faint => "2",
            Self::Of(Severity::Error) => "1;31",
            Self::Of(Severity::Warning) => "33",
            Self::Of(Severity::Info) => "36",
        }
    }
}

/// A text under way.
pub(crate) struct Page<'o, W> {
    out: &'o mut W,
    pub(super) options: &'o TextOptions,
}

impl<'o, W: Write> Page<'o, W> {
    pub(crate) fn new(out: &'o mut W, options: &'o TextOptions) -> Self {
        Self { out, options }
    }

    pub(crate) fn width(&self) -> usize {
        self.options.width.max(LEAST)
    }

    fn paint(&mut self, ink: Ink, text: &str) -> io::Result<()> {
        match (self.options.style, ink.code()) {
            (TextStyle::Plain, _) | (_, "") => write!(self.out, "{text}"),
            (TextStyle::Colour, code) => write!(self.out, "\x1b[{code}m{text}\x1b[0m"),
        }
    }

    pub(crate) fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// One line, cut off at the end of the line.
    pub(crate) fn cut(&mut self, first: (Ink, &str), text: &str) -> io::Result<()> {
        let room = self.width().saturating_sub(first.1.chars().count());
        let mut shown: String = text.chars().take(room).collect();
        if shown.len() < text.len() {
            shown.pop();
            shown.push('…');
        }
        self.parts(&[first, (Ink::Plain, &shown)])
    }

    /// One line of parts, not wrapped.
    pub(crate) fn parts(&mut self, parts: &[(Ink, &str)]) -> io::Result<()> {
        parts.iter().try_for_each(|(ink, text)| self.paint(*ink, text))?;
        writeln!(self.out)
    }

    /// Two columns and a third with `text`, which is wrapped within it.
    pub(crate) fn columns(&mut self, first: (Ink, &str), second: &str, text: &str) -> io::Result<()> {
        self.paint(first.0, first.1)?;
        let start = first.1.chars().count() + second.chars().count();
        let indent = " ".repeat(start);
        let room = self.width().saturating_sub(start);
        let lines = wrap(text, room, room);
        write!(self.out, "{second}")?;
        writeln!(self.out, "{}", lines.join(&format!("\n{indent}")))
    }

    /// `text` in lines that begin with `first` and then with `indent`.
    pub(crate) fn wrapped(
        &mut self,
        first: (Ink, &str),
        indent: &str,
        ink: Ink,
        text: &str,
    ) -> io::Result<()> {
        let room = |start: &str| self.width().saturating_sub(start.chars().count()).max(LEAST / 2);
        let lines = wrap(text, room(first.1), room(indent));
        self.paint(first.0, first.1)?;
        for (number, line) in lines.iter().enumerate() {
            if number > 0 {
                write!(self.out, "\n{indent}")?;
            }
            self.paint(ink, line)?;
        }
        writeln!(self.out)
    }
}

/// The words of a text; a figure and its unit are one.
fn words(text: &str) -> Vec<String> {
    const UNITS: [&str; 9] = ["%", "ns", "µs", "ms", "s", "B", "kB", "MB", "GB"];
    let mut words: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let is_unit = UNITS.contains(&word.trim_end_matches([',', '.', ':', ';', ')', ']']));
        match words.last_mut() {
            Some(figure) if is_unit && figure.ends_with(|c: char| c.is_ascii_digit()) => {
                figure.push(' ');
                figure.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}

/// The lines of `text`, broken at words; a word that is longer than a line is broken where it has to be.
fn wrap(text: &str, first: usize, next: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let (mut column, mut room) = (0, first);
    for word in &words(text) {
        let mut word = word.as_str();
        let mut width = word.chars().count();
        if column > 0 && column + 1 + width > room {
            lines.push(String::new());
            (column, room) = (0, next);
        }
        let Some(mut line) = lines.pop() else { break };
        if column > 0 {
            line.push(' ');
            column += 1;
        }
        while column == 0 && width > room {
            let at = word.char_indices().nth(room).map_or(word.len(), |(at, _)| at);
            let (head, tail) = word.split_at(at);
            line.push_str(head);
            lines.push(std::mem::take(&mut line));
            (word, width, room) = (tail, width - room, next);
        }
        line.push_str(word);
        column += width;
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_wrapped_at_words() {
        let lines = wrap(&"word ".repeat(40), 78, 75);
        let (last, full) = lines.split_last().unwrap();
        assert!(full.iter().all(|line| (66..=78).contains(&line.len())), "{lines:?}");
        assert!((1..=75).contains(&last.len()), "{last}");
        assert_eq!(lines.join(" ").split(' ').count(), 40);
        assert_eq!(wrap("", 10, 10), [""]);
        assert_eq!(wrap("it takes (75.3 %) of 2 ms", 12, 12), ["it takes", "(75.3 %) of", "2 ms"]);
        // A word that fits no line is broken.
        assert_eq!(wrap("a 0123456789abc def", 5, 8), ["a", "01234567", "89abc", "def"]);
        assert_eq!(wrap("0123456789abc", 5, 8), ["01234", "56789abc"]);
    }

    #[test]
    fn colours_do_not_count_as_columns() {
        let options = TextOptions::default().with_width(40).with_style(TextStyle::Colour);
        let mut out = Vec::new();
        let text = "some words that need more than one line of it";
        Page::new(&mut out, &options)
            .wrapped((Ink::Of(Severity::Error), "1. "), "   ", Ink::Strong, text)
            .unwrap();
        let out = String::from_utf8(out).unwrap();
        assert_eq!(
            out,
            "\x1b[1;31m1. \x1b[0m\x1b[1msome words that need more than one\x1b[0m\n   \x1b[1mline of it\x1b[0m\n"
        );
    }
}
