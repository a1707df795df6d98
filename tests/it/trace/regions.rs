//! Regions that a program ends out of order: what they cost, and what is said of them.

use godiag::ErrorKind;
use godiag::trace::analysis::Goroutines;
use godiag::trace::{Options, Reader, TaskId};

use crate::fixtures;

const MS: i64 = 1_000_000;

fn overlap() -> Vec<u8> {
    fixtures::file("trace-analysis/regions/overlap.trace")
}

#[test]
fn the_error_names_region_and_goroutine() {
    let bytes = overlap();
    let mut reader = Reader::parse(&bytes).unwrap();
    let error = loop {
        match reader.next_event() {
            Ok(event) => assert!(event.is_some(), "Go's reader refuses this trace"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::BadRange);
    let text = error.to_string();
    assert!(text.contains("UserRegionEnd › region a of goroutine "), "{text}");
}

#[test]
fn only_that_region_is_out_of_order() {
    let bytes = overlap();
    let mut reader = Reader::parse_with(&bytes, &Options::salvage()).unwrap();
    let summary = reader.run(Goroutines::default()).unwrap();
    let loss = reader.loss();
    assert_eq!((loss.regions, loss.generations, loss.bytes()), (1, 0, 0));
    assert_eq!(loss.first.map(|(kind, _)| kind), Some(ErrorKind::BadRange));
    let times = |name: &str| -> Vec<Option<i64>> {
        let regions = summary.regions.iter().filter(|region| region.name == *name && !region.is_inherited);
        regions.map(|region| Some((region.end? - region.start?) / MS)).collect()
    };
    // a is 3 ms long, b is 6 ms long, and what came after is whole.
    let long =
        |name: &str, least: i64| assert!(times(name)[0].is_some_and(|ms| ms >= least), "{:?}", times(name));
    long("a", 3);
    long("b", 6);
    long("after", 2);
    assert!(times("a")[0] < times("b")[0]);
    // Regions that are open at the end are listed, too.
    assert_eq!(times("open"), [None]);
    // Regions outside of any task belong to none.
    let tasks: Vec<_> = summary.tasks.iter().map(|task| task.id).collect();
    assert!(!tasks.contains(&TaskId(0)) && tasks.len() == 1, "{tasks:?}");
    assert_eq!(times("background").len(), 3);
}
