//! Garbage collection and stops of the world.
//!
//! A cycle is: stop of the world for sweep termination, concurrent mark phase, stop of the world for mark
//! termination, sweeping. Marking is done by workers, which run a quarter of the procs, and by allocating
//! goroutines, which the collector makes assist.

mod cycles;
mod report;
mod stw;

pub use cycles::Gc;
pub use report::{GcCycle, GcReport, WorkerTimes};
pub use stw::{StopTheWorld, Stops, StwReport};
