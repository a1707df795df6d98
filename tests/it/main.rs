//! Every integration test, in one binary.

mod architecture;
mod asm;
mod data;
mod diagnose;
mod exports;
mod fuzz_seeds;
mod goroutine;
mod goroutine_groups;
#[cfg(feature = "cli")]
mod pprof_cli;
mod pprof_hostile;
mod pprof_limits;
mod pprof_merge;
mod pprof_profile;
mod pprof_reports;
mod pprof_sites;
#[cfg(feature = "gzip")]
mod pprof_stream;
mod pprof_text;
mod pprof_view;
mod pprof_visit;
#[cfg(feature = "prost")]
mod proto;
mod symbol;
mod text_data;
#[cfg(feature = "gzip")]
mod trace_analysis;
#[cfg(feature = "cli")]
mod trace_cli;
mod trace_export;
mod trace_parallel;
mod trace_text;
#[cfg(feature = "cli")]
mod trace_v1;
mod trace_v2;
