//! The files under `tests/data`.

use std::fs;
use std::path::{Path, PathBuf};

use godiag::{Limits, wire};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

/// The bytes of one file.
pub(crate) fn file(name: &str) -> Vec<u8> {
    let path = root().join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Name and bytes of every file below `folder` that ends with `ending`, in order.
pub(crate) fn files(folder: &str, ending: &str) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_str().unwrap().ends_with(ending) {
                let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
                found.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// What is inside a gzip file.
pub(crate) fn inflate(bytes: &[u8]) -> Vec<u8> {
    wire::inflate(bytes, &Limits::UNLIMITED).unwrap()
}

/// The text at `path`, or inside `path` with `.gz` behind it.
pub(crate) fn read_text(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_else(|_| {
        let gz = path.with_file_name(format!("{}.gz", path.file_name().unwrap().to_str().unwrap()));
        let gz = fs::read(&gz).unwrap_or_else(|error| panic!("{}: {error}", gz.display()));
        wire::inflate(&gz, &Limits::DEFAULT).unwrap()
    });
    String::from_utf8(bytes).unwrap()
}
