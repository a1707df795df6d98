//! The report as text: its order, its width, its colours.

use godiag::diagnose::{Diagnosis, Report, TextOptions, TextStyle};

use super::data;

fn order() -> Report {
    let mut diagnosis = Diagnosis::new();
    diagnosis.open(data("order")).unwrap();
    diagnosis.run()
}

fn text(report: &Report, options: &TextOptions) -> String {
    let mut out = Vec::new();
    report.write_text_with(&mut out, options).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn it_begins_with_the_verdict_and_the_ranking_and_ends_with_the_first_finding() {
    let report = order();
    let text = text(&report, &TextOptions::default().with_folder("recorded today/"));
    let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("no {what:?} in {text}"));
    let parts = [
        "The program's goroutines spend",
        "9 findings in 10 files\n",
        "  1  error    db.go:43     main.locate            goroutines wait for a slot of a pool\n",
        "Where the time goes: 21.0 s of work in 1.59 s (order.trace)\n",
        "\n1. pool-wait [error] main.locate at example.com/order/db.go:43\n",
        "\n9. ",
        "\nRead:\n",
        "\nLeft aside:\n",
        "\n9 findings in 10 files, 3 errors, 3 warnings, 3 info. First: goroutines wait for a slot of a pool (main.locate\nat example.com",
        "\nNext: godiag trace budget 'recorded today/order.trace'\n",
        "      godiag diagnose --explain pool-wait\n",
    ];
    assert!(parts.map(at).is_sorted(), "{text}");
    assert!(text.ends_with(parts[parts.len() - 1]));
}

#[test]
fn lines_fit_the_terminal() {
    let report = order();
    for width in [40, 60, 80, 140] {
        let text = text(&report, &TextOptions::default().with_width(width));
        // Commands are copied, and so not broken.
        let lines = text.lines().take_while(|line| !line.starts_with("Next: "));
        for line in lines {
            let columns = line.chars().count();
            // At 40 columns the longest indent leaves little room, and what is readable goes before.
            assert!(columns <= width.max(60), "{columns} > {width}: {line}");
            assert!(!line.ends_with(' '), "{line:?}");
        }
    }
}

#[test]
fn a_budget_has_no_rows_below_a_percent_but_the_united_ones() {
    let text = text(&order(), &TextOptions::default());
    let budget = text.split("Where the time goes").nth(1).unwrap().split("\nCPU: ").next().unwrap();
    let shares: Vec<_> = budget.lines().skip(1).filter_map(|line| line.trim().split_once(" %  ")).collect();
    assert!(shares.len() >= 5, "{budget}");
    let small: Vec<_> = shares.iter().filter(|(share, _)| *share == "< 1").map(|(_, what)| *what).collect();
    assert_eq!(small, ["227 goroutines more, in 4 groups"], "{budget}");
}

#[test]
fn colours_are_all_that_they_add() {
    let report = order();
    let plain = text(&report, &TextOptions::default().with_width(80));
    let coloured = text(&report, &TextOptions::default().with_width(80).with_style(TextStyle::Colour));
    assert!(!plain.contains('\x1b'));
    for code in ["\x1b[1;31m  1  error    \x1b[0m", "\x1b[33m  4  warning  \x1b[0m", "\x1b[1m"] {
        assert!(coloured.contains(code), "{code:?}");
    }
    let mut stripped = String::new();
    for (number, part) in coloured.split("\x1b[").enumerate() {
        stripped.push_str(if number == 0 { part } else { part.split_once('m').unwrap().1 });
    }
    assert_eq!(stripped, plain);
}
