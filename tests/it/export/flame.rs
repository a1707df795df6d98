//! Flame graphs: complete, exact, and open about omissions.

use godiag::ErrorKind;
use godiag::export::flame::{self, FlameGraph};
use godiag::pprof::report::Granularity;
use godiag::pprof::{Builder, Line, Profile, ValueType};

use super::hostile::{HOSTILE, hostile, with_report};
use crate::fuzz_seeds::targets::flame_graph::check_elements;
use crate::pprof::reports::data;

fn drawn(graph: godiag::Result<FlameGraph<'_, '_>>) -> String {
    let mut out = Vec::new();
    graph.unwrap().write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn flame_graphs_are_well_formed_and_always_the_same() {
    let profile = hostile();
    let draw = || {
        with_report(&profile, Granularity::Functions, |report| {
            drawn(FlameGraph::new(report, &flame::Options::default().with_title("<&\"title")))
        })
    };
    let picture = draw();
    assert_eq!(picture, draw());
    check_elements(&picture);
    // The deep stack, one frame each beside it, and the whole.
    assert_eq!(picture.matches("<g>").count(), 2 * HOSTILE.len());
    assert!(picture.contains(">&lt;&amp;&quot;title</text>"));

    let [old, new] =
        ["go1.25.5", "go1.27.3"].map(|v| Profile::open(data(&format!("{v}/cpu.pb.gz"))).unwrap());
    let difference = with_report(&old, Granularity::Functions, |before| {
        with_report(&new, Granularity::Functions, |after| {
            drawn(FlameGraph::difference(before, after, &flame::Options::default()))
        })
    });
    check_elements(&difference);
    assert!(difference.contains("<title>main.burn\n") && difference.contains("class=\"up"));
}

/// A profile with one value per stack: names, root first.
fn stacks(stacks: &[(&[&str], i64)]) -> Profile {
    let mut builder = Builder::new();
    let (kind, unit) = (builder.string(b"cpu"), builder.string(b"nanoseconds"));
    builder.sample_type(ValueType::new(kind, unit));
    for (names, value) in stacks {
        let locations: Vec<_> = (names.iter().rev())
            .map(|name| {
                let name = builder.string(name.as_bytes());
                let function = builder.function(name, name, name, 1);
                builder.location(None, 0, false, &[Line { function, line: 5, column: 0 }])
            })
            .collect();
        builder.sample(&locations, &[*value], &[]);
    }
    builder.finish().unwrap()
}

#[test]
fn flame_graphs_add_up_beyond_64_bits() {
    let profile = stacks(&[(&["a", "b"], i64::MAX), (&["a", "c"], i64::MAX), (&["a"], i64::MAX)]);
    let picture = with_report(&profile, Granularity::Functions, |report| {
        drawn(FlameGraph::new(report, &flame::Options::default()))
    });
    assert!(picture.contains("<title>a\n7686143.36hrs, 100%, own 2562047.79hrs</title>"), "{picture}");
    assert!(picture.contains("<title>b\n2562047.79hrs, 33.33%, own 2562047.79hrs</title>"));
    assert!(picture.contains("x=\"33.333333%\" y=\"32\" width=\"33.333333%\""));
}

#[test]
fn flame_graphs_say_what_they_leave_out() {
    let deep: Vec<String> = (0..300).map(|depth| format!("f{depth}")).collect();
    let deep: Vec<&str> = deep.iter().map(String::as_str).collect();
    let profile = stacks(&[(&deep, 1000), (&["a"], 50), (&["b"], 40), (&["c"], -7), (&["b"], -3)]);
    with_report(&profile, Granularity::Functions, |report| {
        let options = flame::Options::default().with_max_depth(5).with_max_frames(6);
        let graph = FlameGraph::new(report, &options).unwrap();
        let omitted = graph.omitted();
        assert_eq!((omitted.narrow_frames, omitted.shortened_samples, omitted.negative_stacks), (1, 1, 1));
        assert!(drawn(Ok(graph)).contains(
            ">Not drawn: 1 frames of at most 3.40% each; the innermost frames of 1 samples; \
             1 stacks of negative value.</text>"
        ));
        let graph = FlameGraph::new(report, &flame::Options::default()).unwrap();
        assert_eq!(graph.omitted().shortened_samples, 1, "deeper than 256");
    });
    let nothing = stacks(&[(&["a"], -1), (&["b"], 0)]);
    with_report(&nothing, Granularity::Functions, |report| {
        let error = FlameGraph::new(report, &flame::Options::default()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
    });
}

#[test]
fn differences_need_values_of_one_kind_and_convert_units() {
    let before = stacks(&[(&["a"], 30), (&["gone"], 20)]);
    let after = stacks(&[(&["a"], 60), (&["new"], 40)]);
    with_report(&before, Granularity::Functions, |before| {
        with_report(&after, Granularity::Functions, |after| {
            let picture = drawn(FlameGraph::difference(before, after, &flame::Options::default()));
            assert!(
                picture.contains("<title>a\n60ns, before 30ns: +30.00%</title><rect class=\"up5\""),
                "{picture}"
            );
            assert!(picture.contains("1 frames that only the earlier profile has"));
        });
        let count = godiag::export::folded::read(b"a 1\n", "samples", "count").unwrap();
        with_report(&count, Granularity::Functions, |count| {
            let error = FlameGraph::difference(before, count, &flame::Options::default()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Usage);
        });
    });
}
