//! Turns the rules of a Choice into terms: when each holds, when it fails the execution, and so which of them is taken.
//!
//! As [`crate::eval::choice`] decides: `And` and `Or` from left to right until the answer is certain, a value of another type does not
//! hold, one that is missing fails. The first rule that holds is taken.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Reason;
use super::atom::{Root, Sort, Step, Tag, Tags};
use super::constant::Constant;
use super::jsonata::{Sight, Told, evaluated};
use super::term::Term;
use super::value::{ValueId, World};
use crate::asl::jsonata::{self, Delimited, expression_in};
use crate::asl::path::{self as paths, Path, SegmentKind};
use crate::asl::pattern::pattern;
use crate::asl::{Choice, Comparator, Comparison, Language, Rule, Test};
use crate::eval::Value;
use crate::syntax::{Kind, Node};

/// What the paths of a state start from.
#[derive(Clone, Debug)]
pub struct Roots {
    /// `$`
    pub document: ValueId,
    /// `$$`
    pub context: ValueId,
    /// `$name`, of those that are known; any other is [`Root::Variable`].
    pub variables: BTreeMap<String, ValueId>,
}

/// A question with three answers: it holds, it fails the execution, or neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tri {
    /// It holds.
    pub holds: Term,
    /// It fails.
    pub fails: Term,
}

/// A value that some comparison asks about.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The rule.
    pub rule: usize,
    /// The node of the string that holds the path.
    pub node: usize,
    /// The path as it is written.
    pub path: String,
    /// What it leads to.
    pub value: ValueId,
    /// When the path finds nothing.
    pub missing: Term,
    /// The type that the comparator is about; of `IsPresent` none.
    pub sort: Option<Compared>,
}

/// The type that a comparator is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Compared {
    Null,
    Bool,
    Num,
    Str,
    Time,
}

/// The rules of a Choice, as terms.
#[derive(Clone, Debug)]
pub struct ChoiceTerms {
    /// Each rule by itself.
    pub rules: Vec<Tri>,
    /// When each rule is asked: none before it holds or fails. One more than there are rules: the last is when none is left.
    pub asked: Vec<Term>,
    /// The values that are asked about, in document order.
    pub values: Vec<Asked>,
}

impl ChoiceTerms {
    /// When a rule is taken.
    pub fn taken(&self, world: &mut World, rule: usize) -> Term {
        world.terms.and(self.asked[rule], self.rules[rule].holds)
    }

    /// When no rule holds, and `Default` is taken if there is one.
    #[must_use]
    pub fn none(&self) -> Term {
        self.asked[self.rules.len()]
    }

    /// When some comparison fails the execution.
    pub fn fails(&self, world: &mut World) -> Term {
        let parts: Vec<Term> =
            self.rules.iter().zip(&self.asked).map(|(rule, &asked)| world.terms.and(asked, rule.fails)).collect();
        world.terms.any(parts)
    }

    /// When every value that is asked about is there and of a type that some rule is about: what a person has in mind who writes
    /// rules for certain values. What one path leads to is one value, however often it is read, and so is what two paths lead to
    /// that are known to meet.
    pub fn is_regular(&self, world: &mut World) -> Term {
        let mut by_path: BTreeMap<&str, BTreeSet<Compared>> = BTreeMap::new();
        for asked in &self.values {
            by_path.entry(&asked.path).or_default().extend(asked.sort);
        }
        let mut by_value: BTreeMap<ValueId, BTreeSet<Compared>> = BTreeMap::new();
        for asked in &self.values {
            by_value.entry(asked.value).or_default().extend(&by_path[&*asked.path]);
        }
        let mut parts: Vec<Term> = self.values.iter().map(|asked| asked.missing.negate()).collect();
        for (value, sorts) in by_value {
            let of_sorts: Vec<Term> = sorts.into_iter().map(|sort| is_of(world, value, sort)).collect();
            if !of_sorts.is_empty() {
                parts.push(world.terms.any(of_sorts));
            }
        }
        world.terms.all(parts)
    }
}

fn is_of(world: &mut World, value: ValueId, sort: Compared) -> Term {
    match sort {
        Compared::Null => world.is(value, Tag::Null),
        Compared::Bool => world.is(value, Tag::Bool),
        Compared::Num => world.is(value, Tag::Num),
        Compared::Str => world.is(value, Tag::Str),
        Compared::Time => world.is_timestamp(value),
    }
}

