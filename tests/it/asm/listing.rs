//! Listings of real toolchains against what is known about every function of them.

use godiag::asm::{CompilerOutput, GoVersions, Metrics, plain};
use godiag::wire;
use serde_json::Value;

use crate::fixtures;

/// The bytes of a file below `tests/data/asm`, inflated.
pub(crate) fn text(name: &str) -> Vec<u8> {
    let bytes = fixtures::file(&format!("asm/{name}"));
    if bytes.starts_with(&wire::GZIP_MAGIC) { fixtures::inflate(&bytes) } else { bytes }
}

/// The record of `expect-amd64.json.gz` for one function and release.
fn expected<'e>(all: &'e Value, symbol: &str, minor: u16) -> Option<&'e Value> {
    let records = all.get(symbol.replace("example.com/lab/", ""))?.as_array()?;
    let minor_of =
        |record: &Value, key: &str| GoVersions::parse_minor(record[key].as_str().unwrap()).unwrap();
    let record = records.iter().find(|r| (minor_of(r, "from")..=minor_of(r, "to")).contains(&minor))?;
    Some(&record["facts"])
}

#[test]
fn every_count_of_every_amd64_function() {
    let all: Value = serde_json::from_slice(&text("expect-amd64.json.gz")).unwrap();
    let mut wrong = Vec::new();
    for minor in [19, 21, 23, 25, 26, 27] {
        let text = text(&format!("listings/go1.{minor}-amd64.S.txt.gz"));
        let out = CompilerOutput::parse(&text).unwrap();
        let mut compared = 0;
        for (id, function) in out.functions() {
            let symbol = String::from_utf8_lossy(function.symbol);
            let Some(facts) = expected(&all, &symbol, minor) else { continue };
            compared += 1;
            let m = out.metrics(id);
            for (key, got) in counts(&m) {
                let want = facts[key].as_u64().unwrap_or(0);
                if want != u64::from(got) {
                    wrong.push(format!("go1.{minor} {symbol} {key}: {got}, not {want}"));
                }
            }
            if u64::from(function.locals.unwrap_or(0)) != facts["locals"].as_u64().unwrap() {
                wrong.push(format!("go1.{minor} {symbol} locals"));
            }
        }
        assert!(compared >= 370, "go1.{minor}: only {compared} functions are known");
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

fn counts(m: &Metrics) -> [(&'static str, u32); 13] {
    [
        ("size", m.bytes),
        ("instructions", m.instructions),
        ("branches", m.branches),
        ("call", m.calls),
        ("call_in_loop", m.calls_in_loop),
        ("icall", m.indirect_calls),
        ("icall_in_loop", m.indirect_calls_in_loop),
        ("alloc", m.allocations),
        ("alloc_in_loop", m.allocations_in_loop),
        ("bounds", m.bounds_checks),
        ("bounds_in_loop", m.bounds_checks_in_loop),
        ("wb", m.write_barriers),
        ("wb_in_loop", m.write_barriers_in_loop),
    ]
}

/// Every line of every listing, diagnostic and log of the samples is classified, except output of a failing
/// compiler.
#[test]
fn every_line_is_classified() {
    let mut read = 0;
    for (name, bytes) in fixtures::files("asm", "") {
        if name.ends_with("json.gz") || name.ends_with(".tar.gz") || name.contains("/hostile/") {
            continue;
        }
        let bytes = if bytes.starts_with(&wire::GZIP_MAGIC) { fixtures::inflate(&bytes) } else { bytes };
        let text = plain(&bytes).unwrap();
        let out = CompilerOutput::parse(&text).unwrap();
        let counts = out.counts();
        // `could not import sort (file not found)`: errors of the compiler have no grammar.
        let errors = if name.ends_with("tool-compile-import-error.txt") { 2 } else { 0 };
        let lines: Vec<_> = text.split(|byte| *byte == b'\n').collect();
        let first = counts
            .first_unclassified
            .first()
            .map(|line| lines[*line as usize - 1].escape_ascii().to_string());
        assert_eq!(counts.unclassified, errors, "{name}: {first:?}");
        assert!(counts.lines > 0, "{name}");
        read += 1;
    }
    assert!(read > 50, "only {read} files");
}

/// Sites are properties of the program: the same on every 64-bit machine, and on 32-bit ones unless the word
/// size matters.
#[test]
fn machines_agree() {
    let subset = [
        b"/bce".as_slice(),
        b"/iface",
        b"/wb",
        b"/bigcopy",
        b"/closure",
        b"/growth",
        b"/names",
        b"/nilcheck",
    ];
    let totals = |name: &str| {
        let text = text(&format!("listings/go1.27-{name}.S.txt.gz"));
        let out = CompilerOutput::parse(&text).unwrap();
        let mut sum = [0; 8];
        for (id, function) in out.functions() {
            if !out
                .package(function.package)
                .is_some_and(|package| subset.iter().any(|end| package.path().ends_with(end)))
            {
                continue;
            }
            let m = out.metrics(id);
            let row = [
                m.bounds_checks,
                m.bounds_checks_in_loop,
                m.allocations,
                m.allocations_in_loop,
                m.indirect_calls,
                m.indirect_calls_in_loop,
                m.write_barriers,
                m.write_barriers_in_loop,
            ];
            sum.iter_mut().zip(row).for_each(|(sum, count)| *sum += count);
        }
        sum
    };
    let want = totals("amd64");
    assert!(want[0] > 20 && want[2] > 40 && want[6] > 20, "{want:?}");
    let subsets = ["riscv64.subset", "ppc64le.subset", "s390x.subset", "loong64.subset", "mips64le.subset"];
    for machine in ["arm64"].into_iter().chain(subsets) {
        assert_eq!(totals(machine), want, "{machine}");
    }
}
