//! Analyses, and the pipeline that feeds several of them in one pass.

use super::context::Context;
use super::span::{ProcSpan, Span};
use super::tracker::Tracker;
use crate::error::Result;
use crate::trace::{Event, Reader, Tables};

/// One analysis of a trace. A tuple of analyses is an analysis, too; its output is the tuple of theirs.
///
/// For each event the span that it ends is handed over first, then the event itself; the context already
/// shows the state after it.
///
/// ```
/// use godiag::trace::analysis::{Analysis, Context, Span};
/// use godiag::trace::GoState;
///
/// /// How long goroutines waited in all, in nanoseconds.
/// struct TotalWait(i64);
///
/// impl Analysis for TotalWait {
///     type Output = i64;
///     fn span(&mut self, span: &Span, _: &Context<'_>) {
///         if span.state == GoState::Waiting {
///             self.0 += span.duration();
///         }
///     }
///     fn finish(self, _: &Context<'_>) -> i64 {
///         self.0
///     }
/// }
/// ```
pub trait Analysis {
    /// The result.
    type Output;

    /// Takes an event.
    fn event(&mut self, event: &Event, cx: &Context<'_>) {
        let _ = (event, cx);
    }

    /// Takes a goroutine's span that has ended; at the end of the trace, the open ones, too.
    fn span(&mut self, span: &Span, cx: &Context<'_>) {
        let _ = (span, cx);
    }

    /// Takes a proc's span that has ended; at the end of the trace, the open ones, too.
    fn proc_span(&mut self, span: &ProcSpan, cx: &Context<'_>) {
        let _ = (span, cx);
    }

    /// Returns the result, after the last event.
    fn finish(self, cx: &Context<'_>) -> Self::Output;
}

macro_rules! tuples {
    ($($name:ident $index:tt),+) => {
        impl<$($name: Analysis),+> Analysis for ($($name,)+) {
            type Output = ($($name::Output,)+);

            fn event(&mut self, event: &Event, cx: &Context<'_>) {
                $(self.$index.event(event, cx);)+
            }

            fn span(&mut self, span: &Span, cx: &Context<'_>) {
                $(self.$index.span(span, cx);)+
            }

            fn proc_span(&mut self, span: &ProcSpan, cx: &Context<'_>) {
                $(self.$index.proc_span(span, cx);)+
            }

            fn finish(self, cx: &Context<'_>) -> Self::Output {
                ($(self.$index.finish(cx),)+)
            }
        }
    };
}

tuples!(A 0);
tuples!(A 0, B 1);
tuples!(A 0, B 1, C 2);
tuples!(A 0, B 1, C 2, D 3);
tuples!(A 0, B 1, C 2, D 3, E 4);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);

/// An analysis that may be left out.
impl<A: Analysis> Analysis for Option<A> {
    type Output = Option<A::Output>;

    fn event(&mut self, event: &Event, cx: &Context<'_>) {
        if let Some(analysis) = self {
            analysis.event(event, cx);
        }
    }

    fn span(&mut self, span: &Span, cx: &Context<'_>) {
        if let Some(analysis) = self {
            analysis.span(span, cx);
        }
    }

    fn proc_span(&mut self, span: &ProcSpan, cx: &Context<'_>) {
        if let Some(analysis) = self {
            analysis.proc_span(span, cx);
        }
    }

    fn finish(self, cx: &Context<'_>) -> Self::Output {
        self.map(|analysis| analysis.finish(cx))
    }
}

/// Feeds the events of one trace to analyses. [`Reader::run`] is this for the events of a reader.
#[derive(Debug)]
pub struct Pipeline<A> {
    tracker: Tracker,
    analysis: A,
}

impl<A: Analysis> Pipeline<A> {
    /// A pipeline that has seen no event.
    pub fn new(analysis: A) -> Self {
        Self { tracker: Tracker::default(), analysis }
    }

    /// Takes the next event, in order, with the tables that hold its texts and stacks.
    pub fn event(&mut self, event: &Event, tables: &Tables) {
        self.tracker.step(event, tables);
        let cx = Context::new(&self.tracker, tables);
        if let Some(span) = self.tracker.ended() {
            self.analysis.span(span, &cx);
        }
        if let Some(span) = self.tracker.proc_ended() {
            self.analysis.proc_span(span, &cx);
        }
        self.analysis.event(event, &cx);
    }

    /// Ends all open spans, and returns the result.
    pub fn finish(mut self, tables: &Tables) -> A::Output {
        for index in 0..self.tracker.goroutine_count() {
            if let Some(span) = self.tracker.open_span(index, tables) {
                self.analysis.span(&span, &Context::new(&self.tracker, tables));
            }
        }
        for index in 0..self.tracker.proc_count() {
            if let Some(span) = self.tracker.open_proc_span(index) {
                self.analysis.proc_span(&span, &Context::new(&self.tracker, tables));
            }
        }
        self.analysis.finish(&Context::new(&self.tracker, tables))
    }
}

impl Reader<'_> {
    /// Reads the rest of the trace, and returns the result of an analysis, or of several in a tuple.
    ///
    /// # Errors
    /// Those of [`next_event`](Self::next_event). A reader that salvages has none; afterwards
    /// [`loss`](Self::loss) says what it left out.
    pub fn run<A: Analysis>(&mut self, analysis: A) -> Result<A::Output> {
        let mut pipeline = Pipeline::new(analysis);
        while let Some(&event) = self.next_event()? {
            pipeline.event(&event, self.tables());
        }
        Ok(pipeline.finish(self.tables()))
    }
}
