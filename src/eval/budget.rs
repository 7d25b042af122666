//! Counts work, so that every evaluation ends.

/// How much work is left. One unit is about one small step: a node of an expression evaluated, an item copied, a few bytes of
/// text made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    left: u64,
}

/// What one expression or path may take, however much is left: it ends within seconds, and below a gigabyte or two.
pub(in crate::eval) const MOST_FOR_ONE: u64 = 50_000_000;

/// There was more to do than was allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfBudget;

impl Budget {
    /// So many units.
    #[must_use]
    pub const fn new(units: u64) -> Self {
        Self { left: units }
    }

    /// Takes `units` away.
    ///
    /// # Errors
    /// When fewer are left; none are, from then on.
    pub const fn spend(&mut self, units: u64) -> Result<(), OutOfBudget> {
        if let Some(left) = self.left.checked_sub(units) {
            self.left = left;
            Ok(())
        } else {
            self.left = 0;
            Err(OutOfBudget)
        }
    }

    /// Does a part of the work, which may take at most `most` units of what is left.
    ///
    /// What is made takes memory as long as an expression is evaluated, and no unit pays for more than a few bytes: so this
    /// bounds the memory, too.
    pub(in crate::eval) fn within<T>(&mut self, most: u64, work: impl FnOnce(&mut Self) -> T) -> T {
        let kept_back = self.left.saturating_sub(most);
        self.left -= kept_back;
        let result = work(self);
        self.left += kept_back;
        result
    }

    /// Units that are left.
    #[must_use]
    pub const fn left(&self) -> u64 {
        self.left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_takes_its_own_share_only() {
        let mut budget = Budget::new(10);
        assert_eq!(budget.within(4, |budget| budget.spend(3)), Ok(()));
        assert_eq!(budget.left(), 7);
        assert_eq!(budget.within(4, |budget| budget.spend(5)), Err(OutOfBudget));
        assert_eq!(budget.left(), 3);
        assert_eq!(budget.within(4, |budget| budget.left()), 3);
    }
}
