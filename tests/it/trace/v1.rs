//! Traces of Go 1.5 to 1.21, compared with Go's reader.

use std::collections::BTreeMap;
use std::process::Command;

use godiag::ErrorKind;
use godiag::trace::{Event, Footprint, Loss, Options, Reader};
use serde_json::Value;

use crate::fixtures;

/// All events, and the error at the end if there is one.
fn read(input: &[u8], options: Options) -> (Vec<Event>, Option<godiag::Error>, Loss) {
    let mut events = Vec::new();
    let mut reader = match Reader::parse_with(input, &options) {
        Ok(reader) => reader,
        Err(error) => return (events, Some(error), Loss::default()),
    };
    loop {
        match reader.next_event() {
            Ok(Some(event)) => events.push(*event),
            Ok(None) => return (events, None, reader.loss().clone()),
            Err(error) => return (events, Some(error), reader.loss().clone()),
        }
    }
}

/// The JSON lines of `godiag trace events`.
fn dump(name: &str) -> Vec<u8> {
    let path = fixtures::path(name);
    let arguments = ["trace", "events", "--json", "--stacks", path.to_str().unwrap()];
    Command::new(env!("CARGO_BIN_EXE_godiag")).args(arguments).output().unwrap().stdout
}

/// Events that follow each other by a nanosecond, as a multiset. Equal times are spread that way, and in Go
/// their order is that of a hash map.
type Cluster = (i64, BTreeMap<String, usize>);

fn clusters(lines: &[u8]) -> (Vec<Cluster>, String) {
    let (mut clusters, mut last, mut end) = (Vec::<Cluster>::new(), None, String::new());
    for line in lines.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        let mut event: serde_json::Map<String, Value> = serde_json::from_slice(line).unwrap();
        let Some(time) = event.remove("t").and_then(|time| time.as_i64()) else {
            end = event.keys().next().unwrap().clone();
            continue;
        };
        if last != Some(time - 1) {
            clusters.push((time, BTreeMap::new()));
        }
        last = Some(time);
        let cluster = clusters.last_mut().unwrap();
        *cluster.1.entry(Value::Object(event).to_string()).or_default() += 1;
    }
    (clusters, end)
}

fn assert_as_in_go(name: &str, golden: &[u8]) {
    let (go, ours) = (clusters(golden), clusters(&dump(name)));
    for (theirs, ours) in go.0.iter().zip(&ours.0) {
        assert_eq!(theirs, ours, "{name}");
    }
    assert_eq!((go.0.len(), go.1), (ours.0.len(), ours.1), "{name}");
}

#[test]
fn recorded_traces_read_as_in_go() {
    for (name, _) in fixtures::files("trace1/recorded", ".trace") {
        let golden = fixtures::inflate(&fixtures::file(&format!("{name}.tracedump.gz")));
        assert_as_in_go(&name, &golden);
    }
}

#[test]
fn malformed_traces_are_refused_where_go_refuses_them() {
    let files = fixtures::files("trace1/malformed", ".trace");
    assert_eq!(files.len(), 20);
    for (name, _) in files {
        assert_as_in_go(&name, &fixtures::file(&format!("{name}.tracedump")));
    }
}

fn hostile(name: &str) -> Vec<u8> {
    match name {
        "mut-1.19-0" | "mut-1.19-2" | "trunc-real-1.19-3" | "trunc-real-1.19-7" => {
            fixtures::inflate(&fixtures::file(&format!("hostile/trace1/{name}.trace.gz")))
        }
        _ => fixtures::file(&format!("hostile/trace1/{name}.trace")),
    }
}

#[test]
fn hostile_traces_are_refused_for_the_right_reason() {
    for (name, kind, at) in [
        ("trunc-016", ErrorKind::Truncated, 16),
        ("trunc-019", ErrorKind::Truncated, 19),
        ("trunc-022", ErrorKind::Truncated, 22),
        ("trunc-028", ErrorKind::Truncated, 28),
        ("trunc-032", ErrorKind::Truncated, 32),
        ("trunc-036", ErrorKind::Truncated, 36),
        ("trunc-042-mid", ErrorKind::Truncated, 42),
        ("trunc-061-mid", ErrorKind::Truncated, 61),
        ("no-freq", ErrorKind::NoFrequency, 66),
        ("freq-2e63", ErrorKind::BadFrequency, 36),
        ("pid-2e31", ErrorKind::Limit, 16),
        ("type-63", ErrorKind::UnknownEvent, 72),
        ("argn", ErrorKind::BadArity, 72),
        ("argbytes-u64", ErrorKind::Limit, 72),
        ("str-zero-id", ErrorKind::IdZero, 72),
        ("str-len-u64", ErrorKind::LengthPastEnd, 72),
        ("stack-1001", ErrorKind::Limit, 72),
        ("time-order", ErrorKind::TimeOverflow, 19),
        ("userlog-nostr", ErrorKind::Truncated, 72),
        ("trunc-real-1.19-3", ErrorKind::Truncated, 14381),
        ("trunc-real-1.19-7", ErrorKind::Truncated, 33305),
        ("mut-1.19-0", ErrorKind::BadArity, 24554),
        ("mut-1.19-2", ErrorKind::BadArity, 8270),
    ] {
        let (events, error, _) = read(&hostile(name), Options::default());
        let error = error.unwrap_or_else(|| panic!("{name} is accepted"));
        assert_eq!((error.kind(), error.offset()), (kind, Some(at)), "{name}: {error}");
        assert_eq!(events, [], "{name}");
    }
}

