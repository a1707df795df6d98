//! Limits of profiles: each stops an input just above it, and none just below.

use godiag::pprof::{Builder, Line, Profile, ReadOptions, ValueType, View};
use godiag::{Error, Limits};

/// The contents of a profile; everything else is minimal.
#[derive(Clone, Copy, Default)]
struct Size {
    samples: usize,
    depth: usize,
    labels: usize,
    lines: usize,
    functions: usize,
    strings: usize,
    string: usize,
}

fn make(size: Size) -> Vec<u8> {
    let mut builder = Builder::new();
    let name = builder.string(b"f");
    builder.sample_type(ValueType::new(name, name));
    for i in 0..size.strings {
        builder.string(format!("string {i}").as_bytes());
    }
    builder.string("s".repeat(size.string).as_bytes());
    let function = builder.function(name, name, name, 0);
    for i in 1..size.functions as i64 {
        builder.function(name, name, name, i);
    }
    let line = Line { function, line: 1, column: 0 };
    let location = builder.location(None, 1, false, &vec![line; size.lines.max(1)]);
    let label = godiag::pprof::Label { key: name, value: godiag::pprof::LabelValue::Str(name) };
    for _ in 0..size.samples.max(1) {
        builder.sample(&vec![location; size.depth], &[1], &vec![label; size.labels]);
    }
    builder.finish().unwrap().to_bytes()
}

fn profile_error(bytes: &[u8], limits: &Limits) -> Option<Error> {
    Profile::parse_with(bytes, &ReadOptions::strict().with_limits(*limits)).err()
}

/// Asserts that `over`, and only `over`, trips the limit of that name.
fn trips(name: &str, limits: Limits, under: Size, over: Size) {
    assert!(profile_error(&make(under), &limits).is_none(), "{name}: tripped too early");
    let bytes = make(over);
    assert!(View::parse_with(&bytes, &limits.with_memory(u64::MAX)).is_err());
    for error in [
        profile_error(&bytes, &limits).expect(name),
        Profile::parse_with(&bytes, &ReadOptions::lenient().with_limits(limits)).map(drop).expect_err(name),
        View::parse_with(&bytes, &limits).map(drop).expect_err(name),
    ] {
        assert!(error.is_limit() && error.hint().contains(&format!("Limits::{name})")), "{error}");
    }
}

#[test]
fn each_limit_is_tripped_by_what_is_too_much_of_it() {
    let no = Limits::UNLIMITED;
    let size = Size::default();
    trips("samples", no.with_samples(9), Size { samples: 9, ..size }, Size { samples: 10, ..size });
    trips("stack_depth", no.with_stack_depth(9), Size { depth: 9, ..size }, Size { depth: 10, ..size });
    trips("stack_depth", no.with_stack_depth(1), Size { depth: 1, ..size }, Size { depth: 2, ..size });
    trips("labels", no.with_labels(9), Size { labels: 9, ..size }, Size { labels: 10, ..size });
    trips("lines", no.with_lines(9), Size { lines: 9, ..size }, Size { lines: 10, ..size });
    let inlined = Size { depth: 5, lines: 4, ..size };
    trips("frames", no.with_frames(40), Size { samples: 2, ..inlined }, Size { samples: 3, ..inlined });
    trips("table_rows", no.with_table_rows(9), Size { functions: 9, ..size }, Size { functions: 10, ..size });
    // The empty string, "f" and the long one are there too.
    trips("strings", no.with_strings(9), Size { strings: 7, ..size }, Size { strings: 8, ..size });
    trips("string_len", no.with_string_len(9), Size { string: 9, ..size }, Size { string: 10, ..size });
}

#[test]
fn defaults_are_tripped_by_their_own_inputs() {
    let size = Size::default();
    let default = Limits::DEFAULT;
    let error = |bytes: &[u8]| View::parse_with(bytes, &default).unwrap_err().hint().to_owned();
    let depth = default.stack_depth as usize + 1;
    assert!(error(&make(Size { depth, ..size })).contains("Limits::stack_depth"));
    let labels = default.labels as usize + 1;
    assert!(error(&make(Size { labels, ..size })).contains("Limits::labels"));
    let lines = default.lines as usize + 1;
    assert!(error(&make(Size { lines, ..size })).contains("Limits::lines"));
    let string = default.string_len as usize + 1;
    assert!(error(&make(Size { string, ..size })).contains("Limits::string_len"));
    let (samples, depth, lines) = (1 << 11, 1 << 10, (1 << 11) + 1);
    assert!(error(&make(Size { samples, depth, lines, ..size })).contains("Limits::frames"));
    let many = |unit: &[u8], times: u64| {
        let mut bytes = b"\x0a\x04\x08\x01\x10\x01\x32\x00\x32\x01f".to_vec();
        bytes.extend(unit.repeat(times as usize));
        error(&bytes)
    };
    assert!(many(b"\x12\x02\x10\x01", default.samples + 1).contains("Limits::samples"));
    assert!(many(b"\x32\x00", default.strings - 1).contains("Limits::strings"));
    assert!(many(b"\x0a\x00", default.table_rows).contains("Limits::table_rows"));
}

#[test]
fn memory_is_a_limit_of_its_own() {
    let bytes = make(Size { samples: 1000, depth: 50, ..Size::default() });
    let limits = Limits::UNLIMITED.with_memory(100 << 10);
    // A profile holds the stacks, a view leaves them where they are.
    assert!(View::parse_with(&bytes, &limits).is_ok());
    assert!(profile_error(&bytes, &limits).unwrap().hint().contains("Limits::memory"));
    assert!(View::parse_with(&bytes, &limits.with_memory(10 << 10)).is_err());
}
