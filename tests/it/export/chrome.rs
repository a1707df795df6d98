//! Traces for Chrome's viewer: equal to Go's own answer.

use std::collections::BTreeMap;

use godiag::export::chrome::{self, Focus, View};
use godiag::trace::{GoId, Options, Reader, TaskId};
use godiag::{Limits, wire};
use serde_json::Value;

pub(super) fn sample(name: &str) -> Vec<u8> {
    let folder = crate::fixtures::path("diagnose/samples");
    wire::inflate(&std::fs::read(folder.join(name)).unwrap(), &Limits::DEFAULT).unwrap()
}

/// The viewer's events with their stacks written out, sorted: numbers of stacks and arrows may differ, and so
/// does the order of Go's maps.
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
        // Numbers as floats: Go writes 5, and 5.0 is the same.
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
    let path = crate::fixtures::repository().join("fuzz/seeds/diagnose/high-proc.trace");
    let bytes = std::fs::read(path).unwrap();
    let mut json = Vec::new();
    chrome::write(&mut Reader::parse_with(&bytes, &Options::salvage()).unwrap(), View::Procs, &mut json)
        .unwrap();
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
            chrome::write(&mut Reader::parse(&bytes).unwrap(), view, &mut ours).unwrap();
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
    let reader = || Reader::parse(&bytes).unwrap();
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
