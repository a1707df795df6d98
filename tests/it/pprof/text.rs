//! Go's debug=1 text against the protobuf of the same snapshot, and the forms that came before protobuf.

use std::collections::BTreeMap;

use godiag::pprof::{LabelValue, MemStats, Profile, ReadOptions, Rule};
use godiag::symbol::FuncName;
use godiag::{Compat, ErrorKind, Limits};

use crate::fixtures::{self, inflate};

const VERSIONS: [&str; 4] = ["go1.21.13", "go1.23.9", "go1.25.5", "go1.27.3"];

fn totals(profile: &Profile) -> Vec<(String, i64)> {
    let types = profile.sample_types().iter().enumerate();
    types
        .map(|(i, ty)| {
            let name = String::from_utf8_lossy(profile.string(ty.kind)).into_owned();
            (name, profile.samples().map(|sample| sample.values()[i]).sum())
        })
        .collect()
}

/// For each function outside the runtime, the values of its samples.
fn functions(profile: &Profile) -> BTreeMap<String, Vec<i64>> {
    let mut sums: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for sample in profile.samples() {
        let lines = sample.locations().iter().flat_map(|&location| profile.lines(location));
        let mut seen: Vec<String> = lines
            .map(|line| FuncName::parse(profile.string(profile.function(line.function).name)))
            .filter(|name| !name.is_runtime())
            .map(|name| name.key().to_string())
            .collect();
        seen.sort();
        seen.dedup();
        for name in seen {
            let sum = sums.entry(name).or_insert_with(|| vec![0; sample.values().len()]);
            sum.iter_mut().zip(sample.values()).for_each(|(sum, value)| *sum += value);
        }
    }
    sums
}

/// Functions in which the two differ, because the second profile was taken a moment later, or because Go
/// drops a whole location to leave out a runtime function that is inlined there.
fn is_of_another_moment(version: &str, kind: &str, function: &str) -> bool {
    matches!(
        (version, kind, function),
        ("go1.25.5", "goroutine", "main.leafWork")
            | ("go1.27.3", "heap", "runtime/pprof.printStackRecord" | "runtime/pprof.expandInlinedFrames")
    )
}

#[test]
fn text_and_protobuf_agree() {
    let mut compared = 0;
    for version in VERSIONS {
        for kind in [
            "goroutine",
            "goroutineleak",
            "heap",
            "allocs",
            "block",
            "mutex",
            "threadcreate",
            "example.com_gen.conns",
        ] {
            if kind == "goroutineleak" && version != "go1.27.3" {
                continue;
            }
            let binary =
                Profile::parse(&fixtures::file(&format!("pprof/{version}/{kind}.debug0.pb.gz"))).unwrap();
            let text =
                Profile::parse(&fixtures::file(&format!("pprof/{version}/{kind}.debug1.txt.gz"))).unwrap();
            assert_eq!(totals(&text), totals(&binary), "{version} {kind}");
            assert_eq!(text.period(), binary.period(), "{version} {kind}");
            let (from_text, mut from_binary) = (functions(&text), functions(&binary));
            from_binary.remove("");
            for (name, values) in &from_text {
                // A later profile may lack memory that was freed meanwhile.
                let is_nothing = values.iter().all(|&value| value == 0) && !from_binary.contains_key(name);
                if !is_nothing && !is_of_another_moment(version, kind, name) {
                    assert_eq!(Some(values), from_binary.get(name), "{version} {kind} {name}");
                    compared += 1;
                }
            }
            assert!(from_binary.keys().all(|name| from_text.contains_key(name)), "{version} {kind}");
        }
    }
    assert!(compared > 300, "{compared}");
}

