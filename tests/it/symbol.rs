//! Symbol names of every form that Go 1.18 to 1.27 writes, taken from real profiles, dumps and listings.

use godiag::symbol::{FuncKey, FuncName, Part};

/// name, package, receiver (`*` for a pointer), function, closure path, key (empty: the name itself).
const NAMES: &[(&str, &str, &str, &str, &str, &str)] = &[
    ("main.main", "main", "", "main", "", ""),
    ("runtime.init.7", "runtime", "", "init", "Nested(7)", ""),
    ("fmt.init.func1", "fmt", "", "init", "Func(1)", ""),
    ("fmt.init", "fmt", "", "init", "", ""),
    ("internal/profile.glob..func17", "internal/profile", "", "glob.", "Func(17)", ""),
    ("main.crash.func6.1.1", "main", "", "crash", "Func(6) Nested(1) Nested(1)", ""),
    ("main.main.func1.deferwrap1", "main", "", "main", "Func(1) DeferWrap(1)", ""),
    ("main.parkAll.func19.1.gowrap1", "main", "", "parkAll", "Func(19) Nested(1) GoWrap(1)", ""),
    ("net/http.(*Transport).dialConn.func1", "net/http", "*Transport", "dialConn", "Func(1)", ""),
    ("example.com/lab/names.T.Val-fm", "example.com/lab/names", "T", "Val", "MethodValue", ""),
    ("example.com/lab/names.(*T).Ptr-fm", "example.com/lab/names", "*T", "Ptr", "MethodValue", ""),
    ("net/http.foreachHeaderElement-range1", "net/http", "", "foreachHeaderElement", "Range(1)", ""),
    ("p.F-range1-range2", "p", "", "F", "Range(1) Range(2)", ""),
    (
        "example.com/lab/names.RangeFuncDefer-range1.deferwrap1",
        "example.com/lab/names",
        "",
        "RangeFuncDefer",
        "Range(1) DeferWrap(1)",
        "",
    ),
    ("example.com/lab/names.日本語", "example.com/lab/names", "", "日本語", "", ""),
    ("gopkg.in/yaml%2ev3.(*Node).Decode", "gopkg.in/yaml%2ev3", "*Node", "Decode", "", ""),
    ("vendor/golang.org/x/net/idna.init", "vendor/golang.org/x/net/idna", "", "init", "", ""),
    ("net/http.canceler·1.CancelRequest", "net/http", "canceler·1", "CancelRequest", "", ""),
    ("hash/crc32.init.OnceFunc.func4.1", "hash/crc32", "", "init", "Inlined(OnceFunc) Func(4) Nested(1)", ""),
    (
        "main.(*Server).Run.OnceValue[go.shape.int].func1",
        "main",
        "*Server",
        "Run",
        "Inlined(OnceValue[go.shape.int]) Func(1)",
        "main.(*Server).Run.OnceValue[...].func1",
    ),
    ("main.Sum[go.shape.int]", "main", "", "Sum", "", "main.Sum[...]"),
    ("main.Sum[go.shape.int_0]", "main", "", "Sum", "", "main.Sum[...]"),
    ("main.Sum[...]", "main", "", "Sum", "", ""),
    ("main.(*List[...]).Push", "main", "*List", "Push", "", ""),
    ("main.(*List[go.shape.string]).Push", "main", "*List", "Push", "", "main.(*List[...]).Push"),
    ("main.List[int].Push", "main", "List", "Push", "", "main.List[...].Push"),
    (
        "main.(*List[a.B]).Map[c.D].func1",
        "main",
        "*List",
        "Map",
        "Func(1)",
        "main.(*List[...]).Map[...].func1",
    ),
    (
        "slices.SortFunc[go.shape.[]cmd/compile/internal/ssa.edge·11,go.shape.struct { cmd/compile/internal/ssa.x *int }]",
        "slices",
        "",
        "SortFunc",
        "",
        "slices.SortFunc[...]",
    ),
    (
        "slices.AppendSeq[go.shape.[]go.shape.string,go.shape.string]-range1",
        "slices",
        "",
        "AppendSeq",
        "Range(1)",
        "slices.AppendSeq[...]-range1",
    ),
    (
        "sync/atomic.(*Pointer[go.shape.interface { ServeHTTP(net/http.ResponseWriter, *net/http.Request) }]).Store",
        "sync/atomic",
        "*Pointer",
        "Store",
        "",
        "sync/atomic.(*Pointer[...]).Store",
    ),
    (
        "go.shape.(*struct { sync.poolDequeue; sync.next sync/atomic.Pointer[sync.poolChainElt] }).sync.popTail",
        "go.shape",
        "*struct { sync.poolDequeue; sync.next sync/atomic.Pointer[sync.poolChainElt] }",
        "popTail",
        "",
        "go.shape.(*struct { sync.poolDequeue; sync.next sync/atomic.Pointer[...] }).sync.popTail",
    ),
    ("strings.splitSeq.func1#QjSDX7WWlpU=#", "strings", "", "splitSeq", "Func(1)", "strings.splitSeq.func1"),
    ("p.F.func1#QjSDX7WWlpU=#.2", "p", "", "F", "Func(1) Nested(2)", "p.F.func1.2"),
    ("runtime.memmove.abi0", "runtime", "", "memmove", "", "runtime.memmove"),
    ("runtime.goexit<ABI0>", "runtime", "", "goexit", "", "runtime.goexit"),
    ("<unlinkable>.NearField", "<unlinkable>", "", "NearField", "", ""),
    ("type:.eq.[2]string", "type", "", "eq", "", "type:.eq.[...]string"),
    ("type..hash.M8SS", "type", "", "hash", "", "type:.hash.M8SS"),
    ("go:(*struct { io.Reader; io.Closer }).Read", "go", "*struct { io.Reader; io.Closer }", "Read", "", ""),
    ("go:struct { io.Reader }.Read", "go", "struct { io.Reader }", "Read", "", ""),
    ("panic", "", "", "panic", "", "runtime.gopanic"),
    ("_cgo_panic", "", "", "_cgo_panic", "", ""),
    ("x_cgo_thread_start", "", "", "x_cgo_thread_start", "", ""),
    ("", "", "", "", "", ""),
];

