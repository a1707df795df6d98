//! A rule: what it looks for, what it needs, what helps, and its page for people.

use std::io::{self, Write};

use super::evidence::Source;
use crate::text::page::{write_code, write_paragraph};

/// A rule. Each is one file, which says all of this beside the code that finds it.
#[derive(Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Rule {
    /// The stable name, such as `lock-wait`.
    pub id: &'static str,
    /// What it finds, as a short phrase.
    pub title: &'static str,
    /// What to change.
    pub advice: &'static str,
    /// Where the threshold comes from, and what the rule cannot see.
    pub basis: &'static str,
    /// The inputs without which it finds nothing: one of each group.
    pub needs: &'static [&'static [Source]],
    /// What its findings mean.
    pub explanation: Explanation,
}

/// What a rule's findings mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Explanation {
    /// What it looks at.
    pub sees: &'static str,
    /// Why it costs time or memory.
    pub costs: &'static str,
    /// When it reports nothing.
    pub silent: &'static str,
    /// Code or settings that cause it, by line.
    pub example: &'static [&'static str],
}

impl Rule {
    /// Writes the rule's page: what it sees, why it costs, when it is silent, an example, what to do.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_page(&self, out: &mut impl Write) -> io::Result<()> {
        let Explanation { sees, costs, silent, example } = self.explanation;
        writeln!(out, "{}: {}", self.id, self.title)?;
        write_paragraph(out, "What it sees", sees)?;
        write_paragraph(out, "Why it costs", costs)?;
        write_paragraph(out, "Thresholds and limits", self.basis)?;
        write_paragraph(out, "When it is silent", silent)?;
        write_code(out, "Example", example.iter().copied())?;
        write_paragraph(out, "What to do", self.advice)?;
        let group = |group: &&[Source]| {
            let names: Vec<_> = group.iter().map(|source| source.name()).collect();
            names.join(" or ")
        };
        let needs: Vec<_> = self.needs.iter().map(group).collect();
        writeln!(out, "\nNeeds: {}", needs.join("; "))
    }
}
