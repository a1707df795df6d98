//! Puts goroutines into groups: those of a dump, and those that a profile counts.

use super::snapshot::{Group, GroupBy, GroupFrame, Member, Snapshot, sort_counts};
use crate::pprof::goroutine::dump::{Goroutine, GoroutineDump};
use crate::pprof::profile::{Profile, Sample};
use crate::pprof::types::LabelValue;
use crate::symbol::{FuncKey, FuncName, WaitClass};
use crate::table::{Map, SortRows};

impl Snapshot {
    /// Groups the goroutines of a dump.
    ///
    /// # Cost
    /// Linear, with a table lookup for each frame and goroutine.
    pub fn of_dump(dump: &GoroutineDump<'_>, by: GroupBy) -> Self {
        let mut collector = Collector::new(by);
        for goroutine in dump.goroutines() {
            collector.add_goroutine(&goroutine);
        }
        collector.finish(false)
    }

    /// Groups the goroutines that a goroutine or goroutineleak profile counts.
    ///
    /// The number of goroutines is the profile's first value; samples without any are left out.
    pub fn of_profile(profile: &Profile, by: GroupBy) -> Self {
        let mut collector = Collector::new(by);
        for sample in profile.samples() {
            collector.add_sample(profile, &sample);
        }
        let kind = profile.sample_types().first().map_or(&b""[..], |ty| profile.string(ty.kind));
        collector.finish(kind == b"goroutineleak")
    }
}

/// A function as it is printed, with what there is to know about it.
struct Name {
    raw: Vec<u8>,
    key: u32,
    is_runtime: bool,
}

/// One frame: the index of its name, and its line.
#[derive(Clone, Copy)]
struct Row {
    name: u32,
    line: u64,
}

struct Collector {
    by: GroupBy,
    names: Vec<Name>,
    by_raw: Map<Vec<u8>, u32>,
    keys: Vec<FuncKey<'static>>,
    by_key: Map<FuncKey<'static>, u32>,
    texts: Map<Vec<u8>, u32>,
    classes: Map<Box<[u32]>, WaitClass>,
    group_ids: Map<Box<[u64]>, usize>,
    groups: Vec<Group>,
    members: Vec<Member>,
    rows: Vec<Row>,
    class_key: Vec<u32>,
    group_key: Vec<u64>,
    /// How many of each group have what: see [`Trait`].
    tallies: Map<(usize, Trait), u64>,
}

/// What is counted for the goroutines of a group, by ids of [`Collector::texts`] and [`Collector::keys`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Trait {
    State(u32),
    Creator(u32),
    Label(u32, u32),
    Minutes(u64),
}

impl Collector {
    fn new(by: GroupBy) -> Self {
        Self {
            by,
            names: Vec::new(),
            by_raw: Map::default(),
            keys: Vec::new(),
            by_key: Map::default(),
            texts: Map::default(),
            classes: Map::default(),
            group_ids: Map::default(),
            groups: Vec::new(),
            members: Vec::new(),
            rows: Vec::new(),
            class_key: Vec::new(),
            group_key: Vec::new(),
            tallies: Map::default(),
        }
    }

    fn add_goroutine(&mut self, goroutine: &Goroutine<'_>) {
        self.rows.clear();
        let header = goroutine.header();
        for frame in goroutine.frames() {
            let name = self.name(frame.func);
            self.rows.push(Row { name, line: frame.line });
        }
        let created = goroutine.created_by();
        let labels: Vec<_> = header.labels().map(|(k, v)| (k.into_owned(), v.into_owned())).collect();
        let member = Member {
            id: Some(header.id),
            count: 1,
            group: 0,
            state: header.state.to_vec(),
            minutes: header.minutes,
            is_leaked: header.is_leaked,
            is_locked: header.is_locked,
            creator: created.map(|created| created.name().key().into_owned()),
            parent: created.and_then(|created| created.goroutine),
            labels,
        };
        self.add(member, |at| goroutine.frames().nth(at).map_or(Vec::new(), |frame| frame.file.to_vec()));
    }

