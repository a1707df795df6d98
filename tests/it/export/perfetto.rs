//! Traces for Perfetto, decoded by the field numbers of its schema, as far as they are used.

use std::collections::BTreeMap;

use godiag::export::perfetto;
use godiag::trace::Reader;
use godiag::trace::analysis::Goroutines;
use prost::Message;

use super::chrome::sample;

#[derive(Message)]
struct Trace {
    #[prost(message, repeated, tag = "1")]
    packet: Vec<Packet>,
}

#[derive(Message)]
struct Packet {
    #[prost(uint64, optional, tag = "8")]
    timestamp: Option<u64>,
    #[prost(uint32, tag = "10")]
    sequence: u32,
    #[prost(message, optional, tag = "11")]
    event: Option<TrackEvent>,
    #[prost(message, optional, tag = "12")]
    interned: Option<Interned>,
    #[prost(uint32, tag = "13")]
    flags: u32,
    #[prost(message, optional, tag = "60")]
    track: Option<TrackDescriptor>,
}

#[derive(Message)]
struct TrackEvent {
    #[prost(int32, tag = "9")]
    kind: i32,
    #[prost(uint64, tag = "10")]
    name_iid: u64,
    #[prost(uint64, tag = "11")]
    track: u64,
    #[prost(int64, optional, tag = "30")]
    counter: Option<i64>,
    #[prost(fixed64, repeated, tag = "47")]
    flows: Vec<u64>,
    #[prost(fixed64, repeated, tag = "48")]
    last_flows: Vec<u64>,
}

#[derive(Message)]
struct Interned {
    #[prost(message, repeated, tag = "2")]
    names: Vec<EventName>,
}

#[derive(Message)]
struct EventName {
    #[prost(uint64, tag = "1")]
    iid: u64,
    #[prost(string, tag = "2")]
    name: String,
}

#[derive(Message)]
struct TrackDescriptor {
    #[prost(uint64, tag = "1")]
    uuid: u64,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(uint64, tag = "5")]
    parent: u64,
    #[prost(message, optional, tag = "8")]
    counter: Option<CounterDescriptor>,
}

#[derive(Message)]
struct CounterDescriptor {}

#[test]
fn slices_nest_and_their_sums_are_the_summary() {
    for program in ["healthy", "stw_nopreempt", "mutex_contention", "open_ends"] {
        let bytes = sample(&format!("{program}.trace.gz"));
        let mut out = Vec::new();
        perfetto::write(&mut Reader::parse(&bytes).unwrap(), &mut out).unwrap();
        let trace = Trace::decode(&out[..]).unwrap();
        check(program, &bytes, &trace);
    }
}

fn check(program: &str, bytes: &[u8], trace: &Trace) {
    let (mut names, mut tracks) = (BTreeMap::new(), BTreeMap::new());
    let mut open: BTreeMap<u64, Vec<(u64, u64)>> = BTreeMap::new();
    let mut last: BTreeMap<u64, u64> = BTreeMap::new();
    let mut sums: BTreeMap<(u64, String), u64> = BTreeMap::new();
    let (mut flows, mut last_flows) = (Vec::<u64>::new(), Vec::<u64>::new());
    assert_eq!(trace.packet[0].flags, 3, "the first packet clears the state");
    for packet in &trace.packet {
        assert_eq!(packet.sequence, 1);
        for name in packet.interned.iter().flat_map(|interned| &interned.names) {
            assert!(names.insert(name.iid, name.name.clone()).is_none());
        }
        if let Some(track) = &packet.track {
            assert!(track.parent == 0 || tracks.contains_key(&track.parent), "a parent comes first");
            assert!(tracks.insert(track.uuid, track.counter.is_some()).is_none());
            assert!(!track.name.is_empty());
        }
        let Some(event) = &packet.event else { continue };
        let time = packet.timestamp.unwrap();
        let is_counter = *tracks.get(&event.track).expect("a described track");
        match event.kind {
            1 => {
                let stack = open.entry(event.track).or_default();
                assert!(
                    stack.is_empty() && time >= last.get(&event.track).copied().unwrap_or(0),
                    "{program}"
                );
                stack.push((time, event.name_iid));
                last_flows.extend(&event.last_flows);
            }
            2 => {
                let (start, name) =
                    open.get_mut(&event.track).and_then(Vec::pop).expect("a slice that began");
                assert!(time >= start);
                last.insert(event.track, time);
                *sums.entry((event.track, names[&name].clone())).or_default() += time - start;
            }
            3 => flows.extend(&event.flows),
            4 => assert!(is_counter && event.counter.is_some()),
            kind => panic!("kind {kind}"),
        }
    }
    assert!(open.values().all(Vec::is_empty), "every slice ends");
    assert!(last_flows.iter().all(|flow| flows.contains(flow)), "every flow begins");
    assert!(program == "open_ends" || !last_flows.is_empty());

    let summary = Reader::parse(bytes).unwrap().run(Goroutines::default()).unwrap();
    let mut executed = 0;
    for (at, goroutine) in summary.goroutines.iter().enumerate() {
        let sum = |name: &str| sums.get(&(2 << 56 | at as u64, name.to_owned())).copied().unwrap_or(0) as i64;
        let stats = &goroutine.stats;
        assert_eq!(sum("Running"), stats.exec, "{program}, goroutine {}", goroutine.id);
        assert_eq!(sum("Runnable"), stats.sched_wait, "{program}, goroutine {}", goroutine.id);
        assert_eq!(
            sum("Syscall"),
            stats.syscall + stats.syscall_block,
            "{program}, goroutine {}",
            goroutine.id
        );
        executed += stats.exec;
    }
    assert!(executed > 0);
}
