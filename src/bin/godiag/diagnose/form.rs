//! How a report is printed.

use std::io::Write;
use std::path::Path;

use godiag::diagnose::{Comparison, Report};
use godiag::export::sarif;

use super::terminal::TerminalArgs;
use crate::outcome::Result;

/// How a report is printed.
#[derive(clap::Args)]
pub(crate) struct Form {
    /// Print one JSON object with all that the text has
    #[arg(long, group = "form")]
    json: bool,
    /// Print Markdown
    #[arg(long, group = "form")]
    markdown: bool,
    /// Print SARIF 2.1.0
    #[arg(long, group = "form")]
    sarif: bool,
    #[command(flatten)]
    terminal: TerminalArgs,
}

impl Form {
    /// Prints a report about the files and folders at `paths`.
    pub(crate) fn write(&self, report: &Report, paths: &[String], out: &mut impl Write) -> Result<()> {
        if self.json {
            serde_json::to_writer_pretty(&mut *out, report)?;
            writeln!(out)?;
        } else if self.markdown {
            report.write_markdown(out)?;
        } else if self.sarif {
            sarif::write_report_with(report, roots(paths), out)?;
        } else {
            report.write_text_with(out, &self.terminal.options().with_folder(folder(paths)))?;
        }
        Ok(())
    }
}

impl Form {
    /// Prints a comparison of two runs.
    pub(super) fn write_comparison(&self, comparison: &Comparison, out: &mut impl Write) -> Result<()> {
        if self.json {
            serde_json::to_writer_pretty(&mut *out, comparison)?;
            writeln!(out)?;
        } else if self.markdown {
            comparison.write_markdown(out)?;
        } else {
            comparison.write_text(out, &self.terminal.options())?;
        }
        Ok(())
    }
}

/// The folder that the inputs are in, if only one was given: a report names them without it.
fn folder(paths: &[String]) -> &str {
    match paths {
        [only] if Path::new(only).is_dir() && only != "." => only,
        _ => "",
    }
}

/// Where sources are, seen from the current directory, which is taken for the repository's root: there, and
/// in each module whose `go.mod` is there or in a given folder.
fn roots(paths: &[String]) -> sarif::Roots {
    let mut roots = sarif::Roots::default();
    if let Ok(here) = std::env::current_dir() {
        roots = roots.with(here.to_string_lossy().as_bytes(), "");
    }
    for folder in [""].into_iter().chain(paths.iter().map(String::as_str)) {
        if let Some(module) =
            module(&Path::new(folder).join("go.mod")).filter(|_| Path::new(folder).is_relative())
        {
            let folder = folder.trim_start_matches("./");
            roots = roots.with(module, if folder == "." { "" } else { folder });
        }
    }
    roots
}

/// The path of the module that a `go.mod` declares.
fn module(file: &Path) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.trim().strip_prefix("module "))?;
    Some(line.split("//").next()?.trim().trim_matches('"').to_owned())
}
