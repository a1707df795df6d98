//! Loops: the strongly connected components of a graph.

use super::block::Block;

/// Tarjan's strongly connected components, without recursion.
#[derive(Debug, Default)]
pub(super) struct Components {
    /// Order of the first visit, from 1; 0 is unvisited.
    order: Vec<u32>,
    low: Vec<u32>,
    on_stack: Vec<bool>,
    stack: Vec<u32>,
    /// Block and the next of its edges to follow.
    path: Vec<(u32, u32)>,
}

impl Components {
    /// Gives every block in a loop the number of the loop; returns how many loops there are.
    pub(super) fn find(&mut self, blocks: &mut [Block], edges: &[u32]) -> u32 {
        let len = blocks.len();
        self.order.clear();
        self.order.resize(len, 0);
        self.low.clear();
        self.low.resize(len, 0);
        self.on_stack.clear();
        self.on_stack.resize(len, false);
        let (mut visited, mut loops) = (0, 0);
        for root in 0..len {
            if self.order.get(root) != Some(&0) {
                continue;
            }
            self.path.clear();
            self.enter(root, &mut visited, blocks);
            while let Some((block, edge)) = self.path.last_mut() {
                let block = *block as usize;
                let end = blocks.get(block).map_or(0, |block| block.edges.1);
                if *edge < end {
                    let target = edges.get(*edge as usize).map_or(0, |target| *target as usize);
                    *edge += 1;
                    if self.order.get(target) == Some(&0) {
                        self.enter(target, &mut visited, blocks);
                    } else if self.on_stack.get(target) == Some(&true) {
                        self.lower(block, self.order.get(target).copied().unwrap_or(0));
                    }
                } else {
                    self.path.pop();
                    let low = self.low.get(block).copied().unwrap_or(0);
                    if let Some((parent, _)) = self.path.last() {
                        self.lower(*parent as usize, low);
                    }
                    if self.order.get(block) == Some(&low) {
                        loops += u32::from(self.close(block, loops + 1, blocks, edges));
                    }
                }
            }
        }
        loops
    }

    fn enter(&mut self, block: usize, visited: &mut u32, blocks: &[Block]) {
        *visited += 1;
        if let (Some(order), Some(low), Some(on_stack)) =
            (self.order.get_mut(block), self.low.get_mut(block), self.on_stack.get_mut(block))
        {
            (*order, *low, *on_stack) = (*visited, *visited, true);
        }
        self.stack.push(block as u32);
        self.path.push((block as u32, blocks.get(block).map_or(0, |block| block.edges.0)));
    }

    fn lower(&mut self, block: usize, value: u32) {
        if let Some(low) = self.low.get_mut(block) {
            *low = (*low).min(value);
        }
    }

    /// Pops a component from the stack; returns whether it is a loop.
    fn close(&mut self, root: usize, loop_id: u32, blocks: &mut [Block], edges: &[u32]) -> bool {
        let start = self.stack.iter().rposition(|block| *block as usize == root).unwrap_or(0);
        let alone = self.stack.len() - start == 1;
        let turns = blocks.get(root).is_some_and(|block| block.successors(edges).contains(&(root as u32)));
        let is_loop = !alone || turns;
        for member in self.stack.drain(start..) {
            if let Some(on_stack) = self.on_stack.get_mut(member as usize) {
                *on_stack = false;
            }
            if let Some(block) = blocks.get_mut(member as usize).filter(|_| is_loop) {
                block.loop_id = loop_id;
            }
        }
        is_loop
    }
}