/// The labels of a profile's samples, in order.
fn labels(profile: &Profile) -> Vec<(String, String, i64)> {
    let mut labels: Vec<_> = profile
        .samples()
        .flat_map(|sample| sample.labels().map(move |label| (label, sample.values()[0])))
        .map(|(label, value)| {
            let text = |id| String::from_utf8_lossy(profile.string(id)).into_owned();
            let shown = match label.value {
                LabelValue::Str(string) => text(string),
                LabelValue::Num { value, .. } => value.to_string(),
            };
            (text(label.key), shown, value)
        })
        .collect();
    labels.sort();
    labels
}

#[test]
fn labels_and_object_sizes_are_recovered() {
    for (kind, expected) in [("goroutine", 4), ("heap", 20)] {
        let binary = Profile::parse(&fixtures::file(&format!("pprof/go1.27.3/{kind}.debug0.pb.gz"))).unwrap();
        let text = Profile::parse(&fixtures::file(&format!("pprof/go1.27.3/{kind}.debug1.txt.gz"))).unwrap();
        let (text, mut binary) = (labels(&text), labels(&binary));
        assert!(text.len() >= expected, "{kind}: {}", text.len());
        // Every label of the earlier profile is in the later one.
        binary.retain(|label| text.contains(label));
        assert!(text.iter().filter(|label| label.2 != 0).all(|label| binary.contains(label)), "{kind}");
    }
}

#[test]
fn mutex_profiles_are_scaled_twice_only_as_google_pprof_does_it() {
    let text = fixtures::file("pprof/go1.27.3/mutex.debug1.txt.gz");
    let value = |options: &ReadOptions| {
        let (profile, _) = Profile::parse_with(&text, options).unwrap();
        let sample = profile.samples().next().unwrap();
        assert!(!sample.locations().is_empty());
        (sample.values().to_vec(), profile.functions().len())
    };
    // 1246898900 cycles of 2595924619 per second; the fraction is 5.
    assert_eq!(value(&ReadOptions::strict()).0, [130, 480_329_394]);
    assert_eq!(value(&ReadOptions::strict().with_compat(Compat::GoTool)), (vec![650, 2_401_646_971], 0));
}

#[test]
fn memory_statistics_are_kept() {
    let text = inflate(&fixtures::file("pprof/go1.27.3/heap.debug1.txt.gz"));
    let stats = MemStats::parse(&text).unwrap();
    assert_eq!(
        (stats.alloc, stats.heap_objects, stats.num_gc, stats.max_rss),
        (6_602_304, 6_319, 13, 30_138_368)
    );
    assert_eq!((stats.stack_inuse, stats.mspan_sys, stats.pause_ns.len()), (458_752, 326_400, 256));
    assert!((stats.gc_cpu_fraction - 0.052_12).abs() < 1e-5);
    assert_eq!(MemStats::parse(b"heap profile: 0: 0 [0: 0] @ heap/2\n"), None);
}

#[test]
fn a_dump_is_a_goroutine_profile_too() {
    let profile =
        Profile::parse(&fixtures::file("pprof/go1.27.3/goroutine.labels-on.debug2.txt.gz")).unwrap();
    let labels = labels(&profile);
    assert!(labels.contains(&("tenant".into(), "acme".into(), 1)));
    assert!(labels.contains(&("state".into(), "select (no cases)".into(), 1)));
    let text = Profile::parse(&fixtures::file("pprof/go1.27.3/goroutine.debug1.txt.gz")).unwrap();
    let (dump, text) = (functions(&profile), functions(&text));
    assert_eq!(dump.get("main.(*server).loop"), text.get("main.(*server).loop"));
}

