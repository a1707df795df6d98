//! `godiag diagnose`: exit codes, baselines, forms.

use std::path::PathBuf;

use super::godiag;

pub(super) const ORDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/diagnose/order");
const HEALTHY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/diagnose/samples/healthy.cpu.pprof");

/// Exit code and output of `godiag diagnose`.
fn diagnose(args: &[&str]) -> (Option<i32>, String) {
    let output = godiag(&[&["diagnose"], args].concat());
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn scripts_choose_what_fails() {
    for (args, code) in [
        (&[ORDER][..], 1),
        (&[HEALTHY], 0),
        (&["--fail-on", "error", ORDER], 1),
        (&["--fail-on", "never", ORDER], 0),
        (&["--fail-on", "churn", ORDER], 0),
        (&["--fail-on", "eror", ORDER], 2),
        (&["--ignore", "no-such-rule", ORDER], 2),
    ] {
        assert_eq!(diagnose(args).0, Some(code), "{args:?}");
    }
    let (code, text) = diagnose(&["--ignore", "dns-slow,pool-wait", "--fail-on", "dns-slow", ORDER]);
    assert_eq!(code, Some(0));
    assert!(text.contains("2 ignored") && !text.contains("\n1. pool-wait"), "{text}");
}

#[test]
fn a_baseline_is_written_and_honoured() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cli-baseline");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("baseline.txt");
    let file = file.to_str().unwrap();
    assert_eq!(diagnose(&["--write-baseline", file, ORDER]).0, Some(0));
    let (code, text) = diagnose(&["--baseline", file, ORDER]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("Nothing found in 10 files") && text.contains("9 in the baseline"), "{text}");
    assert_eq!(diagnose(&["--baseline", HEALTHY, ORDER]).0, Some(2));
}

#[test]
fn sarif_paths_are_those_of_the_repository() {
    // The tests run at the root of the repository; the folder has the go.mod of its module.
    let (_, sarif) = diagnose(&["--sarif", "tests/data/diagnose/order"]);
    assert!(sarif.contains("\"uri\":\"tests/data/diagnose/order/main.go\""), "{sarif}");
}

#[test]
fn colours_and_width_are_those_asked_for() {
    let run = |args: &[&str], environment: &[(&str, &str)]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_godiag"));
        let command = command.arg("diagnose").args(args).arg(format!("{ORDER}/mutex.pb.gz"));
        let output = command.env_remove("COLUMNS").envs(environment.iter().copied()).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let widest = |text: &str| {
        let lines = text.lines().filter(|line| !line.contains("godiag pprof"));
        lines.map(|line| line.chars().count()).max().unwrap()
    };
    // The output is no terminal.
    let plain = run(&[], &[]);
    assert!(!plain.contains('\x1b') && (81..=110).contains(&widest(&plain)), "{plain}");
    assert!(run(&["--color", "always"], &[("NO_COLOR", "1")]).contains("\x1b[1;31m"));
    assert_eq!(run(&["--color", "never"], &[]), plain);
    let narrow = run(&[], &[("COLUMNS", "70")]);
    assert!((60..=70).contains(&widest(&narrow)), "{narrow}");
    assert_eq!(run(&["--width", "70"], &[("COLUMNS", "100")]), narrow);
}

#[test]
fn a_base_is_compared_with() {
    let run = |name: &str| format!("tests/data/diagnose/checkout/{name}");
    let (before, again, after) = (run("before"), run("again"), run("after"));
    for (args, code) in [
        (&["--base", &before, &again][..], 0),
        (&["--base", &before, &after], 1),
        (&["--base", &before, "--fail-on", "never", &after], 0),
        // Of several files of the base, each is part of it.
        (&["--base", &format!("{before}/cpu.pb.gz"), "--base", &format!("{before}/app.trace.gz"), &after], 1),
        (&["--base", &before, "--threshold", "change=25%", &after], 1),
        (&["--base", &before, "--threshold", "change=much", &after], 2),
        (&["--base", &before, "--sarif", &after], 2),
        (&["--base", "no such folder", &after], 2),
    ] {
        assert_eq!(diagnose(args).0, Some(code), "{args:?}");
    }
    let (_, json) = diagnose(&["--base", &before, "--json", &after]);
    assert!(json.contains("\"change\": \"worse\""), "{json}");
    assert!(diagnose(&["--base", &before, "--markdown", &after]).1.starts_with("## Findings: "));
}
