//! Options at the ends of their ranges.

use super::godiag;

const TRACE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/diagnose/samples/stw_nopreempt.trace.gz");

const PROFILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/pprof/go1.27.3");

fn profile(name: &str) -> String {
    format!("{PROFILES}/{name}.pb.gz")
}

fn stdout(args: &[&str]) -> String {
    let output = godiag(args);
    assert_eq!(output.status.code(), Some(0), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn any_number_of_rows_can_be_asked_for() {
    for verb in ["summary", "sched", "blocking", "goroutines"] {
        let all = stdout(&["trace", verb, "--rows", "0", TRACE]);
        // A page has room for eight rows of each table, whatever --rows says.
        assert!(verb == "summary" || !all.contains(" more\n"), "{all}");
        for rows in ["65535", "65536", "18446744073709551615"] {
            assert_eq!(stdout(&["trace", verb, "--rows", rows, TRACE]), all, "{verb} {rows}");
        }
        assert!(stdout(&["trace", verb, "--rows", "1", TRACE]).len() < all.len(), "{verb}");
    }
}

#[test]
fn more_threads_than_generations_are_not_started() {
    let one = stdout(&["trace", "events", "--count", "--threads", "1", TRACE]);
    for threads in ["1000000", "9223372036854775807", "18446744073709551615"] {
        assert_eq!(stdout(&["trace", "events", "--count", "--threads", threads, TRACE]), one);
    }
}

#[test]
fn compat_has_one_name() {
    let compat = stdout(&["trace", "goroutines", "--compat", TRACE]);
    assert_eq!(stdout(&["trace", "goroutines", "--go-compat", TRACE]), compat);
}

#[test]
fn rows_have_one_name_and_that_of_go_too() {
    for (verb, file) in [("top", "cpu"), ("contention", "mutex.debug0"), ("goroutines", "goroutine.debug0")] {
        let file = profile(file);
        let printed = |option, rows| godiag(&["pprof", verb, option, rows, &file]).stdout;
        assert_eq!(printed("--nodecount", "1"), printed("--rows", "1"), "{verb}");
        assert!(printed("--rows", "1").len() < printed("--rows", "0").len(), "{verb}");
    }
}

#[test]
fn normalizing_needs_a_profile_to_scale_to() {
    let cpu = profile("cpu");
    for verb in ["top", "flamegraph"] {
        assert_eq!(godiag(&["pprof", verb, "--normalize", &cpu]).status.code(), Some(2), "{verb}");
    }
    stdout(&["pprof", "top", "--normalize", "--base", &cpu, &cpu]);
    let doubled = &["pprof", "flamegraph", "--before", &cpu, &cpu, &cpu][..];
    let scaled = stdout(&[doubled, &["--normalize"]].concat());
    assert_ne!(stdout(doubled), scaled);
    assert_eq!(stdout(&["pprof", "flamegraph", "--before", &cpu, &cpu]), scaled);
}

#[test]
fn exit_codes_distinguish_findings_from_failures() {
    for (args, code) in [
        (&["info", TRACE][..], 0),
        (&["trace", "findings", TRACE], 1),
        (&["info", "/no/such/file"], 2),
        (&["trace", "summary", "--no-such-option", TRACE], 2),
    ] {
        assert_eq!(godiag(args).status.code(), Some(code), "{args:?}");
    }
}