/// Name, strict error (`ok` if none), samples that lenient reading keeps.
const HOSTILE: &[(&str, &str, usize)] = &[
    ("goroutine/d1-ok.txt", "ok", 2),
    ("goroutine/d1-total-lies.txt", "ok", 2),
    ("goroutine/d1-labels.txt", "ok", 3),
    ("goroutine/d1-http.txt", "bad_magic", 0),
    ("goroutine/d1-noheader.txt", "bad_magic", 0),
    ("goroutine/d1-count-huge.txt", "number", 2),
    ("goroutine/d1-count-sum.txt", "number", 2),
    ("goroutine/d1-labels-deep.txt", "label", 3),
    ("goroutine/d1-labels-cut.txt", "truncated", 3),
    ("goroutine/d1-trunc-1.txt", "truncated", 1),
    ("goroutine/d1-trunc-3.txt", "truncated", 2),
    ("goroutine/d1-trunc-5.txt", "truncated", 2),
    ("pprof-legacy/adjacent.prof", "ok", 6000),
    ("pprof-legacy/replacer.prof", "ok", 1),
    ("pprof-legacy/cpu-ok.prof", "ok", 1),
    ("pprof-legacy/heap-minint.prof", "ok", 1),
];

#[test]
fn hostile_text_is_an_error_or_kept_in_part() {
    for &(name, expected, samples) in HOSTILE {
        let text = inflate(&fixtures::file(&format!("hostile/{name}.gz")));
        let strict = Profile::parse(&text);
        assert_eq!(strict.map_or_else(|error| error.kind().name(), |_| "ok"), expected, "{name}");
        match Profile::parse_with(&text, &ReadOptions::lenient()) {
            Ok((profile, defects)) => {
                assert_eq!(profile.samples().len(), samples, "{name}");
                assert_eq!(defects.is_fatal(), expected != "ok", "{name}: {defects:?}");
                if name.ends_with("ok.txt") || name.ends_with("lies.txt") {
                    assert_eq!(defects.count(Rule::TextTotal) > 0, name.contains("lies"), "{name}");
                }
            }
            Err(error) => assert!(samples == 0 && error.kind() == ErrorKind::BadMagic, "{name}: {error}"),
        }
    }
}

#[test]
fn the_line_limit_holds() {
    let text = inflate(&fixtures::file("hostile/goroutine/d1-labels-deep.txt.gz"));
    let options = ReadOptions::strict().with_limits(Limits::DEFAULT.with_line(1000));
    assert!(Profile::parse_with(&text, &options).unwrap_err().is_limit());
    let lenient = ReadOptions::lenient().with_limits(options.limits);
    assert_eq!(Profile::parse_with(&text, &lenient).unwrap().1.count(Rule::TextLineLength), 1);
}

#[test]
fn every_prefix_is_an_error_or_a_smaller_profile() {
    for name in ["goroutine/d1-ok.txt", "pprof-legacy/cpu-ok.prof"] {
        let text = inflate(&fixtures::file(&format!("hostile/{name}.gz")));
        let whole = Profile::parse(&text).unwrap().samples().len();
        for end in 0..text.len() {
            if let Ok((profile, _)) = Profile::parse_with(&text[..end], &ReadOptions::lenient()) {
                assert!(profile.samples().len() <= whole, "{name} {end}");
            }
        }
    }
}

/// A profile as text, one sample per line: values, then address and functions of each location.
fn shown(profile: &Profile) -> Vec<String> {
    let location = |id| {
        let location = profile.location(id);
        let lines = profile.lines(id).iter().map(|line| {
            let function = profile.function(line.function);
            format!("{}:{}", String::from_utf8_lossy(profile.string(function.name)), line.line)
        });
        let mapping = location.mapping.map_or(String::new(), |id| {
            let mapping = profile.mapping(id);
            format!("@{}", String::from_utf8_lossy(profile.string(mapping.filename)))
        });
        format!(
            "{:#x}{mapping}{}",
            location.address,
            lines.map(|line| format!(" {line}")).collect::<String>()
        )
    };
    let samples = profile.samples().map(|sample| {
        let stack: Vec<String> = sample.locations().iter().map(|&id| location(id)).collect();
        format!("{:?} {}", sample.values(), stack.join(", "))
    });
    samples.collect()
}

