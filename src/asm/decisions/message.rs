//! The message of a diagnostic.
//!
//! Expressions are any Go text, quoted strings included, so a message is recognised by its start or its end,
//! never by what it contains.

use nom::bytes::complete::{tag, take_until};
use nom::character::complete::digit1;
use nom::combinator::{map_opt, opt, rest};
use nom::sequence::{delimited, preceded, terminated};
use nom::{IResult, Parser};

use super::kind::{DecisionKind, Storage};
use super::no_inline::NoInline;
use crate::asm::text::number::decimal;
use crate::text::search::rfind_pair;

type Parsed<'a, T> = IResult<&'a [u8], T>;

/// Parses a message; an unknown one is [`DecisionKind::Other`].
pub(crate) fn parse(text: &[u8]) -> DecisionKind<'_> {
    match text.first() {
        Some(b'c') => starts_with_c(text),
        Some(b'i') => text.strip_prefix(b"inlining call to ").map(inlined_call),
        Some(b'm') => {
            text.strip_prefix(b"moved to heap: ").map(|variable| DecisionKind::MovedToHeap { variable })
        }
        Some(b'l') => leaking_param(text).ok().map(|(_, kind)| kind),
        Some(b'p') => leak_path(text).ok().map(|(_, kind)| kind),
        Some(b'd') => devirtualized(text, b"devirtualizing "),
        Some(b'P') => devirtualized(text, b"PGO devirtualizing "),
        Some(b'F') => found(text),
        Some(b'f') => big_function(text).ok().map(|(_, kind)| kind),
        _ => None,
    }
    .or_else(|| by_end(text))
    .or_else(|| debug_flag(text))
    .or_else(|| capture(text))
    .or_else(|| is_note(text).then_some(DecisionKind::Note { text }))
    .unwrap_or(DecisionKind::Other { text })
}

fn starts_with_c(text: &[u8]) -> Option<DecisionKind<'_>> {
    let parsed: Parsed<'_, DecisionKind<'_>> =
        can_inline(text).or_else(|_| cannot_inline(text)).or_else(|_| cannot_devirtualize(text));
    parsed.ok().map(|(_, kind)| kind)
}

/// `can inline F [with cost N as: BODY]`.
fn can_inline(text: &[u8]) -> Parsed<'_, DecisionKind<'_>> {
    let (text, _) = tag(&b"can inline "[..]).parse(text)?;
    let (function, cost, body) = match costed(text) {
        Ok((body, (function, cost))) => (function, cost.and_then(decimal), body),
        Err(_) => (text, None, &b""[..]),
    };
    Ok((b"", DecisionKind::CanInline { function, cost, body }))
}

/// `F with cost N as: `, and then the body.
fn costed(text: &[u8]) -> Parsed<'_, (&[u8], Option<&[u8]>)> {
    let cost = delimited(tag(&b" with cost "[..]), opt(digit1), opt(tag(&b" as: "[..])));
    (take_until(&b" with cost "[..]), cost).parse(text)
}

/// `cannot inline F: REASON`, `cannot inline F into G: repeated recursive cycle`.
fn cannot_inline(text: &[u8]) -> Parsed<'_, DecisionKind<'_>> {
    let (reason, function) =
        delimited(tag(&b"cannot inline "[..]), take_until(&b": "[..]), tag(&b": "[..])).parse(text)?;
    let into = memchr::memmem::find(function, b" into ").filter(|_| reason == b"repeated recursive cycle");
    if let Some(at) = into {
        let (function, caller) = function.split_at(at);
        let reason = NoInline::RecursiveCycle { caller: caller.get(6..).unwrap_or_default() };
        return Ok((b"", DecisionKind::CannotInline { function, reason }));
    }
    Ok((b"", DecisionKind::CannotInline { function, reason: no_inline(reason) }))
}

