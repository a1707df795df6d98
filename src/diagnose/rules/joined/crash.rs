//! `crash`: what ended the program, from a log with its last words.

use crate::diagnose::facts::Facts;
use crate::diagnose::finding::{
    Amount, Evidence, Explanation, Finding, Rule, Severity, Source, Subject, things,
};
use crate::diagnose::inputs::Crashed;
use crate::pprof::goroutine::Cause;

pub(crate) const RULE: Rule = Rule {
    id: "crash",
    title: "a crash, a data race, or goroutines left after a test",
    advice: "Start at the line of the culprit: the frames below it say how it got there.",
    basis: "The words of Go's runtime, of its race detector and of goleak, anywhere in a log. The culprit is the \
            goroutine that Go prints first; its line is the innermost of the program's own code.",
    needs: &[&[Source::CrashLog]],
    explanation: Explanation {
        sees: "Panics, fatal errors, signals, tests that timed out, data races and leaks in a log or a dump: the \
               cause, the goroutine, the line, and how often each happened.",
        costs: "The process is gone with all that it was doing; a data race makes any result doubtful.",
        silent: "Dumps that somebody asked for; panics that were recovered; logs in which the loggers kept \
                 neither the message nor a stack.",
        example: &["var m map[string]int", "m[\"a\"]++ // panic: assignment to entry in nil map"],
    },
};

pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let logs = facts.inputs.crashes.iter();
    logs.flat_map(|(input, crashes)| crashes.iter().map(move |crash| finding(input, crash))).collect()
}

fn finding(input: &str, crash: &Crashed) -> Finding {
    let severity = match crash.cause {
        Cause::Signal => Severity::Info,
        Cause::Leak => Severity::Warning,
        _ => Severity::Error,
    };
    let mut summary = crash.cause.describe().to_owned();
    if !crash.message.is_empty() {
        summary = format!("{summary}: {}", crash.message);
    }
    if let Some((function, place)) = &crash.site {
        summary.push_str(&format!(", in {function} at {}", place.short()));
    }
    if crash.times > 1 {
        summary.push_str(&format!(", {} times", Amount::count(crash.times)));
    }
    let mut text = format!("line {} of the log", crash.line);
    if let Some((id, state)) = crash.goroutine.as_ref().filter(|(id, _)| *id > 0) {
        text.push_str(&format!(": goroutine {id} [{state}]"));
    }
    if crash.also_there > 0 {
        text.push_str(&format!("; {} in the same function", things(crash.also_there, "more goroutine")));
    }
    let place = crash.site.as_ref().map(|(_, place)| place.clone());
    let proof = Evidence::new(Source::CrashLog, input, text)
        .figure("times", Amount::count(crash.times))
        .lines(crash.stack.iter().cloned())
        .located(place);
    let subject = match &crash.site {
        Some((function, place)) => Subject::function(function.clone(), Some(place.clone())),
        None => Subject::program(),
    };
    Finding::new(&RULE, severity, subject, summary).share(1.0).proof(proof).advise(advice(crash.cause))
}

fn advice(cause: Cause) -> &'static str {
    match cause {
        Cause::TestTimeout => {
            "Look at what the test's goroutine waits for, and who should have ended that wait."
        }
        Cause::Deadlock => {
            "Nobody is left to wake anybody: look for the sender, the unlock or the Done that is missing on one \
             path."
        }
        Cause::ConcurrentMap => {
            "Guard the map with a mutex at every use, or take a sync.Map; go test -race names both sides."
        }
        Cause::StackOverflow => {
            "End the recursion: the function calls itself without coming nearer to its end."
        }
        Cause::OutOfMemory => {
            "Find what grows with two heap profiles (godiag pprof growth), and bound it; a size that comes from \
             input needs a limit."
        }
        Cause::ThreadExhaustion => "Bound what blocks in system calls or C code: each takes a thread.",
        Cause::Fault => {
            "Look for the nil pointer; if the frames are of C or of unsafe code, for memory that was freed."
        }
        Cause::Signal => "Somebody or something sent the signal: a time-out of the supervisor, or a person.",
        Cause::Race => "Guard both accesses with one mutex, or hand the value over in a channel.",
        Cause::Leak => "Let the test end what it starts: close, cancel, and wait for it.",
        _ => RULE.advice,
    }
}
