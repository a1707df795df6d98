//! Recursion on a stack: functions that call each other again and again.

use crate::pprof::goroutine::dump::Goroutine;
use crate::pprof::goroutine::entry::Entry;
use crate::pprof::goroutine::frame::Frame;

/// Longer circles of calls are not looked for.
const LONGEST: usize = 16;

/// So many rounds are recursion.
const ROUNDS: usize = 3;

/// A circle of calls on a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recursion<'d> {
    /// The frames of one round, leaf first.
    pub round: Vec<Frame<'d>>,
    /// The index of its first frame on the stack.
    pub start: usize,
    /// How many frames of the stack it takes.
    pub frames: usize,
    /// How often it goes round, in the frames that are printed and those that Go left out.
    pub times: u64,
}

/// The recursions of `goroutine`, in the order of its stack. Frames that Go left out in the middle of one
/// belong to it.
///
/// # Cost
/// Linear, with at most 16 comparisons for a frame.
pub fn recursion<'d>(goroutine: &Goroutine<'d>) -> Vec<Recursion<'d>> {
    let (mut frames, mut elided) = (Vec::new(), None);
    for entry in goroutine.entries() {
        match entry {
            Entry::Frame(frame) => frames.push(frame),
            Entry::Elided(count) => elided = Some((frames.len(), count.unwrap_or(0))),
            Entry::Unavailable => {}
            _ => break,
        }
    }
    let (place, hidden) = elided.unwrap_or((frames.len(), 0));
    let (above, below) = frames.split_at_checked(place).unwrap_or((&frames, &[]));
    let mut found = Vec::new();
    circles(above, 0, &mut found);
    let until = found.len();
    circles(below, place, &mut found);
    join(&mut found, until, place, hidden);
    found
}

/// Adds the recursions of `stack`, whose first frame has the index `first`.
fn circles<'d>(stack: &[Frame<'d>], first: usize, found: &mut Vec<Recursion<'d>>) {
    let mut at = 0;
    while at < stack.len() {
        let rest = stack.get(at..).unwrap_or_default();
        let stretches = (1..=LONGEST.min(rest.len() / ROUNDS)).map(|period| (rounds(rest, period), period));
        // The longest stretch, and of equal ones the shortest circle.
        let best = stretches
            .filter(|&(rounds, _)| rounds >= ROUNDS)
            .max_by_key(|&(rounds, period)| (rounds * period, std::cmp::Reverse(period)));
        let Some((rounds, period)) = best else {
            at += 1;
            continue;
        };
        let round = rest.get(..period).unwrap_or_default().to_vec();
        found.push(Recursion { round, start: first + at, frames: rounds * period, times: rounds as u64 });
        at += rounds * period;
    }
}

/// Makes one recursion of the two on both sides of the `hidden` frames that Go left out at `place`: the
/// second is `found[at]`, and may begin in the middle of a round.
fn join(found: &mut Vec<Recursion<'_>>, at: usize, place: usize, hidden: u64) {
    let Some(above) = at.checked_sub(1).and_then(|at| found.get(at)) else { return };
    let period = above.round.len();
    if hidden == 0 || above.start + above.frames + period < place {
        return;
    }
    let mut frames = above.frames;
    if let Some(below) = found.get(at).filter(|below| below.start == place && is_rotated(above, below)) {
        frames = below.start + below.frames - above.start;
        found.remove(at);
    }
    if let Some(above) = at.checked_sub(1).and_then(|at| found.get_mut(at)) {
        above.frames = frames;
        above.times = (frames as u64 + hidden) / period.max(1) as u64;
    }
}

/// Whether the rounds of both are the same circle, entered at any of its functions.
fn is_rotated(a: &Recursion<'_>, b: &Recursion<'_>) -> bool {
    let len = a.round.len();
    let is_at = |shift: usize| {
        let turned = a.round.iter().cycle().skip(shift).take(len);
        turned.map(|frame| frame.func).eq(b.round.iter().map(|frame| frame.func))
    };
    len == b.round.len() && (0..len).any(is_at)
}

/// How often `stack` begins with its first `period` functions.
fn rounds(stack: &[Frame<'_>], period: usize) -> usize {
    let same = stack.iter().zip(stack.iter().skip(period)).take_while(|(a, b)| a.func == b.func).count();
    same / period + 1
}
