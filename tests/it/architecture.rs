//! Who may import whom: rooms import only from the layers below them.

use std::fs;
use std::path::{Path, PathBuf};

/// The layer of each room. Two rooms of one layer never import each other, but for the primitives (0 and 1).
const LAYERS: &[(&str, u8)] = &[
    ("error", 0),
    ("limits", 0),
    ("wire", 1),
    ("symbol", 1),
    ("intern", 1),
    ("format", 1),
    ("text", 1),
    ("pprof", 2),
    ("trace", 2),
    ("asm", 2),
    ("diagnose", 3),
    ("export", 4),
    ("proto", 4),
];

fn layer(room: &str) -> Option<u8> {
    LAYERS.iter().find(|(name, _)| *name == room).map(|(_, layer)| *layer)
}

fn rust_files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, out);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            out.push(path);
        }
    }
}

/// The rooms that a file names after `crate::`, `{…}` lists included; doc comments do not count.
fn imports(text: &str) -> Vec<String> {
    let code: String =
        text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let word = |s: &str| s.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut found = Vec::new();
    for part in code.split("crate::").skip(1) {
        match part.strip_prefix('{') {
            None => found.push(word(part)),
            Some(list) => {
                let (mut depth, mut start) = (0, true);
                for (i, c) in list.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => start = true,
                        c if start && !c.is_whitespace() => {
                            found.push(word(&list[i..]));
                            start = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    found
}

#[test]
fn rooms_import_only_from_below() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let mut checked = 0;
    for path in files {
        let inside = path.strip_prefix(&src).unwrap();
        let room = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        if matches!(room, "lib" | "bin") {
            continue;
        }
        let own = layer(room).unwrap_or_else(|| panic!("{}: no layer; name it here", inside.display()));
        for import in imports(&fs::read_to_string(&path).unwrap()) {
            // What lib.rs re-exports from layers 0 and 1, and macros, are no rooms.
            let Some(other) = layer(&import) else { continue };
            checked += 1;
            let allowed = import == room || other < own || own <= 1 && other <= own;
            assert!(allowed, "{} (layer {own}) imports {import} (layer {other})", inside.display());
        }
    }
    assert!(checked > 3, "the test reads no imports any more");
}

#[test]
fn the_binary_uses_only_the_public_api() {
    let mut files = Vec::new();
    rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bin"), &mut files);
    assert!(!files.is_empty());
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("#[path"), "{} includes a file of the library", path.display());
    }
}

#[test]
fn imports_are_found_in_lists() {
    let text =
        "use crate::{error::{Fault, Kind}, wire};\n// use crate::pprof;\nlet x = crate::intern::Map::new();";
    assert_eq!(imports(text), ["error", "wire", "intern"]);
}
