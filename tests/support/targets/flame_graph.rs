//! Flame graphs: what holds on any bytes.

use godiag::export::flame::{self, FlameGraph};
use godiag::pprof::Profile;
use godiag::pprof::report::{Options, Report};

/// The elements of a flame graph.
const ELEMENTS: [&str; 7] = ["svg", "style", "script", "rect", "text", "title", "g"];

/// Whatever a profile holds, its picture is complete and the same every time, no name adds an element, each
/// frame is inside its caller's, and the limits hold.
pub(crate) fn check(data: &[u8]) {
    if data.len() > 1 << 14 {
        return;
    }
    let Ok(profile) = Profile::parse(data) else { return };
    let mut options = Options::default().with_trim(false);
    options.expanded_frames = 1 << 14;
    let Ok(report) = Report::new(&profile, &options) else { return };
    for picture in [flame::Options::default(), flame::Options::default().with_max_frames(7).with_max_depth(3)]
    {
        let graph = || FlameGraph::new(&report, &picture);
        let drawn = draw(graph());
        assert_eq!(drawn, draw(graph()));
        let difference = draw(FlameGraph::difference(&report, &report, &picture));
        assert_eq!(drawn.is_some(), difference.is_some());
        for svg in [drawn, difference].into_iter().flatten() {
            assert!(svg.len() <= 50 * data.len() + (1 << 20), "{} bytes from {}", svg.len(), data.len());
            check_elements(&svg);
            let frames = frames(&svg);
            assert!(frames.len() <= picture.max_frames.saturating_add(1));
            assert!(frames.iter().all(|frame| frame.depth <= picture.max_depth));
            check_places(&frames);
        }
    }
}

/// The picture; `None` if there is nothing to draw.
fn draw(graph: godiag::Result<FlameGraph<'_, '_>>) -> Option<String> {
    let mut out = Vec::new();
    graph.ok()?.write(&mut out).expect("memory takes everything");
    Some(String::from_utf8(out).expect("a picture is UTF-8"))
}

pub(crate) fn check_elements(svg: &str) {
    assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"), "{svg}");
    // The script and the style are the exporter's own.
    let outside: String = svg
        .split("<![CDATA[")
        .enumerate()
        .map(|(at, part)| if at == 0 { part } else { part.split_once("]]>").map_or(part, |(_, rest)| rest) })
        .collect();
    let mut open: Vec<String> = Vec::new();
    for tag in outside.split('<').skip(1) {
        let name: String =
            tag.trim_start_matches('/').chars().take_while(|c| !" />\n".contains(*c)).collect();
        assert!(ELEMENTS.contains(&name.as_str()), "{name}");
        let inside = tag.split_once('>').expect("a tag that does not end").0;
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !inside.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
    for once in ["<script", "<style", "<svg class=\"frames\""] {
        assert_eq!(outside.matches(once).count(), 1, "{once}");
    }
    let forbidden = |c: char| c.is_control() && c != '\n' || matches!(c, '\u{fffe}' | '\u{ffff}');
    assert!(!outside.chars().any(forbidden), "a control character");
}

/// Where a frame lies, in percent of the width, and its row.
#[derive(Clone, Copy, Debug)]
struct Frame {
    x: f64,
    width: f64,
    depth: usize,
}

fn frames(svg: &str) -> Vec<Frame> {
    let attribute = |line: &str, name: &str| -> f64 {
        let text = line.split_once(&format!(" {name}=\"")).expect(name).1;
        text.split_once('"').expect(name).0.trim_end_matches('%').parse().expect(name)
    };
    let rects =
        svg.split("<rect ").filter(|rect| rect.split_once('>').is_some_and(|tag| tag.0.contains("%\" y=")));
    let frames: Vec<Frame> = rects
        .map(|rect| {
            let rect = format!(" {rect}");
            let depth = attribute(&rect, "y") as usize / 16;
            Frame { x: attribute(&rect, "x"), width: attribute(&rect, "width"), depth }
        })
        .collect();
    assert_eq!(frames.len(), svg.matches("<g>").count());
    frames
}

/// Frames are inside their callers, side by side, and none precedes its caller.
fn check_places(frames: &[Frame]) {
    // Two values rounded to a millionth.
    const ROUNDED: f64 = 2e-6;
    let mut open: Vec<Frame> = Vec::new();
    let mut ends: Vec<f64> = Vec::new();
    for frame in frames {
        assert!(frame.depth <= open.len(), "a frame without the one that calls it: {frame:?}");
        if frame.depth < open.len() {
            assert!(frame.x >= ends[frame.depth] - ROUNDED, "{frame:?} covers another");
        }
        open.truncate(frame.depth);
        ends.truncate(frame.depth + 1);
        let (start, end) = open.last().map_or((0.0, 100.0), |caller| (caller.x, caller.x + caller.width));
        assert!(frame.x >= start - ROUNDED && frame.x + frame.width <= end + ROUNDED, "{frame:?}");
        open.push(*frame);
        ends.resize(frame.depth + 1, 0.0);
        ends[frame.depth] = frame.x + frame.width;
    }
    let root = frames.first().expect("a root");
    assert!(root.x == 0.0 && root.width == 100.0, "{root:?}");
}
