//! Profiles: what holds on any bytes.

use godiag::pprof::{Profile, ReadOptions, check as report};
use godiag::{Format, Limits, detect};

/// A profile that was read is written and reads back the same; input that strict reading accepts, lenient
/// reading does not change; if strict reading refuses it, the validity report has a reason.
pub(crate) fn check(data: &[u8]) {
    if !matches!(detect(data), Format::Pprof | Format::Unknown | Format::Gzip) {
        return;
    }
    let limits = Limits::DEFAULT.with_inflated(1 << 20);
    let strict = Profile::parse_with(data, &ReadOptions::strict().with_limits(limits));
    let lenient = Profile::parse_with(data, &ReadOptions::lenient().with_limits(limits));
    match (&strict, &lenient) {
        (Ok((strict, _)), Ok((lenient, defects))) => {
            assert!(!defects.is_fatal(), "{defects:?}");
            assert_eq!(strict.to_bytes(), lenient.to_bytes());
        }
        (Err(error), Ok((_, defects))) => assert!(defects.is_fatal() || error.is_limit(), "{error}"),
        (Ok(_), Err(error)) => panic!("strict reads what lenient does not: {error}"),
        (Err(_), Err(_)) => {}
    }
    for (profile, _) in [strict, lenient].into_iter().flatten() {
        let bytes = profile.to_bytes();
        let again = Profile::parse(&bytes).expect("what was written is valid");
        assert_eq!(again.to_bytes(), bytes);
    }
    if let Ok(report) = report(data, &limits) {
        assert_eq!(report.is_valid(), !report.defects.is_fatal(), "{:?} {:?}", report.error, report.defects);
        assert!(report.findings.iter().all(|found| report.defects.count(found.rule) > 0));
    }
}
