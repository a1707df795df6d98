//! Profiles from files: one, or several merged into one, and a base to subtract.

use std::io::Write;

use godiag::Compat;
use godiag::pprof::merge::{Comparison, Part};
use godiag::pprof::report::{Options, Report};
use godiag::pprof::{AnyProfile, Merge, Profile, ReadOptions, Source, doubts, doubts_between};

use crate::input;
use crate::input::failure;
use crate::outcome::Failure;

/// A profile of fewer bytes is looked at once more for what is doubtful; in a larger one that takes time.
const SMALL: usize = 1 << 20;

/// The files of a report.
#[derive(clap::Args)]
pub(crate) struct FileArgs {
    /// Profiles; several are merged
    #[arg(required = true, value_name = "FILE")]
    profiles: Vec<String>,
    /// Subtract this profile; several are merged
    #[arg(long, value_name = "FILE", conflicts_with = "diff_base", help_heading = "Comparison")]
    base: Vec<String>,
    /// Subtract this profile, and count percentages from it
    #[arg(long, value_name = "FILE", alias = "diff_base", help_heading = "Comparison")]
    diff_base: Vec<String>,
    /// Scale the profile to the total of the base first
    #[arg(long, help_heading = "Comparison")]
    normalize: bool,
}

impl FileArgs {
    pub(crate) fn first(&self) -> &str {
        self.profiles.first().map_or("-", String::as_str)
    }

    /// All files.
    pub(crate) fn names(&self) -> Vec<&str> {
        [&self.profiles, &self.base, &self.diff_base].into_iter().flatten().map(String::as_str).collect()
    }

    /// Passes the report about the files to `print`. `in_memory` is for reports that pass over the samples
    /// often; `before` is what --normalize scales to if there is no base.
    pub(crate) fn with(
        &self,
        options: &Options,
        in_memory: bool,
        before: Option<&Profile>,
        print: impl FnOnce(&Report<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let has_base = !self.base.is_empty() || !self.diff_base.is_empty();
        if self.normalize && !has_base {
            let Some(before) = before else {
                let text = "--normalize needs a profile to scale to, such as --base";
                return Err(Failure::Usage(text.to_owned()));
            };
            let scaled = merged(&self.profiles, options.compat)?.normalized(before)?;
            return print(&Report::new(&scaled, options)?);
        }
        if let ([file], false) = (&self.profiles[..], has_base) {
            let bytes = input::read(file)?;
            let reading = ReadOptions::default().with_in_memory(in_memory).with_compat(options.compat);
            let (profile, _) =
                AnyProfile::parse_with(&bytes, &reading).map_err(|error| failure(file, error))?;
            if bytes.len() < SMALL {
                note(file, &profile)?;
            }
            return print(&Report::new(&profile, options)?);
        }
        print(&Report::new(&self.load(options.compat)?, options)?)
    }

    fn load(&self, compat: Compat) -> Result<Profile, Failure> {
        let bases = if self.diff_base.is_empty() { &self.base } else { &self.diff_base };
        if bases.is_empty() {
            return merged(&self.profiles, compat);
        }
        let comparison = Comparison::default()
            .with_normalize(self.normalize)
            .with_mark_base(!self.diff_base.is_empty())
            .with_compat(compat);
        if let ([new], [base]) = (&self.profiles[..], &bases[..]) {
            let (new_bytes, base_bytes) = (input::read(new)?, input::read(base)?);
            let (new, base) = (any(new, &new_bytes)?, any(base, &base_bytes)?);
            for doubt in doubts_between(&base, &new) {
                writeln!(std::io::stderr(), "godiag: {doubt}")?;
            }
            return Ok(comparison.compare(&new, &base)?);
        }
        Ok(comparison.compare(&merged(&self.profiles, compat)?, &merged(bases, compat)?)?)
    }
}

/// Says what is doubtful about the profile in `file`: the figures of the report depend on it.
fn note(file: &str, profile: &impl Source) -> Result<(), Failure> {
    for doubt in doubts(profile, None) {
        writeln!(std::io::stderr(), "godiag: {}: {doubt}", godiag::Printable(file.as_bytes()))?;
    }
    Ok(())
}

/// The profiles in `files`, added up; only one of them is in memory at a time. A single one is kept as it is.
pub(super) fn merged(files: &[String], compat: Compat) -> Result<Profile, Failure> {
    if let [file] = files {
        return open(file);
    }
    let mut merge = Merge::new().with_common_types(true).with_compat(compat);
    for file in files {
        add(&mut merge, file, &Part::default())?;
    }
    Ok(merge.finish()?)
}

/// Adds the profile in `file`, without decoding it first if it is protobuf.
pub(super) fn add(merge: &mut Merge, file: &str, part: &Part) -> Result<(), Failure> {
    let bytes = input::read(file)?;
    merge.add_part(&any(file, &bytes)?, part).map_err(|error| failure(file, error))
}

pub(super) fn open(file: &str) -> Result<Profile, Failure> {
    Profile::parse(&input::read(file)?).map_err(|error| failure(file, error))
}

/// The profile in `bytes`, the contents of `file`.
fn any<'b>(file: &str, bytes: &'b [u8]) -> Result<AnyProfile<'b>, Failure> {
    let reading = ReadOptions::default().with_in_memory(true);
    Ok(AnyProfile::parse_with(bytes, &reading).map_err(|error| failure(file, error))?.0)
}
