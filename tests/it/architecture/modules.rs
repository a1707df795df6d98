//! The modules of a crate and what each file imports, read from its source with `syn`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Expr, Item, Token, UseTree};

/// A module, by its path from the crate's root: `["pprof", "view"]`.
type ModulePath = Vec<String>;

/// A name that `use` brings into a module: its full path as written.
type Imported = Vec<String>;

/// The modules of a crate.
#[derive(Debug, Default)]
pub(super) struct Crate {
    modules: BTreeMap<ModulePath, Module>,
}

#[derive(Debug, Default)]
struct Module {
    file: PathBuf,
    /// Names of items, and whether each is a type or trait.
    items: BTreeMap<String, bool>,
    uses: BTreeMap<String, Imported>,
    globs: Vec<Imported>,
    /// Paths of two or more segments in the module's code.
    paths: BTreeSet<Imported>,
}

/// The target of a path.
enum Target {
    Module(ModulePath),
    Item { module: ModulePath, is_type: bool },
}

/// The code of one file names an item of another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Import {
    pub(super) from: PathBuf,
    pub(super) to: PathBuf,
    /// Whether the item is a type or a trait.
    pub(super) is_type: bool,
}

impl Crate {
    /// Reads the crate whose root is `root`, such as `src/lib.rs`. Code under `cfg(test)` does not count.
    pub(super) fn read(root: &Path) -> Self {
        let mut read = Self::default();
        read.file(root, root.parent().unwrap(), Vec::new());
        read
    }

    pub(super) fn files(&self) -> BTreeSet<&Path> {
        self.modules.values().map(|module| module.file.as_path()).collect()
    }

    /// What each file imports from other files of the crate. A re-export is followed to the file that defines
    /// the item.
    pub(super) fn imports(&self) -> BTreeSet<Import> {
        let mut found = BTreeSet::new();
        for (path, module) in &self.modules {
            for written in module.uses.values().chain(&module.globs).chain(&module.paths) {
                let Some(Target::Item { module: target, is_type }) = self.resolve(path, written, 0) else {
                    continue;
                };
                let to = self.modules[&target].file.clone();
                if to != module.file {
                    found.insert(Import { from: module.file.clone(), to, is_type });
                }
            }
        }
        found
    }

    fn file(&mut self, file: &Path, folder: &Path, path: ModulePath) {
        let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self.module(file, folder, path, &parsed.items);
    }

    fn module(&mut self, file: &Path, folder: &Path, path: ModulePath, items: &[Item]) {
        let mut module = Module { file: file.to_owned(), ..Module::default() };
        for item in items {
            if is_for_tests(attributes(item)) {
                continue;
            }
            if let Item::Mod(inner) = item {
                let name = inner.ident.to_string();
                let below = folder.join(&name);
                let inner_path = [path.as_slice(), std::slice::from_ref(&name)].concat();
                match &inner.content {
                    Some((_, items)) => self.module(file, &below, inner_path, items),
                    None if below.with_extension("rs").exists() => {
                        self.file(&below.with_extension("rs"), &below, inner_path);
                    }
                    None => self.file(&below.join("mod.rs"), &below, inner_path),
                }
            } else if let Some((name, is_type)) = defined(item) {
                module.items.insert(name, is_type);
            }
            Collector(&mut module).visit_item(item);
        }
        self.modules.insert(path, module);
    }

    /// Follows `written` from `from`; `None` where it leads out of the crate.
    fn resolve(&self, from: &[String], written: &[String], depth: u8) -> Option<Target> {
        // A glob that imports itself through another would never end.
        if depth > 16 {
            return None;
        }
        let (first, rest) = written.split_first()?;
        let mut current = match first.as_str() {
            "crate" => Target::Module(Vec::new()),
            "self" => Target::Module(from.to_vec()),
            "super" => Target::Module(from.split_last()?.1.to_vec()),
            name => self.lookup(from, name, depth)?,
        };
        for name in rest {
            current = match current {
                Target::Module(module) if name == "super" => Target::Module(module.split_last()?.1.to_vec()),
                Target::Module(module) => self.lookup(&module, name, depth)?,
                // A variant or an associated item belongs to its type.
                item @ Target::Item { .. } => return Some(item),
            };
        }
        Some(current)
    }

