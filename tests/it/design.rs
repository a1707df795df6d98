//! DESIGN.md lists exactly the differences from Go's tools that the comparisons allow.

use std::fs;

/// Section, name and reason of each difference. The table keeps each value on one line.
fn table() -> Vec<[String; 3]> {
    let text = read(".ci/oracle/differences.toml");
    let value = |row: &str, key: &str| {
        let line = row.lines().find_map(|line| line.strip_prefix(&format!("{key} = \"")));
        line.and_then(|line| line.strip_suffix('"')).unwrap_or_else(|| panic!("no {key} in {row}")).to_owned()
    };
    text.split("[[difference]]")
        .skip(1)
        .map(|row| ["beside", "name", "reason"].map(|key| value(row, key)))
        .collect()
}

/// The bullets of a section of DESIGN.md that begins with `heading`, their lines joined.
fn bullets(design: &str, heading: &str) -> Vec<String> {
    let (_, section) = design.split_once(heading).unwrap_or_else(|| panic!("no {heading}"));
    let mut bullets: Vec<String> = Vec::new();
    for line in section.lines().skip(2).take_while(|line| !line.is_empty()) {
        match line.strip_prefix("- ") {
            Some(start) => bullets.push(start.to_owned()),
            None => *bullets.last_mut().unwrap() += &format!(" {}", line.trim()),
        }
    }
    bullets
}

fn read(name: &str) -> String {
    fs::read_to_string(crate::fixtures::repository().join(name)).unwrap()
}

#[test]
fn differences_from_go_are_those_of_the_table() {
    let (table, design) = (table(), read("DESIGN.md"));
    let mut found = 0;
    for (section, heading) in [("profiles", "\nProfiles, beside"), ("traces", "\nTraces, beside")] {
        let rows = table.iter().filter(|[beside, ..]| beside == section);
        let expected: Vec<_> = rows.map(|[_, name, reason]| format!("**{name}**: {reason}")).collect();
        assert_eq!(bullets(&design, heading), expected, "`python3 .ci/oracle --design` prints the list");
        found += expected.len();
    }
    assert_eq!(found, table.len());
}
