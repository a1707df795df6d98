//! Count profiles of Go: goroutine, goroutineleak, threadcreate and custom ones.

use super::draft::Draft;
use super::entry::{is_whole_comment, labels};
use super::maps;
use super::reader::Reader;
use crate::error::{ErrorKind, Result};
use crate::pprof::rule::Rule;

/// `NAME profile: total N`, then entries `COUNT @ 0x1 0x2` with their comments.
pub(super) fn read<'a>(reader: &mut Reader<'a, '_>, draft: &mut Draft<'a, '_>) -> Result<()> {
    let (mut at, mut header) = (0, &b""[..]);
    while header.is_empty() || header.starts_with(b"#") {
        match reader.next_line()? {
            Some(line) => (at, header) = line,
            None => return Err(reader.error(ErrorKind::BadMagic, at)),
        }
    }
    let Some((name, total)) = split_header(header) else { return Err(reader.error(ErrorKind::BadMagic, at)) };
    draft.columns(&[(name, b"count")]).period((name, b"count"), 1);
    let mut sum = 0i64;
    while let Some((at, line)) = reader.next_line()? {
        if line.is_empty() || reader.is_cut(at) && !is_whole_comment(line) {
            continue;
        }
        if let Some(comment) = line.strip_prefix(b"# labels: ") {
            match labels(comment) {
                Ok(labels) => draft.labels(labels),
                Err(rule) => reader.bad(rule, at)?,
            }
        } else if line.starts_with(b"#") {
            draft.comment(line);
        } else if line.starts_with(b"---") {
            if maps::is_sentinel(line) || maps::skip_to_sentinel(reader)? {
                draft.read_maps(reader.rest(), reader.options);
            }
            break;
        } else {
            match entry(line, draft) {
                Ok(count) => sum = sum.saturating_add(count),
                Err(rule) => reader.bad(rule, at)?,
            }
        }
    }
    if total != Some(sum) {
        reader.bad(Rule::TextTotal, 0)?;
    }
    Ok(())
}

fn split_header(line: &[u8]) -> Option<(&[u8], Option<i64>)> {
    let at = memchr::memmem::find(line, b" profile: total ")?;
    let digits =
        line.get(at + 16..).filter(|digits| !digits.is_empty() && digits.iter().all(u8::is_ascii_digit))?;
    let name = line.get(..at).filter(|name| !name.is_empty() && !name.contains(&b' '))?;
    Some((name, std::str::from_utf8(digits).ok()?.parse().ok()))
}

/// An entry without its comments. For a missing stack, Go 1.23 writes a stack of zeros (threadcreate).
fn entry(line: &[u8], draft: &mut Draft<'_, '_>) -> std::result::Result<i64, Rule> {
    let at = memchr::memmem::find(line, b" @").ok_or(Rule::TextLine)?;
    let (count, stack) = line.split_at(at);
    if count.is_empty() || !count.iter().all(u8::is_ascii_digit) {
        return Err(Rule::TextLine);
    }
    let count =
        std::str::from_utf8(count).ok().and_then(|count| count.parse().ok()).ok_or(Rule::TextNumber)?;
    draft.push_calls(stack.get(2..).unwrap_or_default())?;
    draft.sample(&[count]);
    Ok(count)
}
