//! Dumps and crashes anywhere in logs, dressed as loggers, containers and pastes dress them: nothing is lost.

use godiag::pprof::goroutine::{AccessKind, Entry, Note};
use godiag::pprof::{GoroutineDump, Profile, ReadOptions};
use godiag::{Content, Format, Input, Kind, detect};

use crate::fixtures::{path, read_text};

fn log(name: &str) -> Vec<u8> {
    read_text(&path(&format!("logs/{name}"))).into_bytes()
}

/// What each goroutine is, and each stack without one: its header, and what is under it.
fn goroutines(dump: &GoroutineDump<'_>) -> [Vec<String>; 2] {
    let shown = |found: godiag::pprof::goroutine::Goroutine<'_>| {
        format!("{:?} {:?}", found.header(), found.entries().collect::<Vec<_>>())
    };
    [dump.goroutines().map(shown).collect(), dump.system_stacks().map(shown).collect()]
}

fn notes(dump: &GoroutineDump<'_>) -> Vec<String> {
    dump.notes().map(|note| format!("{note:?}")).collect()
}

/// Crashes and dumps of every kind.
fn plain() -> Vec<(&'static str, Vec<u8>)> {
    const NAMES: [&str; 13] = [
        "crash-nil.txt",
        "crash-overflow.txt",
        "join-debug2.txt",
        "map-go1.22.10.txt",
        "deadlock-go1.27.3.txt",
        "oom-go1.27.3.txt",
        "overflow-go1.22.10.txt",
        "quit-go1.22.10.txt",
        "quit-go1.27.3.txt",
        "nested-go1.27.3.txt",
        "timeout-go1.27.3.txt",
        "race-go1.27.3.txt",
        "race-go1.22.10.txt",
    ];
    NAMES.map(|name| (name, log(name))).into()
}

/// `text` with `dress` of every line, its number from 0 given, each with a line feed.
fn dress(text: &[u8], dress: impl Fn(usize, &str) -> String) -> Vec<u8> {
    let text = std::str::from_utf8(text).unwrap();
    text.lines().enumerate().map(|(at, line)| dress(at, line) + "\n").collect::<String>().into_bytes()
}

