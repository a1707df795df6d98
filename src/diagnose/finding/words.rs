//! Phrases that several rules use.

use super::amount::Amount;
use crate::symbol::WaitClass;

/// `1 wait`, `2 waits`: a number of things as a phrase.
pub(crate) fn things(count: impl TryInto<i64>, thing: &str) -> String {
    match count.try_into().unwrap_or(i64::MAX) {
        1 => format!("1 {thing}"),
        n => format!("{} {thing}s", Amount::count(n)),
    }
}

/// `once`, `2 times`.
pub(crate) fn times(count: impl TryInto<i64>) -> String {
    match count.try_into().unwrap_or(i64::MAX) {
        1 => "once".to_owned(),
        n => format!("{} times", Amount::count(n)),
    }
}

/// What waiting for this is called in a sentence about goroutines.
pub(crate) fn wait_phrase(class: WaitClass) -> &'static str {
    match class {
        WaitClass::Mutex => "waiting for a mutex",
        WaitClass::RwmutexRead => "waiting to read-lock an RWMutex",
        WaitClass::RwmutexWrite => "waiting to write-lock an RWMutex",
        WaitClass::Waitgroup => "waiting for a WaitGroup",
        WaitClass::Once => "waiting for a sync.Once",
        WaitClass::Cond => "waiting for a condition",
        WaitClass::ChanSend => "in a channel send",
        WaitClass::ChanRecv => "in a channel receive",
        WaitClass::ChanNil => "at a nil channel",
        WaitClass::Select => "in a select",
        WaitClass::SelectEmpty => "in an empty select",
        WaitClass::ContextDone => "waiting for a context to end",
        WaitClass::Timer => "waiting for a timer",
        WaitClass::Sleep => "asleep",
        WaitClass::NetAccept => "waiting for a connection",
        WaitClass::NetDial => "dialling",
        WaitClass::NetRead => "waiting to read from a connection",
        WaitClass::NetWrite => "waiting to write to a connection",
        WaitClass::TlsHandshake => "in a TLS handshake",
        WaitClass::HttpIdleConn => "waiting for the next HTTP message",
        WaitClass::HttpBody => "waiting for the body of an HTTP message",
        WaitClass::Dns => "waiting for a name server",
        WaitClass::FilePoll => "waiting for I/O on a file or pipe",
        _ => "waiting",
    }
}
