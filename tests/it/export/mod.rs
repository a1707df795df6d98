//! Exports for other tools: read back by independent readers, with hostile names.

mod chrome;
mod flame;
mod hostile;
#[cfg(feature = "prost")]
mod perfetto;
mod reports;
mod stacks;
