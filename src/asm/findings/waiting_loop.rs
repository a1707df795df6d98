//! Clocks, timers and locks in loops: hints, because they may be the loop's purpose.

use super::context::Cx;
use super::detail::Detail;
use super::explanation::Explanation;
use super::finding::Finding;
use super::rule::Rule;
use crate::asm::analysis::SiteKind;
use crate::severity::Confidence;

pub(super) const TIME_LOOP: Explanation = Explanation {
    sees: "A call of time.Now, time.Since, time.After, time.NewTimer or time.NewTicker in a loop.",
    costs: "Reading the clock takes about 40 ns; each timer is an allocation, and before Go 1.23 one that time.After \
            left behind lived until it fired.",
    silent: "This is a hint: the clock may be the loop's purpose.",
    bad: "\
for {
    select {
    case m := <-messages:
        handle(m)
    case <-time.After(time.Minute):
        return
    }
}",
    good: "\
timer := time.NewTimer(time.Minute)
for {
    timer.Reset(time.Minute)
    select {
    case m := <-messages:
        handle(m)
    case <-timer.C:
        return
    }
}",
};

pub(super) const LOCK_LOOP: Explanation = Explanation {
    sees: "A call of the slow path of a mutex, or of RWMutex.Lock or RLock, in a loop.",
    costs: "Each round trip takes 10 to 20 ns without contention; with contention the lock's cache line moves \
            between processors every time.",
    silent: "This is a hint: the lock may have to be released between iterations.",
    bad: "\
for _, item := range items {
    mu.Lock()
    total += item.Size
    mu.Unlock()
}",
    good: "\
sum := 0
for _, item := range items {
    sum += item.Size
}
mu.Lock()
total += sum
mu.Unlock()",
};

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
        let mut finding = cx.at_site(rule, site, Detail::Callee(target));
        finding.confidence = Confidence::Hint;
        Cx::merge(out, finding);
    }
}
