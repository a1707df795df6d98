//! Views agree with profiles on every file of the test data, whole and cut at every byte.

use std::fs;
use std::path::PathBuf;

use godiag::Limits;
use godiag::pprof::decompress;

use crate::fuzz_seeds::targets::pprof_view::check;

/// Every file below `tests/data/pprof`.
fn files() -> Vec<PathBuf> {
    let root = crate::fixtures::path("pprof");
    let mut files = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_str().unwrap().contains(".pb") {
                files.push(path);
            }
        }
    }
    files.sort();
    assert!(files.len() > 100, "{}", files.len());
    files
}

#[test]
fn views_and_profiles_hold_the_same() {
    for path in files() {
        let bytes = fs::read(&path).unwrap();
        check(&bytes);
        if let Ok(message) = decompress(&bytes, &Limits::DEFAULT) {
            check(&message);
        }
    }
}

#[test]
fn every_prefix_is_an_error_or_a_smaller_profile() {
    for path in files() {
        let bytes = fs::read(&path).unwrap();
        let Ok(message) = decompress(&bytes, &Limits::DEFAULT) else { continue };
        let step = message.len() / 250 + 1;
        for len in (0..message.len()).step_by(step) {
            check(&message[..len]);
        }
    }
}