fn no_inline(text: &[u8]) -> NoInline<'_> {
    if let Ok((_, (cost, budget))) = too_complex(text) {
        return NoInline::TooComplex { cost, budget };
    }
    if let Some(pragma) = text.strip_prefix(b"marked ") {
        return NoInline::Pragma { pragma };
    }
    if let Some(op) = text.strip_prefix(b"unhandled op ") {
        return NoInline::Statement { op };
    }
    match text {
        b"call to recover" => NoInline::Recover,
        b"no function body" => NoInline::NoBody,
        b"recursive" => NoInline::Recursive,
        _ => NoInline::Other { text },
    }
}

fn too_complex(text: &[u8]) -> Parsed<'_, (u32, u32)> {
    preceded(
        tag(&b"function too complex: cost "[..]),
        (number, preceded(tag(&b" exceeds budget "[..]), number)),
    )
    .parse(text)
}

fn number(text: &[u8]) -> Parsed<'_, u32> {
    map_opt(digit1, decimal).parse(text)
}

/// `cannot devirtualize CALL: REASON` (1.21 and later), `failed to devirtualize CALL (T)` (1.21 and before).
fn cannot_devirtualize(text: &[u8]) -> Parsed<'_, DecisionKind<'_>> {
    let (reason, call) =
        delimited(tag(&b"cannot devirtualize "[..]), take_until(&b": "[..]), tag(&b": "[..])).parse(text)?;
    Ok((b"", DecisionKind::CannotDevirtualize { call, reason }))
}

/// The callee, without ` with score N`.
fn inlined_call(callee: &[u8]) -> DecisionKind<'_> {
    let score = memchr::memmem::rfind(callee, b" with score ");
    DecisionKind::InlinedCall { callee: score.and_then(|at| callee.get(..at)).unwrap_or(callee) }
}

/// `leaking param[ content]: P[ to result R level=N]`.
fn leaking_param(text: &[u8]) -> Parsed<'_, DecisionKind<'_>> {
    let (param, content) =
        delimited(tag(&b"leaking param"[..]), opt(tag(&b" content"[..])), tag(&b": "[..])).parse(text)?;
    let to_result: Parsed<'_, (&[u8], &[u8])> =
        (terminated(take_until(&b" to result "[..]), tag(&b" to result "[..])), take_until(&b" level="[..]))
            .parse(param);
    let (param, result) = match to_result {
        Ok((_, (param, result))) => (param, Some(result)),
        Err(_) => (param, None),
    };
    Ok((b"", DecisionKind::LeakingParam { param, content: content.is_some(), result }))
}

/// `parameter P leaks to LOC[ for F] with derefs=N:`.
fn leak_path(text: &[u8]) -> Parsed<'_, DecisionKind<'_>> {
    let (rest, param) =
        delimited(tag(&b"parameter "[..]), take_until(&b" leaks to "[..]), tag(&b" leaks to "[..]))
            .parse(text)?;
    let (derefs, to) =
        terminated(take_until(&b" with derefs="[..]), tag(&b" with derefs="[..])).parse(rest)?;
    let (rest, derefs) = terminated(opt(number), tag(&b":"[..])).parse(derefs)?;
    let to = memchr::memmem::rfind(to, b" for ").and_then(|at| to.get(..at)).unwrap_or(to);
    Ok((rest, DecisionKind::LeakPath { param, to, derefs }))
}

/// `devirtualizing CALL to TYPE`; by profile `PGO devirtualizing interface call CALL to METHOD`.
fn devirtualized<'a>(text: &'a [u8], start: &[u8]) -> Option<DecisionKind<'a>> {
    let rest = text.strip_prefix(start)?;
    let by_profile = start.starts_with(b"PGO");
    let rest = rest
        .strip_prefix(b"interface call ")
        .or_else(|| rest.strip_prefix(b"function call "))
        .unwrap_or(rest);
    let at = memchr::memmem::rfind(rest, b" to ")?;
    Some(DecisionKind::Devirtualized { call: rest.get(..at)?, to: rest.get(at + 4..)?, by_profile })
}

