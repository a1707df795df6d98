//! Merging: against the tool's goldens, and by its laws.

use godiag::pprof::merge::{Comparison, Part};
use godiag::pprof::report::{Options, Report};
use godiag::pprof::{Builder, Label, LabelValue, Line, Merge, Profile, ValueType};
use godiag::{Compat, ErrorKind};

use crate::fixtures::read_text;
use crate::pprof::reports::data;

fn open(name: &str) -> Profile {
    Profile::open(data(name)).unwrap()
}

fn merged(profiles: &[&Profile]) -> Profile {
    let mut merge = Merge::new().with_common_types(true);
    profiles.iter().for_each(|profile| merge.add(*profile).unwrap());
    merge.finish().unwrap()
}

fn same_top(golden: &str, profile: &Profile, options: &Options) {
    let mut out = Vec::new();
    Report::new(profile, options).unwrap().top().unwrap().write_text(&mut out).unwrap();
    let theirs = read_text(&data(&format!("golden-go1.27.3/{golden}")));
    assert_eq!(String::from_utf8(out).unwrap(), theirs, "{golden}");
}

#[test]
fn merges_and_differences_are_those_of_the_tool() {
    let (heap, allocs) = (open("go1.27.3/heap.debug0.pb.gz"), open("go1.27.3/allocs.debug0.pb.gz"));
    let options = Options::default();
    same_top("heap.merge", &merged(&[&heap, &allocs]), &options);
    let compared = |comparison: Comparison| comparison.compare(&allocs, &heap).unwrap();
    same_top("heap.base", &compared(Comparison::default()), &options);
    let marked = Comparison::default().with_mark_base(true);
    same_top("heap.diff_base", &compared(marked), &options);
    same_top("heap.normalize", &compared(marked.with_normalize(true)), &options);
    let mut positive = Options::default();
    positive.drop_negative = true;
    same_top("heap.drop_negative", &compared(marked), &positive);
    let (old, new) = (open("go1.21.13/cpu.pb.gz"), open("go1.27.3/cpu.pb.gz"));
    same_top("cpu.merge-1.21-1.27", &merged(&[&old, &new]), &options);
}

/// Samples by names, lines and labels, in order: the contents of a profile, whatever its ids are.
fn meaning(profile: &Profile) -> Vec<String> {
    let text = |id| String::from_utf8_lossy(profile.string(id)).into_owned();
    let mut samples: Vec<String> = profile
        .samples()
        .map(|sample| {
            let frame = |line: &Line| {
                let function = profile.function(line.function);
                format!("{}:{}:{}", text(function.name), line.line, line.column)
            };
            let stack: Vec<String> = (sample.locations().iter())
                .map(|&id| profile.lines(id).iter().map(frame).collect::<Vec<_>>().join("<"))
                .collect();
            let mut labels: Vec<String> = (sample.labels())
                .map(|label| match label.value {
                    LabelValue::Str(value) => format!("{}={}", text(label.key), text(value)),
                    LabelValue::Num { value, unit } => format!("{}={value}{}", text(label.key), text(unit)),
                })
                .collect();
            labels.sort();
            format!("{stack:?} {labels:?} {:?}", sample.values())
        })
        .collect();
    samples.sort();
    samples
}

#[test]
fn merging_is_associative_and_commutative_and_keeps_totals() {
    let [a, b, c] = ["go1.21.13", "go1.25.5", "go1.27.3"].map(|v| open(&format!("{v}/heap.debug0.pb.gz")));
    let all = merged(&[&a, &b, &c]);
    assert_eq!(meaning(&all), meaning(&merged(&[&merged(&[&a, &b]), &c])));
    assert_eq!(meaning(&all), meaning(&merged(&[&a, &merged(&[&b, &c])])));
    assert_eq!(meaning(&all), meaning(&merged(&[&c, &b, &a])));
    let total = |p: &Profile| p.samples().map(|s| i128::from(s.values()[3])).sum::<i128>();
    assert_eq!(total(&all), total(&a) + total(&b) + total(&c));
}

#[test]
fn a_profile_minus_itself_is_empty() {
    let heap = open("go1.27.3/heap.debug0.pb.gz");
    let nothing = heap.diff(&heap).unwrap();
    assert_eq!((nothing.samples().len(), nothing.locations().len(), nothing.functions().len()), (0, 0, 0));
    assert_eq!(nothing.sample_types().len(), 4);
    assert_eq!(nothing.mappings().len(), 1, "the main binary stays");
}

#[test]
fn compacting_changes_nothing_but_size() {
    let heap = open("go1.27.3/heap.debug0.pb.gz");
    let compact = heap.compact().unwrap();
    assert_eq!(meaning(&compact), meaning(&compact.compact().unwrap()));
    assert_eq!(compact.to_bytes(), compact.compact().unwrap().to_bytes());
    assert!(compact.samples().len() <= heap.samples().len());
    let double = meaning(&heap.scaled(2.0).unwrap());
    assert_eq!(double, meaning(&merged(&[&heap, &heap])));
}

