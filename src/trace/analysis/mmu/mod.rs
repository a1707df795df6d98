//! Mutator utilization: how much of the procs the collector leaves to the program.
//!
//! The utilization function is, for each moment, the share of the procs that does not work for the collector.
//! Its mean over a window of time, at the window's worst position, is the minimum mutator utilization (MMU)
//! for windows of that length; the distribution over all positions is the MUD (`internal/trace/gc.go`,
//! `mud.go`).
//!
//! With [`Compat::GoTool`](super::Compat::GoTool) the function is that of Go 1.27.3, where
//! * a mark worker counts twice from its second run on and is taken away once, so that its proc counts as the
//!   collector's from then on;
//! * a worker that once ran on a proc set aside for it counts even while it runs on an idle one;
//! * of the stops of the world only the collector's own count;
//! * windows count that end some nanoseconds after the trace, where the utilization is taken for 0;
//! * the distribution is never filled, and all its quantiles are the minimum.

mod accumulator;
mod curve;
mod heap;
mod mud;
mod mutator;
mod series;
mod utilization;

pub use accumulator::UtilWindow;
pub use curve::{MmuCurve, MmuPoint};
pub use mutator::MutatorUtilization;
pub use utilization::{Utilization, UtilizationPoint};