    fn add_sample(&mut self, profile: &Profile, sample: &Sample<'_>) {
        let count = sample.values().first().copied().and_then(|count| u64::try_from(count).ok()).unwrap_or(0);
        if count == 0 {
            return;
        }
        self.rows.clear();
        let mut functions = Vec::new();
        for line in sample.locations().iter().flat_map(|&location| profile.lines(location)) {
            let name = self.name(profile.string(profile.function(line.function).name));
            self.rows.push(Row { name, line: u64::try_from(line.line).unwrap_or(0) });
            functions.push(line.function);
        }
        // What `GoroutineDump::to_profile` keeps as labels.
        let (mut state, mut minutes, mut labels) = (Vec::new(), 0, Vec::new());
        for label in sample.labels() {
            let key = profile.string(label.key);
            match label.value {
                LabelValue::Str(value) if key == b"state" => state = profile.string(value).to_vec(),
                LabelValue::Num { value, .. } if key == b"minutes" => {
                    minutes = u64::try_from(value).unwrap_or(0);
                }
                LabelValue::Str(value) => labels.push((key.to_vec(), profile.string(value).to_vec())),
                LabelValue::Num { value, .. } => labels.push((key.to_vec(), value.to_string().into_bytes())),
            }
        }
        let member = Member {
            id: None,
            count,
            group: 0,
            state,
            minutes,
            is_leaked: false,
            is_locked: false,
            creator: None,
            parent: None,
            labels,
        };
        let file =
            |at: usize| functions.get(at).map(|&id| profile.string(profile.function(id).filename).to_vec());
        self.add(member, |at| file(at).unwrap_or_default());
    }

    /// Adds goroutines whose frames are in `rows`; `file` gives the file of a frame.
    fn add(&mut self, mut member: Member, file: impl Fn(usize) -> Vec<u8>) {
        let class = self.class(&member.state);
        let is_shown =
            |names: &[Name], row: &Row| names.get(row.name as usize).is_some_and(|name| !name.is_runtime);
        let has_shown = self.rows.iter().any(|row| is_shown(&self.names, row));
        let mut key = std::mem::take(&mut self.group_key);
        key.clear();
        key.push(class as u64);
        key.push(if self.by.state { u64::from(self.text(&member.state)) } else { 0 });
        let creator = member.creator.as_ref().map(|creator| self.key(creator));
        key.push(creator.filter(|_| self.by.creator).map_or(0, |creator| u64::from(creator) + 1));
        key.push(if self.by.labels { u64::from(self.label_set(&member.labels)) } else { 0 });
        let shown: Vec<usize> = (0..self.rows.len())
            .filter(|&at| !has_shown || self.rows.get(at).is_some_and(|row| is_shown(&self.names, row)))
            .collect();
        for row in shown.iter().filter_map(|&at| self.rows.get(at)) {
            key.push(self.names.get(row.name as usize).map_or(0, |name| u64::from(name.key)));
            if self.by.lines {
                key.push(row.line);
            }
        }
        let next = self.groups.len();
        let group = match self.group_ids.get(key.as_slice()) {
            Some(&group) => group,
            None => {
                self.group_ids.insert(key.as_slice().into(), next);
                let stack = shown.iter().map(|&at| self.frame(at, &file)).collect();
                self.groups.push(Group {
                    count: 0,
                    class,
                    states: Vec::new(),
                    stack,
                    creators: Vec::new(),
                    labels: Vec::new(),
                    leaked: 0,
                    max_minutes: 0,
                    minutes: Vec::new(),
                });
                next
            }
        };
        self.group_key = key;
        if let Some(group) = self.groups.get_mut(group) {
            group.count = group.count.saturating_add(member.count);
            group.leaked = group.leaked.saturating_add(if member.is_leaked { member.count } else { 0 });
            group.max_minutes = group.max_minutes.max(member.minutes);
        }
        self.tally(group, &member, creator);
        member.group = group;
        self.members.push(member);
    }

    /// Counts what `member` has for its group.
    fn tally(&mut self, group: usize, member: &Member, creator: Option<u32>) {
        let state = (!member.state.is_empty()).then(|| Trait::State(self.text(&member.state)));
        let minutes = (member.minutes > 0).then_some(Trait::Minutes(member.minutes));
        for found in state.into_iter().chain(minutes).chain(creator.map(Trait::Creator)) {
            self.count(group, found, member.count);
        }
        for (key, value) in &member.labels {
            let label = Trait::Label(self.text(key), self.text(value));
            self.count(group, label, member.count);
        }
    }

    fn count(&mut self, group: usize, found: Trait, count: u64) {
        let sum = self.tallies.entry((group, found)).or_default();
        *sum = sum.saturating_add(count);
    }