#[test]
fn forms_of_gperftools() {
    let heap = "heap profile: 3: 96 [5: 160] @ heap_v2/524288\n 2: 64 [4: 128] @ 0x400101 0x7f00000201\n\
        1: 32 [1: 32] @ 0x400301\nMAPPED_LIBRARIES:\nlibs=/usr/lib\n\
        00400000-00500000 r-xp 00000000 08:01 1 /bin/app\n00500000-00600000 rw-p 00000000 08:01 1 /bin/app\n\
        7f00000000-7f00001000 r-xp 00001000 08:01 2 $libs/libc.so.6\n";
    let profile = Profile::parse(heap.as_bytes()).unwrap();
    assert_eq!(profile.period(), 524_288);
    // 2 of 32 bytes at one sample per 512 KiB represent 32769.
    assert_eq!(
        shown(&profile),
        [
            "[65538, 2097216, 32769, 1048608] 0x400100@/bin/app, 0x7f00000200@/usr/lib/libc.so.6",
            "[16384, 524304, 16384, 524304] 0x400300@/bin/app",
        ]
    );
    assert!(profile.string(profile.drop_frames()).starts_with(b"calloc|"));

    let growth = Profile::parse(b"heap profile: 1: 32 [1: 32] @ growth\n1: 32 [1: 32] @ 0x11\n").unwrap();
    assert_eq!(shown(&growth), ["[1, 32] 0x10@"]);

    let contention = "--- contentionz 1 ---\ncycles/second = 2000000000\nsampling period = 100\nms since reset = 7\n\
        discarded samples = 0\n  4000  3 @ 0x11 0x21\n";
    let profile = Profile::parse(contention.as_bytes()).unwrap();
    assert_eq!((profile.duration_nanos(), profile.period()), (7_000_000, 100));
    assert_eq!(shown(&profile), ["[300, 200000] 0x10@, 0x20@"]);

    let threads = "--- threadz 1 ---\n\n--- Thread 7f (name: main/14748) stack: ---\n  PC: 0x11: x\n  0x21: y\n\
        --- Thread 7e (name: io/1) stack: ---\n  [same as previous thread]\n\
        --- Thread 7d (name: io/2) stack: ---\n 0x31 0x41\n--- Memory map: ---\n0x0-0x100: /bin/app (@0) abc\n";
    let profile = Profile::parse(threads.as_bytes()).unwrap();
    assert_eq!(shown(&profile), ["[2] 0x11@/bin/app, 0x20@/bin/app", "[1] 0x31@/bin/app, 0x40@/bin/app"]);
    assert_eq!(profile.string(profile.mappings()[0].build_id), b"abc");
}

#[test]
fn forms_of_java() {
    let heap = "--- heapz 1 ---\nformat = java\nresolution = bytes\n  8192 2 @ 0x1 0x2\n\n\
        0x00000001 com.example.f (F.java:12)\n0x2 write (/lib/libc.so)\n";
    let profile = Profile::parse(heap.as_bytes()).unwrap();
    assert_eq!(shown(&profile), ["[257, 1052677] 0x0 com.example.f:12, 0x0 write:0"]);
    assert_eq!(labels(&profile), [("bytes".into(), "4096".into(), 257)]);

    let contention = "--- contentionz 1 ---\nformat = java\nresolution = microseconds\nsampling period = 100\n\
        30 2 @ 0x1\n0x1 generated stub/JIT\n";
    let profile = Profile::parse(contention.as_bytes()).unwrap();
    assert_eq!(totals(&profile), [("contentions".into(), 200), ("delay".into(), 3000)]);
    assert_eq!(profile.string(profile.sample_types()[1].unit), b"microseconds");
    assert_eq!(shown(&profile), ["[200, 3000] 0x0 STUB:0"]);
}

