//! Names that look like markup, or steer a terminal.

use godiag::diagnose::Diagnosis;
use godiag::export::html::Page;
use godiag::pprof::{Builder, Line, ValueType};

#[test]
fn names_from_a_profile_stay_text() {
    let mut builder = Builder::new();
    let ty = |builder: &mut Builder, kind: &str, unit: &str| {
        ValueType::new(builder.string(kind.as_bytes()), builder.string(unit.as_bytes()))
    };
    let types = [ty(&mut builder, "contentions", "count"), ty(&mut builder, "delay", "nanoseconds")];
    types.into_iter().for_each(|ty| {
        builder.sample_type(ty);
    });
    let evil = b"main.</title><script>alert(1)</script>\x1b[2J\"'";
    let mut locations = Vec::new();
    for (at, name) in [&b"sync.(*Mutex).Unlock"[..], evil].into_iter().enumerate() {
        let name = builder.string(name);
        let file = builder.string(b"<img src=x onerror=alert(1)>.go\x1b]0;x\x07");
        let function = builder.function(name, name, file, 1);
        locations.push(builder.location(
            None,
            0x400 + at as u64,
            false,
            &[Line { function, line: 7, column: 0 }],
        ));
    }
    builder.sample(&locations, &[10, 5_000_000_000], &[]);
    let profile = builder.finish().unwrap();
    let report = Diagnosis::new().profile("<b>name\x1b[1m", &profile).run();
    assert_eq!(report.findings.len(), 1, "{report:#?}");
    let (mut text, mut markdown, mut html) = (Vec::new(), Vec::new(), Vec::new());
    report.write_text(&mut text).unwrap();
    report.write_markdown(&mut markdown).unwrap();
    Page::new(&report).with_profile("p", &profile).write(&mut html).unwrap();
    for out in [&text, &markdown, &html] {
        let out = String::from_utf8_lossy(out);
        assert!(!out.contains('\x1b') && !out.contains('\x07'), "{out}");
    }
    let html = String::from_utf8(html).unwrap();
    assert_eq!(html.matches("<script>").count(), 1, "only the page's own");
    assert!(!html.contains("<img") && !html.contains("<b>name"), "{html}");
    assert!(!String::from_utf8(markdown).unwrap().contains("<script>"));
}
