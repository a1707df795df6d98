//! A comparison as JSON.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::{Comparison, FigureChange, FindingChange};
use crate::diagnose::report::Report;

impl Serialize for Comparison {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { before, after, caveats, findings, figures, functions } = self;
        let mut out = serializer.serialize_struct("Comparison", 10)?;
        out.serialize_field("schema", &Report::SCHEMA)?;
        out.serialize_field("godiag", env!("CARGO_PKG_VERSION"))?;
        out.serialize_field("headline", &self.headline())?;
        out.serialize_field("is_worse", &self.is_worse())?;
        out.serialize_field("before", before)?;
        out.serialize_field("after", after)?;
        out.serialize_field("caveats", caveats)?;
        out.serialize_field("findings", findings)?;
        out.serialize_field("figures", figures)?;
        out.serialize_field("functions", functions)?;
        out.end()
    }
}

impl Serialize for FindingChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { change, before, after, note } = self;
        let mut out = serializer.serialize_struct("FindingChange", 5)?;
        out.serialize_field("change", change)?;
        out.serialize_field("cause", &self.finding().map(crate::diagnose::Finding::cause))?;
        out.serialize_field("before", before)?;
        out.serialize_field("after", after)?;
        out.serialize_field("note", note)?;
        out.end()
    }
}

impl Serialize for FigureChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { before, after, per, change } = self;
        let mut out = serializer.serialize_struct("FigureChange", 15)?;
        out.serialize_field("change", change)?;
        out.serialize_field("name", &after.name)?;
        out.serialize_field("label", &after.label)?;
        out.serialize_field("source", &after.source)?;
        out.serialize_field("function", &after.function.as_ref().map(ToString::to_string))?;
        out.serialize_field("unit", &after.amount.unit)?;
        out.serialize_field("per", per)?;
        out.serialize_field("before", &before.amount.value)?;
        out.serialize_field("after", &after.amount.value)?;
        out.serialize_field("low_before", &before.low)?;
        out.serialize_field("high_before", &before.high)?;
        out.serialize_field("low_after", &after.low)?;
        out.serialize_field("high_after", &after.high)?;
        out.serialize_field("share_before", &before.share)?;
        out.serialize_field("share_after", &after.share)?;
        out.end()
    }
}
