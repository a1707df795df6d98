//! Traces for viewers: equal to Go's own answer, and readable by Perfetto's schema.

use std::collections::BTreeMap;
use std::path::PathBuf;

use godiag::export::chrome::{self, Focus, View};
use godiag::trace::{GoId, Options, Reader, TaskId};
use godiag::{Limits, wire};
use serde_json::Value;

fn sample(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/diagnose/samples");
    wire::inflate(&std::fs::read(folder.join(name)).unwrap(), &Limits::DEFAULT).unwrap()
}

/// The viewer's events with their stacks written out, sorted: stack and arrow numbers may differ, and the order of what
/// Go keeps in maps does.
fn canonical(json: &[u8]) -> Vec<String> {
    let json: Value = serde_json::from_slice(json).unwrap();
    assert_eq!(json["displayTimeUnit"], "ns");
    let stack = |id: &Value| {
        let (mut id, mut out) = (id.as_u64().unwrap(), String::new());
        while id != 0 {
            let frame = &json["stackFrames"][id.to_string()];
            out.push_str(frame["name"].as_str().unwrap());
            out.push('\n');
            id = frame["parent"].as_u64().unwrap_or(0);
        }
        Value::String(out)
    };
    let mut out = Vec::new();
    // Arrows and regions are numbered apart; both come in pairs.
    let mut pairs: BTreeMap<(bool, u64), String> = BTreeMap::new();
    for event in json["traceEvents"].as_array().unwrap() {
        let mut event = event.clone();
        let fields = event.as_object_mut().unwrap();
        for key in ["sf", "esf"] {
            if let Some(id) = fields.get_mut(key) {
                *id = stack(id);
            }
        }
        // Numbers as floats: Go writes 5, we may write 5.0 some day.
        for key in ["ts", "dur"] {
            if let Some(number) = fields.get_mut(key) {
                *number = Value::from(number.as_f64().unwrap());
            }
        }
        let is_region = fields.get("cat").is_some_and(|cat| cat == "Region");
        match fields.remove("id") {
            Some(id) => *pairs.entry((is_region, id.as_u64().unwrap())).or_default() += &event.to_string(),
            None => out.push(event.to_string()),
        }
    }
    out.extend(pairs.into_values());
    out.sort();
    out
}

#[test]
fn a_high_proc_number_does_not_bring_a_row_for_each_below_it() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/diagnose/high-proc.trace");
    let bytes = std::fs::read(path).unwrap();
    let mut json = Vec::new();
    chrome::write(&mut Reader::with(&bytes, Options::salvage()).unwrap(), View::Procs, &mut json).unwrap();
    let json: Value = serde_json::from_slice(&json).unwrap();
    let rows: Vec<i64> = json["traceEvents"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["args"]["name"].as_str().is_some_and(|name| name.starts_with("Proc ")))
        .map(|event| event["tid"].as_i64().unwrap())
        .collect();
    assert!(rows.len() < 20 && rows.iter().any(|&row| row > 1 << 20), "{rows:?}");
}

#[test]
fn chrome_json_is_that_of_gos_viewer() {
    for program in ["annotations", "syscall_block", "stw_nopreempt"] {
        let bytes = sample(&format!("{program}.trace.gz"));
        for (view, name) in [(View::Procs, "proc"), (View::Threads, "thread")] {
            let mut ours = Vec::new();
            chrome::write(&mut Reader::new(&bytes).unwrap(), view, &mut ours).unwrap();
            let gos = sample(&format!("{program}.trace.{name}.json.gz"));
            let (ours, gos) = (canonical(&ours), canonical(&gos));
            assert!(ours.len() > 100);
            if let Some((a, b)) = ours.iter().zip(&gos).find(|(a, b)| a != b) {
                panic!("{program}, {name}:\nours {a}\nGo's {b}");
            }
            assert_eq!(ours.len(), gos.len(), "{program}, {name}");
        }
    }
}

#[test]
fn views_of_a_goroutine_and_of_a_task_are_those_of_gos_viewer() {
    let bytes = sample("annotations.trace.gz");
    let reader = || Reader::new(&bytes).unwrap();
    for (name, focus) in [
        ("g1", Focus::goroutine(&mut reader(), GoId::new(1)).unwrap()),
        ("taskid", Focus::task(&mut reader(), TaskId(5)).unwrap()),
        ("focustask", Focus::task_on_procs(&mut reader(), TaskId(5)).unwrap()),
    ] {
        let mut ours = Vec::new();
        chrome::write_focused(&mut reader(), &focus, &mut ours).unwrap();
        let (ours, gos) =
            (canonical(&ours), canonical(&sample(&format!("annotations.trace.{name}.json.gz"))));
        assert!(ours.len() > 50, "{name}");
        if let Some((a, b)) = ours.iter().zip(&gos).find(|(a, b)| a != b) {
            panic!("{name}:\nours {a}\nGo's {b}");
        }
        assert_eq!(ours.len(), gos.len(), "{name}");
    }
    let error = Focus::task(&mut reader(), TaskId(4711)).unwrap_err();
    assert!(error.to_string().contains("no task 4711"), "{error}");
    assert!(Focus::goroutine(&mut reader(), GoId::new(4711)).is_err());
}

/// Perfetto's messages, as far as they are used, by its field numbers.
#[cfg(feature = "prost")]
mod perfetto {
    use std::collections::BTreeMap;

    use godiag::export::perfetto;
    use godiag::trace::analysis::Goroutines;
    use prost::Message;

