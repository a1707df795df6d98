//! The findings on the sample sources, function by function: required and forbidden findings.

use std::collections::BTreeMap;

use godiag::asm::{CompilerOutput, Confidence, Detail, Finding, InlineCause, NoInline, Rule};

use super::listing::text;

/// Listing and decisions of one release, as one text.
pub(crate) fn sample(minor: u16) -> Vec<u8> {
    let mut all = text(&format!("listings/go1.{minor}-amd64.S.txt.gz"));
    all.extend_from_slice(&text(&format!("diag/go1.{minor}.m2.txt.gz")));
    all
}

/// How often each rule found something in each function, `package.Function` of the samples.
fn table(findings: &[Finding<'_>]) -> BTreeMap<String, BTreeMap<&'static str, u32>> {
    let mut table: BTreeMap<String, BTreeMap<&'static str, u32>> = BTreeMap::new();
    for finding in findings {
        let name = String::from_utf8_lossy(finding.name).replace("example.com/lab/", "");
        *table.entry(name).or_default().entry(finding.rule.id()).or_default() += finding.count;
    }
    table
}

/// The samples' README as a table: function, rule, and how often in Go 1.27; 0 is never.
const TRUTH: &[(&str, &str, u32)] = &[
    ("bce.BadSum", "bce-loop", 1),
    ("bce.BadDot", "bce-loop", 1),
    ("bce.BadTable", "bce-loop", 1),
    ("bce.BadWindow", "bce-loop", 2),
    ("bce.GoodSum", "bce-loop", 0),
    ("bce.GoodDot", "bce-loop", 0),
    ("bce.GoodTable", "bce-loop", 0),
    ("bce.BadDecode", "bce-loop", 0),
    ("bce.Kinds", "bce-loop", 0),
    ("bce.Shift", "bce-loop", 0),
    ("bce.Div", "bce-loop", 0),
    ("iface.BadTotal", "iface-loop", 2),
    ("iface.GoodTotal", "iface-loop", 0),
    ("iface.Devirtualized", "iface-loop", 0),
    ("iface.UseGeneric", "dictionary-loop", 2),
    ("iface.FuncValue", "func-call-loop", 1),
    ("iface.FieldFunc", "func-call-loop", 0),
    ("iface.BadBox", "box-loop", 1),
    ("iface.BadBoxNoEscape", "box-loop", 0),
    ("iface.BadBoxNoEscape", "box", 0),
    ("iface.GoodBox", "box-loop", 0),
    ("closure.BadCounter", "closure-heap", 1),
    ("closure.BadRegister", "closure-heap", 1),
    ("closure.GoodRegister", "closure-heap", 1),
    ("closure.BadGoLoop", "goroutine-closure", 2),
    ("closure.BadApply", "closure-heap", 1),
    ("closure.GoodApply", "closure-heap", 0),
    ("closure.GoodStatic", "closure-heap", 0),
    ("closure.GoodStatic", "escape", 0),
    ("closure.MethodValue", "closure-heap", 1),
    ("closure.SortBad", "box", 1),
    ("closure.GoodLoop", "goroutine-closure", 0),
    ("growth.BadCollect", "grow", 1),
    ("growth.BadPtrCollect", "grow", 1),
    ("growth.BadLocalOnly", "grow", 1),
    ("growth.GoodCollect", "grow", 0),
    ("growth.GoodFill", "grow", 0),
    ("growth.MakeVar", "alloc-loop", 0),
    ("pool.BadValuePut", "pool-value", 1),
    ("pool.BadSlicePut", "pool-value", 1),
    ("pool.GoodPtrPut", "pool-value", 0),
    ("pool.GoodSlicePut", "pool-value", 0),
    ("pool.BadNoReset", "pool-no-reset", 1),
    ("pool.GoodReset", "pool-no-reset", 0),
    ("pool.GoodPtrPut", "pool-no-reset", 0),
    ("pool.BadNoPut", "pool-no-put", 1),
    ("pool.GoodReset", "pool-no-put", 0),
    ("pool.BadLocalPool", "pool-local", 1),
    ("pool.GoodReset", "pool-local", 0),
    ("bigfunc.Table", "no-inline", 1),
    ("MutualB", "near-budget", 1),
    ("TooBig", "near-budget", 0),
    ("escape.BadReturn", "escape", 1),
    ("escape.BadStore", "escape", 1),
    ("escape.ChanSend", "escape", 1),
    ("escape.MapStore", "escape", 1),
    ("escape.SliceStore", "escape", 1),
    ("escape.IfaceCall", "escape", 1),
    ("escape.FuncCall", "escape", 1),
    ("escape.LeakLoop", "escape", 1),
    ("escape.LeakLoop", "alloc-loop", 1),
    ("escape.GoodReturn", "escape", 0),
    ("escape.GoodLocal", "escape", 0),
    ("escape.GoodErr", "escape", 0),
    ("escape.NoLeak", "escape", 0),
    ("escape.TooLarge", "big-var-heap", 1),
    ("escape.TooLargeImplicit", "big-var-heap", 1),
    ("escape.Cycle", "escape", 2),
    ("wb.BadFill", "wb-loop", 1),
    ("wb.BadLink", "wb-loop", 1),
    ("wb.BadStruct", "wb-loop", 1),
    ("wb.MapAssign", "wb-loop", 1),
    ("wb.GoodFill", "wb-loop", 0),
    ("wb.SetGlobal", "wb-loop", 0),
    ("frame.Big8K", "big-frame", 1),
    ("frame.Big100K", "big-frame", 1),
    ("frame.Recurse", "big-frame", 1),
    ("frame.Small", "big-frame", 0),
    ("frame.Over128K", "big-frame", 0),
    ("frame.Over128K", "big-var-heap", 1),
    ("strs.BadConcat", "concat-loop", 1),
    ("strs.BadBytes", "conv-loop", 1),
    ("strs.BadString", "conv-loop", 1),
    ("strs.GoodConcat", "concat-loop", 0),
    ("strs.GoodConcat", "grow", 0),
    ("strs.GoodLookup", "conv-loop", 0),
    ("strs.GoodRange", "conv-loop", 0),
    ("strs.Compare", "conv-loop", 0),
    ("deferloop.BadLoop", "defer-loop", 1),
    ("deferloop.GoodLoop", "defer-loop", 0),
    ("deferloop.StackDefer", "defer-loop", 0),
    ("deferloop.OpenCoded", "defer-loop", 0),
    ("bigcopy.BadPass", "big-copy", 2),
    ("bigcopy.BadRange", "big-copy", 1),
    ("bigcopy.BadRange8", "big-copy", 1),
    ("bigcopy.Copy1K", "big-copy", 1),
    ("bigcopy.Copy8K", "big-copy", 1),
    ("bigcopy.CopyPtr", "big-copy", 1),
    ("bigcopy.CopyMid", "big-copy", 0),
    ("bigcopy.GoodPass", "big-copy", 0),
    ("bigcopy.GoodRange", "big-copy", 0),
    ("loopvar.Captured", "closure-heap", 1),
    ("loopvar.AddrTaken", "alloc-loop", 1),
    ("looplock.BadLock", "lock-loop", 1),
    ("looplock.GoodLock", "lock-loop", 0),
    ("looplock.BadNow", "time-loop", 1),
    ("names.RangeFuncDefer-range1", "defer-loop", 1),
];

/// Rows that differ in another release, with the reason.
fn truth(function: &str, rule: &str, want: u32, minor: u16) -> Option<u32> {
    Some(match (function, rule) {
        // Explicit variables up to 10 MiB stayed on the stack.
        ("escape.TooLarge" | "frame.Over128K", "big-var-heap") if minor < 24 => 0,
        ("frame.Over128K", "big-frame") if minor < 24 => 1,
        // 'big' functions are named since 1.21.
        ("bigfunc.Table", _) if minor < 21 => 0,
        // The sources of these need a later Go.
        ("loopvar.Captured" | "loopvar.AddrTaken", _) if minor < 22 => return None,
        ("names.RangeFuncDefer-range1", _) if minor < 23 => return None,
        ("iface.UseGeneric", _) if minor < 21 => return None,
        // The timer of BadTimeAfter apart, the lock's slow half moved to a package of its own.
        _ => want,
    })
}

#[test]
fn ground_truth_of_four_releases() {
    for minor in [19, 25, 26, 27] {
        let text = sample(minor);
        let out = CompilerOutput::parse(&text).unwrap();
        let found = table(&out.findings());
        let known = |name: &str| {
            out.functions().any(|(_, f)| String::from_utf8_lossy(f.symbol).ends_with(name))
                || !name.contains('.')
        };
        let mut wrong = Vec::new();
        for (function, rule, want) in TRUTH {
            let Some(want) = truth(function, rule, *want, minor) else { continue };
            assert!(known(function), "go1.{minor} has no {function}");
            let got = found.get(*function).and_then(|rules| rules.get(rule)).copied().unwrap_or(0);
            if got != want {
                wrong.push(format!("{function} {rule}: {got}, not {want}"));
            }
        }
        assert!(wrong.is_empty(), "go1.{minor}:\n{}", wrong.join("\n"));
    }
}

fn of<'f, 'a>(findings: &'f [Finding<'a>], function: &str, rule: Rule) -> Vec<&'f Finding<'a>> {
    let is = |finding: &&Finding<'_>| finding.rule == rule && finding.name.ends_with(function.as_bytes());
    findings.iter().filter(is).collect()
}

#[test]
fn findings_say_what_they_are_about() {
    let text = sample(27);
    let out = CompilerOutput::parse(&text).unwrap();
    let findings = out.findings();

    let methods: Vec<String> =
        of(&findings, "iface.BadTotal", Rule::InterfaceLoop).iter().map(|f| f.detail.to_string()).collect();
    let shape = |method| format!("method {method} of example.com/lab/iface.Shape");
    assert_eq!(methods, [shape(1), shape(0)], "Scale is called before Area");

    let kinds: Vec<String> =
        of(&findings, "bce.BadWindow", Rule::BoundsLoop).iter().map(|f| f.detail.to_string()).collect();
    assert_eq!(kinds, ["slice capacity", "slice low ≤ high"]);

    let counter = of(&findings, "closure.BadCounter", Rule::ClosureHeap)[0];
    assert_eq!((counter.bytes, counter.confidence), (Some(16), Confidence::Certain));
    assert!(
        counter.evidence.iter().any(|evidence| evidence.to_string().contains("capture n")),
        "captured by reference"
    );

    let escape = |function: &str| match of(&findings, function, Rule::Escape)[0].detail {
        Detail::Escape { why, .. } => String::from_utf8_lossy(why).into_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(escape("escape.BadReturn"), "return");
    assert_eq!(escape("escape.ChanSend"), "send");
    assert_eq!(escape("escape.FuncCall"), "call parameter");
    assert_eq!(escape("escape.BadStore"), "assign");
    let path = of(&findings, "escape.BadStore", Rule::Escape)[0];
    assert!(path.evidence.iter().filter(|evidence| evidence.source() == "flow").count() >= 3, "{path:?}");

    let medium = of(&findings, "bigfunc.Table", Rule::NoInline)[0];
    let Detail::Inline { cause, .. } = medium.detail else { panic!("{medium:?}") };
    assert_eq!(cause, InlineCause::BigCaller { cost: 38 });
    let one = of(&findings, "deferloop.GoodLoop", Rule::NoInline)[0];
    let Detail::Inline { cause, .. } = one.detail else { panic!("{one:?}") };
    assert_eq!(cause, InlineCause::Callee(NoInline::Statement { op: b"DEFER" }));

    let put = of(&findings, "pool.BadSlicePut", Rule::PoolValue)[0];
    assert_eq!(put.detail.to_string(), "[]uint8");
    for (function, bytes) in [("bigcopy.Copy1K", 1024), ("bigcopy.Copy8K", 8192), ("bigcopy.CopyPtr", 512)] {
        assert_eq!(of(&findings, function, Rule::BigCopy)[0].bytes, Some(bytes), "{function}");
    }
    let traps = of(&findings, "growth.BadCollect", Rule::Grow)[0];
    assert_eq!(traps.confidence, Confidence::Likely);
    assert!(findings.iter().all(|finding| !finding.evidence.is_empty()));
}

/// Without the listing there are only findings about decisions.
#[test]
fn decisions_alone_claim_nothing() {
    let text = text("diag/go1.27.m2.txt.gz");
    let out = CompilerOutput::parse(&text).unwrap();
    assert!(out.decisions().len() > 1000);
    assert!(out.findings().iter().all(|finding| finding.rule == Rule::NearBudget));
}

#[test]
fn the_two_texts_explain_each_other() {
    let text = sample(27);
    let out = CompilerOutput::parse(&text).unwrap();
    let check = out.cross_check();
    assert!(check.confirmed > 80 && check.explained > 100, "{} {}", check.confirmed, check.explained);
    let claim = |line: u32, file: &str| {
        check.claims.iter().find(|claim| {
            let position = out.decisions()[claim.decision as usize].position.unwrap();
            position.line == line && position.file.ends_with(file.as_bytes())
        })
    };
    // GoodStatic: `func literal escapes to heap`, and nothing is allocated.
    let good_static = claim(85, "closure.go").expect("GoodStatic");
    assert!(good_static.because.contains("static data"), "{good_static:?}");
    // MakeVar does not escape, yet calls makeslice where it is larger than the buffer on the stack.
    let make_var = check
        .unmatched
        .iter()
        .find(|unmatched| out.function(unmatched.function).symbol.ends_with(b"growth.MakeVar"));
    assert!(make_var.is_some_and(|unmatched| unmatched.because.contains("not constant")), "{make_var:?}");
}
