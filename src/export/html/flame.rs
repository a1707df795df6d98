//! The flame graph: root at the top, a click makes a frame as wide as the picture.

use std::io::{self, Write};

use super::escape::Escaped;
use crate::diagnose::Amount;
use crate::intern::Map;
use crate::pprof::{Profile, StringId};

/// Width of the picture and height of a row.
const WIDTH: f64 = 1200.0;
const ROW: usize = 18;
/// Frames narrower than this are left out.
const NARROW: f64 = 0.4;
/// Rows that are drawn.
const DEPTH: usize = 120;

const SCRIPT: &str = "\
(function(){var s=document.getElementById('flame'),W=1200,fs=[].slice.call(s.querySelectorAll('.frame'));\
function fit(g,x,w){var r=g.firstChild,t=g.lastChild,n=g.getAttribute('data-n');r.setAttribute('x',x);\
r.setAttribute('width',Math.max(w-0.5,0));t.setAttribute('x',x+3);var c=Math.floor((w-6)/6.2);\
t.textContent=c<3?'':n.length<=c?n:n.slice(0,c-1)+'\\u2026';g.style.display=w<0.4?'none':''}\
function zoom(g){var x=+g.getAttribute('data-x'),w=+g.getAttribute('data-w'),d=+g.getAttribute('data-d');\
fs.forEach(function(f){var fx=+f.getAttribute('data-x'),fw=+f.getAttribute('data-w'),fd=+f.getAttribute('data-d');\
if(fd<d&&fx<=x+1e-6&&fx+fw>=x+w-1e-6)fit(f,0,W);else if(fx+fw<=x+1e-6||fx>=x+w-1e-6)fit(f,0,0);\
else fit(f,(fx-x)*W/w,fw*W/w)})}\
fs.forEach(function(g){g.addEventListener('click',function(){zoom(g)});\
fit(g,+g.getAttribute('data-x'),+g.getAttribute('data-w'))})})()";

/// A function called from one place of the tree.
struct Node {
    name: StringId,
    value: i64,
    children: Vec<usize>,
}

/// The tree of calls; node 0 is the whole.
fn tree(profile: &Profile, index: usize) -> Vec<Node> {
    let mut nodes = vec![Node { name: StringId::EMPTY, value: 0, children: Vec::new() }];
    let mut by_name: Map<(usize, StringId), usize> = Map::default();
    for sample in profile.samples() {
        let value = sample.values().get(index).copied().unwrap_or(0);
        if value <= 0 {
            continue;
        }
        let mut at = 0;
        nodes[0].value = nodes[0].value.saturating_add(value);
        let locations = sample.locations().iter().rev();
        let calls = locations.flat_map(|location| profile.lines(*location).iter().rev());
        for line in calls.take(DEPTH) {
            let name = profile.function(line.function).name;
            let next = nodes.len();
            let node = *by_name.entry((at, name)).or_insert(next);
            if node == next {
                nodes.push(Node { name, value: 0, children: Vec::new() });
                nodes[at].children.push(node);
            }
            nodes[node].value = nodes[node].value.saturating_add(value);
            at = node;
        }
    }
    nodes
}

pub(super) fn write(name: &str, profile: &Profile, out: &mut impl Write) -> io::Result<()> {
    let index = profile.default_value();
    let mut nodes = tree(profile, index);
    let total = nodes.first().map_or(0, |root| root.value);
    if total == 0 {
        return Ok(());
    }
    let order: Vec<i64> = nodes.iter().map(|node| node.value).collect();
    for node in &mut nodes {
        node.children.sort_by_key(|child| (std::cmp::Reverse(order.get(*child).copied()), *child));
    }
    let unit = profile.sample_types().get(index).map_or(&b""[..], |ty| profile.string(ty.unit));
    let amount = |value: i64| match unit {
        b"nanoseconds" => Amount::nanos(value),
        b"bytes" => Amount::bytes(value),
        _ => Amount::count(value),
    };
    let mut frames = Vec::new();
    let mut deepest = 0;
    let mut todo = vec![(0usize, 0.0f64, 0usize)];
    while let Some((at, x, depth)) = todo.pop() {
        let Some(node) = nodes.get(at) else { continue };
        let width = node.value as f64 / total as f64 * WIDTH;
        if width < NARROW {
            continue;
        }
        deepest = deepest.max(depth);
        frames.push((at, x, width, depth));
        let mut child_x = x;
        for &child in &node.children {
            todo.push((child, child_x, depth + 1));
            child_x += nodes.get(child).map_or(0.0, |child| child.value as f64) / total as f64 * WIDTH;
        }
    }
    frames.sort_by(|a, b| a.3.cmp(&b.3).then(a.1.total_cmp(&b.1)));
    let height = (deepest + 1) * ROW;
    write!(
        out,
        "<section><h2>Where the time goes <span class=\"soft\">{}, {}; click a frame to widen it</span></h2>\
         <svg id=\"flame\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">",
        Escaped::of(name),
        amount(total)
    )?;
    for (at, x, width, depth) in frames {
        let Some(node) = nodes.get(at) else { continue };
        let text = if at == 0 { &b"all"[..] } else { profile.string(node.name) };
        let (label, y) = (Escaped(text), depth * ROW);
        let share = Amount::share(node.value as f64 / total as f64);
        let (hue, light) = colour(text);
        write!(
            out,
            "\n<g class=\"frame\" data-n=\"{label}\" data-x=\"{x:.3}\" data-w=\"{width:.3}\" data-d=\"{depth}\">\
             <rect x=\"{x:.1}\" y=\"{y}\" width=\"{:.1}\" height=\"{}\" fill=\"hsl({hue},70%,{light}%)\">\
             <title>{label}: {}, {share}</title></rect><text x=\"{:.1}\" y=\"{}\"></text></g>",
            (width - 0.5).max(0.1),
            ROW - 1,
            amount(node.value),
            x + 3.0,
            y + 13
        )?;
    }
    writeln!(out, "</svg><script>{SCRIPT}</script></section>")
}

/// The program's own functions in warm colours, the runtime's and the library's in cool ones; a name keeps its colour.
fn colour(name: &[u8]) -> (u32, u32) {
    let hash =
        name.iter().fold(2_166_136_261u32, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(16_777_619));
    let first = name.split(|byte| matches!(byte, b'.' | b'/')).next().unwrap_or_default();
    let base = match first {
        b"runtime" | b"internal" => 205,
        b"all" => 45,
        _ if name.contains(&b'/') || first == b"main" => 12,
        _ => 85,
    };
    (base + hash % 24, 68 + hash / 24 % 10)
}
