//! Whose code a function is: the one answer to "is this frame the program's own?".

use super::name::FuncName;

/// First elements of the import paths in Go 1.27's `go list std cmd`, sorted. The go command reserves import
/// paths whose first element has no dot, but does not enforce that: a module may be called `shop/order`.
const STANDARD: [&[u8]; 54] = [
    b"archive",
    b"bufio",
    b"builtin",
    b"bytes",
    b"cmd",
    b"cmp",
    b"compress",
    b"container",
    b"context",
    b"crypto",
    b"database",
    b"debug",
    b"embed",
    b"encoding",
    b"errors",
    b"expvar",
    b"flag",
    b"fmt",
    b"go",
    b"hash",
    b"html",
    b"image",
    b"index",
    b"internal",
    b"io",
    b"iter",
    b"log",
    b"maps",
    b"math",
    b"mime",
    b"net",
    b"os",
    b"path",
    b"plugin",
    b"reflect",
    b"regexp",
    b"runtime",
    b"simd",
    b"slices",
    b"sort",
    b"strconv",
    b"strings",
    b"structs",
    b"sync",
    b"syscall",
    b"testing",
    b"text",
    b"time",
    b"unicode",
    b"unique",
    b"unsafe",
    b"uuid",
    b"vendor",
    b"weak",
];

/// Whose code a function is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum Owner {
    /// C, or assembler without a package.
    Native,
    /// Go's runtime, as [`FuncName::is_runtime`] has it.
    Runtime,
    /// Go's standard library and commands, with what they vendor, and functions that the compiler generates
    /// for types.
    Standard,
    /// Another module than the main one. Only known where the main module is, or where the program vendors
    /// it.
    Dependency,
    /// The program's own.
    Program,
}

impl Owner {
    /// The code is neither Go's nor C's: whoever works on the program can change it or its callers.
    pub const fn is_user(self) -> bool {
        matches!(self, Self::Dependency | Self::Program)
    }
}

impl FuncName<'_> {
    /// Whose code the function is. `main_module` is the import path of the main module, where it is known;
    /// without it, modules cannot be told apart, and all count as the program.
    ///
    /// ```
    /// use godiag::symbol::{FuncName, Owner};
    /// let owner = |name, main| FuncName::parse(name).owner(main);
    /// assert_eq!(owner("net/http.(*conn).serve", None), Owner::Standard);
    /// assert_eq!(owner("shop/order.Reserve", None), Owner::Program);
    /// assert_eq!(owner("github.com/lib/pq.(*conn).query", Some(b"shop")), Owner::Dependency);
    /// ```
    pub fn owner(&self, main_module: Option<&[u8]>) -> Owner {
        let package = self.package();
        if self.is_runtime() {
            return Owner::Runtime;
        }
        if package.is_empty() {
            return Owner::Native;
        }
        if package == b"main" || package.starts_with(b"plugin/unnamed-") {
            return Owner::Program;
        }
        if main_module.is_some_and(|main| is_within(package, &self.import_path(), main)) {
            return Owner::Program;
        }
        if is_standard(package) {
            return Owner::Standard;
        }
        let is_vendored = memchr::memmem::find(package, b"/vendor/").is_some();
        if main_module.is_some() || is_vendored { Owner::Dependency } else { Owner::Program }
    }

    /// Whether the code is neither Go's nor C's, whichever module it is of.
    pub fn is_user(&self) -> bool {
        self.owner(None).is_user()
    }
}

/// The package is of the module `main`. `import_path` is free of the directory that vendors it, and then
/// shorter.
fn is_within(package: &[u8], import_path: &[u8], main: &[u8]) -> bool {
    let is_vendored = memchr::memmem::find(package, b"/vendor/").is_some();
    let below = import_path.strip_prefix(main).filter(|_| !main.is_empty());
    !is_vendored && below.is_some_and(|below| below.is_empty() || below.starts_with(b"/"))
}

fn is_standard(package: &[u8]) -> bool {
    // `type:.eq.main.T` and `go.shape.int`: the compiler's own packages.
    if matches!(package, b"type" | b"go.shape") {
        return true;
    }
    let root = package.split(|byte| *byte == b'/').next().unwrap_or_default();
    STANDARD.binary_search(&root).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_owner() {
        assert!(STANDARD.is_sorted());
        for (name, owner) in [
            ("runtime.mallocgc", Owner::Runtime),
            ("internal/runtime/maps.(*Map).Iter", Owner::Runtime),
            ("panic", Owner::Runtime),
            ("gcWriteBarrier", Owner::Native),
            ("malloc", Owner::Native),
            ("std::vector<int>", Owner::Native),
            ("internal/poll.(*FD).Read", Owner::Standard),
            ("runtime/pprof.writeHeap", Owner::Standard),
            ("vendor/golang.org/x/net/dns.f", Owner::Standard),
            ("cmd/compile/internal/gc.Main", Owner::Standard),
            ("net/http.(*conn).serve", Owner::Standard),
            ("type:.eq.main.T", Owner::Standard),
            ("weak.Make[...]", Owner::Standard),
            ("main.main", Owner::Program),
            ("main.(*T).f.func1", Owner::Program),
            ("shop/order.Reserve", Owner::Program),
            ("networks/order.Reserve", Owner::Program),
            ("example.com/order.f", Owner::Program),
            ("golang.org/x/net/http2.(*Framer).ReadFrame", Owner::Program),
            ("plugin/unnamed-4f2e.F", Owner::Program),
            ("example.com/order/vendor/github.com/lib/pq.Open", Owner::Dependency),
        ] {
            assert_eq!(FuncName::parse(name).owner(None), owner, "{name}");
        }
    }

    #[test]
    fn the_main_module_separates_modules() {
        for (name, main, owner) in [
            ("shop/order.Reserve", "shop", Owner::Program),
            ("shop/order.Reserve", "shop/order", Owner::Program),
            ("shopping.List", "shop", Owner::Dependency),
            ("main.main", "shop", Owner::Program),
            ("gopkg.in/yaml%2ev3.Marshal", "gopkg.in/yaml.v3", Owner::Program),
            ("gopkg.in/yaml%2ev3.Marshal", "shop", Owner::Dependency),
            ("shop/vendor/github.com/lib/pq.Open", "shop", Owner::Dependency),
            ("cmd/compile/internal/gc.Main", "cmd", Owner::Program),
            ("net/http.Get", "shop", Owner::Standard),
            ("runtime.mallocgc", "runtime", Owner::Runtime),
            ("shop.f", "", Owner::Dependency),
        ] {
            let owned = FuncName::parse(name).owner(Some(main.as_bytes()));
            assert_eq!(owned, owner, "{name} of {main}");
        }
    }
}