#[test]
fn odd_but_sound_traces_are_accepted() {
    for (name, count) in [("ok", 6), ("ok-19", 6), ("trunc-042", 6), ("trunc-061", 6), ("pid-u64max", 1)] {
        let (events, error, loss) = read(&hostile(name), Options::default());
        assert!(error.is_none() && loss.is_none(), "{name}: {error:?}");
        assert_eq!(events.len(), count, "{name}");
    }
}

#[test]
fn salvage_keeps_everything_before_the_damage() {
    for (name, least) in [
        ("trunc-036", 6),
        ("trunc-042-mid", 6),
        ("no-freq", 6),
        ("freq-2e63", 6),
        ("type-63", 6),
        ("userlog-nostr", 6),
        ("trunc-real-1.19-3", 4719),
        ("trunc-real-1.19-7", 11027),
        ("mut-1.19-0", 8110),
        ("mut-1.19-2", 2682),
    ] {
        let (events, error, loss) = read(&hostile(name), Options::salvage());
        assert!(error.is_none(), "{name}: {error:?}");
        assert!(!loss.is_none(), "{name}: the loss is not reported");
        assert!(events.len() >= least, "{name}: {} events", events.len());
        assert!(events.windows(2).all(|pair| pair[0].time < pair[1].time), "{name}");
    }
}

#[test]
fn salvage_of_an_intact_trace_is_the_strict_reading() {
    for (name, bytes) in fixtures::files("trace1/recorded", ".trace") {
        let (strict, salvaged) = (read(&bytes, Options::default()), read(&bytes, Options::salvage()));
        assert_eq!(strict.0, salvaged.0, "{name}");
        assert!(salvaged.2.is_none(), "{name}");
    }
}

#[test]
fn a_cut_anywhere_is_reported_and_costs_only_the_part_cut_off() {
    let whole = fixtures::file("trace1/recorded/profiled-1.21.trace");
    let mut most = 0;
    for len in (16..whole.len()).step_by(61) {
        let cut = &whole[..len];
        let (_, error, _) = read(cut, Options::default());
        let (events, salvage_error, loss) = read(cut, Options::salvage());
        assert!(salvage_error.is_none());
        // After the frequency only tables are missing.
        assert_eq!(error.is_some(), !loss.is_none(), "{len}");
        assert!(events.len() + 2 >= most, "{len}: {} events, {most} in a shorter cut", events.len());
        most = most.max(events.len());
    }
    assert!(most > 400);
}

/// Ps that wait forever, beside one with many events.
fn blocked_procs(n: u64) -> Vec<u8> {
    let mut file = b"go 1.21 trace\0\0\0".to_vec();
    let varint = |out: &mut Vec<u8>, mut value: u64| {
        while value >= 0x80 {
            out.push(value as u8 | 0x80);
            value >>= 7;
        }
        out.push(value as u8);
    };
    for proc in 1..=n {
        file.push(1 | 1 << 6);
        varint(&mut file, proc);
        varint(&mut file, proc);
        // GoUnblock of goroutine 5, which nobody created.
        file.extend([21 | 3 << 6, 4, 1, 5, 1, 0]);
    }
    file.extend([1 | 1 << 6, 0, 1]);
    for _ in 0..n {
        file.extend([33 | 1 << 6, 1, 7]);
    }
    file.extend([2, 100]);
    file
}

#[test]
fn many_blocked_procs_are_refused_and_salvaged() {
    let file = blocked_procs(3000);
    let (_, error, _) = read(&file, Options::default());
    assert_eq!(error.unwrap().kind(), ErrorKind::NoOrder);
    let (events, error, loss) = read(&file, Options::salvage());
    assert!(error.is_none());
    assert_eq!((events.len(), loss.first.map(|(kind, _)| kind)), (6002, Some(ErrorKind::NoOrder)));
}

#[test]
fn the_footprint_counts_every_byte() {
    for (name, bytes) in fixtures::files("trace1/recorded", ".trace") {
        let footprint = Footprint::parse(&bytes).unwrap();
        let sum: u64 = footprint.shares.iter().map(|share| share.bytes).sum();
        assert_eq!(sum + 16, bytes.len() as u64, "{name}");
    }
}
