//! Everything that is wrong with a profile, with its place.

use super::{repair, text};
use crate::error::{Error, Result};
use crate::limits::Limits;
use crate::pprof::decode::budget;
use crate::pprof::decode::explain::path;
use crate::pprof::options::ReadOptions;
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
    /// The field, such as `sample[17].location_id[3]`, or for text the line, such as `line 12`; empty where the
    /// finding belongs to no field.
    pub path: String,
}

impl Validity {
    /// Whether strict reading accepts the input.
    pub fn is_valid(&self) -> bool {
        self.error.is_none()
    }
}

/// Checks a profile, gzipped or not, against every rule of its form: protobuf, or one of the text forms and
/// those that came before protobuf.
///
/// # Errors
/// When the input holds no profile at all: as lenient [`Profile::parse_with`].
#[doc(alias = "CheckValid")]
pub fn check(input: &[u8], limits: &Limits) -> Result<Validity> {
    let (message, gzip) = inflate::decompress_prefix(input, limits)?;
    let reading = ReadOptions::lenient().with_limits(*limits);
    if let Some(judged) = text::judge(&message, gzip.as_ref(), &reading) {
        let (profile, defects, places) = judged?;
        let strict = || text::judge(&message, None, &ReadOptions { lenient: false, ..reading })?.err();
        let error = gzip.or_else(strict);
        let finding = |(line, rule)| {
            let offset = start_of_line(&message, line);
            Finding { rule, offset, path: format!("line {line}") }
        };
        let findings = places.into_iter().map(finding).collect();
        return Ok(Validity { error, defects, findings, profile });
    }
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

/// Where line `number`, from 1, begins in `text`.
fn start_of_line(text: &[u8], number: u64) -> u64 {
    let before = usize::try_from(number).unwrap_or(usize::MAX).checked_sub(2);
    before.and_then(|feeds| memchr::memchr_iter(b'\n', text).nth(feeds)).map_or(0, |feed| feed as u64 + 1)
}