fn json(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// The lines of a service that runs well.
fn chatter(lines: usize) -> String {
    (0..lines).map(|at| format!("2024/05/01 10:00:00 [INFO] served (200) path=/a/b id={at}\n")).collect()
}

#[test]
fn every_dress_is_taken_off() {
    for (name, text) in plain() {
        let bare = GoroutineDump::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(!bare.defects().is_damaged(), "{name}: {:?}", bare.defects());
        let line = String::from_utf8(text.clone()).unwrap();
        let dressed: Vec<(&str, Vec<u8>)> = vec![
            ("CRLF", dress(&text, |_, line| format!("{line}\r"))),
            ("colours", dress(&text, |_, line| format!("\x1b[31m{line}\x1b[0m"))),
            ("CRI", dress(&text, |at, line| format!("2026-11-23T05:29:06.{at}Z stderr F {line}"))),
            ("docker -t", dress(&text, |at, line| format!("2026-11-23T05:29:06.{at}Z {line}"))),
            ("compose", dress(&text, |at, line| format!("{}-1  | {line}", ["web", "api"][at % 2]))),
            (
                "journald",
                dress(&text, |at, line| {
                    format!("Nov {} 05:29:{:02} host app[123]: {line}", at % 30 + 1, at % 60)
                }),
            ),
            ("zap console", dress(&text, |_, line| format!("2026-11-23T05:29:06.120+0100\tERROR\t{line}"))),
            ("quoted", dress(&text, |_, line| format!("> {line}"))),
            ("indented", dress(&text, |_, line| format!("    {line}"))),
            (
                "docker json-file",
                dress(&text, |at, line| {
                    let log = json(&format!("{line}\n"));
                    format!(r#"{{"log":{log},"stream":"stderr","time":"2026-11-23T05:29:06.{at}Z"}}"#)
                }),
            ),
            (
                "a message a line",
                dress(&text, |_, line| format!(r#"{{"level":"error","msg":{},"n":1}}"#, json(line))),
            ),
            ("no last feed", text.trim_ascii_end().to_vec()),
            ("mark", [b"\xef\xbb\xbf", &text[..]].concat()),
        ];
        let utf16 = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> { line.encode_utf16().flat_map(bytes).collect() };
        let dressed = dressed.into_iter().chain([
            ("UTF-16LE", [&[0xff, 0xfe], &utf16(u16::to_le_bytes)[..]].concat()),
            ("UTF-16BE", [&[0xfe, 0xff], &utf16(u16::to_be_bytes)[..]].concat()),
        ]);
        for (how, text) in dressed {
            let what = format!("{name}, {how}");
            let dump = GoroutineDump::parse(&text).unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(goroutines(&dump), goroutines(&bare), "{what}");
            assert_eq!(notes(&dump), notes(&bare), "{what}");
            assert_eq!(dump.races().len(), bare.races().len(), "{what}");
            let lines = |dump: &GoroutineDump<'_>| dump.goroutines().map(|g| g.line()).collect::<Vec<_>>();
            assert_eq!(lines(&dump), lines(&bare), "{what}");
            assert!(!dump.defects().is_damaged(), "{what}: {:?}", dump.defects());
            assert_eq!(Input::parse(&*text).unwrap().kind(), Some(Kind::Goroutines), "{what}");
            assert_eq!(Profile::parse(&text).unwrap().samples().len(), dump.goroutines().len(), "{what}");

            if how.starts_with("UTF") || how == "mark" {
                continue;
            }
            // The same in the middle of a long log, twice.
            let talk = chatter(2000);
            let talk = talk.as_bytes();
            let long = [talk, &text, b"\n", talk, &text, b"\n", talk].concat();
            let dump = GoroutineDump::parse(&long).unwrap_or_else(|error| panic!("{what}: {error}"));
            let twice = goroutines(&bare).map(|found| [found.clone(), found].concat());
            assert_eq!(goroutines(&dump), twice, "{what}, in a log");
            assert!(!dump.defects().is_damaged(), "{what}, in a log: {:?}", dump.defects());
            assert!((6000..6100).contains(&dump.defects().unknown_lines), "{what}: {:?}", dump.defects());
            assert_eq!(dump.defects().first_unknown_line, 1, "{what}");
            let first = dump.goroutines().next().unwrap().line();
            assert_eq!(first, 2000 + bare.goroutines().next().unwrap().line(), "{what}");
            assert_eq!(detect(&long), Format::Goroutines, "{what}");
        }
    }
}

#[test]
fn a_string_holds_a_whole_stack() {
    for (name, text) in plain() {
        if name.starts_with("race") || name.starts_with("quit") || name.starts_with("crash-overflow") {
            continue;
        }
        let bare = GoroutineDump::parse(&text).unwrap();
        let stack = json(std::str::from_utf8(&text).unwrap());
        for line in [
            format!(r#"{{"time":"2024","level":"ERROR","msg":"panic: boom","n":{{"stack":{stack}}}}}"#),
            format!("time=2024 level=ERROR msg=\"it panicked\" stack={stack}"),
            format!(r#"2026-11-23T05:29:06.1Z stderr F {{"level":"error","stacktrace":{stack}}}"#),
        ] {
            let log = format!("{}{line}\n{}", chatter(3000), chatter(3000));
            let dump = GoroutineDump::parse(&log).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(goroutines(&dump), goroutines(&bare), "{name}");
            assert!(dump.goroutines().all(|goroutine| goroutine.line() == 3001), "{name}");
            assert!(!dump.defects().is_damaged(), "{name}: {:?}", dump.defects());
            assert_eq!(dump.defects().unknown_lines, 6000, "{name}");
        }
    }
}

#[test]
fn stacks_of_loggers_have_no_goroutine() {
    let zap = r#"{"level":"error","ts":1.5,"caller":"app/main.go:12","msg":"no","stacktrace":"main.(*app).run\n\t/src/app/main.go:12\nmain.main\n\t/src/app/main.go:30"}"#;
    let console = "2026-11-23T05:29:06.120+0100\tERROR\tapp/main.go:12\tno\nmain.(*app).run\n\t/src/app/main.go:12\nmain.main\n\t/src/app/main.go:30\nnext line\n";
    let errors = "error: no\nmain.(*app).run\n\t/src/app/main.go:12\nmain.main\n\t/src/app/main.go:30\n";
    for log in [zap, console, errors] {
        let log = format!("{}{log}", chatter(100));
        assert_eq!(detect(log.as_bytes()) == Format::Goroutines, log.contains("stacktrace"));
        let dump = GoroutineDump::parse(&log).unwrap();
        let stack = dump.goroutines().next().unwrap();
        assert_eq!((dump.goroutines().len(), stack.id(), stack.header().state), (1, 0, &b""[..]));
        let frames: Vec<_> = stack.frames().map(|frame| (frame.func, frame.file, frame.line)).collect();
        let file = &b"/src/app/main.go"[..];
        assert_eq!(frames, [(&b"main.(*app).run"[..], file, 12), (b"main.main", file, 30)]);
        assert!(!dump.defects().is_damaged());
    }
    // The beginning of a dump was cut off.
    let tail = "main.f(0x1)\n\t/a.go:1 +0x1d\nmain.g()\n\t/a.go:2 +0x1d\n\ngoroutine 7 [select]:\nmain.h()\n\t/a.go:3\n";
    let dump = GoroutineDump::parse(tail).unwrap();
    assert_eq!(dump.goroutines().map(|g| (g.id(), g.frames().count())).collect::<Vec<_>>(), [(0, 2), (7, 1)]);
}

#[test]
fn tabs_may_be_blanks_or_lost() {
    let mut files = plain();
    files.retain(|(name, _)| !name.starts_with("race"));
    for (name, text) in files {
        let bare = GoroutineDump::parse(&text).unwrap();
        for indent in ["        ", "    ", " ", ""] {
            let is_position =
                |line: &str| line.starts_with('\t') && line.contains("go:") || line.contains(".s:");
            let pasted = dress(&text, |_, line| match line.strip_prefix('\t') {
                Some(rest) if is_position(line) => format!("{indent}{rest}"),
                _ => line.to_owned(),
            });
            let dump = GoroutineDump::parse(&pasted).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(goroutines(&dump), goroutines(&bare), "{name} {indent:?}");
            assert!(!dump.defects().is_damaged(), "{name} {indent:?}: {:?}", dump.defects());
        }
    }
    let dump = log("spaces-for-tab.txt");
    let dump = GoroutineDump::parse(&dump).unwrap();
    assert_eq!(*dump.defects(), Default::default());
    assert!(dump.goroutines().flat_map(|g| g.frames()).all(|frame| frame.file.starts_with(b"/app/")));
    assert!(dump.notes().any(|note| note == Note::GoCommand(b"exit status 2")));
}

#[test]
fn a_token_a_line() {
    for case in ["deadlock", "nil", "err"] {
        for version in ["1.22.10", "1.27.3"] {
            let plain = log(&format!("tokens-{case}-go{version}.plain.txt"));
            let plain = GoroutineDump::parse(&plain).unwrap();
            let text = log(&format!("tokens-{case}-go{version}.txt"));
            let prefixed = dress(&text, |at, line| format!("2026-11-23T05:29:06.{at}Z stderr F {line}"));
            for text in [text, prefixed] {
                let dump =
                    GoroutineDump::parse(&text).unwrap_or_else(|error| panic!("{case} {version}: {error}"));
                assert_eq!(goroutines(&dump), goroutines(&plain), "{case} {version}");
                assert!(!dump.defects().is_damaged(), "{case} {version}: {:?}", dump.defects());
                let died = |dump: &GoroutineDump<'_>| {
                    dump.notes()
                        .filter(|note| matches!(note, Note::Panic { .. } | Note::FatalError(_)))
                        .count()
                };
                assert_eq!(died(&dump), died(&plain), "{case} {version}");
            }
        }
    }
}

#[test]
fn go_test_prints_json() {
    for version in ["1.22.10", "1.27.3"] {
        let text = log(&format!("test-json-go{version}.txt"));
        let input = Input::parse(&*text).unwrap();
        let Content::Goroutines(dump) = input.content().unwrap() else { panic!("{version}") };
        let goroutine = dump.goroutines().next().unwrap();
        assert_eq!(goroutine.frames().count(), 5, "{version}");
        assert_eq!(goroutine.created_by().unwrap().func, b"testing.(*T).Run");
        let is_panic = |note| matches!(note, Note::Panic { message: b"assignment to entry in nil map", .. });
        assert!(dump.notes().any(is_panic), "{version}");
    }
}

#[test]
fn races_have_both_stacks_and_their_creators() {
    let text = log("race.txt");
    let dump = GoroutineDump::parse(&text).unwrap();
    assert_eq!(*dump.defects(), Default::default());
    let found: Vec<_> = dump.goroutines().map(|g| (g.id(), g.header().state, g.frames().count())).collect();
    assert_eq!(found, [(8, &b"running"[..], 2), (7, b"finished", 1)]);
    let first = dump.goroutines().next().unwrap();
    let created = first.created_by().unwrap();
    assert_eq!(
        (created.func, created.file, created.line),
        (&b"main.startBoth"[..], &b"/src/race.go"[..], 24)
    );
    assert_eq!(first.creation_stack().map(|frame| frame.func).collect::<Vec<_>>(), [b"main.main"]);

    for version in ["1.22.10", "1.27.3"] {
        let text = log(&format!("race-go{version}.txt"));
        let dump = GoroutineDump::parse(&text).unwrap();
        let races: Vec<_> = dump.races().collect();
        assert_eq!((races.len(), dump.goroutines().len(), races[1].line()), (2, 4, 29));
        let accesses: Vec<_> = races[1].accesses().collect();
        assert_eq!(accesses.len(), 2);
        assert_eq!((accesses[0].kind, accesses[0].is_previous), (AccessKind::Write, false));
        assert_eq!((accesses[1].kind, accesses[1].is_previous), (AccessKind::Write, true));
        assert!(accesses[0].address > 0 && accesses[0].address == accesses[1].address);
        assert_eq!(accesses[1].goroutine.id(), 1, "the main goroutine");
        assert!(accesses[1].goroutine.created_by().is_none());
        assert!(
            dump.notes().any(|note| matches!(note, Note::GoCommand(text) if text.starts_with(b"Found 2")))
        );
    }
}

#[test]
fn goleak_lists_goroutines() {
    let text = log("goleak.txt");
    let dump = GoroutineDump::parse(&text).unwrap();
    let found: Vec<_> =
        dump.goroutines().map(|g| (g.id(), g.header().state, g.created_by().unwrap().line)).collect();
    assert_eq!(found, [(7, &b"chan receive"[..], 9), (8, b"select", 19)]);
    assert!(dump.goroutines().all(|g| g.frames().all(|frame| frame.file == b"/src/x/x.go")));
    assert_eq!(dump.defects().unknown_lines, 1, "found unexpected goroutines");
    assert!(!dump.defects().is_damaged());
    assert_eq!(dump.notes().count(), 2);
    let main = text
        .split(|&byte| byte == b'\n')
        .skip(2)
        .map(|line| [line.strip_prefix(b"        ").unwrap_or(line), b"\n"].concat());
    let main = [
        b"goleak: Errors on successful test run: found unexpected goroutines:\n".to_vec(),
        main.collect::<Vec<_>>().concat(),
    ]
    .concat();
    let dump = GoroutineDump::parse(&main).unwrap();
    assert_eq!(dump.goroutines().map(|g| g.id()).collect::<Vec<_>>(), [7, 8]);
}

#[test]
fn damage_has_its_line() {
    let text =
        "a\nb\n\ngoroutine 7 [select]:\nmain.f()\n\t/a.go:1 +0x1\nmain.g()\nlog between\n\t/a.go:2 +0x1\n";
    let dump = GoroutineDump::parse(text).unwrap();
    assert_eq!((dump.defects().incomplete_frames, dump.defects().first_damaged_line), (1, 8));
    let cut = "goroutine 7 [select]:\nmain.f()\n\t/a.go:1 +0x1\n\ngoroutine 8 [sel";
    assert_eq!(GoroutineDump::parse(cut).unwrap_err().line_column(), Some((5, 1)));
    let dump = GoroutineDump::parse_with(cut, &ReadOptions::lenient()).unwrap();
    assert_eq!((dump.goroutines().len(), dump.defects().first_damaged_line), (1, 5));
    // What ends with a whole line is whole, with a line feed or without.
    for whole in [
        "goroutine 7 [select]:\nmain.f()\n\t/a.go:1",
        "panic: boom",
        "goroutine 7 [select]:\nmain.f()\n\t/a.go:1\nexit status 2",
        "goroutine 7 [running]:\nmain.f()\n\t/a.go:1\n...7 frames elided...",
        "goroutine 7 [running]:\nmain.f()\n\t/a.go:1\n\ngoroutine pool ready",
    ] {
        let dump = GoroutineDump::parse(whole).unwrap();
        assert!(!dump.defects().is_damaged(), "{whole}");
    }
    let overflow = log("crash-overflow.txt");
    let dump = GoroutineDump::parse(&overflow).unwrap();
    assert_eq!(dump.system_stacks().next().unwrap().frames().count(), 3);
    let last = dump.goroutines().next().unwrap().entries().last();
    assert_eq!(last, Some(Entry::Elided(Some(22_369_455))));
}
