//! Profiles: nothing per sample, and a bounded factor for hostile ones.
//!
//! Totals count all bytes ever requested, never less than the peak.

use std::hint::black_box;

use godiag::pprof::visit::{Item, Items, Push};
use godiag::pprof::{Builder, Line, LocationId, Profile, ValueType, View};

use super::{blocks, count, data};

/// A profile of many samples with deep stacks and labels.
fn large() -> Vec<u8> {
    let mut builder = Builder::new();
    let name = builder.string(b"f");
    builder.sample_type(ValueType::new(name, name));
    let locations: Vec<_> = (0..2000)
        .map(|i| {
            let name = builder.string(format!("main.function{i}").as_bytes());
            let function = builder.function(name, name, name, 1);
            builder.location(None, 0x1000 + i, false, &[Line { function, line: 1, column: 0 }])
        })
        .collect();
    for i in 0..50_000usize {
        let stack: Vec<_> =
            (0..i % 60).map(|depth| locations[(i * 7 + depth * 31) % locations.len()]).collect();
        builder.sample(&stack, &[i as i64], &[]);
    }
    builder.finish().unwrap().to_bytes()
}

pub(super) fn nothing_is_allocated_per_sample() {
    let large = large();
    for message in [
        &data("pprof/real/go1.27.3-compile-net-http.cpu.pb.gz"),
        &data("pprof/go1.27.3/heap.debug0.pb.gz"),
        &large,
    ] {
        let bytes = message.len();
        let (view, stats) = count(|| View::parse(message).unwrap());
        let samples = view.samples().len();
        assert!(blocks(&stats) < 100, "view: {stats:?} for {samples} samples");
        let lines = |row| view.lines(LocationId::from_index(row)).len();
        let tables = 40 * view.functions().len()
            + 64 * view.mappings().len()
            + 40 * view.locations().len()
            + 24 * (0..view.locations().len() as u32).map(lines).sum::<usize>()
            + 4 * view.string_count();
        let kept = stats.bytes_allocated - stats.bytes_deallocated;
        assert!(kept <= 24 * samples + tables + (1 << 10), "view: {kept} for {samples} samples, {tables}");

        let (sum, stats) = count(|| {
            let mut sum = 0;
            for sample in view.samples() {
                sum += sample.values().sum::<i64>() + sample.frames().count() as i64;
                sum += sample.labels().map(|label| view.string(label.key).len() as i64).sum::<i64>();
                sum += sample.locations().count() as i64 + sample.default_value();
            }
            sum
        });
        black_box(sum);
        assert_eq!(blocks(&stats), 0, "iterating: {stats:?}");

        let (profile, stats) = count(|| Profile::parse(message).unwrap());
        assert!(blocks(&stats) < 200, "profile: {stats:?}");
        assert!(stats.bytes_allocated <= 6 * bytes + (1 << 20), "profile: {stats:?} of {bytes}");
        let ((), stats) = count(|| {
            for sample in profile.samples() {
                black_box((sample.values(), sample.locations(), sample.labels().count()));
            }
        });
        assert_eq!(blocks(&stats), 0, "iterating: {stats:?}");

        let (sum, stats) = count(|| {
            let mut items = Items::new(message);
            let mut sum = 0;
            while let Some(item) = items.next_item().unwrap() {
                if let Item::Sample(sample) = item {
                    sum += sample.value(0).unwrap().unwrap_or(0);
                }
            }
            sum
        });
        black_box(sum);
        assert_eq!(blocks(&stats), 0, "visiting: {stats:?}");

        for chunk in [1000, 64 << 10] {
            let (longest, stats) = count(|| {
                let mut push = Push::new();
                let mut longest = 0;
                for chunk in message.chunks(chunk) {
                    push.feed(chunk, &mut |item| {
                        if let Item::String(string) = item {
                            longest = string.len().max(longest);
                        }
                        Ok(())
                    })
                    .unwrap();
                }
                push.finish().unwrap();
                longest
            });
            black_box(longest);
            assert!(stats.bytes_allocated <= 64 << 10, "pushing: {stats:?}");
        }
    }
}

/// Many tiny messages: the worst that 256 KiB can ask for.
pub(super) fn many_tiny_messages_take_a_bounded_factor() {
    let head = b"\x0a\x04\x08\x01\x10\x02\x32\x00\x32\x03cpu\x32\x02ns";
    for (what, unit) in [
        ("samples", &b"\x12\x02\x10\x01"[..]),
        ("empty samples", b"\x12\x00"),
        ("sample types", b"\x0a\x00"),
        ("strings", b"\x32\x00"),
        ("functions", b"\x2a\x00"),
        ("locations", b"\x22\x00"),
        ("mappings", b"\x1a\x00"),
        ("comments", b"\x68\x01"),
        ("unknown fields", b"\xa2\x06\x00"),
    ] {
        let mut message = head.to_vec();
        message.extend(unit.repeat((256 << 10) / unit.len()));
        check_factor(what, &message);
    }
    for (what, unit) in [
        ("labels", &b"\x1a\x02\x08\x01"[..]),
        ("empty labels", b"\x1a\x00"),
        ("numbers", b"\x1a\x04\x08\x01\x18\x01"),
    ] {
        let labels = unit.repeat((256 << 10) / unit.len());
        let mut message = head.to_vec();
        message.push(0x12);
        let len = labels.len() + 2;
        message.extend([len as u8 & 0x7f | 0x80, (len >> 7) as u8 & 0x7f | 0x80, (len >> 14) as u8]);
        message.extend(b"\x10\x01");
        message.extend(labels);
        check_factor(what, &message);
    }
}

fn check_factor(what: &str, message: &[u8]) {
    let bytes = message.len();
    let (view, stats) = count(|| View::parse(message).map(drop));
    let factor = if view.is_ok() { 6 } else { 24 };
    assert!(stats.bytes_allocated <= factor * bytes + (1 << 20), "view of {what}: {stats:?}");
    let (profile, stats) = count(|| Profile::parse(message).map(drop));
    assert_eq!(view.is_ok(), profile.is_ok());
    assert!(stats.bytes_allocated <= factor * bytes + (1 << 20), "profile of {what}: {stats:?}");
}
