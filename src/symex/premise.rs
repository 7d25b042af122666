//! Turns what someone vouches for, a [`Shape`] and what a schema says besides, into a term about an unknown, and values into ones
//! that fit.
//!
//! The term holds for every value that is vouched for: what it leaves open makes fewer proofs, never a wrong one. Only executions
//! whose input and answers fit are shown.

mod said;

use super::atom::{Origin, Sort, Step, SymbolId, Tag, Tags};
use super::term::Term;
use super::value::{Shape as Form, ValueId, World};
use crate::asl::Order;
use crate::eval::Value;
use crate::eval::value::Members;
use crate::flow::premise::Premise;
use crate::flow::shape::{Kinds, Presence, Record, Shape};

/// Which kinds of shapes are which tags.
const TAGS: [(Kinds, Tag); 6] = [
    (Kinds::NULL, Tag::Null),
    (Kinds::BOOLEAN, Tag::Bool),
    (Kinds::NUMBER, Tag::Num),
    (Kinds::STRING, Tag::Str),
    (Kinds::ARRAY, Tag::Arr),
    (Kinds::OBJECT, Tag::Obj),
];

/// The tags of kinds.
fn tags_of(kinds: Kinds) -> Tags {
    let tags: Vec<Tag> = TAGS.into_iter().filter(|(kind, _)| kinds.meets(*kind)).map(|(_, tag)| tag).collect();
    Tags::new(&tags)
}

/// When an unknown that is there fits a premise: one of its alternatives, and what its schema says besides.
pub(super) fn fits(world: &mut World, value: ValueId, premise: &Premise) -> Term {
    let ways: Vec<Term> = premise.ways.iter().map(|way| fits_shape(world, value, way)).collect();
    let fits = world.terms.any(ways);
    let says = said::says(world, value, premise.said());
    world.terms.and(fits, says)
}

/// When an unknown that is there fits a shape, as far as its parts were asked about. Recursion is bounded by the shape's depth and
/// by the parts.
fn fits_shape(world: &mut World, value: ValueId, shape: &Shape) -> Term {
    let &Form::Symbol(symbol) = world.shape(value) else { return Term::TRUE };
    let mut parts = vec![world.is_one_of(value, tags_of(shape.kinds()))];
    let is_true = world.is_true(value);
    for (kinds, holds) in [(Kinds::TRUE, is_true), (Kinds::FALSE, is_true.negate())] {
        if shape.kinds().meets(Kinds::BOOLEAN) && !shape.kinds().meets(kinds) {
            let is_bool = world.is(value, Tag::Bool);
            let other = world.terms.and(is_bool, holds);
            parts.push(other.negate());
        }
    }
    let strings = shape.strings().map(|all| all.iter().map(|text| Value::from(&**text)).collect::<Vec<_>>());
    let numbers = shape.numbers().map(|all| all.iter().map(|&number| Value::from(number)).collect::<Vec<_>>());
    for (sort, tag, constants) in [(Sort::Str, Tag::Str, strings), (Sort::Num, Tag::Num, numbers)] {
        let Some(constants) = constants else { continue };
        let mut one_of = vec![world.is(value, tag).negate()];
        for constant in constants {
            let constant = world.constant(constant);
            one_of.push(world.compare(sort, Order::Equals, value, constant));
        }
        parts.push(world.terms.any(one_of));
    }
    for (part, step) in parts_of(world, symbol) {
        let (inner, is_there, container) = match &step {
            Step::Member(name) => {
                let member = shape.member(name);
                (member.shape, member.presence, Tag::Obj)
            }
            Step::Item(number) => match shape.list() {
                Some(list) => {
                    let (inner, is_there) = list.item(*number as usize);
                    (inner, if is_there { Presence::Must } else { Presence::May }, Tag::Arr)
                }
                None => continue,
            },
            Step::Each(_) => match shape.list() {
                Some(list) => (list.items(), Presence::May, Tag::Arr),
                None => continue,
            },
        };
        let is_absent = world.is(part, Tag::Absent);
        let here = match is_there {
            Presence::Absent => is_absent,
            Presence::Must => {
                let inner = fits_shape(world, part, &inner);
                world.terms.and(is_absent.negate(), inner)
            }
            Presence::May => {
                let inner = fits_shape(world, part, &inner);
                world.terms.or(is_absent, inner)
            }
        };
        let is_elsewhere = world.is(value, container).negate();
        parts.push(world.terms.or(is_elsewhere, here));
    }
    world.terms.all(parts)
}

