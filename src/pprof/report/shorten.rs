//! Function names without what precedes type and method, for the small boxes of a graph.
//!
//! Source of the rules: google/pprof, `internal/graph/graph.go`, `ShortenFunctionName`.

/// The name without its package path (Go), package (Java) or namespaces (C++).
pub(super) fn shorten(name: &[u8]) -> Vec<u8> {
    let name = name.strip_prefix(b"(anonymous namespace)::").unwrap_or(name);
    let name = without_version(name);
    let short = go(&name).or_else(|| java(&name)).or_else(|| cpp(&name));
    short.map(<[u8]>::to_vec).unwrap_or(name)
}

/// Without the first module version, as in `/v2.`.
fn without_version(name: &[u8]) -> Vec<u8> {
    for (at, _) in name.windows(2).enumerate().filter(|(_, pair)| pair == b"/v") {
        let rest = &name[at + 2..];
        let digits = rest.iter().take_while(|c| c.is_ascii_digit()).count();
        let number = &rest[..digits];
        let is_version = matches!(number, [b'2'..=b'9'] | [b'1'..=b'9', _, ..]);
        if is_version && matches!(rest.get(digits), Some(b'.' | b'/')) {
            return [&name[..at], &rest[digits..]].concat();
        }
    }
    name.to_vec()
}

fn is_word(c: u8) -> bool {
    c.is_ascii_alphanumeric() || c == b'_'
}

/// What follows the last possible path element: `pkg.Func` of `host/path/pkg.Func`.
fn go(name: &[u8]) -> Option<&[u8]> {
    let path = name.iter().take_while(|&&c| is_word(c) || matches!(c, b'-' | b'.' | b'/')).count();
    let path = &name[..path];
    // Path elements are not empty.
    let path = path.windows(2).position(|pair| pair == b"//").map_or(path, |empty| &path[..=empty]);
    if path.first() == Some(&b'/') {
        return None;
    }
    let slashes = path.iter().enumerate().rev().filter(|(_, c)| **c == b'/');
    slashes.map(|(at, _)| &name[at + 1..]).find(|rest| {
        let dot = rest.iter().position(|&c| c == b'.');
        dot.is_some_and(|dot| dot > 0 && dot + 1 < rest.len())
    })
}

/// `Class.method` of `com.example.Class.method(int)`.
fn java(name: &[u8]) -> Option<&[u8]> {
    let mut rest = name;
    while rest.first().is_some_and(u8::is_ascii_lowercase) {
        let word = rest.iter().take_while(|&&c| is_word(c)).count();
        rest = rest[word..].strip_prefix(b".")?;
    }
    let in_name = |c: &&u8| is_word(**c) || **c == b'$';
    if !rest.first().is_some_and(u8::is_ascii_uppercase) {
        return None;
    }
    let class = rest.iter().take_while(in_name).count();
    let method = rest[class..].strip_prefix(b".")?;
    let length = match method.strip_prefix(b"<init>") {
        Some(_) => 6,
        None if method.first().is_some_and(u8::is_ascii_lowercase) => {
            method.iter().take_while(in_name).count()
        }
        None => return None,
    };
    matches!(method.get(length), None | Some(b'(')).then(|| &rest[..class + 1 + length])
}

/// `Class::method` of `space::Class::method<T>(int)`.
fn cpp(name: &[u8]) -> Option<&[u8]> {
    let word = |at: usize| {
        let rest = name.get(at..).unwrap_or_default();
        let begins = rest.first().is_some_and(|c| c.is_ascii_alphabetic() || *c == b'_');
        if begins { rest.iter().take_while(|&&c| is_word(c)).count() } else { 0 }
    };
    // Where each `word::` begins.
    let mut starts = vec![0];
    while let Some(&at) = starts.last() {
        let end = at + word(at);
        if end == at || !name[end..].starts_with(b"::") {
            break;
        }
        starts.push(end + 2);
    }
    let is_class = |at: usize| name[at..].iter().find(|&&c| c != b'_').is_some_and(u8::is_ascii_uppercase);
    for pair in starts.windows(2).skip(1).rev() {
        let [class, method] = [pair[0], pair[1]];
        let tilde = usize::from(name.get(method) == Some(&b'~'));
        let length = word(method + tilde);
        if !is_class(class) || length == 0 {
            continue;
        }
        let end = method + tilde + length;
        let template = name[end..].first() == Some(&b'<');
        let close = if template { name[end..].iter().rposition(|&c| c == b'>') } else { None };
        return Some(&name[class..close.map_or(end, |close| end + close + 1)]);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::shorten;

    #[test]
    fn names_lose_their_paths() {
        for (name, short) in [
            ("runtime.mallocgc", "runtime.mallocgc"),
            ("net/http.(*Server).Serve", "http.(*Server).Serve"),
            ("github.com/blahBLAH/foo.Foo", "foo.Foo"),
            ("github.com/blah-blah/foo_bar.(*FooBar).Foo", "foo_bar.(*FooBar).Foo"),
            ("github.com/foo/bar/v4.(*FooBar).Foo", "bar.(*FooBar).Foo"),
            ("github.com/foo/bar/v4/baz.Foo.Bar", "baz.Foo.Bar"),
            ("github.com/foo/bar/v1.Foo", "v1.Foo"),
            ("gopkg.in/yaml.v3.(*parser).peek", "yaml.v3.(*parser).peek"),
            (
                "encoding/json.(*structEncoder).(encoding/json.encode)-fm",
                "json.(*structEncoder).(encoding/json.encode)-fm",
            ),
            ("java.bar.foo.FooBar.run(java.lang.Runnable)", "FooBar.run"),
            ("java.util.concurrent.ThreadPoolExecutor$Worker.run", "ThreadPoolExecutor$Worker.run"),
            ("java.bar.foo.Foo.<init>", "Foo.<init>"),
            ("(anonymous namespace)::MyClass::Method", "MyClass::Method"),
            ("google::ads::xyz::Class::Method", "Class::Method"),
            ("ns::Class::~Class", "Class::~Class"),
            ("ns::Class::Run<a<b>, c>(int)", "Class::Run<a<b>, c>"),
            ("operator delete[]", "operator delete[]"),
            ("cpp::lower::f", "cpp::lower::f"),
            ("", ""),
        ] {
            assert_eq!(String::from_utf8(shorten(name.as_bytes())).unwrap(), short, "{name}");
        }
    }
}
