//! The commands that `go build -x` prints around what they print themselves (`shell.go` of the go command).

/// Whether `text` is a command, or the end of one.
pub(super) fn is_command(text: &[u8]) -> bool {
    const PROGRAMS: [&[u8]; 14] = [
        b"cat ",
        b"chmod ",
        b"cp ",
        b"echo ",
        b"find ",
        b"gcc ",
        b"install ",
        b"ln ",
        b"mv ",
        b"printf ",
        b"rm ",
        b"strip ",
        b"test ",
        b"touch ",
    ];
    text == b"EOF"
        || PROGRAMS.iter().any(|program| text.starts_with(program))
        || is_assignment(text)
        || is_tool(text)
}

/// `cat >$WORK/b001/importcfg << 'EOF' # internal`: the lines after it are the contents of a file.
pub(super) fn begins_file(text: &[u8]) -> bool {
    text.starts_with(b"cat >") && memchr::memmem::find(text, b"<< 'EOF'").is_some()
}

/// `GOROOT='/usr/local/go' …/link -o …`.
fn is_assignment(text: &[u8]) -> bool {
    let name = text
        .iter()
        .take_while(|byte| byte.is_ascii_uppercase() || matches!(byte, b'_' | b'0'..=b'9'))
        .count();
    name > 1 && text.get(name) == Some(&b'=')
}

/// `/usr/local/go/pkg/tool/linux_amd64/compile -o …`.
fn is_tool(text: &[u8]) -> bool {
    let program = text.get(..memchr::memchr(b' ', text).unwrap_or(text.len())).unwrap_or_default();
    memchr::memmem::find(program, b"/pkg/tool/").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands() {
        for line in [
            "cat >$WORK/b001/importcfg << 'EOF' # internal",
            "GOROOT='/usr/local/go' /usr/local/go/pkg/tool/linux_amd64/link -o a",
            "/usr/local/go/pkg/tool/linux_amd64/compile -o $WORK/b004/_pkg_.a",
            "CGO_CFLAGS='-I .' gcc -c x.c",
        ] {
            assert!(is_command(line.as_bytes()), "{line}");
        }
        for line in ["./a.go:1:2: can inline f", "x=1", "category", "p.f STEXT size=1 args=0x0 locals=0x0"] {
            assert!(!is_command(line.as_bytes()), "{line}");
        }
        assert!(begins_file(b"cat >$WORK/b001/importcfg << 'EOF' # internal"));
        assert!(!begins_file(b"cat x"));
    }
}
