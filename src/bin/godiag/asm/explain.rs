//! `godiag asm explain`.

use std::io::Write;

use godiag::asm::Rule;

use super::findings::rule;
use crate::outcome::{Outcome, Result};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Rules to explain, such as bce-loop; without any, every rule is listed with its title
    #[arg(value_name = "RULE", value_parser = rule)]
    rules: Vec<Rule>,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result {
    if args.rules.is_empty() {
        for rule in Rule::ALL {
            writeln!(out, "{:<18} {}", rule.id(), rule.title())?;
        }
    }
    for (index, rule) in args.rules.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        rule.write_page(out)?;
    }
    Ok(Outcome::Fine)
}
