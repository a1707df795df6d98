//! Profiles in text and in the forms before protobuf: what holds on any bytes.

use godiag::Compat;
use godiag::pprof::{MemStats, Profile, ReadOptions};

/// Input that strict reading accepts, lenient reading reads the same, without loss; every sample has its
/// values, and locations that exist; and reading as google/pprof does finds the same samples.
pub(crate) fn check(data: &[u8]) {
    let _ = MemStats::parse(data);
    let strict = Profile::parse(data);
    let Ok((profile, defects)) = Profile::parse_with(data, &ReadOptions::lenient()) else {
        assert!(strict.is_err());
        return;
    };
    if let Ok(strict) = &strict {
        assert!(!defects.is_fatal(), "{defects:?}");
        assert_eq!(strict.samples().len(), profile.samples().len());
        if let Ok((compat, _)) = Profile::parse_with(data, &ReadOptions::strict().with_compat(Compat::GoTool))
        {
            assert_eq!(compat.samples().len(), strict.samples().len());
        }
    }
    for sample in profile.samples() {
        assert_eq!(sample.values().len(), profile.sample_types().len());
        for &location in sample.locations() {
            for line in profile.lines(location) {
                assert!(profile.string(profile.function(line.function).name).len() <= data.len().max(32));
            }
        }
    }
}
