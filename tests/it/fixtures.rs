//! The files of the repository that tests read: those below `tests/data` by their names there.

use std::fs;
use std::path::{Path, PathBuf};

use godiag::{Limits, wire};

/// The folder of the crate.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The path of one file.
pub(crate) fn path(name: &str) -> PathBuf {
    repository().join("tests/data").join(name)
}

/// The bytes of one file.
pub(crate) fn file(name: &str) -> Vec<u8> {
    let path = path(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Name and bytes of every file below `folder` that ends with `ending`, in order.
pub(crate) fn files(folder: &str, ending: &str) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![path(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_str().unwrap().ends_with(ending) {
                let name = path.strip_prefix(self::path("")).unwrap().to_str().unwrap().to_owned();
                found.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The contents of a gzip file.
pub(crate) fn inflate(bytes: &[u8]) -> Vec<u8> {
    wire::inflate(bytes, &Limits::UNLIMITED).unwrap()
}

/// The text at `path`, or inside `path` with `.gz` appended.
pub(crate) fn read_text(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_else(|_| {
        let gz = path.with_file_name(format!("{}.gz", path.file_name().unwrap().to_str().unwrap()));
        let gz = fs::read(&gz).unwrap_or_else(|error| panic!("{}: {error}", gz.display()));
        wire::inflate(&gz, &Limits::DEFAULT).unwrap()
    });
    String::from_utf8(bytes).unwrap()
}
