//! Calls in the way of `go tool pprof`, answered with godiag's form of that very call.
//!
//! Source of the flags: google/pprof, `internal/driver/cli.go`, `config.go` and `commands.go`.

use clap::Subcommand;

use super::Verb;

/// What becomes of one of the tool's flags.
#[derive(Clone, Copy)]
enum Flag {
    /// The same option with two dashes and without underscores.
    Switch,
    /// The same, with a value.
    Value,
    /// Another option.
    Other(&'static str),
    /// Another option, with the value.
    OtherValue(&'static str),
    /// The value is the name of an option.
    Named,
    /// The verb, and its options.
    Verb(&'static str, &'static str),
    /// A verb with a pattern: before the files, or as the option.
    Pattern(&'static str, &'static str),
    /// Graphviz draws it, in this format.
    Drawn(&'static str),
    /// Where the answer goes.
    Output,
    /// For how long a profile is fetched.
    Seconds,
    /// Nothing that is needed here; `true` where a value follows.
    Needless(bool),
}

/// The tool's flags.
fn flag(name: &str) -> Option<Flag> {
    Some(match name {
        "cum"
        | "flat"
        | "functions"
        | "filefunctions"
        | "files"
        | "lines"
        | "addresses"
        | "noinlines"
        | "showcolumns"
        | "call_tree"
        | "relative_percentages"
        | "compact_labels"
        | "mean"
        | "normalize"
        | "drop_negative"
        | "trim"
        | "all_frames" => Flag::Switch,
        "unit" | "source_path" | "trim_path" | "sample_index" | "divide_by" | "tagroot" | "tagleaf"
        | "nodefraction" | "edgefraction" | "focus" | "ignore" | "prune_from" | "hide" | "show"
        | "show_from" | "tagfocus" | "tagignore" | "tagshow" | "taghide" | "base" | "diff_base"
        | "add_comment" => Flag::Value,
        "nodecount" => Flag::OtherValue("--rows"),
        "sort" | "granularity" => Flag::Named,
        "inuse_space" => Flag::Other("--sample-index=inuse_space"),
        "inuse_objects" => Flag::Other("--sample-index=inuse_objects"),
        "alloc_space" => Flag::Other("--sample-index=alloc_space"),
        "alloc_objects" => Flag::Other("--sample-index=alloc_objects"),
        "total_delay" => Flag::Other("--sample-index=delay"),
        "contentions" => Flag::Other("--sample-index=contentions"),
        "mean_delay" => Flag::Other("--sample-index=delay --mean"),
        "top" | "text" => Flag::Verb("top", ""),
        "tree" => Flag::Verb("tree", ""),
        "traces" => Flag::Verb("traces", ""),
        "raw" => Flag::Verb("raw", ""),
        "tags" => Flag::Verb("tags", ""),
        "comments" => Flag::Verb("comments", ""),
        "dot" => Flag::Verb("dot", ""),
        "proto" => Flag::Verb("proto", ""),
        "topproto" => Flag::Verb("topproto", ""),
        "callgrind" | "kcachegrind" => Flag::Verb("callgrind", ""),
        "http" => Flag::Verb("flamegraph", "=value"),
        "peek" => Flag::Pattern("peek", ""),
        "list" | "weblist" => Flag::Pattern("top", "--lines --focus"),
        "disasm" => Flag::Pattern("top", "--addresses --focus"),
        "svg" | "web" | "eog" => Flag::Drawn("svg"),
        "png" => Flag::Drawn("png"),
        "gif" => Flag::Drawn("gif"),
        "pdf" | "evince" => Flag::Drawn("pdf"),
        "ps" | "gv" => Flag::Drawn("ps"),
        "output" | "o" => Flag::Output,
        "seconds" => Flag::Seconds,
        "symbolize" | "buildid" | "timeout" | "tools" => Flag::Needless(true),
        "no_browser" | "intel_syntax" => Flag::Needless(false),
        _ => return None,
    })
}

/// Whether `flag` has a value after it.
fn takes_value(flag: Flag) -> bool {
    match flag {
        Flag::Value
        | Flag::OtherValue(_)
        | Flag::Named
        | Flag::Pattern(..)
        | Flag::Output
        | Flag::Seconds => true,
        Flag::Verb(_, options) => options == "=value",
        Flag::Needless(value) => value,
        Flag::Switch | Flag::Other(_) | Flag::Drawn(_) => false,
    }
}

/// A call, taken apart.
#[derive(Default)]
struct Call {
    verb: Option<String>,
    pattern: Option<String>,
    options: Vec<String>,
    files: Vec<String>,
    output: Option<String>,
    drawn: Option<&'static str>,
    seconds: Option<String>,
    /// Something in it is the tool's way and not godiag's.
    is_tools: bool,
}

/// The command lines that do what `arguments`, which follow `godiag pprof`, ask for in the tool's way; `None` if
/// they are in godiag's.
pub(crate) fn answer(arguments: &[String]) -> Option<String> {
    let mut call = Call::default();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let dashes = argument.len() - argument.trim_start_matches('-').len();
        let (name, given) = match argument.get(dashes..).and_then(|text| text.split_once('=')) {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (argument.get(dashes..).unwrap_or_default(), None),
        };
        match flag(name).filter(|_| (1..=2).contains(&dashes)) {
            Some(flag) => {
                let value = if takes_value(flag) { given.or_else(|| rest.next().cloned()) } else { given };
                // The option has the same name here.
                let is_ours = name == "o"
                    || dashes == 2
                        && matches!(flag, Flag::Switch | Flag::Value | Flag::OtherValue(_) | Flag::Output);
                call.is_tools |= !is_ours;
                call.take(flag, name, value.as_deref());
            }
            // Let clap say what is wrong with it.
            None if dashes == 1 && argument.len() > 2 => return None,
            None if dashes > 0 && argument.len() > 1 => call.options.push(quoted(argument)),
            None if call.verb.is_none() && call.files.is_empty() && Verb::has_subcommand(argument) => {
                call.verb = Some(argument.clone());
            }
            None => call.files.push(argument.clone()),
        }
    }
    if call.verb.as_deref() == Some("peek") && call.pattern.is_none() && !call.files.is_empty() {
        call.pattern = Some(call.files.remove(0));
    }
    if call.files.len() > 1 && call.files.first().is_some_and(|file| is_program(file)) {
        call.is_tools = true;
        call.files.remove(0);
    }
    let is_file = |file: &String| is_address(file) || std::path::Path::new(file).is_file();
    call.is_tools |= call.verb.is_none() && call.files.first().is_some_and(is_file);
    call.is_tools |= call.files.iter().any(|file| is_address(file));
    (call.is_tools && !call.files.is_empty()).then(|| call.written())
}

impl Call {
    fn take(&mut self, flag: Flag, name: &str, value: Option<&str>) {
        let option = format!("--{}", name.replace('_', "-"));
        let value_text = || value.map(quoted).unwrap_or_default();
        match flag {
            Flag::Switch if name == "trim" && value.is_some() => {
                self.options.push(format!("{option}={}", value_text()));
            }
            Flag::Switch if matches!(value, Some("false" | "0" | "f")) => {}
            Flag::Switch => self.options.push(option),
            Flag::Value => self.options.push(format!("{option}={}", value_text())),
            Flag::Other(other) => self.options.push(other.to_owned()),
            Flag::OtherValue(other) => self.options.push(format!("{other}={}", value_text())),
            Flag::Named => self.options.push(format!("--{}", value_text())),
            Flag::Verb(verb, _) => self.verb = Some(verb.to_owned()),
            Flag::Pattern(verb, "") => {
                (self.verb, self.pattern) = (Some(verb.to_owned()), value.map(str::to_owned));
            }
            Flag::Pattern(verb, options) => {
                self.verb = Some(verb.to_owned());
                self.options.push(format!("{options}={}", value_text()));
            }
            Flag::Drawn(format) => (self.verb, self.drawn) = (Some("dot".to_owned()), Some(format)),
            Flag::Output => self.output = value.map(str::to_owned),
            Flag::Seconds => self.seconds = value.map(str::to_owned),
            Flag::Needless(_) => {}
        }
    }

    fn written(mut self) -> String {
        let mut lines = Vec::new();
        for (number, file) in (1..).zip(&mut self.files) {
            if is_address(file) {
                let name =
                    if number == 1 { "profile.pb.gz".to_owned() } else { format!("profile-{number}.pb.gz") };
                let address = std::mem::replace(file, name.clone());
                lines.push(format!("curl -o {name} {}", quoted(&url(&address, self.seconds.as_deref()))));
            }
        }
        let verb = self.verb.as_deref().unwrap_or("top");
        let mut words = vec!["godiag pprof".to_owned(), verb.to_owned()];
        words.extend(self.options.iter().cloned());
        words.extend(self.pattern.iter().chain(&self.files).map(|word| quoted(word)));
        let output = match (verb, self.drawn, &self.output) {
            (_, Some(format), Some(output)) => format!(" | dot -T{format} > {}", quoted(output)),
            (_, Some(format), None) => format!(" | dot -T{format} > graph.{format}"),
            ("flamegraph", _, None) => " --output=graph.svg".to_owned(),
            ("proto" | "topproto" | "flamegraph" | "merge", _, Some(output)) => {
                format!(" --output={}", quoted(output))
            }
            (_, _, Some(output)) => format!(" > {}", quoted(output)),
            (_, _, None) => String::new(),
        };
        lines.push(words.join(" ") + &output);
        lines.join("\n")
    }
}

/// Whether `file` is fetched by the tool.
fn is_address(file: &str) -> bool {
    file.starts_with("http://") || file.starts_with("https://")
}

fn url(address: &str, seconds: Option<&str>) -> String {
    match seconds {
        None => address.to_owned(),
        Some(seconds) => {
            let sign = if address.contains('?') { '&' } else { '?' };
            format!("{address}{sign}seconds={seconds}")
        }
    }
}

/// Whether the file at `path` is a program: ELF, Mach-O or PE.
fn is_program(path: &str) -> bool {
    let mut magic = [0; 4];
    let read =
        std::fs::File::open(path).and_then(|mut file| std::io::Read::read_exact(&mut file, &mut magic));
    let is_macho =
        |magic: [u8; 4]| matches!(magic, [0xfe, 0xed, 0xfa, 0xce | 0xcf] | [0xce | 0xcf, 0xfa, 0xed, 0xfe]);
    read.is_ok() && (magic == *b"\x7fELF" || is_macho(magic) || magic.starts_with(b"MZ"))
}

/// `word` as a shell takes it, and as a terminal may show it.
fn quoted(word: &str) -> String {
    let word = godiag::Printable(word.as_bytes()).to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word;
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_of_the_tool_have_a_form_here() {
        for (call, expected) in [
            ("-top cpu.pb.gz", "godiag pprof top cpu.pb.gz"),
            ("-text -cum -nodecount=5 cpu.pb.gz", "godiag pprof top --cum --rows=5 cpu.pb.gz"),
            ("top -cum cpu.pb.gz", "godiag pprof top --cum cpu.pb.gz"),
            ("-top -inuse_space heap.pb.gz", "godiag pprof top --sample-index=inuse_space heap.pb.gz"),
            ("--inuse_space top heap.pb.gz", "godiag pprof top --sample-index=inuse_space heap.pb.gz"),
            ("-mean_delay -top m.pb.gz", "godiag pprof top --sample-index=delay --mean m.pb.gz"),
            ("-focus main.(*T).f -top a.pb.gz", "godiag pprof top --focus='main.(*T).f' a.pb.gz"),
            ("-peek=main.f a.pb.gz", "godiag pprof peek main.f a.pb.gz"),
            ("peek -cum main.f a.pb.gz", "godiag pprof peek --cum main.f a.pb.gz"),
            ("-list=main a.pb.gz", "godiag pprof top --lines --focus=main a.pb.gz"),
            ("-sort=cum -granularity=lines -top a", "godiag pprof top --cum --lines a"),
            ("-trim=false -cum=false -tree a", "godiag pprof tree --trim=false a"),
            ("-svg -output g.svg a", "godiag pprof dot a | dot -Tsvg > g.svg"),
            ("-http=:8080 a", "godiag pprof flamegraph a --output=graph.svg"),
            ("-http :8080 a", "godiag pprof flamegraph a --output=graph.svg"),
            ("-proto -output=o.pb.gz -base b a", "godiag pprof proto --base=b a --output=o.pb.gz"),
            ("-symbolize=none -no_browser -top a", "godiag pprof top a"),
            ("-top a\x1b[31m", "godiag pprof top 'a\\x1b[31m'"),
            (
                "-seconds=5 http://host/debug/pprof/profile",
                "curl -o profile.pb.gz 'http://host/debug/pprof/profile?seconds=5'\ngodiag pprof top profile.pb.gz",
            ),
        ] {
            let words: Vec<String> = call.split(' ').map(str::to_owned).collect();
            assert_eq!(answer(&words).as_deref(), Some(expected), "{call}");
        }
    }

    #[test]
    fn calls_in_our_way_are_left_alone() {
        for call in [
            "top cpu.pb.gz",
            "top --cum --focus=x --nodecount 5 cpu.pb.gz",
            "merge -o out.pb.gz a b",
            "top -x cpu.pb.gz",
            "top --no-such-option a",
            "flamegraph --output x.svg a",
            "--help",
            "-h",
            "top -",
            "",
        ] {
            let words: Vec<String> =
                call.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
            assert_eq!(answer(&words), None, "{call}");
        }
    }
}
