//! Reports against what `go tool pprof` 1.27.3 printed (`TZ=UTC`, `-symbolize=none`), byte for byte.

use std::fs;
use std::path::PathBuf;

use godiag::Compat;
use godiag::pprof::Profile;
use godiag::pprof::filter::Pattern;
use godiag::pprof::report::{Granularity, Options, Report, SortBy};

use crate::fixtures::read_text;

/// The profiles with goldens of every report: the golden's name, and the file.
const PROFILES: [(&str, &str); 8] = [
    ("real_go1.27.3-compile-net-http.cpu", "compile-net-http.cpu.pb.gz"),
    ("1.27.3_cpu", "go1.27.3/cpu.pb.gz"),
    ("1.27.3_heap.debug0", "go1.27.3/heap.debug0.pb.gz"),
    ("1.27.3_allocs.debug0", "go1.27.3/allocs.debug0.pb.gz"),
    ("1.27.3_goroutine.debug0", "go1.27.3/goroutine.debug0.pb.gz"),
    ("1.27.3_block.debug0", "go1.27.3/block.debug0.pb.gz"),
    ("1.27.3_mutex.debug0", "go1.27.3/mutex.debug0.pb.gz"),
    ("1.27.3_http-heap-delta", "go1.27.3/http-heap-delta.pb.gz"),
];

pub(crate) fn data(name: &str) -> PathBuf {
    crate::fixtures::path("pprof").join(name)
}

fn profile(file: &str) -> Profile {
    Profile::open(data(file)).unwrap()
}

/// The text of one report.
fn text(profile: &Profile, report: &str, options: &Options) -> String {
    let prepared = Report::new(profile, options).unwrap();
    let mut out = Vec::new();
    match report {
        "top" => prepared.top().unwrap().write_text(&mut out).unwrap(),
        "tree" => prepared.tree().unwrap().write_text(&mut out).unwrap(),
        "tags" => prepared.tags().write_text(&mut out).unwrap(),
        "traces" => prepared.write_traces(&mut out).unwrap(),
        "raw" => prepared.write_raw(&mut out).unwrap(),
        "callgrind" => prepared.write_callgrind(&mut out).unwrap(),
        "dot" => prepared.write_dot(&mut out).unwrap(),
        "comments" => {
            for comment in prepared.comments() {
                out.extend_from_slice(comment);
                out.push(b'\n');
            }
        }
        _ => panic!("{report}"),
    }
    String::from_utf8(out).unwrap()
}

/// Fails with the first line that differs.
fn same(golden: &str, ours: &str) {
    let theirs = read_text(&data(&format!("golden-go1.27.3/{golden}")));
    for (number, (ours, theirs)) in ours.lines().zip(theirs.lines()).enumerate() {
        assert_eq!(ours, theirs, "{golden}, line {}", number + 1);
    }
    assert_eq!(ours.len(), theirs.len(), "{golden}: one text is longer");
}

fn compare(golden: &str, file: &str, report: &str, options: &Options) {
    same(golden, &text(&profile(file), report, options));
}

fn with(set: impl FnOnce(&mut Options)) -> Options {
    let mut options = Options::default();
    set(&mut options);
    options
}

#[test]
fn top_with_every_option_is_that_of_the_tool() {
    for (golden, file) in PROFILES {
        let mut compared = 0;
        let mut top = |ending: &str, options: Options| {
            compare(&format!("{golden}.top{ending}"), file, "top", &options);
            compared += 1;
        };
        top("", Options::default());
        top("-cum", Options::default().with_sort(SortBy::Cum));
        top("-n5", Options::default().with_node_count(5));
        top("-all", with(|o| (o.node_fraction, o.edge_fraction) = (0.0, 0.0)));
        top("-filefunctions", Options::default().with_granularity(Granularity::FileFunctions));
        top("-lines", Options::default().with_granularity(Granularity::Lines));
        top("-addresses", Options::default().with_granularity(Granularity::Addresses));
        top("-noinlines", with(|o| o.no_inlines = true));
        top("-unit-auto", Options::default().with_unit("auto"));
        top("-div3", with(|o| o.divide_by = 3.0));
        assert_eq!(compared, 10);
    }
}