/// A profile of one sample whose stack is one location with two lines.
fn small(kinds: &[(&str, &str)], values: &[i64], column: i64, time: i64) -> Profile {
    let mut builder = Builder::new();
    for (kind, unit) in kinds {
        let ty = ValueType::new(builder.string(kind.as_bytes()), builder.string(unit.as_bytes()));
        builder.sample_type(ty);
    }
    builder.time_nanos(time);
    let [f, g] = ["f", "g"].map(|name| {
        let name = builder.string(name.as_bytes());
        builder.function(name, name, name, 1)
    });
    let lines = [Line { function: f, line: 1, column }, Line { function: g, line: 2, column: 0 }];
    let location = builder.location(None, 0x10, false, &lines);
    let key = builder.string(b"key");
    let label = Label { key, value: LabelValue::Str(key) };
    builder.sample(&[location], values, &[label]);
    builder.finish().unwrap()
}

#[test]
fn columns_of_inlined_calls_keep_locations_apart() {
    let cpu = [("cpu", "ns")];
    let (a, b) = (small(&cpu, &[1], 3, 0), small(&cpu, &[2], 4, 0));
    assert_eq!(merged(&[&a, &b]).samples().len(), 2);
    assert_eq!(merged(&[&a, &a]).sample(0).values(), [2]);
}

#[test]
fn the_time_is_the_earliest_known_one() {
    let at = |time| small(&[("cpu", "ns")], &[1], 0, time);
    let time = |times: [i64; 3], compat: Compat| {
        let mut merge = Merge::new().with_compat(compat);
        times.iter().for_each(|&time| merge.add(&at(time)).unwrap());
        merge.finish().unwrap().time_nanos()
    };
    assert_eq!(time([100, 0, 50], Compat::Correct), 50);
    assert_eq!(time([100, 70, 0], Compat::Correct), 70);
    assert_eq!(time([100, 70, 0], Compat::GoTool), 0, "as the tool");
    assert_eq!(time([0, 0, 0], Compat::Correct), 0);
}

#[test]
fn units_become_the_finest_and_types_the_common_ones() {
    let coarse = small(&[("cpu", "ms"), ("samples", "count")], &[2, 7], 0, 0);
    let fine = small(&[("samples", "count"), ("cpu", "us"), ("wall", "us")], &[1, 5, 9], 0, 0);
    let kinds = |p: &Profile| {
        let text = |id| String::from_utf8_lossy(p.string(id)).into_owned();
        p.sample_types().iter().map(|ty| text(ty.kind) + "/" + &text(ty.unit)).collect::<Vec<_>>()
    };
    let both = merged(&[&coarse, &fine]);
    assert_eq!(kinds(&both), ["cpu/us", "samples/count"]);
    assert_eq!(both.sample(0).values(), [2005, 8]);
    let turned = merged(&[&fine, &coarse]);
    assert_eq!(kinds(&turned), ["samples/count", "cpu/us"]);
    assert_eq!(turned.sample(0).values(), [8, 2005]);

    let mut strict = Merge::new();
    strict.add(&coarse).unwrap();
    let error = strict.add(&fine).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(error.hint().contains("cpu/ms samples/count"), "{error}");
    let other = small(&[("heap", "bytes")], &[1], 0, 0);
    let mut merge = Merge::new().with_common_types(true);
    merge.add(&coarse).unwrap();
    assert!(merge.add(&other).unwrap_err().hint().contains("in common"));
    assert_eq!(Merge::new().finish().unwrap_err().kind(), ErrorKind::Usage);
}

#[test]
fn a_sample_stays_while_any_value_is_left() {
    let types = [("a", "count"), ("b", "count")];
    let one = small(&types, &[0, 4], 0, 0);
    let part = |ratios: &[f64]| {
        let mut part = Part::default();
        part.ratios = ratios.to_vec();
        part
    };
    let left = |compat: Compat| {
        let mut merge = Merge::new().with_compat(compat);
        merge.add_part(&one, &part(&[0.5, 1.0])).unwrap();
        merge.finish().unwrap().samples().len()
    };
    assert_eq!(left(Compat::Correct), 1);
    assert_eq!(left(Compat::GoTool), 0, "as the tool");
}

#[test]
fn sums_that_do_not_fit_are_an_error_and_negative_ones_do() {
    let huge = small(&[("cpu", "ns")], &[i64::MAX], 0, 0);
    let mut merge = Merge::new();
    merge.add(&huge).unwrap();
    assert_eq!(merge.add(&huge).unwrap_err().kind(), ErrorKind::Usage);
    assert_eq!(huge.diff(&huge).unwrap().samples().len(), 0);
    assert_eq!(huge.scaled(2.0).unwrap_err().kind(), ErrorKind::Usage);
    let lowest = small(&[("cpu", "ns")], &[i64::MIN], 0, 0);
    assert_eq!(lowest.diff(&lowest).unwrap_err().kind(), ErrorKind::Usage);
}
