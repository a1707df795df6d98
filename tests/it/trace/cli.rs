//! `godiag trace` as a command: counting on several threads, the index, and filters.

use std::process::Command;

use serde_json::Value;

/// Three generations, in gzip.
fn trace() -> String {
    let path = crate::fixtures::path("diagnose/samples/stw_nopreempt.trace.gz");
    path.to_str().unwrap().to_owned()
}

fn godiag(args: &[&str]) -> (String, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_godiag")).arg("trace").args(args).output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.code())
}

fn lines(args: &[&str]) -> Vec<Value> {
    let (text, status) = godiag(args);
    assert_eq!(status, Some(0), "{args:?}");
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn counts_do_not_depend_on_the_number_of_threads() {
    let one = godiag(&["events", "--count", "--threads", "1", &trace()]);
    assert_eq!(one.1, Some(0));
    assert!(one.0.contains("1248 events"), "{}", one.0);
    for threads in ["0", "2", "5"] {
        assert_eq!(godiag(&["events", "--count", "--threads", threads, &trace()]), one);
    }
}

#[test]
fn the_index_finds_every_generation_and_counts_it() {
    let rows = lines(&["index", "--json", "--count", &trace()]);
    let number = |row: &Value, key: &str| row[key].as_i64().unwrap();
    assert_eq!(rows.iter().map(|row| number(row, "generation")).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(number(&rows[0], "offset"), 16);
    assert_eq!(number(&rows[1], "offset"), 16 + number(&rows[0], "bytes"));
    assert!(rows.iter().all(|row| number(row, "events") > 0 && number(row, "wall_clock") > 0));
    assert!(number(&rows[0], "start") < number(&rows[1], "start"));
    let (text, _) = godiag(&["index", &trace()]);
    assert_eq!(text.lines().count(), rows.len() + 1);
}

#[test]
fn filters_choose_what_all_events_hold() {
    let all = lines(&["events", "--json", &trace()]);
    let events = &all[..all.len() - 1];
    let first = events[0]["t"].as_i64().unwrap();
    let wanted = |args: &[&str]| {
        let mut chosen = lines(&[&["events", "--json"], args, &[&trace()]].concat());
        chosen.pop();
        chosen
    };
    let choose =
        |is_it: &dyn Fn(&Value) -> bool| events.iter().filter(|e| is_it(e)).cloned().collect::<Vec<_>>();
    let time = |event: &Value| event["t"].as_i64().unwrap() - first;

    let expected = choose(&|e| (5_000_000..900_000_000).contains(&time(e)));
    assert!(!expected.is_empty());
    assert_eq!(wanted(&["--from", "5ms", "--to", "900ms"]), expected);
    let stamp = (first + 900_000_000).to_string();
    assert_eq!(wanted(&["--from", "5ms", "--to", &stamp]), expected);

    let expected = choose(&|e| e["k"] == "RangeBegin" || e["k"] == "Metric");
    assert!(!expected.is_empty());
    assert_eq!(wanted(&["--kind", "RangeBegin", "--kind", "Metric"]), expected);
    assert_eq!(wanted(&["--kind", "rangebegin,metric"]), expected);

    let expected = choose(&|e| e["g"] == 1 || e["res"] == "Goroutine(1)");
    assert!(!expected.is_empty());
    let ours = wanted(&["--g", "1", "--kind", "StateTransition"]);
    assert_eq!(ours, expected.into_iter().filter(|e| e["k"] == "StateTransition").collect::<Vec<_>>());
}

#[test]
fn wrong_use_and_wrong_input_end_with_2() {
    assert_eq!(godiag(&["events", "--threads", "2", &trace()]).1, Some(2));
    assert_eq!(godiag(&["events", "--from", "soon", &trace()]).1, Some(2));
    let source = crate::fixtures::repository().join("Cargo.toml");
    assert_eq!(godiag(&["events", "--count", source.to_str().unwrap()]).1, Some(2));
    assert_eq!(godiag(&["index", source.to_str().unwrap()]).1, Some(2));
}
