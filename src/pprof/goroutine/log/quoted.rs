//! Strings in quotes on one line of a log, with their keys: of JSON (`"log":"…"`) and of logfmt
//! (`stack="…"`).

use crate::text::json::string_end;

/// A string in quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quoted<'a> {
    /// The name before the colon or the equals sign; empty where there is none.
    pub(super) key: &'a [u8],
    /// What is between the quotes, with its escapes.
    pub(super) inner: &'a [u8],
    /// The column of `inner`.
    pub(super) column: usize,
}

/// The strings of `line` that are no keys, at any depth, in order.
pub(super) fn strings(line: &[u8]) -> impl Iterator<Item = Quoted<'_>> {
    let (mut at, mut key) = (0, &b""[..]);
    std::iter::from_fn(move || {
        loop {
            let open = at + memchr::memchr(b'"', line.get(at..)?)?;
            let close = open + string_end(line.get(open..)?)?;
            at = close;
            let inner = line.get(open + 1..close - 1)?;
            if line.get(close) == Some(&b':') {
                key = inner;
                continue;
            }
            let before = line.get(..open)?;
            let key = match before.strip_suffix(b"=") {
                Some(before) => {
                    let name = before.iter().rev().take_while(|byte| !matches!(byte, b' ' | b'\t' | b'"'));
                    before.get(before.len() - name.count()..)?
                }
                None => std::mem::take(&mut key),
            };
            return Some(Quoted { key, inner, column: open + 1 });
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_have_their_keys() {
        let found = |line: &'static str| -> Vec<(&str, &str)> {
            let text = |bytes| std::str::from_utf8(bytes).unwrap();
            strings(line.as_bytes()).map(|found| (text(found.key), text(found.inner))).collect()
        };
        assert_eq!(found(r#"{"log":"a\"b\n","o":{"k": "v"},"n":1}"#), [("log", r#"a\"b\n"#), ("k", "v")]);
        assert_eq!(found(r#"t=1 msg="a b" stack="x\ny""#), [("msg", "a b"), ("stack", r"x\ny")]);
        assert_eq!(found(r#"["a","b"] "open"#), [("", "a"), ("", "b")]);
    }
}
