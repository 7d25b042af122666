//! Turns what a schema claims into a term about an unknown.
//!
//! The term holds wherever the schema takes the value; it speaks of the parts that were asked about, and makes more where a claim is
//! denied. What a keyword refuses among the constants that an unknown is compared with is said of these constants.

use std::collections::BTreeSet;

use super::super::atom::{Atom, ConstantId, Sort, Step, SymbolId, Tag};
use super::super::constant::Constant;
use super::super::term::Term;
use super::super::value::{Shape as Form, ValueId, World};
use super::{fits_shape, parts_of, tags_of};
use crate::asl::Order;
use crate::eval::Value;
use crate::flow::premise::{Claim, Said, is_fitting, is_other, refuses};

/// How many schemas are held against unknowns.
const MOST: u32 = 20_000;

/// What is being said.
struct Saying<'w> {
    world: &'w mut World,
    /// Which schema is held against which unknown: one that refers to itself says nothing more.
    open: Vec<(ValueId, *const Value)>,
    n_left: u32,
}

/// When an unknown that is there fits a schema, as far as its parts were asked about.
pub(super) fn says(world: &mut World, value: ValueId, said: Said<'_>) -> Term {
    // Whoever asks makes constants: the second time all of them are there.
    let mut term = Term::TRUE;
    for _ in 0..2 {
        let mut saying = Saying { world, open: Vec::new(), n_left: MOST };
        term = saying.may(value, said);
    }
    term
}

