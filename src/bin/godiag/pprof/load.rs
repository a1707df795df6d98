//! Profiles from files: one, or several merged into one.

use godiag::pprof::Profile;

use crate::{Failure, input};

/// The files of a report.
#[derive(clap::Args)]
pub(crate) struct FileArgs {
    /// Profiles; several are merged
    #[arg(required = true, value_name = "FILE")]
    profiles: Vec<String>,
}

impl FileArgs {
    pub(crate) fn load(&self) -> Result<Profile, Failure> {
        let mut profiles = self.profiles.iter().map(|file| open(file));
        let first = profiles.next().unwrap_or_else(|| open("-"))?;
        Ok(first)
    }
}

pub(crate) fn open(file: &str) -> Result<Profile, Failure> {
    let bytes = input::read(file)?;
    Profile::parse(&bytes).map_err(|error| Failure::Input { file: file.to_owned(), error })
}
