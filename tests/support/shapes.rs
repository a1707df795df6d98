//! Inputs of a chosen size whose shape is the worst case of something: each must take time proportional to
//! its size.

/// A shape by its name, and how to make one with `n` parts.
pub(crate) type Shape = (&'static str, fn(n: usize) -> Vec<u8>);

/// Profiles.
pub(crate) const PROFILES: &[Shape] = &[
    ("samples", samples),
    ("deep-stack", deep_stack),
    ("sparse-ids", |n| ids(n, |i| i << 32)),
    ("falling-ids", |n| ids(n, |i| u64::MAX - i)),
    ("labels-in-one", labels_in_one),
    ("equal-strings", equal_strings),
    ("unknown-fields", |n| [b"\x32\x00".to_vec(), b"\xfa\x06\x00".repeat(n)].concat()),
    ("groups", |n| [b"\x32\x00".to_vec(), b"\x9b\x06\x9c\x06".repeat(n)].concat()),
    ("unpacked-values", unpacked_values),
    ("inline-lines", inline_lines),
];

/// Goroutine dumps and crash logs.
pub(crate) const DUMPS: &[Shape] = &[
    ("goroutines", |n| {
        repeat(n, |i| format!("goroutine {i} [select]:\nmain.f({{0x1, 0x2}})\n\t/a/b.go:7 +0x1\n\n"))
    }),
    ("frames", |n| {
        [b"goroutine 1 [running]:\n".to_vec(), repeat(n, |i| format!("p.f{i}()\n\t/a.go:{i} +0x1\n"))]
            .concat()
    }),
    ("headers-only", |n| repeat(n, |i| format!("goroutine {i} [running]:\n"))),
    ("nested-args", |n| {
        [
            b"goroutine 1 [running]:\nmain.f(".to_vec(),
            b"{".repeat(n),
            b"}".repeat(n),
            b")\n\t/a.go:1\n".to_vec(),
        ]
        .concat()
    }),
    ("noise", |n| [b"goroutine 1 [running]:\n".to_vec(), b"noise ( [ { :\n".repeat(n)].concat()),
    ("one-line", |n| {
        [b"goroutine 1 [".to_vec(), b"a, ".repeat(n), b"b]:\nmain.f()\n\t/a.go:1\n".to_vec()].concat()
    }),
];

/// Compiler output.
pub(crate) const LISTINGS: &[Shape] = &[
    ("functions", |n| repeat(n, |i| listing(&format!("main.f{i}"), 3, |_| "NOP".into()))),
    ("instructions", |n| listing("main.f", n, |_| "MOVQ\tAX, BX".into()).into_bytes()),
    ("one-loop-head", |n| listing("main.f", n, |_| "JNE\t0".into()).into_bytes()),
    ("nested-loops", |n| {
        let half = n / 2;
        listing("main.f", n, |i| if i < half { "NOP".into() } else { format!("JNE\t{}", n - 1 - i) })
            .into_bytes()
    }),
    ("crossing-jumps", |n| listing("main.f", n, |i| format!("JNE\t{}", (i * 7919 + 13) % n)).into_bytes()),
    ("allocations-in-loop", |n| {
        let code = |i| if i + 1 == n { "JMP\t0".into() } else { "CALL\truntime.newobject(SB)".into() };
        listing("main.f", n, code).into_bytes()
    }),
    ("decisions", |n| {
        repeat(n, |i| format!("./a.go:{i}:6: can inline f{i} with cost 7 as: func() {{ return }}\n"))
    }),
    ("long-flow", |n| {
        let step = |i| format!("./a.go:1:6:     from x{i} (assign) at ./a.go:{i}:1\n").into_bytes();
        [
            b"./a.go:1:6: x escapes to heap in f:\n./a.go:1:6:   flow: {heap} \xe2\x86\x90 &x:\n".to_vec(),
            (1..=n).flat_map(step).collect(),
        ]
        .concat()
    }),
    ("unknown-lines", |n| b"what is this\n".repeat(n)),
];

/// A listing of one function of `n` instructions, one byte each.
fn listing(name: &str, n: usize, code: impl Fn(usize) -> String) -> String {
    let mut out = format!("{name} STEXT size={n} args=0x0 locals=0x0 funcid=0x0\n");
    out.push_str(&format!("\t0x0000 00000 (a.go:1)\tTEXT\t{name}(SB), ABIInternal, $0-0\n"));
    for i in 0..n {
        out.push_str(&format!("\t{i:#06x} {i:05} (a.go:{i})\t{}\n", code(i)));
    }
    out
}

fn repeat<T: Into<Vec<u8>>>(n: usize, part: impl Fn(usize) -> T) -> Vec<u8> {
    (1..=n).flat_map(|i| part(i).into()).collect()
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn number(out: &mut Vec<u8>, field: u64, value: u64) {
    varint(out, field << 3);
    varint(out, value);
}

fn message(out: &mut Vec<u8>, field: u64, bytes: &[u8]) {
    varint(out, field << 3 | 2);
    varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// A profile with one sample type, function, and strings; `rest` adds to it.
fn profile(rest: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = Vec::new();
    message(&mut out, 1, b"\x08\x01\x10\x02");
    for string in ["", "samples", "count", "main.f"] {
        message(&mut out, 6, string.as_bytes());
    }
    message(&mut out, 5, b"\x08\x01\x10\x03");
    rest(&mut out);
    out
}

fn location(out: &mut Vec<u8>, id: u64, lines: usize) {
    let mut location = Vec::new();
    number(&mut location, 1, id);
    for _ in 0..lines {
        message(&mut location, 4, b"\x08\x01\x10\x05");
    }
    message(out, 4, &location);
}

fn sample(out: &mut Vec<u8>, stack: impl Iterator<Item = u64>) {
    let mut packed = Vec::new();
    stack.for_each(|id| varint(&mut packed, id));
    let mut sample = Vec::new();
    message(&mut sample, 1, &packed);
    number(&mut sample, 2, 1);
    message(out, 2, &sample);
}

fn samples(n: usize) -> Vec<u8> {
    profile(|out| {
        location(out, 1, 1);
        (0..n).for_each(|_| sample(out, std::iter::once(1)));
    })
}

fn deep_stack(n: usize) -> Vec<u8> {
    profile(|out| {
        (1..=4).for_each(|id| location(out, id, 1));
        (0..n / 500 + 1).for_each(|_| sample(out, (0..500).map(|i| i % 4 + 1)));
    })
}

fn ids(n: usize, id: fn(u64) -> u64) -> Vec<u8> {
    profile(|out| {
        (1..=n as u64).for_each(|i| location(out, id(i), 1));
        (1..=n as u64).for_each(|i| sample(out, std::iter::once(id(i))));
    })
}

fn labels_in_one(n: usize) -> Vec<u8> {
    profile(|out| {
        let mut sample = Vec::new();
        number(&mut sample, 2, 1);
        (0..n).for_each(|_| message(&mut sample, 3, b"\x08\x01\x10\x02"));
        message(out, 2, &sample);
    })
}

fn equal_strings(n: usize) -> Vec<u8> {
    profile(|out| (0..n).for_each(|_| message(out, 6, b"the same again")))
}

fn unpacked_values(n: usize) -> Vec<u8> {
    let mut out = Vec::new();
    (0..n).for_each(|_| message(&mut out, 1, b""));
    message(&mut out, 6, b"");
    let mut sample = Vec::new();
    (0..n).for_each(|i| number(&mut sample, 2, i as u64));
    message(&mut out, 2, &sample);
    out
}

/// Lines times samples grows with the square of `n`; readers must not expand them.
fn inline_lines(n: usize) -> Vec<u8> {
    profile(|out| {
        location(out, 1, n);
        (0..n).for_each(|_| sample(out, std::iter::once(1)));
    })
}
