//! Mnemonics as small numbers.

use crate::table::Map;

/// A mnemonic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct MnemonicId(pub(crate) u16);

/// The mnemonics of an input. No machine has 65,536; what a damaged input adds beyond that shares one id.
#[derive(Debug)]
pub(crate) struct Mnemonics<'a> {
    names: Vec<&'a [u8]>,
    ids: Map<&'a [u8], MnemonicId>,
    /// The last id seen for each of 256 cheap hashes: most lookups end here.
    recent: Box<[MnemonicId; 256]>,
}

impl Default for Mnemonics<'_> {
    fn default() -> Self {
        Self { names: vec![b""], ids: Map::default(), recent: Box::new([MnemonicId(0); 256]) }
    }
}

impl<'a> Mnemonics<'a> {
    #[inline]
    pub(crate) fn intern(&mut self, name: &'a [u8]) -> MnemonicId {
        let slot = cheap_hash(name);
        if let Some(id) = self.recent.get(slot).filter(|id| self.name(**id) == name) {
            return *id;
        }
        self.intern_at(slot, name)
    }

    /// Interns a name that is not the most recent one of its slot.
    #[cold]
    #[inline(never)]
    fn intern_at(&mut self, slot: usize, name: &'a [u8]) -> MnemonicId {
        let id = match self.ids.get(name) {
            Some(id) => *id,
            None => {
                let Ok(id) = u16::try_from(self.names.len()) else { return MnemonicId(0) };
                self.names.push(name);
                self.ids.insert(name, MnemonicId(id));
                MnemonicId(id)
            }
        };
        if let Some(recent) = self.recent.get_mut(slot) {
            *recent = id;
        }
        id
    }

    #[inline]
    pub(crate) fn name(&self, id: MnemonicId) -> &'a [u8] {
        self.names.get(usize::from(id.0)).copied().unwrap_or_default()
    }

    /// Every mnemonic, in the order of ids.
    pub(crate) fn names(&self) -> &[&'a [u8]] {
        &self.names
    }
}

#[inline]
fn cheap_hash(name: &[u8]) -> usize {
    let (first, last) = (name.first().copied().unwrap_or(0), name.last().copied().unwrap_or(0));
    let middle = name.get(name.len() / 2).copied().unwrap_or(0);
    (usize::from(first) * 7 + usize::from(middle) * 31 + usize::from(last) * 13 + name.len() * 57) & 255
}
