//! A report as JSON: the content of the text, and the figures it is made from.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::Report;

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { verdict, budgets, run, inputs, mismatches, findings, coverage, left_aside } = self;
        let mut out = serializer.serialize_struct("Report", 12)?;
        out.serialize_field("schema", &Self::SCHEMA)?;
        out.serialize_field("godiag", env!("CARGO_PKG_VERSION"))?;
        out.serialize_field("headline", &self.headline())?;
        out.serialize_field("worst", &self.worst())?;
        out.serialize_field("verdict", verdict)?;
        out.serialize_field("budgets", budgets)?;
        out.serialize_field("run", run)?;
        out.serialize_field("inputs", inputs)?;
        out.serialize_field("mismatches", mismatches)?;
        out.serialize_field("findings", findings)?;
        out.serialize_field("coverage", coverage)?;
        out.serialize_field("left_aside", left_aside)?;
        out.end()
    }
}
