//! `godiag pprof goroutines`: what goroutines do, how their groups grow, and which of them look like a leak.

use std::fmt::Write as _;
use std::io::Write;

use godiag::pprof::goroutine::{
    Evidence, Group, GroupBy, GroupFrame, Growth, Member, Snapshot, Suspect, SuspectOptions, growth, suspects,
};
use godiag::pprof::{GoroutineDump, Profile, ReadOptions};
use godiag::{Input, Kind, Printable};
use serde::Serialize;

use crate::input;
use crate::options::Rows;
use crate::outcome::{Failure, Outcome, Result};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Goroutine profiles (debug=0, 1 or 2), crash logs; three or more, in the order of time, show growth
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Split groups by this, besides stack and wait class
    #[arg(long, value_delimiter = ',', value_name = "WHAT")]
    by: Vec<By>,
    #[command(flatten)]
    rows: Rows,
    /// Report groups that gained at least this many goroutines
    #[arg(long, default_value_t = 10, value_name = "N")]
    min_growth: u64,
    /// Report groups of at least this many goroutines as pile-ups
    #[arg(long, default_value_t = 5000, value_name = "N")]
    pile_up: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum By {
    State,
    Creator,
    Labels,
    Lines,
}

/// One input, and its damage.
#[derive(Serialize)]
struct File {
    file: String,
    goroutines: u64,
    groups: usize,
    /// Unknown lines of a dump.
    unknown_lines: u64,
    /// Something is missing, from this line on if it is a dump.
    damaged: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    damaged_line: Option<u64>,
    #[serde(skip)]
    snapshot: Snapshot,
}

/// One goroutine, for programs.
#[derive(Serialize)]
struct Row<'a> {
    file: &'a str,
    #[serde(flatten)]
    member: &'a Member,
    /// The id of its row in `groups`.
    group: Option<&'a str>,
    class: &'static str,
    stack: Vec<String>,
}

#[derive(Serialize)]
struct Report<'a> {
    files: &'a [File],
    goroutines: Vec<Row<'a>>,
    groups: Vec<&'a Growth>,
    suspects: &'a [Suspect],
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result {
    let is = |by| args.by.contains(&by);
    let by = GroupBy::default()
        .with_state(is(By::State))
        .with_creator(is(By::Creator))
        .with_labels(is(By::Labels))
        .with_lines(is(By::Lines));
    let files: Vec<File> =
        args.files.iter().map(|file| open(file, by)).collect::<std::result::Result<_, _>>()?;
    let snapshots: Vec<Snapshot> = files.iter().map(|file| file.snapshot.clone()).collect();
    let options = SuspectOptions::default().with_min_growth(args.min_growth).with_pile_up(args.pile_up);
    let (groups, suspects) = (growth(&snapshots), suspects(&snapshots, &options));
    if args.json {
        let report = Report {
            files: &files,
            goroutines: files.iter().enumerate().flat_map(|(at, file)| rows(at, file, &groups)).collect(),
            groups: groups.iter().collect(),
            suspects: &suspects,
        };
        crate::print::json(&report, out)?;
    } else {
        print(args, &files, &groups, &suspects, out)?;
    }
    let is_fine = suspects.is_empty() && files.iter().all(|file| !file.damaged);
    Ok(if is_fine { Outcome::Fine } else { Outcome::Findings })
}

fn open(file: &str, by: GroupBy) -> Result<File> {
    let failed = |error| Failure::Input { file: file.to_owned(), error };
    let input = Input::parse(input::read(file)?).map_err(failed)?;
    let (snapshot, unknown_lines, damaged, damaged_line) = if input.kind() == Some(Kind::Goroutines) {
        let dump = GoroutineDump::parse_with(input.as_bytes(), &ReadOptions::lenient()).map_err(failed)?;
        let defects = dump.defects();
        let damaged = defects.is_damaged();
        let damaged_line = damaged.then_some(defects.first_damaged_line);
        (Snapshot::of_dump(&dump, by), defects.unknown_lines, damaged, damaged_line)
    } else {
        let (profile, defects) =
            Profile::parse_with(input.as_bytes(), &ReadOptions::lenient()).map_err(failed)?;
        let kind = profile.sample_types().first().map_or(&b""[..], |ty| profile.string(ty.kind));
        if !kind.starts_with(b"goroutine") {
            let kind = Printable(kind).to_string();
            return Err(Failure::Usage(format!("{file}: a profile of {kind:?}, not of goroutines")));
        }
        (Snapshot::of_profile(&profile, by), 0, defects.is_fatal(), None)
    };
    let (goroutines, groups) = (snapshot.total(), snapshot.groups().len());
    Ok(File { file: file.to_owned(), goroutines, groups, unknown_lines, damaged, damaged_line, snapshot })
}

