//! Files and standard input.

use std::io::Read;

use crate::Failure;

/// The bytes of `file`; `-` is standard input.
pub(crate) fn read(file: &str) -> Result<Vec<u8>, Failure> {
    let bytes = if file == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(file)
    };
    bytes.map_err(|error| Failure::Input { file: file.to_owned(), error: error.into() })
}
