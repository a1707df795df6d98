//! The fuzz targets' seeds run through the fuzz targets' oracles, and the fuzz crate has a program for each
//! target.

use std::fs;
use std::path::PathBuf;

#[path = "../support/targets/mod.rs"]
pub(crate) mod targets;

/// Calls `check` with every seed of `target`, and with every prefix of the small ones.
fn run(target: &str, check: impl Fn(&[u8])) {
    let folder = fuzz().join("seeds").join(target);
    let mut seeds = 0;
    for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let seed = fs::read(entry.unwrap().path()).unwrap();
        check(&seed);
        for len in 0..seed.len().min(300) {
            check(&seed[..len]);
        }
        seeds += 1;
    }
    assert!(seeds > 0, "{target} has no seeds");
}

fn fuzz() -> PathBuf {
    crate::fixtures::repository().join("fuzz")
}

/// The names of the files in a folder of the fuzz crate without their ending, sorted.
fn names(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(fuzz().join(folder)).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn fuzz_programs_are_those_of_the_list() {
    let manifest = fuzz().join("Cargo.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    let head = &text[..text.find("[[bin]]").unwrap()];
    let mut expected = vec![(manifest, head.trim_end().to_owned() + "\n")];
    for target in targets::TARGETS {
        expected[0].1 += &format!(
            "\n[[bin]]\nname = \"{target}\"\npath = \"fuzz_targets/{target}.rs\"\ntest = false\ndoc = false\n"
        );
        let program = format!(
            "#![no_main]\n//! See `tests/support/targets/{target}.rs` for what must hold.\n\n\
             #[path = \"../../tests/support/targets/{target}.rs\"]\nmod {target};\n\n\
             libfuzzer_sys::fuzz_target!(|data: &[u8]| {target}::check(data));\n"
        );
        expected.push((fuzz().join("fuzz_targets").join(target).with_extension("rs"), program));
    }
    let update = std::env::var_os("UPDATE").is_some();
    for (path, text) in expected {
        if update {
            fs::write(&path, text).unwrap();
        } else {
            let found = fs::read_to_string(&path).unwrap_or_default();
            assert_eq!(found, text, "{}: UPDATE=1 writes it", path.display());
        }
    }
    assert_eq!(names("fuzz_targets"), targets::TARGETS, "programs that the list does not name");
    assert_eq!(names("seeds"), targets::TARGETS, "seeds of other targets");
}
