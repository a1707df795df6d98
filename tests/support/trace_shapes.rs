//! Traces of a chosen size whose shape is the worst case of something: each must take time proportional to
//! its size.

use super::Shape;

/// Traces of Go 1.22 and later.
pub(crate) const TRACES: &[Shape] = &[
    ("trace-runs", |n| one(|writer| runs(writer, n))),
    ("trace-threads", |n| one(|writer| threads(writer, n))),
    ("trace-reversed", |n| one(|writer| reversed(writer, n as u64))),
    ("trace-goroutines", |n| one(|writer| goroutines(writer, n as u64))),
    ("trace-regions", |n| one(|writer| regions(writer, n))),
    ("trace-tasks", |n| one(|writer| tasks(writer, n as u64))),
    ("trace-sparse-ids", |n| one(|writer| strings(writer, n as u64, 1 << 40))),
    ("trace-strings", |n| one(|writer| strings(writer, n as u64, 1))),
    ("trace-batches", |n| one(|writer| (0..n).for_each(|_| writer.batch(7, 5, &[])))),
    ("trace-generations", |n| generations(n as u64)),
    ("trace-damage", |n| [generations(4), b"\x01\x01".repeat(8 * n), generations(4)].concat()),
];

struct Writer {
    bytes: Vec<u8>,
    generation: u64,
}

impl Writer {
    fn number(out: &mut Vec<u8>, mut value: u64) {
        while value >= 0x80 {
            out.push(value as u8 | 0x80);
            value >>= 7;
        }
        out.push(value as u8);
    }

    fn batch(&mut self, thread: u64, time: u64, data: &[u8]) {
        self.bytes.push(1);
        for value in [self.generation, thread, time, data.len() as u64] {
            Self::number(&mut self.bytes, value);
        }
        self.bytes.extend_from_slice(data);
    }

    /// Batches with as many events as fit. Times count from the batch's, so they repeat.
    fn events(&mut self, thread: u64, time: u64, events: impl IntoIterator<Item = Vec<u64>>) {
        let mut data = Vec::new();
        for event in events {
            data.push(event[0] as u8);
            event[1..].iter().for_each(|&value| Self::number(&mut data, value));
            if data.len() > 65_000 {
                self.batch(thread, time, &data);
                data.clear();
            }
        }
        self.batch(thread, time, &data);
    }

    fn finish(&mut self) {
        let mut sync = vec![50, 8];
        Self::number(&mut sync, 15_625_000);
        sync.push(51);
        [1, 1000, 1_700_000_000, 5].iter().for_each(|&value| Self::number(&mut sync, value));
        self.batch(u64::MAX, 1, &sync);
        self.bytes.push(52);
        self.generation += 1;
    }
}

/// One generation.
fn one(fill: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer { bytes: b"go 1.26 trace\0\0\0".to_vec(), generation: 1 };
    fill(&mut writer);
    writer.finish();
    writer.bytes
}

fn generations(n: u64) -> Vec<u8> {
    let mut writer = Writer { bytes: b"go 1.26 trace\0\0\0".to_vec(), generation: 1 };
    for i in 0..n {
        writer.events(1, 100 + 10 * i, [vec![13, 1, 0, 1], vec![25, 1, 1, 1, 2], vec![37, 1, i]]);
        writer.finish();
    }
    writer.bytes
}

/// Proc 0 and goroutine 1 run on thread 1.
fn running() -> Vec<Vec<u64>> {
    vec![vec![13, 1, 0, 1], vec![25, 1, 1, 1, 2]]
}

/// One thread that runs the same goroutine again and again.
fn runs(writer: &mut Writer, n: usize) {
    let turns = (1..=n as u64).flat_map(|seq| [vec![19, 1, 0, 0], vec![16, 1, 1, seq]]);
    writer.events(1, 100, running().into_iter().chain(turns));
}

/// Many threads that take turns.
fn threads(writer: &mut Writer, n: usize) {
    for i in 0..n as u64 {
        writer.events(100 + i, 100, [vec![13, 1 + i % 7, i, 1], vec![37, 1, i], vec![38, 1 + i % 5, i]]);
    }
}

/// Threads that can only run in the reverse of their times.
fn reversed(writer: &mut Writer, n: u64) {
    for i in 0..n {
        writer.events(u64::MAX, 1, [vec![25, 1, i + 1, u64::MAX, if i + 1 == n { 1 } else { 4 }]]);
    }
    for i in 0..n {
        let g = i + 1;
        let mut events = vec![vec![13, 1, i, 1], vec![16, 1000 + 10 * i, g, if g == n { 1 } else { 2 }]];
        if g > 1 {
            events.push(vec![21, 1, g - 1, 1, 0]);
        }
        writer.events(100 + i, 100, events);
    }
}

/// Goroutines whose ids have equal lower bits, created and gone.
fn goroutines(writer: &mut Writer, n: u64) {
    let born = (1..=n).map(|i| vec![14, 1, i << 20, 0, 0]);
    let run =
        (1..=n).flat_map(|i| [vec![19, 1, 0, 0], vec![16, 1, i << 20, 1], vec![17, 1], vec![16, 1, 1, i]]);
    writer.events(1, 100, running().into_iter().chain(born).chain(run));
}

/// Regions within regions.
fn regions(writer: &mut Writer, n: usize) {
    let begin = (0..n).map(|_| vec![42, 1, 0, 0, 0]);
    let end = (0..n).map(|_| vec![43, 1, 0, 0, 0]);
    writer.events(1, 100, running().into_iter().chain(begin).chain(end));
}

/// Tasks that never end.
fn tasks(writer: &mut Writer, n: u64) {
    writer.events(1, 100, running().into_iter().chain((1..=n).map(|i| vec![40, 1, i, 0, 0, 0])));
}

/// Texts under ids that lie `step` apart.
fn strings(writer: &mut Writer, n: u64, step: u64) {
    let mut data = vec![4];
    for i in 1..=n {
        data.push(5);
        let text = i.to_string();
        [i * step, text.len() as u64].iter().for_each(|&value| Writer::number(&mut data, value));
        data.extend_from_slice(text.as_bytes());
        if data.len() > 65_000 {
            writer.batch(u64::MAX, 1, &data);
            data = vec![4];
        }
    }
    writer.batch(u64::MAX, 1, &data);
}
