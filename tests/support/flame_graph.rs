//! Flame graphs: what [`check`] must find on any bytes.

use godiag::export::svg;
use godiag::pprof::Profile;
use godiag::pprof::report::{Options, Report};

/// The elements of a flame graph.
const ELEMENTS: [&str; 12] = [
    "?xml",
    "!DOCTYPE",
    "svg",
    "defs",
    "linearGradient",
    "stop",
    "style",
    "script",
    "rect",
    "text",
    "title",
    "g",
];

/// Whatever a profile holds, its picture is whole, is the same every time, and has no element that a name brought.
pub(crate) fn check(data: &[u8]) {
    if data.len() > 1 << 14 {
        return;
    }
    let Ok(profile) = Profile::parse(data) else { return };
    let mut options = Options::default().with_trim(false);
    options.expanded_frames = 1 << 14;
    let Ok(report) = Report::new(&profile, &options) else { return };
    let picture = drawn(|out| svg::write(&report, "title", out));
    assert_eq!(picture, drawn(|out| svg::write(&report, "title", out)));
    for picture in
        [picture, drawn(|out| svg::write_diff(&report, &report, "title", out))].into_iter().flatten()
    {
        assert!(picture.trim_end().ends_with("</svg>"), "{picture}");
        // The script and the style are inferno's own.
        let outside: String = picture
            .split("<![CDATA[")
            .enumerate()
            .map(
                |(at, part)| {
                    if at == 0 { part } else { part.split_once("]]>").map_or(part, |(_, rest)| rest) }
                },
            )
            .collect();
        for tag in outside.split('<').skip(1) {
            let name: String =
                tag.trim_start_matches('/').chars().take_while(|c| !" />\n".contains(*c)).collect();
            assert!(name.starts_with("!--") || ELEMENTS.contains(&name.as_str()), "{name}");
        }
        for once in ["<script", "<style", "<defs"] {
            assert_eq!(outside.matches(once).count(), 1, "{once}");
        }
        assert!(!outside.chars().any(|c| c.is_control() && c != '\n' && c != '\t'), "a control character");
    }
}

/// The picture; none where there is nothing to draw.
fn drawn(write: impl FnOnce(&mut Vec<u8>) -> godiag::Result<()>) -> Option<String> {
    let mut out = Vec::new();
    write(&mut out).ok()?;
    Some(String::from_utf8(out).expect("a picture is UTF-8"))
}
