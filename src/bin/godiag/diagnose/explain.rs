//! `godiag diagnose --explain`: the pages of the rules.

use std::io::Write;

use crate::outcome::{Failure, Outcome, Result};

/// Prints the page of the rule called `id`, or the list of all rules if that is empty.
pub(super) fn explain(id: &str, out: &mut impl Write) -> Result {
    if id.is_empty() {
        for rule in godiag::diagnose::rules() {
            writeln!(out, "{:<18} {}", rule.id, rule.title)?;
        }
        return Ok(Outcome::Fine);
    }
    let Some(rule) = godiag::diagnose::rules().find(|rule| rule.id == id) else {
        return Err(Failure::Usage(format!("no rule is called {id}; --explain without a name lists all")));
    };
    rule.write_page(out)?;
    Ok(Outcome::Fine)
}
