//! Hostile listings: damaged, cut, disguised, endless.

use godiag::ErrorKind;
use godiag::asm::{Baseline, Build, CompilerOutput, LineKind, Lines, plain};

use super::listing::text;
use crate::fixtures;

/// The corpus's expectation of each file: the number of functions, if any, and a word of the warning.
const ACCEPTED: &[(&str, Option<usize>, &str)] = &[
    ("ok", Some(2), ""),
    ("cr-only", None, "the lines end in CR alone"),
    ("no-final-newline", Some(2), "the last line has no end"),
    ("ci-prefix", None, "CI prefix"),
    ("nul", None, ""),
    ("empty", Some(0), ""),
    ("prose", Some(0), "no line comes from the compiler"),
    ("line-1mib", None, "longer than 64 KiB"),
    ("stext-neg", None, "numbers do not fit"),
    ("trunc-1", None, "the last line has no end"),
    ("trunc-3", None, "the last line has no end"),
    ("trunc-5", None, "the last line has no end"),
    ("trunc-7", None, "the last line has no end"),
    ("line-number-max", None, "numbers do not fit"),
    ("trav", None, ""),
    ("workflow-command", None, ""),
    ("generics", None, ""),
    ("flow-deep", None, ""),
    ("flow-cycle", None, ""),
    ("interleaved", None, "out of order"),
    ("instr-arm64", Some(1), ""),
    ("rel-bad", None, ""),
    ("many-functions", Some(8000), ""),
    ("mut-1.19-0", None, ""),
    ("mut-1.21.13-0", None, ""),
    ("mut-1.24.11-0", None, ""),
    ("mut-1.27.3-0", None, ""),
];

#[test]
fn accepted_with_the_warning_they_deserve() {
    for (name, functions, warning) in ACCEPTED {
        let text = text(&format!("hostile/{name}.txt.gz"));
        let out = CompilerOutput::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let warnings = out.counts().warnings().join("; ");
        assert!(warnings.contains(warning), "{name}: {warnings:?}");
        if let Some(functions) = functions {
            assert_eq!(out.functions().len(), *functions, "{name}");
        }
        // Everything else works on them, too.
        let findings = out.findings();
        let check = out.cross_check();
        assert!(findings.len() + check.claims.len() <= out.counts().lines as usize * 8, "{name}");
        let baseline = Baseline::new(&out, Build::new(&out));
        let mut written = Vec::new();
        baseline.write_json_lines(&mut written).unwrap();
        let mut again = Vec::new();
        Baseline::parse(&written).unwrap().write_json_lines(&mut again).unwrap();
        assert_eq!(written, again, "{name}");
    }
}

#[test]
fn whole_lines_before_a_cut_are_kept() {
    let whole = text("hostile/ok.txt.gz");
    for (name, lines) in [("trunc-1", 11), ("trunc-3", 50), ("trunc-5", 81), ("trunc-7", 113)] {
        let cut = text(&format!("hostile/{name}.txt.gz"));
        let kinds =
            |text: &[u8]| Lines::new(text).take(lines).map(|line| line.kind).collect::<Vec<LineKind>>();
        assert_eq!(kinds(&cut), kinds(&whole), "{name}");
        assert!(CompilerOutput::parse(&cut).unwrap().counts().lines as usize >= lines);
    }
}

#[test]
fn refused_with_the_reason() {
    for (name, kind, hint) in [
        ("utf16", ErrorKind::Encoding, "UTF-16"),
        ("pprof", ErrorKind::NotAListing, "gzip"),
        ("line-4mib-nonl", ErrorKind::Limit, "line"),
    ] {
        let text = text(&format!("hostile/{name}.txt.gz"));
        let error = CompilerOutput::parse(&text).unwrap_err();
        assert_eq!(error.kind(), kind, "{name}");
        assert!(error.to_string().contains(hint) && error.to_string().len() < 512, "{name}: {error}");
    }
}

#[test]
fn every_file_of_the_corpus_is_named_here() {
    let files = fixtures::files("asm/hostile", ".txt.gz");
    assert_eq!(files.len(), ACCEPTED.len() + 3);
}

#[test]
fn disguises_change_nothing() {
    let whole = text("hostile/ok.txt.gz");
    let plain_text = CompilerOutput::parse(&whole).unwrap();
    let disguise = |line_start: &str, line_end: &str| {
        let lines = whole.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        lines
            .flat_map(|line| [line_start.as_bytes(), line, line_end.as_bytes()].concat())
            .collect::<Vec<u8>>()
    };
    for disguised in [
        disguise("", "\r\n"),
        disguise("2026-11-23T05:29:06.1234567Z ", "\n"),
        disguise("\x1b[36m", "\x1b[0m\n"),
        disguise("#12 3.456 ", "\r\n"),
        [b"\xef\xbb\xbf", &*whole].concat(),
    ] {
        let out = CompilerOutput::parse(&disguised).unwrap();
        assert_eq!(out.counts().unclassified, 0);
        assert_eq!(out.functions().len(), plain_text.functions().len());
        assert_eq!(out.decisions().len(), plain_text.decisions().len());
        for ((id, a), (_, b)) in out.functions().zip(plain_text.functions()) {
            assert_eq!((a.symbol, out.metrics(id)), (b.symbol, plain_text.metrics(id)));
        }
    }
    let carriage_returns = text("hostile/cr-only.txt.gz");
    let plain_again = plain(&carriage_returns).unwrap();
    assert_eq!(CompilerOutput::parse(&plain_again).unwrap().functions().len(), 2);
}

/// Colours in the middle of lines and the JSON of `go build -json` need [`plain`].
#[test]
fn colours_and_json_are_undone() {
    let json = text("misc/go1.27.build-json.m.txt");
    let unwrapped = plain(&json).unwrap();
    let out = CompilerOutput::parse(&unwrapped).unwrap();
    assert!(out.decisions().len() > 15 && out.packages().len() == 2, "{}", out.decisions().len());
    let coloured = plain(b"\x1b[1m./a.go\x1b[0m:1:2: \x1b[31mmoved to heap:\x1b[m x\n").unwrap().into_owned();
    assert_eq!(coloured, b"./a.go:1:2: moved to heap: x\n");
}
