//! Everything that is wrong with a profile, with its place.

use super::repair;
use crate::error::{Error, Result};
use crate::limits::Limits;
use crate::pprof::decode::budget;
use crate::pprof::decode::explain::path;
use crate::pprof::profile::{self, Profile};
use crate::pprof::rule::{Damage, Defects, Rule};
use crate::pprof::source::inflate;

/// How many findings of one rule are listed; more are only counted.
const LISTED: u64 = 10;

/// What [`check`] found.
#[derive(Debug)]
pub struct Validity {
    /// Why strict reading refuses the input; `None` where it accepts it.
    pub error: Option<Error>,
    /// Every rule that was broken, and how often.
    pub defects: Defects,
    /// Where: the first few places for each rule, in the order of the input.
    pub findings: Vec<Finding>,
    /// What lenient reading makes of the input.
    pub profile: Profile,
}

/// A rule that is broken at some place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// The offset in the decompressed input.
    pub offset: u64,
    /// The field, such as `sample[17].location_id[3]`; empty where the finding belongs to no field.
    pub path: String,
}

impl Validity {
    /// Whether strict reading accepts the input.
    pub fn is_valid(&self) -> bool {
        self.error.is_none()
    }
}

/// Checks a profile, gzipped or not, against every rule.
///
/// # Errors
/// When the input holds no profile at all: as lenient [`Profile::parse_with`].
#[doc(alias = "CheckValid")]
pub fn check(input: &[u8], limits: &Limits) -> Result<Validity> {
    let (message, gzip) = inflate::decompress_prefix(input, limits)?;
    budget::within(&message, limits)?;
    let mut listed = Defects::default();
    let mut places = Vec::new();
    let (profile, defects) = repair::repair(&message, gzip.as_ref(), &mut |rule, offset| {
        listed.add(rule);
        if listed.count(rule) <= LISTED {
            places.push((offset, rule));
        }
    });
    let error = gzip.or_else(|| profile::from_message(&message, limits).err());
    let error = match (&defects.damage, error) {
        (Some(Damage { whole_fields: 0, .. }), Some(error)) => return Err(error),
        (_, error) => error,
    };
    places.sort_unstable();
    let finding = |(offset, rule)| Finding { rule, offset, path: path::locate(&message, offset) };
    let findings = places.into_iter().map(finding).collect();
    Ok(Validity { error, defects, findings, profile })
}
