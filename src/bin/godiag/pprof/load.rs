//! Profiles from files: one, or several merged into one, and a base to subtract.

use std::borrow::Cow;

use godiag::Limits;
use godiag::pprof::merge::Comparison;
use godiag::pprof::report::{Options, Report};
use godiag::pprof::{Merge, Profile, View, decompress};

use crate::{Failure, input};

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

    /// Gives the report about the files to `print`. One protobuf file is not decoded, but read where it lies.
    pub(crate) fn with(
        &self,
        options: &Options,
        print: impl FnOnce(&Report<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        if let ([file], true) = (&self.profiles[..], self.base.is_empty() && self.diff_base.is_empty()) {
            let bytes = input::read(file)?;
            // Not compressed, or damaged: then the profile's own reader says how.
            let inflated = match decompress(&bytes, &Limits::DEFAULT) {
                Ok(Cow::Owned(message)) => Some(message),
                Ok(Cow::Borrowed(_)) | Err(_) => None,
            };
            let message = match inflated {
                Some(message) => {
                    drop(bytes);
                    message
                }
                None => bytes,
            };
            if let Ok(view) = View::parse(&message) {
                return print(&Report::of_view(&view, options)?);
            }
            let profile =
                Profile::parse(&message).map_err(|error| Failure::Input { file: file.clone(), error })?;
            return print(&Report::new(&profile, options)?);
        }
        print(&Report::new(&self.load(options.compat)?, options)?)
    }

    fn load(&self, compat: bool) -> Result<Profile, Failure> {
        let profile = merged(&self.profiles, compat)?;
        let bases = if self.diff_base.is_empty() { &self.base } else { &self.diff_base };
        if bases.is_empty() {
            if self.normalize {
                return Err(Failure::Usage("there is no base profile to normalize by".to_owned()));
            }
            return Ok(profile);
        }
        let comparison = Comparison::default()
            .with_normalize(self.normalize)
            .with_mark_base(!self.diff_base.is_empty())
            .with_compat(compat);
        Ok(profile.compared(&merged(bases, compat)?, &comparison)?)
    }
}

/// The profiles in `files`, added up. One is kept as it is; of several only one is in memory at a time.
pub(super) fn merged(files: &[String], compat: bool) -> Result<Profile, Failure> {
    if let [file] = files {
        return open(file);
    }
    let mut merge = Merge::new().with_common_types(true).with_compat(compat);
    for file in files {
        let profile = open(file)?;
        merge.add(&profile).map_err(|error| Failure::Input { file: file.clone(), error })?;
    }
    Ok(merge.finish()?)
}

pub(super) fn open(file: &str) -> Result<Profile, Failure> {
    let bytes = input::read(file)?;
    Profile::parse(&bytes).map_err(|error| Failure::Input { file: file.to_owned(), error })
}
