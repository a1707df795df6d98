//! Conversions and concatenations of strings in loops.

use super::context::Cx;
use super::detail::Detail;
use super::explanation::Explanation;
use super::finding::Finding;
use super::rule::Rule;
use crate::asm::analysis::SiteKind;
use crate::asm::runtime::AllocKind;
use crate::severity::Confidence;

pub(super) const CONVERT_LOOP: Explanation = Explanation {
    sees: "A call in a loop that converts between a string and a slice of bytes or runes.",
    costs: "The conversion copies, and allocates for more than 32 bytes.",
    silent: "m[string(b)], string(b) == s and range []byte(s) do not copy, and make no such call.",
    bad: "\
for _, line := range lines {
    w.Write([]byte(line))
}",
    good: "\
for _, line := range lines {
    io.WriteString(w, line)
}",
};

pub(super) const CONCAT_LOOP: Explanation = Explanation {
    sees: "A call of `runtime.concatstrings` and its like in a loop.",
    costs: "Each concatenation copies everything so far: n pieces take time proportional to n².",
    silent: "Concatenating short strings into a fresh one per iteration makes the same call, so the finding is likely, \
             not certain.",
    bad: "\
for _, word := range words {
    text += word + \" \"
}",
    good: "\
var text strings.Builder
for _, word := range words {
    text.WriteString(word)
    text.WriteByte(' ')
}",
};

pub(super) fn find<'a>(cx: &Cx<'_, 'a>, out: &mut Vec<Finding<'a>>) {
    for site in cx.sites.iter().filter(|site| site.in_loop) {
        let SiteKind::Alloc { kind, symbol, .. } = site.kind else { continue };
        match kind {
            AllocKind::Convert => Cx::merge(out, cx.at_site(Rule::ConvertLoop, site, Detail::Callee(symbol))),
            AllocKind::Concat => {
                let mut finding = cx.at_site(Rule::ConcatLoop, site, Detail::Callee(symbol));
                finding.confidence = Confidence::Likely;
                Cx::merge(out, finding);
            }
            _ => {}
        }
    }
}
