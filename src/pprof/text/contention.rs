//! Block and mutex profiles of Go, and contention profiles of gperftools.

use nom::Parser;
use nom::character::complete::{i64 as signed, space1};

use super::draft::Draft;
use super::entry::rule_of;
use super::maps;
use super::reader::Reader;
use super::scale::nanoseconds;
use crate::error::{ErrorKind, Result};
use crate::pprof::rule::Rule;

/// The attributes before the samples.
struct Form {
    hz: i64,
    period: i64,
    /// What the values are still to be multiplied with.
    factor: i64,
}

/// `--- mutex:` and the like, `key=value` lines, then lines `DELAY COUNT @ 0x1 0x2`.
pub(super) fn read<'a>(reader: &mut Reader<'a, '_>, draft: &mut Draft<'a, '_>) -> Result<()> {
    let Some((at, first)) = reader.next_line()? else { return Err(reader.error(ErrorKind::BadMagic, 0)) };
    let is_go = first.starts_with(b"--- mutex:") || first.starts_with(b"--- contention:");
    if !is_go && !first.starts_with(b"--- contentionz ") {
        return Err(reader.error(ErrorKind::BadMagic, at));
    }
    let mut form = Form { hz: 0, period: 1, factor: 1 };
    while reader.peek().is_some_and(|line| line.contains(&b'=') || line.is_empty() || line.starts_with(b"# "))
    {
        let Some((at, line)) = reader.next_line()? else { break };
        if !line.is_empty() && !line.starts_with(b"#") {
            if let Err(rule) = attribute(line, &mut form, draft) {
                reader.bad(rule, at)?;
            }
        }
    }
    // Go writes values that are scaled already, and the fraction nevertheless (golang/go:
    // saveBlockEventStack).
    form.factor = if is_go && !reader.options.compat.is_go_tool() { 1 } else { form.period };
    draft.columns(&[(b"contentions", b"count"), (b"delay", b"nanoseconds")]);
    draft.period(
        (b"contentions", b"count"),
        if is_go && !reader.options.compat.is_go_tool() { 1 } else { form.period },
    );
    draft.drops_locks();
    while let Some((at, line)) = reader.next_line()? {
        if line.starts_with(b"#") {
            draft.comment(line);
        } else if line.starts_with(b"---") {
            if maps::is_sentinel(line) || maps::skip_to_sentinel(reader)? {
                draft.read_maps(reader.rest(), reader.options);
            }
            break;
        } else if !(line.is_empty() || reader.is_cut(at) && draft.has_symbols()) {
            if let Err(rule) = entry(line, &form, draft) {
                reader.bad(rule, at)?;
            }
        }
    }
    Ok(())
}

fn attribute(line: &[u8], form: &mut Form, draft: &mut Draft<'_, '_>) -> std::result::Result<(), Rule> {
    let equals = line.iter().position(|&byte| byte == b'=').ok_or(Rule::TextLine)?;
    let (key, value) = line.split_at(equals);
    let value = value.get(1..).unwrap_or_default().trim_ascii();
    let number = || {
        std::str::from_utf8(value).ok().and_then(|value| value.parse::<i64>().ok()).ok_or(Rule::TextNumber)
    };
    match key.trim_ascii() {
        b"cycles/second" => form.hz = number()?,
        b"sampling period" => form.period = number()?,
        b"ms since reset" => {
            draft.duration(number()?.checked_mul(1_000_000).ok_or(Rule::TextNumber)?);
        }
        b"discarded samples" => {}
        _ => return Err(Rule::TextLine),
    }
    Ok(())
}

fn entry(line: &[u8], form: &Form, draft: &mut Draft<'_, '_>) -> std::result::Result<(), Rule> {
    let at = line.iter().position(|&byte| byte == b'@').ok_or(Rule::TextLine)?;
    let (numbers, stack) = line.split_at(at);
    let (rest, (delay, _, count)) = (signed, space1, signed)
        .parse_complete(numbers)
        .map_err(|error: nom::Err<nom::error::Error<&[u8]>>| rule_of(&error))?;
    if !rest.trim_ascii().is_empty() {
        return Err(Rule::TextLine);
    }
    let (delay, count) = if form.factor > 0 {
        let delay = if form.hz > 0 { nanoseconds_times(delay, form) } else { delay };
        (delay, count.checked_mul(form.factor).ok_or(Rule::TextNumber)?)
    } else {
        (delay, count)
    };
    draft.push_calls(stack.get(1..).unwrap_or_default())?;
    draft.sample(&[count, delay]);
    Ok(())
}

fn nanoseconds_times(cycles: i64, form: &Form) -> i64 {
    if form.factor == 1 {
        return nanoseconds(cycles, form.hz);
    }
    (cycles as f64 * form.factor as f64 / (form.hz as f64 / 1e9)) as i64
}
