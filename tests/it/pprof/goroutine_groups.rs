//! Groups of goroutines, their growth, and leak suspects, on programs whose leak is known.

use godiag::pprof::goroutine::{Evidence, Group, GroupBy, Snapshot, SuspectOptions, growth, suspects};
use godiag::pprof::{GoroutineDump, Profile};
use godiag::symbol::WaitClass;

use crate::fixtures::{self, inflate};

fn profile(name: &str) -> Snapshot {
    let profile = Profile::parse(&fixtures::file(&format!("diagnose/samples/{name}.pprof"))).unwrap();
    Snapshot::of_profile(&profile, GroupBy::default())
}

fn dump(name: &str, by: GroupBy) -> Snapshot {
    let text = inflate(&fixtures::file(&format!("diagnose/samples/{name}.txt.gz")));
    Snapshot::of_dump(&GoroutineDump::parse(&text).unwrap(), by)
}

/// The names of the suspects, each with its evidence.
fn found(snapshots: &[Snapshot]) -> Vec<(String, Vec<Evidence>)> {
    let suspects = suspects(snapshots, &SuspectOptions::default());
    suspects.into_iter().map(|suspect| (suspect.group.title().into_owned(), suspect.evidence)).collect()
}

#[test]
fn a_growing_group_is_named() {
    let snapshots: Vec<_> = (1..=5).map(|i| profile(&format!("leak_http.goroutine.snap{i}"))).collect();
    assert_eq!(snapshots.iter().map(Snapshot::total).collect::<Vec<_>>(), [107, 207, 307, 407, 507]);
    let counts = vec![100, 200, 300, 400, 500];
    assert_eq!(found(&snapshots), [("main.backend".to_owned(), vec![Evidence::Growing { counts }])]);
    let rows = growth(&snapshots);
    assert_eq!((rows[0].change(), rows[0].steps(), rows[0].mean_step()), (400, (4, 0), 100.0));
    // Two moments are no trend.
    assert_eq!(found(&snapshots[..2]), []);
}

#[test]
fn stuck_handlers_grow_and_idle_connections_do_not() {
    let snapshots: Vec<_> = (1..=3).map(|i| profile(&format!("slow_readers.goroutine.snap{i}"))).collect();
    let names: Vec<_> = found(&snapshots).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["net/http.(*connReader).backgroundRead", "main.handler"]);
    let handler = growth(&snapshots).into_iter().find(|row| row.group.title() == "main.handler").unwrap();
    assert_eq!((handler.group.class, handler.counts), (WaitClass::NetWrite, vec![60, 120, 180]));

    let first = profile("conn_pileup.goroutine.snap1");
    let snapshots = [first.clone(), first, profile("conn_pileup.goroutine.snap2")];
    let idle = suspects(&snapshots, &SuspectOptions::default());
    assert_eq!(idle.len(), 1);
    assert!(idle[0].is_idle && idle[0].group.title() == "net/http.(*conn).serve");
    assert_eq!(idle[0].evidence, [Evidence::PileUp { count: 12_000 }]);
}

#[test]
fn a_module_without_a_dot_in_its_path_is_the_programs_own_code() {
    for own in ["shop/order.Reserve", "example.com/order.Reserve", "main.reserve"] {
        let snapshots = [700, 800, 900].map(|count| {
            let text = format!(
                "goroutine profile: total {count}\n{count} @ 0x11 0x21 0x31 0x41\n\
                 #\t0x10\truntime.gopark+0x1\t/go/proc.go:1\n#\t0x20\truntime.chanrecv1+0x1\t/go/chan.go:2\n\
                 #\t0x30\t{own}+0x1\t/src/order.go:3\n#\t0x40\tnet/http.(*conn).serve+0x1\t/go/server.go:4\n\n"
            );
            Snapshot::of_profile(&Profile::parse(text.as_bytes()).unwrap(), GroupBy::default())
        });
        let counts = vec![700, 800, 900];
        assert_eq!(found(&snapshots), [(own.to_owned(), vec![Evidence::Growing { counts }])]);
    }
}

