//! Profiles: what is read is what the file holds.

use std::path::{Path, PathBuf};

use godiag::pprof::Profile;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/pprof").join(name)
}

#[test]
fn a_real_cpu_profile_is_read() {
    let profile = Profile::open(data("go1.27.3/cpu.pb.gz")).unwrap();
    let types: Vec<_> = profile.sample_types().iter().map(|ty| profile.string(ty.kind)).collect();
    assert_eq!(types, [&b"samples"[..], b"cpu"]);
    assert_eq!(profile.default_value(), 1);
    let total: i64 = profile.samples().map(|sample| sample.values()[1]).sum();
    let count: i64 = profile.samples().map(|sample| sample.values()[0]).sum();
    assert_eq!(total, count * profile.period());
    assert!(total > 0);
}