#[test]
fn the_form_of_jemalloc() {
    let heap = "heap_v2/524288\n  t*: 3: 96 [0: 0]\n  t0: 3: 96 [0: 0]\n@ 0x401 0x501\n  t*: 2: 64 [0: 0]\n\
        t0: 2: 64 [0: 0]\n@ 0x601\n  t*: 1: 32 [0: 0]\n\nMAPPED_LIBRARIES:\n0-1000 r-xp 00000000 08:01 1 /bin/app\n";
    let profile = Profile::parse(heap.as_bytes()).unwrap();
    assert_eq!(
        shown(&profile),
        ["[0, 0, 32769, 1048608] 0x400@/bin/app, 0x500@/bin/app", "[0, 0, 16384, 524304] 0x600@/bin/app"]
    );
}

#[test]
fn binary_cpu_profiles_of_every_word_size() {
    let stacks: &[u64] = &[0, 3, 0, 10_000, 0, 2, 2, 0x10, 0x21, 1, 1, 0x30, 0, 1, 0];
    let little32: Vec<u8> = stacks.iter().flat_map(|&word| (word as u32).to_le_bytes()).collect();
    let big32: Vec<u8> = stacks.iter().flat_map(|&word| (word as u32).to_be_bytes()).collect();
    let little64: Vec<u8> = stacks.iter().flat_map(|&word| word.to_le_bytes()).collect();
    let big64: Vec<u8> = stacks.iter().flat_map(|&word| word.to_be_bytes()).collect();
    for mut input in [little32, big32, little64, big64] {
        input.extend_from_slice(b"0-100 r-xp 00000000 08:01 1 /bin/app\n");
        let profile = Profile::parse(&input).unwrap();
        assert_eq!(profile.period(), 10_000_000);
        // The only stack with a second frame: nearly all share it, so it is taken for the signal handler's.
        assert_eq!(
            shown(&profile),
            ["[2, 20000000] 0x10@/bin/app, 0x20@/bin/app", "[1, 10000000] 0x30@/bin/app"]
        );
    }
}

/// The rows of `top`: for each function its own value and the sum, of all of a profile's values.
fn top(profile: &Profile, hide_runtime: bool) -> Vec<Vec<(String, i128, i128)>> {
    use godiag::pprof::filter::{Filters, Pattern};
    use godiag::pprof::report::{Options, Report};
    let mut filters = Filters::default();
    if hide_runtime {
        let is_runtime =
            |name: &[u8]| name.starts_with(b"runtime.") || name.starts_with(b"internal/runtime/");
        filters.hide = Some(Pattern::new("runtime", is_runtime));
    }
    let all = profile.sample_types().iter().map(|ty| {
        let index = String::from_utf8(profile.string(ty.kind).to_vec()).unwrap();
        let options =
            Options::default().with_sample_index(index).with_trim(false).with_filters(filters.clone());
        let top = Report::new(profile, &options).unwrap().top().unwrap();
        let rows = top.rows().iter().filter(|row| row.flat != 0 || row.cum != 0);
        let mut rows: Vec<_> =
            rows.map(|row| (String::from_utf8(row.name.clone()).unwrap(), row.flat, row.cum)).collect();
        rows.sort();
        rows
    });
    all.collect()
}

#[test]
fn top_of_both_forms_is_the_same() {
    for version in ["1.21.13", "1.22.10", "1.23.9", "1.24.11", "1.25.5", "1.26.6", "1.27.3"] {
        for kind in ["heap", "mutex", "block", "goroutine"] {
            let open = |form: &str| {
                Profile::open(fixtures::path(&format!("logs/forms/go{version}.{kind}.{form}.gz"))).unwrap()
            };
            let (binary, text) = (open("debug0.pb"), open("debug1.txt"));
            // A goroutine's innermost frames are the runtime's; the text leaves them out.
            let hide = kind == "goroutine";
            let (binary, text) = (top(&binary, hide), top(&text, hide));
            let unknown = text.iter().flatten().find(|(name, ..)| name == "<unknown>");
            assert_eq!(unknown, None, "{version} {kind}");
            if hide {
                // The goroutine that writes the profile is elsewhere in it.
                let user = |rows: &[Vec<(String, i128, i128)>]| -> Vec<(String, i128, i128)> {
                    let rows = rows[0].iter().filter(|(name, ..)| !name.starts_with("runtime/pprof."));
                    rows.cloned().collect()
                };
                assert_eq!(user(&text), user(&binary), "{version} {kind}");
            } else {
                assert_eq!(text, binary, "{version} {kind}");
            }
        }
    }
}

