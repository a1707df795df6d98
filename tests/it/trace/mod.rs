//! Execution traces: reading, salvage, parts, text form, analyses, the command line.

#[cfg(feature = "gzip")]
mod analysis;
#[cfg(feature = "cli")]
mod cli;
mod parts;
#[cfg(feature = "gzip")]
mod regions;
mod text;
#[cfg(feature = "cli")]
mod v1;
mod v2;
