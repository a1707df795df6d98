//! The commands to go on with: where the proof of the first findings can be seen whole.

use crate::diagnose::finding::{Evidence, Finding, Source};
use crate::diagnose::report::Report;
use crate::text::Printable;

/// How many commands are named.
const COMMANDS: usize = 3;

impl Report {
    /// Commands that show more about the first findings; inputs are in `folder`, if that is not empty.
    pub(super) fn next_commands(&self, folder: &str) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for finding in self.shown() {
            let command = finding.evidence.first().map(|evidence| command(finding, evidence, folder));
            if let Some(command) = command.filter(|command| !out.contains(command)) {
                out.push(command);
            }
            if out.len() == COMMANDS {
                break;
            }
        }
        out.extend(self.shown().next().map(|first| format!("godiag diagnose --explain {}", first.id())));
        out
    }
}

fn command(finding: &Finding, evidence: &Evidence, folder: &str) -> String {
    let function = || {
        let name =
            finding.subject.function.as_ref().map_or_else(|| ".".to_owned(), |name| pattern(name.as_bytes()));
        quoted(&name)
    };
    let verb = match evidence.source {
        Source::Trace => format!("trace {}", trace_verb(finding.id())),
        Source::CpuProfile => format!("pprof peek {}", function()),
        Source::HeapProfile if finding.id() == "heap-growth" => {
            "pprof top --sample-index inuse_space".to_owned()
        }
        Source::HeapProfile => "pprof top --sample-index alloc_space".to_owned(),
        Source::MutexProfile | Source::BlockProfile => "pprof contention".to_owned(),
        Source::GoroutineProfile | Source::GoroutineLeakProfile => "pprof goroutines".to_owned(),
        Source::CrashLog => "pprof crash".to_owned(),
        Source::OtherProfile => "pprof top".to_owned(),
        Source::Compiler => format!("asm decisions --focus {}", function()),
    };
    let path = |name: &str| {
        let folder = folder.trim_end_matches('/');
        quoted(&if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") })
    };
    let files: Vec<_> = evidence.input.split(", ").map(path).collect();
    format!("godiag {verb} {}", files.join(" "))
}

/// The verb whose tables have what the rule looks at.
fn trace_verb(id: &str) -> &'static str {
    const VERBS: [(&str, &[&str]); 4] = [
        ("gc", &["gc-", "stw-", "mmu", "memory-limit", "heap-growth"]),
        ("sched", &["sched-latency", "idle-with-work", "gomaxprocs", "stalled", "no-preempt", "yield-storm"]),
        ("syscalls", &["syscall-long", "busy-threads", "netpoll-starved"]),
        (
            "goroutines",
            &["churn", "piling-up", "pile-up", "goroutines", "never-woken", "stuck-group", "forever"],
        ),
    ];
    let is = |(_, ids): &&(&str, &[&str])| ids.iter().any(|prefix| id.starts_with(prefix));
    match VERBS.iter().find(is) {
        Some((verb, _)) => verb,
        None if [
            "pool-wait",
            "lock-holder",
            "slow-call",
            "polling",
            "one-by-one",
            "hot-path",
            "serial-stage",
        ]
        .contains(&id) =>
        {
            "budget"
        }
        None => "blocking",
    }
}

/// A regular expression that is just this name.
fn pattern(name: &[u8]) -> String {
    let mut out = String::new();
    for c in String::from_utf8_lossy(name).chars() {
        if ".+*?()|[]{}^$\\".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A word as a shell takes it, safe to print.
fn quoted(word: &str) -> String {
    let word = Printable(word.as_bytes()).to_string();
    let is_plain = |c: char| c.is_alphanumeric() || "-_./+:@%=,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_can_be_pasted() {
        assert_eq!(quoted("a/cpu.pb.gz"), "a/cpu.pb.gz");
        assert_eq!(quoted("it's; rm"), "'it'\\''s; rm'");
        assert_eq!(quoted(&pattern(b"main.(*T).f")), "'main\\.\\(\\*T\\)\\.f'");
    }
}
