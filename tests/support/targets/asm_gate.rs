//! Baselines of compiler output: what holds on any bytes.

use godiag::asm::{Baseline, Comparison, Thresholds};

/// A baseline that was read is written and read back the same; compared with itself nothing has changed, and
/// with another every function is matched, added or removed.
pub(crate) fn check(data: &[u8]) {
    let middle = memchr::memmem::find(data, b"\n\n").map_or(data.len(), |at| at + 1);
    let (old, new) = data.split_at(middle);
    let Ok(old) = Baseline::parse(old) else { return };
    let written = write(&old);
    assert_eq!(written, write(&Baseline::parse(&written).expect("what was written is read")));
    let thresholds = Thresholds::default();
    let same = old.compare(&old, &thresholds, |_| true).expect("a baseline can be compared with itself");
    let Comparison { changes, added, removed, matched, .. } = same;
    assert!(changes.iter().all(|change| change.metric == "inlinable"), "{changes:?}");
    assert_eq!((added.len(), removed.len(), matched), (0, 0, old.functions.len()));
    let Ok(new) = Baseline::parse(new) else { return };
    let all = old.compare_anyway(&new, &thresholds, |_| false);
    assert_eq!(all.matched + all.added.len(), new.functions.len());
    assert_eq!(all.matched + all.removed.len(), old.functions.len());
    let back = new.compare_anyway(&old, &thresholds, |_| true);
    assert_eq!((back.matched, back.added.len()), (all.matched, all.removed.len()));
}

fn write(baseline: &Baseline) -> Vec<u8> {
    let mut out = Vec::new();
    baseline.write_json_lines(&mut out).expect("a vector takes everything");
    out
}
