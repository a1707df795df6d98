//! Reports of hostile names: text and dot.

use godiag::pprof::report::{Granularity, Report};

use super::hostile::{HOSTILE, assert_printable, hostile, with_report};

#[test]
fn text_reports_have_one_line_a_row_and_no_control_characters() {
    let profile = hostile();
    for granularity in [Granularity::Functions, Granularity::Files, Granularity::Lines] {
        with_report(&profile, granularity, |report| {
            let mut texts = vec![("top", Vec::new()), ("tree", Vec::new()), ("traces", Vec::new())];
            let top = report.top().unwrap();
            top.write_text(&mut texts[0].1).unwrap();
            report.tree().unwrap().write_text(&mut texts[1].1).unwrap();
            report.write_traces(&mut texts[2].1).unwrap();
            for write in [Report::write_raw, Report::write_callgrind, Report::write_dot] {
                let mut out = Vec::new();
                write(report, &mut out).unwrap();
                texts.push(("raw, callgrind or dot", out));
            }
            let mut tags = Vec::new();
            report.tags().write_text(&mut tags).unwrap();
            texts.push(("tags", tags));
            for (what, text) in &texts {
                // The legend of the tree has tabs.
                let text = String::from_utf8(text.clone()).unwrap().replace(" \t \t ", "");
                assert_printable(&text, what);
            }
            let lines = texts[0].1.iter().filter(|&&c| c == b'\n').count();
            assert_eq!(lines, top.header().len() + 1 + HOSTILE.len());
        });
    }
}

/// Reads dot's statements: quoted strings as they are, everything else as words.
fn dot_tokens(dot: &str) -> Vec<String> {
    let mut tokens = vec![String::new()];
    let mut chars = dot.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                let mut string = String::from("\"");
                loop {
                    match chars.next().expect("a string that does not end") {
                        '\\' => string.extend(['\\', chars.next().unwrap()]),
                        '"' => break,
                        c => string.push(c),
                    }
                }
                tokens.push(string);
                tokens.push(String::new());
            }
            c if c.is_whitespace() || matches!(c, '[' | ']' | '{' | '}' | '=' | ';') => {
                tokens.push(c.to_string());
                tokens.push(String::new());
            }
            c => tokens.last_mut().unwrap().push(c),
        }
    }
    tokens.retain(|token| !token.trim().is_empty());
    tokens
}

#[test]
fn dot_has_the_expected_nodes_and_no_links() {
    const WORDS: [&str; 20] = [
        "digraph",
        "node",
        "style",
        "filled",
        "fillcolor",
        "subgraph",
        "cluster_L",
        "shape",
        "box",
        "fontsize",
        "label",
        "tooltip",
        "id",
        "color",
        "weight",
        "penwidth",
        "labeltooltip",
        "box3d",
        "minlen",
        "->",
    ];
    for granularity in [Granularity::Functions, Granularity::Files, Granularity::Lines] {
        let mut dot = Vec::new();
        with_report(&hostile(), granularity, |report| report.write_dot(&mut dot).unwrap());
        let dot = String::from_utf8(dot).unwrap();
        let tokens = dot_tokens(&dot);
        for token in tokens.iter().filter(|token| !token.starts_with('"')) {
            let node = token.trim_start_matches('N').chars().all(|c| c.is_ascii_digit() || c == '_');
            assert!(
                node || WORDS.contains(&token.as_str()) || "[]{}=;".contains(token.as_str()),
                "{token:?}"
            );
        }
        let nodes = dot.lines().filter(|line| line.contains("shape=box tooltip")).count();
        assert_eq!(nodes, HOSTILE.len());
    }
}
