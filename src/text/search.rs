//! Searches for the short separators that formats are cut at.

/// The offset of the last `pair` in `text`.
///
/// `memmem` prepares a searcher per call, which costs several times the search itself in texts as short as a
/// line. This looks for the rarer byte of the pair instead: the one that is no space. In a few bytes, even
/// that costs more than to look at each.
#[inline]
pub(crate) fn rfind_pair(text: &[u8], pair: [u8; 2]) -> Option<usize> {
    let [first, second] = pair;
    if text.len() < 16 {
        return text.windows(2).rposition(|window| window == pair);
    }
    let mut end = text.len();
    loop {
        if first == b' ' {
            end = memchr::memrchr(second, text.get(..end)?)?;
            let before = end.checked_sub(1)?;
            if text.get(before) == Some(&first) {
                return Some(before);
            }
        } else {
            end = memchr::memrchr(first, text.get(..end)?)?;
            if text.get(end + 1) == Some(&second) {
                return Some(end);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_memmem_finds() {
        for text in [
            "",
            ",",
            ", ",
            "(",
            " (",
            "a, b, c",
            "a,b, ,",
            ", ,",
            "aaaa",
            "SC3SC",
            "x (y) ((",
            "(((",
            "a longer text, that is (searched, by its rarer byte) (( SCSC ",
        ] {
            for pair in [*b", ", *b"aa", *b" (", *b"SC", *b"  ", *b"(("] {
                let expected = memchr::memmem::rfind(text.as_bytes(), &pair);
                assert_eq!(rfind_pair(text.as_bytes(), pair), expected, "{text} {}", pair.escape_ascii());
            }
        }
    }
}
