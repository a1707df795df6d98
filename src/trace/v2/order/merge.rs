//! Which thread goes next.

use super::Order;
use super::slot::ThreadSlot;
use super::step::Stop;
use super::streams::keys_of;
use super::world::SchedContext;
use crate::error::{ErrorKind, Fault};
use crate::trace::event::EventKind;
use crate::trace::v2::samples::Sample;

/// How many steps the search for an event that can go may take in a generation before waiting threads are set
/// aside: this many, and [`SEARCH_PER_EVENT`] more per event. Real traces need a few hundred.
const SEARCH: u64 = 1 << 16;
const SEARCH_PER_EVENT: u64 = 8;

/// What to do next.
enum Chosen {
    /// Let the current thread go.
    Thread,
    /// Hand out the event that is there already.
    Event,
    /// End the generation.
    End,
}

impl Order {
    /// Makes the next event of the generation the current one; false at its end.
    ///
    /// # Errors
    /// At the event in question: [`ErrorKind::NoOrder`], [`ErrorKind::BadTransition`],
    /// [`ErrorKind::BadRange`], [`ErrorKind::BadEnum`], [`ErrorKind::UnknownRef`],
    /// [`ErrorKind::UnknownEvent`], [`ErrorKind::IdReserved`], [`ErrorKind::TimeOverflow`], and those of
    /// varints.
    #[inline(never)]
    pub(crate) fn next_event(&mut self, bytes: &[u8], base: u64) -> Result<bool, Fault> {
        if let Some(kind) = self.streams.progress.refused.take() {
            return Err(self.fault(kind, self.streams.progress.current, base));
        }
        match self.choose(bytes, base)? {
            Chosen::Event => return Ok(true),
            Chosen::End => return Ok(false),
            Chosen::Thread => {}
        }
        match self.advance(self.streams.progress.current, bytes) {
            Ok(()) => Ok(true),
            Err(Stop::Waits) => self.find_another(bytes, base),
            Err(Stop::Refused(kind)) => Err(self.fault(kind, self.streams.progress.current, base)),
        }
    }

    /// Lets the current thread continue, or the thread that is first now: the common way to the next event.
    /// False if something else must be done first; then nothing has happened.
    #[inline(never)]
    pub(crate) fn go_on(&mut self, bytes: &[u8]) -> bool {
        let Some(thread) = self.world.threads.get_mut(self.streams.progress.current) else { return false };
        let time = thread.time;
        if time > self.streams.progress.until && !self.switch(time) {
            return false;
        }
        match self.advance(self.streams.progress.current, bytes) {
            Ok(()) => return true,
            Err(Stop::Waits) => {}
            Err(Stop::Refused(kind)) => self.streams.progress.refused = Some(kind),
        }
        self.streams.progress.until = i64::MIN;
        false
    }

    /// Switches to the thread that is first, now that the next event of the current one is at `time`; false
    /// if something else must be done first.
    #[inline(always)]
    fn switch(&mut self, time: i64) -> bool {
        let streams = &mut self.streams;
        if streams.progress.until == i64::MIN {
            return false;
        }
        streams.frontier.update_first(time);
        let Some((time, first)) = streams.frontier.first() else { return false };
        streams.progress.current = first;
        if streams.progress.sample_time < time {
            streams.progress.until = i64::MIN;
            return false;
        }
        streams.progress.until = streams.frontier.second_time().min(streams.progress.sample_time);
        streams.progress.chosen += 1;
        self.world.threads.meet(first);
        true
    }

    /// The fault of a refused event, where its arguments begin.
    #[cold]
    fn fault(&mut self, kind: ErrorKind, slot: ThreadSlot, base: u64) -> Fault {
        self.streams.progress.until = i64::MIN;
        self.streams.progress.culprit = slot;
        let pos = self.world.threads.get_mut(slot).map_or(0, |thread| thread.pos as u64);
        Fault::new(kind, base + pos)
    }

    /// Decides which thread goes next, unless an event is at hand already.
    #[inline(never)]
    fn choose(&mut self, bytes: &[u8], base: u64) -> Result<Chosen, Fault> {
        if std::mem::take(&mut self.streams.progress.exhausted) {
            self.open_next_batch(self.streams.progress.current, bytes);
        }
        self.settle_first();
        if !self.streams.waiting.is_empty() {
            self.wake();
        }
        if self.output.has_next() {
            self.output.advance();
            return Ok(Chosen::Event);
        }
        if let Some(Fault { kind, at }) = self.streams.progress.deferred.take() {
            return Err(Fault::new(kind, base + at));
        }
        let next_sample = self.generation.samples.get(self.streams.progress.next_sample);
        let sample = next_sample.map_or(i64::MAX, |sample| sample.time);
        loop {
            let streams = &mut self.streams;
            let waiting = streams.waiting.first_time();
            let Some((time, thread)) = streams.frontier.first() else {
                if streams.waiting.is_empty() || sample < waiting {
                    return Ok(self.take_sample());
                }
                let most = SEARCH + SEARCH_PER_EVENT * streams.progress.chosen;
                if !streams.waiting.wake_all(&mut streams.frontier, most) {
                    let stuck = streams.waiting.any().unwrap_or(ThreadSlot::NOWHERE);
                    return Err(self.fault(ErrorKind::NoOrder, stuck, base));
                }
                continue;
            };
            if sample < time.min(waiting) {
                return Ok(self.take_sample());
            }
            streams.progress.current = thread;
            streams.progress.sample_time = sample;
            streams.progress.until = match streams.waiting.is_empty() {
                true => streams.frontier.second_time().min(sample),
                false => i64::MIN,
            };
            streams.progress.chosen += 1;
            self.world.threads.meet(thread);
            return Ok(Chosen::Thread);
        }
    }

