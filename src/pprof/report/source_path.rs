//! Source paths as reports print them.

use std::borrow::Cow;

/// The last element of a path, as Go's `filepath.Base` gives it.
pub(super) fn base(path: &[u8]) -> &[u8] {
    if path.is_empty() {
        return b".";
    }
    let end = path.iter().rposition(|&c| c != b'/').map_or(0, |last| last + 1);
    if end == 0 {
        return b"/";
    }
    let path = &path[..end];
    path.iter().rposition(|&c| c == b'/').map_or(path, |slash| &path[slash + 1..])
}

/// The shortest path of the same meaning, as Go's `filepath.Clean` gives it.
pub(super) fn clean(path: &[u8]) -> Cow<'_, [u8]> {
    let rooted = path.first() == Some(&b'/');
    let dirty = path.is_empty()
        || path.len() > 1 && path.ends_with(b"/")
        || path.windows(2).any(|pair| pair == b"//" || pair == b"/.")
        || path.starts_with(b".");
    if !dirty {
        return Cow::Borrowed(path);
    }
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|&c| c == b'/') {
        match part {
            b"" | b"." => {}
            b".." => match parts.last() {
                Some(&last) if last != b".." => drop(parts.pop()),
                _ if rooted => {}
                _ => parts.push(part),
            },
            _ => parts.push(part),
        }
    }
    let joined = parts.join(&b'/');
    Cow::Owned(match (rooted, joined.is_empty()) {
        (true, _) => [b"/", &joined[..]].concat(),
        (false, true) => b".".to_vec(),
        (false, false) => joined,
    })
}

/// The path without a prefix to trim.
///
/// Without `trim_path`, removes everything up to the last element of a directory of `source_path`, where the
/// path has that element.
pub(super) fn trim<'a>(path: &'a [u8], trim_path: &str, source_path: &str) -> &'a [u8] {
    if trim_path.is_empty() {
        for directory in source_path.split(':').filter(|_| !source_path.is_empty()) {
            let want = [b"/", base(directory.as_bytes()), b"/"].concat();
            if let Some(found) = memchr::memmem::find(path, &want) {
                return &path[found + want.len()..];
            }
        }
    }
    let own = trim_path.split(':').filter(|_| !trim_path.is_empty());
    for prefix in own.chain(["/proc/self/cwd/./", "/proc/self/cwd/"]) {
        let bare = prefix.strip_suffix('/').unwrap_or(prefix).as_bytes();
        if let Some(rest) = path.strip_prefix(bare).and_then(|rest| rest.strip_prefix(b"/")) {
            return rest;
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned_as_go_cleans_them() {
        for (path, clean_path) in [
            ("a/b", "a/b"),
            ("/a/b/", "/a/b"),
            ("a//b/./c", "a/b/c"),
            ("/../a", "/a"),
            ("../../a", "../../a"),
            ("a/../..", ".."),
            ("a/..", "."),
            ("/", "/"),
            ("./x.go", "x.go"),
            ("/a/.hidden", "/a/.hidden"),
        ] {
            assert_eq!(clean(path.as_bytes()), clean_path.as_bytes(), "{path}");
        }
    }

    #[test]
    fn base_names_are_those_of_go() {
        for (path, name) in [("", "."), ("/", "/"), ("//", "/"), ("a", "a"), ("/a/b", "b"), ("/a/b//", "b")] {
            assert_eq!(base(path.as_bytes()), name.as_bytes(), "{path}");
        }
    }

    #[test]
    fn prefixes_are_trimmed() {
        assert_eq!(trim(b"/proc/self/cwd/x/y.go", "", ""), b"x/y.go");
        assert_eq!(trim(b"/proc/self/cwd/./x.go", "", ""), b"x.go");
        assert_eq!(trim(b"/build/x.go", "/src:/build", ""), b"x.go");
        assert_eq!(trim(b"/builder/x.go", "/build", ""), b"/builder/x.go");
        assert_eq!(trim(b"/remote/project/a/b.go", "", "/home/me/project"), b"a/b.go");
    }
}
