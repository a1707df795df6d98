//! Goroutine dumps: what holds on any bytes.

use godiag::ErrorKind;
use godiag::pprof::goroutine::{GroupBy, Snapshot, SuspectOptions, suspects};
use godiag::pprof::{GoroutineDump, ReadOptions};

/// Lenient reading fails only without any dump; input that strict reading accepts, lenient reading reads the
/// same; every goroutine and frame can be visited, and each goroutine is in one group.
pub(crate) fn check(data: &[u8]) {
    let strict = GoroutineDump::parse(data);
    let dump = match GoroutineDump::parse_with(data, &ReadOptions::lenient()) {
        Ok(dump) => dump,
        Err(error) => {
            assert!(matches!(error.kind(), ErrorKind::BadMagic | ErrorKind::Encoding), "{error}");
            assert!(strict.is_err());
            return;
        }
    };
    if let Ok(strict) = strict {
        assert_eq!(strict.defects(), dump.defects());
        assert!(strict.goroutines().map(|g| g.offset()).eq(dump.goroutines().map(|g| g.offset())));
    }
    let text = dump.text();
    let mut frames = 0;
    for goroutine in dump.goroutines().chain(dump.system_stacks()) {
        for frame in goroutine.frames() {
            assert!(frame.args().count() <= frame.arguments.len());
            assert!(frame.name().parts().count() <= frame.func.len());
            frames += 1;
        }
        frames += goroutine.ancestors().map(|ancestor| ancestor.frames().count()).sum::<usize>();
        assert!(goroutine.entries().count() <= text.len());
        let header = goroutine.header();
        assert!(header.labels().count() + header.state.len() <= text.len());
    }
    assert!(frames + dump.notes().count() <= text.len());
    let snapshot = Snapshot::of_dump(&dump, GroupBy::default().with_labels(true).with_creator(true));
    assert_eq!(snapshot.total(), dump.goroutines().len() as u64);
    assert!(suspects(&[snapshot], &SuspectOptions::default()).len() <= dump.goroutines().len());
    let profile = dump.to_profile().unwrap();
    assert_eq!(profile.samples().len(), dump.goroutines().len());
}
