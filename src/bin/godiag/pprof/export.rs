//! Profiles for flame graph viewers.

use std::io::Write;

use godiag::export::flame::{self, FlameGraph};
use godiag::export::{folded, speedscope};
use godiag::pprof::Profile;
use godiag::pprof::report::Report;

use super::load;
use super::reports::Args;
use crate::outcome::{Failure, Outcome, Result};

#[derive(clap::Args)]
pub(crate) struct ExportArgs {
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
    #[command(flatten)]
    args: Args,
}

#[derive(clap::Args)]
pub(crate) struct FlamegraphArgs {
    /// Colour by what changed since this profile; --normalize scales to it
    #[arg(long, value_name = "FILE")]
    before: Option<String>,
    /// Set the title of the picture, the file's name by default
    #[arg(long)]
    title: Option<String>,
    /// Draw at most this many frames, the widest ones
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    max_frames: usize,
    /// Draw at most this many frames of a stack, from the root
    #[arg(long, value_name = "N", default_value_t = 256)]
    max_depth: usize,
    #[command(flatten)]
    export: ExportArgs,
}

#[derive(clap::Args)]
pub(crate) struct UnfoldArgs {
    /// Folded stacks; - is standard input
    #[arg(value_name = "FILE")]
    file: String,
    /// Set the type of the values
    #[arg(long, default_value = "samples")]
    kind: String,
    /// Set the unit of the values
    #[arg(long, default_value = "count")]
    unit: String,
    #[command(flatten)]
    output: super::output::OutputArgs,
}

impl ExportArgs {
    /// Passes the report and its destination to `print`; `before` is an earlier profile beside it.
    fn with(
        &self,
        before: Option<&Profile>,
        out: &mut impl Write,
        print: impl FnOnce(&Report<'_>, &mut dyn Write) -> Result<()>,
    ) -> Result {
        self.args.with_before(before, |report| match &self.output {
            Some(file) => crate::file::write(file, &self.args.names(), |out| print(report, out)),
            None => print(report, out),
        })
    }
}

pub(super) fn folded(args: &ExportArgs, out: &mut impl Write) -> Result {
    args.args.refuse_without_print("folded stacks")?;
    args.with(None, out, |report, mut out| Ok(folded::write(report, &mut out)?))
}

pub(super) fn speedscope(args: &ExportArgs, out: &mut impl Write) -> Result {
    args.args.refuse_without_print("speedscope's form")?;
    args.with(None, out, |report, mut out| {
        let left_out = speedscope::write(report, args.args.name(), &mut out)?;
        if left_out > 0 {
            writeln!(std::io::stderr(), "godiag: {left_out} stacks of negative value are left out")?;
        }
        Ok(())
    })
}

pub(super) fn flamegraph(args: &FlamegraphArgs, out: &mut impl Write) -> Result {
    args.export.args.refuse_without_rows("a flame graph")?;
    let before = args.before.as_deref().map(load::open).transpose()?;
    let options = args.export.args.options()?;
    let file = std::path::Path::new(args.export.args.name());
    let file = file.file_name().map(|name| name.to_string_lossy().into_owned());
    let title = args.title.clone().or(file).unwrap_or_else(|| "Flame graph".to_owned());
    let picture = flame::Options::default()
        .with_title(title)
        .with_max_frames(args.max_frames)
        .with_max_depth(args.max_depth);
    args.export.with(before.as_ref(), out, |report, mut out| {
        let before = before.as_ref().map(|before| Report::new(before, &options)).transpose()?;
        let graph = match &before {
            Some(before) => FlameGraph::difference(before, report, &picture)?,
            None => FlameGraph::new(report, &picture)?,
        };
        if !graph.omitted().is_nothing() {
            writeln!(std::io::stderr(), "godiag: {}", graph.omitted())?;
        }
        Ok(graph.write(&mut out)?)
    })
}

pub(super) fn unfold(args: &UnfoldArgs, out: &mut impl Write) -> Result {
    let bytes = crate::input::read(&args.file)?;
    let profile = folded::read(&bytes, &args.kind, &args.unit)
        .map_err(|error| Failure::Input { file: args.file.clone(), error })?;
    args.output.write(&profile, &[&args.file], out)?;
    Ok(Outcome::Fine)
}
