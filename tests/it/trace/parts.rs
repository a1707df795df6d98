//! Several generations at once: the same as one after the other, without reading them twice.

use crate::fixtures::{file, files, inflate};
use crate::fuzz_seeds::targets::trace_v2::parallel;
use godiag::trace::{Options, read_parts};

fn recorded() -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<_> =
        files("diagnose/samples", ".trace.gz").into_iter().map(|(name, gz)| (name, inflate(&gz))).collect();
    all.push(("order".to_owned(), file("diagnose/order/order.trace")));
    all
}

#[test]
fn recorded_traces_are_the_same_read_in_parallel() {
    let (mut generations, mut again) = (0, 0);
    for (name, bytes) in recorded() {
        let (parts, calls) = parallel(&bytes, Options::default());
        assert!(parts > 1, "{name}");
        assert_eq!(parallel(&bytes, Options::salvage()).0, parts, "{name}");
        generations += parts - 1;
        again += calls - parts;
    }
    // A generation's records of its past are nearly always right.
    assert!(again * 10 <= generations, "{again} of {generations} generations were read twice");
}

#[test]
fn a_trace_cut_anywhere_is_the_same_read_in_parallel() {
    for (name, bytes) in recorded().into_iter().filter(|(_, bytes)| bytes.len() < 400_000).take(6) {
        for cut in 1..8 {
            let end = bytes.len() * cut / 8;
            let mut damaged = bytes[..end].to_vec();
            parallel(&damaged, Options::default());
            parallel(&damaged, Options::salvage());
            // The same place damaged, and the rest after it.
            damaged.extend([0xff; 40]);
            damaged.extend(&bytes[end..]);
            parallel(&damaged, Options::default());
            parallel(&damaged, Options::salvage());
        }
        assert!(!name.is_empty());
    }
}

#[test]
fn a_panic_in_one_part_is_passed_on() {
    let bytes = file("diagnose/order/order.trace");
    let two = 2.try_into().unwrap();
    let panics = std::panic::catch_unwind(|| {
        read_parts(&bytes, &Options::strict(), two, |reader| {
            while let Ok(Some(event)) = reader.next_event() {
                assert!(event.time < 0, "stop");
            }
        })
    });
    assert!(panics.is_err());
}

/// A number after `seed`, the same in every run.
fn next(seed: &mut u64) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) as usize
}

#[test]
fn a_trace_changed_anywhere_is_the_same_read_in_parallel() {
    let mut seed = 7;
    for name in ["stw_nopreempt", "sched_latency", "slow_dns", "mutex_contention"] {
        let bytes = inflate(&file(&format!("diagnose/samples/{name}.trace.gz")));
        for _ in 0..5 {
            let mut changed = bytes.clone();
            for _ in 0..=next(&mut seed) % 3 {
                let at = 16 + next(&mut seed) % (changed.len() - 16);
                let byte = next(&mut seed) as u8;
                match next(&mut seed) % 4 {
                    0 => changed[at] = byte,
                    1 => changed[at] ^= 1 << (byte % 8),
                    2 => changed[at] = changed[at].wrapping_add(1),
                    _ => drop(changed.remove(at)),
                }
            }
            parallel(&changed, Options::default());
            parallel(&changed, Options::salvage());
        }
    }
}
