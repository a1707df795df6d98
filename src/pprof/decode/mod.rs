//! From the bytes of the message to its tables, its samples, and what is wrong with it.
//!
//! ```text
//! schema → fields → sample | label | outline → ids → tables | packed → explain → budget
//!                                                                     → unknown
//! ```
//!
//! All decoders take a judge, which decides what a broken rule means: an error, or a note and a repair. Hot
//! paths return a fault; explain makes an error of it.

pub(super) mod budget;
mod expansion;
pub(super) mod explain;
pub(super) mod fields;
pub(super) mod ids;
pub(super) mod judge;
pub(super) mod label;
pub(super) mod outline;
pub(super) mod packed;
pub(super) mod sample;
pub(super) mod schema;
pub(super) mod tables;
pub(super) mod unknown;
