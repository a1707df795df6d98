//! Function names without arguments, as `drop_frames` patterns expect them.

/// Parentheses that belong to a name.
const RESERVED: [&[u8]; 2] = [b"(anonymous namespace)", b"operator()"];

/// The name without a leading `.` (PowerPC ELF v1) and from the first `(` that begins an argument list.
pub(super) fn simplify(name: &[u8]) -> &[u8] {
    let name = name.strip_prefix(b".").unwrap_or(name);
    let mut at = 0;
    while let Some(rest) = name.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some(reserved) = RESERVED.iter().find(|reserved| rest.starts_with(reserved)) {
            at += reserved.len();
        } else if rest.starts_with(b"(") {
            return &name[..at];
        } else {
            at += 1;
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::simplify;

    #[test]
    fn arguments_go_and_reserved_parentheses_stay() {
        assert_eq!(simplify(b"foo(int)"), b"foo");
        assert_eq!(simplify(b".foo"), b"foo");
        assert_eq!(simplify(b"(anonymous namespace)::f(x)"), b"(anonymous namespace)::f");
        assert_eq!(simplify(b"A::operator()(int) const"), b"A::operator()");
        assert_eq!(simplify(b"main.(*T).f"), b"main.");
        assert_eq!(simplify(b""), b"");
    }
}
