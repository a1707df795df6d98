//! Reports of the race detector: what [`check`] must find on any bytes after the first line of one.

use godiag::pprof::goroutine::Cause;
use godiag::pprof::{GoroutineDump, ReadOptions};

/// Each access is a goroutine of its own, and each race a crash.
pub(crate) fn check(data: &[u8]) {
    let text = [b"==================\nWARNING: DATA RACE\n", data].concat();
    let Ok(dump) = GoroutineDump::parse_with(&text, &ReadOptions::lenient()) else { return };
    let mut accesses = 0;
    for race in dump.races() {
        assert!(race.line() <= text.split(|&byte| byte == b'\n').count() as u64);
        for access in race.accesses() {
            assert!(access.goroutine.frames().count() <= access.goroutine.entries().count());
            assert!(access.goroutine.creation_stack().count() <= access.goroutine.entries().count());
            let _ = (access.goroutine.created_by(), access.goroutine.header());
            accesses += 1;
        }
        assert!(race.location().is_none_or(|location| location.len() <= text.len()));
    }
    assert!(accesses <= dump.goroutines().len());
    let races = dump.crashes().filter(|crash| crash.cause() == Cause::Race).count();
    let whole = dump.races().filter(|race| race.accesses().count() > 0).count();
    assert_eq!(races, whole);
    assert_eq!(dump.to_profile().unwrap().samples().len(), dump.goroutines().len());
}
