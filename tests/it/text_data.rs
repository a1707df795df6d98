//! Text files of the test data, gzipped where they are large.

use std::fs;
use std::path::Path;

use godiag::{Limits, wire};

/// The text at `path`, or inside `path` with `.gz` behind it.
pub(crate) fn read_text(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_else(|_| {
        let gz = path.with_file_name(format!("{}.gz", path.file_name().unwrap().to_str().unwrap()));
        let gz = fs::read(&gz).unwrap_or_else(|error| panic!("{}: {error}", gz.display()));
        wire::inflate(&gz, &Limits::DEFAULT).unwrap()
    });
    String::from_utf8(bytes).unwrap()
}
