//! Names that stay the same while code around them changes.
//!
//! The compiler numbers closures and wrappers, and marks copies of inlined closures with a hash of where they
//! were inlined (`cmd/compile/internal/ir/func.go`); both change with unrelated edits.

use crate::symbol::{FuncName, Part};

/// A symbol without the parts that change from build to build: inline hashes, and shape suffixes of Go up to
/// 1.20.
pub(super) fn normalise(symbol: &[u8]) -> String {
    let text = String::from_utf8_lossy(symbol);
    let mut out = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(at) = rest.find(['#', '_']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let skip = if from.starts_with('#') { hash_len(from) } else { shape_suffix_len(from, before) };
        if skip == 0 {
            out.push_str(&from[..1]);
            rest = &from[1..];
        } else {
            rest = &from[skip..];
        }
    }
    out.push_str(rest);
    match out.find("glob..func") {
        // Function literals of package variables, up to Go 1.21.
        Some(at) => format!("{}init{}", &out[..at], &out[at + 5..]),
        None => out,
    }
}

/// Length of `#base64=#` at the start.
fn hash_len(text: &str) -> usize {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_' | '=');
    match text[1..].find('#') {
        Some(end) if end > 0 && text[1..=end].chars().all(is_base64) => end + 2,
        _ => 0,
    }
}

/// Length of `_0` at the end of a type argument such as `go.shape.int_0`.
fn shape_suffix_len(text: &str, before: &str) -> usize {
    let digits = text[1..].bytes().take_while(u8::is_ascii_digit).count();
    let ends = matches!(text.as_bytes().get(1 + digits), Some(b']' | b','));
    let argument = before.rsplit([',', '[']).next().unwrap_or_default();
    if digits > 0 && ends && (argument.contains("go.shape.") || before.contains("go.shape.struct")) {
        1 + digits
    } else {
        0
    }
}

/// The family of a symbol, its name with `#` for each number, and the numbers. A symbol without numbers is a
/// family of its own.
pub(super) fn family(name: &str) -> (String, Vec<u64>) {
    let parsed = FuncName::parse(name);
    let mut family = String::from_utf8_lossy(parsed.outermost().as_bytes()).into_owned();
    let mut numbers = Vec::new();
    for part in parsed.parts() {
        let (word, number) = match part {
            Part::Func(n) => (".func#", n),
            Part::Nested(n) => (".#", n),
            Part::Range(n) => ("-range#", n),
            Part::GoWrap(n) => (".gowrap#", n),
            Part::DeferWrap(n) => (".deferwrap#", n),
            Part::MethodValue => {
                family.push_str("-fm");
                continue;
            }
            Part::Inlined(name) => {
                family.push('.');
                family.push_str(&String::from_utf8_lossy(name));
                continue;
            }
        };
        family.push_str(word);
        numbers.push(number);
    }
    (family, numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_from_build_to_build_is_gone() {
        for (symbol, want) in [
            ("p.Clo[go.shape.string].func1#UICQXqfJovQ=#", "p.Clo[go.shape.string].func1"),
            ("p.Sum[go.shape.int_0]", "p.Sum[go.shape.int]"),
            (
                "p.(*S[go.shape.struct { p.a string; p.b string }_0]).Pop",
                "p.(*S[go.shape.struct { p.a string; p.b string }]).Pop",
            ),
            ("p.glob..func5", "p.init.func5"),
            ("p.snake_case", "p.snake_case"),
            ("p.x_1[int]", "p.x_1[int]"),
        ] {
            assert_eq!(normalise(symbol.as_bytes()), want);
        }
    }

    #[test]
    fn families() {
        assert_eq!(family("p.F.func2.1"), ("p.F.func#.#".to_owned(), vec![2, 1]));
        assert_eq!(family("p.(*T).M.deferwrap3"), ("p.(*T).M.deferwrap#".to_owned(), vec![3]));
        assert_eq!(family("p.F"), ("p.F".to_owned(), vec![]));
    }
}
