//! Profiles from files: one, or several merged into one, and a base to subtract.

use std::borrow::Cow;

use godiag::Limits;
use godiag::pprof::merge::{Comparison, Part};
use godiag::pprof::report::{Options, Report};
use godiag::pprof::{Merge, Profile, Stream, View, decompress};
use godiag::wire::Inflate;

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
        streamed: bool,
        print: impl FnOnce(&Report<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        if let ([file], true) = (&self.profiles[..], self.base.is_empty() && self.diff_base.is_empty()) {
            let bytes = input::read(file)?;
            if streamed && is_large(&bytes) {
                if let Ok(Some(stream)) = Stream::open(&bytes) {
                    return print(&Report::of_stream(&stream, options)?);
                }
            }
            let message = inflated(bytes);
            if let Ok(view) = View::parse(&message) {
                return print(&Report::of_view(&view, options)?);
            }
            return print(&Report::new(&parse(file, &message)?, options)?);
        }
        print(&Report::new(&self.load(options.compat)?, options)?)
    }

    fn load(&self, compat: bool) -> Result<Profile, Failure> {
        let bases = if self.diff_base.is_empty() { &self.base } else { &self.diff_base };
        if bases.is_empty() {
            if self.normalize {
                return Err(Failure::Usage("there is no base profile to normalize by".to_owned()));
            }
            return merged(&self.profiles, compat);
        }
        let comparison = Comparison::default()
            .with_normalize(self.normalize)
            .with_mark_base(!self.diff_base.is_empty())
            .with_compat(compat);
        if let ([new], [base]) = (&self.profiles[..], &bases[..]) {
            let (new, base) = (message(new)?, message(base)?);
            if let (Ok(new), Ok(base)) = (View::parse(&new), View::parse(&base)) {
                return Ok(new.compared(&base, &comparison)?);
            }
        }
        Ok(merged(&self.profiles, compat)?.compared(&merged(bases, compat)?, &comparison)?)
    }
}

/// The profiles in `files`, added up. One is kept as it is; of several only one is in memory at a time.
pub(super) fn merged(files: &[String], compat: bool) -> Result<Profile, Failure> {
    if let [file] = files {
        return open(file);
    }
    let mut merge = Merge::new().with_common_types(true).with_compat(compat);
    for file in files {
        add(&mut merge, file, &Part::default())?;
    }
    Ok(merge.finish()?)
}

/// Adds the profile in `file`: one in protobuf form is not decoded first.
pub(super) fn add(merge: &mut Merge, file: &str, part: &Part) -> Result<(), Failure> {
    let message = message(file)?;
    let added = match View::parse(&message) {
        Ok(view) => merge.add_view(&view, part),
        Err(_) => merge.add_part(&parse(file, &message)?, part),
    };
    added.map_err(|error| Failure::Input { file: file.to_owned(), error })
}

pub(super) fn open(file: &str) -> Result<Profile, Failure> {
    parse(file, &input::read(file)?)
}

fn parse(file: &str, bytes: &[u8]) -> Result<Profile, Failure> {
    Profile::parse(bytes).map_err(|error| Failure::Input { file: file.to_owned(), error })
}

/// The bytes of `file`, inflated where that goes well; where it does not, the profile's own reader says why.
fn message(file: &str) -> Result<Vec<u8>, Failure> {
    Ok(inflated(input::read(file)?))
}

fn inflated(bytes: Vec<u8>) -> Vec<u8> {
    let inflated = match decompress(&bytes, &Limits::DEFAULT) {
        Ok(Cow::Owned(message)) => Some(message),
        Ok(Cow::Borrowed(_)) | Err(_) => None,
    };
    inflated.unwrap_or(bytes)
}

/// Whether `bytes` inflate to more than is worth holding in memory.
fn is_large(bytes: &[u8]) -> bool {
    /// Inflating a profile of this size takes 20 ms.
    const LARGE: u64 = 12 << 20;
    // No profile is deflated to less than a hundredth.
    if bytes.len() < 64 << 10 {
        return false;
    }
    let mut chunks = Inflate::new(bytes, &Limits::DEFAULT);
    let mut len = 0;
    while let Ok(Some(chunk)) = chunks.next_chunk() {
        len += chunk.len() as u64;
        if len > LARGE {
            return true;
        }
    }
    false
}
