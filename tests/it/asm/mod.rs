//! Compiler output: what is read, found and compared.

#[cfg(feature = "cli")]
mod cli;
mod findings;
mod gate;
mod hostile;
mod listing;
