//! Profiles in the forms of other tools: read back by independent readers, with hostile names.

use godiag::export::{folded, speedscope};
use godiag::pprof::report::{Granularity, Options, Report};
use godiag::pprof::{Builder, Line, Profile, StringId, ValueType};

use crate::pprof::reports::data;

/// Names that break out of a string, a line, a stack or an element where they are not escaped.
const HOSTILE: [&[u8]; 12] = [
    b"a\"]; evil [label=\"x",
    b"x\" URL=\"javascript:alert(3)\" y=\"",
    b"<script>alert(1)</script>",
    b"\"><img src=x onerror=alert(1)>",
    b"]]></style>&amp;&#x41;",
    b"semi;colon",
    b"line\nbreak 99",
    b"esc\x1b[2J\x07",
    b"back\\slash\\l\\N",
    b"number at the end 7",
    b"\xff\xfe not utf-8",
    b"rtl \xe2\x80\xae gnp.exe",
];

/// A stack of all hostile names as functions, files and labels, and one stack each.
fn hostile() -> Profile {
    let mut builder = Builder::new();
    let (kind, unit) = (builder.string(b"cpu\"<;"), builder.string(b"nanoseconds"));
    builder.sample_type(ValueType::new(kind, unit));
    let file = builder.string(HOSTILE[1]);
    builder.mapping(godiag::pprof::Mapping {
        filename: file,
        build_id: file,
        ..godiag::pprof::Mapping::new(1)
    });
    builder.comment(file);
    let locations: Vec<_> = HOSTILE
        .iter()
        .map(|name| {
            let name = builder.string(name);
            let function = builder.function(name, name, name, 1);
            builder.location(None, 0, false, &[Line { function, line: 5, column: 0 }])
        })
        .collect();
    let label = godiag::pprof::Label { key: file, value: godiag::pprof::LabelValue::Str(file) };
    builder.sample(&locations, &[1_000], &[label]);
    for &location in &locations {
        builder.sample(&[location], &[10], &[label]);
    }
    assert_ne!(kind, StringId::EMPTY);
    builder.finish().unwrap()
}

fn with_report<T>(profile: &Profile, granularity: Granularity, run: impl FnOnce(&Report<'_>) -> T) -> T {
    let options = Options::default().with_granularity(granularity).with_trim(false);
    run(&Report::new(profile, &options).unwrap())
}

/// No control character but the line feed, nothing that reorders text.
fn assert_printable(text: &str, what: &str) {
    let bad = text.chars().find(|&c| c != '\n' && c.is_control() || matches!(c, '\u{202a}'..='\u{202e}'));
    assert_eq!(bad, None, "{what}");
}

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

#[test]
fn folded_stacks_come_back() {
    let profile = hostile();
    let mut out = Vec::new();
    with_report(&profile, Granularity::Functions, |report| folded::write(report, &mut out).unwrap());
    assert_printable(std::str::from_utf8(&out).unwrap(), "folded");
    assert_eq!(out.iter().filter(|&&c| c == b'\n').count(), 1 + HOSTILE.len());
    let back = folded::read(&out, "cpu", "nanoseconds").unwrap();
    let sum = |p: &Profile| p.samples().map(|sample| sample.values()[0]).sum::<i64>();
    assert_eq!(sum(&back), sum(&profile));
    let deepest = back.samples().map(|sample| sample.locations().len()).max();
    assert_eq!(deepest, Some(HOSTILE.len()));
    let mut again = Vec::new();
    with_report(&back, Granularity::Functions, |report| folded::write(report, &mut again).unwrap());
    assert_eq!(out, again);
}

#[test]
fn folded_stacks_of_a_real_profile_add_up() {
    let profile = Profile::open(data("compile-net-http.cpu.pb.gz")).unwrap();
    let mut out = Vec::new();
    let total = with_report(&profile, Granularity::Functions, |report| {
        folded::write(report, &mut out).unwrap();
        report.total()
    });
    let back = folded::read(&out, "cpu", "nanoseconds").unwrap();
    assert_eq!(back.samples().map(|sample| i128::from(sample.values()[0])).sum::<i128>(), total);
    let leaf_first =
        |p: &Profile| Report::new(p, &Options::default()).unwrap().top().unwrap().rows()[0].name.clone();
    assert_eq!(leaf_first(&back), leaf_first(&profile));
}

#[test]
fn speedscope_is_json_whose_indices_exist() {
    for profile in [hostile(), Profile::open(data("compile-net-http.cpu.pb.gz")).unwrap()] {
        let mut out = Vec::new();
        let total = with_report(&profile, Granularity::Functions, |report| {
            assert_eq!(speedscope::write(report, "a \"name\"</script>", &mut out).unwrap(), 0);
            report.total()
        });
        let text = String::from_utf8(out).unwrap();
        assert!(!text.contains("</script"));
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let frames = json["shared"]["frames"].as_array().unwrap().len() as u64;
        let sampled = &json["profiles"][0];
        let (samples, weights) =
            (sampled["samples"].as_array().unwrap(), sampled["weights"].as_array().unwrap());
        assert_eq!(samples.len(), weights.len());
        assert!(samples.iter().flat_map(|s| s.as_array().unwrap()).all(|i| i.as_u64().unwrap() < frames));
        assert_eq!(weights.iter().map(|w| w.as_f64().unwrap()).sum::<f64>(), total as f64);
        assert_eq!(sampled["unit"], "nanoseconds");
    }
}

#[cfg(feature = "flamegraph")]
#[test]
fn flame_graphs_are_well_formed_and_always_the_same() {
    use godiag::export::svg;

    let profile = hostile();
    let draw = || {
        let mut out = Vec::new();
        with_report(&profile, Granularity::Functions, |report| {
            svg::write(report, "<&\"title", &mut out).unwrap();
        });
        String::from_utf8(out).unwrap()
    };
    let picture = draw();
    assert_eq!(picture, draw());
    // A rectangle a frame: the deep stack, one frame each beside it, the whole; and the background.
    assert_eq!(picture.matches("<rect x=").count(), 2 * HOSTILE.len() + 1);
    let outside = picture
        .split("<![CDATA[")
        .map(|part| part.split_once("]]>").map_or(part, |(_, rest)| rest))
        .collect::<String>();
    assert!(!outside.contains("<script>alert") && !outside.contains("<img"), "a name became an element");
    let empty = Builder::new();
    assert!(empty.finish().is_ok());

    let [old, new] =
        ["go1.25.5", "go1.27.3"].map(|v| Profile::open(data(&format!("{v}/cpu.pb.gz"))).unwrap());
    let mut out = Vec::new();
    with_report(&old, Granularity::Functions, |before| {
        with_report(&new, Granularity::Functions, |after| {
            svg::write_diff(before, after, "diff", &mut out).unwrap();
        });
    });
    assert!(String::from_utf8(out).unwrap().contains("main.burn"));
}
