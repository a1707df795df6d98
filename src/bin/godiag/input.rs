//! Files and standard input.

use std::io::Read;

use godiag::{Input, Kind, Limits};

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

/// The contents of `file`, which a verb takes for a `kind`.
pub(crate) fn open(file: &str, kind: Kind) -> Result<Input<'static>> {
    Input::parse_as(kind, read(file)?, &Limits::DEFAULT).map_err(|error| failure(file, error))
}

/// The contents of `file`, of whatever kind.
pub(crate) fn open_any(file: &str) -> Result<Input<'static>> {
    Input::parse(read(file)?).map_err(|error| failure(file, error))
}

/// What is wrong with `file`.
pub(crate) fn failure(file: &str, error: godiag::Error) -> Failure {
    Failure::Input { file: file.to_owned(), error }
}
