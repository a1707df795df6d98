//! `godiag asm decisions`.

use std::io::Write;

use godiag::Printable;
use godiag::asm::{CompilerOutput, Decision, DecisionKind, NoInline};
use serde::Serialize;

use super::functions::lossy;
use super::input::Input;
use crate::outcome::{Outcome, Result};

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    input: Input,
    /// Keep decisions of these kinds, such as escapes_to_heap,cannot_inline
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    kind: Vec<String>,
    /// Keep decisions about what matches
    #[arg(long, value_name = "REGEXP")]
    focus: Option<regex::bytes::Regex>,
    /// Print the steps of escape flows
    #[arg(long)]
    flow: bool,
    /// Print one JSON object per decision
    #[arg(long)]
    json: bool,
}

/// One decision, for programs.
#[derive(Serialize)]
struct Row {
    kind: &'static str,
    package: Option<String>,
    position: Option<String>,
    subject: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    budget: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flow: Vec<String>,
    line: u32,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result {
    let text = args.input.read()?;
    let output = args.input.parse(&text)?;
    for decision in output.decisions() {
        let wanted = args.kind.is_empty() || args.kind.iter().any(|kind| kind == decision.kind.name());
        let focused = args.focus.as_ref().is_none_or(|focus| focus.is_match(decision.kind.subject()));
        if !wanted || !focused {
            continue;
        }
        if args.json {
            crate::print::json(&row(&output, decision), out)?;
        } else {
            print(&output, decision, args.flow, out)?;
        }
    }
    Ok(Outcome::Fine)
}

fn print(output: &CompilerOutput<'_>, decision: &Decision<'_>, flow: bool, out: &mut impl Write) -> Result {
    match decision.position {
        Some(position) => write!(out, "{position}: ")?,
        None => write!(out, "-: ")?,
    }
    write!(out, "{}: {}", decision.kind.name(), Printable(decision.kind.subject()))?;
    if let Some(reason) = reason(&decision.kind) {
        write!(out, ": {}", Printable(reason.as_bytes()))?;
    }
    writeln!(out)?;
    if flow {
        for step in output.flow(decision) {
            writeln!(out, "    {step}")?;
        }
    }
    Ok(Outcome::Fine)
}

fn row(output: &CompilerOutput<'_>, decision: &Decision<'_>) -> Row {
    let (cost, budget) = match decision.kind {
        DecisionKind::CanInline { cost, .. } => (cost, None),
        DecisionKind::CannotInline { reason: NoInline::TooComplex { cost, budget }, .. } => {
            (Some(cost), Some(budget))
        }
        _ => (None, None),
    };
    Row {
        kind: decision.kind.name(),
        package: output.package(decision.package).map(|package| lossy(package.path())),
        position: decision.position.map(|position| position.to_string()),
        subject: lossy(decision.kind.subject()),
        cost,
        budget,
        reason: reason(&decision.kind),
        flow: output.flow(decision).iter().map(ToString::to_string).collect(),
        line: decision.line,
    }
}

fn reason(kind: &DecisionKind<'_>) -> Option<String> {
    Some(match kind {
        DecisionKind::CanInline { cost, .. } => format!("cost {}", (*cost)?),
        DecisionKind::CannotInline { reason, .. } => reason.to_string(),
        DecisionKind::Devirtualized { to, .. } => format!("to {}", lossy(to)),
        DecisionKind::CannotDevirtualize { reason, .. } => lossy(reason),
        DecisionKind::LeakingParam { content: true, .. } => "content".to_owned(),
        DecisionKind::LeakingParam { result: Some(result), .. } => format!("to {}", lossy(result)),
        DecisionKind::LeakPath { to, .. } => format!("to {}", lossy(to)),
        DecisionKind::Capture { by_ref, .. } => if *by_ref { "by reference" } else { "by value" }.to_owned(),
        DecisionKind::NilCheck { removed } => if *removed { "removed" } else { "generated" }.to_owned(),
        DecisionKind::BoundsCheck { slice } => if *slice { "slice" } else { "index" }.to_owned(),
        DecisionKind::Closure { storage, .. } | DecisionKind::Defer { storage } => {
            format!("{storage:?}").to_lowercase()
        }
        _ => return None,
    })
}
