//! What a merged profile says about itself.

use super::types::Types;
use crate::compat::Compat;
use crate::error::{Error, ErrorKind, Result};
use crate::pprof::source::SampleSource;
use crate::pprof::source::labels::text;
use crate::pprof::units;
use crate::pprof::{Builder, ValueType};

/// The single values of profiles, put together.
#[derive(Debug, Default)]
pub(super) struct Header {
    any: bool,
    time_nanos: i64,
    duration_nanos: i64,
    period: i64,
    period_type: (Vec<u8>, Vec<u8>),
    comments: Vec<Vec<u8>>,
    /// Different kinds of values, and the default among them, of the profiles so far.
    defaults: Vec<(Vec<Vec<u8>>, Vec<u8>)>,
    doc_url: Vec<u8>,
    drop_frames: Vec<u8>,
    keep_frames: Vec<u8>,
}

impl Header {
    pub(super) fn add(&mut self, profile: &dyn SampleSource, compat: Compat) -> Result<()> {
        let header = profile.header();
        let string = |id| profile.string(id).to_vec();
        let period_type =
            header.period_type.map_or_else(Default::default, |ty| (string(ty.kind), string(ty.unit)));
        if !self.any {
            self.any = true;
            self.period_type.clone_from(&period_type);
            self.drop_frames = string(header.drop_frames);
            self.keep_frames = string(header.keep_frames);
        }
        self.add_period(period_type, header.period)?;
        let time = header.time_nanos;
        // The tool forgets the time when a later profile has no time.
        if self.time_nanos == 0 || time < self.time_nanos && (time != 0 || compat.is_go_tool()) {
            self.time_nanos = time;
        }
        self.duration_nanos = self.duration_nanos.saturating_add(header.duration_nanos);
        for &comment in &header.comments {
            let comment = string(comment);
            if !self.comments.contains(&comment) {
                self.comments.push(comment);
            }
        }
        let kinds = profile.sample_types().iter().map(|ty| string(ty.kind)).collect();
        let default = (kinds, string(header.default_sample_type));
        if !self.defaults.contains(&default) {
            self.defaults.push(default);
        }
        if self.doc_url.is_empty() {
            self.doc_url = string(header.doc_url);
        }
        Ok(())
    }

    /// The longest period, in the finer unit.
    fn add_period(&mut self, (kind, unit): (Vec<u8>, Vec<u8>), period: i64) -> Result<()> {
        let (mine, other) = (text(&self.period_type.1).into_owned(), text(&unit).into_owned());
        if kind != self.period_type.0 || !units::convertible(&mine, &other) {
            return Err(Error::new(ErrorKind::Usage).detail("the profiles have different period types"));
        }
        let in_mine = units::scale(1, &other, &mine).0;
        if mine != other && in_mine < 1.0 {
            self.period = units::scale(self.period.into(), &mine, &other).0 as i64;
            self.period_type.1 = unit;
            self.period = self.period.max(period);
        } else {
            self.period = self.period.max(units::scale(period.into(), &other, &mine).0 as i64);
        }
        Ok(())
    }

    pub(super) fn write(&self, builder: &mut Builder, types: &Types) {
        let ty = ValueType::new(builder.string(&self.period_type.0), builder.string(&self.period_type.1));
        builder.period(ty, self.period).time_nanos(self.time_nanos).duration_nanos(self.duration_nanos);
        for comment in &self.comments {
            let comment = builder.string(comment);
            builder.comment(comment);
        }
        let mut defaults = self.defaults.iter().map(|(kinds, default)| types.default_for(default, kinds));
        let default = defaults.find(|default| !default.is_empty()).unwrap_or_default();
        let (drop, keep) = (builder.string(&self.drop_frames), builder.string(&self.keep_frames));
        let (kind, url) = (builder.string(default), builder.string(&self.doc_url));
        builder.frames(drop, keep).default_sample_type(kind).doc_url(url);
    }
}