    use super::*;

    #[derive(Message)]
    struct Trace {
        #[prost(message, repeated, tag = "1")]
        packet: Vec<Packet>,
    }

    #[derive(Message)]
    struct Packet {
        #[prost(uint64, optional, tag = "8")]
        timestamp: Option<u64>,
        #[prost(uint32, tag = "10")]
        sequence: u32,
        #[prost(message, optional, tag = "11")]
        event: Option<TrackEvent>,
        #[prost(message, optional, tag = "12")]
        interned: Option<Interned>,
        #[prost(uint32, tag = "13")]
        flags: u32,
        #[prost(message, optional, tag = "60")]
        track: Option<TrackDescriptor>,
    }

    #[derive(Message)]
    struct TrackEvent {
        #[prost(int32, tag = "9")]
        kind: i32,
        #[prost(uint64, tag = "10")]
        name_iid: u64,
        #[prost(uint64, tag = "11")]
        track: u64,
        #[prost(int64, optional, tag = "30")]
        counter: Option<i64>,
        #[prost(fixed64, repeated, tag = "47")]
        flows: Vec<u64>,
        #[prost(fixed64, repeated, tag = "48")]
        last_flows: Vec<u64>,
    }

    #[derive(Message)]
    struct Interned {
        #[prost(message, repeated, tag = "2")]
        names: Vec<EventName>,
    }

    #[derive(Message)]
    struct EventName {
        #[prost(uint64, tag = "1")]
        iid: u64,
        #[prost(string, tag = "2")]
        name: String,
    }

    #[derive(Message)]
    struct TrackDescriptor {
        #[prost(uint64, tag = "1")]
        uuid: u64,
        #[prost(string, tag = "2")]
        name: String,
        #[prost(uint64, tag = "5")]
        parent: u64,
        #[prost(message, optional, tag = "8")]
        counter: Option<CounterDescriptor>,
    }

    #[derive(Message)]
    struct CounterDescriptor {}

    #[test]
    fn slices_nest_and_their_sums_are_the_summary() {
        for program in ["healthy", "stw_nopreempt", "mutex_contention", "open_ends"] {
            let bytes = sample(&format!("{program}.trace.gz"));
            let mut out = Vec::new();
            perfetto::write(&mut Reader::new(&bytes).unwrap(), &mut out).unwrap();
            let trace = Trace::decode(&out[..]).unwrap();
            check(program, &bytes, &trace);
        }
    }

    fn check(program: &str, bytes: &[u8], trace: &Trace) {
        let (mut names, mut tracks) = (BTreeMap::new(), BTreeMap::new());
        let mut open: BTreeMap<u64, Vec<(u64, u64)>> = BTreeMap::new();
        let mut last: BTreeMap<u64, u64> = BTreeMap::new();
        let mut sums: BTreeMap<(u64, String), u64> = BTreeMap::new();
        let (mut flows, mut last_flows) = (Vec::<u64>::new(), Vec::<u64>::new());
        assert_eq!(trace.packet[0].flags, 3, "the first packet clears the state");
        for packet in &trace.packet {
            assert_eq!(packet.sequence, 1);
            for name in packet.interned.iter().flat_map(|interned| &interned.names) {
                assert!(names.insert(name.iid, name.name.clone()).is_none());
            }
            if let Some(track) = &packet.track {
                assert!(track.parent == 0 || tracks.contains_key(&track.parent), "a parent comes first");
                assert!(tracks.insert(track.uuid, track.counter.is_some()).is_none());
                assert!(!track.name.is_empty());
            }
            let Some(event) = &packet.event else { continue };
            let time = packet.timestamp.unwrap();
            let is_counter = *tracks.get(&event.track).expect("a described track");
            match event.kind {
                1 => {
                    let stack = open.entry(event.track).or_default();
                    assert!(
                        stack.is_empty() && time >= last.get(&event.track).copied().unwrap_or(0),
                        "{program}"
                    );
                    stack.push((time, event.name_iid));
                    last_flows.extend(&event.last_flows);
                }
                2 => {
                    let (start, name) =
                        open.get_mut(&event.track).and_then(Vec::pop).expect("a slice that began");
                    assert!(time >= start);
                    last.insert(event.track, time);
                    *sums.entry((event.track, names[&name].clone())).or_default() += time - start;
                }
                3 => flows.extend(&event.flows),
                4 => assert!(is_counter && event.counter.is_some()),
                kind => panic!("kind {kind}"),
            }
        }
        assert!(open.values().all(Vec::is_empty), "every slice ends");
        assert!(last_flows.iter().all(|flow| flows.contains(flow)), "every flow begins");
        assert!(program == "open_ends" || !last_flows.is_empty());

        let summary = Reader::new(bytes).unwrap().run(Goroutines::default()).unwrap();
        let mut executed = 0;
        for (at, goroutine) in summary.goroutines.iter().enumerate() {
            let sum =
                |name: &str| sums.get(&(2 << 56 | at as u64, name.to_owned())).copied().unwrap_or(0) as i64;
            let stats = &goroutine.stats;
            assert_eq!(sum("Running"), stats.exec, "{program}, goroutine {}", goroutine.id);
            assert_eq!(sum("Runnable"), stats.sched_wait, "{program}, goroutine {}", goroutine.id);
            assert_eq!(
                sum("Syscall"),
                stats.syscall + stats.syscall_block,
                "{program}, goroutine {}",
                goroutine.id
            );
            executed += stats.exec;
        }
        assert!(executed > 0);
    }
}
