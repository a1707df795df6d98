//! Trace packets: descriptors of tracks, and events on them.

use std::io::{self, Write};

use super::message::Message;
use crate::table::{Map, Set};

/// Field numbers, by message.
mod field {
    pub(super) const TRACE_PACKET: u32 = 1;
    pub(super) const PACKET_TIMESTAMP: u32 = 8;
    pub(super) const PACKET_SEQUENCE: u32 = 10;
    pub(super) const PACKET_TRACK_EVENT: u32 = 11;
    pub(super) const PACKET_INTERNED: u32 = 12;
    pub(super) const PACKET_FLAGS: u32 = 13;
    pub(super) const PACKET_TRACK: u32 = 60;
    pub(super) const TRACK_UUID: u32 = 1;
    pub(super) const TRACK_NAME: u32 = 2;
    pub(super) const TRACK_PARENT: u32 = 5;
    pub(super) const TRACK_COUNTER: u32 = 8;
    pub(super) const EVENT_TYPE: u32 = 9;
    pub(super) const EVENT_NAME_IID: u32 = 10;
    pub(super) const EVENT_TRACK: u32 = 11;
    pub(super) const EVENT_COUNTER: u32 = 30;
    pub(super) const EVENT_FLOW: u32 = 47;
    pub(super) const EVENT_LAST_FLOW: u32 = 48;
    pub(super) const INTERNED_NAMES: u32 = 2;
    pub(super) const NAME_IID: u32 = 1;
    pub(super) const NAME_TEXT: u32 = 2;
}

/// Types of track events.
const SLICE_BEGIN: u64 = 1;
const SLICE_END: u64 = 2;
const INSTANT: u64 = 3;
const COUNTER: u64 = 4;

/// All packets are of one sequence.
const SEQUENCE: u64 = 1;
/// Clears the interned names (1), and depends on those that follow (2).
const FLAGS_FIRST: u64 = 1 | 2;
const FLAGS: u64 = 2;

/// A track; each has its own uuid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Track {
    Goroutines,
    Procs,
    Threads,
    Gc,
    Mark,
    Stop,
    Heap,
    HeapGoal,
    Gomaxprocs,
    Running,
    Runnable,
    Waiting,
    Group(u64),
    Goroutine(u64),
    Proc(u64),
    Thread(u64),
}

impl Track {
    /// The track's id; 0 is Perfetto's default track.
    fn uuid(self) -> u64 {
        let of = |kind: u64, number: u64| kind << 56 | (number & ((1 << 56) - 1));
        match self {
            Self::Goroutines => 1,
            Self::Procs => 2,
            Self::Threads => 3,
            Self::Gc => 4,
            Self::Mark => 5,
            Self::Stop => 6,
            Self::Heap => 7,
            Self::HeapGoal => 8,
            Self::Gomaxprocs => 9,
            Self::Running => 10,
            Self::Runnable => 11,
            Self::Waiting => 12,
            Self::Group(number) => of(1, number),
            Self::Goroutine(number) => of(2, number),
            Self::Proc(number) => of(3, number),
            Self::Thread(number) => of(4, number),
        }
    }
}

/// Writes packets.
#[derive(Debug)]
pub(super) struct Packets<W> {
    out: W,
    tracks: Set<Track>,
    names: Map<Vec<u8>, u64>,
}