fn found(text: &[u8]) -> Option<DecisionKind<'_>> {
    match text {
        b"Found IsInBounds" => Some(DecisionKind::BoundsCheck { slice: false }),
        b"Found IsSliceInBounds" => Some(DecisionKind::BoundsCheck { slice: true }),
        _ => None,
    }
}

fn big_function(text: &[u8]) -> Parsed<'_, DecisionKind<'_>> {
    delimited(tag(&b"function "[..]), take_until(&b" considered 'big'"[..]), rest)
        .map(|function| DecisionKind::BigFunction { function })
        .parse(text)
}

/// Messages known by their end.
fn by_end(text: &[u8]) -> Option<DecisionKind<'_>> {
    if let Some(expr) = text.strip_suffix(b" escapes to heap") {
        return Some(DecisionKind::EscapesToHeap { expr });
    }
    if let Some(expr) = text.strip_suffix(b" does not escape") {
        return Some(DecisionKind::DoesNotEscape { expr });
    }
    let header = text.strip_suffix(b":")?;
    if let Some(expr) = header.strip_suffix(b" escapes to heap") {
        return Some(DecisionKind::EscapePath { expr, function: None });
    }
    let at = memchr::memmem::rfind(header, b" escapes to heap in ")?;
    Some(DecisionKind::EscapePath { expr: header.get(..at)?, function: header.get(at + 20..) })
}

/// What `-d=nil,wb,defer,closure` prints.
fn debug_flag(text: &[u8]) -> Option<DecisionKind<'_>> {
    Some(match text {
        b"generated nil check" => DecisionKind::NilCheck { removed: false },
        b"removed nil check" => DecisionKind::NilCheck { removed: true },
        b"write barrier" => DecisionKind::WriteBarrier,
        b"open-coded defer" => DecisionKind::Defer { storage: Storage::Static },
        b"stack-allocated defer" => DecisionKind::Defer { storage: Storage::Stack },
        b"heap-allocated defer" => DecisionKind::Defer { storage: Storage::Heap },
        b"closure converted to global" => DecisionKind::Closure { storage: Storage::Static, captured: b"" },
        _ => {
            let (storage, rest) = match text.strip_prefix(b"heap closure, captured vars = [") {
                Some(rest) => (Storage::Heap, rest),
                None => (Storage::Stack, text.strip_prefix(b"stack closure, captured vars = [")?),
            };
            DecisionKind::Closure { storage, captured: rest.strip_suffix(b"]").unwrap_or(rest) }
        }
    })
}

/// `F capturing by ref: x (addr=false assign=true width=8)`.
fn capture(text: &[u8]) -> Option<DecisionKind<'_>> {
    let at = memchr::memmem::find(text, b" capturing by ")?;
    let (function, rest) = text.split_at(at);
    let (by_ref, rest) = match rest.strip_prefix(b" capturing by ref: ") {
        Some(rest) => (true, rest),
        None => (false, rest.strip_prefix(b" capturing by value: ")?),
    };
    let end = rfind_pair(rest, *b" (")?;
    let width = memchr::memmem::rfind(rest, b"width=")
        .and_then(|at| rest.get(at + 6..)?.strip_suffix(b")"))
        .and_then(decimal);
    Some(DecisionKind::Capture { function, variable: rest.get(..end)?, by_ref, width })
}

