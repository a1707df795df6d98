//! `godiag asm` as a command: exit codes, functions that a profile makes hot, and the pages of rules.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use godiag::asm::Rule;
use godiag::pprof::{Builder, Line, ValueType};

use super::listing::text;

fn godiag(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_godiag")).arg("asm").args(args).output().unwrap()
}

/// A folder of this test's own, with the listing before and after `BadApply` and `GoodApply` changed names.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    let old = String::from_utf8(text("gate/lab.S.txt.gz")).unwrap();
    let new = old
        .replace("closure.BadApply", "closure.Swap")
        .replace("closure.GoodApply", "closure.BadApply")
        .replace("closure.Swap", "closure.GoodApply");
    assert_ne!(old, new);
    std::fs::write(folder.join("old.S"), old).unwrap();
    std::fs::write(folder.join("new.S"), new).unwrap();
    let baseline = godiag(&["metrics", folder.join("old.S").to_str().unwrap()]);
    assert!(baseline.status.success());
    std::fs::write(folder.join("baseline"), baseline.stdout).unwrap();
    folder
}

/// A CPU profile with 2 % in `GoodApply`.
fn profile() -> Vec<u8> {
    let mut builder = Builder::new();
    let (cpu, nanoseconds) = (builder.string(b"cpu"), builder.string(b"nanoseconds"));
    builder.sample_type(ValueType::new(cpu, nanoseconds));
    for (name, value) in [("example.com/lab/closure.GoodApply", 2), ("main.main", 98)] {
        let name = builder.string(name.as_bytes());
        let function = builder.function(name, name, name, 0);
        let location = builder.location(None, 1, false, &[Line { function, line: 1, column: 0 }]);
        builder.sample(&[location], &[value], &[]);
    }
    builder.finish().unwrap().to_bytes()
}

#[test]
fn a_profile_says_what_is_hot() {
    let folder = folder("gate-hot");
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    std::fs::write(folder.join("cpu.pb"), profile()).unwrap();
    let gate = |more: &[&str], listing: &str| {
        let (baseline, listing) = (file("baseline"), file(listing));
        let output = godiag(&[&["gate", "--baseline", &baseline], more, &[&listing]].concat());
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let cpu = file("cpu.pb");
    assert_eq!(gate(&["--profile", &cpu], "old.S").0, Some(0));
    // One more allocation outside loops: a warning, unless the function is hot.
    let (code, text) = gate(&[], "new.S");
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("GoodApply"), "{text}");
    let (code, text) = gate(&["--profile", &cpu, "--hot", "1%"], "new.S");
    assert_eq!(code, Some(1), "{text}");
    assert_eq!(gate(&["--profile", &cpu, "--hot", "3%"], "new.S").0, Some(0));
    let (code, json) = gate(&["--profile", &cpu, "--json"], "new.S");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let is_hot = |change: &serde_json::Value| {
        change["hot"] == true && change["function"].as_str().is_some_and(|name| name.ends_with("GoodApply"))
    };
    assert_eq!(code, Some(1));
    assert!(json["changes"].as_array().unwrap().iter().any(is_hot), "{json}");
    // Requests must make sense.
    assert_eq!(gate(&["--hot", "1%"], "new.S").0, Some(2));
    assert_eq!(gate(&["--profile", &cpu, "--hot", "lots"], "new.S").0, Some(2));
}

#[test]
fn rules_are_explained() {
    let output = godiag(&["explain", "defer-loop", "grow"]);
    assert_eq!(output.status.code(), Some(0));
    let mut pages = Vec::new();
    Rule::DeferLoop.write_page(&mut pages).unwrap();
    pages.push(b'\n');
    Rule::Grow.write_page(&mut pages).unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), String::from_utf8(pages).unwrap());
    let list = String::from_utf8(godiag(&["explain"]).stdout).unwrap();
    assert_eq!(list.lines().count(), Rule::ALL.len());
    assert_eq!(godiag(&["explain", "no-such-rule"]).status.code(), Some(2));
}

/// Output of Go 1.27.3 for one small program, as `name` was built.
fn built(name: &str) -> String {
    crate::fixtures::repository().join("tests/data/asm/builds").join(name).to_str().unwrap().to_owned()
}

