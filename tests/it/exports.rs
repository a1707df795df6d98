//! Profiles in the forms of other tools: read back by independent readers, with hostile names.

use godiag::ErrorKind;
use godiag::export::flame::{self, FlameGraph};
use godiag::export::{folded, speedscope};
use godiag::pprof::report::{Granularity, Options, Report};
use godiag::pprof::{Builder, Line, Profile, StringId, ValueType};

use crate::fuzz_seeds::targets::flame_graph::check_elements;
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

fn drawn(graph: godiag::Result<FlameGraph<'_, '_>>) -> String {
    let mut out = Vec::new();
    graph.unwrap().write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn flame_graphs_are_well_formed_and_always_the_same() {
    let profile = hostile();
    let draw = || {
        with_report(&profile, Granularity::Functions, |report| {
            drawn(FlameGraph::new(report, &flame::Options::default().with_title("<&\"title")))
        })
    };
    let picture = draw();
    assert_eq!(picture, draw());
    check_elements(&picture);
    // The deep stack, one frame each beside it, and the whole.
    assert_eq!(picture.matches("<g>").count(), 2 * HOSTILE.len());
    assert!(picture.contains(">&lt;&amp;&quot;title</text>"));

    let [old, new] =
        ["go1.25.5", "go1.27.3"].map(|v| Profile::open(data(&format!("{v}/cpu.pb.gz"))).unwrap());
    let difference = with_report(&old, Granularity::Functions, |before| {
        with_report(&new, Granularity::Functions, |after| {
            drawn(FlameGraph::difference(before, after, &flame::Options::default()))
        })
    });
    check_elements(&difference);
    assert!(difference.contains("<title>main.burn\n") && difference.contains("class=\"up"));
}

/// A profile of one value for each stack: names, root first.
fn stacks(stacks: &[(&[&str], i64)]) -> Profile {
    let mut builder = Builder::new();
    let (kind, unit) = (builder.string(b"cpu"), builder.string(b"nanoseconds"));
    builder.sample_type(ValueType::new(kind, unit));
    for (names, value) in stacks {
        let locations: Vec<_> = (names.iter().rev())
            .map(|name| {
                let name = builder.string(name.as_bytes());
                let function = builder.function(name, name, name, 1);
                builder.location(None, 0, false, &[Line { function, line: 5, column: 0 }])
            })
            .collect();
        builder.sample(&locations, &[*value], &[]);
    }
    builder.finish().unwrap()
}

#[test]
fn flame_graphs_add_up_beyond_64_bits() {
    let profile = stacks(&[(&["a", "b"], i64::MAX), (&["a", "c"], i64::MAX), (&["a"], i64::MAX)]);
    let picture = with_report(&profile, Granularity::Functions, |report| {
        drawn(FlameGraph::new(report, &flame::Options::default()))
    });
    assert!(picture.contains("<title>a\n7686143.36hrs, 100%, own 2562047.79hrs</title>"), "{picture}");
    assert!(picture.contains("<title>b\n2562047.79hrs, 33.33%, own 2562047.79hrs</title>"));
    assert!(picture.contains("x=\"33.333333%\" y=\"32\" width=\"33.333333%\""));
}

#[test]
fn flame_graphs_say_what_they_leave_out() {
    let deep: Vec<String> = (0..300).map(|depth| format!("f{depth}")).collect();
    let deep: Vec<&str> = deep.iter().map(String::as_str).collect();
    let profile = stacks(&[(&deep, 1000), (&["a"], 50), (&["b"], 40), (&["c"], -7), (&["b"], -3)]);
    with_report(&profile, Granularity::Functions, |report| {
        let options = flame::Options::default().with_max_depth(5).with_max_frames(6);
        let graph = FlameGraph::new(report, &options).unwrap();
        let omitted = graph.omitted();
        assert_eq!((omitted.narrow_frames, omitted.shortened_samples, omitted.negative_stacks), (1, 1, 1));
        assert!(drawn(Ok(graph)).contains(
            ">Not drawn: 1 frames of at most 3.40% each; the innermost frames of 1 samples; \
             1 stacks of negative value.</text>"
        ));
        let graph = FlameGraph::new(report, &flame::Options::default()).unwrap();
        assert_eq!(graph.omitted().shortened_samples, 1, "deeper than 256");
    });
    let nothing = stacks(&[(&["a"], -1), (&["b"], 0)]);
    with_report(&nothing, Granularity::Functions, |report| {
        let error = FlameGraph::new(report, &flame::Options::default()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
    });
}

#[test]
fn differences_need_values_of_one_kind_and_convert_units() {
    let before = stacks(&[(&["a"], 30), (&["gone"], 20)]);
    let after = stacks(&[(&["a"], 60), (&["new"], 40)]);
    with_report(&before, Granularity::Functions, |before| {
        with_report(&after, Granularity::Functions, |after| {
            let picture = drawn(FlameGraph::difference(before, after, &flame::Options::default()));
            assert!(
                picture.contains("<title>a\n60ns, before 30ns: +30.00%</title><rect class=\"up5\""),
                "{picture}"
            );
            assert!(picture.contains("1 frames that only the earlier profile has"));
        });
        let count = godiag::export::folded::read(b"a 1\n", "samples", "count").unwrap();
        with_report(&count, Granularity::Functions, |count| {
            let error = FlameGraph::difference(before, count, &flame::Options::default()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Usage);
        });
    });
}
