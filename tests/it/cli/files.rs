//! Files that are written: whole or not at all, never over an input, and the path is in each error.

use std::path::{Path, PathBuf};

use super::diagnose::ORDER;
use super::godiag;

/// A new folder with copies of a profile and a trace.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    for file in ["cpu.pb.gz", "order.trace"] {
        std::fs::copy(Path::new(ORDER).join(file), folder.join(file)).unwrap();
    }
    folder
}

/// Each way to write a file, with a place for its name.
fn writers<'a>(profile: &'a str, trace: &'a str, output: &'a str) -> Vec<Vec<&'a str>> {
    vec![
        vec!["pprof", "proto", "-o", output, profile],
        vec!["pprof", "merge", "-o", output, profile, profile],
        vec!["pprof", "folded", "-o", output, profile],
        vec!["pprof", "flamegraph", "-o", output, profile],
        vec!["trace", "profile", "sync", "-o", output, trace],
        vec!["trace", "export", "--to", "chrome", "-o", output, trace],
        vec!["diagnose", "--fail-on", "never", "--html", output, trace],
        vec!["diagnose", "--write-baseline", output, trace],
    ]
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_file_is_replaced_whole() {
    let folder = folder("files-whole");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (profile, trace, output) = (path("cpu.pb.gz"), path("order.trace"), path("out"));
    for args in writers(&profile, &trace, &output) {
        std::fs::write(&output, "before").unwrap();
        let done = godiag(&args);
        assert_eq!(done.status.code(), Some(0), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
        assert_ne!(std::fs::read(&output).unwrap(), b"before", "{args:?}");
        assert_eq!(names(&folder), ["cpu.pb.gz", "order.trace", "out"], "{args:?}");
    }
}

#[test]
fn what_cannot_be_written_leaves_what_was_there() {
    let folder = folder("files-failing");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (profile, trace) = (path("cpu.pb.gz"), path("order.trace"));
    let missing = path("no/such/folder/out");
    for args in writers(&profile, &trace, &missing) {
        let done = godiag(&args);
        let error = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(2), "{args:?}");
        assert!(error.contains("no/such/folder/out"), "{args:?}: {error}");
    }
    // The trace is cut: it fails when half of the output is written.
    let bytes = std::fs::read(&trace).unwrap();
    std::fs::write(&trace, &bytes[..bytes.len() / 2]).unwrap();
    let output = path("out");
    std::fs::write(&output, "before").unwrap();
    let done = godiag(&["trace", "export", "--to", "chrome", "-o", &output, &trace]);
    assert_eq!(done.status.code(), Some(2));
    assert_eq!(std::fs::read(&output).unwrap(), b"before");
    assert_eq!(names(&folder), ["cpu.pb.gz", "order.trace", "out"]);
}

#[test]
fn an_input_is_not_written_over() {
    let folder = folder("files-inputs");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (profile, trace) = (path("cpu.pb.gz"), path("order.trace"));
    for (output, input) in [(path("./cpu.pb.gz"), &profile), (path("./order.trace"), &trace)] {
        let before = std::fs::read(input).unwrap();
        for args in writers(&profile, &trace, &output).iter().filter(|args| args.contains(&input.as_str())) {
            let done = godiag(args);
            let error = String::from_utf8(done.stderr).unwrap();
            assert_eq!(done.status.code(), Some(2), "{args:?}");
            assert!(error.contains("is an input"), "{args:?}: {error}");
            assert_eq!(std::fs::read(input).unwrap(), before, "{args:?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn devices_links_and_permissions_stay_what_they_are() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder("files-unix");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (profile, link, output) = (path("cpu.pb.gz"), path("link"), path("out"));
    let write = |to: &str| godiag(&["pprof", "folded", "-o", to, &profile]);
    assert_eq!(write("/dev/null").status.code(), Some(0));
    let full = write("/dev/full");
    assert_eq!(full.status.code(), Some(2));
    assert!(String::from_utf8(full.stderr).unwrap().contains("/dev/full"));
    std::fs::write(&output, "before").unwrap();
    std::fs::set_permissions(&output, std::fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink(&output, &link).unwrap();
    assert_eq!(write(&link).status.code(), Some(0));
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_ne!(std::fs::read(&output).unwrap(), b"before");
    assert_eq!(std::fs::metadata(&output).unwrap().permissions().mode() & 0o777, 0o640);
}