fn last_lines(args: &[&str]) -> String {
    let output = godiag(args);
    assert_ne!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn findings_name_builds_for_debugging() {
    for (file, says) in [
        ("no-optimisation.txt.gz", "note: built with -N -l:"),
        ("race.txt.gz", "note: built with -race:"),
        ("wasm.txt.gz", "note: wasm:"),
    ] {
        let text = last_lines(&["findings", &built(file)]);
        assert!(text.contains(says), "{file}: {text}");
    }
    let plain = last_lines(&["findings", &built("plain.txt.gz")]);
    assert!(!plain.contains("note:"), "{plain}");
}

#[test]
fn commands_and_names_around_a_build_are_no_part_of_it() {
    let plain = last_lines(&["findings", "--json", &built("plain.txt.gz")]);
    for file in ["commands.txt.gz", "brackets.txt.gz", "bars.txt.gz"] {
        let text = last_lines(&["findings", "--json", &built(file)]);
        let findings = |text: &str| {
            let rows = text.lines().filter(|line| !line.contains("\"coverage\""));
            // Evidence has line numbers, which differ.
            let row = |line| {
                let mut row: serde_json::Value = serde_json::from_str(line).unwrap();
                row["evidence"] = serde_json::Value::Null;
                row.to_string()
            };
            rows.map(row).collect::<Vec<_>>()
        };
        assert_eq!(findings(&text), findings(&plain), "{file}");
        assert!(!findings(&text).is_empty());
        let last: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
        assert_eq!(last["coverage"]["lines_not_understood"], 0, "{file}");
        assert_eq!(last["coverage"]["functions"], 6, "{file}");
    }
}

#[test]
fn findings_of_a_folder_are_those_of_its_files() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("findings-folder");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("p")).unwrap();
    std::fs::write(folder.join("p/README.md"), "# No compiler wrote this\n").unwrap();
    let name = folder.to_str().unwrap();
    assert_eq!(godiag(&["findings", name]).status.code(), Some(2));
    std::fs::copy(built("plain.txt.gz"), folder.join("p/build.txt.gz")).unwrap();
    assert_eq!(last_lines(&["findings", name]), last_lines(&["findings", &built("plain.txt.gz")]));
}

#[test]
fn findings_come_in_the_order_of_their_worth() {
    let file = built("plain.txt.gz");
    let order = |args: &[&str]| {
        let text = last_lines(&[&["findings", "--json", &file], args].concat());
        let rows: Vec<serde_json::Value> = text
            .lines()
            .filter(|line| line.contains("\"rule\""))
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        rows.iter().map(|row| row["function"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // A loop that allocates is worth more than one that checks bounds, whichever comes first in the file ...
    let names = order(&[]);
    let place = |name| names.iter().position(|other| other == name).unwrap();
    assert!(place("main.allocates") < place("main.checks"), "{names:?}");
    // ... unless nobody runs it.
    let folder = folder("findings-profile");
    let mut builder = Builder::new();
    let (cpu, nanoseconds) = (builder.string(b"cpu"), builder.string(b"nanoseconds"));
    builder.sample_type(ValueType::new(cpu, nanoseconds));
    let name = builder.string(b"main.checks");
    let function = builder.function(name, name, name, 0);
    let location = builder.location(None, 1, false, &[Line { function, line: 1, column: 0 }]);
    builder.sample(&[location], &[100], &[]);
    let profile = folder.join("cpu.pb");
    std::fs::write(&profile, builder.finish().unwrap().to_bytes()).unwrap();
    let hot = order(&["--profile", profile.to_str().unwrap()]);
    assert_eq!(hot.first().map(String::as_str), Some("main.checks"), "{hot:?}");
    // Text says once what no small change helps, and cuts where it is asked to.
    let text = last_lines(&["findings", "--rows", "1", &file]);
    assert!(text.contains("more than twice over the budget"), "{text}");
    assert!(text.contains("more of less worth"), "{text}");
}

#[test]
fn what_no_compiler_wrote_has_no_result() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    for (name, text) in
        [("README.md", "# A project\n\nWhat it is for.\n"), ("empty", ""), ("notes", "one\ntwo: 3\n")]
    {
        let file = folder.join(name);
        std::fs::write(&file, text).unwrap();
        for verb in ["findings", "functions", "decisions", "metrics"] {
            let output = godiag(&[verb, file.to_str().unwrap()]);
            let error = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{verb} {name}");
            assert!(error.contains("no line comes from the compiler"), "{verb} {name}: {error}");
        }
    }
    // A package about which there was nothing to say.
    let file = folder.join("silent");
    std::fs::write(&file, "# example.com/p\n").unwrap();
    assert_eq!(godiag(&["findings", file.to_str().unwrap()]).status.code(), Some(0));
}

#[test]
fn a_gate_that_compares_next_to_nothing_fails() {
    let folder = folder("gate-partial");
    let baseline = folder.join("baseline");
    let gate = |args: &[&str]| {
        let all = [&["gate", "--force", "--baseline", baseline.to_str().unwrap()], args].concat();
        godiag(&all).status.code()
    };
    let other = built("plain.txt.gz");
    assert_eq!(gate(&[&other]), Some(1));
    assert_eq!(gate(&["--partial", &other]), Some(0));
    assert_eq!(gate(&[folder.join("old.S").to_str().unwrap()]), Some(0));
}
