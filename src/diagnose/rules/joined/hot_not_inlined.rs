//! `hot-not-inlined`: a function that takes much CPU, is called in a loop, and is not inlined.

use crate::asm::{DecisionKind, NoInline, SiteKind};
use crate::diagnose::facts::{Facts, FunctionSum};
use crate::diagnose::finding::{
    Amount, Confidence, Explanation, Finding, Place, Rule, Severity, Source, Subject,
};
use crate::diagnose::inputs::Compiled;
use crate::symbol::{FuncKey, FuncName};
use crate::table::SortRows;

pub(crate) const RULE: Rule = Rule {
    id: "hot-not-inlined",
    title: "a hot function is not inlined",
    advice: "Split the rare path off into a function of its own, so that the hot one fits the budget; or \
             give the build a profile (-pgo): hot callees get a budget of 2000.",
    basis: "5 % of the CPU in the function itself. A call costs about as much as 20 of the nodes that the \
            compiler counts: that part of the function's time would be gained, and next to nothing where it \
            has a loop of its own. A warning from 5 % of the CPU on.",
    needs: &[&[Source::CpuProfile], &[Source::Compiler]],
    explanation: Explanation {
        sees: "Functions of the program with 5 % of the CPU samples in their own code, of which the compiler \
               says that they cannot be inlined, and why. The listing adds who calls them, and whether in a \
               loop.",
        costs: "Each call saves and restores registers and passes through memory what could stay in them. \
                Worse, the compiler cannot see across it: arguments escape, bounds are checked again.",
        silent: "Functions that are inlined everywhere or called rarely; a build without -m=2. Whether \
                 inlining would really help is for a benchmark to say: where the function does much per \
                 call, it will not.",
        example: &[
            "func process(o *order) int { // cost 221 exceeds budget 80",
            "    if o.broken {             // the rare path, inline, makes it too large",
            "        return repair(o)",
            "    }",
            "    ...",
            "}",
        ],
    },
};

/// What a call costs, in the nodes of the compiler's budget.
const CALL: f64 = 20.0;

/// The part of the CPU that is worth a warning.
const WARNING: f64 = 0.05;

pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let Some(cpu) = &facts.cpu else { return Vec::new() };
    let hot = cpu.sums.functions.iter().filter(|f| f.user && facts.is_hot(f.flat));
    hot.filter_map(|function| {
        facts.compilers().iter().find_map(|compiled| finding(facts, compiled, function))
    })
    .collect()
}

fn finding(facts: &Facts<'_>, compiled: &Compiled<'_>, function: &FunctionSum<'_>) -> Option<Finding> {
    let cpu = facts.cpu.as_ref()?;
    let decision = compiled.inlining(function.key)?;
    let DecisionKind::CannotInline { reason, .. } = decision.kind else { return None };
    let why = match reason {
        NoInline::TooComplex { cost, budget } => format!("cost {cost} over {budget}"),
        other => other.to_string(),
    };
    let calls = calls(compiled, function.key);
    let in_loop = calls.iter().any(|call| call.in_loop);
    let share = cpu.sums.share(function.flat);
    let has_loop =
        compiled.functions(function.key).iter().any(|id| compiled.sites(*id).any(|(at, _)| at.in_loop));
    let gain = if in_loop && !has_loop { share * call_share(&reason) } else { 0.0 };
    let worth = match has_loop {
        true => "; it has a loop of its own, so that the calls cost little beside it".to_owned(),
        false if in_loop => format!("; the calls cost about {} of the CPU", Amount::share(gain)),
        false => String::new(),
    };
    let summary = format!(
        "{} takes {} of the CPU itself and is not inlined: {why}{worth}",
        function.key,
        Amount::share(share)
    );
    let place = decision.position.map(|pos| Place::new(pos.file, pos.line));
    let mut evidence = compiled
        .evidence(format!("line {}: cannot be inlined: {}", decision.line, reason))
        .located(place.clone());
    if let NoInline::TooComplex { cost, budget } = reason {
        evidence = evidence.figure("cost", Amount::count(cost)).figure("budget", Amount::count(budget));
    }
    let lines = calls.iter().take(4).map(|call| {
        let where_ = if call.in_loop { "in a loop of" } else { "in" };
        format!("called {where_} {} at {} (listing line {})", call.caller, call.place, call.line)
    });
    let evidence = evidence.lines(lines.collect::<Vec<_>>());
    let severity = if gain >= WARNING { Severity::Warning } else { Severity::Info };
    let subject = Subject::function(function.key.clone(), place);
    let finding = Finding::new(&RULE, severity, subject, summary).share(gain);
    let finding = finding.proofs(facts.cpu_evidence(function.key)).proof(evidence);
    let finding = match reason {
        NoInline::Pragma { .. } => finding.advise("Drop the pragma, if it is not there for a reason."),
        NoInline::Statement { .. } | NoInline::Recover => {
            finding.advise("Move defer, go and recover into a function of their own, around the hot part.")
        }
        _ => finding,
    };
    Some(finding.sure(Confidence::Certain))
}

/// The part of a function's own time that its calls take, if it runs straight through: a call is as dear as
/// some 20 nodes, and the budget of a function that is not over it is 80.
fn call_share(reason: &NoInline<'_>) -> f64 {
    let cost = match reason {
        NoInline::TooComplex { cost, .. } => (*cost).max(80),
        _ => 80,
    };
    CALL / (CALL + f64::from(cost))
}

/// A call that the listing shows.
struct Call {
    caller: String,
    place: Place,
    in_loop: bool,
    line: u32,
}

/// The calls of a function in the listing, those in loops first.
fn calls(compiled: &Compiled<'_>, key: &FuncKey<'_>) -> Vec<Call> {
    let mut out = Vec::new();
    for (id, function) in compiled.output.functions() {
        for (site, inst) in compiled.sites(id) {
            let SiteKind::Call { target } = site.kind else { continue };
            if FuncName::parse(target).key() != *key {
                continue;
            }
            out.push(Call {
                caller: function.name().key().to_string(),
                place: Place::new(inst.position.file, inst.position.line),
                in_loop: site.in_loop,
                line: inst.line,
            });
        }
    }
    out.sort_rows_by_key(|call| (!call.in_loop, call.line));
    out
}
