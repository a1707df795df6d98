//! Units of numeric labels.

use super::doubt::{Doubt, DoubtKind};
use crate::pprof::source::SampleSource;
use crate::pprof::source::labels::Labels;
use crate::pprof::types::Label;
use crate::text::Printable;

/// The keys of numeric labels, each with the units that its labels have.
#[derive(Default)]
pub(super) struct Units(Vec<(Vec<u8>, Vec<Vec<u8>>)>);

/// More keys and units than these are not looked at: an input may have one per sample.
const MOST: usize = 64;

impl Units {
    pub(super) fn add(&mut self, source: &dyn SampleSource, labels: &[Label]) {
        for (key, _, unit) in Labels::new(source, labels).numbers() {
            let Some(at) = self.0.iter().position(|(known, _)| known == key) else {
                if self.0.len() < MOST {
                    self.0.push((key.to_vec(), vec![unit.to_vec()]));
                }
                continue;
            };
            let Some((_, units)) = self.0.get_mut(at) else { continue };
            if units.len() < MOST && !units.iter().any(|known| known == unit) {
                units.push(unit.to_vec());
            }
        }
    }

    pub(super) fn doubts(self) -> Vec<Doubt> {
        let mixed = self.0.into_iter().filter(|(_, units)| units.len() > 1);
        let doubt = |(key, units): (Vec<u8>, Vec<Vec<u8>>)| {
            let names = units.iter().map(|unit| match &unit[..] {
                b"" => "no unit".to_owned(),
                unit => Printable(unit).to_string(),
            });
            let names = names.collect::<Vec<_>>().join(" and in ");
            let text = format!("label {}: values in {names}; each is read in its own unit", Printable(&key));
            Doubt::new(DoubtKind::MixedLabelUnits, text)
        };
        mixed.map(doubt).collect()
    }
}
