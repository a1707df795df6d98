//! The reports of `go tool pprof`.

use std::io::Write;

use godiag::Printable;
use godiag::pprof::Profile;
use godiag::pprof::filter::Pattern;
use godiag::pprof::report::{Options, Report};

use super::load::FileArgs;
use super::options::ReportArgs;
use crate::outcome::{Failure, Outcome, Result};

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    files: FileArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    report: ReportArgs,
}

impl Args {
    pub(super) fn options(&self) -> Result<Options> {
        self.report.options()
    }

    /// Refuses the options that choose, order or trim rows, and those of labels, for a picture of stacks.
    pub(super) fn refuse_without_rows(&self, output: &str) -> Result<()> {
        let option = if self.json { Some("--json") } else { self.report.row_option() };
        refuse(option.or_else(|| self.report.label_option()), output)
    }

    /// Refuses also the options that say how values are printed, for files with bare numbers.
    pub(super) fn refuse_without_print(&self, output: &str) -> Result<()> {
        self.refuse_without_rows(output)?;
        refuse(self.report.printing_option(), output)
    }

    /// The name of the first file.
    pub(super) fn name(&self) -> &str {
        self.files.first()
    }

    /// The names of all files.
    pub(super) fn names(&self) -> Vec<&str> {
        self.files.names()
    }

    /// Prepares the report and passes it to `print`.
    pub(super) fn with(&self, print: impl FnOnce(&Report<'_>) -> Result<()>) -> Result {
        self.with_before(None, print)
    }

    /// As [`with`](Self::with), beside the profile `before`.
    pub(super) fn with_before(
        &self,
        before: Option<&Profile>,
        print: impl FnOnce(&Report<'_>) -> Result<()>,
    ) -> Result {
        self.with_from(true, before, print)
    }

    /// As [`with`](Self::with), for a report that looks at samples two or three times: a large profile is not
    /// held in memory for that.
    fn with_streamed(&self, print: impl FnOnce(&Report<'_>) -> Result<()>) -> Result {
        self.with_from(false, None, print)
    }

    fn with_from(
        &self,
        in_memory: bool,
        before: Option<&Profile>,
        print: impl FnOnce(&Report<'_>) -> Result<()>,
    ) -> Result {
        let options = self.options()?;
        let in_memory = in_memory || !options.filters.is_empty();
        self.files.with(&options, in_memory, before, |report| {
            for filter in report.unmatched_filters() {
                writeln!(std::io::stderr(), "godiag: {filter} matched no samples")?;
            }
            print(report)
        })?;
        Ok(Outcome::Fine)
    }
}

fn refuse(option: Option<&str>, output: &str) -> Result<()> {
    option.map_or(Ok(()), |option| Err(Failure::Usage(format!("{option} does nothing to {output}"))))
}

pub(super) fn top(args: &Args, out: &mut impl Write) -> Result {
    args.with_streamed(|report| {
        let top = report.top()?;
        if args.json {
            return json(&top, out);
        }
        Ok(top.write_text(out)?)
    })
}

pub(super) fn tree(args: &Args, out: &mut impl Write) -> Result {
    args.with(|report| {
        let tree = report.tree()?;
        if args.json { json(&tree, out) } else { Ok(tree.write_text(out)?) }
    })
}

#[derive(clap::Args)]
pub(crate) struct PeekArgs {
    /// Functions to look at
    #[arg(value_name = "REGEX")]
    function: String,
    #[command(flatten)]
    args: Args,
}

pub(super) fn peek(PeekArgs { function, args }: &PeekArgs, out: &mut impl Write) -> Result {
    let pattern = Pattern::parse(function)?;
    args.with(|report| {
        let tree = report.peek(&pattern)?;
        if args.json { json(&tree, out) } else { Ok(tree.write_text(out)?) }
    })
}

pub(super) fn tags(args: &Args, out: &mut impl Write) -> Result {
    args.with(|report| {
        let tags = report.tags();
        if args.json { json(&tags, out) } else { Ok(tags.write_text(out)?) }
    })
}

pub(super) fn traces(args: &Args, out: &mut impl Write) -> Result {
    args.with(|report| {
        if !args.json {
            return Ok(report.write_traces(out)?);
        }
        write!(out, "[")?;
        let mut first = true;
        let written = report.each_trace(|trace| {
            let gap = if first { "\n" } else { ",\n" };
            first = false;
            write!(out, "{gap}")?;
            Ok(serde_json::to_writer(&mut *out, trace).map_err(std::io::Error::from)?)
        });
        written?;
        Ok(writeln!(out, "\n]")?)
    })
}

pub(super) fn raw(args: &Args, out: &mut impl Write) -> Result {
    args.with(|report| {
        if !args.json {
            return Ok(report.write_raw(out)?);
        }
        let about = serde_json::to_string(&report.raw_tables())?;
        write!(out, "{},\n\"samples\":[", about.strip_suffix('}').unwrap_or(&about))?;
        let mut gap = "\n";
        let written = report.each_raw_sample(|sample| {
            write!(out, "{gap}")?;
            gap = ",\n";
            Ok(serde_json::to_writer(&mut *out, sample).map_err(std::io::Error::from)?)
        });
        written?;
        Ok(writeln!(out, "\n]}}")?)
    })
}

pub(super) fn comments(args: &Args, out: &mut impl Write) -> Result {
    args.with(|report| {
        let comments: Vec<String> =
            report.comments().into_iter().map(|comment| Printable(comment).to_string()).collect();
        if args.json {
            return json(&comments, out);
        }
        for comment in comments {
            writeln!(out, "{comment}")?;
        }
        Ok(())
    })
}

pub(super) fn callgrind(args: &Args, out: &mut impl Write) -> Result {
    if args.json {
        return tree(args, out);
    }
    args.with(|report| Ok(report.write_callgrind(out)?))
}

pub(super) fn dot(args: &Args, out: &mut impl Write) -> Result {
    if args.json {
        return tree(args, out);
    }
    args.with(|report| Ok(report.write_dot(out)?))
}

fn json(value: &impl serde::Serialize, out: &mut impl Write) -> Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    Ok(writeln!(out)?)
}