impl Saying<'_> {
    /// What holds wherever the schema takes the value. Recursion is bounded by the parts of the value and by how many schemas are left.
    fn may(&mut self, value: ValueId, said: Said<'_>) -> Term {
        self.entered(value, said, |saying| {
            let claims = said.claims();
            let parts: Vec<Term> = claims.iter().map(|claim| saying.claim(value, claim)).collect();
            Some(saying.world.terms.all(parts))
        })
        .unwrap_or(Term::TRUE)
    }

    /// When the schema takes the value, and else not; nothing where that is not said.
    fn exactly(&mut self, value: ValueId, said: Said<'_>) -> Option<Term> {
        self.entered(value, said, |saying| {
            let claims = said.claims();
            let parts = claims.iter().map(|claim| saying.claim_exactly(value, claim)).collect::<Option<Vec<_>>>()?;
            Some(saying.world.terms.all(parts))
        })
    }

    fn entered(&mut self, value: ValueId, said: Said<'_>, say: impl FnOnce(&mut Self) -> Option<Term>) -> Option<Term> {
        let key = (value, said.identity());
        self.n_left = self.n_left.checked_sub(1)?;
        if self.open.contains(&key) {
            return None;
        }
        self.open.push(key);
        let term = say(self);
        self.open.pop();
        term
    }

    fn claim(&mut self, value: ValueId, claim: &Claim<'_>) -> Term {
        match claim {
            Claim::Never => Term::FALSE,
            Claim::Kinds(kinds) => self.world.is_one_of(value, tags_of(*kinds)),
            Claim::Constants(shapes, _) => {
                let ways: Vec<Term> = shapes.iter().map(|shape| fits_shape(self.world, value, shape)).collect();
                self.world.terms.any(ways)
            }
            Claim::Bound(order, bound) => self.compared(Sort::Num, Tag::Num, *order, value, &[(*bound).clone()]),
            Claim::Texts(texts) => {
                let texts: Vec<Value> = texts.iter().map(|text| Value::from(text.as_str())).collect();
                self.compared(Sort::Str, Tag::Str, Order::Equals, value, &texts)
            }
            Claim::Whole => self.whole(value),
            Claim::Scalars(keywords) => {
                let mut parts = Vec::new();
                for (sort, tag) in [(Sort::Num, Tag::Num), (Sort::Str, Tag::Str)] {
                    for (_, constant) in self.constants(sort, value) {
                        if refuses(keywords, &constant) {
                            let is_it = self.compared(sort, tag, Order::Equals, value, &[constant]);
                            let is_of_tag = self.world.is(value, tag);
                            let is_it = self.world.terms.and(is_of_tag, is_it);
                            parts.push(is_it.negate());
                        }
                    }
                }
                self.world.terms.all(parts)
            }
            Claim::Required(name) => match self.known_member(value, name) {
                Some(part) => self.needs(value, Tag::Obj, part),
                None => Term::TRUE,
            },
            Claim::Member(name, said) => match self.known_member(value, name) {
                Some(part) => self.where_there(part, *said),
                None => Term::TRUE,
            },
            Claim::Fitting(pattern, said) => {
                self.of_members(value, *said, |name| is_fitting(pattern, name) == Some(true))
            }
            Claim::Others(keywords, said) => self.of_members(value, *said, |name| is_other(keywords, name)),
            Claim::Items(..) | Claim::Least(_) | Claim::Most(_) => self.items(value, claim),
            Claim::Dependent(name, claims) => {
                let part = self.world.part(value, &Step::Member((*name).into()));
                for claim in claims {
                    if let Claim::Required(name) = claim {
                        self.world.part(value, &Step::Member((*name).into()));
                    }
                }
                let claims: Vec<Term> = claims.iter().map(|claim| self.claim(value, claim)).collect();
                let claims = self.world.terms.all(claims);
                let is_absent = self.world.is(part, Tag::Absent);
                self.world.terms.or(is_absent, claims)
            }
            Claim::Fits(said) => self.may(value, *said),
            Claim::Any(list) => {
                let ways: Vec<Term> = list.iter().map(|said| self.may(value, *said)).collect();
                self.world.terms.any(ways)
            }
            Claim::Once(list) => {
                let ways: Vec<Term> = list.iter().map(|said| self.may(value, *said)).collect();
                let exact: Vec<Term> = list.iter().filter_map(|said| self.exactly(value, *said)).collect();
                let mut parts = vec![self.world.terms.any(ways)];
                parts.extend(self.at_most_one(&exact));
                self.world.terms.all(parts)
            }
            Claim::Not(said) => self.exactly(value, *said).map_or(Term::TRUE, Term::negate),
            Claim::If(condition, then, otherwise) => {
                let Some(condition) = self.exactly(value, *condition) else { return Term::TRUE };
                let [then, otherwise] =
                    [then, otherwise].map(|said| said.map_or(Term::TRUE, |said| self.may(value, said)));
                self.world.terms.ite(condition, then, otherwise)
            }
            Claim::Unsaid(_) => Term::TRUE,
        }
    }

    fn claim_exactly(&mut self, value: ValueId, claim: &Claim<'_>) -> Option<Term> {
        if !claim.is_exact() {
            return None;
        }
        Some(match claim {
            Claim::Required(name) => {
                let part = self.world.part(value, &Step::Member((*name).into()));
                self.needs(value, Tag::Obj, part)
            }
            Claim::Member(name, said) => {
                let part = self.world.part(value, &Step::Member((*name).into()));
                let fits = self.exactly(part, *said)?;
                let is_absent = self.world.is(part, Tag::Absent);
                self.world.terms.or(is_absent, fits)
            }
            Claim::Fits(said) => self.exactly(value, *said)?,
            Claim::Any(list) => {
                let ways = list.iter().map(|said| self.exactly(value, *said)).collect::<Option<Vec<_>>>()?;
                self.world.terms.any(ways)
            }
            Claim::Once(list) => {
                let ways = list.iter().map(|said| self.exactly(value, *said)).collect::<Option<Vec<_>>>()?;
                let mut parts = self.at_most_one(&ways);
                parts.push(self.world.terms.any(ways));
                self.world.terms.all(parts)
            }
            Claim::Not(said) => self.exactly(value, *said)?.negate(),
            Claim::If(condition, then, otherwise) => {
                let condition = self.exactly(value, *condition)?;
                let mut branch = |said: &Option<Said<'_>>| match said {
                    Some(said) => self.exactly(value, *said),
                    None => Some(Term::TRUE),
                };
                let (then, otherwise) = (branch(then)?, branch(otherwise)?);
                self.world.terms.ite(condition, then, otherwise)
            }
            _ => self.claim(value, claim),
        })
    }

    fn at_most_one(&mut self, terms: &[Term]) -> Vec<Term> {
        let pairs = terms.iter().enumerate().flat_map(|(at, one)| terms[at + 1..].iter().map(|other| (*one, *other)));
        let pairs: Vec<(Term, Term)> = pairs.collect();
        pairs.into_iter().map(|(one, other)| self.world.terms.and(one, other).negate()).collect()
    }

    /// Where it is of the tag, it stands so to one of these.
    fn compared(&mut self, sort: Sort, tag: Tag, order: Order, value: ValueId, constants: &[Value]) -> Term {
        let mut ways = vec![self.world.is(value, tag).negate()];
        for constant in constants {
            let constant = self.world.constant(constant.clone());
            ways.push(self.world.compare(sort, order, value, constant));
        }
        self.world.terms.any(ways)
    }

    /// The constants that an unknown was compared with, in order.
    fn constants(&self, sort: Sort, value: ValueId) -> Vec<(f64, Value)> {
        let &Form::Symbol(symbol) = self.world.shape(value) else { return Vec::new() };
        let met = self.world.atoms.iter().filter_map(|atom| match *atom {
            Atom::Below(of, one, constant) | Atom::AtMost(of, one, constant) if (of, one) == (sort, symbol) => {
                Some(constant)
            }
            _ => None,
        });
        let met: BTreeSet<ConstantId> = met.collect();
        let mut constants: Vec<(f64, Value)> = met
            .into_iter()
            .filter_map(|id| match self.world.constants.get(sort, id) {
                Constant::Num(number, true) => Some((*number, Value::from(*number))),
                Constant::Str(text) => Some((0.0, Value::from(&**text))),
                _ => None,
            })
            .collect();
        constants.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        constants
    }

    /// No number is a constant that is not whole, and none lies between two where nothing whole does.
    fn whole(&mut self, value: ValueId) -> Term {
        let mut parts = Vec::new();
        let mut before: Option<(f64, Value)> = None;
        for (number, constant) in self.constants(Sort::Num, value) {
            let below = |saying: &mut Self, order| {
                saying.compared(Sort::Num, Tag::Num, order, value, std::slice::from_ref(&constant))
            };
            if number.fract() != 0.0 {
                let is_below = below(self, Order::LessThan);
                let is_above = below(self, Order::GreaterThan);
                parts.push(self.world.terms.or(is_below, is_above));
            }
            if let Some((last, lower)) = before.filter(|(last, _)| last.floor() + 1.0 >= number) {
                debug_assert!(last < number, "each constant comes once");
                let is_not_above = self.compared(Sort::Num, Tag::Num, Order::LessThanEquals, value, &[lower]);
                let is_not_below = below(self, Order::GreaterThanEquals);
                parts.push(self.world.terms.or(is_not_above, is_not_below));
            }
            before = Some((number, constant));
        }
        self.world.terms.all(parts)
    }

    fn known_member(&mut self, value: ValueId, name: &str) -> Option<ValueId> {
        self.known_part(value, &Step::Member(name.into()))
    }

    fn known_part(&mut self, value: ValueId, step: &Step) -> Option<ValueId> {
        let &Form::Symbol(symbol) = self.world.shape(value) else { return None };
        self.world.known_part(symbol, step)?;
        Some(self.world.part(value, step))
    }

    /// Where the value is of a tag, it has this part.
    fn needs(&mut self, value: ValueId, tag: Tag, part: ValueId) -> Term {
        let is_other = self.world.is(value, tag).negate();
        let is_there = self.world.is_present(part);
        self.world.terms.or(is_other, is_there)
    }

    fn where_there(&mut self, part: ValueId, said: Said<'_>) -> Term {
        let fits = self.may(part, said);
        let is_absent = self.world.is(part, Tag::Absent);
        self.world.terms.or(is_absent, fits)
    }

    fn parts(&mut self, value: ValueId) -> Vec<(ValueId, Step)> {
        let symbol: Option<SymbolId> = match self.world.shape(value) {
            Form::Symbol(symbol) => Some(*symbol),
            _ => None,
        };
        symbol.map(|symbol| parts_of(self.world, symbol)).unwrap_or_default()
    }

    /// What is said of the members whose names are meant.
    fn of_members(&mut self, value: ValueId, said: Said<'_>, is_meant: impl Fn(&str) -> bool) -> Term {
        let mut parts = Vec::new();
        for (part, step) in self.parts(value) {
            if matches!(&step, Step::Member(name) if is_meant(name)) {
                parts.push(self.where_there(part, said));
            }
        }
        self.world.terms.all(parts)
    }

    /// What is said of items, and how many there are.
    fn items(&mut self, value: ValueId, claim: &Claim<'_>) -> Term {
        let mut parts = Vec::new();
        for (part, step) in self.parts(value) {
            let at = match step {
                Step::Member(_) => continue,
                Step::Item(at) => Some(at as usize),
                Step::Each(_) => None,
            };
            parts.push(match (claim, at) {
                (Claim::Items(first, rest), Some(at)) => match first.get(at).copied().or(*rest) {
                    Some(said) => self.where_there(part, said),
                    None => Term::TRUE,
                },
                (Claim::Items(first, rest), None) => {
                    let Some(rest) = rest else { continue };
                    let each = first.iter().chain([rest]);
                    let ways: Vec<Term> = each.map(|said| self.where_there(part, *said)).collect();
                    self.world.terms.any(ways)
                }
                (Claim::Least(least), at) if *least > at.unwrap_or(0) => self.needs(value, Tag::Arr, part),
                (Claim::Most(most), at) if *most <= at.unwrap_or(0) => self.world.is(part, Tag::Absent),
                _ => Term::TRUE,
            });
        }
        self.world.terms.all(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::atom::{Root, Tags};
    use super::super::super::prover::Prover;
    use super::super::super::solver::Backend;
    use super::super::fits;
    use super::*;
    use crate::eval::Random;
    use crate::flow::premise::{Premise, some_schema, some_value};

    /// The unknown is this value, in all parts that were asked about.
    fn is(world: &mut World, unknown: ValueId, value: &Value) -> Term {
        let mut parts = vec![world.is(unknown, Tag::of(value))];
        match value {
            Value::Bool(value) => {
                let is_true = world.is_true(unknown);
                parts.push(if *value { is_true } else { is_true.negate() });
            }
            Value::Number(_) | Value::String(_) => {
                let sort = if value.as_str().is_some() { Sort::Str } else { Sort::Num };
                let constant = world.constant(value.clone());
                parts.push(world.compare(sort, Order::Equals, unknown, constant));
            }
            _ => {}
        }
        let &Form::Symbol(symbol) = world.shape(unknown) else { panic!("an unknown") };
        for (part, step) in parts_of(world, symbol) {
            let inner = match &step {
                Step::Member(name) => value.get(name),
                Step::Item(at) => value.as_array().and_then(|items| items.get(*at as usize)),
                Step::Each(_) => panic!("nobody asked"),
            };
            parts.push(match inner {
                Some(inner) => is(world, part, inner),
                None => world.is(part, Tag::Absent),
            });
        }
        world.terms.all(parts)
    }

    /// Asks about an unknown as a Choice does.
    fn ask(world: &mut World, unknown: ValueId, depth: u32) {
        for constant in [Value::from(0), Value::from(1), Value::from(1.5), Value::from("a"), Value::from("")] {
            let sort = if constant.as_str().is_some() { Sort::Str } else { Sort::Num };
            let constant = world.constant(constant);
            world.compare(sort, Order::LessThan, unknown, constant);
        }
        let Some(depth) = depth.checked_sub(1) else { return };
        for step in [Step::Member("a".into()), Step::Member("xc".into()), Step::Item(0), Step::Item(1)] {
            let part = world.part(unknown, &step);
            ask(world, part, depth);
        }
    }

    #[test]
    fn what_a_schema_takes_is_never_excluded() {
        let mut random = Random::new(11);
        let (mut n_taken, mut n_excluded) = (0, 0);
        for _ in 0..500 {
            let schema = some_schema(&mut random, 3);
            let premise = Premise::of_schema("s", &Value::from(&schema));
            let validator = jsonschema::validator_for(&schema).expect("a schema");
            for _ in 0..2 {
                let value = some_value(&mut random, 2);
                let is_taken = validator.is_valid(&value);
                let mut world = World::default();
                let input = world.root(Root::Input, Tags::PRESENT);
                ask(&mut world, input, 2);
                let fits = fits(&mut world, input, &premise);
                let is_it = is(&mut world, input, &Value::from(&value));
                let is_possible = Prover::new(world, Backend::Sat, 100_000).contradiction(&[fits, is_it]).is_none();
                assert!(is_possible || !is_taken, "{schema} {value}");
                n_taken += usize::from(is_taken);
                n_excluded += usize::from(!is_possible);
            }
        }
        assert!(n_taken > 250 && n_excluded > 200, "{n_taken} {n_excluded}");
    }
}
