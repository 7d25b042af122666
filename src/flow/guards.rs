//! Turns a choice rule into what it tells of variables: which have a value where it holds, which where it does not.

use std::collections::HashMap;

use crate::asl::expression::{Expression, Form, Jsonata};
use crate::asl::jsonata::{ExprId, Kind, Op};
use crate::asl::sites::Role;
use crate::asl::{Comparator, Comparison, Rule, Test};

/// How a rule comes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Holds,
    Fails,
}

impl Outcome {
    const fn opposite(self) -> Self {
        match self {
            Self::Holds => Self::Fails,
            Self::Fails => Self::Holds,
        }
    }
}

/// That a variable has a value, or that it has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fact<'n> {
    pub(super) name: &'n str,
    pub(super) has_value: bool,
}

/// The `Condition`s of a machine, by the number of their node.
pub(super) struct Conditions<'e>(HashMap<usize, &'e Jsonata>);

impl<'e> Conditions<'e> {
    pub(super) fn new(expressions: &'e [Expression<'_>]) -> Self {
        let condition = |expression: &'e Expression<'_>| match &expression.form {
            Form::Jsonata(jsonata)
                if expression.site.role == Role::Jsonata
                    && expression.site.field.name() == "Condition"
                    && jsonata.parsed.errors.is_empty() =>
            {
                Some((expression.node.index(), &**jsonata))
            }
            _ => None,
        };
        Self(expressions.iter().filter_map(condition).collect())
    }

    /// What follows from how a rule comes out. Recursion is bounded by the depth of the tree.
    pub(super) fn facts<'n>(&self, rule: &Rule<'n>, outcome: Outcome, found: &mut Vec<Fact<'n>>)
    where
        'e: 'n,
    {
        match (&rule.test, outcome) {
            // What was asked for was there: only a missing value of the first part is certain where `And` fails, and that one is
            // a read like any other.
            (Some(Test::And(rules)), Outcome::Holds) | (Some(Test::Or(rules)), Outcome::Fails) => {
                rules.iter().for_each(|rule| self.facts(rule, outcome, found));
            }
            (Some(Test::Not(rule)), _) => self.facts(rule, outcome.opposite(), found),
            (Some(Test::Comparison(comparison)), _) => of_comparison(comparison, outcome, found),
            (Some(Test::Condition(field)), _) => {
                if let Some(jsonata) = self.0.get(&field.value.index()) {
                    of_jsonata(jsonata, outcome, found);
                }
            }
            (Some(Test::And(_) | Test::Or(_)) | None, _) => {}
        }
    }
}

/// The variable that a path begins with, and whether nothing stands behind it.
fn variable(path: &str) -> Option<(&str, bool)> {
    let rest = path.strip_prefix('$')?;
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
    (end > 0).then_some((&rest[..end], end == rest.len()))
}

fn of_comparison<'n>(comparison: &Comparison<'n>, outcome: Outcome, found: &mut Vec<Fact<'n>>) {
    let asked = comparison.variable.filter(|field| !field.value.is_open()).and_then(|field| field.value.as_str());
    let asked = asked.and_then(variable);
    if comparison.comparator == Comparator::IsPresent {
        let Some(wanted) = comparison.field.value.as_bool() else { return };
        let has_value = wanted == (outcome == Outcome::Holds);
        // Where `$x.a` is missing, `$x` may be there.
        found.extend(asked.filter(|&(_, is_all)| has_value || is_all).map(|(name, _)| Fact { name, has_value }));
        return;
    }
    // A comparison with what is missing fails the execution.
    found.extend(asked.map(|(name, _)| Fact { name, has_value: true }));
}

fn of_jsonata<'n>(jsonata: &'n Jsonata, outcome: Outcome, found: &mut Vec<Fact<'n>>) {
    let ast = &jsonata.parsed.ast;
    // The variable that a node takes its value from: without the one there is not the other.
    let head = |mut id: ExprId| loop {
        id = match &ast[id].kind {
            Kind::Path(steps) => *steps.first()?,
            Kind::Filter { input, .. } => *input,
            Kind::Block(list) if list.len() == 1 => list[0],
            _ => break jsonata.scopes.free_variable(ast, id).map(|name| (name, id)),
        };
    };
    let mut open = vec![(ast.root(), outcome)];
    while let Some((id, outcome)) = open.pop() {
        let holds = outcome == Outcome::Holds;
        match &ast[id].kind {
            Kind::Block(list) if list.len() == 1 => open.push((list[0], outcome)),
            Kind::Binary { op: Op::And, left, right, .. } if holds => {
                open.extend([(*left, outcome), (*right, outcome)]);
            }
            Kind::Binary { op: Op::Or, left, right, .. } if !holds => {
                open.extend([(*left, outcome), (*right, outcome)]);
            }
            // Nothing equals nothing, and nothing is unequal to it.
            Kind::Binary { op: Op::Equal | Op::NotEqual, left, right, .. } if holds => {
                let heads = [left, right].into_iter().filter_map(|&side| head(typed(jsonata, side)));
                found.extend(heads.map(|(name, _)| Fact { name, has_value: true }));
            }
            Kind::Binary { op: Op::In, left, right, .. } if holds => {
                let heads = [left, right].into_iter().filter_map(|&side| head(side));
                found.extend(heads.map(|(name, _)| Fact { name, has_value: true }));
            }
            Kind::Call { callee, args } => match (jsonata.scopes.free_variable(ast, *callee), args.as_slice()) {
                (Some("exists"), &[arg]) => {
                    let Some((name, _)) = head(arg) else { continue };
                    let is_all = jsonata.scopes.free_variable(ast, arg).is_some();
                    found.extend((holds || is_all).then_some(Fact { name, has_value: holds }));
                }
                (Some("not"), &[arg]) => open.push((arg, outcome.opposite())),
                (Some("boolean"), &[arg]) => open.push((arg, outcome)),
                _ => {}
            },
            // What is nothing is not true.
            _ if holds => found.extend(head(id).map(|(name, _)| Fact { name, has_value: true })),
            _ => {}
        }
    }
}

/// The argument of `$type(…)`, which has no value where that has none; of anything else, that itself.
fn typed(jsonata: &Jsonata, id: ExprId) -> ExprId {
    let ast = &jsonata.parsed.ast;
    match &ast[id].kind {
        Kind::Call { callee, args }
            if jsonata.scopes.free_variable(ast, *callee) == Some("type") && args.len() == 1 =>
        {
            args[0]
        }
        _ => id,
    }
}
