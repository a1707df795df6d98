//! goleak's output: what [`check`] must find on any bytes after its first line.

use godiag::pprof::goroutine::{GroupBy, Snapshot, growth};
use godiag::pprof::{GoroutineDump, ReadOptions};

/// The first goroutine is there whatever follows it, indented or not; and it has one row in the groups of all
/// forms.
pub(crate) fn check(data: &[u8]) {
    const HEAD: &[u8] = b"found unexpected goroutines:\n";
    const FIRST: &[u8] =
        b"[Goroutine 7 in state select, with main.f on top of the stack:\nmain.f()\n\t/a.go:1 +0x1\n";
    for indent in [&b""[..], b"        "] {
        let mut text = HEAD.to_vec();
        for line in [FIRST, data].concat().split_inclusive(|&byte| byte == b'\n') {
            text.extend_from_slice(indent);
            text.extend_from_slice(line);
        }
        let Ok(dump) = GoroutineDump::parse_with(&text, &ReadOptions::lenient()) else {
            panic!("no goroutine {}", text.escape_ascii())
        };
        let first = dump.goroutines().find(|goroutine| goroutine.id() == 7);
        assert!(first.is_some_and(|goroutine| goroutine.line() == 2), "{}", text.escape_ascii());
        let snapshots = [
            Snapshot::of_dump(&dump, GroupBy::default()),
            Snapshot::of_profile(&dump.to_profile().unwrap(), GroupBy::default()),
        ];
        let rows = growth(&snapshots);
        let sum = |at: usize| rows.iter().map(|row| row.counts[at]).sum::<u64>();
        assert_eq!([sum(0), sum(1)], [dump.goroutines().len() as u64; 2]);
        for (at, snapshot) in snapshots.iter().enumerate() {
            let groups = rows.iter().map(|row| row.members[at].len()).sum::<usize>();
            assert_eq!(groups, snapshot.groups().len());
        }
    }
}
