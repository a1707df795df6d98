//! Analyses, and the pipeline that feeds several of them in one pass.

use super::context::Context;
use super::span::{ProcSpan, Span};
use super::tracker::Tracker;
use crate::error::Result;
use crate::trace::{Event, EventKind, GoState, GoTransition, Reader, Tables};

/// One analysis of a trace. A tuple of analyses is an analysis, too; its output is the tuple of theirs.
///
/// For each event the span that it ends is handed over first, then the event itself; the context already
/// shows the state after it.
///
/// Implement [`event`](Self::event) and [`span`](Self::span) to take all of them, or the methods that take
/// fewer: a trace has millions of transitions, and what an analysis does not take costs it nothing.
///
/// ```
/// use godiag::trace::analysis::{Analysis, Context, Span};
///
/// /// How long goroutines waited in all, in nanoseconds.
/// struct TotalWait(i64);
///
/// impl Analysis for TotalWait {
///     type Output = i64;
///     fn waiting(&mut self, span: &Span, _: &Context<'_>) {
///         self.0 += span.duration();
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

    /// Takes an event that is a goroutine's transition: nearly all are. By default [`event`](Self::event)
    /// does.
    #[inline(always)]
    fn transition(&mut self, event: &Event, transition: &GoTransition, cx: &Context<'_>) {
        let _ = transition;
        self.event(event, cx);
    }

    /// Takes an event that is no goroutine's transition. By default [`event`](Self::event) does.
    #[inline(always)]
    fn other(&mut self, event: &Event, cx: &Context<'_>) {
        self.event(event, cx);
    }

    /// Takes a goroutine's span that has ended; at the end of the trace, the open ones, too.
    fn span(&mut self, span: &Span, cx: &Context<'_>) {
        let _ = (span, cx);
    }

    /// Takes a span of running. By default [`span`](Self::span) does.
    #[inline(always)]
    fn running(&mut self, span: &Span, cx: &Context<'_>) {
        self.span(span, cx);
    }

    /// Takes a span of being runnable. By default [`span`](Self::span) does.
    #[inline(always)]
    fn runnable(&mut self, span: &Span, cx: &Context<'_>) {
        self.span(span, cx);
    }

    /// Takes a wait. By default [`span`](Self::span) does.
    #[inline(always)]
    fn waiting(&mut self, span: &Span, cx: &Context<'_>) {
        self.span(span, cx);
    }

    /// Takes a system call. By default [`span`](Self::span) does.
    #[inline(always)]
    fn syscall(&mut self, span: &Span, cx: &Context<'_>) {
        self.span(span, cx);
    }

    /// Takes a proc's span that has ended; at the end of the trace, the open ones, too.
    fn proc_span(&mut self, span: &ProcSpan, cx: &Context<'_>) {
        let _ = (span, cx);
    }

    /// From how many nanoseconds without an event on it is a [`pause`](Self::pause). Asked for once, at the
    /// start; by default none is.
    fn least_pause(&self) -> i64 {
        i64::MAX
    }

    /// Takes a time without any event: from [`Context::now`] to `end`, before the event at `end` takes
    /// effect. May be given shorter ones than [`least_pause`](Self::least_pause), too.
    fn pause(&mut self, end: i64, cx: &Context<'_>) {
        let _ = (end, cx);
    }

    /// Returns the result, after the last event.
    fn finish(self, cx: &Context<'_>) -> Self::Output;
}

