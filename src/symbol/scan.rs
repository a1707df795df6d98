//! Walks over a symbol's text without being fooled by dots inside type arguments.

use std::ops::Range;

/// Where the group that opens at `at` (`[`, `(` or `{`) ends: just past its closing bracket. Quoted struct
/// tags are skipped. `None` when it never closes.
pub(super) fn group_end(text: &[u8], open: usize) -> Option<usize> {
    let mut depth = 0usize;
    let mut i = open;
    while let Some(&byte) = text.get(i) {
        match byte {
            b'[' | b'(' | b'{' => depth += 1,
            b']' | b')' | b'}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(i + 1);
                }
            }
            b'"' => i = quote_end(text, i)?,
            _ => {}
        }
        i += 1;
    }
    None
}

/// The closing quote of the Go string that opens at `at`.
fn quote_end(text: &[u8], open: usize) -> Option<usize> {
    let mut i = open + 1;
    loop {
        match text.get(i)? {
            b'"' => return Some(i),
            b'\\' => i += 2,
            _ => i += 1,
        }
    }
}

/// The component that begins at `start`: up to the next dot outside all brackets.
pub(super) fn component(text: &[u8], start: usize) -> Range<usize> {
    let mut i = start;
    while let Some(&byte) = text.get(i) {
        match byte {
            b'.' => break,
            b'[' | b'(' | b'{' => i = group_end(text, i).unwrap_or(text.len()),
            _ => i += 1,
        }
    }
    start..i.min(text.len())
}

/// Splits an identifier from its type arguments (brackets included) and what follows them.
pub(super) fn split_args(component: &[u8]) -> (&[u8], Option<&[u8]>, &[u8]) {
    let end = component.iter().position(|byte| b"[-#".contains(byte)).unwrap_or(component.len());
    let (name, rest) = component.split_at(end);
    if !rest.starts_with(b"[") {
        return (name, None, rest);
    }
    let (args, rest) = rest.split_at(group_end(rest, 0).unwrap_or(rest.len()));
    (name, Some(args), rest)
}

/// Splits a name into package path and local name, as `splitPkg` of `cmd/compile/internal/ir/func.go` does:
/// at the first dot after the last slash before the first character that no import path has. The compiler's
/// own packages `go` and `type` end at a colon.
pub(super) fn package_len(text: &[u8]) -> usize {
    for (prefix, len) in [(&b"go.shape."[..], 8), (b"go:", 2), (b"type:", 4), (b"type..", 4)] {
        if text.starts_with(prefix) {
            return len;
        }
    }
    let in_path = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~+/%".contains(byte);
    let slash = text
        .iter()
        .take_while(|byte| in_path(byte))
        .enumerate()
        .filter_map(|(i, &byte)| (byte == b'/').then_some(i))
        .last()
        .unwrap_or(0);
    let rest = text.get(slash..).unwrap_or_default();
    rest.iter().position(|&byte| byte == b'.').map_or(0, |dot| slash + dot)
}

/// `text` without what the compiler and the linker append for their own use: `<ABI0>`, `<1>`, `.abi0`, and
/// the hash of an inlined closure (`#Fy+1lUJn4Gg=#`, `obj.TrimInlineHash`).
pub(super) fn trim(mut text: &[u8]) -> &[u8] {
    loop {
        let before = text.len();
        if text.ends_with(b">") {
            let open = text.iter().rposition(|&byte| byte == b'<').filter(|&open| open > 0);
            if let Some((name, tag)) = open.and_then(|open| text.split_at_checked(open)) {
                let numbered = tag.get(1).is_some_and(u8::is_ascii_digit);
                if numbered || tag.starts_with(b"<ABI") || tag.starts_with(b"<idx ") {
                    text = name;
                }
            }
        }
        text = text.strip_suffix(b".abi0").unwrap_or(text);
        text = text.strip_suffix(b".abiinternal").unwrap_or(text);
        if let Some(hash) = hash_at_end(text) {
            text = text.get(..hash).unwrap_or(text);
        }
        if text.len() == before {
            return text;
        }
    }
}

fn hash_at_end(text: &[u8]) -> Option<usize> {
    let inner = text.strip_suffix(b"#")?;
    let start = inner.iter().rposition(|&byte| byte == b'#').filter(|&start| start > 0)?;
    is_hash(inner.get(start + 1..)?).then_some(start)
}

/// `text` without the hash of an inlined closure that it begins with.
pub(super) fn skip_hash(text: &[u8]) -> &[u8] {
    let hash = text.get(..HASH_LEN).and_then(|hash| hash.strip_prefix(b"#")?.strip_suffix(b"#"));
    if hash.is_some_and(is_hash) { text.get(HASH_LEN..).unwrap_or_default() } else { text }
}

/// The hash of an inlined closure with its two `#`.
const HASH_LEN: usize = 14;

/// Eight bytes in base 64.
fn is_hash(text: &[u8]) -> bool {
    text.len() == HASH_LEN - 2 && text.ends_with(b"=")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_struct_tags_do_not_count() {
        let text = br#"[struct { A int "a:\"]\""; B []int }].f"#;
        assert_eq!(group_end(text, 0), Some(text.len() - 2));
        assert_eq!(group_end(b"[[]", 0), None);
        assert_eq!(group_end(b"[\"", 0), None);
        assert_eq!(component(b"F[a.B].func1", 0), 0..6);
        assert_eq!(component(b"F[a.B", 0), 0..5);
    }

    #[test]
    fn marks_of_compiler_and_linker_go() {
        for text in
            ["p.F", "p.F<ABI0>", "p.F<1><idx 2 0>", "p.F.abi0", "p.F#Fy+1lUJn4Gg=#", "p.F#Fy+1lUJn4Gg=#<1>"]
        {
            assert_eq!(trim(text.as_bytes()), b"p.F", "{text}");
        }
        assert_eq!(trim(b"<unlinkable>"), b"<unlinkable>");
        assert_eq!(trim(b"std::vector<int>"), b"std::vector<int>");
    }
}
