//! `godiag pprof crash`: why a program ended, which goroutine it was, and where.

use std::io::Write;

use godiag::pprof::goroutine::{Access, AccessKind, Crash, CreatedBy, Frame, Goroutine, Note, recursion};
use godiag::pprof::{GoroutineDump, ReadOptions};
use godiag::{Input, Kind, Printable};
use serde::Serialize;

use crate::input;
use crate::outcome::{Failure, Outcome, Result};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Logs with crashes in them
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Print one JSON object per crash
    #[arg(long)]
    json: bool,
    /// Print the registers, where the crash has them
    #[arg(long)]
    registers: bool,
}

/// One crash, for people and programs.
#[derive(Serialize)]
struct Shown {
    file: String,
    /// The line at which it begins.
    line: u64,
    cause: &'static str,
    #[serde(skip)]
    title: &'static str,
    message: String,
    panics: Vec<PanicRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    culprit: Option<Culprit>,
    /// The frame where it happened.
    site: Option<FrameRow>,
    /// The goroutines with that function on their stacks.
    also_there: Vec<u64>,
    tests: Vec<String>,
    accesses: Vec<AccessRow>,
    goroutines: usize,
    registers: Vec<(String, u64)>,
    damaged: bool,
}

#[derive(Serialize)]
struct PanicRow {
    message: String,
    recovered: bool,
    repanicked: bool,
    site: Option<FrameRow>,
}

#[derive(Serialize)]
struct FrameRow {
    func: String,
    file: String,
    line: u64,
}

#[derive(Serialize)]
struct Culprit {
    goroutine: u64,
    state: String,
    stack: Vec<FrameRow>,
    recursion: Vec<RecursionRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    elided: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creator: Option<FrameRow>,
}

#[derive(Serialize)]
struct RecursionRow {
    /// The functions of one round, leaf first.
    round: Vec<String>,
    /// Index and number of its frames on the stack.
    start: usize,
    frames: usize,
    /// With the frames that Go left out.
    times: u64,
}

#[derive(Serialize)]
struct AccessRow {
    kind: AccessKind,
    previous: bool,
    address: u64,
    goroutine: u64,
    state: String,
    stack: Vec<FrameRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creator: Option<FrameRow>,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result {
    let mut outcome = Outcome::Fine;
    for file in &args.files {
        let failed = |error| Failure::Input { file: file.clone(), error };
        let input = Input::parse(input::read(file)?).map_err(failed)?;
        if input.kind() != Some(Kind::Goroutines) {
            let what = input.format().describe();
            return Err(Failure::Usage(format!("{file}: this is {what}, without any crash")));
        }
        let dump = GoroutineDump::parse_with(input.as_bytes(), &ReadOptions::lenient()).map_err(failed)?;
        let mut crashes = dump.crashes().peekable();
        if crashes.peek().is_none() && !args.json {
            let count = dump.goroutines().len();
            writeln!(out, "{}: no crash; {count} goroutines", Printable(file.as_bytes()))?;
        }
        for crash in crashes {
            outcome = Outcome::Findings;
            let shown = Shown::new(file, &crash, dump.defects().is_damaged(), args.registers || args.json);
            if args.json {
                crate::print::json(&shown, out)?;
            } else {
                shown.print(out)?;
            }
        }
    }
    Ok(outcome)
}

impl Shown {
    fn new(file: &str, crash: &Crash<'_>, damaged: bool, with_registers: bool) -> Self {
        let register = |note| match note {
            Note::Register { name, value } if with_registers => Some((text(name), value)),
            _ => None,
        };
        let test = |note| match note {
            Note::RunningTest { name, elapsed } => Some(format!("{} ({})", text(name), text(elapsed))),
            _ => None,
        };
        let signal = crash.signal().and_then(|note| match note {
            Note::PanicSignal { name, code, addr, pc } => {
                Some(format!("{} code={code:#x} addr={addr:#x} pc={pc:#x}", text(name)))
            }
            _ => None,
        });
        let panics = crash.panics().into_iter().map(|panic| PanicRow {
            message: text(panic.message),
            recovered: panic.is_recovered,
            repanicked: panic.is_repanicked,
            site: panic.site.as_ref().map(FrameRow::new),
        });
        Self {
            file: file.to_owned(),
            line: crash.line(),
            cause: crash.cause().name(),
            title: crash.cause().describe(),
            message: text(crash.message()),
            panics: panics.collect(),
            signal,
            culprit: crash.culprit().map(|goroutine| Culprit::new(&goroutine)),
            site: crash.site().as_ref().map(FrameRow::new),
            also_there: crash.also_there().iter().map(Goroutine::id).collect(),
            tests: crash.notes().filter_map(test).collect(),
            accesses: crash
                .race()
                .into_iter()
                .flat_map(|race| race.accesses())
                .map(AccessRow::from)
                .collect(),
            goroutines: crash.goroutines().len(),
            registers: crash.notes().filter_map(register).collect(),
            damaged,
        }
    }

    fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        write!(out, "{}:{}: {}", Printable(self.file.as_bytes()), self.line, self.title)?;
        let mut lines = self.message.lines();
        if let Some(first) = lines.next() {
            write!(out, ": {}", Printable(first.as_bytes()))?;
        }
        writeln!(out)?;
        for line in lines {
            writeln!(out, "    {}", Printable(line.trim_start().as_bytes()))?;
        }
        if let Some(site) = &self.site {
            writeln!(out, "  at {site}")?;
        }
        if let Some(signal) = &self.signal {
            writeln!(out, "  signal {}", Printable(signal.as_bytes()))?;
        }
        for panic in self.panics.iter().skip(1) {
            let message = panic.message.lines().next().unwrap_or_default();
            write!(out, "  then panic: {}", Printable(message.as_bytes()))?;
            match &panic.site {
                Some(site) => writeln!(out, ", at {site}")?,
                None => writeln!(out)?,
            }
        }
        for test in &self.tests {
            writeln!(out, "  running test {}", Printable(test.as_bytes()))?;
        }
        if self.accesses.is_empty() {
            if let Some(culprit) = &self.culprit {
                culprit.print(out)?;
            }
        }
        for access in &self.accesses {
            access.print(out)?;
        }
        if !self.also_there.is_empty() {
            let ids: Vec<String> = self.also_there.iter().take(20).map(ToString::to_string).collect();
            let more = if self.also_there.len() > ids.len() { ", …" } else { "" };
            writeln!(out, "  {} more in that function: {}{more}", self.also_there.len(), ids.join(", "))?;
        }
        for (name, value) in &self.registers {
            writeln!(out, "  {:<8} {value:#x}", Printable(name.as_bytes()).to_string())?;
        }
        let damaged = if self.damaged { "; damaged: something is missing" } else { "" };
        let goroutines = if self.goroutines == 1 { "goroutine" } else { "goroutines" };
        writeln!(out, "  {} {goroutines}{damaged}", self.goroutines)
    }
}

impl Culprit {
    fn new(goroutine: &Goroutine<'_>) -> Self {
        let recursion = recursion(goroutine).into_iter().map(|found| RecursionRow {
            round: found.round.iter().map(|frame| text(frame.func)).collect(),
            start: found.start,
            frames: found.frames,
            times: found.times,
        });
        Self {
            goroutine: goroutine.id(),
            state: text(goroutine.header().state),
            stack: goroutine.frames().map(|frame| FrameRow::new(&frame)).collect(),
            recursion: recursion.collect(),
            elided: goroutine.elided(),
            creator: goroutine.created_by().as_ref().map(FrameRow::creator),
        }
    }

    fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        writeln!(out, "  goroutine {} [{}]", self.goroutine, Printable(self.state.as_bytes()))?;
        let (mut at, mut circles) = (0, self.recursion.iter().peekable());
        while at < self.stack.len() {
            if let Some(circle) = circles.next_if(|circle| circle.start == at) {
                let round: Vec<String> =
                    circle.round.iter().map(|func| Printable(func.as_bytes()).to_string()).collect();
                writeln!(out, "    {} × {}", circle.times, round.join(" ← "))?;
                at += circle.frames.max(1);
                continue;
            }
            if let Some(frame) = self.stack.get(at) {
                writeln!(out, "    {frame}")?;
            }
            at += 1;
        }
        if let Some(elided) = self.elided {
            writeln!(out, "    {elided} frames elided")?;
        }
        match &self.creator {
            Some(creator) => writeln!(out, "    created by {creator}"),
            None => Ok(()),
        }
    }
}

impl AccessRow {
    fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        let kind = if self.kind == AccessKind::Write { "write" } else { "read" };
        let earlier = if self.previous { "earlier " } else { "" };
        let state = Printable(self.state.as_bytes());
        writeln!(out, "  {earlier}{kind} of {:#x} by goroutine {} [{state}]", self.address, self.goroutine)?;
        for frame in &self.stack {
            writeln!(out, "    {frame}")?;
        }
        match &self.creator {
            Some(creator) => writeln!(out, "    created by {creator}"),
            None => Ok(()),
        }
    }
}

impl From<Access<'_>> for AccessRow {
    fn from(access: Access<'_>) -> Self {
        let goroutine = access.goroutine;
        Self {
            kind: access.kind,
            previous: access.is_previous,
            address: access.address,
            goroutine: goroutine.id(),
            state: text(goroutine.header().state),
            stack: goroutine.frames().map(|frame| FrameRow::new(&frame)).collect(),
            creator: goroutine.created_by().as_ref().map(FrameRow::creator),
        }
    }
}

impl FrameRow {
    fn new(frame: &Frame<'_>) -> Self {
        Self { func: text(frame.func), file: text(frame.file), line: frame.line }
    }

    fn creator(created: &CreatedBy<'_>) -> Self {
        Self { func: text(created.func), file: text(created.file), line: created.line }
    }
}

impl std::fmt::Display for FrameRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (func, file) = (Printable(self.func.as_bytes()), Printable(self.file.as_bytes()));
        write!(f, "{func} {file}:{}", self.line)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
