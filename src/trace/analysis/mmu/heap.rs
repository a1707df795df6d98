//! The binary heap of Go's `container/heap`, step by step: which of several equal windows is kept depends on
//! it.

/// A heap with the least element first, as `less` orders.
#[derive(Debug)]
pub(super) struct Heap<T> {
    items: Vec<T>,
    less: fn(&T, &T) -> bool,
}

impl<T> Heap<T> {
    /// A heap of `items`.
    pub(super) fn new(items: Vec<T>, less: fn(&T, &T) -> bool) -> Self {
        let mut heap = Self { items, less };
        for position in (0..heap.items.len() / 2).rev() {
            heap.down(position, heap.items.len());
        }
        heap
    }

    pub(super) fn first(&self) -> Option<&T> {
        self.items.first()
    }

    pub(super) fn items(&self) -> &[T] {
        &self.items
    }

    pub(super) fn push(&mut self, item: T) {
        self.items.push(item);
        self.up(self.items.len() - 1);
    }

    pub(super) fn pop(&mut self) -> Option<T> {
        let last = self.items.len().checked_sub(1)?;
        self.items.swap(0, last);
        self.down(0, last);
        self.items.pop()
    }

    /// Takes out the item at a position.
    pub(super) fn remove(&mut self, position: usize) -> Option<T> {
        let last = self.items.len().checked_sub(1)?;
        if position < last {
            self.items.swap(position, last);
            if !self.down(position, last) {
                self.up(position);
            }
        }
        self.items.pop()
    }

    pub(super) fn into_items(self) -> Vec<T> {
        self.items
    }

    fn up(&mut self, mut position: usize) {
        while position > 0 {
            let parent = (position - 1) / 2;
            if !(self.less)(&self.items[position], &self.items[parent]) {
                break;
            }
            self.items.swap(parent, position);
            position = parent;
        }
    }

    fn down(&mut self, from: usize, len: usize) -> bool {
        let mut position = from;
        loop {
            let left = 2 * position + 1;
            if left >= len {
                break;
            }
            let right = left + 1;
            let child =
                if right < len && (self.less)(&self.items[right], &self.items[left]) { right } else { left };
            if !(self.less)(&self.items[child], &self.items[position]) {
                break;
            }
            self.items.swap(position, child);
            position = child;
        }
        position > from
    }
}
