//! Paths of source files, as compilers, profiles and traces print them.

/// The last element of a path, of Unix or of Windows.
pub(crate) fn base(path: &[u8]) -> &[u8] {
    memchr::memrchr2(b'/', b'\\', path).and_then(|slash| path.get(slash + 1..)).unwrap_or(path)
}

/// Whether two paths can name one file, each seen from a directory of its own: the longer one ends in the
/// shorter one, at the border of an element.
///
/// Go names one file in many ways: `./a.go` and `../b/a.go` in diagnostics, the whole path in listings and
/// profiles, `example.com/b/a.go` with `-trimpath`. Two whole paths may differ, too: what a container calls
/// `/app/a.go` is `/home/me/app/a.go` outside. Callers compare the line or the function as well.
pub(crate) fn is_same_file(a: &[u8], b: &[u8]) -> bool {
    let (a, b) = (without_dots(a), without_dots(b));
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let Some((head, tail)) = long.split_at_checked(long.len() - short.len()) else { return false };
    let is_equal = tail.iter().zip(short).all(|(x, y)| x == y || is_slash(*x) && is_slash(*y));
    let at_border = match head.last() {
        None => true,
        Some(last) => is_slash(*last) || short.first().is_some_and(|first| is_slash(*first)),
    };
    is_equal && at_border && (!short.is_empty() || long.is_empty())
}

fn is_slash(byte: u8) -> bool {
    matches!(byte, b'/' | b'\\')
}

/// The path after its leading `./` and `../`.
fn without_dots(mut path: &[u8]) -> &[u8] {
    while let [b'.', b'/' | b'\\', rest @ ..] | [b'.', b'.', b'/' | b'\\', rest @ ..] = path {
        path = rest;
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_element() {
        for (path, last) in
            [("/a/b.go", "b.go"), (r"C:\a\b.go", "b.go"), ("b.go", "b.go"), ("/a/", ""), ("", "")]
        {
            assert_eq!(base(path.as_bytes()), last.as_bytes(), "{path}");
        }
    }

    #[test]
    fn one_file_has_many_names() {
        for (a, b, same) in [
            ("/src/lab/bce/bce.go", "./bce/bce.go", true),
            ("/src/lab/bce.go", "../lab/bce.go", true),
            ("/src/lab/bce.go", "../../lab/bce.go", true),
            ("example.com/lab/bce.go", "bce.go", true),
            ("example.com/lab/bce.go", "/home/me/lab/bce.go", false),
            ("/home/me/app/a.go", "/app/a.go", true),
            ("/home/me/webapp/a.go", "/app/a.go", false),
            (r"C:\src\lab\bce.go", r".\lab\bce.go", true),
            ("C:/src/lab/bce.go", r".\lab\bce.go", true),
            ("/src/ba.go", "a.go", false),
            ("/src/a.go", "/src/b.go", false),
            ("/src/", "./", false),
            ("a.go", "", false),
            ("", "", true),
        ] {
            assert_eq!(is_same_file(a.as_bytes(), b.as_bytes()), same, "{a} {b}");
            assert_eq!(is_same_file(b.as_bytes(), a.as_bytes()), same, "{b} {a}");
        }
    }
}