/// The parts of an unknown that somebody asked about.
fn parts_of(world: &mut World, whole: SymbolId) -> Vec<(ValueId, Step)> {
    let steps: Vec<Step> = world
        .symbols
        .iter()
        .filter_map(|symbol| match &symbol.origin {
            Origin::Part(of, step) if *of == whole => Some(step.clone()),
            _ => None,
        })
        .collect();
    let value = world.value_of(whole);
    steps.into_iter().map(|step| (world.part(value, &step), step)).collect()
}

/// The value, or one near to it that fits, as far as that is simple: bent to the alternative that keeps most of its members.
pub(super) fn bent(premise: &Premise, value: Value, chance: u64) -> Value {
    if premise.admits(&value) {
        return value;
    }
    let n_kept = |bent: &Value| match (bent, &value) {
        (Value::Object(bent), Value::Object(members)) => {
            members.iter().filter(|(name, member)| bent.get(*name) == Some(*member)).count()
        }
        (bent, value) => usize::from(bent == value),
    };
    let most = value.as_object().map_or(1, Members::len);
    let n = premise.ways.len();
    let first = usize::try_from(chance % (n.max(1) as u64)).unwrap_or_default();
    let ways = premise.ways.iter().cycle().skip(first).take(n);
    let fitted_to = |(way, chance)| premise.mended(fitted(way, value.clone(), chance), chance);
    let each = ways.flat_map(|way| [(way, chance), (way, chance ^ 1)]).map(fitted_to);
    let each = std::iter::once_with(|| premise.mended(value.clone(), chance)).chain(each);
    let mut best: Option<(usize, Value)> = None;
    for bent in each {
        let n_kept = n_kept(&bent);
        if best.as_ref().is_none_or(|(known, _)| *known < n_kept) && premise.admits(&bent) {
            best = Some((n_kept, bent));
            if n_kept == most {
                break;
            }
        }
    }
    match best {
        Some((_, best)) => best,
        None => premise.mended(fitted(&premise.shape, value, chance), chance),
    }
}

/// The value, or one as near to it as the shape holds: what is not there and has to be is put in, what may not be is left out,
/// and what is of another type is replaced. `chance` picks among several. Recursion is bounded by the shape's depth and the value's.
fn fitted(shape: &Shape, value: Value, chance: u64) -> Value {
    if shape.admits(&value) {
        return value;
    }
    match value {
        Value::Object(members) if shape.kinds().meets(Kinds::OBJECT) => {
            let mut fitting = Members::new();
            for (name, inner) in members.iter() {
                let member = shape.member(name);
                if member.presence != Presence::Absent && !member.shape.is_never() {
                    fitting.insert(name.clone(), fitted(&member.shape, inner.clone(), chance >> 1));
                }
            }
            for (name, member) in shape.record().into_iter().flat_map(Record::members) {
                if member.presence == Presence::Must && !fitting.contains_key(name) {
                    fitting.insert(name.clone(), any_of(&member.shape, chance >> 1));
                }
            }
            Value::object(fitting)
        }
        Value::Array(items) if shape.kinds().meets(Kinds::ARRAY) => {
            let Some(list) = shape.list() else { return Value::Array(items) };
            let most = list.as_exact().map_or(usize::MAX, <[Shape]>::len);
            let n_items = items.len().max(list.least()).min(most).min(MOST_ITEMS);
            let item = |at: usize| {
                let (inner, _) = list.item(at);
                match items.get(at) {
                    Some(item) => fitted(&inner, item.clone(), chance >> 1),
                    None => any_of(&inner, chance >> 1),
                }
            };
            Value::array((0..n_items).map(item).collect())
        }
        _ => any_of(shape, chance),
    }
}

