//! From which values on something is worth reporting.

use std::time::Duration;

use crate::error::{Error, ErrorKind, Result};
use crate::text::Nanos;

/// A value that a threshold can have, written as people write it.
trait Value: Sized {
    fn parse(text: &str) -> Option<Self>;
}

impl Value for Duration {
    fn parse(text: &str) -> Option<Self> {
        let Nanos(nanos) = text.parse().ok()?;
        u64::try_from(nanos).ok().map(Duration::from_nanos)
    }
}

impl Value for u64 {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Value for f64 {
    /// A share, as `0.05` or `5%`.
    fn parse(text: &str) -> Option<Self> {
        let value = match text.strip_suffix('%') {
            Some(percent) => percent.trim().parse::<f64>().ok()? / 100.0,
            None => text.parse().ok()?,
        };
        (0.0..=1.0).contains(&value).then_some(value)
    }
}

macro_rules! thresholds {
    ($($(#[$doc:meta])* $field:ident $with:ident $name:literal: $ty:ty = $default:expr;)*) => {
        /// From which values on something is reported. The defaults are those in the rules' pages.
        ///
        /// ```
        /// use godiag::diagnose::Thresholds;
        /// use std::time::Duration;
        /// let mut thresholds = Thresholds::default().with_lock_wait(Duration::from_millis(100));
        /// thresholds.set("stuck", "20")?;
        /// assert_eq!(thresholds.stuck, 20);
        /// assert!(thresholds.set("stuck", "many").is_err());
        /// # Ok::<(), godiag::Error>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[non_exhaustive]
        pub struct Thresholds {
            $($(#[$doc])* pub $field: $ty,)*
        }

        impl Default for Thresholds {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        impl Thresholds {
            /// The names that [`set`](Self::set) knows.
            pub const NAMES: &[&str] = &[$($name),*];

            $(
                #[doc = concat!("Sets [`", stringify!($field), "`](Self::", stringify!($field), ").")]
                #[must_use]
                pub const fn $with(mut self, value: $ty) -> Self {
                    self.$field = value;
                    self
                }
            )*

            /// Sets the threshold called `name` to what `value` says: `200ms`, `5000`, `5%`.
            ///
            /// # Errors
            /// `Usage` where there is no such threshold, or the value has another form.
            pub fn set(&mut self, name: &str, value: &str) -> Result<()> {
                match name {
                    $($name => match Value::parse(value) {
                        Some(value) => self.$field = value,
                        None => {
                            let detail = format!("threshold {name}: {value} is not of the form of {}", stringify!($ty));
                            return Err(Error::new(ErrorKind::Usage).detail(detail));
                        }
                    },)*
                    _ => {
                        let detail = format!("no threshold is called {name}; there are {}", Self::NAMES.join(", "));
                        return Err(Error::new(ErrorKind::Usage).detail(detail));
                    }
                }
                Ok(())
            }
        }
    };
}

/// A threshold in nanoseconds.
pub(crate) fn nanos(threshold: Duration) -> i64 {
    threshold.as_nanos().try_into().unwrap_or(i64::MAX)
}

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

thresholds! {
    /// A DNS lookup. Default 100 ms.
    dns with_dns "dns": Duration = ms(100);
    /// A system call that lost its P. Default 10 ms, sysmon's limit where no other P is needed.
    syscall with_syscall "syscall": Duration = ms(10);
    /// A pause of the whole program, from its request to the first restart. Default 1 ms.
    stw with_stw "stw": Duration = ms(1);
    /// A wait for a P. Default 10 ms, the scheduler's time slice.
    sched with_sched "sched": Duration = ms(10);
    /// The part of all waits for a P that must take that long. Default 1 %.
    sched_share with_sched_share "sched-share": f64 = 0.01;
    /// A wait for a lock. Default 200 ms.
    lock_wait with_lock_wait "lock-wait": Duration = ms(200);
    /// Mean delay per contention of a lock, in mutex and block profiles. Default 1 ms, from
    /// which on a mutex considers itself starving.
    contention with_contention "contention": Duration = ms(1);
    /// Delay of all contentions of a lock together, in mutex and block profiles. Default 100 ms.
    contention_sum with_contention_sum "contention-sum": Duration = ms(100);
    /// Goroutines that exist at once. Default 5000.
    goroutines with_goroutines "goroutines": u64 = 5_000;
    /// Goroutines of one group that exist at once. Default 1000.
    pile_up with_pile_up "pile-up": u64 = 1_000;
    /// Goroutines of one group that wait at the end of a trace, hardly any of them ever having been woken.
    /// Default 50.
    stuck with_stuck "stuck": u64 = 50;
    /// Goroutines by which a group must have grown from the first to the last snapshot. Default 10.
    growth with_growth "growth": u64 = 10;
    /// The part of the network poller's wake-ups that come from sysmon. Default 10 %.
    netpoll with_netpoll "netpoll": f64 = 0.10;
    /// The part of the CPU that goes into mark assists. Default 5 %.
    assist with_assist "assist": f64 = 0.05;
    /// The part of the time in which the collector marks. Default 25 %.
    marking with_marking "marking": f64 = 0.25;
    /// Minimum mutator utilization over 10 ms. Default 20 %.
    mmu_10ms with_mmu_10ms "mmu-10ms": f64 = 0.2;
    /// Minimum mutator utilization over 100 ms. Default 50 %.
    mmu_100ms with_mmu_100ms "mmu-100ms": f64 = 0.5;
    /// A gap between events while goroutines run. Default 20 ms, two of sysmon's slices.
    stalled with_stalled "stalled": Duration = ms(20);
    /// A goroutine that runs without being preempted. Default 25 ms, two time slices and some slack.
    no_preempt with_no_preempt "no-preempt": Duration = ms(25);
    /// Goroutines created per second. Default 10,000.
    churn with_churn "churn": u64 = 10_000;
    /// The part of all stops that are calls of `runtime.Gosched`. Default 30 %.
    yields with_yields "yields": f64 = 0.30;
    /// The part of the time in which a goroutine could run and a P is idle. Default 5 %.
    idle_work with_idle_work "idle-work": f64 = 0.05;
    /// Goroutines in system calls without a P, at once. Default 100.
    busy_threads with_busy_threads "busy-threads": u64 = 100;
    /// The part of all CPU samples that makes a function hot. Default 5 %.
    hot with_hot "hot": f64 = 0.05;
    /// The part of all allocated bytes or objects that is worth reporting for a line. Default 5 %.
    alloc with_alloc "alloc": f64 = 0.05;
    /// The part of all allocated objects that boxing on `Put` makes. Default 1 %.
    boxing with_boxing "boxing": f64 = 0.01;
    /// The part of all allocated bytes that come from the `New` function of a pool. Default 10 %.
    pool_new with_pool_new "pool-new": f64 = 0.10;
    /// The part of its earlier value by which a figure or a finding must change between two runs. Default 10
    /// %.
    change with_change "change": f64 = 0.10;
    /// Timers and tickers in use. Default 10,000.
    timers with_timers "timers": u64 = 10_000;
}