/// The rules of a Choice.
pub fn choice(world: &mut World, choice: &Choice<'_>, roots: &Roots, language: Language) -> ChoiceTerms {
    let place = world.unique();
    let mut reading = Reading { world, roots, language, place, rule: 0, values: Vec::new() };
    let mut rules = Vec::with_capacity(choice.rules.len());
    let mut asked = vec![Term::TRUE];
    for (number, rule) in choice.rules.iter().enumerate() {
        reading.rule = number;
        let tri = reading.rule(rule, true);
        let terms = &mut reading.world.terms;
        let before = asked[number];
        asked.push(terms.all([before, tri.holds.negate(), tri.fails.negate()]));
        rules.push(tri);
    }
    ChoiceTerms { rules, asked, values: reading.values }
}

/// Rules on their way into terms.
struct Reading<'w> {
    world: &'w mut World,
    roots: &'w Roots,
    language: Language,
    /// The number of this Choice.
    place: u32,
    rule: usize,
    values: Vec<Asked>,
}

impl Reading<'_> {
    /// What is not modelled: it may hold, fail, or neither.
    fn unknown(&mut self, reason: &Reason) -> Tri {
        let holds = self.world.free(reason.clone());
        let fails = self.world.free(reason.clone());
        Tri { holds, fails: self.world.terms.and(holds.negate(), fails) }
    }

    /// Recursion is bounded by the depth of the tree.
    fn rule(&mut self, rule: &Rule<'_>, is_top: bool) -> Tri {
        if rule.node.is_open() || rule.node.may_have_more() {
            return self.unknown(&Reason::Open);
        }
        let [_] = rule.operators.as_slice() else { return self.unknown(&Reason::Refused) };
        if rule.next.is_some() != is_top {
            return self.unknown(&Reason::Refused);
        }
        match &rule.test {
            Some(Test::Condition(condition)) if self.language == Language::Jsonata && is_top => {
                match condition.value.as_bool() {
                    Some(holds) => Tri { holds: Term::constant(holds), fails: Term::FALSE },
                    None => self.condition(condition.value),
                }
            }
            _ if self.language == Language::Jsonata => self.unknown(&Reason::Refused),
            Some(Test::And(rules)) if !rules.is_empty() => {
                let parts: Vec<Tri> = rules.iter().map(|rule| self.rule(rule, false)).collect();
                self.all(&parts)
            }
            Some(Test::Or(rules)) if !rules.is_empty() => {
                let parts: Vec<Tri> = rules.iter().map(|rule| self.rule(rule, false)).collect();
                self.any(&parts)
            }
            Some(Test::Not(rule)) => {
                let Tri { holds, fails } = self.rule(rule, false);
                Tri { holds: self.world.terms.all([holds.negate(), fails.negate()]), fails }
            }
            Some(Test::Comparison(comparison)) => self.comparison(comparison),
            _ => self.unknown(&Reason::Refused),
        }
    }

    /// A condition in JSONata: it fails where it is not true or false.
    fn condition(&mut self, node: Node<'_>) -> Tri {
        let Some(text) = node.as_str() else { return self.unknown(&Reason::Refused) };
        if node.is_open() {
            return self.unknown(&Reason::Open);
        }
        let Delimited::Expression { inner } = expression_in(text) else { return self.unknown(&Reason::Refused) };
        let parsed = jsonata::parse(inner.of(text));
        if !parsed.errors.is_empty() {
            return self.unknown(&Reason::Refused);
        }
        let sight = Sight { roots: self.roots, result: None, place: self.place };
        let Told { value, fails, asked } = evaluated(self.world, &parsed.ast, sight);
        let is_bool = self.world.is(value, Tag::Bool);
        let is_true = self.world.is_true(value);
        let fails = self.world.terms.or(fails, is_bool.negate());
        for (path, value, sort) in asked {
            let missing = self.world.is(value, Tag::Absent);
            self.values.push(Asked { rule: self.rule, node: node.index(), path, value, missing, sort });
        }
        Tri { holds: self.world.terms.and(is_true, fails.negate()), fails }
    }

    fn all(&mut self, parts: &[Tri]) -> Tri {
        let terms = &mut self.world.terms;
        let holds = terms.all(parts.iter().map(|part| part.holds));
        let mut before = Term::TRUE;
        let mut fails = Vec::new();
        for part in parts {
            fails.push(terms.and(before, part.fails));
            before = terms.and(before, part.holds);
        }
        Tri { holds, fails: terms.any(fails) }
    }

    fn any(&mut self, parts: &[Tri]) -> Tri {
        let terms = &mut self.world.terms;
        // Where one before it holds, all of them hold, whatever is said of the others.
        let mut none_fails = Term::TRUE;
        let mut none = Term::TRUE;
        let (mut holds, mut fails) = (Vec::new(), Vec::new());
        for part in parts {
            holds.push(terms.and(none_fails, part.holds));
            fails.push(terms.and(none, part.fails));
            none_fails = terms.and(none_fails, part.fails.negate());
            none = terms.all([none, part.holds.negate(), part.fails.negate()]);
        }
        Tri { holds: terms.any(holds), fails: terms.any(fails) }
    }

    fn comparison(&mut self, comparison: &Comparison<'_>) -> Tri {
        let Comparison { variable, comparator, field } = comparison;
        let Some(variable) = variable.and_then(|variable| variable.value.as_str().map(|_| variable.value)) else {
            return self.unknown(&Reason::Refused);
        };
        let sort = compared(*comparator);
        let (value, missing) = self.read(variable, sort);
        if field.value.is_open() {
            return self.open(*comparator, missing, &Reason::Open);
        }
        if *comparator == Comparator::IsPresent {
            return match field.value.as_bool() {
                Some(expected) => {
                    let holds = if expected { missing.negate() } else { missing };
                    Tri { holds, fails: Term::FALSE }
                }
                None => self.open(*comparator, missing, &Reason::Refused),
            };
        }
        if comparator.takes_path() {
            return self.against_path(*comparator, value, missing, field.value, sort);
        }
        let is_torn = |text: &str| !pattern(text).open_escapes.is_empty();
        if *comparator == Comparator::StringMatches && field.value.as_str().is_some_and(is_torn) {
            // The specification has it fail, and a rule of its own tells of it.
            let reason = Reason::NotModelled("a pattern with a `\\` that begins no escape".to_owned());
            return self.open(*comparator, missing, &reason);
        }
        let Some(holds) = self.against_literal(*comparator, value, field.value) else {
            return self.open(*comparator, missing, &Reason::Refused);
        };
        Tri { holds: self.world.terms.and(missing.negate(), holds), fails: missing }
    }

    /// A comparison with an operand that is not known.
    fn open(&mut self, comparator: Comparator, missing: Term, reason: &Reason) -> Tri {
        let holds = self.world.free(reason.clone());
        if comparator == Comparator::IsPresent {
            return Tri { holds, fails: Term::FALSE };
        }
        let also_fails = self.world.free(reason.clone());
        let terms = &mut self.world.terms;
        let also_fails = if comparator.takes_path() { also_fails } else { Term::FALSE };
        let fails = terms.or(missing, also_fails);
        Tri { holds: terms.and(fails.negate(), holds), fails }
    }

    /// Whether a value is what the operand asks for. `None` where the service refuses such an operand.
    fn against_literal(&mut self, comparator: Comparator, value: ValueId, operand: Node<'_>) -> Option<Term> {
        let world = &mut *self.world;
        let literal = Value::from_node(operand);
        let holds = match comparator {
            Comparator::StringMatches => {
                let pattern = pattern(operand.as_str()?);
                world.matches(value, &pattern)
            }
            Comparator::String(order, _) => {
                Constant::read(Sort::Str, &literal)?;
                let literal = world.constant(literal);
                world.compare(Sort::Str, order, value, literal)
            }
            Comparator::Numeric(order, _) => {
                Constant::read(Sort::Num, &literal)?;
                let literal = world.constant(literal);
                world.compare(Sort::Num, order, value, literal)
            }
            Comparator::Timestamp(order, _) => {
                Constant::read(Sort::Time, &literal)?;
                let literal = world.constant(literal);
                world.compare(Sort::Time, order, value, literal)
            }
            Comparator::Boolean(_) => {
                let expected = literal.as_bool()?;
                let is_true = world.is_true(value);
                if expected {
                    is_true
                } else {
                    let is_bool = world.is(value, Tag::Bool);
                    world.terms.and(is_bool, is_true.negate())
                }
            }
            Comparator::IsPresent => return None,
            Comparator::IsNull
            | Comparator::IsNumeric
            | Comparator::IsString
            | Comparator::IsBoolean
            | Comparator::IsTimestamp => {
                let expected = literal.as_bool()?;
                let is_of = compared(comparator).map(|sort| is_of(world, value, sort))?;
                if expected { is_of } else { is_of.negate() }
            }
        };
        Some(holds)
    }

    fn against_path(
        &mut self,
        comparator: Comparator,
        value: ValueId,
        missing: Term,
        operand: Node<'_>,
        sort: Option<Compared>,
    ) -> Tri {
        if operand.kind() != Kind::String {
            return self.open(comparator, missing, &Reason::Refused);
        }
        let (other, other_missing) = self.read(operand, sort);
        let world = &mut *self.world;
        let holds = match comparator {
            Comparator::String(order, _) => world.compare(Sort::Str, order, value, other),
            Comparator::Numeric(order, _) => world.compare_as_written(order, value, other),
            Comparator::Timestamp(order, _) => world.compare(Sort::Time, order, value, other),
            _ => {
                let both = [value, other].map(|value| world.is(value, Tag::Bool));
                let [one, other] = [value, other].map(|value| world.is_true(value));
                let same = world.terms.iff(one, other);
                world.terms.all([both[0], both[1], same])
            }
        };
        // The interpreter takes an operand of another type for one that does not compare. Nobody has seen the service do it, and
        // its guide speaks of an error for "wrong-typed" values.
        let fitting = match sort {
            Some(sort) => is_of(world, other, sort),
            None => Term::TRUE,
        };
        let reason =
            Reason::NotModelled("an operand behind a path that has another type than the comparator".to_owned());
        let doubted = if fitting == Term::TRUE { Term::FALSE } else { world.doubt(reason, false) };
        let terms = &mut world.terms;
        let unfit = terms.all([doubted, fitting.negate(), other_missing.negate()]);
        let fails = terms.any([missing, other_missing, unfit]);
        Tri { holds: terms.and(fails.negate(), holds), fails }
    }

    /// What the path in a string leads to, and when it finds nothing.
    fn read(&mut self, node: Node<'_>, sort: Option<Compared>) -> (ValueId, Term) {
        let text = node.as_str().unwrap_or_default();
        let (path, errors) = paths::parse(text);
        let value = if node.is_open() || path.is_open() {
            self.world.havoc(text, self.roots.document, Reason::Open)
        } else if errors.is_empty() {
            read(self.world, &path, text, self.roots)
        } else {
            self.world.havoc(text, self.roots.document, Reason::Refused)
        };
        let mut missing = self.world.is(value, Tag::Absent);
        if path.root == paths::Root::Document && path.segments.is_empty() {
            // No path is read from a document that is null.
            let is_null = self.world.is(value, Tag::Null);
            missing = self.world.terms.or(missing, is_null);
        }
        self.values.push(Asked { rule: self.rule, node: node.index(), path: text.to_owned(), value, missing, sort });
        (value, missing)
    }
}

