//! Goroutine dumps and crash logs of Go 1.21 to 1.27: every goroutine is found, and every line is known.

use godiag::ErrorKind;
use godiag::pprof::goroutine::{Entry, Note};
use godiag::pprof::{GoroutineDump, ReadOptions};

use crate::fixtures::{self, inflate};

/// The dumps among the samples, by name.
fn dumps() -> Vec<(String, Vec<u8>)> {
    let is_dump = |name: &str| {
        ["crash-", "synctest", "test-timeout", "http-goroutine"].iter().any(|word| name.contains(word))
            || name.contains("debug2")
            || name.contains("debug3")
    };
    let mut dumps = fixtures::files("pprof", ".txt.gz");
    dumps.retain(|(name, _)| is_dump(name));
    dumps.into_iter().map(|(name, bytes)| (name, inflate(&bytes))).collect()
}

#[test]
fn every_goroutine_is_found_and_every_line_accounted_for() {
    let dumps = dumps();
    assert!(dumps.len() > 150, "{}", dumps.len());
    let mut goroutines = 0;
    for (name, text) in &dumps {
        let dump = GoroutineDump::parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(*dump.defects(), Default::default(), "{name}");
        let headers: Vec<u64> = text.split(|&byte| byte == b'\n').filter_map(header_id).collect();
        assert!(dump.goroutines().map(|goroutine| goroutine.id()).eq(headers.iter().copied()), "{name}");
        goroutines += headers.len();
        for goroutine in dump.goroutines() {
            let header = goroutine.header();
            assert!(!header.state.is_empty() && !header.state.contains(&b','), "{name}: {header:?}");
            for frame in goroutine.frames() {
                assert!(
                    !frame.func.is_empty() && !frame.file.is_empty() && frame.line > 0,
                    "{name}: {frame:?}"
                );
                let words = frame.args().count();
                assert!(words > 0 || frame.arguments.is_empty(), "{name}: {frame:?}");
            }
            assert!(
                goroutine.frames().next().is_some() || goroutine.is_unavailable(),
                "{name} {}",
                goroutine.id()
            );
        }
        // Lines of stacks: two per frame or creator, one for elided frames.
        let lines = text.split(|&byte| byte == b'\n').filter(|line| is_position(line)).count();
        let all = dump.goroutines().chain(dump.system_stacks());
        let positions = all.flat_map(|goroutine| goroutine.entries()).filter(|entry| match entry {
            Entry::Frame(frame) => !frame.file.is_empty(),
            Entry::CreatedBy(created) => !created.file.is_empty(),
            _ => false,
        });
        assert_eq!(positions.count(), lines, "{name}");
    }
    assert_eq!(goroutines, 1498);
}

/// The number of a header line, read as independently as can be.
fn header_id(line: &[u8]) -> Option<u64> {
    let line = std::str::from_utf8(line).ok()?.strip_prefix("goroutine ")?;
    let (id, rest) = line.split_once(' ')?;
    (rest.ends_with(':') && (rest.starts_with('[') || rest.starts_with("gp="))).then(|| id.parse().unwrap())
}

fn is_position(line: &[u8]) -> bool {
    line.starts_with(b"\t")
        && line
            .rsplit(|&byte| byte == b':')
            .next()
            .is_some_and(|rest| rest.first().is_some_and(u8::is_ascii_digit))
}

fn sample(name: &str) -> Vec<u8> {
    inflate(&fixtures::file(&format!("pprof/{name}.gz")))
}

