//! Turns comparisons of one place with numbers, and what they came to, into what another such comparison comes to.

use crate::asl::jsonata::{self, Delimited, Kind, Op, expression_in};
use crate::asl::{Comparator, Operand, Order, Rule, Test};

/// A comparison of a place with a number.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bound {
    /// The place, as it is written.
    place: String,
    order: Order,
    limit: f64,
    /// Whether it fails, or leads nowhere, where the place holds no number: then `false` says that it does.
    tells_kind: bool,
}

/// The numbers between two, which belong to them or not.
#[derive(Clone, Copy, Debug)]
struct Between {
    least: (f64, bool),
    most: (f64, bool),
}

impl Bound {
    /// The comparison that a rule is, where it is such a one.
    pub(super) fn of(rule: &Rule<'_>) -> Option<Self> {
        match rule.test.as_ref()? {
            Test::Comparison(comparison) => {
                let Comparator::Numeric(order, Operand::Literal) = comparison.comparator else { return None };
                let place = comparison.variable?.value.as_str()?.to_owned();
                Some(Self { place, order, limit: comparison.field.value.as_f64()?, tells_kind: false })
            }
            Test::Condition(condition) => {
                let text = condition.value.as_str()?;
                let Delimited::Expression { inner } = expression_in(text) else { return None };
                let parsed = jsonata::parse(inner.of(text));
                let ast = &parsed.ast;
                let &Kind::Binary { op, left, right, .. } = &ast[ast.root()].kind else { return None };
                let (place, limit, is_mirrored) = match (&ast[left].kind, &ast[right].kind) {
                    (Kind::Path(_) | Kind::Variable(_), Kind::Number(limit)) => (left, *limit, false),
                    (Kind::Number(limit), Kind::Path(_) | Kind::Variable(_)) => (right, *limit, true),
                    _ => return None,
                };
                let order = match (op, is_mirrored) {
                    (Op::Equal, _) => Order::Equals,
                    (Op::Less, false) | (Op::Greater, true) => Order::LessThan,
                    (Op::Greater, false) | (Op::Less, true) => Order::GreaterThan,
                    (Op::LessOrEqual, false) | (Op::GreaterOrEqual, true) => Order::LessThanEquals,
                    (Op::GreaterOrEqual, false) | (Op::LessOrEqual, true) => Order::GreaterThanEquals,
                    _ => return None,
                };
                let place = ast[place].span.of(ast.source()).to_owned();
                Some(Self { place, order, limit, tells_kind: order != Order::Equals })
            }
            Test::And(_) | Test::Or(_) | Test::Not(_) => None,
        }
    }

    /// What it comes to, if others have come to what they have.
    pub(super) fn implied<'b>(&self, known: impl Iterator<Item = (&'b Self, bool)>) -> Option<bool> {
        let mut between = Between { least: (f64::NEG_INFINITY, false), most: (f64::INFINITY, false) };
        let mut is_number = false;
        for (bound, holds) in known.filter(|(bound, _)| bound.place == self.place) {
            is_number |= holds || bound.tells_kind;
            between.narrow(bound.order, bound.limit, holds);
        }
        between.answer(self.order, self.limit).filter(|_| is_number)
    }
}

impl Between {
    fn narrow(&mut self, order: Order, limit: f64, holds: bool) {
        match (order, holds) {
            (Order::Equals, true) => {
                self.at_least(limit, true);
                self.at_most(limit, true);
            }
            (Order::Equals, false) => {}
            (Order::LessThan, true) | (Order::GreaterThanEquals, false) => self.at_most(limit, false),
            (Order::LessThanEquals, true) | (Order::GreaterThan, false) => self.at_most(limit, true),
            (Order::GreaterThan, true) | (Order::LessThanEquals, false) => self.at_least(limit, false),
            (Order::GreaterThanEquals, true) | (Order::LessThan, false) => self.at_least(limit, true),
        }
    }

    fn at_most(&mut self, limit: f64, belongs: bool) {
        let (most, also) = self.most;
        if limit < most {
            self.most = (limit, belongs);
        } else if limit <= most {
            self.most.1 = also && belongs;
        }
    }

    fn at_least(&mut self, limit: f64, belongs: bool) {
        let (least, also) = self.least;
        if limit > least {
            self.least = (limit, belongs);
        } else if limit >= least {
            self.least.1 = also && belongs;
        }
    }

    /// What an order comes to for all of the numbers, where that is one answer.
    fn answer(self, order: Order, limit: f64) -> Option<bool> {
        let (least, has_least) = self.least;
        let (most, has_most) = self.most;
        let all_below = most < limit || most <= limit && !has_most;
        let all_above = least > limit || least >= limit && !has_least;
        let (always, never) = match order {
            Order::Equals => (least >= limit && most <= limit, all_below || all_above),
            Order::LessThan => (all_below, least >= limit),
            Order::LessThanEquals => (most <= limit, all_above),
            Order::GreaterThan => (all_above, most <= limit),
            Order::GreaterThanEquals => (least >= limit, all_below),
        };
        match (always, never) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Between, Order};

    /// Of some numbers: what is said of all numbers that some answers leave is so.
    #[test]
    fn what_is_implied_is_so() {
        let orders =
            [Order::Equals, Order::LessThan, Order::GreaterThan, Order::LessThanEquals, Order::GreaterThanEquals];
        let holds = |order: Order, one: f64, other: f64| match order {
            Order::Equals => one == other,
            Order::LessThan => one < other,
            Order::GreaterThan => one > other,
            Order::LessThanEquals => one <= other,
            Order::GreaterThanEquals => one >= other,
        };
        let halves: Vec<f64> = (-2..=8).map(|n| f64::from(n) / 2.0).collect();
        let limits = [0.0, 1.0, 2.0];
        let mut n_implied = 0;
        for (one, other) in orders.iter().flat_map(|one| orders.iter().map(move |other| (*one, *other))) {
            for (first, second) in limits.iter().flat_map(|one| limits.iter().map(move |other| (*one, *other))) {
                for answers in [(true, true), (true, false), (false, true), (false, false)] {
                    let mut between = Between { least: (f64::NEG_INFINITY, false), most: (f64::INFINITY, false) };
                    between.narrow(one, first, answers.0);
                    between.narrow(other, second, answers.1);
                    let left = halves.iter().filter(|&&number| {
                        holds(one, number, first) == answers.0 && holds(other, number, second) == answers.1
                    });
                    let left: Vec<f64> = left.copied().collect();
                    for (asked, limit) in orders.iter().flat_map(|asked| limits.map(|limit| (*asked, limit))) {
                        let Some(answer) = between.answer(asked, limit) else { continue };
                        n_implied += 1;
                        let is_so = left.iter().all(|&number| holds(asked, number, limit) == answer);
                        assert!(
                            is_so,
                            "{one:?} {first} and {other:?} {second} are {answers:?}: {asked:?} {limit} is {answer}"
                        );
                    }
                }
            }
        }
        assert!(n_implied > 1_000, "{n_implied}");
    }
}