/// Methods that hand over what they are given to each of several analyses.
macro_rules! forward {
    ($this:tt => $($each:expr),+) => {
        #[inline(always)]
        fn event(&mut $this, event: &Event, cx: &Context<'_>) {
            $($each.event(event, cx);)+
        }

        #[inline(always)]
        fn transition(&mut $this, event: &Event, transition: &GoTransition, cx: &Context<'_>) {
            $($each.transition(event, transition, cx);)+
        }

        #[inline(always)]
        fn other(&mut $this, event: &Event, cx: &Context<'_>) {
            $($each.other(event, cx);)+
        }

        #[inline(always)]
        fn span(&mut $this, span: &Span, cx: &Context<'_>) {
            $($each.span(span, cx);)+
        }

        #[inline(always)]
        fn running(&mut $this, span: &Span, cx: &Context<'_>) {
            $($each.running(span, cx);)+
        }

        #[inline(always)]
        fn runnable(&mut $this, span: &Span, cx: &Context<'_>) {
            $($each.runnable(span, cx);)+
        }

        #[inline(always)]
        fn waiting(&mut $this, span: &Span, cx: &Context<'_>) {
            $($each.waiting(span, cx);)+
        }

        #[inline(always)]
        fn syscall(&mut $this, span: &Span, cx: &Context<'_>) {
            $($each.syscall(span, cx);)+
        }

        #[inline(always)]
        fn proc_span(&mut $this, span: &ProcSpan, cx: &Context<'_>) {
            $($each.proc_span(span, cx);)+
        }

        fn pause(&mut $this, end: i64, cx: &Context<'_>) {
            $($each.pause(end, cx);)+
        }
    };
}
pub(crate) use forward;

macro_rules! tuples {
    ($($name:ident $index:tt),+) => {
        impl<$($name: Analysis),+> Analysis for ($($name,)+) {
            type Output = ($($name::Output,)+);

            forward!(self => $(self.$index),+);

            fn least_pause(&self) -> i64 {
                i64::MAX$(.min(self.$index.least_pause()))+
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

    forward!(self => match self {
        Some(analysis) => analysis,
        None => return,
    });

    fn least_pause(&self) -> i64 {
        self.as_ref().map_or(i64::MAX, A::least_pause)
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
    least_pause: i64,
}

impl<A: Analysis> Pipeline<A> {
    /// A pipeline that has seen no event.
    pub fn new(analysis: A) -> Self {
        Self { tracker: Tracker::default(), least_pause: analysis.least_pause(), analysis }
    }

    /// Takes the next event, in order, with the tables that hold its texts and stacks.
    #[inline]
    pub fn event(&mut self, event: &Event, tables: &Tables) {
        if event.time.wrapping_sub(self.tracker.now) as u64 >= self.least_pause as u64 {
            self.pause(event.time, tables);
        }
        let transition = match &event.kind {
            EventKind::GoTransition(transition) => Some(transition),
            _ => None,
        };
        self.tracker.begin(event);
        match transition {
            Some(transition) => self.tracker.transition(event, transition, tables),
            None => self.tracker.other(event),
        }
        let Self { tracker, analysis, .. } = self;
        let cx = Context::new(tracker, tables);
        if let Some(span) = tracker.ended() {
            hand_over(span, analysis, &cx);
        }
        if let Some(span) = tracker.proc_ended() {
            analysis.proc_span(span, &cx);
        }
        match transition {
            Some(transition) => analysis.transition(event, transition, &cx),
            None => analysis.other(event, &cx),
        }
    }

    #[cold]
    fn pause(&mut self, end: i64, tables: &Tables) {
        if self.tracker.has_begun() {
            self.analysis.pause(end, &Context::new(&self.tracker, tables));
        }
    }

    /// Ends all open spans, and returns the result.
    pub fn finish(mut self, tables: &Tables) -> A::Output {
        let mut next = 0;
        while let Some(index) = self.tracker.next_alive(next) {
            next = index + 1;
            if let Some(span) = self.tracker.open_span(index, tables) {
                hand_over(&span, &mut self.analysis, &Context::new(&self.tracker, tables));
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

/// Gives a span to the method for its state.
#[inline(always)]
fn hand_over(span: &Span, analysis: &mut impl Analysis, cx: &Context<'_>) {
    match span.state {
        GoState::Running => analysis.running(span, cx),
        GoState::Runnable => analysis.runnable(span, cx),
        GoState::Waiting => analysis.waiting(span, cx),
        GoState::Syscall => analysis.syscall(span, cx),
        GoState::Undetermined | GoState::NotExist => analysis.span(span, cx),
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
        while let Some((event, tables)) = self.next_with_tables()? {
            pipeline.event(event, tables);
        }
        Ok(pipeline.finish(self.tables()))
    }
}