    /// The earliest event must wait: tries the other threads in order of time, or sets its thread aside.
    #[inline(never)]
    fn find_another(&mut self, bytes: &[u8], base: u64) -> Result<bool, Fault> {
        loop {
            self.streams.progress.until = i64::MIN;
            self.settle_first();
            let streams = &mut self.streams;
            let Some((time, thread)) = streams.frontier.first() else { return Ok(false) };
            streams.progress.searched += streams.frontier.len() as u64;
            let may_search = streams.progress.searched <= SEARCH + SEARCH_PER_EVENT * streams.progress.chosen;
            if streams.waiting.is_empty() && may_search {
                return match self.search(bytes, base)? {
                    true => Ok(true),
                    false => Err(self.fault(ErrorKind::NoOrder, thread, base)),
                };
            }
            if self.world.is_assumed() {
                return Err(self.fault(ErrorKind::NoOrder, thread, base));
            }
            streams.frontier.remove(0);
            streams.waiting.add(streams.progress.blocked, time, thread);
            match self.choose(bytes, base)? {
                Chosen::Event => return Ok(true),
                Chosen::End => return Ok(false),
                Chosen::Thread if self.advance_rarely(self.streams.progress.current, bytes, base)? => {
                    return Ok(true);
                }
                Chosen::Thread => {}
            }
        }
    }

    /// [`advance`](Self::advance) for the paths that are rarely taken; false if the event must wait.
    #[inline(never)]
    fn advance_rarely(&mut self, slot: ThreadSlot, bytes: &[u8], base: u64) -> Result<bool, Fault> {
        match self.advance(slot, bytes) {
            Ok(()) => Ok(true),
            Err(Stop::Waits) => Ok(false),
            Err(Stop::Refused(kind)) => Err(self.fault(kind, slot, base)),
        }
    }

    /// Updates the first entry of the frontier from its thread.
    fn settle_first(&mut self) {
        let streams = &mut self.streams;
        let Some((_, first)) = streams.frontier.first() else { return };
        if first == streams.progress.current {
            if streams.progress.drained {
                streams.frontier.remove(0);
            } else if let Some(thread) = self.world.threads.get_mut(first) {
                streams.frontier.update_first(thread.time);
            }
        }
        streams.progress.drained = false;
        streams.progress.current = ThreadSlot::NOWHERE;
    }

    /// Tries every thread but the first, in order of time; false if none can go.
    fn search(&mut self, bytes: &[u8], base: u64) -> Result<bool, Fault> {
        self.streams.frontier.sort();
        self.streams.progress.current = ThreadSlot::NOWHERE;
        for index in 1..self.streams.frontier.len() {
            let Some(slot) = self.streams.frontier.thread(index) else { break };
            self.world.threads.meet(slot);
            if self.advance_rarely(slot, bytes, base)? {
                if std::mem::take(&mut self.streams.progress.exhausted) {
                    self.open_next_batch(slot, bytes);
                }
                if std::mem::take(&mut self.streams.progress.drained) {
                    self.streams.frontier.remove(index);
                } else if let Some(thread) = self.world.threads.get_mut(slot) {
                    self.streams.frontier.update(index, thread.time);
                }
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn open_next_batch(&mut self, slot: ThreadSlot, bytes: &[u8]) {
        self.streams.open_next_batch(slot, &self.generation.clock, &mut self.world.threads, bytes);
    }

    /// Puts back the threads that waited for the states that the latest events have brought about.
    fn wake(&mut self) {
        for event in std::iter::once(&self.output.event).chain(self.output.following()) {
            for key in keys_of(event, &mut self.world).into_iter().flatten() {
                self.streams.waiting.wake(key, &mut self.streams.frontier);
            }
        }
    }

    fn take_sample(&mut self) -> Chosen {
        let Some(sample) = self.generation.samples.get(self.streams.progress.next_sample) else {
            return Chosen::End;
        };
        self.streams.progress.next_sample += 1;
        let Sample { time, thread, goroutine, proc, .. } = *sample;
        self.output.put(SchedContext { thread, goroutine, proc, time }, sample.stack, EventKind::StackSample);
        Chosen::Event
    }
}
