//! Patterns of function names in tables of known functions.

/// Whether `name` is `pattern`, or begins with `pattern` up to a final `*`.
pub(crate) fn name_matches(pattern: &str, name: &[u8]) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix.as_bytes()),
        None => name == pattern.as_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::name_matches;

    #[test]
    fn only_a_final_star_is_special() {
        for (pattern, name, expected) in [
            ("sync.(*Mutex).Lock", "sync.(*Mutex).Lock", true),
            ("sync.(*Mutex).Lock", "sync.(*Mutex).LockSlow", false),
            ("sync.(*Mutex)*", "sync.(*Mutex).Lock", true),
            ("sync.(*Mutex)*", "sync.(", false),
        ] {
            assert_eq!(name_matches(pattern, name.as_bytes()), expected, "{pattern} {name}");
        }
    }
}
