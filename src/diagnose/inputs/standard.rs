//! The standard library's packages, told from everyone else's.

use crate::symbol::FuncName;

/// First elements of the import paths in Go 1.27's `go list std`, sorted. No module can be called so: the go command
/// reserves paths without a dot in the first element, but does not enforce it, so that `main` and modules such as
/// `diagnose/cmd` are not here.
const ROOTS: [&str; 54] = [
    "archive",
    "bufio",
    "builtin",
    "bytes",
    "cmp",
    "compress",
    "container",
    "context",
    "crypto",
    "database",
    "debug",
    "embed",
    "encoding",
    "errors",
    "expvar",
    "flag",
    "fmt",
    "go",
    "hash",
    "html",
    "image",
    "index",
    "internal",
    "io",
    "iter",
    "log",
    "maps",
    "math",
    "mime",
    "net",
    "os",
    "path",
    "plugin",
    "reflect",
    "regexp",
    "runtime",
    "simd",
    "slices",
    "sort",
    "strconv",
    "strings",
    "structs",
    "sync",
    "syscall",
    "testing",
    "text",
    "time",
    "type",
    "unicode",
    "unique",
    "unsafe",
    "uuid",
    "vendor",
    "weak",
];

/// The function is neither Go's runtime nor its standard library nor C.
pub(crate) fn is_user(name: &FuncName<'_>) -> bool {
    let package = name.package();
    let root = package.split(|byte| *byte == b'/').next().unwrap_or_default();
    let Ok(root) = std::str::from_utf8(root) else { return true };
    !root.is_empty() && ROOTS.binary_search(&root).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_library_is_told_apart() {
        assert!(ROOTS.is_sorted());
        for (name, user) in [
            ("main.main", true),
            ("example.com/order.f", true),
            ("diagnose/capture.Spin", true),
            ("golang.org/x/net/http2.(*Framer).ReadFrame", true),
            ("runtime.mallocgc", false),
            ("internal/poll.(*FD).Read", false),
            ("vendor/golang.org/x/net/dns.f", false),
            ("net/http.(*conn).serve", false),
            ("type:.eq.main.T", false),
            ("gcWriteBarrier", false),
            ("weak.Make[...]", false),
        ] {
            assert_eq!(is_user(&FuncName::parse(name)), user, "{name}");
        }
    }
}
