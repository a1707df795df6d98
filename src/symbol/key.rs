//! The canonical form of a name.

use std::borrow::Cow;
use std::fmt;

use super::scan;
use crate::text::Printable;

/// A function's name in the one form on which profile, trace and compiler output agree; a key for tables.
///
/// Type arguments are `[...]`, as text profiles and traces print them, so that all instances of a generic
/// function are one; hashes of inlined closures and ABI marks are gone; `panic`, as tracebacks print it, is
/// `runtime.gopanic`. Package paths stay escaped (`yaml%2ev3`), or else a package `a.b` and a type `b` of a
/// package `a` would be the same.
///
/// # Limits of it
/// Up to Go 1.26 tracebacks and traces replace everything between the first `[` and the last `]` of a name: a
/// closure that came into one generic function by inlining another has lost the inner name there.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FuncKey<'a>(Cow<'a, [u8]>);

impl<'a> FuncKey<'a> {
    /// The key of `text`, a name without marks of the linker.
    pub(super) fn of(text: &'a [u8]) -> Self {
        if text == b"panic" {
            return Self(Cow::Borrowed(b"runtime.gopanic"));
        }
        if let Some(rest) = text.strip_prefix(b"type..") {
            return Self(Cow::Owned([b"type:.", rest].concat()));
        }
        if !text.iter().any(|byte| b"[#".contains(byte)) {
            return Self(Cow::Borrowed(text));
        }
        let mut out = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some((&byte, after)) = rest.split_first() {
            let hashless = scan::skip_hash(rest);
            if byte == b'[' {
                out.extend_from_slice(b"[...]");
                let end = scan::group_end(rest, 0).unwrap_or(rest.len());
                rest = rest.get(end..).unwrap_or_default();
            } else if hashless.len() < rest.len() {
                rest = hashless;
            } else {
                out.push(byte);
                rest = after;
            }
        }
        Self(if out == text { Cow::Borrowed(text) } else { Cow::Owned(out) })
    }

    /// The key of the function that the compiler calls `local` in the package with import path `package`, as
    /// in `-m` output, whose names have no package.
    ///
    /// ```
    /// use godiag::symbol::{FuncKey, FuncName};
    /// let decision = FuncKey::in_package("gopkg.in/yaml.v3", "(*Node).Decode");
    /// assert_eq!(decision, FuncName::parse("gopkg.in/yaml%2ev3.(*Node).Decode").key());
    /// ```
    pub fn in_package(package: impl AsRef<[u8]>, local: impl AsRef<[u8]>) -> FuncKey<'static> {
        let (package, local) = (package.as_ref(), local.as_ref());
        let mut text = Vec::with_capacity(package.len() + local.len() + 8);
        escape(package, &mut text);
        text.push(b'.');
        text.extend_from_slice(local);
        FuncKey::of(scan::trim(&text)).into_owned()
    }

    /// The canonical name.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The same key, free of the text it came from.
    pub fn into_owned(self) -> FuncKey<'static> {
        FuncKey(Cow::Owned(self.0.into_owned()))
    }
}

/// Appends a package path in the form that symbols have (`objabi.PathToPrefix`).
fn escape(path: &[u8], out: &mut Vec<u8>) {
    let slash = path.iter().rposition(|&byte| byte == b'/');
    for (i, &byte) in path.iter().enumerate() {
        let dot = byte == b'.' && slash.is_none_or(|slash| i > slash);
        if byte <= b' ' || dot || matches!(byte, b'%' | b'"' | 0x7f..) {
            out.push(b'%');
            out.extend(
                [byte >> 4, byte & 15]
                    .map(|digit| b"0123456789abcdef".get(usize::from(digit)))
                    .iter()
                    .flatten()
                    .copied(),
            );
        } else {
            out.push(byte);
        }
    }
}

/// `text` with `%xx` decoded (`objabi.PrefixToPath`); malformed escapes stay.
pub(super) fn unescape(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.contains(&b'%') {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        let hex = (byte == b'%').then(|| after.get(..2)).flatten();
        let hex = hex.filter(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        let value = hex
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(value.unwrap_or(byte));
        rest = if value.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    Cow::Owned(out)
}

impl fmt::Display for FuncKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Printable(&self.0).fmt(f)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for FuncKey<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&String::from_utf8_lossy(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_escape_as_in_objabi() {
        // The table of cmd/internal/objabi/path_test.go.
        for (path, prefix) in [
            ("foo/bar/v.1", "foo/bar/v%2e1"),
            ("f.o.o/b.a.r/v..1.", "f.o.o/b.a.r/v%2e%2e1%2e"),
            ("foo.bar/baz.quux", "foo.bar/baz%2equux"),
            ("a%b\"", "a%25b%22"),
            ("\u{e9}", "%c3%a9"),
            ("fmt", "fmt"),
        ] {
            let mut escaped = Vec::new();
            escape(path.as_bytes(), &mut escaped);
            assert_eq!(escaped, prefix.as_bytes());
            assert_eq!(&*unescape(prefix.as_bytes()), path.as_bytes());
        }
        assert_eq!(&*unescape(b"%zz%4"), b"%zz%4");
        assert_eq!(&*unescape(b"%+1"), b"%+1");
    }
}
