//! Reports that are profiles: written to a file, or to standard output unless that is a terminal.

use std::io::{IsTerminal, Write};

use godiag::pprof::merge::{self, Part};
use godiag::pprof::{Merge, Profile, trim_for_pgo};

use super::load;
use super::reports::Args;
use crate::outcome::{Failure, Outcome, Result};

#[derive(clap::Args)]
pub(crate) struct OutputArgs {
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
}

#[derive(clap::Args)]
pub(crate) struct ProtoArgs {
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    args: Args,
}

#[derive(clap::Args)]
pub(crate) struct MergeArgs {
    #[command(flatten)]
    output: OutputArgs,
    /// Profiles to add up
    #[arg(required = true, value_name = "FILE")]
    profiles: Vec<String>,
    /// Refuse profiles whose sample types differ, instead of keeping the common ones
    #[arg(long)]
    strict: bool,
    /// Multiply the values of each profile by this, in the order of the files
    #[arg(long, value_name = "X,X", value_delimiter = ',')]
    weights: Vec<f64>,
    /// Round weighted values to the nearest number, though small ones are lost; otherwise all weights are
    /// multiplied by what keeps their ratios
    #[arg(long)]
    round: bool,
    /// Write at most this many bytes for go build -pgo, without the lightest calls
    #[arg(long, value_name = "BYTES")]
    max_size: Option<usize>,
}

pub(super) fn proto(args: &ProtoArgs, out: &mut impl Write) -> Result {
    args.args.with(|report| args.output.write(&report.profile(), &args.args.names(), out))
}

pub(super) fn top_proto(args: &ProtoArgs, out: &mut impl Write) -> Result {
    args.args.with(|report| args.output.write(&report.top_profile()?, &args.args.names(), out))
}

pub(super) fn merge(args: &MergeArgs, out: &mut impl Write) -> Result {
    if !args.weights.is_empty() && args.weights.len() != args.profiles.len() {
        let (weights, files) = (args.weights.len(), args.profiles.len());
        return Err(Failure::Usage(format!("{weights} weights for {files} profiles")));
    }
    let mut merge = weighted(args, &args.weights)?;
    if merge.distorted() > 0 && !args.round {
        let (weights, factor) = merge::whole_weights(&args.weights);
        merge = weighted(args, &weights)?;
        writeln!(
            std::io::stderr(),
            "godiag: all values are multiplied by {factor}, so that rounding loses none (--round: do not)"
        )?;
    }
    let mut profile = merge.finish()?;
    if let Some(max) = args.max_size {
        let small = trim_for_pgo(&profile, max)?;
        let (edges, all) = (small.edges, small.all_edges);
        writeln!(
            std::io::stderr(),
            "godiag: {edges} of {all} calls kept, with {:.2} % of the weight",
            small.share * 100.0
        )?;
        profile = small.profile;
    }
    let inputs: Vec<&str> = args.profiles.iter().map(String::as_str).collect();
    args.output.write(&profile, &inputs, out)?;
    Ok(Outcome::Fine)
}

/// The files, added up with `weights`.
fn weighted(args: &MergeArgs, weights: &[f64]) -> Result<Merge> {
    let mut merge = Merge::new().with_common_types(!args.strict);
    for (index, file) in args.profiles.iter().enumerate() {
        let mut part = Part::default();
        if let Some(&weight) = weights.get(index) {
            part.weight = weight;
        }
        load::add(&mut merge, file, &part)?;
    }
    Ok(merge)
}

impl OutputArgs {
    /// Writes a profile that was made from the files `inputs`.
    pub(super) fn write(&self, profile: &Profile, inputs: &[&str], out: &mut impl Write) -> Result<()> {
        match &self.output {
            Some(file) => crate::file::write(file, inputs, |out| Ok(profile.write_gz(out)?)),
            None if std::io::stdout().is_terminal() => {
                Err(Failure::Usage("a profile is not for a terminal: name a file with --output".to_owned()))
            }
            None => Ok(profile.write_gz(out)?),
        }
    }
}