/// The goroutines of `file`, the `at`th one, each with the id of its row in `groups`.
fn rows<'a>(at: usize, file: &'a File, groups: &'a [Growth]) -> impl Iterator<Item = Row<'a>> {
    let own = file.snapshot.groups();
    let mut row_of = vec![None; own.len()];
    for row in groups {
        for &group in row.members.get(at).into_iter().flatten() {
            if let Some(slot) = row_of.get_mut(group) {
                *slot = Some(row);
            }
        }
    }
    file.snapshot.members().iter().map(move |member| {
        let row = row_of.get(member.group).copied().flatten();
        let stack = own.get(member.group).map_or(&[][..], |group| &group.stack);
        Row {
            file: &file.file,
            member,
            group: row.map(|row| &*row.id),
            class: row.map_or("unknown", |row| row.group.class.name()),
            stack: stack.iter().map(|frame| frame.func.to_string()).collect(),
        }
    })
}

fn print(
    args: &Args,
    files: &[File],
    groups: &[Growth],
    suspects: &[Suspect],
    out: &mut impl Write,
) -> std::io::Result<()> {
    for file in files {
        let name = Printable(file.file.as_bytes());
        write!(out, "{name}: {} goroutines in {} groups", file.goroutines, file.groups)?;
        if file.unknown_lines > 0 {
            write!(out, "; {} lines that are not Go's", file.unknown_lines)?;
        }
        match file.damaged_line {
            Some(line) => writeln!(out, "; damaged: something is missing at line {line}")?,
            None if file.damaged => writeln!(out, "; damaged: some are missing")?,
            None => writeln!(out)?,
        }
    }
    let shown = args.rows.most();
    for row in groups.iter().take(shown) {
        let mut counts = String::new();
        for count in &row.counts {
            let _ = write!(counts, "{count:>8}");
        }
        writeln!(out)?;
        writeln!(out, "{counts}  {}{}", row.group.class.name(), traits(&row.group))?;
        for same in row.group.stack.chunk_by(|a, b| a == b) {
            print_frame(same, files.len(), out)?;
        }
    }
    if groups.len() > shown {
        writeln!(out, "\n{} more groups", groups.len() - shown)?;
    }
    if !suspects.is_empty() {
        writeln!(out, "\nSuspects:")?;
    }
    for suspect in suspects {
        let evidence: Vec<String> =
            suspect.evidence.iter().map(|evidence| describe(evidence, suspect)).collect();
        writeln!(out, "  {}: {}", suspect.group.title(), evidence.join("; "))?;
    }
    Ok(())
}

/// A group's traits besides its wait class. Where its goroutines differ, with how many have each.
fn traits(group: &Group) -> String {
    let states = group.states.iter().map(|(state, count)| (Printable(state).to_string(), *count));
    let creators = group.creators.iter().map(|(creator, count)| (creator.to_string(), *count));
    let labels = group
        .labels
        .iter()
        .map(|((key, value), count)| (format!("{}={}", Printable(key), Printable(value)), *count));
    let mut text = String::new();
    if !group.states.is_empty() {
        let _ = write!(text, " [{}]", counted(states, group.count));
    }
    if group.max_minutes > 0 {
        let _ = write!(text, ", up to {} minutes", group.max_minutes);
    }
    if !group.creators.is_empty() {
        let _ = write!(text, ", created by {}", counted(creators, group.count));
    }
    if !group.labels.is_empty() {
        let _ = write!(text, ", {}", counted(labels, group.count));
    }
    text
}

/// The most frequent of `values`, with their counts unless one is all.
fn counted(values: impl ExactSizeIterator<Item = (String, u64)>, all: u64) -> String {
    const SHOWN: usize = 3;
    let more = values.len().saturating_sub(SHOWN);
    let show =
        |(value, count): (String, u64)| if count == all { value } else { format!("{value} ({count})") };
    let mut text = values.take(SHOWN).map(show).collect::<Vec<_>>().join(", ");
    if more > 0 {
        let _ = write!(text, ", {more} more");
    }
    text
}

/// Prints a frame, or several of recursion that are the same.
fn print_frame(same: &[GroupFrame], files: usize, out: &mut impl Write) -> std::io::Result<()> {
    let Some(frame) = same.first() else { return Ok(()) };
    write!(out, "{:width$}  {}", "", frame.func, width = 8 * files)?;
    if !frame.file.is_empty() {
        write!(out, " {}:{}", Printable(&frame.file), frame.line)?;
    }
    if same.len() > 1 {
        write!(out, " × {}", same.len())?;
    }
    writeln!(out)
}

fn describe(evidence: &Evidence, suspect: &Suspect) -> String {
    let waits = suspect.group.class.name();
    let many = if suspect.is_idle { "idle ones" } else { "goroutines" };
    match evidence {
        Evidence::Leaked { count } => format!("{count} found unreachable by the runtime ({waits})"),
        Evidence::Growing { counts } => {
            let counts: Vec<String> = counts.iter().map(ToString::to_string).collect();
            format!("grows {} ({waits})", counts.join(" → "))
        }
        Evidence::Forever { count } => format!("{count} can never go on ({waits})"),
        Evidence::Stale { count, minutes } => format!("{count} wait for up to {minutes} minutes ({waits})"),
        Evidence::PileUp { count } => format!("{count} {many} ({waits})"),
        _ => format!("{evidence:?}"),
    }
}