    /// Gives the groups what was counted for them.
    fn spread_tallies(&mut self) {
        let mut texts = vec![&b""[..]; self.texts.len()];
        for (text, &id) in &self.texts {
            if let Some(slot) = texts.get_mut(id as usize) {
                *slot = text;
            }
        }
        let text = |id: u32| texts.get(id as usize).map_or(Vec::new(), |text| text.to_vec());
        for (&(group, found), &count) in &self.tallies {
            let Some(group) = self.groups.get_mut(group) else { continue };
            match found {
                Trait::State(state) => group.states.push((text(state), count)),
                Trait::Creator(key) => {
                    group.creators.extend(self.keys.get(key as usize).map(|key| (key.clone(), count)));
                }
                Trait::Label(key, value) => group.labels.push(((text(key), text(value)), count)),
                Trait::Minutes(minutes) => group.minutes.push((minutes, count)),
            }
        }
        for group in &mut self.groups {
            sort_counts(&mut group.states);
            sort_counts(&mut group.creators);
            sort_counts(&mut group.labels);
            group.minutes.sort_rows_by_key(|&(minutes, _)| std::cmp::Reverse(minutes));
        }
    }

    fn frame(&self, at: usize, file: &impl Fn(usize) -> Vec<u8>) -> GroupFrame {
        let row = self.rows.get(at).copied().unwrap_or(Row { name: 0, line: 0 });
        let key = self.names.get(row.name as usize).and_then(|name| self.keys.get(name.key as usize));
        let func = key.cloned().unwrap_or_else(|| FuncName::parse("").key().into_owned());
        GroupFrame { func, file: file(at), line: row.line }
    }

    /// What goroutines with the frames in `rows` wait for; found once per distinct stack.
    fn class(&mut self, state: &[u8]) -> WaitClass {
        let state_id = self.text(state);
        self.class_key.clear();
        self.class_key.push(state_id);
        self.class_key.extend(self.rows.iter().map(|row| row.name));
        if let Some(&class) = self.classes.get(self.class_key.as_slice()) {
            return class;
        }
        let names = self.rows.iter().filter_map(|row| self.names.get(row.name as usize));
        let class = WaitClass::of(state, names.map(|name| name.raw.as_slice()));
        self.classes.insert(self.class_key.as_slice().into(), class);
        class
    }

    fn name(&mut self, raw: &[u8]) -> u32 {
        if let Some(&id) = self.by_raw.get(raw) {
            return id;
        }
        let parsed = FuncName::parse(raw);
        let is_runtime = parsed.is_runtime();
        let key = self.key(&parsed.key().into_owned());
        let id = self.names.len() as u32;
        self.names.push(Name { raw: raw.to_vec(), key, is_runtime });
        self.by_raw.insert(raw.to_vec(), id);
        id
    }

    fn key(&mut self, key: &FuncKey<'static>) -> u32 {
        if let Some(&id) = self.by_key.get(key) {
            return id;
        }
        let id = self.keys.len() as u32;
        self.by_key.insert(key.clone(), id);
        self.keys.push(key.clone());
        id
    }

    fn text(&mut self, text: &[u8]) -> u32 {
        if let Some(&id) = self.texts.get(text) {
            return id;
        }
        let id = self.texts.len() as u32;
        self.texts.insert(text.to_vec(), id);
        id
    }

    fn label_set(&mut self, labels: &[(Vec<u8>, Vec<u8>)]) -> u32 {
        let mut sorted: Vec<_> = labels.iter().collect();
        sorted.sort();
        let mut text = Vec::new();
        for part in sorted.into_iter().flat_map(|(key, value)| [key, value]) {
            text.extend_from_slice(&part.len().to_le_bytes());
            text.extend_from_slice(part);
        }
        self.text(&text)
    }

    /// The snapshot, its groups sorted.
    fn finish(mut self, is_leak_profile: bool) -> Snapshot {
        self.spread_tallies();
        let mut order: Vec<usize> = (0..self.groups.len()).collect();
        order.sort_rows_by_key(|&i| std::cmp::Reverse(self.groups.get(i).map_or(0, |group| group.count)));
        let mut ranks = vec![0; order.len()];
        for (rank, &group) in order.iter().enumerate() {
            if let Some(slot) = ranks.get_mut(group) {
                *slot = rank;
            }
        }
        for member in &mut self.members {
            member.group = ranks.get(member.group).copied().unwrap_or(0);
            member.is_leaked |= is_leak_profile;
        }
        let mut slots: Vec<Option<Group>> = self.groups.into_iter().map(Some).collect();
        let mut groups: Vec<Group> = order.iter().filter_map(|&from| slots.get_mut(from)?.take()).collect();
        if is_leak_profile {
            groups.iter_mut().for_each(|group| group.leaked = group.count);
        }
        Snapshot { by: self.by, groups, members: self.members }
    }
}
