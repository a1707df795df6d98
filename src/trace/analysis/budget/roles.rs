//! Which goroutines do the program's work, and which of their waits are for work.

use super::Life;
use super::cells::{Cell, CellKey};
use super::process::ratio;
use super::role::GroupRole;
use crate::table::Map;
use crate::trace::analysis::activity::{Activity, Owner, Sites, StackSite};
use crate::trace::analysis::engine::{Context, Goroutine};
use crate::trace::analysis::histogram::Histogram;
use crate::trace::{StackId, StringId, Tables};

/// Goroutines that start at the same function.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) name: StringId,
    /// It serves requests, by its name.
    serves: bool,
    /// It accepts connections in the program's own code.
    accepts: bool,
    /// How long requests took.
    pub(super) requests: Histogram,
    /// Time in mark assists.
    pub(super) assists: i64,
    pub(super) lives: u64,
    pub(super) created: u64,
    /// When the last one was created within the trace.
    pub(super) last_created: i64,
    pub(super) ended: u64,
    pub(super) life_time: i64,
    /// Created within the trace by goroutines that serve, or accept connections.
    by_servers: u64,
    by_acceptors: u64,
}

/// All groups.
#[derive(Debug, Default)]
pub(super) struct Groups {
    by_name: Map<StringId, u32>,
    groups: Vec<Group>,
}

impl Groups {
    /// The position of the group of this name.
    pub(super) fn index(&mut self, name: StringId, serves: bool) -> u32 {
        let next = u32::try_from(self.groups.len()).unwrap_or(u32::MAX - 1);
        let index = *self.by_name.entry(name).or_insert(next);
        if index == next {
            self.groups.push(Group::new(name, serves));
        }
        index
    }

    /// A goroutine belongs to the group.
    pub(super) fn joins(&mut self, group: u32, goroutine: &Goroutine) {
        if let Some(group) = self.groups.get_mut(group as usize).filter(|_| goroutine.is_created) {
            group.last_created = group.last_created.max(goroutine.first_seen);
        }
    }

    /// A request was served.
    pub(super) fn served(&mut self, group: u32, time: i64) {
        if let Some(group) = self.groups.get_mut(group as usize) {
            group.requests.add(time);
        }
    }

    /// A goroutine paid for its allocations.
    pub(super) fn assisted(&mut self, group: u32, time: i64) {
        if let Some(group) = self.groups.get_mut(group as usize) {
            group.assists = group.assists.saturating_add(time);
        }
    }

    /// A goroutine waited for a connection.
    pub(super) fn accepts(&mut self, group: u32, accepts: bool) {
        if let Some(group) = self.groups.get_mut(group as usize).filter(|_| accepts) {
            group.accepts = true;
        }
    }

    pub(super) fn get(&self, group: u32) -> Option<&Group> {
        self.groups.get(group as usize)
    }

    pub(super) fn len(&self) -> usize {
        self.groups.len()
    }

    /// Whether goroutines of this group and role, which read from the network near their start function and
    /// wait for nothing else there, are the server's end of connections: if the program accepts some itself.
    /// Who accepted the connections from before the trace is not in it.
    pub(super) fn listens(&self, group: &Group, role: GroupRole, elapsed: i64) -> bool {
        let accepts = self.groups.iter().any(|group| group.accepts);
        accepts && role == GroupRole::Workers && !group.accepts && group.is_lasting(elapsed)
    }

    /// Counts lives, and who created them.
    pub(super) fn count(&mut self, lives: &[Life], sites: &mut Sites, cx: &Context<'_>) {
        for (goroutine, life) in cx.goroutines().iter().zip(lives) {
            let creator = cx.index_of(goroutine.creator).and_then(|creator| lives.get(creator.index()));
            let creator = creator.and_then(|creator| self.get(creator.group));
            let by_acceptor = creator.is_some_and(|creator| creator.accepts);
            let by_server = creator.is_some_and(|creator| creator.serves)
                || serves_at_root(goroutine.create_stack, sites, cx.tables());
            let Some(group) = self.groups.get_mut(life.group as usize) else { continue };
            group.lives += 1;
            group.created += u64::from(goroutine.is_created);
            group.ended += u64::from(goroutine.is_created && goroutine.ended.is_some());
            group.by_acceptors += u64::from(by_acceptor);
            group.by_servers += u64::from(by_server);
            group.life_time = group.life_time.saturating_add(goroutine.lifetime(cx.now()));
        }
    }

