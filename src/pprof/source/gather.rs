//! Samples decoded into reused buffers, each in one pass over its fields: for passes over all samples.

use crate::pprof::decode::fields::Scan;
use crate::pprof::decode::ids::Ids;
use crate::pprof::decode::judge::Strict;
use crate::pprof::decode::label;
use crate::pprof::decode::packed::Resolver;
use crate::pprof::decode::sample::{Fields, each_field, push_counting_up};
use crate::pprof::source::{Sample, Want};
use crate::pprof::types::{Label, LocationId};
use crate::wire::Cursor;

/// The buffers of one sample, and what its references mean.
pub(crate) struct Gather<'v> {
    locations: &'v Resolver,
    judge: Strict,
    want: Want,
    values: Vec<i64>,
    stack: Vec<LocationId>,
    labels: Vec<Label>,
}

impl<'v> Gather<'v> {
    /// Gathers what `want` asks for, from a profile of so many strings.
    pub(crate) fn new(locations: &'v Resolver, strings: usize, want: Want) -> Self {
        let judge = Strict { strings: strings as u64 };
        Self { locations, judge, want, values: Vec::new(), stack: Vec::new(), labels: Vec::new() }
    }

    /// The sample in `message`, which was checked before: nothing is wrong with it.
    #[inline]
    pub(crate) fn sample(&mut self, message: Cursor<'_>) -> Sample<'_> {
        self.values.clear();
        self.stack.clear();
        self.labels.clear();
        let _ = each_field(message, self);
        Sample { values: &self.values, stack: &self.stack, labels: &self.labels }
    }
}

impl<'a> Fields<'a> for Gather<'_> {
    #[inline(always)]
    fn locations(&mut self, mut packed: Cursor<'a>) -> Scan<()> {
        if !self.want.stacks {
            return Ok(());
        }
        if let Ids::CountUp(_) = self.locations.ids() {
            push_counting_up(&mut self.stack, packed);
            return Ok(());
        }
        while !packed.is_empty() {
            let id = packed.varint()?;
            self.stack.extend(self.locations.ids().row(id).map(LocationId));
        }
        Ok(())
    }

    #[inline(always)]
    fn location(&mut self, id: u64, _: u64) -> Scan<()> {
        if self.want.stacks {
            self.stack.extend(self.locations.ids().row(id).map(LocationId));
        }
        Ok(())
    }

    #[inline(always)]
    fn value(&mut self, value: i64) {
        self.values.push(value);
    }

    #[inline(always)]
    fn label(&mut self, message: Cursor<'a>) -> Scan<()> {
        if self.want.labels {
            self.labels.push(label::read(message, &self.judge)?);
        }
        Ok(())
    }
}
