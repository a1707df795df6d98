//! Traces of Go 1.22 and later: hostile input, and shapes on which a slow reader would choke.

#[path = "../../support/trace_shapes.rs"]
mod trace_shapes;

use crate::fuzz_seeds::targets::trace_v2::{check, drain, read};
use godiag::trace::{Event, EventKind, Index, Options, Reader};
use std::collections::BTreeSet;
use std::fs;

use crate::fixtures;

fn hostile() -> impl Iterator<Item = (Vec<String>, Vec<u8>)> {
    let folder = fixtures::path("hostile/trace2");
    let manifest = fs::read_to_string(folder.join("manifest.tsv")).unwrap();
    let rows: Vec<Vec<String>> =
        manifest.lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect()).collect();
    assert!(rows.len() > 100);
    rows.into_iter().map(move |row| {
        let bytes = fs::read(folder.join(&row[0])).unwrap();
        (row, bytes)
    })
}

/// Generations that a reader reads completely: those before a later sync.
fn syncs(events: &[Event]) -> usize {
    events.iter().filter(|event| matches!(event.kind, EventKind::Sync { .. })).count()
}

#[test]
fn hostile_files_are_refused_or_accepted_as_the_manifest_says() {
    for (row, bytes) in hostile() {
        let [file, expect, kind, whole, events] = &row[..] else { panic!("{row:?}") };
        let (strict, error) = read(&bytes);
        let ((salvaged, _), loss) = drain(Reader::parse_with(&bytes, &Options::salvage()));
        match expect.as_str() {
            "must_accept" => {
                assert!(error.is_none(), "{file}: {error:?}");
                if let Ok(wanted) = events.parse::<usize>() {
                    assert_eq!(strict.len(), wanted, "{file}");
                }
            }
            "must_error" | "salvage_prefix" => {
                let error = error.unwrap_or_else(|| panic!("{file} is accepted"));
                // This version is known, but the data after the header is not of its kind.
                let same = kind == "-"
                    || file == "hdr-ver-10.trace"
                    || error.kind().name() == kind
                    || is_near(error.kind().name(), kind);
                assert!(same, "{file}: {error:?}, wanted {kind}");
                if expect == "salvage_prefix" {
                    let whole: usize = whole.parse().unwrap();
                    assert!(syncs(&salvaged) > whole, "{file}: {} syncs", syncs(&salvaged));
                    assert!(!loss.is_none(), "{file}");
                }
            }
            other => panic!("{file}: {other}"),
        }
    }
}

/// Kinds that describe the same fault of a batch in other words.
fn is_near(found: &str, wanted: &str) -> bool {
    // Before 1.25 the frequency comes late: a trace cut before it has none.
    matches!(
        (found, wanted),
        ("length_past_end" | "no_frequency", "truncated")
            | ("no_frequency", "bad_generation")
            | ("truncated", "length_past_end")
    )
}

/// Bytes inside events can look like batches: here at 114,953 bytes, of generation 23 and thread 4.
#[test]
fn the_way_back_into_a_cut_trace_does_not_lead_into_events() {
    let whole = fixtures::inflate(&fixtures::file("diagnose/samples/leak_http.trace.gz"));
    let threads = |bytes: &[u8]| {
        let ((events, error), _) = drain(Reader::parse_with(bytes, &Options::salvage()));
        assert!(error.is_none());
        (events.iter().map(|event| event.thread).collect::<BTreeSet<_>>(), events.len())
    };
    let (known, all) = threads(&whole);
    for len in [114_953, 200_000, 300_000, 389_000] {
        let (seen, events) = threads(&whole[..len]);
        assert!(seen.is_subset(&known) && events <= all, "{len}: {seen:?}");
    }
}

#[test]
fn hostile_files_pass_the_oracle() {
    for (_, bytes) in hostile() {
        check(&bytes);
    }
}

/// Writes traces of format 1.26.
type Shape = (&'static str, fn(n: usize) -> Vec<u8>);

/// Threads that can only run in the reverse of their times: each waits for the one after it.
fn reversed(threads: usize) -> Vec<u8> {
    let shape = trace_shapes::TRACES.iter().find(|shape| shape.0 == "trace-reversed");
    shape.expect("a shape of that name").1(threads)
}

/// Go's reader sorts its threads again for each event here: at this size it would take an hour.
#[test]
fn an_order_against_time_is_found_at_no_more_cost() {
    for threads in [3, 40, 20_000] {
        let (events, error) = read(&reversed(threads));
        assert!(error.is_none(), "{threads}: {error:?}");
        assert_eq!(events.len(), 2 + 4 * threads - 1, "{threads}");
    }
}

#[test]
fn no_end_of_a_trace_goes_unnoticed() {
    let bytes = reversed(5);
    let (whole, error) = read(&bytes);
    assert!(error.is_none());
    for len in 0..bytes.len() {
        let (events, error) = read(&bytes[..len]);
        // A trace may end without its mark only after the header or tables.
        assert!(error.is_some() || events.len() <= 1 || events == whole, "cut at {len}");
        check(&bytes[..len]);
    }
}

/// Kinds and threads without the syncs: everything else depends on where reading begins.
fn essence(events: &[Event]) -> Vec<(&'static str, i64)> {
    let syncs = |event: &&Event| !matches!(event.kind, EventKind::Sync { .. });
    events.iter().filter(syncs).map(|event| (event.kind.name(), event.thread.raw())).collect()
}

#[test]
fn generations_can_be_read_apart() {
    let folder = fixtures::path("hostile/trace2");
    for file in ["trunc-26-0147.trace", "tables-first.trace", "ok-26.trace", "trunc-22-0135.trace"] {
        let bytes = fs::read(folder.join(file)).unwrap();
        let (whole, error) = read(&bytes);
        assert!(error.is_none());
        let index = Index::parse(&bytes).unwrap();
        let infos = index.generations();
        assert!(!infos.is_empty(), "{file}");
        assert_eq!(infos[0].offset, 16);
        assert!(infos.windows(2).all(|pair| pair[0].offset + pair[0].len == pair[1].offset));
        let parts: Vec<_> =
            (0..infos.len()).map(|at| drain(Ok(index.reader(at, &Options::strict()).unwrap())).0.0).collect();
        let apart: Vec<_> = parts.iter().flat_map(|events| essence(events)).collect();
        assert_eq!(apart, essence(&whole), "{file}");
        let counted: u64 = (0..infos.len()).map(|at| index.count_events(at).unwrap().unwrap()).sum();
        assert_eq!(counted, apart.len() as u64, "{file}");
        assert_eq!(index.count_events(infos.len()).unwrap(), None);
        assert!(index.reader(infos.len(), &Options::strict()).is_none());
    }
}