/// Messages that are known and say nothing that analyses use.
fn is_note(text: &[u8]) -> bool {
    const STARTS: [&[u8]; 38] = [
        b"zero-copy string->[]byte conversion",
        b"index bounds check elided",
        b"slice: omit slice operation",
        b"assuming ",
        b"marking ",
        b"unreferenced closure ",
        b"skip inlining within ",
        b"loop variable ",
        b"range loop ending at ",
        b"partially devirtualizing ",
        b"failed to devirtualize ",
        b"PGO ",
        b"can't PGO devirtualize ",
        b"should not PGO devirtualize ",
        b"edge ",
        b"call ",
        b"no hot callee",
        b"hot-",
        b"Induction variable: ",
        b"Proved ",
        b"Disproved ",
        b"Proved: ",
        b"type assertion inlined",
        b"type assertion not inlined",
        b"append: ",
        b"len-only update",
        b"slice: ",
        b"mutates param: ",
        b"calls param: ",
        b"x.ptr ",
        b"inlining ",
        b"intrinsic substitution for ",
        b"stenciled ",
        b"mark inline budget",
        b"should inline ",
        b"hottest callee ",
        b"Before inlining",
        b"After inlining",
    ];
    const ENDS: [&[u8]; 5] = [
        b" will be kept alive",
        b" does not escape, mutate, or call",
        b"non-looping label",
        b" looping label",
        b"looping label",
    ];
    STARTS.iter().any(|start| text.starts_with(start))
        || ENDS.iter().any(|end| text.ends_with(end))
        || memchr::memmem::find(text, b" ignoring self-assignment in ").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages() {
        for (text, name, subject) in [
            ("can inline (*T).M", "can_inline", "(*T).M"),
            ("can inline F with cost 24 as: func() { x }", "can_inline", "F"),
            ("cannot inline F: function too complex: cost 99 exceeds budget 80", "cannot_inline", "F"),
            ("cannot inline F into G: repeated recursive cycle", "cannot_inline", "F"),
            ("cannot inline F: unhandled op DEFER", "cannot_inline", "F"),
            ("inlining call to sync.(*Mutex).Lock with score 68", "inlined_call", "sync.(*Mutex).Lock"),
            ("function F considered 'big'; reducing max cost of inlinees", "big_function", "F"),
            ("devirtualizing s.Area to *Square", "devirtualized", "s.Area"),
            ("PGO devirtualizing interface call op.Apply to Add.Apply", "pgo_devirtualized", "op.Apply"),
            ("cannot devirtualize s.Area: shaped receiver T", "cannot_devirtualize", "s.Area"),
            ("\"x does not escape\" escapes to heap", "escapes_to_heap", "\"x does not escape\""),
            ("func literal escapes to heap in F:", "escape_path", "func literal"),
            ("x escapes to heap:", "escape_path", "x"),
            ("moved to heap: n", "moved_to_heap", "n"),
            ("leaking param content: p", "leaking_param", "p"),
            ("leaking param: p to result ~r0 level=0", "leaking_param", "p"),
            ("parameter p leaks to {heap} for F with derefs=1:", "leak_path", "p"),
            ("F capturing by ref: n (addr=false assign=true width=8)", "capture", "n"),
            ("Found IsSliceInBounds", "bounds_check", ""),
            ("heap closure, captured vars = [wg mu]", "closure", "wg mu"),
            ("could not import sort (file not found)", "other", "could not import sort (file not found)"),
            ("F ignoring self-assignment in x = y", "note", "F ignoring self-assignment in x = y"),
        ] {
            let kind = parse(text.as_bytes());
            assert_eq!((kind.name(), kind.subject()), (name, subject.as_bytes()), "{text}");
        }
    }

    #[test]
    fn numbers_and_reasons() {
        let reason = |text| match parse(text) {
            DecisionKind::CannotInline { reason, .. } => reason,
            other => panic!("{other:?}"),
        };
        let complex = reason(b"cannot inline F: function too complex: cost 99 exceeds budget 80");
        assert_eq!(complex, NoInline::TooComplex { cost: 99, budget: 80 });
        assert_eq!(complex.margin(), Some(19));
        assert_eq!(
            reason(b"cannot inline F: marked go:noinline"),
            NoInline::Pragma { pragma: b"go:noinline" }
        );
        assert_eq!(
            parse(b"can inline f with cost 99999999999999999999 as: func() {}"),
            DecisionKind::CanInline { function: b"f", cost: None, body: b"func() {}" }
        );
        assert_eq!(
            parse(b"parameter p leaks to ~r0 with derefs=2:"),
            DecisionKind::LeakPath { param: b"p", to: b"~r0", derefs: Some(2) }
        );
    }
}
