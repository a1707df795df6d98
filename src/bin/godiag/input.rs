//! Files and standard input.

use std::io::Read;

use godiag::{Format, Limits, detect, wire};

use crate::outcome::{Failure, Result};

/// The bytes of `file`; `-` is standard input.
pub(crate) fn read(file: &str) -> Result<Vec<u8>> {
    let bytes = if file == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(file)
    };
    bytes.map_err(|error| failure(file, error.into()))
}

/// The bytes of `file`, inflated if they are gzipped.
pub(crate) fn inflated(file: &str) -> Result<Vec<u8>> {
    let bytes = read(file)?;
    match detect(&bytes) {
        Format::Gzip => wire::inflate(&bytes, &Limits::DEFAULT).map_err(|error| failure(file, error)),
        _ => Ok(bytes),
    }
}

/// What is wrong with `file`.
pub(crate) fn failure(file: &str, error: godiag::Error) -> Failure {
    Failure::Input { file: file.to_owned(), error }
}