#[test]
fn a_crash_shows_its_panic_signal_and_registers() {
    let text = sample("go1.27.3/crash-nil-deref-tb-crash.txt");
    let dump = GoroutineDump::parse(&text).unwrap();
    let notes: Vec<_> = dump.notes().collect();
    let message = &b"runtime error: invalid memory address or nil pointer dereference"[..];
    assert!(
        matches!(notes[0], Note::Panic { message: m, is_nested: false, .. } if m == message),
        "{notes:?}"
    );
    assert!(matches!(
        notes[1],
        Note::PanicSignal { name: b"SIGSEGV: segmentation violation", code: 1, addr: 0, .. }
    ));

    let text = sample("go1.27.3/crash-sigquit.txt");
    let dump = GoroutineDump::parse(&text).unwrap();
    let notes: Vec<_> = dump.notes().collect();
    assert_eq!(notes[0], Note::Signal(b"SIGQUIT: quit"));
    assert!(matches!(notes[1], Note::SignalPlace { m: 0, sigcode: Some(0), .. }), "{notes:?}");
    let registers = notes.iter().filter(|note| matches!(note, Note::Register { .. })).count();
    assert_eq!(registers, 21);
    let running = dump.goroutines().next().unwrap().header();
    assert_eq!((running.m, running.state), (Some(0), &b"idle"[..]));

    let text = sample("go1.21.13/crash-stack-overflow.txt");
    let dump = GoroutineDump::parse(&text).unwrap();
    assert!(dump.notes().any(|note| note == Note::FatalError(b"stack overflow")));
    assert_eq!(dump.system_stacks().len(), 1);
    assert!(dump.goroutines().any(|goroutine| goroutine.elided().is_some_and(|frames| frames > 100)));
}

#[test]
fn panics_keep_all_their_lines_and_nesting() {
    for version in ["go1.21.13", "go1.27.3"] {
        let text = sample(&format!("{version}/crash-panic-multiline.txt"));
        let dump = GoroutineDump::parse(&text).unwrap();
        let Some(Note::Panic { message, .. }) = dump.notes().next() else { panic!("{version}") };
        assert!(
            message.starts_with(b"my error\n") && message.ends_with(b"with two lines 3"),
            "{}",
            message.escape_ascii()
        );

        let text = sample(&format!("{version}/crash-panic-nested.txt"));
        let dump = GoroutineDump::parse(&text).unwrap();
        let nested: Vec<bool> =
            dump.notes().map(|note| matches!(note, Note::Panic { is_nested: true, .. })).collect();
        assert_eq!(nested, [false, true, true]);
    }
    let text = sample("go1.27.3/crash-panic-recovered.txt");
    let dump = GoroutineDump::parse(&text).unwrap();
    assert!(
        dump.notes().any(|note| matches!(note, Note::Panic { message: b"again", is_repanicked: true, .. }))
    );
}

#[test]
fn ancestors_creators_and_time_outs() {
    let text = sample("go1.27.3/crash-ancestors.txt");
    let dump = GoroutineDump::parse(&text).unwrap();
    let first = dump.goroutines().next().unwrap();
    assert_eq!(first.id(), 9);
    let created = first.created_by().unwrap();
    assert_eq!((created.func, created.goroutine, created.line), (&b"main.crash.func6.1"[..], Some(8), 110));
    assert_eq!(first.frames().count(), 5);
    let ancestors: Vec<_> = first.ancestors().collect();
    assert_eq!(ancestors.iter().map(|a| a.id).collect::<Vec<_>>(), [8, 7, 1]);
    assert_eq!(
        ancestors[2].frames().map(|frame| frame.func).collect::<Vec<_>>(),
        [&b"main.crash"[..], b"main.main"]
    );
    assert_eq!(ancestors[0].created_by().unwrap().goroutine, None);
    assert!(ancestors[2].created_by().is_none());

    let text = sample("go1.27.3/test-timeout.txt");
    let dump = GoroutineDump::parse(&text).unwrap();
    assert_eq!(dump.test_timeout(), Some(&b"1s"[..]));
    assert!(dump.notes().any(|note| note == Note::RunningTest { name: b"TestTimeout", elapsed: b"1s" }));
}