#[test]
fn the_other_reports_are_those_of_the_tool() {
    for (golden, file) in PROFILES {
        for report in ["tree", "tags", "callgrind", "dot", "comments"] {
            // A label value with a line break, and calls to functions that add up to nothing: the tool is
            // wrong there, and only compat equals it.
            let compat = match (golden, report) {
                ("1.27.3_goroutine.debug0", "tags") | ("1.27.3_http-heap-delta", "callgrind") => {
                    Compat::GoTool
                }
                _ => Compat::Correct,
            };
            // In the tool's output, a quotation mark in a label value ends the string; here it is always
            // escaped.
            if (golden, report) == ("1.27.3_goroutine.debug0", "dot") {
                continue;
            }
            compare(&format!("{golden}.{report}"), file, report, &Options::default().with_compat(compat));
        }
    }
    let cpu = "go1.27.3/cpu.pb.gz";
    for report in ["traces", "raw"] {
        compare(&format!("cpu.{report}"), cpu, report, &Options::default());
        compare(
            &format!("cpu.{report}-lines"),
            cpu,
            report,
            &Options::default().with_granularity(Granularity::Lines),
        );
    }
    let lines = Options::default().with_granularity(Granularity::Lines).with_node_count(20);
    compare("compile.tree-lines", "compile-net-http.cpu.pb.gz", "tree", &lines);
}

#[test]
fn a_label_with_a_quotation_mark_stays_in_its_string() {
    let ours = text(&profile("go1.27.3/goroutine.debug0.pb.gz"), "dot", &Options::default());
    let theirs = read_text(&data("golden-go1.27.3/1.27.3_goroutine.debug0.dot"));
    let theirs = theirs.replace("q\"k:v\nw\\ntenant", "q\\\"k:v\\\\x0aw\\ntenant");
    assert_eq!(ours, theirs);
}

/// The tool orders equal edges of a call tree, and numbers functions of one name, by chance.
#[test]
fn call_trees_are_those_of_the_tool_but_for_chance() {
    fn sorted(text: &str) -> Vec<String> {
        // Numbers of names depend on which one is printed first.
        let bare = |line: &str| {
            let name =
                line.split_once(") ").filter(|_| line.starts_with("cfn=")).map_or(line, |(_, name)| name);
            name.split(" [").next().unwrap_or(name).to_owned()
        };
        let mut lines: Vec<String> =
            text.lines().map(bare).filter(|line| !line.starts_with("cfn=(")).collect();
        lines.sort();
        lines
    }
    let compile = profile("compile-net-http.cpu.pb.gz");
    let tree = with(|o| (o.call_tree, o.node_count) = (true, Some(30)));
    let dot = text(&compile, "dot", &tree);
    assert_eq!(sorted(&dot), sorted(&read_text(&data("golden-go1.27.3/compile.call_tree-dot"))));
    let ours = text(&compile, "callgrind", &tree);
    let theirs = read_text(&data("golden-go1.27.3/compile.callgrind-tree"));
    let positions = |text: &str| text.lines().filter(|line| line.starts_with("fn=")).count();
    assert_eq!(positions(&ours), positions(&theirs));
    assert_eq!(ours.lines().count(), theirs.lines().count());
    assert_eq!(sum(&ours), sum(&theirs));
}

/// The sum of all costs in a callgrind file.
fn sum(callgrind: &str) -> i64 {
    let costs = callgrind.lines().filter(|line| line.starts_with(['+', '-', '*']) || line.starts_with("0x"));
    costs.filter_map(|line| line.rsplit(' ').next()?.parse::<i64>().ok()).sum()
}

#[test]
fn sample_index_unit_and_mean_are_those_of_the_tool() {
    let heap = "go1.27.3/heap.debug0.pb.gz";
    for index in ["alloc_objects", "alloc_space", "inuse_objects", "inuse_space", "0", "3"] {
        compare(&format!("heap.si-{index}"), heap, "top", &Options::default().with_sample_index(index));
    }
    compare(
        "heap.mean",
        heap,
        "top",
        &with(|o| (o.mean, o.sample_index) = (true, Some("alloc_space".into()))),
    );
    let compile = "compile-net-http.cpu.pb.gz";
    compare("compile.samples", compile, "top", &Options::default().with_sample_index("samples"));
}

