//! Flame graphs: what [`check`] must find on any bytes.

use godiag::export::svg;
use godiag::pprof::Profile;
use godiag::pprof::report::{Options, Report};

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
        // The script is inferno's own.
        let outside = picture
            .split("<![CDATA[")
            .map(|part| part.rsplit("]]>").next().unwrap_or_default())
            .collect::<String>();
        let elements = outside.split('<').skip(1);
        let known = |element: &str| {
            [
                "?xml",
                "!DOCTYPE",
                "!--",
                "svg",
                "defs",
                "linearGradient",
                "stop",
                "style",
                "script",
                "rect",
                "text",
            ]
            .iter()
            .chain(&["title", "g", "a"])
            .any(|name| element.trim_start_matches('/').starts_with(name))
        };
        for element in elements {
            assert!(known(element), "{element}");
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