#[test]
fn what_the_runtime_calls_leaked_is_believed() {
    for snapshot in
        [profile("leak_http.goroutineleak"), dump("leak_http.goroutineleak_dump", GroupBy::default())]
    {
        assert_eq!(found(&[snapshot]), [("main.backend".to_owned(), vec![Evidence::Leaked { count: 500 }])]);
    }
    let forever = dump("forever.goroutineleak", GroupBy::default());
    let leaked: u64 = forever.groups().iter().map(|group| group.leaked).sum();
    assert_eq!(leaked, 50);
    let names: Vec<_> =
        found(&[forever]).into_iter().map(|(name, evidence)| (name, evidence.len())).collect();
    let expected = [("main.cross", 1), ("main.selectEmpty", 2), ("main.nilReceive", 2), ("main.nilSend", 2)];
    for (name, evidence) in expected {
        assert!(names.contains(&(name.to_owned(), evidence)), "{names:?}");
    }
}

#[test]
fn healthy_programs_have_no_suspects() {
    for name in ["healthy.goroutine.end", "pipeline.goroutine.end", "sync_kinds.goroutine.end"] {
        let snapshot = profile(name);
        assert!(snapshot.total() > 0);
        let snapshots = [snapshot.clone(), snapshot.clone(), snapshot];
        assert_eq!(found(&snapshots), [], "{name}");
    }
    let alive = "goroutine 1 [select (no cases), 600 minutes]:\nmain.main()\n\t/a.go:1 +0x1\n";
    let snapshot = Snapshot::of_dump(&GoroutineDump::parse(alive).unwrap(), GroupBy::default());
    assert_eq!(found(&[snapshot]), []);
}

#[test]
fn a_dump_and_a_profile_of_one_moment_have_the_same_groups() {
    let (dump, profile) =
        (dump("leak_http.goroutine.end", GroupBy::default()), profile("leak_http.goroutine.end"));
    // The goroutines that write the profiles themselves differ, and a dump shows those of the tracer.
    let groups = |snapshot: &Snapshot| -> Vec<(String, WaitClass, u64)> {
        let is_theirs = |group: &&Group| {
            group.class != WaitClass::System
                && !group.stack.iter().any(|frame| frame.func.to_string().contains("pprof"))
        };
        let of = snapshot.groups().iter().filter(is_theirs);
        let mut groups: Vec<_> = of
            .map(|group| {
                let stack: Vec<_> = group.stack.iter().map(|frame| frame.func.to_string()).collect();
                (stack.join(" "), group.class, group.count)
            })
            .collect();
        groups.sort();
        groups
    };
    assert_eq!(groups(&dump), groups(&profile));
    assert!(groups(&dump).len() >= 4);
}

#[test]
fn groups_can_be_split_by_more() {
    let text = concat!(
        "goroutine 1 [chan send, 12 minutes] {user: ann}:\nmain.f()\n\t/a.go:1 +0x1\ncreated by main.a in goroutine 9\n\t/a.go:7\n\n",
        "goroutine 2 [chan send] {user: bob}:\nmain.f()\n\t/a.go:2 +0x1\ncreated by main.b in goroutine 9\n\t/a.go:8\n\n",
        "goroutine 3 [chan send]:\nmain.f()\n\t/a.go:1 +0x1\ncreated by main.a in goroutine 9\n\t/a.go:7\n",
    );
    let dump = GoroutineDump::parse(text).unwrap();
    let count = |by| Snapshot::of_dump(&dump, by).groups().len();
    assert_eq!(count(GroupBy::default()), 1);
    assert_eq!(count(GroupBy::default().with_creator(true)), 2);
    assert_eq!(count(GroupBy::default().with_labels(true)), 3);
    assert_eq!(count(GroupBy::default().with_lines(true)), 2);
    assert_eq!(count(GroupBy::default().with_state(true)), 1);
    let snapshot = Snapshot::of_dump(&dump, GroupBy::default());
    assert_eq!(snapshot.groups()[0].max_minutes, 12);
    assert_eq!(
        snapshot.members().iter().map(|member| member.id).collect::<Vec<_>>(),
        [Some(1), Some(2), Some(3)]
    );
    assert_eq!(snapshot.members()[1].labels, [(b"user".to_vec(), b"bob".to_vec())]);
    let stale = SuspectOptions::default().with_stale(3, 10);
    let found = suspects(&[snapshot], &stale);
    assert_eq!(found[0].evidence, [Evidence::Stale { count: 3, minutes: 12 }]);
}

fn log(name: &str) -> String {
    fixtures::read_text(&fixtures::path(&format!("logs/{name}")))
}

