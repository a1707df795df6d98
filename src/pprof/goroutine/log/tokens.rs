//! A token a line: Go prints a traceback in many small writes, and some loggers make a line of each.
//!
//! ```text
//! goroutine ⏎ 1 ⏎  [ ⏎ running ⏎ ]: ⏎ main.main ⏎ ( ⏎ ) ⏎ ⇥ ⏎ /a.go ⏎ : ⏎ 12 ⏎  + ⏎ 0x1d ⏎ ⏎
//! ```
//!
//! Source: the `print` calls of Go's `runtime/traceback.go`; each argument is a write of its own.

/// Whether `token` and the one after it begin a goroutine's header.
pub(super) fn is_start(token: &[u8], next: &[u8]) -> bool {
    token.trim_ascii_end() == b"goroutine" && !next.is_empty() && next.iter().all(u8::is_ascii_digit)
}

/// Puts the lines together again.
#[derive(Debug, Default)]
pub(super) struct Joiner {
    line: Vec<u8>,
    /// The line of the log whose token began it.
    began: u64,
}

impl Joiner {
    /// Takes the next token, which is on the log's line `number`; gives the lines that end before it, and
    /// after it, with the numbers of their first tokens.
    pub(super) fn push(&mut self, token: &[u8], number: u64, mut ended: impl FnMut(u64, &[u8])) {
        if !token.is_empty() && self.begins_line(token) {
            self.end_if_begun(&mut ended);
        }
        if self.line.is_empty() {
            self.began = number;
        }
        if token.is_empty() {
            // A line feed that was printed alone.
            return self.end(&mut ended);
        }
        // Some loggers trim the blanks of a token.
        let blank: &[u8] = match token {
            b"[" | b"+" | b"in goroutine" => b" ",
            _ if [&b"gp="[..], b"m=", b"mp=", b"fp=", b"sp=", b"pc="].contains(&token) => b" ",
            _ => b"",
        };
        self.line.extend_from_slice(blank);
        self.line.extend_from_slice(token);
        if matches!(token, b"goroutine" | b"created by" | b"in goroutine" | b"panic:") {
            self.line.push(b' ');
        }
        let is_header = self.line.starts_with(b"goroutine ");
        let is_end = match token {
            b"]:" => true,
            b":" => is_header,
            b")" => self.line.first() != Some(&b'\t') && !is_header,
            _ => false,
        };
        if is_end {
            self.end(&mut ended);
        }
    }

    /// Gives the line that has begun.
    pub(super) fn end_if_begun(&mut self, ended: &mut impl FnMut(u64, &[u8])) {
        if !self.line.is_empty() {
            self.end(ended);
        }
    }

    fn end(&mut self, ended: &mut impl FnMut(u64, &[u8])) {
        ended(self.began, &self.line);
        self.line.clear();
    }

    /// Whether a line begins with `token`, whatever came before it.
    fn begins_line(&self, token: &[u8]) -> bool {
        const FIRST: [&[u8]; 6] =
            [b"goroutine", b"created by", b"\t", b"[signal", b"panic:", b"fatal error:"];
        let is_position = self.line.first() == Some(&b'\t') && self.line.len() > 1;
        FIRST.iter().any(|word| token.starts_with(word)) || is_position && !continues(&self.line, token)
    }
}

/// Whether `token` goes on with the position line `line`.
fn continues(line: &[u8], token: &[u8]) -> bool {
    let word = token.trim_ascii_start();
    token.starts_with(b":")
        || line.ends_with(b":") && token.iter().all(u8::is_ascii_digit)
        || word.starts_with(b"+")
        || word.starts_with(b"0x")
        || [&b"fp="[..], b"sp=", b"pc="].iter().any(|name| word.starts_with(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_where_its_first_token_is() {
        let (mut joiner, mut found) = (Joiner::default(), Vec::new());
        let mut add = |number, line: &[u8]| found.push((number, String::from_utf8(line.into()).unwrap()));
        for (number, token) in
            (1..).zip(["", "goroutine ", "1", " [", "running", "]:", "\t", "/a.go", "goroutine"])
        {
            joiner.push(token.as_bytes(), number, &mut add);
        }
        joiner.end_if_begun(&mut add);
        let numbers: Vec<u64> = found.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, [1, 2, 7, 9], "{found:?}");
    }

    #[test]
    fn lines_are_joined() {
        let tokens = "panic: |boom|||goroutine |1| gp=|0x1| [|running|]|:|main.f|(|{|0x1|?|}|)|\t|/a b.go|:|12| +|0x1d||\
             created by |main.main| in goroutine |1||\t|/a.go|:|9| +|0x5||";
        let expected = "panic: boom\n\ngoroutine 1 gp=0x1 [running]:\nmain.f({0x1?})\n\t/a b.go:12 +0x1d\n\
             created by main.main in goroutine 1\n\t/a.go:9 +0x5\n";
        let join = |tokens: &mut dyn Iterator<Item = &str>| {
            let (mut joiner, mut out) = (Joiner::default(), String::new());
            let mut add = |_, line: &[u8]| {
                out.push_str(std::str::from_utf8(line).unwrap());
                out.push('\n');
            };
            tokens.for_each(|token| joiner.push(token.as_bytes(), 1, &mut add));
            joiner.end_if_begun(&mut add);
            out
        };
        assert_eq!(join(&mut tokens.split('|')).trim_end(), expected.trim_end());
        let dense = join(&mut tokens.split('|').filter(|token| !token.is_empty()));
        assert_eq!(
            dense.replace("boom\n", "boom\n\n").trim_end(),
            expected.trim_end(),
            "without empty lines"
        );
    }
}