#[test]
fn logs_are_cleaned_before_they_are_read() {
    let text = sample("go1.27.3/goroutine.debug2.txt");
    let plain = GoroutineDump::parse(&text).unwrap();
    assert_eq!(plain.text(), text);
    let lines: Vec<&[u8]> = text.split_inclusive(|&byte| byte == b'\n').collect();
    let with = |before: &dyn Fn(usize) -> String, after: &str| -> Vec<u8> {
        let mut out = Vec::new();
        for (i, line) in lines.iter().enumerate() {
            out.extend_from_slice(before(i).as_bytes());
            out.extend_from_slice(line.strip_suffix(b"\n").unwrap());
            out.extend_from_slice(after.as_bytes());
        }
        out
    };
    for dressed in [
        with(&|_| String::new(), "\r\n"),
        with(&|_| "\x1b[31m".to_owned(), "\x1b[0m\n"),
        with(&|i| format!("2026-11-23T05:29:06.{i}Z stderr F "), "\n"),
        with(&|i| format!("Nov {} 05:29:{i:02} host app[123]: ", i % 30 + 1), "\r\n"),
        [b"\xef\xbb\xbf", &text[..]].concat(),
        [b"starting\nlistening on :80\n", &text[..]].concat(),
    ] {
        let dump = GoroutineDump::parse(&dressed).unwrap();
        assert!(dump.goroutines().map(|g| g.id()).eq(plain.goroutines().map(|g| g.id())));
        let frames = |dump: &GoroutineDump<'_>| -> Vec<String> {
            dump.goroutines().flat_map(|g| g.entries()).map(|entry| format!("{entry:?}")).collect()
        };
        assert_eq!(frames(&dump), frames(&plain));
    }
}

/// Name, strict error (`ok` if none), goroutines that lenient reading keeps (all for `ok`).
const HOSTILE: &[(&str, &str, usize)] = &[
    ("d2-ok", "ok", 6),
    ("d2-log-prefix", "ok", 6),
    ("d2-id-huge", "number", 0),
    ("d2-state-brackets", "ok", 1),
    ("d2-args-many", "ok", 1),
    ("d2-unavailable", "ok", 1),
    ("d2-created-cycle", "ok", 2),
    ("d2-many", "ok", 10_000),
    ("d2-many-unique", "ok", 6_000),
    ("d2-nonutf8", "ok", 6),
    ("d2-line-neg", "number", 1),
    ("d2-trunc-2", "truncated", 1),
    ("d2-trunc-4", "truncated", 4),
    ("java", "bad_magic", 0),
    ("d1-noheader", "bad_magic", 0),
    ("d1-http", "bad_magic", 0),
];

#[test]
fn hostile_dumps_are_errors_or_kept_in_part() {
    for &(name, expected, goroutines) in HOSTILE {
        let text = inflate(&fixtures::file(&format!("hostile/goroutine/{name}.txt.gz")));
        let strict = GoroutineDump::parse(&text);
        let found = strict.as_ref().map_or_else(|error| error.kind().name(), |_| "ok");
        assert_eq!(found, expected, "{name}");
        match GoroutineDump::parse_with(&text, &ReadOptions::lenient()) {
            Ok(dump) => {
                assert_eq!(dump.goroutines().len(), goroutines, "{name}");
                assert_eq!(dump.defects().is_damaged(), expected != "ok", "{name}");
            }
            Err(error) => assert!(goroutines == 0 && error.kind() == ErrorKind::BadMagic, "{name}: {error}"),
        }
    }
}

#[test]
fn every_prefix_is_an_error_or_a_smaller_dump() {
    let text = inflate(&fixtures::file("hostile/goroutine/d2-ok.txt.gz"));
    let mut most = 0;
    for end in 0..text.len() {
        if let Ok(dump) = GoroutineDump::parse_with(&text[..end], &ReadOptions::lenient()) {
            assert!(dump.goroutines().len() >= most, "{end}");
            most = dump.goroutines().len();
            dump.goroutines().for_each(|goroutine| assert!(goroutine.entries().count() <= end));
        }
    }
    assert_eq!(most, 6);
}

#[test]
fn limits_hold() {
    let text = inflate(&fixtures::file("hostile/goroutine/d2-args-many.txt.gz"));
    let limits = godiag::Limits::DEFAULT.with_line(1000);
    let error = GoroutineDump::parse_with(&text, &ReadOptions::default().with_limits(limits)).unwrap_err();
    assert!(error.is_limit() && error.line_column() == Some((2, 1)), "{error}");
    let dump = GoroutineDump::parse_with(&text, &ReadOptions::lenient().with_limits(limits)).unwrap();
    assert_eq!(dump.defects().long_lines, 1);
    let limits = limits.with_inflated(10);
    assert!(
        GoroutineDump::parse_with(&text, &ReadOptions::lenient().with_limits(limits)).unwrap_err().is_limit()
    );
}
