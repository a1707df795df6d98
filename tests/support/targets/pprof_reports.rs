//! Reports: on any profile no panic, text that is safe to print, rows that add up, the same answer from the
//! decoded and the borrowed profile, and a merge that loses nothing.

use godiag::Compat;
use godiag::export::{folded, speedscope};
use godiag::pprof::report::{Granularity, Options, Report, SortBy};
use godiag::pprof::{Profile, View};

/// Longest input whose reports are worth the time.
const MAX: usize = 1 << 16;

pub(crate) fn check(data: &[u8]) {
    if data.len() > MAX {
        return;
    }
    let Ok(profile) = Profile::parse(data) else { return };
    let view = View::parse(data);
    for granularity in
        [Granularity::Functions, Granularity::Files, Granularity::Lines, Granularity::Addresses]
    {
        let mut options = Options::default().with_granularity(granularity).with_trim(false);
        options.expanded_frames = 1 << 16;
        check_options(&profile, view.as_ref().ok(), &options);
        options.trim = true;
        options.sort = SortBy::Cum;
        options.mean = true;
        options.call_tree = true;
        options.no_inlines = granularity == Granularity::Lines;
        options.compat = Compat::GoTool;
        check_options(&profile, None, &options);
    }
    if let Ok(twice) = profile.scaled(2.0) {
        assert!(twice.samples().len() <= profile.samples().len());
    }
    if let Ok(nothing) = profile.diff(&profile) {
        assert_eq!(nothing.samples().len(), 0);
    }
    if let Ok(compact) = profile.compact() {
        let again = compact.compact().expect("a compact profile is compacted");
        assert_eq!(compact.to_bytes(), again.to_bytes());
        let sum = |p: &Profile| p.samples().flat_map(|s| s.values().to_vec()).map(i128::from).sum::<i128>();
        assert_eq!(sum(&compact), sum(&profile));
    }
}

fn check_options(profile: &Profile, view: Option<&View<'_>>, options: &Options) {
    let Ok(report) = Report::new(profile, options) else { return };
    if let Ok(top) = report.top() {
        let text = written(|out| top.write_text(out));
        if let Some(view) = view {
            let of_view = Report::new(view, options).expect("a view has the same reports").top();
            assert_eq!(text, written(|out| of_view.expect("and the same rows").write_text(out)));
        }
        if !options.mean {
            let own: i128 = top.rows().iter().map(|row| row.flat).sum();
            assert!(own.unsigned_abs() <= top.total().unsigned_abs(), "{own} of {}", top.total());
        }
        printable(&text, options.compat == Compat::GoTool);
        if let Ok(tree) = report.tree() {
            printable(&written(|out| tree.write_text(out)), options.compat == Compat::GoTool);
        }
    }
    printable(&written(|out| report.tags().write_text(out)), options.compat == Compat::GoTool);
    for write in [Report::write_traces, Report::write_raw, Report::write_callgrind, Report::write_dot] {
        let mut out = Vec::new();
        if write(&report, &mut out).is_ok() {
            printable(&out, options.compat == Compat::GoTool);
        }
    }
    let mut out = Vec::new();
    folded::write(&report, &mut out).expect("a vector takes everything");
    // Values of a profile have 64 bits; sums of a report may be larger.
    let text = String::from_utf8(out).expect("folded stacks are UTF-8");
    let value = |line: &str| line.rsplit(' ').next().is_some_and(|number| number.parse::<i64>().is_ok());
    assert!(!text.lines().all(value) || folded::read(text.as_bytes(), "a", "b").is_ok(), "{text}");
    speedscope::write(&report, "name", &mut Vec::new()).expect("a vector takes everything");
    let left = report.profile().to_bytes();
    assert!(options.no_inlines || Profile::parse(&left).is_ok(), "what the filters leave is no profile");
}

fn written(write: impl FnOnce(&mut Vec<u8>) -> godiag::Result<()>) -> Vec<u8> {
    let mut out = Vec::new();
    write(&mut out).expect("a vector takes everything");
    out
}

/// Nothing that steers a terminal.
fn printable(text: &[u8], tabs: bool) {
    let text = std::str::from_utf8(text).expect("reports are UTF-8");
    let harmless = |c: char| c == '\n' || c == '\t' && tabs || !c.is_control();
    // The legend of the tree has tabs.
    let bad =
        text.lines().filter(|line| !line.contains("calls%")).flat_map(str::chars).find(|&c| !harmless(c));
    assert_eq!(bad, None);
}
