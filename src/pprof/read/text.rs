//! Profiles that are no protobuf.

use crate::error::{Error, ErrorKind, Result};
use crate::format::{Format, detect};
use crate::pprof::goroutine::GoroutineDump;
use crate::pprof::options::ReadOptions;
use crate::pprof::profile::Profile;
use crate::pprof::rule::{Damage, Defects, Rule};
use crate::pprof::text::{self, Judged};
use crate::text::utf16;

/// As [`judge`], without the places.
pub(super) fn read(
    input: &[u8],
    gzip: Option<&Error>,
    options: &ReadOptions,
) -> Option<Result<(Profile, Defects)>> {
    Some(judge(input, gzip, options)?.map(|(profile, defects, _)| (profile, defects)))
}

/// The profile in `input` if that is one of the text forms or of the forms that came before protobuf; `gzip`
/// is what was wrong with the stream that held it. With it come the numbers of the first lines at which each
/// rule was broken.
pub(super) fn judge(input: &[u8], gzip: Option<&Error>, options: &ReadOptions) -> Option<Result<Judged>> {
    let format = detect(input);
    if format == Format::Utf16 {
        let text = utf16::decode(input);
        return if detect(&text) == Format::Utf16 { None } else { judge(&text, gzip, options) };
    }
    let result = match format {
        Format::Goroutines => GoroutineDump::parse_with(input, options).and_then(|dump| {
            let defects = defects(&dump, input.len());
            let first = defects.iter().next().map(|(rule, _)| (dump.defects().first_damaged_line, rule));
            Ok((dump.to_profile()?, defects, first.into_iter().collect()))
        }),
        _ if text::reads(format) => text::read(format, input, options),
        _ => return None,
    };
    Some(result.map(|(profile, mut defects, places)| {
        if let Some(error) = gzip {
            let (kind, offset) = (error.kind(), error.offset().unwrap_or(0));
            let whole_fields = profile.samples().len() as u64;
            defects.damage = Some(Damage { kind, offset, whole_fields, lost_bytes: 0 });
        }
        (profile, defects, places)
    }))
}

fn defects(dump: &GoroutineDump<'_>, len: usize) -> Defects {
    let found = dump.defects();
    let mut defects = Defects::default();
    for (rule, count) in [
        (Rule::TextNumber, found.bad_numbers),
        (Rule::TextLine, found.incomplete_frames),
        (Rule::TextLineLength, found.long_lines),
    ] {
        (0..count).for_each(|_| defects.add(rule));
    }
    if found.is_truncated {
        let whole_fields = dump.goroutines().len() as u64;
        let offset = len as u64;
        defects.damage = Some(Damage { kind: ErrorKind::Truncated, offset, whole_fields, lost_bytes: 0 });
    }
    defects
}