#[test]
fn a_lost_last_line_feed_loses_nothing() {
    let name = |name: &str| fixtures::path(&format!("logs/heap-debug1-{name}.txt.gz"));
    let whole = Profile::open(name("unknown")).unwrap();
    let pasted = Profile::open(name("no-final-newline")).unwrap();
    assert_eq!(top(&pasted, false), top(&whole, false));
    let rows = top(&whole, false);
    let space = rows.last().unwrap();
    let total: i128 = whole.samples().map(|sample| i128::from(*sample.values().last().unwrap())).sum();
    let main = space.iter().find(|(name, ..)| name == "main.main").unwrap();
    assert_eq!((main.1 * 10_000 + total / 2) / total, 3369, "33.69 %");
    let text = "goroutine profile: total 2\n2 @ 0x10 0x20\n#\t0xf\tmain.f+0x1\t/a.go:7";
    let profile = Profile::parse(text.as_bytes()).unwrap();
    assert_eq!(profile.samples().len(), 1);
    assert!(Profile::parse(b"goroutine profile: total 2\n2 @ 0x10 0x20\n#\t0xf\tmain.f+0x1\t/a").is_err());
}

/// What `check` says of a text: whether strict reading takes it, the rules, and the lines.
fn checked(text: &str) -> (bool, usize, Vec<(Rule, String)>) {
    let validity = godiag::pprof::check(text.as_bytes(), &Limits::DEFAULT).unwrap();
    let places = validity.findings.iter().map(|found| (found.rule, found.path.clone())).collect();
    (validity.is_valid(), validity.profile.samples().len(), places)
}

#[test]
fn texts_are_checked_by_their_own_rules() {
    let cpp =
        "--- contentionz 1 ---\ncycles/second = 3201000000\nsampling period = 100\n19490304 1 @ 0x1 0x2\n";
    let heap = "heap profile: 1: 8 [1: 8] @ heap/1048576\n1: 8 [1: 8] @ 0x10 0x20\n";
    for text in
        [cpp, heap, "goroutine profile: total 1\n1 @ 0x10\n", "goroutine 1 [running]:\nmain.f()\n\t/a.go:1\n"]
    {
        assert_eq!(checked(text), (true, 1, Vec::new()), "{text}");
    }
    assert_eq!(godiag::detect(cpp.as_bytes()), godiag::Format::ContentionText, "not Java's");
    let broken = format!("{heap}nonsense\n1: 99999999999999999999 [1: 8] @ 0x10\n1: 8 [1: 8] @ 0x30\n");
    let expected = [(Rule::TextLine, "line 3".to_owned()), (Rule::TextNumber, "line 4".to_owned())];
    assert_eq!(checked(&broken), (false, 2, expected.to_vec()));
    let validity = godiag::pprof::check(broken.as_bytes(), &Limits::DEFAULT).unwrap();
    assert_eq!(validity.findings[0].offset, heap.len() as u64);
    for version in VERSIONS {
        for kind in ["heap", "goroutine", "mutex", "block"] {
            let bytes = fixtures::file(&format!("pprof/{version}/{kind}.debug1.txt.gz"));
            let validity = godiag::pprof::check(&bytes, &Limits::DEFAULT).unwrap();
            assert!(validity.is_valid() && validity.findings.is_empty(), "{version} {kind}");
            assert_eq!(validity.profile.samples().len(), Profile::parse(&bytes).unwrap().samples().len());
        }
    }
}
