//! Which findings make the command fail: what CI needs.

use godiag::diagnose::{Baseline, Comparison, FailOn, Report, rules};

use crate::input;
use crate::outcome::{Outcome, Result};

#[derive(clap::Args)]
#[command(next_help_heading = "For CI")]
pub(crate) struct GateArgs {
    /// Exit with 1 for findings at least this severe, or of these rules: error, warning, info or never, and
    /// ids, such as error,goroutine-leak
    #[arg(long, value_name = "WHAT", default_value = "info")]
    fail_on: FailOn,
    /// Leave out findings of these rules
    #[arg(long, value_name = "ID", value_delimiter = ',', value_parser = id)]
    ignore: Vec<&'static str>,
    /// Leave out findings that are in this file, which --write-baseline wrote
    #[arg(long, value_name = "FILE")]
    baseline: Option<String>,
    /// Write the fingerprints of all findings to this file, and exit with 0
    #[arg(long, value_name = "FILE", conflicts_with = "baseline")]
    write_baseline: Option<String>,
}

fn id(text: &str) -> std::result::Result<&'static str, String> {
    let known = || rules().map(|rule| rule.id);
    known()
        .find(|id| *id == text)
        .ok_or_else(|| format!("no such rule; the rules are {}", known().collect::<Vec<_>>().join(", ")))
}

impl GateArgs {
    /// Leaves out what shall not be shown.
    pub(super) fn apply(&self, report: &mut Report) -> Result<()> {
        report.ignore(&self.ignore);
        if let Some(file) = &self.baseline {
            let baseline =
                Baseline::parse(&input::read(file)?).map_err(|error| input::failure(file, error))?;
            report.suppress(&baseline);
        }
        Ok(())
    }

    /// How the command ends that read `inputs`.
    pub(super) fn outcome(&self, report: &Report, inputs: &[&str]) -> Result {
        if let Some(file) = &self.write_baseline {
            let text = Baseline::of(report).to_string();
            crate::file::write(file, inputs, |out| Ok(out.write_all(text.as_bytes())?))?;
            return Ok(Outcome::Fine);
        }
        Ok(if self.fail_on.is_met(report) { Outcome::Findings } else { Outcome::Fine })
    }

    /// How the command ends that compares two runs.
    pub(super) fn outcome_of(&self, comparison: &Comparison) -> Outcome {
        if comparison.fails(&self.fail_on) { Outcome::Findings } else { Outcome::Fine }
    }
}