    /// The role of each group, by the activities of its goroutines.
    pub(super) fn roles(
        &self,
        cells: &[(StackId, CellKey, Cell)],
        sites: &mut Sites,
        cx: &Context<'_>,
    ) -> Vec<GroupRole> {
        let mut usage = vec![Usage::default(); self.groups.len()];
        for (stack, key, cell) in cells {
            let Some(usage) = usage.get_mut(key.group as usize) else { continue };
            usage.add(*key, cell, &sites.site(*stack, cx.tables()));
        }
        let mut roles = Vec::new();
        for (group, usage) in self.groups.iter().zip(&usage) {
            let owner = sites.function(group.name, cx.tables()).owner;
            roles.push(group.role(usage, owner));
        }
        let has_servers = roles.contains(&GroupRole::Requests);
        for (role, usage) in roles.iter_mut().zip(&usage) {
            if has_servers && *role == GroupRole::Workers && ratio(usage.asks, usage.work) >= 0.5 {
                *role = GroupRole::Clients;
            }
        }
        roles
    }
}

/// How a group spent its time, roughly.
#[derive(Clone, Copy, Debug, Default)]
struct Usage {
    /// Time that is neither idle nor recording.
    work: i64,
    /// The part of it with the program's own code on the stack.
    own: i64,
    records: i64,
    /// Waits for HTTP servers.
    asks: i64,
}

impl Usage {
    fn add(&mut self, key: CellKey, cell: &Cell, site: &StackSite) {
        if key.activity == Activity::Recording {
            self.records = self.records.saturating_add(cell.time);
        } else if !key.is_idle {
            let is_pause = key.activity == Activity::Sleep;
            self.work = self.work.saturating_add(if is_pause { 0 } else { cell.time });
            self.own = self.own.saturating_add(if site.own.is_some() { cell.time } else { 0 });
            self.asks = self.asks.saturating_add(if site.asks() { cell.time } else { 0 });
        }
    }
}

impl Group {
    fn new(name: StringId, serves: bool) -> Self {
        Self {
            name,
            serves,
            accepts: false,
            requests: Histogram::default(),
            assists: 0,
            lives: 0,
            created: 0,
            last_created: i64::MIN,
            ended: 0,
            life_time: 0,
            by_servers: 0,
            by_acceptors: 0,
        }
    }

    /// Whether its goroutines are long-lived, unlike short tasks: most did not end, or lived for a good part
    /// of the trace.
    fn is_lasting(&self, elapsed: i64) -> bool {
        let mean = self.life_time.checked_div(i64::try_from(self.lives).unwrap_or(i64::MAX)).unwrap_or(0);
        self.ended * 2 <= self.lives || mean >= elapsed / 3
    }

    fn role(&self, usage: &Usage, owner: Owner) -> GroupRole {
        let most = |count: u64| count > 0 && count * 2 > self.created;
        if self.serves && (usage.own > 0 || self.requests.count() > 0) {
            return GroupRole::Requests;
        }
        if usage.own == 0 && (usage.records > 0 || owner != Owner::Program) {
            return if usage.records > 0 { GroupRole::Recorder } else { GroupRole::Library };
        }
        if most(self.by_acceptors) {
            return GroupRole::Requests;
        }
        if most(self.by_servers) { GroupRole::Children } else { GroupRole::Workers }
    }

    /// Whether a wait near the start function is a wait for work.
    pub(super) fn may_be_idle(&self, role: GroupRole, activity: Activity, cell: &Cell, elapsed: i64) -> bool {
        let by_kind = match activity {
            Activity::Receive | Activity::Select | Activity::Condition => !cell.is_held(activity),
            Activity::Sleep | Activity::WaitGroup | Activity::Unknown | Activity::Syscall => true,
            // A connection's goroutine waits for the next request; any other for an answer.
            Activity::Network => role == GroupRole::Requests && !self.serves,
            _ => false,
        };
        by_kind && self.is_lasting(elapsed) && !self.serves && role != GroupRole::Children
    }
}

/// Whether a goroutine with this stack of its creator serves requests.
fn serves_at_root(create_stack: StackId, sites: &mut Sites, tables: &Tables) -> bool {
    let root = tables.stack_frames(create_stack).last();
    root.is_some_and(|&root| sites.function(tables.frame(root).function, tables).serves)
}