#[test]
fn what_differs_in_a_group_is_counted() {
    let dump = log("creator-mixed.txt");
    let snapshot = Snapshot::of_dump(&GoroutineDump::parse(&dump).unwrap(), GroupBy::default());
    let [group] = snapshot.groups() else { panic!("{:?}", snapshot.groups()) };
    let creators: Vec<_> =
        group.creators.iter().map(|(creator, count)| (creator.to_string(), *count)).collect();
    assert_eq!(creators, [("main.leaker".to_owned(), 10), ("main.innocent".to_owned(), 1)]);
    assert_eq!((group.count, group.max_minutes), (11, 9));
    assert_eq!(group.minutes, [(9, 10)]);
    assert_eq!(group.states, [(b"sleep".to_vec(), 11)]);
    let leakers = snapshot
        .members()
        .iter()
        .filter(|member| member.creator.as_ref().is_some_and(|creator| creator.as_bytes() == b"main.leaker"));
    assert_eq!(leakers.count(), 10);

    let by = Snapshot::of_dump(&GoroutineDump::parse(&dump).unwrap(), GroupBy::default().with_creator(true));
    let rows = growth(&[by]);
    assert_eq!(
        rows.iter().map(|row| row.group.count).collect::<Vec<_>>(),
        [10, 1],
        "rows are those asked for"
    );
}

#[test]
fn the_three_forms_of_one_moment_have_the_same_groups() {
    let profile = |profile: &Profile| Snapshot::of_profile(profile, GroupBy::default());
    let debug0 = profile(&Profile::open(fixtures::path("logs/join-debug0.pb.gz")).unwrap());
    let debug1 = profile(&Profile::parse(log("join-debug1.txt").as_bytes()).unwrap());
    let text = log("join-debug2.txt");
    let debug2 = Snapshot::of_dump(&GoroutineDump::parse(&text).unwrap(), GroupBy::default());
    let forms = [debug0, debug1, debug2];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let rows = growth(&order.map(|at| forms[at].clone()));
        let leak = rows.iter().find(|row| row.group.title() == "main.leak.func1").unwrap();
        assert_eq!((&leak.counts[..], leak.group.class), (&[8, 8, 8][..], WaitClass::ChanRecv), "{order:?}");
        assert_eq!(leak.group.creators[0].0.as_bytes(), b"main.leak", "what a form does not say is kept");
        // All but the goroutine that writes the profile.
        let whole = rows.iter().filter(|row| row.counts.iter().all(|&count| count == row.counts[0]));
        assert_eq!(whole.map(|row| row.counts[0]).sum::<u64>(), 12, "{order:?}");
        let alone = growth(&forms[2..]);
        let id = |rows: &[godiag::pprof::goroutine::Growth]| {
            rows.iter().find(|row| row.group.title() == "main.leak.func1").unwrap().id.clone()
        };
        assert_eq!(id(&rows), id(&alone), "an id does not depend on what else is read");
    }
}

#[cfg(feature = "cli")]
#[test]
fn goroutines_name_their_rows() {
    let file = |name: &str| fixtures::path(&format!("logs/{name}")).to_str().unwrap().to_owned();
    let run = |args: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_godiag"));
        let output = command.args(["pprof", "goroutines"]).args(args).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let (mixed, join) = (file("creator-mixed.txt"), file("join-debug2.txt"));
    let json: serde_json::Value = serde_json::from_str(&run(&[&mixed, &join, "--json"])).unwrap();
    let goroutines = json["goroutines"].as_array().unwrap();
    assert_eq!(goroutines.len(), 24);
    for goroutine in goroutines {
        let rows = json["groups"].as_array().unwrap();
        let own: Vec<_> = rows.iter().filter(|row| row["id"] == goroutine["group"]).collect();
        assert_eq!(own.len(), 1, "{goroutine}");
        let stack = own[0]["group"]["stack"].as_array().unwrap().iter().map(|frame| &frame["func"]);
        assert!(stack.eq(goroutine["stack"].as_array().unwrap()), "{goroutine}");
    }
    let text = run(&[&mixed]);
    assert!(text.contains("created by main.leaker (10), main.innocent (1)"), "{text}");
    let text = run(&[&mixed, "--by", "creator"]);
    assert!(text.contains("10  sleep [sleep], up to 9 minutes, created by main.leaker\n"), "{text}");
    assert!(text.contains("1  sleep [sleep], created by main.innocent\n"), "{text}");
}
