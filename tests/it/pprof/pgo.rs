//! Profiles for `go build -pgo`: weights that lose nothing, and sizes. `go tool preprofile` says how many calls
//! the compiler sees; the numbers here are its.

use godiag::pprof::merge::{Part, whole_weights};
use godiag::pprof::{Merge, Profile, Source, trim_for_pgo};

use crate::fixtures::file;

/// 51 calls: one of 100 samples, and 50 of one sample each.
fn tail() -> Profile {
    Profile::parse(&file("logs/merge-weights-lost-tail.pb.gz")).unwrap()
}

fn compile() -> Profile {
    Profile::parse(&file("pprof/compile-net-http.cpu.pb.gz")).unwrap()
}

fn weighted(profile: &impl Source, weight: f64) -> Merge {
    let mut merge = Merge::new();
    let mut part = Part::default();
    part.weight = weight;
    merge.add_part(profile, &part).unwrap();
    merge
}

#[test]
fn whole_weights_lose_no_call() {
    let all = trim_for_pgo(&tail(), usize::MAX).unwrap();
    assert_eq!((all.edges, all.all_edges, all.share), (51, 51, 1.0));
    for weight in [0.001, 0.1, 0.4, 1.0 / 3.0, 0.6] {
        let rounded = weighted(&tail(), weight);
        assert!(rounded.distorted() >= 50, "{weight}");
        let merge = weighted(&tail(), whole_weights(&[weight]).0[0]);
        assert_eq!(merge.distorted(), 0, "{weight}");
        let edges = trim_for_pgo(&merge.finish().unwrap(), usize::MAX).unwrap();
        assert_eq!((edges.edges, edges.all_edges), (51, 51), "{weight}");
    }
    let rounded = weighted(&tail(), 0.4).finish().unwrap();
    assert_eq!(trim_for_pgo(&rounded, usize::MAX).unwrap().edges, 1, "the tail is lost");
    assert_eq!(weighted(&tail(), 3.0).distorted(), 0);
    assert_eq!(weighted(&tail(), 0.0).distorted(), 0, "nothing is asked for");
}

#[test]
fn the_lightest_calls_go_first() {
    let whole = trim_for_pgo(&compile(), 1 << 20).unwrap();
    assert_eq!((whole.edges, whole.all_edges, whole.share), (267, 267, 1.0));
    let mut shares = Vec::new();
    for max in [20_000, 10_000, 5_000, 2_000, 500] {
        let small = trim_for_pgo(&compile(), max).unwrap();
        let mut bytes = Vec::new();
        small.profile.write_gz(&mut bytes).unwrap();
        assert!(bytes.len() <= max, "{} in {max}", bytes.len());
        // As many calls have a larger share of the weight than of the number of calls.
        assert!(small.share >= small.edges as f64 / small.all_edges as f64, "{small:?}");
        let again = trim_for_pgo(&small.profile, usize::MAX).unwrap();
        assert_eq!(again.edges, small.edges);
        shares.push(small.share);
    }
    assert!(shares.is_sorted_by(|a, b| a >= b) && shares[0] == 1.0 && shares[4] < 0.2, "{shares:?}");
    assert!(trim_for_pgo(&compile(), 50).unwrap_err().hint().contains("fits in 50 bytes"));
    let heap = Profile::parse(&file("pprof/go1.27.3/heap.debug0.pb.gz")).unwrap();
    assert!(trim_for_pgo(&heap, 1000).unwrap_err().hint().contains("samples/count"));
}

/// The heaviest call has 100 of 150 samples, and is kept longest.
#[test]
fn what_is_left_is_the_heaviest() {
    let smallest = (100..400).find_map(|max| trim_for_pgo(&tail(), max).ok()).unwrap();
    assert_eq!((smallest.edges, smallest.all_edges), (1, 51));
    assert!((smallest.share - 100.0 / 150.0).abs() < 1e-9);
}

#[cfg(feature = "cli")]
#[test]
fn the_command_keeps_ratios_and_says_what_is_left() {
    let input = crate::fixtures::path("logs/merge-weights-lost-tail.pb.gz");
    let run = |args: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_godiag"));
        let output = command.args(["pprof", "merge"]).arg(&input).args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        (Profile::parse(&output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (scaled, note) = run(&["--weights", "0.4"]);
    assert_eq!(scaled.samples().len(), 51);
    assert!(note.contains("multiplied by 5"), "{note}");
    let (rounded, note) = run(&["--weights", "0.4", "--round"]);
    let counted = rounded.samples().filter(|sample| sample.values()[0] > 0).count();
    assert_eq!((counted, note.as_str()), (1, ""));
    let (_, note) = run(&["--weights", "2"]);
    assert_eq!(note, "");
    let (small, note) = run(&["--max-size", "400"]);
    assert!(small.samples().len() < 51 && note.contains(" of 51 calls kept, with "), "{note}");
}
