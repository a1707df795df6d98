//! Tasks and regions, with which a program annotates its trace.

use std::io::{self, Write};

use super::Emitter;
use super::rows::TASKS;
use crate::trace::{StackId, Tables, TaskId};

impl<W: Write> Emitter<W> {
    /// A task's slice, in the section of tasks.
    pub(crate) fn task(
        &mut self,
        name: &[u8],
        task: TaskId,
        (start, end): (i64, i64),
        (stack, end_stack): (StackId, StackId),
        args: &str,
        tables: &Tables,
    ) -> io::Result<()> {
        if !self.within(start) && !self.within(end) {
            return Ok(());
        }
        let (stack, end_stack) = (self.frames.number(stack, tables), self.frames.number(end_stack, tables));
        self.begin(name, "X", start)?;
        self.duration(start, end)?;
        write!(self.out, ",\"pid\":{TASKS},\"tid\":{}", task.0)?;
        self.stacks(stack, end_stack)?;
        write!(self.out, ",\"args\":{{{args}}},\"cname\":\"{}\"}}", color(task))
    }

    /// An arrow from a task to one of its children.
    pub(crate) fn task_arrow(
        &mut self,
        name: &[u8],
        parent: TaskId,
        task: TaskId,
        time: i64,
        stack: StackId,
        tables: &Tables,
    ) -> io::Result<()> {
        self.any_arrow(name, TASKS, (parent.0 as i64, time), (task.0 as i64, time), stack, tables)
    }

    /// A region, on the row of its goroutine.
    pub(crate) fn region(
        &mut self,
        name: &[u8],
        task: TaskId,
        row: i64,
        (start, end): (i64, i64),
        (stack, end_stack): (StackId, StackId),
        tables: &Tables,
    ) -> io::Result<()> {
        if !self.within(start) && !self.within(end) || !self.shows(row) {
            return Ok(());
        }
        self.regions += 1;
        let (id, color) = (self.regions, if task.0 == 0 { "" } else { color(task) });
        for (phase, time, stack) in [("b", start, stack), ("e", end, end_stack)] {
            let stack = self.frames.number(stack, tables);
            self.begin(name, phase, time)?;
            write!(self.out, ",\"s\":\"{:x}\",\"pid\":0,\"tid\":{},\"id\":{id}", task.0, row as u64)?;
            self.stacks(stack, 0)?;
            if phase == "e" {
                write!(self.out, ",\"args\":{{\"taskid\":{}}}", task.0)?;
            }
            if !color.is_empty() {
                write!(self.out, ",\"cname\":\"{color}\"")?;
            }
            self.out.write_all(b",\"cat\":\"Region\"}")?;
        }
        Ok(())
    }
}

/// The viewer's names of colours, in the order in which Go assigns them to tasks.
const COLORS: [&str; 23] = [
    "thread_state_uninterruptible",
    "thread_state_iowait",
    "thread_state_running",
    "thread_state_runnable",
    "thread_state_unknown",
    "light_memory_dump",
    "background_memory_dump",
    "detailed_memory_dump",
    "good",
    "bad",
    "terrible",
    "olive",
    "rail_response",
    "rail_animation",
    "rail_idle",
    "rail_load",
    "heap_dump_child_node_arrow",
    "cq_build_running",
    "cq_build_passed",
    "cq_build_failed",
    "cq_build_abandoned",
    "cq_build_attempt_runnig",
    "cq_build_attempt_passed",
];

fn color(task: TaskId) -> &'static str {
    COLORS[(task.0 % COLORS.len() as u64) as usize]
}
