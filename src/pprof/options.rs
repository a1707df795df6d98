//! How a profile is read.

use super::profile::{self, Profile};
use super::refuse::instead;
use super::rules::{Damage, Defects, Rule};
use super::unknown::Unknown;
use super::{budget, lenient};
use super::{source, text};
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;

/// How [`Profile::parse_with`] reads.
///
/// ```
/// use godiag::pprof::{ReadOptions, Profile};
/// let cut = b"\x0a\x04\x08\x01\x10\x02\x32\x00\x32\x03cpu\x32\x02n";
/// assert!(Profile::parse(cut).unwrap_err().is_truncated());
/// let (profile, defects) = Profile::parse_with(cut, &ReadOptions::lenient())?;
/// assert_eq!(profile.string_count(), 2);
/// assert_eq!(defects.damage.unwrap().whole_fields, 3);
/// # Ok::<(), godiag::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct ReadOptions {
    /// What reading may cost.
    pub limits: Limits,
    /// Repair what can be repaired, and keep what lies whole before damage.
    pub lenient: bool,
    /// Read text forms as google/pprof does: without symbols and labels, and mutex profiles scaled twice.
    pub compat: bool,
    /// Keep fields that are not known, so that writing the profile writes them again. Strict reading only.
    pub unknown_fields: bool,
}

impl ReadOptions {
    /// The first broken rule is an error.
    pub fn strict() -> Self {
        Self::default()
    }

    /// Repairs what can be repaired, as the [rules](super::Rule) say, and keeps what lies whole before damage.
    pub fn lenient() -> Self {
        Self { lenient: true, ..Self::default() }
    }

    /// Reads text forms as google/pprof does.
    #[must_use]
    pub fn with_compat(mut self, compat: bool) -> Self {
        self.compat = compat;
        self
    }

    /// Keeps fields that are not known.
    #[must_use]
    pub fn with_unknown_fields(mut self) -> Self {
        self.unknown_fields = true;
        self
    }

    /// Sets the limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }
}

impl Profile {
    /// Reads the profile in `input`, gzipped or not, as `options` say. Strict reading has no defects to tell of.
    ///
    /// # Errors
    /// As [`parse`](Self::parse); in lenient mode `Limit`, and where not a single field is whole.
    pub fn parse_with(input: &[u8], options: &ReadOptions) -> Result<(Self, Defects)> {
        if !options.lenient {
            let message = source::decompress(input, &options.limits)?;
            if let Some(text) = text::read(&message, None, options) {
                return text;
            }
            let mut profile = profile::from_message(&message, &options.limits)?;
            if options.unknown_fields {
                profile.unknown = Some(Box::new(Unknown::collect(&message)?));
            }
            return Ok((profile, Defects::default()));
        }
        let (message, damage) = source::decompress_prefix(input, &options.limits)?;
        if let Some(text) = text::read(&message, damage.as_ref(), options) {
            return text;
        }
        budget::within(&message, &options.limits)?;
        let (profile, defects) = repair(&message, damage.as_ref(), &mut |_, _| {});
        match &defects.damage {
            Some(found) if found.whole_fields == 0 => Err(damage.unwrap_or_else(|| refused(&message))),
            // Text may pass for fields that mean nothing.
            _ if profile.sample_types().is_empty() && instead(&message).is_some() => Err(refused(&message)),
            _ => Ok((profile, defects)),
        }
    }
}

/// Lenient reading of a message that is not compressed any more; `gzip` is what was wrong with the stream.
pub(crate) fn repair(
    message: &[u8],
    gzip: Option<&Error>,
    tell: &mut dyn FnMut(Rule, u64),
) -> (Profile, Defects) {
    let mut defects = Defects::default();
    let (profile, damage) = lenient::repair(message, &mut |rule, offset| {
        defects.add(rule);
        tell(rule, offset);
    });
    defects.damage = damage;
    if let Some(error) = gzip {
        let (whole_fields, lost_bytes) = match &defects.damage {
            Some(damage) => (damage.whole_fields, damage.lost_bytes),
            None => (lenient::field_count(message), 0),
        };
        let (kind, offset) = (error.kind(), error.offset().unwrap_or(0));
        defects.damage = Some(Damage { kind, offset, whole_fields, lost_bytes });
    }
    (profile, defects)
}

/// What strict reading says about a message that has not a single whole field.
#[cold]
fn refused(message: &[u8]) -> Error {
    profile::from_message(message, &Limits::DEFAULT).err().unwrap_or_else(|| Error::new(ErrorKind::Empty))
}