    fn lookup(&self, module: &[String], name: &str, depth: u8) -> Option<Target> {
        let child = [module, &[name.to_owned()]].concat();
        if self.modules.contains_key(&child) {
            return Some(Target::Module(child));
        }
        let scope = &self.modules[module];
        if let Some(&is_type) = scope.items.get(name) {
            return Some(Target::Item { module: module.to_vec(), is_type });
        }
        match scope.uses.get(name) {
            // `use name::…` of an extern crate must not look itself up.
            Some(written) if written.first().is_none_or(|first| first != name) => {
                self.resolve(module, written, depth + 1)
            }
            Some(_) => None,
            None => scope.globs.iter().find_map(|glob| {
                let path = [glob.as_slice(), &[name.to_owned()]].concat();
                self.resolve(module, &path, depth + 1)
            }),
        }
    }
}

/// Collects what a module imports, and the paths in its code.
struct Collector<'m>(&'m mut Module);

impl Visit<'_> for Collector<'_> {
    fn visit_item_mod(&mut self, _: &syn::ItemMod) {}

    fn visit_item_use(&mut self, item: &syn::ItemUse) {
        self.tree(&item.tree, &mut Vec::new());
    }

    fn visit_path(&mut self, path: &syn::Path) {
        if path.segments.len() > 1 && path.leading_colon.is_none() {
            let segments = path.segments.iter().map(|segment| segment.ident.to_string());
            self.0.paths.insert(segments.collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, invoked: &syn::Macro) {
        // The arguments of `format!`, `matches!` and the like are usually expressions.
        if let Ok(arguments) = invoked.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated) {
            arguments.iter().for_each(|argument| self.visit_expr(argument));
        }
        visit::visit_macro(self, invoked);
    }
}

impl Collector<'_> {
    fn tree(&mut self, tree: &UseTree, prefix: &mut Vec<String>) {
        let full = |name: String, prefix: &[String]| match name.as_str() {
            "self" => prefix.to_vec(),
            _ => [prefix, &[name]].concat(),
        };
        match tree {
            UseTree::Path(path) => {
                prefix.push(path.ident.to_string());
                self.tree(&path.tree, prefix);
                prefix.pop();
            }
            UseTree::Name(name) => {
                let path = full(name.ident.to_string(), prefix);
                if let Some(last) = path.last() {
                    self.0.uses.insert(last.clone(), path.clone());
                }
            }
            UseTree::Rename(rename) => {
                let path = full(rename.ident.to_string(), prefix);
                // Names that are `_` import several traits.
                let name = match rename.rename.to_string() {
                    anonymous if anonymous == "_" => path.join("::"),
                    name => name,
                };
                self.0.uses.insert(name, path);
            }
            UseTree::Glob(_) => self.0.globs.push(prefix.clone()),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.tree(tree, prefix)),
        }
    }
}

fn defined(item: &Item) -> Option<(String, bool)> {
    let (name, is_type) = match item {
        Item::Struct(item) => (&item.ident, true),
        Item::Enum(item) => (&item.ident, true),
        Item::Union(item) => (&item.ident, true),
        Item::Trait(item) => (&item.ident, true),
        Item::Type(item) => (&item.ident, true),
        Item::Fn(item) => (&item.sig.ident, false),
        Item::Const(item) => (&item.ident, false),
        Item::Static(item) => (&item.ident, false),
        Item::Macro(item) => (item.ident.as_ref()?, false),
        _ => return None,
    };
    Some((name.to_string(), is_type))
}

fn attributes(item: &Item) -> &[syn::Attribute] {
    match item {
        Item::Mod(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        _ => &[],
    }
}

fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let test = |meta: &syn::MetaList| meta.tokens.to_string() == "test";
        attribute.path().is_ident("cfg") && attribute.meta.require_list().is_ok_and(test)
    })
}