#[cfg(feature = "regex")]
#[test]
fn filters_are_those_of_the_tool() {
    use godiag::pprof::filter::{Filters, Pattern, TagFilter};

    let filtered = |set: &dyn Fn(&mut Filters)| {
        let mut filters = Filters::default();
        set(&mut filters);
        Options::default().with_filters(filters)
    };
    let pattern = |text: &str| Some(Pattern::parse(text).unwrap());
    let tag = |text: &str| Some(TagFilter::parse(text).unwrap());
    let compile =
        |golden: &str, options: Options| compare(golden, "compile-net-http.cpu.pb.gz", "top", &options);
    compile("compile.focus", filtered(&|f| f.focus = pattern("escape")));
    compile("compile.ignore", filtered(&|f| f.ignore = pattern("escape|gcWrite")));
    compile("compile.hide", filtered(&|f| f.hide = pattern(r"^runtime\.")));
    compile("compile.show", filtered(&|f| f.show = pattern("ssa")));
    compile("compile.show_from", filtered(&|f| f.show_from = pattern("ssagen")).with_sort(SortBy::Cum));
    compile("compile.prune_from", filtered(&|f| f.prune_from = pattern("ssa.Compile")));
    let mut relative = filtered(&|f| f.focus = pattern("escape"));
    relative.relative_percentages = true;
    compile("compile.rel", relative);
    let peek = {
        let profile = profile("compile-net-http.cpu.pb.gz");
        let report = Report::new(&profile, &Options::default()).unwrap();
        let mut out = Vec::new();
        report.peek(&Pattern::parse("ssa.Compile$").unwrap()).unwrap().write_text(&mut out).unwrap();
        assert!(report.peek(&Pattern::parse("nothing at all").unwrap()).is_err());
        String::from_utf8(out).unwrap()
    };
    same("compile.peek", &peek);

    let heap = |golden: &str, report: &str, options: Options| {
        compare(golden, "go1.27.3/heap.debug0.pb.gz", report, &options);
    };
    let range = filtered(&|f| f.tag_focus = tag("bytes=1kb:64kb"));
    heap("heap.tagfocus", "top", range.with_sample_index("alloc_space"));
    heap("heap.tagignore", "top", filtered(&|f| f.tag_ignore = tag("64kb:")));
    heap(
        "heap.tagroot",
        "top",
        filtered(&|f| f.tag_root = vec!["bytes".into()]).with_sort(SortBy::Cum).with_compat(Compat::GoTool),
    );
    heap("heap.tagleaf", "top", filtered(&|f| f.tag_leaf = vec!["bytes".into()]).with_compat(Compat::GoTool));
    heap("heap.taghide-dot", "dot", filtered(&|f| f.tag_hide = pattern("bytes")));
    let cpu = |golden: &str, report: &str, options: Options| {
        compare(golden, "go1.27.3/cpu.pb.gz", report, &options);
    };
    cpu("cpu.tagfocus", "top", filtered(&|f| f.tag_focus = tag("handler=burn")));
    cpu(
        "cpu.tagroot-traces",
        "traces",
        filtered(&|f| f.tag_root = vec!["handler".into(), "tenant".into()]).with_compat(Compat::GoTool),
    );
}

#[test]
fn files_are_one_row_each_unless_compat_splits_them() {
    let compile = profile("compile-net-http.cpu.pb.gz");
    let rows = |options: &Options| {
        let top = Report::new(&compile, options).unwrap().top().unwrap();
        top.rows().iter().map(|row| (row.name.clone(), row.flat)).collect::<Vec<_>>()
    };
    let files = Options::default().with_granularity(Granularity::Files).with_trim(false);
    let ours = rows(&files);
    let mut names: Vec<_> = ours.iter().map(|row| &row.0).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), ours.len(), "a file has two rows");
    let split = rows(&files.clone().with_compat(Compat::GoTool));
    assert!(split.len() > ours.len());
    let total = |rows: &[(Vec<u8>, i128)]| rows.iter().map(|row| row.1).sum::<i128>();
    assert_eq!(total(&ours), total(&split));
}

