//! `godiag pprof` as a command: options, standard input, exit codes, JSON.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use godiag::pprof::report::{Options, Report};
use godiag::pprof::{Builder, Line, LocationId, ValueType};

use crate::fixtures::read_text;
use crate::pprof::reports::data;

const HEAP: &str = "go1.27.3/heap.debug0.pb.gz";
const ALLOCS: &str = "go1.27.3/allocs.debug0.pb.gz";

fn path(name: &str) -> String {
    data(name).to_str().unwrap().to_owned()
}

fn godiag(args: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_godiag"))
        .arg("pprof")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that refuses its arguments does not read.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn stdout(args: &[&str]) -> String {
    let output = godiag(args, b"");
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn golden(name: &str) -> String {
    read_text(&data(&format!("golden-go1.27.3/{name}")))
}

#[test]
fn options_are_those_of_the_tool() {
    let (heap, allocs) = (path(HEAP), path(ALLOCS));
    assert_eq!(stdout(&["top", &heap]), golden("1.27.3_heap.debug0.top"));
    assert_eq!(stdout(&["top", "--cum", &heap]), golden("1.27.3_heap.debug0.top-cum"));
    assert_eq!(stdout(&["top", "--sample_index=alloc_space", &heap]), golden("heap.si-alloc_space"));
    assert_eq!(stdout(&["top", &heap, &allocs]), golden("heap.merge"));
    assert_eq!(stdout(&["top", "--diff-base", &heap, &allocs]), golden("heap.diff_base"));
    let compile = path("compile-net-http.cpu.pb.gz");
    assert_eq!(
        stdout(&["top", "--focus", "escape", "--relative-percentages", &compile]),
        golden("compile.rel")
    );
    assert_eq!(stdout(&["peek", "ssa.Compile$", &compile]), golden("compile.peek"));
}

#[test]
fn a_dash_is_standard_input() {
    let bytes = std::fs::read(data(HEAP)).unwrap();
    let output = godiag(&["top", "-"], &bytes);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), golden("1.27.3_heap.debug0.top"));
}

#[test]
fn json_is_read_back() {
    let json = |args: &[&str]| serde_json::from_str::<serde_json::Value>(&stdout(args)).unwrap();
    let heap = path(HEAP);
    let top = json(&["top", "--json", &heap]);
    assert_eq!(top["rows"][0]["name"], "main.allocKeep");
    assert_eq!(top["value_unit"], "bytes");
    assert!(json(&["tree", "--json", &heap])["nodes"][0]["callers"].is_array());
    assert!(json(&["tags", "--json", &heap])["keys"][0]["values"].is_array());
    assert!(json(&["traces", "--json", &heap])[0]["frames"][0]["name"].is_string());
    let raw = json(&["raw", "--json", &heap]);
    assert_eq!(raw["sample_types"][0], serde_json::json!(["alloc_objects", "count"]));
    let (sample, location) = (&raw["samples"][0], &raw["locations"][0]);
    assert_eq!((sample["values"].as_array().unwrap().len(), &sample["locations"][0]), (4, &location["id"]));
    assert!(location["lines"][0]["function"].is_string());
    assert!(json(&["diff", "--json", &heap, &heap])["rows"].as_array().unwrap().is_empty());
}

#[test]
fn exit_codes_distinguish_regressions_from_refusals() {
    let (heap, allocs) = (path(HEAP), path(ALLOCS));
    let code = |args: &[&str]| godiag(args, b"").status.code();
    assert_eq!(code(&["diff", &heap, &heap]), Some(0));
    assert_eq!(code(&["diff", "--sample-index=alloc_space", &heap, &allocs]), Some(0));
    let older = path("go1.25.5/heap.debug0.pb.gz");
    assert_eq!(code(&["diff", &heap, &older]), Some(1), "the other way round it is an improvement");
    assert_eq!(code(&["diff", "--threshold=1000000", "--noise=1000", &heap, &older]), Some(0));
    assert_eq!(code(&["top", "--sample-index=9", &heap]), Some(2));
    assert_eq!(code(&["top", "--focus=(", &heap]), Some(2));
    assert_eq!(code(&["top", "no such file"]), Some(2));
    assert_eq!(code(&["top", "--lines", "--files", &heap]), Some(2));
    assert_eq!(code(&["merge", "--weights=1,2", &heap]), Some(2));
}

#[test]
fn a_merged_profile_is_a_profile() {
    let (heap, allocs) = (path(HEAP), path(ALLOCS));
    let merged = godiag(&["merge", &heap, &allocs], b"").stdout;
    let top = godiag(&["top", "-"], &merged);
    assert_eq!(String::from_utf8(top.stdout).unwrap(), golden("heap.merge"));
    let left = godiag(&["proto", "--focus=main", &heap], b"").stdout;
    let rows = |args: &[&str], input: &[u8]| {
        let text = String::from_utf8(godiag(args, input).stdout).unwrap();
        text.lines().filter(|line| line.contains('%')).count()
    };
    assert_eq!(
        rows(&["top", "--trim=false", "-"], &left),
        rows(&["top", "--trim=false", "--focus=main", &heap], b"")
    );
}

