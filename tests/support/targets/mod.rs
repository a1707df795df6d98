//! The fuzz targets: what holds on any bytes. Each is a module with a function `check`.
//!
//! `fuzz/` runs them on inputs of its own, `tests/it/fuzz_seeds.rs` on the seeds. A new target is a module
//! here and a name in the list below; `UPDATE=1 cargo test fuzz_` then writes its program and its entry in
//! `fuzz/Cargo.toml`.

/// Declares the modules and the list `TARGETS`, and a test of each target's seeds.
macro_rules! targets {
    ($($(#[$condition:meta])? $target:ident),* $(,)?) => {
        $($(#[$condition])? pub(crate) mod $target;)*

        /// The name of every target, including those that need a feature.
        pub(crate) const TARGETS: &[&str] = &[$(stringify!($target)),*];

        mod seeds {
            $($(#[$condition])? #[test]
            fn $target() {
                crate::fuzz_seeds::run(stringify!($target), super::$target::check);
            })*
        }
    };
}

targets!(
    asm_decisions,
    asm_gate,
    asm_listing,
    asm_objdump,
    diagnose,
    flame_graph,
    goleak,
    goroutines,
    gzip,
    logs,
    pprof_profile,
    #[cfg(feature = "prost")]
    pprof_prost,
    pprof_reports,
    pprof_text,
    pprof_view,
    race_reports,
    trace_analysis,
    trace_text,
    trace_v1,
    trace_v2,
    wire,
);