#[test]
fn a_report_that_cannot_be_made_says_why() {
    let cpu = profile("go1.27.3/cpu.pb.gz");
    let why = |options: Options| Report::new(&cpu, &options).unwrap_err().to_string();
    assert!(why(Options::default().with_sample_index("7")).contains("range 0 to 1"));
    assert!(why(Options::default().with_sample_index("bytes")).contains("one of: samples cpu"));
    assert!(why(with(|o| o.divide_by = 0.0)).contains("divisor"));
    let few = with(|o| o.expanded_frames = 1);
    let compile = profile("compile-net-http.cpu.pb.gz");
    let report = Report::new(&compile, &few).unwrap();
    assert!(report.top().unwrap_err().is_limit());
    assert!(report.write_callgrind(&mut Vec::new()).unwrap_err().is_limit());
}

#[test]
fn goldens_are_all_read() {
    let names = fs::read_dir(data("golden-go1.27.3")).unwrap().count();
    assert!(names > 150, "{names} goldens");
}

#[test]
fn a_pattern_too_large_to_compile_drops_no_frames() {
    let profile = Profile::parse(&crate::fixtures::file("hostile/pprof/regex-bomb.pb")).unwrap();
    assert!(!Report::new(&profile, &Options::default()).unwrap().top().unwrap().rows().is_empty());
    let error = Pattern::parse("((a{0,100}){0,100}){0,100}").unwrap_err();
    assert!(error.is_limit(), "{error}");
}

#[test]
fn nameless_places_are_rows_and_match_as_in_the_tool() {
    let text = crate::fixtures::repository().join("fuzz/seeds/pprof_text/heap_v2.txt");
    let nameless = Profile::open(text).unwrap();
    let report = Report::new(&nameless, &Options::default()).unwrap();
    assert_eq!(report.top_profile().unwrap().locations().len(), report.top().unwrap().rows().len());
    let mut builder = godiag::pprof::Builder::new();
    let [kind, unit] = ["space", "bytes"].map(|text| builder.string(text.as_bytes()));
    builder.sample_type(godiag::pprof::ValueType::new(kind, unit));
    let location = builder.location(None, 0x10, false, &[]);
    builder.sample(&[location], &[1], &[]);
    let unmapped = builder.finish().unwrap();
    let left = |pattern: &str| {
        let mut filters = godiag::pprof::filter::Filters::default();
        filters.ignore = Some(Pattern::parse(pattern).unwrap());
        let report = Report::new(&unmapped, &Options::default().with_filters(filters)).unwrap();
        report.top().unwrap().rows().len()
    };
    assert_eq!((left(".*"), left(".")), (0, 1), "it is in a file without a name");
}

#[test]
fn compat_takes_traces_and_mappings_as_the_tool_does() {
    let heap = profile("go1.27.3/heap.debug0.pb.gz");
    let traces = |compat: Compat| {
        let mut options = Options::default().with_granularity(Granularity::Lines).with_compat(compat);
        options.trim_path = "/opt/labs".to_owned();
        let mut out = Vec::new();
        Report::new(&heap, &options).unwrap().write_traces(&mut out).unwrap();
        String::from_utf8(out).unwrap().matches(" /opt/labs/").count()
    };
    assert_eq!(traces(Compat::Correct), 0);
    assert!(traces(Compat::GoTool) > 10);
    let unmapped = Profile::parse(&crate::fixtures::file("logs/merge-weights-lost-tail.pb.gz")).unwrap();
    let mappings = |compat: Compat| {
        let mut merge = godiag::pprof::Merge::new().with_compat(compat);
        merge.add(&unmapped).unwrap();
        let options = Options::default().with_compat(compat);
        let written = Report::new(&unmapped, &options).unwrap().profile();
        [merge.finish().unwrap().mappings().len(), written.mappings().len()]
    };
    assert_eq!(mappings(Compat::Correct), [0, 0]);
    assert_eq!(mappings(Compat::GoTool), [1, 1]);
}
