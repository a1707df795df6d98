//! Diagnosis and export: what holds on any bytes.

use godiag::asm::CompilerOutput;
use godiag::diagnose::{Comparison, Diagnosis, Report, TextOptions, Thresholds, Traced};
use godiag::export::chrome::{self, View};
use godiag::export::html::Page;
use godiag::export::perfetto;
use godiag::pprof::Profile;
use godiag::trace::{Options, Reader};
use godiag::{Format, detect};

/// Everything that can be read can be diagnosed and written in every form, without control characters.
pub(crate) fn check(data: &[u8]) {
    let mut opened = Diagnosis::new();
    if opened.add("a", data).is_ok() {
        let report = opened.run();
        write(&report, &Page::new(&report));
    }
    let diagnosis = Diagnosis::new();
    match detect(data) {
        Format::Pprof => {
            let Ok(profile) = Profile::parse(data) else { return };
            let report = diagnosis.profile("p", &profile).run();
            write(&report, &Page::new(&report).with_profile("p", &profile));
        }
        Format::Trace(..) => {
            let read = |options| Reader::parse_with(data, &options);
            let Ok(mut reader) = read(Options::salvage()) else { return };
            let Ok(traced) = Traced::read(&mut reader, Thresholds::default()) else { return };
            let report = diagnosis.trace("t", &traced).run();
            write(&report, &Page::new(&report).with_trace("t", &traced));
            for view in [View::Procs, View::Threads] {
                let mut json = Vec::new();
                let mut reader = read(Options::salvage()).expect("it was read before");
                chrome::write(&mut reader, view, &mut json).expect("it was read before");
                assert!(json.ends_with(b"}}\n") && std::str::from_utf8(&json).is_ok());
            }
            let mut reader = read(Options::salvage()).expect("it was read before");
            perfetto::write(&mut reader, std::io::sink()).expect("it was read before");
        }
        Format::CompilerOutput => {
            let Ok(output) = CompilerOutput::parse(data) else { return };
            let report = diagnosis.compiler("c", &output).run();
            write(&report, &Page::new(&report));
        }
        _ => {}
    }
}

fn write(report: &Report, page: &Page<'_>) {
    let mut out = Vec::new();
    report.write_text(&mut out).expect("a vector takes everything");
    report.write_markdown(&mut out).expect("a vector takes everything");
    page.write(&mut out).expect("a vector takes everything");
    let (nothing, thresholds) = (Diagnosis::new().run(), Thresholds::default());
    for (before, after) in [(report, report), (&nothing, report), (report, &nothing)] {
        let comparison = Comparison::new(before, after, &thresholds);
        assert!(!std::ptr::eq(before, after) || !comparison.is_worse(), "worse than itself");
        comparison.write_text(&mut out, &TextOptions::default()).expect("a vector takes everything");
        comparison.write_markdown(&mut out).expect("a vector takes everything");
    }
    let text = String::from_utf8(out).expect("reports are UTF-8");
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "a control character");
}