/// What a path leads to; `text` is the path as it is written.
pub fn read(world: &mut World, path: &Path, text: &str, roots: &Roots) -> ValueId {
    let steps: Option<Vec<Step>> = path.segments.iter().map(|segment| step(&segment.kind)).collect();
    let start = match &path.root {
        paths::Root::Document => roots.document,
        paths::Root::Context => roots.context,
        paths::Root::Variable(name) => match roots.variables.get(name) {
            Some(&value) => value,
            None => world.root(Root::Variable(name.clone()), Tags::ANY),
        },
        paths::Root::Item | paths::Root::Unknown => return world.havoc(text, roots.document, Reason::Refused),
    };
    match steps {
        Some(steps) => steps.iter().fold(start, |value, step| world.part(value, step)),
        None => world.havoc(text, start, Reason::Path(text.to_owned())),
    }
}

/// A segment that selects one member, or one item counted from the start.
fn step(kind: &SegmentKind) -> Option<Step> {
    match kind {
        SegmentKind::Member(name) => Some(Step::Member(Arc::from(name.text.as_str()))),
        SegmentKind::Index(index) => u32::try_from(*index).ok().map(Step::Item),
        _ => None,
    }
}

/// The type that a comparator is about.
fn compared(comparator: Comparator) -> Option<Compared> {
    match comparator {
        Comparator::IsPresent => None,
        Comparator::IsNull => Some(Compared::Null),
        Comparator::Boolean(_) | Comparator::IsBoolean => Some(Compared::Bool),
        Comparator::Numeric(..) | Comparator::IsNumeric => Some(Compared::Num),
        Comparator::String(..) | Comparator::StringMatches | Comparator::IsString => Some(Compared::Str),
        Comparator::Timestamp(..) | Comparator::IsTimestamp => Some(Compared::Time),
    }
}
