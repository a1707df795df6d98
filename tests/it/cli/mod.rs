//! `godiag` as a command: its help, and options that hold for every verb.

mod diagnose;
mod files;
mod help;
mod options;

use std::process::{Command, Output};

fn godiag(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_godiag")).args(args).output().unwrap()
}
