//! Profiles for flame graph viewers.

use std::fs::File;
use std::io::{BufWriter, Write};

use godiag::export::{folded, speedscope, svg};
use godiag::pprof::report::Report;

use super::load;
use super::reports::Args;
use crate::{Failure, Outcome, Result};

#[derive(clap::Args)]
pub(crate) struct ExportArgs {
    /// File to write; standard output without it
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
    #[command(flatten)]
    args: Args,
}

#[derive(clap::Args)]
pub(crate) struct FlamegraphArgs {
    /// Colour by what changed since this profile
    #[arg(long, value_name = "FILE")]
    before: Option<String>,
    /// Title of the picture
    #[arg(long, default_value = "Flame graph")]
    title: String,
    #[command(flatten)]
    export: ExportArgs,
}

#[derive(clap::Args)]
pub(crate) struct UnfoldArgs {
    /// Folded stacks; - is standard input
    #[arg(value_name = "FILE")]
    file: String,
    /// The type of the values
    #[arg(long, default_value = "samples")]
    kind: String,
    /// The unit of the values
    #[arg(long, default_value = "count")]
    unit: String,
    #[command(flatten)]
    output: super::output::OutputArgs,
}

impl ExportArgs {
    /// Gives the report and the place to write it to `print`.
    fn with(
        &self,
        out: &mut impl Write,
        print: impl FnOnce(&Report<'_>, &mut dyn Write) -> std::result::Result<(), Failure>,
    ) -> Result {
        self.args.with(|report| match &self.output {
            Some(file) => {
                let failed =
                    |error: std::io::Error| Failure::Input { file: file.clone(), error: error.into() };
                let mut to = BufWriter::new(File::create(file).map_err(failed)?);
                print(report, &mut to)?;
                to.flush().map_err(failed)
            }
            None => print(report, out),
        })
    }
}

pub(super) fn folded(args: &ExportArgs, out: &mut impl Write) -> Result {
    args.with(out, |report, mut out| Ok(folded::write(report, &mut out)?))
}

pub(super) fn speedscope(args: &ExportArgs, out: &mut impl Write) -> Result {
    args.with(out, |report, mut out| {
        let left_out = speedscope::write(report, args.args.name(), &mut out)?;
        if left_out > 0 {
            writeln!(std::io::stderr(), "godiag: {left_out} stacks of negative value are left out")?;
        }
        Ok(())
    })
}

pub(super) fn flamegraph(args: &FlamegraphArgs, out: &mut impl Write) -> Result {
    let before = args.before.as_deref().map(load::open).transpose()?;
    let options = args.export.args.options()?;
    args.export.with(out, |report, mut out| {
        match &before {
            Some(before) => svg::write_diff(&Report::new(before, &options)?, report, &args.title, &mut out)?,
            None => svg::write(report, &args.title, &mut out)?,
        }
        Ok(())
    })
}

pub(super) fn unfold(args: &UnfoldArgs, out: &mut impl Write) -> Result {
    let bytes = crate::input::read(&args.file)?;
    let profile = folded::read(&bytes, &args.kind, &args.unit)
        .map_err(|error| Failure::Input { file: args.file.clone(), error })?;
    args.output.write(&profile, out)?;
    Ok(Outcome::Fine)
}
