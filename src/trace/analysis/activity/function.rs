//! What a function's name says about its stacks.

use super::Activity;
use crate::symbol::{self, FuncName, name_matches};

/// Whose code a function is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::trace::analysis) enum Owner {
    /// The runtime's, or that of packages that only the standard library can import.
    Runtime,
    /// The standard library's.
    Standard,
    /// Of a library that the program's own code calls for its infrastructure.
    Library,
    /// The program's own.
    Program,
}

/// What a function means for a stack that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Nothing in particular.
    None,
    /// The stack records a profile or a trace.
    Records,
    /// A wait below it is for this.
    WaitsFor(Activity),
    /// Below it a connection goes back to `net/http.Transport`.
    ReturnsConn,
    /// A wait below it is for the next request.
    NextRequest,
}

/// A function, classified once.
#[derive(Clone, Copy, Debug)]
pub(in crate::trace::analysis) struct Function {
    pub(in crate::trace::analysis) owner: Owner,
    pub(super) mark: Mark,
    /// It only wraps another function, which names the goroutine's group better.
    pub(in crate::trace::analysis) is_wrapper: bool,
    /// It serves requests, one or many.
    pub(in crate::trace::analysis) serves: bool,
}

/// What waits below these functions are for. A final `*` matches any rest of a name.
const WAITS: &[(&str, Activity)] = &[
    ("database/sql.(*DB).conn", Activity::Pool),
    ("golang.org/x/sync/semaphore.(*Weighted).Acquire", Activity::Pool),
    ("github.com/jackc/puddle/*", Activity::Pool),
    ("github.com/gomodule/redigo/redis.(*Pool).*", Activity::Pool),
    ("github.com/redis/go-redis/v9/internal/pool.(*ConnPool).waitTurn", Activity::Pool),
    ("go.mongodb.org/mongo-driver/x/mongo/driver/topology.(*pool).checkOut", Activity::Pool),
    ("net/http.(*Transport).getConn", Activity::Network),
    ("net/http.(*persistConn).roundTrip", Activity::Network),
    ("net/http.(*http2ClientConn).*", Activity::Network),
    ("net/http.(*http2clientStream).*", Activity::Network),
    ("net/http.(*http2Transport).*", Activity::Network),
    ("net/http/internal/http2.(*ClientConn).*", Activity::Network),
    ("net/http/internal/http2.(*clientStream).*", Activity::Network),
    ("golang.org/x/net/http2.(*ClientConn).*", Activity::Network),
    ("golang.org/x/net/http2.(*clientStream).*", Activity::Network),
    ("google.golang.org/grpc/internal/transport.(*recvBufferReader).*", Activity::Network),
    ("google.golang.org/grpc/internal/transport.(*Stream).waitOnHeader", Activity::Network),
    ("google.golang.org/grpc/internal/transport.(*ClientStream).waitOnHeader", Activity::Network),
];

const RECORDERS: [&str; 4] = ["net/http/pprof.*", "runtime/pprof.*", "runtime/trace.*", "runtime.StartTrace"];

const RETURNS_CONN: [&str; 2] =
    ["net/http.(*Transport).tryPutIdleConn", "net/http.(*Transport).decConnsPerHost"];

/// A socket that takes datagrams from anybody belongs to a server: a client's is connected, and read by
/// `Read`.
const NEXT_REQUEST: [&str; 7] = [
    "net.(*UDPConn).ReadFrom*",
    "net.(*UDPConn).ReadMsgUDP*",
    "net.(*IPConn).ReadFrom*",
    "net.(*UnixConn).ReadFrom*",
    "net/http.(*conn).readRequest",
    "net/http.(*connReader).backgroundRead",
    "google.golang.org/grpc/internal/transport.(*http2Server).HandleStreams",
];

const WRAPPERS: [&str; 6] = [
    "sync.(*WaitGroup).Go.*",
    "golang.org/x/sync/errgroup.(*Group).*",
    "runtime.cgocallback*",
    "runtime.main",
    "testing.tRunner",
    "time.goFunc",
];

const SERVERS: [&str; 6] = [
    "net/http.(*conn).serve",
    "net/http.(*http2serverConn).runHandler",
    "net/http/internal/http2.(*serverConn).runHandler",
    "golang.org/x/net/http2.(*serverConn).runHandler",
    "google.golang.org/grpc.(*Server).serveStreams*",
    "google.golang.org/grpc.(*Server).serverWorker*",
];

/// First elements of import paths that only the standard library can import, or that the compiler makes up.
const INTERNAL: [&[u8]; 4] = [b"builtin", b"internal", b"syscall", b"type"];

const LIBRARIES: [&str; 3] = ["golang.org/x/", "google.golang.org/", "go.uber.org/"];

impl Function {
    /// Classifies the function of this name.
    pub(super) fn of(name: &[u8]) -> Self {
        let is_any = |patterns: &[&str]| patterns.iter().any(|pattern| name_matches(pattern, name));
        let mark = match WAITS.iter().find(|(pattern, _)| name_matches(pattern, name)) {
            Some(&(_, activity)) => Mark::WaitsFor(activity),
            None if is_any(&RECORDERS) => Mark::Records,
            None if is_any(&RETURNS_CONN) => Mark::ReturnsConn,
            None if is_any(&NEXT_REQUEST) => Mark::NextRequest,
            None => Mark::None,
        };
        Self { owner: owner(name), mark, is_wrapper: is_any(&WRAPPERS), serves: is_any(&SERVERS) }
    }
}

fn owner(name: &[u8]) -> Owner {
    let function = FuncName::parse(name);
    let package = function.package();
    if LIBRARIES.iter().any(|library| package.starts_with(library.as_bytes())) {
        return Owner::Library;
    }
    let root = package.split(|byte| *byte == b'/').next().unwrap_or_default();
    match function.owner(None) {
        symbol::Owner::Native | symbol::Owner::Runtime => Owner::Runtime,
        symbol::Owner::Standard if INTERNAL.contains(&root) => Owner::Runtime,
        symbol::Owner::Standard => Owner::Standard,
        symbol::Owner::Dependency | symbol::Owner::Program => match name.starts_with(b"main._C") {
            true => Owner::Runtime,
            false => Owner::Program,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_have_owners() {
        for (name, expected) in [
            ("main.main", Owner::Program),
            ("shop/order.(*DB).find", Owner::Program),
            ("example.com/shop.f", Owner::Program),
            ("runtime.gopark", Owner::Runtime),
            ("internal/poll.(*FD).Read", Owner::Runtime),
            ("database/sql.(*DB).conn", Owner::Standard),
            ("golang.org/x/sync/errgroup.(*Group).Wait", Owner::Library),
            ("_cgoexp_4a30f7_onEvent", Owner::Runtime),
        ] {
            assert_eq!(Function::of(name.as_bytes()).owner, expected, "{name}");
        }
    }

    #[test]
    fn names_say_what_is_waited_for() {
        let pool = Mark::WaitsFor(Activity::Pool);
        assert_eq!(Function::of(b"database/sql.(*DB).conn").mark, pool);
        assert_eq!(Function::of(b"github.com/jackc/puddle/v2.(*Pool[...]).acquire").mark, pool);
        assert_eq!(Function::of(b"net/http/pprof.Trace").mark, Mark::Records);
        assert!(Function::of(b"sync.(*WaitGroup).Go.func1").is_wrapper);
        assert!(Function::of(b"net/http.(*conn).serve").serves);
    }
}
