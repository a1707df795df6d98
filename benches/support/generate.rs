//! A large profile from nothing, the same every time, like the merged profiles of a fleet of services.

use godiag::pprof::{Builder, Label, LabelValue, Line, LocationId, Mapping, ValueType};

/// A small generator of numbers that look random (xorshift64*).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % n
    }
}

/// A CPU profile of `samples` samples with stacks of about 36 locations out of 40,000, and labels on every
/// second sample: about 120 bytes per sample.
pub(crate) fn fleet(samples: u64) -> Vec<u8> {
    let mut builder = Builder::new();
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let [count, cpu, unit, ns] =
        ["samples", "cpu", "count", "nanoseconds"].map(|s| builder.string(s.as_bytes()));
    builder.sample_type(ValueType::new(count, unit)).sample_type(ValueType::new(cpu, ns));
    builder.period(ValueType::new(cpu, ns), 10_000_000);
    let mapping =
        builder.mapping(Mapping { memory_start: 0x40_0000, memory_limit: 0x400_0000, ..Mapping::new(1) });
    let locations: Vec<LocationId> = (0..40_000u64)
        .map(|i| {
            let name = builder
                .string(format!("example.com/service{}/pkg.(*T{}).method{i}", i % 97, i % 13).as_bytes());
            let file = builder.string(format!("/src/service{}/file{}.go", i % 97, i % 531).as_bytes());
            let function = builder.function(name, name, file, (i % 900) as i64);
            let line = Line { function, line: (i % 900 + 10) as i64, column: 0 };
            let lines = [line; 2];
            builder.location(Some(mapping), 0x40_0000 + 64 * i, false, &lines[..1 + usize::from(i % 5 == 0)])
        })
        .collect();
    let key = builder.string(b"request");
    let mut stack = Vec::new();
    for i in 0..samples {
        let depth = 12 + numbers.below(48) as usize;
        stack.clear();
        let mut at = numbers.below(40_000);
        for _ in 0..depth {
            stack.push(locations[at as usize]);
            at = (at * 7 + numbers.below(50)) % 40_000;
        }
        let value = builder.string(format!("/api/v1/resource/{}", numbers.below(100_000)).as_bytes());
        let label = Label { key, value: LabelValue::Str(value) };
        let hits = 1 + numbers.below(20) as i64;
        let labels = if i % 2 == 0 { &[label][..] } else { &[] };
        builder.sample(&stack, &[hits, hits * 10_000_000], labels);
    }
    builder.finish().expect("a valid profile").to_bytes()
}
