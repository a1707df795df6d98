//! Folded stacks and speedscope's form, read back.

use godiag::export::{folded, speedscope};
use godiag::pprof::Profile;
use godiag::pprof::report::{Granularity, Options, Report};

use super::hostile::{HOSTILE, assert_printable, hostile, with_report};
use crate::pprof::reports::data;

#[test]
fn folded_stacks_come_back() {
    let profile = hostile();
    let mut out = Vec::new();
    with_report(&profile, Granularity::Functions, |report| folded::write(report, &mut out).unwrap());
    assert_printable(std::str::from_utf8(&out).unwrap(), "folded");
    assert_eq!(out.iter().filter(|&&c| c == b'\n').count(), 1 + HOSTILE.len());
    let back = folded::read(&out, "cpu", "nanoseconds").unwrap();
    let sum = |p: &Profile| p.samples().map(|sample| sample.values()[0]).sum::<i64>();
    assert_eq!(sum(&back), sum(&profile));
    let deepest = back.samples().map(|sample| sample.locations().len()).max();
    assert_eq!(deepest, Some(HOSTILE.len()));
    let mut again = Vec::new();
    with_report(&back, Granularity::Functions, |report| folded::write(report, &mut again).unwrap());
    assert_eq!(out, again);
}

#[test]
fn folded_stacks_of_a_real_profile_add_up() {
    let profile = Profile::open(data("compile-net-http.cpu.pb.gz")).unwrap();
    let mut out = Vec::new();
    let total = with_report(&profile, Granularity::Functions, |report| {
        folded::write(report, &mut out).unwrap();
        report.total()
    });
    let back = folded::read(&out, "cpu", "nanoseconds").unwrap();
    assert_eq!(back.samples().map(|sample| i128::from(sample.values()[0])).sum::<i128>(), total);
    let leaf_first =
        |p: &Profile| Report::new(p, &Options::default()).unwrap().top().unwrap().rows()[0].name.clone();
    assert_eq!(leaf_first(&back), leaf_first(&profile));
}

#[test]
fn speedscope_is_json_whose_indices_exist() {
    for profile in [hostile(), Profile::open(data("compile-net-http.cpu.pb.gz")).unwrap()] {
        let mut out = Vec::new();
        let total = with_report(&profile, Granularity::Functions, |report| {
            assert_eq!(speedscope::write(report, "a \"name\"</script>", &mut out).unwrap(), 0);
            report.total()
        });
        let text = String::from_utf8(out).unwrap();
        assert!(!text.contains("</script"));
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let frames = json["shared"]["frames"].as_array().unwrap().len() as u64;
        let sampled = &json["profiles"][0];
        let (samples, weights) =
            (sampled["samples"].as_array().unwrap(), sampled["weights"].as_array().unwrap());
        assert_eq!(samples.len(), weights.len());
        assert!(samples.iter().flat_map(|s| s.as_array().unwrap()).all(|i| i.as_u64().unwrap() < frames));
        assert_eq!(weights.iter().map(|w| w.as_f64().unwrap()).sum::<f64>(), total as f64);
        assert_eq!(sampled["unit"], "nanoseconds");
    }
}
