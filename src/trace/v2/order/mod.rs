//! Merges the threads' event streams into one order that keeps cause before effect, and checks it.
//!
//! The rules are those of Go's reader (`src/internal/trace/order.go`, `reader.go`): the thread with the
//! earliest next event goes first; an event whose cause has not been seen waits while other threads go on.
//!
//! merge (which thread goes next) → advance (its next event) → events (what the event requires and changes in
//! the world)
//!
//! Guarantees: no allocation per event in steady state; O(log threads) per event, whatever the input: where
//! Go's reader would sort its threads again and again, waiting threads are set aside under the state that
//! they wait for.

mod advance;
mod events;
mod merge;
mod output;
mod slot;
mod step;
mod streams;
mod world;

use crate::error::Fault;
use crate::table::Map;
use crate::trace::event::{EventKind, GoId, StringId, TaskId};
use crate::trace::header::Version;
use crate::trace::options::Damage;
use crate::trace::tables::Tables;
use crate::trace::v2::generation::{Generation, Part};
use crate::trace::v2::wire::EventSpec;
use output::Output;
use streams::Streams;
use world::World;
pub(crate) use world::{TaskSearch, last_time, tasks_begun};

/// The state of the traced program at a point of the trace, and the streams of the current generation.
#[derive(Debug, Default)]
pub(crate) struct Order {
    pub(crate) output: Output,
    pub(crate) generation: Generation,
    world: World,
    streams: Streams,
}

impl Order {
    /// An order for `generation`, whose past is assumed from the generation's own records; the event before
    /// it happened at `last`.
    pub(crate) fn assume(
        generation: Generation,
        last: i64,
        open_tasks: Map<TaskId, (StringId, TaskId)>,
        bytes: &[u8],
    ) -> Self {
        let world = World::assuming(last, open_tasks);
        let mut order = Self { generation, world, ..Self::default() };
        order.output.continue_after(last);
        order.world.look_ahead(&order.generation.layout.events, bytes);
        order
    }

    /// Whether the past of the generation is assumed.
    pub(crate) fn is_assumed(&self) -> bool {
        self.world.is_assumed()
    }

    /// Whether an assumption failed because too little was known of tasks.
    pub(crate) fn misses_task(&self) -> bool {
        self.world.misses_task()
    }

    /// The state after the generation of this order, if `before` ended as was assumed; otherwise `None`, and
    /// `before` is unchanged.
    pub(crate) fn confirm(mut self, before: &mut Self) -> Option<Self> {
        let last = before.output.last_time();
        self.world.confirm(self.generation.start, &mut before.world, last).then_some(self)
    }

    /// Begins a generation whose batches are in its layout, and hands out its sync event. If damage is
    /// skipped, tables may be incomplete.
    ///
    /// # Errors
    /// Those of its tables; the generation must then be left out.
    pub(crate) fn begin(
        &mut self,
        part: Part<'_>,
        version: Version,
        sync: u32,
        damage: Damage,
        tables: &mut Tables,
    ) -> Result<(), Fault> {
        self.generation.read_tables(part, version, damage, tables)?;
        self.start(part.bytes, sync);
        Ok(())
    }

    /// Begins the generation whose tables have been read, and hands out its sync event.
    pub(crate) fn start(&mut self, bytes: &[u8], sync: u32) {
        let Self { output, generation, world, streams } = self;
        world.begin_round();
        streams.clear();
        streams.link(&generation.layout.events, &generation.clock, &mut world.threads, bytes);
        world.remember_stream_starts();
        if streams.frontier.len() > 0 {
            world.has_events();
        }
        output.put_sync(generation.start, EventKind::Sync { n: sync, clock: generation.snapshot });
    }

    /// Forgets the state of the program, as before the first generation.
    pub(crate) fn forget(&mut self) {
        self.world.forget();
        self.streams.clear();
        self.generation.samples.clear();
        self.output.drop_following();
    }

    /// Sets whether regions that end out of order are taken for what they are, or refused.
    pub(crate) fn repair_regions(&mut self, is_repaired: bool) {
        self.world.misuse.is_repaired = is_repaired;
    }

    /// How many regions ended out of order since this was last asked for.
    pub(crate) fn take_misused_regions(&mut self) -> u64 {
        std::mem::take(&mut self.world.misuse.count)
    }

    /// The goroutine and the name of the latest region that ended out of order.
    pub(crate) fn misused_region(&self) -> Option<(GoId, StringId)> {
        self.world.misuse.latest
    }

    /// Which thread and event were refused, in words.
    pub(crate) fn culprit(&mut self) -> Option<String> {
        let thread = self.world.threads.get_mut(self.streams.progress.culprit)?;
        let name = EventSpec::of(thread.code).map_or("?", |row| row.name);
        Some(format!(" › thread {} › {name}", thread.id))
    }

    /// How many batches of the current generation have not been read to their end.
    pub(crate) fn unread_batches(&mut self) -> u64 {
        self.streams.unread_batches(&mut self.world.threads)
    }
}