impl<W: Write> Packets<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, tracks: Set::default(), names: Map::default() }
    }

    fn packet(&mut self, packet: &Message) -> io::Result<()> {
        let mut head = Message::default();
        head.bytes(field::TRACE_PACKET, &packet.0);
        self.out.write_all(&head.0)
    }

    /// Writes the first packet, which clears all interned names.
    pub(super) fn begin(&mut self) -> io::Result<()> {
        let mut packet = Message::default();
        packet.varint(field::PACKET_SEQUENCE, SEQUENCE).varint(field::PACKET_FLAGS, FLAGS_FIRST);
        self.packet(&packet)
    }

    pub(super) fn is_new(&self, track: Track) -> bool {
        !self.tracks.contains(&track)
    }

    /// Describes a track unless it is described already.
    pub(super) fn track(&mut self, track: Track, parent: Option<Track>, name: &[u8]) -> io::Result<()> {
        self.describe(track, parent, name, false)
    }

    pub(super) fn counter_track(&mut self, track: Track, name: &[u8]) -> io::Result<()> {
        self.describe(track, None, name, true)
    }

    fn describe(
        &mut self,
        track: Track,
        parent: Option<Track>,
        name: &[u8],
        counter: bool,
    ) -> io::Result<()> {
        if !self.tracks.insert(track) {
            return Ok(());
        }
        let mut descriptor = Message::default();
        descriptor.varint(field::TRACK_UUID, track.uuid()).text(field::TRACK_NAME, name);
        if let Some(parent) = parent {
            descriptor.varint(field::TRACK_PARENT, parent.uuid());
        }
        if counter {
            descriptor.bytes(field::TRACK_COUNTER, b"");
        }
        let mut packet = Message::default();
        packet.varint(field::PACKET_SEQUENCE, SEQUENCE).bytes(field::PACKET_TRACK, &descriptor.0);
        self.packet(&packet)
    }

    /// Writes a packet with an event, and interns `name` if it is new.
    fn event(&mut self, time: i64, event: &mut Message, name: Option<&[u8]>) -> io::Result<()> {
        let mut packet = Message::default();
        packet.varint(field::PACKET_TIMESTAMP, time.max(0) as u64);
        packet.varint(field::PACKET_SEQUENCE, SEQUENCE).varint(field::PACKET_FLAGS, FLAGS);
        if let Some(name) = name {
            let known = self.names.get(name).copied();
            let iid = known.unwrap_or(self.names.len() as u64 + 1);
            event.varint(field::EVENT_NAME_IID, iid);
            if known.is_none() {
                self.names.insert(name.to_vec(), iid);
                let (mut entry, mut interned) = (Message::default(), Message::default());
                entry.varint(field::NAME_IID, iid).text(field::NAME_TEXT, name);
                interned.bytes(field::INTERNED_NAMES, &entry.0);
                packet.bytes(field::PACKET_INTERNED, &interned.0);
            }
        }
        packet.bytes(field::PACKET_TRACK_EVENT, &event.0);
        self.packet(&packet)
    }

    /// Writes a slice; unless `flow` is 0, that flow ends at it.
    pub(super) fn slice(
        &mut self,
        track: Track,
        name: &[u8],
        start: i64,
        end: i64,
        flow: u64,
    ) -> io::Result<()> {
        let mut event = Message::default();
        event.varint(field::EVENT_TYPE, SLICE_BEGIN).varint(field::EVENT_TRACK, track.uuid());
        if flow != 0 {
            event.fixed64(field::EVENT_LAST_FLOW, flow);
        }
        self.event(start, &mut event, Some(name))?;
        let mut event = Message::default();
        event.varint(field::EVENT_TYPE, SLICE_END).varint(field::EVENT_TRACK, track.uuid());
        self.event(end, &mut event, None)
    }

    /// Writes an instant from which `flow` begins.
    pub(super) fn instant(&mut self, track: Track, name: &[u8], time: i64, flow: u64) -> io::Result<()> {
        let mut event = Message::default();
        event.varint(field::EVENT_TYPE, INSTANT).varint(field::EVENT_TRACK, track.uuid());
        event.fixed64(field::EVENT_FLOW, flow);
        self.event(time, &mut event, Some(name))
    }

    pub(super) fn counter(&mut self, track: Track, time: i64, value: u64) -> io::Result<()> {
        let mut event = Message::default();
        event.varint(field::EVENT_TYPE, COUNTER).varint(field::EVENT_TRACK, track.uuid());
        event.varint(field::EVENT_COUNTER, value);
        self.event(time, &mut event, None)
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }
}
