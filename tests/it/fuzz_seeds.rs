//! The fuzz targets' seeds run through the fuzz targets' oracles.

use std::fs;
use std::path::Path;

#[path = "../support/asm_decisions.rs"]
mod asm_decisions;
#[path = "../support/asm_gate.rs"]
mod asm_gate;
#[path = "../support/asm_listing.rs"]
mod asm_listing;
#[path = "../support/asm_objdump.rs"]
mod asm_objdump;
#[path = "../support/diagnose.rs"]
mod diagnose;
#[path = "../support/flame_graph.rs"]
pub(crate) mod flame_graph;
#[path = "../support/goroutines.rs"]
mod goroutines;
#[path = "../support/gzip.rs"]
mod gzip;
#[path = "../support/pprof_profile.rs"]
mod pprof_profile;
#[cfg(feature = "prost")]
#[path = "../support/pprof_prost.rs"]
mod pprof_prost;
#[path = "../support/pprof_reports.rs"]
mod pprof_reports;
#[path = "../support/pprof_text.rs"]
mod pprof_text;
#[path = "../support/pprof_view.rs"]
pub(crate) mod pprof_view;
#[path = "../support/trace_analysis.rs"]
mod trace_analysis;
#[path = "../support/trace_text.rs"]
mod trace_text;
#[path = "../support/trace_v1.rs"]
mod trace_v1;
#[path = "../support/trace_v2.rs"]
pub(crate) mod trace_v2;
#[path = "../support/wire.rs"]
mod wire;

/// Calls `check` with every seed of `target`, and with every prefix of the small ones.
fn run(target: &str, check: impl Fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let mut seeds = 0;
    for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let seed = fs::read(entry.unwrap().path()).unwrap();
        check(&seed);
        for len in 0..seed.len().min(300) {
            check(&seed[..len]);
        }
        seeds += 1;
    }
    assert!(seeds > 0, "{target} has no seeds");
}

#[test]
fn asm_listing_seeds() {
    run("asm_listing", asm_listing::check);
}

#[test]
fn asm_decisions_seeds() {
    run("asm_decisions", asm_decisions::check);
}

#[test]
fn asm_objdump_seeds() {
    run("asm_objdump", asm_objdump::check);
}

#[test]
fn wire_seeds() {
    run("wire", wire::check);
}

#[test]
fn pprof_reports_seeds() {
    run("pprof_reports", pprof_reports::check);
}

#[test]
fn trace_v2_seeds() {
    run("trace_v2", trace_v2::check);
}

#[test]
fn trace_analysis_seeds() {
    run("trace_analysis", trace_analysis::check);
}

#[test]
fn asm_gate_seeds() {
    run("asm_gate", asm_gate::check);
}

#[test]
fn flame_graph_seeds() {
    run("flame_graph", flame_graph::check);
}

#[test]
fn diagnose_seeds() {
    run("diagnose", diagnose::check);
}

#[test]
fn gzip_seeds() {
    run("gzip", gzip::check);
}

#[test]
fn pprof_view_seeds() {
    run("pprof_view", pprof_view::check);
}

#[test]
fn trace_v1_seeds() {
    run("trace_v1", trace_v1::check);
}

#[test]
fn trace_text_seeds() {
    run("trace_text", trace_text::check);
}

#[test]
fn pprof_profile_seeds() {
    run("pprof_profile", pprof_profile::check);
}

#[cfg(feature = "prost")]
#[test]
fn pprof_prost_seeds() {
    run("pprof_prost", pprof_prost::check);
}

#[test]
fn goroutines_seeds() {
    run("goroutines", goroutines::check);
}

#[test]
fn pprof_text_seeds() {
    run("pprof_text", pprof_text::check);
}
