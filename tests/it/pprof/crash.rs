//! Crashes recorded with real toolchains: the cause, the goroutine, and the frame where it happened.

use godiag::pprof::GoroutineDump;
use godiag::pprof::goroutine::{Cause, Crash, recursion};

use crate::fixtures::{path, read_text};

fn log(name: &str) -> String {
    read_text(&path(&format!("logs/{name}")))
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Function and line of the site.
fn site(crash: &Crash<'_>) -> (String, u64) {
    let site = crash.site().unwrap();
    (text(site.func).to_owned(), site.line)
}

#[test]
fn every_kind_has_its_cause_and_site() {
    for (name, cause, message, func, line) in [
        ("nested", Cause::Panic, "first", "main.main", 45),
        ("repanic", Cause::Panic, "first", "main.main", 48),
        ("err", Cause::Panic, "outer\n\tsecond line: inner", "main.main", 42),
        ("map", Cause::ConcurrentMap, "concurrent map writes", "main.main.func3", 54),
        ("deadlock", Cause::Deadlock, "all goroutines are asleep - deadlock!", "main.main", 62),
        ("oom", Cause::OutOfMemory, "runtime: out of memory", "main.main", 68),
        ("unlock", Cause::FatalError, "sync: unlock of unlocked mutex", "main.main", 72),
        ("overflow", Cause::StackOverflow, "stack overflow", "", 0),
        ("timeout", Cause::TestTimeout, "test timed out after 1s", "example.com/crash/tt.helper", 3),
    ] {
        for version in ["1.22.10", "1.27.3"] {
            let log = log(&format!("{name}-go{version}.txt"));
            let dump = GoroutineDump::parse(&log).unwrap();
            let crashes: Vec<_> = dump.crashes().collect();
            let [crash] = &crashes[..] else { panic!("{name} {version}: {}", crashes.len()) };
            assert_eq!(crash.cause(), cause, "{name} {version}");
            let found = text(crash.message()).lines().collect::<Vec<_>>().join("\n");
            let lines = |text: &str| text.lines().map(str::trim).collect::<Vec<_>>().join("\n");
            let head = lines(message);
            assert!(lines(&found).starts_with(&head), "{name} {version}: {found}");
            if !func.is_empty() {
                assert_eq!(site(crash), (func.to_owned(), line), "{name} {version}");
            }
            assert_eq!(crash.goroutines().len(), dump.goroutines().len(), "{name} {version}");
            assert_eq!(crash.line(), 1, "{name} {version}");
        }
    }
}

#[test]
fn panics_have_their_sites() {
    let log = log("crash-nil.txt");
    let dump = GoroutineDump::parse(&log).unwrap();
    let crash = dump.crashes().next().unwrap();
    assert_eq!(crash.cause(), Cause::RuntimeError);
    let panics = crash.panics();
    let sites: Vec<_> =
        panics.iter().map(|panic| panic.site.unwrap()).map(|f| (text(f.func), f.offset)).collect();
    assert_eq!(sites, [("main.main.func6", Some(0x2b)), ("main.main.func6.1", Some(0x5a))]);
    assert!(panics[0].is_recovered && !panics[1].is_recovered);
    assert_eq!(
        text(panics[1].message),
        "again: runtime error: invalid memory address or nil pointer dereference"
    );
    assert_eq!(crash.culprit().unwrap().id(), 1);
    assert!(crash.signal().is_some());

    for version in ["1.22.10", "1.27.3"] {
        let log = self::log(&format!("test-json-go{version}.txt"));
        let dump = GoroutineDump::parse(&log).unwrap();
        let crash = dump.crashes().next().unwrap();
        assert_eq!(text(crash.message()), "assignment to entry in nil map");
        assert_eq!(site(&crash), ("example.com/crash/tt.TestPanics".to_owned(), 5), "{version}");
    }
}

#[test]
fn recursion_is_folded() {
    let log = log("crash-overflow.txt");
    let dump = GoroutineDump::parse(&log).unwrap();
    let crash = dump.crashes().next().unwrap();
    assert_eq!((crash.cause(), crash.line()), (Cause::StackOverflow, 1));
    let culprit = crash.culprit().unwrap();
    let found = recursion(&culprit);
    assert_eq!((found.len(), found[0].round.len(), found[0].start), (1, 1, 0));
    assert_eq!(found[0].times, culprit.frames().count() as u64 + 22_369_455);
    for version in ["1.22.10", "1.27.3"] {
        let log = self::log(&format!("overflow-go{version}.txt"));
        let dump = GoroutineDump::parse(&log).unwrap();
        let culprit = dump.crashes().next().unwrap().culprit().unwrap();
        let found = recursion(&culprit);
        assert_eq!((found.len(), found[0].round.len()), (1, 2), "{version}");
        let mut round: Vec<_> = found[0].round.iter().map(|frame| text(frame.func)).collect();
        round.sort_unstable();
        assert_eq!(round, ["main.even", "main.rec"], "{version}");
        let frames = culprit.frames().count() as u64 + culprit.elided().unwrap();
        assert!(found[0].times * 2 <= frames && found[0].times * 2 + 6 > frames, "{version}");
    }
}

#[test]
fn others_may_be_in_the_same_place() {
    let log = log("deadlock-go1.27.3.txt");
    let dump = GoroutineDump::parse(&log).unwrap();
    let crash = dump.crashes().next().unwrap();
    assert!(crash.also_there().is_empty());
    let log = self::log("map-go1.22.10.txt");
    let dump = GoroutineDump::parse(&log).unwrap();
    let crash = dump.crashes().next().unwrap();
    assert!(crash.also_there().iter().all(|g| g.created_by().unwrap().func == b"main.main"));
    assert_eq!(crash.also_there().len(), 7);
}

#[test]
fn a_log_may_hold_many_crashes() {
    let names = [
        "nested-go1.27.3.txt",
        "map-go1.22.10.txt",
        "race-go1.27.3.txt",
        "quit-go1.27.3.txt",
        "oom-go1.22.10.txt",
        "goleak.txt",
        "crash-overflow.txt",
        "timeout-go1.22.10.txt",
    ];
    let mut all = String::new();
    for name in names {
        all += &log(name);
        all += "\nstarting again\n\n";
    }
    let dump = GoroutineDump::parse(&all).unwrap();
    let causes: Vec<_> = dump.crashes().map(|crash| crash.cause()).collect();
    let expected = [
        Cause::Panic,
        Cause::ConcurrentMap,
        Cause::Race,
        Cause::Race,
        Cause::Signal,
        Cause::OutOfMemory,
        Cause::Leak,
        Cause::StackOverflow,
        Cause::TestTimeout,
    ];
    assert_eq!(causes, expected);
    let all: usize = dump.crashes().map(|crash| crash.goroutines().len()).sum();
    assert_eq!(all, dump.goroutines().len());
    let alone: Vec<_> = names
        .iter()
        .flat_map(|name| {
            let log = log(name);
            let dump = GoroutineDump::parse(&log).unwrap();
            dump.crashes().map(|crash| (crash.cause(), crash.goroutines().len())).collect::<Vec<_>>()
        })
        .collect();
    assert!(dump.crashes().map(|crash| (crash.cause(), crash.goroutines().len())).eq(alone));
    // A dump that someone asked for is no crash.
    assert_eq!(GoroutineDump::parse(&log("join-debug2.txt")).unwrap().crashes().count(), 0);
}

#[test]
fn reports_that_were_cut_before_their_first_access_are_no_crashes() {
    let cut = "==================\nWARNING: DATA RACE\n==================\n";
    let whole = read_text(&path("logs/race.txt"));
    for before in [1, 2, 3] {
        let text = [&cut.repeat(before), &whole, cut, cut, &whole].concat();
        let dump = GoroutineDump::parse(&text).unwrap();
        let lines: Vec<(Cause, u64, usize)> =
            dump.crashes().map(|crash| (crash.cause(), crash.line(), crash.goroutines().len())).collect();
        let accessed = dump.races().filter(|race| race.accesses().count() > 0);
        let expected: Vec<_> = accessed.map(|race| (Cause::Race, race.line(), 2)).collect();
        assert_eq!(lines, expected, "{before}");
        assert_eq!(lines.len(), 2);
    }
}

#[test]
fn every_crash_of_the_samples_has_a_cause() {
    for (name, bytes) in crate::fixtures::files("pprof", ".txt.gz") {
        if !name.contains("/crash-") {
            continue;
        }
        let text = crate::fixtures::inflate(&bytes);
        let dump = GoroutineDump::parse(&text).unwrap();
        let crashes: Vec<_> = dump.crashes().collect();
        // A program that prints its stack goes on.
        let ends = !["crash-debug-print", "crash-stack."].iter().any(|word| name.contains(word));
        assert_eq!(
            crashes.len(),
            usize::from(ends),
            "{name}: {:?}",
            crashes.iter().map(Crash::cause).collect::<Vec<_>>()
        );
        let Some(crash) = crashes.first() else { continue };
        assert_eq!(crash.goroutines().len(), dump.goroutines().len(), "{name}");
        let has_stack = crash.culprit().is_some_and(|culprit| culprit.frames().next().is_some());
        assert_eq!(crash.site().is_some(), has_stack, "{name}");
    }
}

#[cfg(feature = "cli")]
#[test]
fn the_command_says_what_happened_and_fails() {
    let run = |args: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_godiag"));
        let output = command.args(["pprof", "crash"]).args(args).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let file = |name: &str| path(&format!("logs/{name}")).to_str().unwrap().to_owned();
    let (code, overflow) = run(&[&file("crash-overflow.txt.gz")]);
    assert_eq!(code, Some(1));
    assert!(overflow.contains("stack overflow") && overflow.contains(" × main.main.func4\n"), "{overflow}");
    assert!(overflow.contains("22369455 frames elided"), "{overflow}");
    let (_, nil) = run(&[&file("crash-nil.txt"), "--json"]);
    let nil: serde_json::Value = serde_json::from_str(&nil).unwrap();
    assert_eq!((&nil["cause"], &nil["site"]["func"]), (&"runtime_error".into(), &"main.main.func6".into()));
    assert_eq!(nil["panics"].as_array().unwrap().len(), 2);
    let (_, quit) = run(&[&file("quit-go1.27.3.txt.gz"), "--registers"]);
    assert!(quit.contains("SIGQUIT: quit") && quit.contains("  rip "), "{quit}");
    let (code, dump) = run(&[&file("join-debug2.txt")]);
    assert_eq!(code, Some(0));
    assert!(dump.ends_with("no crash; 13 goroutines\n"), "{dump}");
    assert_eq!(run(&[&file("join-debug0.pb.gz")]).0, Some(2));
}
