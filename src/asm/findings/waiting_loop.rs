//! Clocks, timers and locks in loops: hints, because they may be the loop's purpose.

use super::context::Cx;
use super::detail::Detail;
use super::finding::{Confidence, Finding};
use super::rule::Rule;
use crate::asm::analysis::SiteKind;

pub(super) fn find<'a>(cx: &Cx<'_, 'a>, out: &mut Vec<Finding<'a>>) {
    for site in cx.sites.iter().filter(|site| site.in_loop) {
        let SiteKind::Call { target } = site.kind else { continue };
        let rule = match target {
            b"time.Now" | b"time.After" | b"time.Since" | b"time.NewTimer" | b"time.NewTicker" => {
                Rule::TimeLoop
            }
            // Lock itself is inlined; what is called is its slow half.
            b"sync.(*Mutex).Lock"
            | b"sync.(*Mutex).lockSlow"
            | b"internal/sync.(*Mutex).lockSlow"
            | b"sync.(*RWMutex).Lock"
            | b"sync.(*RWMutex).RLock" => Rule::LockLoop,
            _ => continue,
        };
        let mut finding = cx.at(rule, site, Detail::Callee(target));
        finding.confidence = Confidence::Hint;
        Cx::merge(out, finding);
    }
}
