//! Logs with crashes in them: what [`check`] must find on any bytes.

use godiag::pprof::goroutine::recursion;
use godiag::pprof::{GoroutineDump, ReadOptions};
use godiag::{Content, Input, Kind};

/// Every place is a line of the input, each goroutine is in at most one crash, and recursions are parts of
/// stacks. What the door takes for goroutines is read, or refused for a reason.
pub(crate) fn check(data: &[u8]) {
    if let Ok(input) = Input::parse(data) {
        if let (Some(Kind::Goroutines), Ok(content)) = (input.kind(), input.content()) {
            assert!(matches!(content, Content::Goroutines(_)));
        }
    }
    let Ok(dump) = GoroutineDump::parse_with(data, &ReadOptions::lenient()) else { return };
    // UTF-16 may have line feeds that bytes do not show.
    let is_utf16 = data.starts_with(b"\xff\xfe") || data.starts_with(b"\xfe\xff");
    let lines = if is_utf16 { data.len() } else { data.split(|&byte| byte == b'\n').count() } as u64;
    let defects = dump.defects();
    assert!(defects.unknown_lines <= lines.max(dump.text().len() as u64), "{defects:?}");
    assert!(defects.first_unknown_line <= lines && defects.first_damaged_line <= lines, "{defects:?}");
    assert_eq!(defects.is_damaged(), defects.first_damaged_line > 0, "{defects:?}");
    let mut last = 0;
    for goroutine in dump.goroutines() {
        assert!((1..=lines).contains(&goroutine.line()), "line {} of {lines}", goroutine.line());
        let frames = goroutine.frames().count();
        for found in recursion(&goroutine) {
            assert!(!found.round.is_empty() && found.start + found.frames <= frames && found.times >= 3);
        }
        last += 1;
    }
    let (mut crashed, mut line) = (0, 0);
    for crash in dump.crashes() {
        assert!(crash.line() >= line && crash.line() <= lines, "{line} {} {lines}", crash.line());
        line = crash.line();
        crashed += crash.goroutines().len();
        assert!(crash.panics().len() <= crash.notes().count());
        assert!(crash.also_there().len() < crash.goroutines().len().max(1));
        let _ = (crash.message(), crash.signal(), crash.race(), crash.site());
    }
    assert!(crashed <= last);
}
