//! The help of every command, as it was reviewed. `UPDATE=1` writes what it is now.

use std::path::Path;

use super::godiag;

/// Commands that a help text lists.
fn commands(help: &str) -> Vec<String> {
    let list =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = list.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    names.filter(|name| !name.is_empty() && *name != "help").map(str::to_owned).collect()
}

/// Appends the help of `command` and of all below it.
fn collect(command: &[&str], all: &mut String) {
    let output = godiag(&[command, &["--help"]].concat());
    assert_eq!(output.status.code(), Some(0), "{command:?}");
    let help = String::from_utf8(output.stdout).unwrap();
    all.push_str(&format!("$ {} --help\n{}\n", [&["godiag"], command].concat().join(" "), help));
    for name in commands(&help) {
        collect(&[command, &[name.as_str()]].concat(), all);
    }
}

#[test]
fn every_help_text_is_as_reviewed() {
    let mut help = String::new();
    collect(&[], &mut help);
    assert!(help.matches("$ godiag").count() > 40, "commands are not found any more");
    // clap ends some lines with a space.
    let help: String = help.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/cli/help.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &help).unwrap();
    }
    let reviewed = std::fs::read_to_string(&path).unwrap();
    for (now, before) in help.lines().zip(reviewed.lines()) {
        assert_eq!(now, before, "UPDATE=1 accepts it");
    }
    assert_eq!(help.len(), reviewed.len(), "UPDATE=1 accepts it");
}

#[test]
fn help_is_in_the_imperative() {
    let mut help = String::new();
    collect(&[], &mut help);
    for line in help.lines().map(str::trim_start) {
        let third_person = ["Prints ", "Shows ", "Keeps ", "Writes ", "Reads ", "Says ", "Gives ", "Lists "];
        let text = line.split("  ").last().unwrap_or_default().trim_start();
        assert!(!third_person.iter().any(|word| text.starts_with(word)), "{line}");
    }
}