#[test]
fn every_form_is_taken_apart() {
    for &(text, package, receiver, name, parts, key) in NAMES {
        let parsed = FuncName::parse(text);
        let found = parsed.receiver().map_or(String::new(), |receiver| {
            let star = if receiver.is_pointer { "*" } else { "" };
            format!("{star}{}", String::from_utf8_lossy(receiver.type_name))
        });
        let steps: Vec<String> = parsed.parts().map(show).collect();
        assert_eq!(
            (
                String::from_utf8_lossy(parsed.package()),
                found.as_str(),
                String::from_utf8_lossy(parsed.name())
            ),
            (package.into(), receiver, name.into()),
            "{text}"
        );
        assert_eq!(steps.join(" "), parts, "{text}");
        let key = if key.is_empty() { text } else { key };
        assert_eq!(parsed.key().as_bytes(), key.as_bytes(), "{text}");
        // A key is its own key.
        assert_eq!(FuncName::parse(key).key().as_bytes(), key.as_bytes(), "{key}");
        for end in 0..text.len() {
            // No prefix panics, and the parts stay inside the name.
            let prefix = FuncName::parse(&text.as_bytes()[..end]);
            assert!(prefix.outermost().as_bytes().len() <= end);
            assert!(prefix.parts().count() <= end);
        }
    }
}

fn show(part: Part<'_>) -> String {
    match part {
        Part::Inlined(name) => format!("Inlined({})", String::from_utf8_lossy(name)),
        part => format!("{part:?}"),
    }
}

#[test]
fn sources_agree_on_the_key() {
    for (profile, other) in [
        ("main.Sum[go.shape.int]", "main.Sum[...]"),
        ("runtime.gopanic", "panic"),
        ("strings.splitSeq.func1", "strings.splitSeq.func1#wsQrpq+jaDw=#"),
        ("type:.eq.M8SS", "type..eq.M8SS"),
    ] {
        assert_eq!(FuncName::parse(profile).key(), FuncName::parse(other).key());
    }
    let distinct = ["p.(*T).M", "p.T.M", "p.M", "q/p.M", "p.M.func1", "p.M.func1.1", "p.M-fm"];
    for (i, a) in distinct.iter().enumerate() {
        for b in &distinct[..i] {
            assert_ne!(FuncName::parse(a).key(), FuncName::parse(b).key());
        }
    }
    let local = FuncKey::in_package("example.com/v.2", "(*List[go.shape.int]).Push.func1#wsQrpq+jaDw=#");
    assert_eq!(local.as_bytes(), b"example.com/v%2e2.(*List[...]).Push.func1");
}

#[test]
fn questions_about_a_name() {
    let wrapper = FuncName::parse("main.main.gowrap1");
    assert!(wrapper.is_wrapper() && !wrapper.is_closure() && !wrapper.is_runtime());
    let closure = FuncName::parse("runtime.gcStart.func4");
    assert!(closure.is_closure() && !closure.is_wrapper() && closure.is_runtime());
    assert_eq!(closure.outermost(), FuncName::parse("runtime.gcStart"));
    assert_eq!(closure.local(), b"gcStart.func4");
    assert!(FuncName::parse("internal/runtime/maps.(*Map).Iter").is_runtime());
    assert!(!FuncName::parse("runtime/pprof.writeHeap").is_runtime());
    assert!(
        FuncName::parse("main.(*L[...]).F").is_generic() && !FuncName::parse("type:.eq.[2]int").is_generic()
    );
    let vendored = FuncName::parse("vendor/gopkg.in/yaml%2ev3.F");
    assert_eq!(&*vendored.import_path(), b"gopkg.in/yaml.v3");
    assert_eq!(&*FuncName::parse("a/vendor/b/c.F").import_path(), b"b/c");
}

#[test]
fn any_bytes_are_a_name() {
    for text in [
        &b"\xff[\x00"[..],
        b"p.(*",
        b"p.(*)",
        b"p..",
        b"...",
        b"[[[[",
        b"p.F[\"",
        b"-",
        b"p.-fm",
        b"#",
        b"(",
        b"p.F>",
    ] {
        let name = FuncName::parse(text);
        assert!(name.parts().count() <= text.len());
        assert!(!format!("{name:?} {}", name.key()).contains('\0'));
    }
    let long = [b"p.F", "[".repeat(1 << 20).as_bytes()].concat();
    assert_eq!(FuncName::parse(&long).key().as_bytes(), b"p.F[...]");
}
