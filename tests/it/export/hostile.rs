//! A profile of hostile names, and characters that no text may hold.

use godiag::pprof::report::{Granularity, Options, Report};
use godiag::pprof::{Builder, Line, Profile, StringId, ValueType};

/// Names that break out of a string, a line, a stack or an element unless they are escaped.
pub(super) const HOSTILE: [&[u8]; 12] = [
    b"a\"]; evil [label=\"x",
    b"x\" URL=\"javascript:alert(3)\" y=\"",
    b"<script>alert(1)</script>",
    b"\"><img src=x onerror=alert(1)>",
    b"]]></style>&amp;&#x41;",
    b"semi;colon",
    b"line\nbreak 99",
    b"esc\x1b[2J\x07",
    b"back\\slash\\l\\N",
    b"number at the end 7",
    b"\xff\xfe not utf-8",
    b"rtl \xe2\x80\xae gnp.exe",
];

/// A stack of all hostile names as functions, files and labels, and one stack each.
pub(super) fn hostile() -> Profile {
    let mut builder = Builder::new();
    let (kind, unit) = (builder.string(b"cpu\"<;"), builder.string(b"nanoseconds"));
    builder.sample_type(ValueType::new(kind, unit));
    let file = builder.string(HOSTILE[1]);
    builder.mapping(godiag::pprof::Mapping {
        filename: file,
        build_id: file,
        ..godiag::pprof::Mapping::new(1)
    });
    builder.comment(file);
    let locations: Vec<_> = HOSTILE
        .iter()
        .map(|name| {
            let name = builder.string(name);
            let function = builder.function(name, name, name, 1);
            builder.location(None, 0, false, &[Line { function, line: 5, column: 0 }])
        })
        .collect();
    let label = godiag::pprof::Label { key: file, value: godiag::pprof::LabelValue::Str(file) };
    builder.sample(&locations, &[1_000], &[label]);
    for &location in &locations {
        builder.sample(&[location], &[10], &[label]);
    }
    assert_ne!(kind, StringId::EMPTY);
    builder.finish().unwrap()
}

pub(super) fn with_report<T>(
    profile: &Profile,
    granularity: Granularity,
    run: impl FnOnce(&Report<'_>) -> T,
) -> T {
    let options = Options::default().with_granularity(granularity).with_trim(false);
    run(&Report::new(profile, &options).unwrap())
}

/// No control character except line feeds, nothing that reorders text.
pub(super) fn assert_printable(text: &str, what: &str) {
    let bad = text.chars().find(|&c| c != '\n' && c.is_control() || matches!(c, '\u{202a}'..='\u{202e}'));
    assert_eq!(bad, None, "{what}");
}
