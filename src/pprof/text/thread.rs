//! Thread dumps of gperftools.

use super::draft::Draft;
use super::entry::hex;
use super::maps;
use super::reader::Reader;
use crate::error::{ErrorKind, Result};
use crate::pprof::rule::Rule;

/// `--- threadz N ---` or nothing, then for each thread `--- Thread ID (name: NAME/ID) stack: ---` and lines
/// of addresses.
pub(super) fn read<'a>(reader: &mut Reader<'a, '_>, draft: &mut Draft<'a, '_>) -> Result<()> {
    draft.columns(&[(b"thread", b"count")]).period((b"thread", b"count"), 1);
    let mut thread = None::<Thread>;
    let mut has_threads = false;
    while let Some((at, line)) = reader.next_line()? {
        if line.starts_with(b"---") || maps::is_sentinel(line) {
            if let Some(thread) = thread.take() {
                thread.finish(draft);
            }
        }
        if maps::is_sentinel(line) {
            draft.read_maps(reader.rest(), reader.options);
            return Ok(());
        }
        if line.starts_with(b"---- no stack trace for") {
            if maps::skip_to_sentinel(reader)? {
                draft.read_maps(reader.rest(), reader.options);
            }
            return Ok(());
        }
        if is_thread(line) {
            thread = Some(Thread { start: draft.start(), is_same: false });
            has_threads = true;
        } else if line.starts_with(b"--- threadz ") && !has_threads {
            continue;
        } else if let Some(thread) = thread.as_mut().filter(|_| !line.starts_with(b"---")) {
            if memchr::memmem::find(line, b"same as previous thread").is_some() {
                thread.is_same = true;
            } else if let Err(rule) = push(line, draft, thread.start) {
                reader.bad(rule, at)?;
            }
        } else if line.starts_with(b"---") {
            reader.bad(Rule::TextLine, at)?;
        }
    }
    if let Some(thread) = thread {
        thread.finish(draft);
    }
    if has_threads { Ok(()) } else { Err(reader.error(ErrorKind::BadMagic, 0)) }
}

/// The thread that is being read.
struct Thread {
    start: usize,
    is_same: bool,
}

impl Thread {
    fn finish(self, draft: &mut Draft<'_, '_>) {
        if self.is_same || draft.start() == self.start {
            draft.abandon(self.start);
            draft.repeat_last();
        } else {
            draft.sample(&[1]);
        }
    }
}

fn is_thread(line: &[u8]) -> bool {
    line.strip_prefix(b"--- Thread ").is_some_and(|rest| {
        rest.first().is_some_and(u8::is_ascii_hexdigit)
            && memchr::memmem::find(rest, b" (name: ").is_some()
            && rest.ends_with(b") stack: ---")
    })
}

/// The addresses in a line, which may hold symbols beside them. All but the leaf are return addresses.
fn push(line: &[u8], draft: &mut Draft<'_, '_>, start: usize) -> std::result::Result<(), Rule> {
    let mut rest = line;
    while let Some(at) = memchr::memmem::find(rest, b"0x") {
        rest = rest.get(at + 2..).unwrap_or_default();
        let digits = rest.iter().take_while(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(*b)).count();
        let (digits, after) = rest.split_at(digits);
        rest = after;
        if digits.is_empty() {
            continue;
        }
        let address = hex(digits)?;
        if draft.start() == start {
            draft.push_leaf(address);
        } else {
            draft.push_call(address);
        }
    }
    Ok(())
}