/// How many items an array is given at most.
const MOST_ITEMS: usize = 100;

/// Some value of a shape.
fn any_of(shape: &Shape, chance: u64) -> Value {
    let pick = |n: usize| usize::try_from(chance % (n.max(1) as u64)).unwrap_or_default();
    let mut kinds: Vec<Value> = Vec::new();
    if shape.kinds().meets(Kinds::STRING) {
        let text = shape.strings().and_then(|all| all.get(pick(all.len()))).map_or("a", |text| text);
        kinds.push(text.into());
    }
    if shape.kinds().meets(Kinds::NUMBER) {
        let number = shape.numbers().and_then(|all| all.get(pick(all.len())));
        kinds.push(number.map_or_else(|| 1.into(), |&number| number.into()));
    }
    for (kind, value) in
        [(Kinds::TRUE, Value::Bool(true)), (Kinds::FALSE, Value::Bool(false)), (Kinds::NULL, Value::Null)]
    {
        if shape.kinds().meets(kind) {
            kinds.push(value);
        }
    }
    if shape.kinds().meets(Kinds::OBJECT) {
        kinds.push(Value::object(Members::new()));
    }
    if shape.kinds().meets(Kinds::ARRAY) {
        kinds.push(Value::array(Vec::new()));
    }
    let at = usize::try_from((chance >> 7) % (kinds.len().max(1) as u64)).unwrap_or_default();
    let Some(value) = kinds.into_iter().nth(at) else { return Value::Null };
    match &value {
        Value::Object(_) | Value::Array(_) => fitted(shape, value, chance),
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::super::atom::Root;
    use super::*;

    fn shape(schema: &str) -> Shape {
        Premise::of_schema("s", &Value::from_json(schema).expect("JSON")).shape
    }

    #[test]
    fn values_are_bent_to_fit() {
        let shape = shape(
            r#"{"type":"object","required":["kind","n","list"],"additionalProperties":false,
                "properties":{"kind":{"enum":["a","b"]},"n":{"type":"number"},"list":{"type":"array","minItems":2,"items":{"type":"string"}}}}"#,
        );
        for text in ["null", "{}", r#"{"kind":"c","x":1}"#, r#"{"kind":"b","n":"x","list":[1]}"#, "[]", r#"{"n":3}"#] {
            let value = Value::from_json(text).expect("JSON");
            for chance in [0, 1, 77, 12_345] {
                let fitting = fitted(&shape, value.clone(), chance);
                assert!(shape.admits(&fitting), "{text} {fitting:?}");
            }
        }
        let fitting = Value::from_json(r#"{"kind":"b","n":3,"list":["x","y"]}"#).expect("JSON");
        assert_eq!(fitted(&shape, fitting.clone(), 5), fitting);
    }

    #[test]
    fn what_a_shape_excludes_contradicts_it() {
        let schema = r#"{"type":"object","required":["kind"],"properties":{"kind":{"enum":["a","b"]}}}"#;
        let premise = Premise::of_schema("s", &Value::from_json(schema).expect("JSON"));
        let mut world = World::default();
        let input = world.root(Root::Input, Tags::PRESENT);
        let kind = world.part(input, &Step::Member("kind".into()));
        let is_absent = world.is(kind, Tag::Absent);
        let [is_a, is_c] = ["a", "c"].map(|text| {
            let text = world.constant(text.into());
            world.compare(Sort::Str, Order::Equals, kind, text)
        });
        let fits = fits(&mut world, input, &premise);
        let mut prover = super::super::prover::Prover::new(world, super::super::solver::Backend::Sat, 1000);
        let mut may = |term| prover.contradiction(&[fits, term]).is_none();
        assert_eq!((may(is_absent), may(is_a), may(is_c)), (false, true, false));
    }
}
