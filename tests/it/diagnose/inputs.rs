//! The inputs of a diagnosis: every form that godiag reads, from bytes and from folders.

use std::fs;
use std::path::PathBuf;

use godiag::diagnose::{Diagnosis, Report, Source};
use godiag::pprof::{Builder, Line, Profile, ValueType};
use godiag::{Content, Format, Input, Kind};

use super::{data, ids};
use crate::fixtures;

/// A folder of its own with copies of some test data.
fn folder(name: &str, files: &[(&str, &[u8])]) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("diagnose").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).unwrap();
    }
    folder
}

fn opened(folder: &PathBuf) -> Report {
    let mut diagnosis = Diagnosis::new();
    diagnosis.open(folder).unwrap();
    diagnosis.run()
}

fn text(report: &Report) -> String {
    let mut out = Vec::new();
    report.write_text(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_folder_of_dumps_and_texts_has_an_answer() {
    let dump = fixtures::file("diagnose/samples/leak_http.goroutine.end.txt.gz");
    let plain = fixtures::inflate(&dump);
    let count = fixtures::file("pprof/go1.27.3/goroutine.debug1.txt.gz");
    let folder =
        folder("texts", &[("dump.txt.gz", &dump), ("dump.txt", &plain), ("goroutine.debug1.txt.gz", &count)]);
    let report = opened(&folder);
    assert_eq!(report.left_aside, []);
    let kinds: Vec<_> = report.inputs.iter().map(|input| (input.name.as_str(), input.source)).collect();
    assert_eq!(
        kinds,
        [
            ("dump.txt", Source::GoroutineProfile),
            ("dump.txt.gz", Source::GoroutineProfile),
            ("goroutine.debug1.txt.gz", Source::GoroutineProfile)
        ]
    );
    assert_eq!(report.inputs[0].contents, report.inputs[1].contents);
}

#[test]
fn snapshots_in_text_show_a_leak_as_profiles_do() {
    // 100, 200, 300 goroutines at one place, as debug=1 has them.
    let snapshot = |count: usize| {
        format!(
            "goroutine profile: total {count}\n{count} @ 0x1 0x2 0x3\n#\t0x1\truntime.gopark+0x1\t\t/go/src/runtime/proc.go:1\n\
             #\t0x2\tshop/order.Reserve+0x2\t/app/order.go:7\n#\t0x3\tnet/http.(*conn).serve+0x3\t/go/src/net/http/server.go:9\n\n"
        )
    };
    let texts: Vec<_> = [100, 200, 300].map(snapshot).into();
    let names = ["1.txt", "2.txt", "3.txt"];
    let files: Vec<_> = names.iter().zip(&texts).map(|(name, text)| (*name, text.as_bytes())).collect();
    let report = opened(&folder("snapshots", &files));
    let finding = report.of("leak-growth").next().unwrap_or_else(|| panic!("{report:#?}"));
    assert_eq!(finding.subject.function.as_ref().unwrap().as_bytes(), b"shop/order.Reserve");
    assert_eq!((finding.figure("first"), finding.figure("last")), (Some(100.0), Some(300.0)));
}

#[test]
fn a_text_of_the_same_moment_is_no_further_snapshot() {
    let mut diagnosis = Diagnosis::new();
    for number in [1, 2, 3] {
        let name = format!("goroutine.{number}.pb.gz");
        diagnosis.add(&name, fs::read(data(&format!("order/{name}"))).unwrap()).unwrap();
    }
    assert_eq!(ids(&diagnosis.run()), ["leak-growth"]);
    diagnosis.add("debug1.txt", fixtures::file("pprof/go1.27.3/goroutine.debug1.txt.gz")).unwrap();
    assert_eq!(ids(&diagnosis.run()), ["leak-growth"]);
}

#[test]
fn files_that_are_not_used_are_in_the_report() {
    let cpu = fixtures::file("diagnose/order/cpu.pb.gz");
    let cut = &cpu[..cpu.len() / 2];
    let folder = folder(
        "aside",
        &[("cpu.pb.gz", &cpu), ("cut.pb.gz", cut), ("index.html", b"<html>"), ("notes", b"hi\n")],
    );
    let report = opened(&folder);
    let names: Vec<_> = report.left_aside.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["cut.pb.gz", "index.html", "notes"]);
    assert_eq!(report.left_aside[1].reason, "this is an HTML page");
    let mut markdown = Vec::new();
    report.write_markdown(&mut markdown).unwrap();
    let markdown = String::from_utf8(markdown).unwrap();
    let json = serde_json::to_value(&report).unwrap();
    let mut html = Vec::new();
    godiag::export::html::Page::new(&report).write(&mut html).unwrap();
    let html = String::from_utf8(html).unwrap();
    for form in [text(&report), markdown, json["left_aside"].to_string(), html] {
        assert!(form.contains("index.html") && form.contains("this is an HTML page"), "{form}");
    }
    // A file by itself is an error if it cannot be read.
    assert!(Diagnosis::new().open(folder.join("cut.pb.gz")).is_err());
}

#[test]
fn a_folder_and_its_files_one_by_one_give_the_same_report() {
    let folder = data("order");
    let whole = opened(&folder);
    let mut diagnosis = Diagnosis::new();
    let mut names: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    for name in &names {
        diagnosis.add(&name.to_string_lossy(), fs::read(folder.join(name)).unwrap()).unwrap();
    }
    assert_eq!(text(&whole), text(&diagnosis.run()));
    assert_eq!(diagnosis.cpu_profile().unwrap().0, "cpu.pb.gz");
    assert_eq!(diagnosis.traces().map(|(name, _)| name).collect::<Vec<_>>(), ["order.trace"]);
}

#[test]
fn inputs_are_recognised_and_opened() {
    for (name, kind, compressed) in [
        ("diagnose/order/cpu.pb.gz", Kind::Profile, true),
        ("pprof/go1.27.3/heap.debug1.txt.gz", Kind::Profile, true),
        ("diagnose/samples/leak_http.goroutine.end.txt.gz", Kind::Goroutines, true),
        ("diagnose/order/order.trace", Kind::Trace, false),
        ("diagnose/samples/flight.trace.gz", Kind::Trace, true),
        ("diagnose/order/build.txt.gz", Kind::Compiler, true),
    ] {
        let bytes = fixtures::file(name);
        let input = Input::parse(&bytes).unwrap();
        assert_eq!((input.kind(), input.is_compressed()), (Some(kind), compressed), "{name}");
        let opened = match input.content().unwrap() {
            Content::Profile(_) => Kind::Profile,
            Content::Goroutines(_) => Kind::Goroutines,
            Content::Trace(_) => Kind::Trace,
            Content::Compiler(_) => Kind::Compiler,
            other => panic!("{name}: {other:?}"),
        };
        assert_eq!(opened, kind, "{name}");
    }
    let page = Input::read(&b"<!DOCTYPE html>"[..]).unwrap();
    assert_eq!((page.kind(), page.format()), (None, Format::Html));
    assert!(page.content().unwrap_err().to_string().contains("HTML"));
}

/// A mutex profile of one stack, leaf first: 900 ms in 3 contentions.
fn mutex(stack: &[&str]) -> Profile {
    let mut builder = Builder::new();
    for (kind, unit) in [("contentions", "count"), ("delay", "nanoseconds")] {
        let ty = ValueType::new(builder.string(kind.as_bytes()), builder.string(unit.as_bytes()));
        builder.sample_type(ty);
    }
    let mut locations = Vec::new();
    for (address, name) in (0x400..).zip(stack) {
        let (name, file) = (builder.string(name.as_bytes()), builder.string(b"app/file.go"));
        let function = builder.function(name, name, file, 1);
        locations.push(builder.location(None, address, false, &[Line { function, line: 7, column: 0 }]));
    }
    builder.sample(&locations, &[3, 900_000_000], &[]);
    builder.finish().unwrap()
}

#[test]
fn a_lock_that_a_library_takes_is_found_at_the_programs_line() {
    let profile = mutex(&[
        "sync.(*Mutex).Unlock",
        "net/http.(*Transport).getConn",
        "example.com/order.Fetch",
        "main.main",
    ]);
    let report = Diagnosis::new().profile("mutex", &profile).run();
    let finding = report.of("lock-contention").next().unwrap_or_else(|| panic!("{report:#?}"));
    assert_eq!(finding.subject.function.as_ref().unwrap().as_bytes(), b"example.com/order.Fetch");
    assert!(finding.summary.contains("a lock in net/http.(*Transport).getConn"), "{}", finding.summary);
    assert_eq!((finding.figure("delay"), finding.figure("contentions")), (Some(9e8), Some(3.0)));
    // A lock of the program's own is not a library's, whatever package sync does in between.
    let profile = mutex(&["sync.(*Mutex).Unlock", "sync.(*RWMutex).Unlock", "main.main"]);
    let report = Diagnosis::new().profile("mutex", &profile).run();
    assert!(report.findings[0].summary.contains("a lock that main.main takes"), "{report:#?}");
    // No line of the program's own, no finding.
    let profile = mutex(&["sync.(*Mutex).Unlock", "net/http.(*Transport).getConn"]);
    assert_eq!(ids(&Diagnosis::new().profile("mutex", &profile).run()), [""; 0]);
}

#[test]
fn every_rule_has_a_page() {
    let mut count = 0;
    for rule in godiag::diagnose::rules() {
        let mut page = Vec::new();
        rule.write_page(&mut page).unwrap();
        let page = String::from_utf8(page).unwrap();
        for heading in
            ["What it sees", "Why it costs", "When it is silent", "Example", "What to do", "Needs: "]
        {
            assert!(page.contains(&format!("\n{heading}")), "{page}");
        }
        assert!(page.lines().all(|line| line.chars().count() <= 110), "{page}");
        assert!(!page.contains("  \n") && !rule.needs.is_empty(), "{page}");
        count += 1;
    }
    assert_eq!(count, 44);
}