/// Too large to be held in memory: the command reads it as a stream.
#[test]
fn a_large_profile_gives_the_same_rows_as_a_stream() {
    let mut builder = Builder::new();
    let [cpu, ns] = ["cpu", "nanoseconds"].map(|s| builder.string(s.as_bytes()));
    builder.sample_type(ValueType::new(cpu, ns));
    let locations: Vec<LocationId> = (0..3000_u64)
        .map(|i| {
            let name = builder.string(format!("main.f{}", i % 700).as_bytes());
            let function = builder.function(name, name, name, 1);
            builder.location(None, 0x1000 + i, false, &[Line { function, line: 2, column: 0 }])
        })
        .collect();
    for i in 0..50_000_usize {
        let stack: Vec<LocationId> = (0..140).map(|j| locations[(i * 31 + j * 17) % 3000]).collect();
        builder.sample(&stack, &[1 + (i % 13) as i64], &[]);
    }
    let profile = builder.finish().unwrap();
    assert!(profile.to_bytes().len() > 13 << 20);
    let mut file = Vec::new();
    profile.write_gz(&mut file).unwrap();
    let mut text = Vec::new();
    Report::new(&profile, &Options::default()).unwrap().top().unwrap().write_text(&mut text).unwrap();
    let top = godiag(&["top", "-"], &file);
    assert_eq!(String::from_utf8(top.stdout), String::from_utf8(text));
}

#[test]
fn calls_of_the_tool_are_answered_with_ours() {
    let heap = path(HEAP);
    for (call, expected) in [
        (&["-top", &heap][..], format!("godiag pprof top {heap}\n")),
        (
            &["-cum", "-inuse_space", &heap],
            format!("godiag pprof top --cum --sample-index=inuse_space {heap}\n"),
        ),
        (&["top", env!("CARGO_BIN_EXE_godiag"), &heap], format!("godiag pprof top {heap}\n")),
        (&[&heap], format!("godiag pprof top {heap}\n")),
    ] {
        let output = godiag(call, b"");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{said}");
        assert!(said.ends_with(&expected), "{said}");
        let again: Vec<&str> = said.lines().last().unwrap().split(' ').skip(2).collect();
        assert_eq!(godiag(&again, b"").status.code(), Some(0), "{said}");
    }
}

#[test]
fn comments_are_added_everywhere() {
    let heap = path(HEAP);
    let with = |verb: &str| stdout(&[verb, "--add_comment=release 7", "--add-comment", "#hidden", &heap]);
    assert_eq!(with("comments"), "release 7\n#hidden\n");
    let top = with("top");
    assert!(top.contains("\nrelease 7\nType: ") && !top.contains("hidden"), "{top}");
    assert!(with("raw").starts_with("Comment: release 7\nComment: #hidden\n"));
    let proto = godiag(&["proto", "--add-comment=release 7", &heap], b"").stdout;
    assert_eq!(godiag(&["comments", "-"], &proto).stdout, b"release 7\n");
}

/// An option that is taken must change something: with another profile, another granularity or frames of labels.
#[test]
fn flame_graphs_take_no_option_for_nothing() {
    let (heap, allocs) = (path(HEAP), path(ALLOCS));
    let base = format!("--base={allocs}");
    let code = |args: &[&str]| godiag(args, b"").status.code();
    for option in ["--drop-negative", "--tagshow=x", "--taghide=bytes", "--add-comment=x", "--cum", "--json"]
    {
        for verb in ["flamegraph", "folded", "speedscope"] {
            assert_eq!(code(&[verb, option, &base, &heap]), Some(2), "{verb} {option}");
        }
    }
    for option in ["--unit=MB", "--divide-by=3", "--relative-percentages"] {
        for verb in ["folded", "speedscope"] {
            assert_eq!(code(&[verb, option, "--focus=main", &heap]), Some(2), "{verb} {option}");
        }
        let with = stdout(&["flamegraph", "--focus=main", option, &heap]);
        assert_ne!(with, stdout(&["flamegraph", "--focus=main", &heap]), "{option}");
    }
    let lines = |option: &str| stdout(&["folded", "--lines", option, &heap]);
    let whole = lines("--trim-path=/nowhere");
    let prefix = whole.split(' ').find(|word| word.starts_with('/')).unwrap().split('/').nth(1).unwrap();
    assert_ne!(lines(&format!("--trim-path=/{prefix}")), whole);
}
