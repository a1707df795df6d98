//! Groups of files that import each other in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::modules::Import;

/// Every group of two or more files that all reach each other, except a type and its own parts: a file may
/// name the types of the `mod.rs` above it, whose methods or iterators it has.
pub(super) fn circles(imports: &BTreeSet<Import>) -> Vec<Vec<PathBuf>> {
    let mut graph: BTreeMap<&Path, BTreeSet<&Path>> = BTreeMap::new();
    for import in imports.iter().filter(|import| !(import.is_type && is_parent(&import.to, &import.from))) {
        graph.entry(&import.from).or_default().insert(&import.to);
    }
    let reached: BTreeMap<&Path, BTreeSet<&Path>> =
        graph.keys().map(|file| (*file, reachable(&graph, file))).collect();
    let mut grouped = BTreeSet::new();
    let mut groups = Vec::new();
    for (file, reach) in &reached {
        if grouped.contains(file) || !reach.contains(file) {
            continue;
        }
        let back = |other: &&&Path| reached.get(**other).is_some_and(|reach| reach.contains(file));
        let group: Vec<&Path> = reach.iter().filter(back).copied().collect();
        grouped.extend(group.iter().copied());
        groups.push(group.into_iter().map(Path::to_owned).collect());
    }
    groups
}

fn reachable<'g>(graph: &BTreeMap<&'g Path, BTreeSet<&'g Path>>, start: &Path) -> BTreeSet<&'g Path> {
    let mut reached = BTreeSet::new();
    let mut open = vec![start];
    while let Some(file) = open.pop() {
        for next in graph.get(file).into_iter().flatten() {
            if reached.insert(*next) {
                open.push(next);
            }
        }
    }
    reached
}

fn is_parent(parent: &Path, child: &Path) -> bool {
    let folder =
        if child.ends_with("mod.rs") { child.parent().and_then(Path::parent) } else { child.parent() };
    folder.is_some_and(|folder| parent == folder.join("mod.rs"))
}
