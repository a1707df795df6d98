//! Who may import whom: rooms import from the layers below them, wings from the wings below them in their
//! room, and no files import each other in a circle.

mod circles;
mod modules;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use modules::{Crate, Import};

/// The layer of each room. Two rooms of one layer never import each other, except the primitives (0 and 1).
const ROOMS: &[(&str, u8)] = &[
    ("error", 0),
    ("limits", 0),
    ("wire", 1),
    ("symbol", 1),
    ("table", 1),
    ("severity", 1),
    ("compat", 1),
    ("format", 1),
    ("text", 1),
    ("pprof", 2),
    ("trace", 2),
    ("asm", 2),
    ("input", 3),
    ("diagnose", 4),
    ("export", 5),
    ("proto", 5),
];

/// The wings of a room, lowest layer first. A wing imports from the layers below its own, never from its own
/// layer; the room's `mod.rs` is above all.
const WINGS: &[(&str, &[&[&str]])] = &[
    (
        "asm",
        &[
            &["text", "release", "flags"],
            &["runtime", "log", "listing"],
            &["decisions", "arch"],
            &["graph", "infer", "options"],
            &["analysis"],
            &["output"],
            &["parse", "findings", "gate", "coverage"],
        ],
    ),
    (
        "export",
        &[
            &["markup"],
            &["chrome", "events", "flame", "folded", "perfetto", "sarif", "speedscope", "trace_profile"],
            &["html"],
        ],
    ),
    (
        "pprof",
        &[
            &["types", "rule", "units", "options"],
            &["decode"],
            &["source"],
            &["profile", "visit"],
            &["view", "stream", "text"],
            &["goroutine"],
            &["read"],
            &["filter"],
            &["doubts", "merge", "report", "sites"],
            &["pgo"],
        ],
    ),
    (
        "diagnose",
        &[
            &["finding", "thresholds"],
            &["inputs"],
            &["facts"],
            &["rules", "run"],
            &["report"],
            &["compare", "diagnosis"],
        ],
    ),
    (
        "trace",
        &[
            &["event", "header", "loss", "options", "source"],
            &["tables"],
            &["v1", "v2"],
            &["footprint", "reader"],
            &["parts"],
            &["analysis"],
        ],
    ),
];

fn root(path: &str) -> PathBuf {
    crate::fixtures::repository().join("src").join(path)
}

/// The imports among the files of the library.
static IMPORTS: LazyLock<BTreeSet<Import>> = LazyLock::new(|| Crate::read(&root("lib.rs")).imports());

/// The names of the folders and of the file on the way to `file`, such as `["pprof", "view", "mod"]`.
fn steps(file: &Path) -> Vec<String> {
    let inside = file.strip_prefix(root("")).unwrap().with_extension("");
    inside.iter().map(|step| step.to_str().unwrap().to_owned()).collect()
}

fn shown(import: &Import) -> String {
    format!("{} imports from {}", steps(&import.from).join("/"), steps(&import.to).join("/"))
}

fn layer(room: &str) -> u8 {
    let found = ROOMS.iter().find(|(name, _)| *name == room);
    found.unwrap_or_else(|| panic!("{room}: no layer; name it here")).1
}

#[test]
fn rooms_import_only_from_below() {
    let imports = &*IMPORTS;
    assert!(imports.len() > 1_000, "the test reads no imports any more: {}", imports.len());
    for import in imports {
        let (from, to) = (&steps(&import.from)[0], &steps(&import.to)[0]);
        if from == "lib" {
            continue;
        }
        let (own, other) = (layer(from), layer(to));
        let allowed = from == to || other < own || own <= 1 && other <= own;
        assert!(allowed, "{} (layers {own}, {other})", shown(import));
    }
}

#[test]
fn wings_import_only_from_the_wings_below() {
    for (room, layers) in WINGS {
        let layer = |wing: &String| {
            let found = layers.iter().position(|wings| wings.contains(&wing.as_str()));
            found.unwrap_or_else(|| panic!("{room}/{wing}: no layer; name it here"))
        };
        for import in &*IMPORTS {
            let (from, to) = (steps(&import.from), steps(&import.to));
            if from[0] != *room || to[0] != *room || from[1] == to[1] || from[1] == "mod" {
                continue;
            }
            assert!(to[1] != "mod", "{}: what a wing needs is below it", shown(import));
            assert!(layer(&to[1]) < layer(&from[1]), "{}", shown(import));
        }
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "the count of circles is what people run this test for")]
fn no_files_import_each_other_in_a_circle() {
    let mut left = 0;
    let binary = Crate::read(&root("bin/godiag/main.rs")).imports();
    for (crate_root, imports) in [("lib.rs", &*IMPORTS), ("bin/godiag/main.rs", &binary)] {
        let files: BTreeSet<_> = imports.iter().flat_map(|import| [&import.from, &import.to]).collect();
        println!("{crate_root}: {} files, {} imports", files.len(), imports.len());
        for circle in circles::circles(imports) {
            let files: Vec<_> = circle.iter().map(|file| steps(file).join("/")).collect();
            println!("circle of {}: {}", files.len(), files.join(" "));
            left += 1;
        }
    }
    println!("circles left: {left}");
    assert_eq!(left, 0);
}

#[test]
fn circles_are_found() {
    let import = |from: &str, to: &str, is_type| Import { from: from.into(), to: to.into(), is_type };
    let circle =
        [import("a/x.rs", "a/y.rs", false), import("a/y.rs", "b.rs", true), import("b.rs", "a/x.rs", true)];
    assert_eq!(circles::circles(&BTreeSet::from(circle.clone())).len(), 1);
    assert_eq!(circles::circles(&BTreeSet::from([circle[0].clone(), circle[1].clone()])).len(), 0);
    // A type in `mod.rs` and its methods beside it are one idea; a helper function in `mod.rs` is another.
    let own = |is_type| [import("a/mod.rs", "a/x.rs", true), import("a/x.rs", "a/mod.rs", is_type)];
    assert_eq!(circles::circles(&BTreeSet::from(own(true))).len(), 0);
    assert_eq!(circles::circles(&BTreeSet::from(own(false))).len(), 1);
}

#[test]
fn imports_are_followed_through_re_exports() {
    let named = |from: &str, to: &str| {
        IMPORTS.iter().any(|import| import.from == root(from) && import.to == root(to))
    };
    // `use crate::{Error, Result}` is an import from the file that defines them, not from lib.rs.
    assert!(named("wire/gzip/members.rs", "error/mod.rs"));
    assert!(!IMPORTS.iter().any(|import| import.to == root("lib.rs")));
}

#[test]
fn the_binary_uses_only_the_public_api() {
    let read = Crate::read(&root("bin/godiag/main.rs"));
    for file in read.files() {
        assert!(file.starts_with(root("bin")), "{} includes a file of the library", file.display());
    }
}
