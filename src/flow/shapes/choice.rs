//! A Choice: what is known of the document on each of its ways.

use crate::asl::expression::Form;
use crate::asl::path::Root;
use crate::asl::{Comparator, Comparison, Edge, Language, Rule, Test as Asked};
use crate::flow::shape::choice::split;
use crate::flow::shape::path::{self, Misses};
use crate::flow::shape::{Kinds, Rest, Shape};
use crate::syntax::{Kind, Node};

use super::expressions::View;
use super::pipeline::Left;
use super::{MAX_NESTING, Pass, Place, Test};

impl<'t> Pass<'_, 't> {
    pub(super) fn choice(&mut self, view: View<'_, 't>, left: &mut Left) {
        let state = view.state;
        let Some(effective) = self.effective(view) else { return };
        let mut open = effective;
        for (i, rule) in state.rules().iter().enumerate() {
            if open.is_never() {
                break;
            }
            let (taken, passed) = self.rule(rule, &open, view);
            if !taken.is_never() {
                let output = self.chosen(rule.node, &taken, view);
                left.push((Some(Edge::Choice(i)), output));
            }
            open = passed;
        }
        if open.is_never() {
            return;
        }
        if state.choice().is_some_and(|choice| choice.default.is_some()) {
            let output = self.chosen(state.node, &open, view);
            left.push((Some(Edge::Default), output));
        } else if let Some(going) = &mut self.going {
            going.fall_through();
        }
    }

    /// What goes on by the way of a rule, or of `Default`, which the state itself stands for.
    fn chosen(&mut self, owner: Node<'t>, document: &Shape, view: View<'_, 't>) -> Shape {
        if view.state.language == Language::Jsonata {
            let view = View { document, input: document, ..view };
            return self.hand_on_jsonata(owner, document, view);
        }
        let inner = view.on(document, Place::Effective);
        if !self.assign_field(owner, inner) {
            return Shape::never();
        }
        match view.state.node.get("OutputPath") {
            None => document.clone(),
            Some(node) if node.is_open() => Shape::any(),
            Some(node) if node.kind() == Kind::Null => Shape::object([], Rest::Nothing),
            Some(node) => self.query(node, inner),
        }
    }

    /// The documents for which a rule holds, and those for which it does not; those for which it fails are in neither.
    fn rule(&mut self, rule: &Rule<'t>, document: &Shape, view: View<'_, 't>) -> (Shape, Shape) {
        self.rule_within(rule, document, view, MAX_NESTING)
    }

    /// Recursion ends at [`MAX_NESTING`]: what lies deeper may come to either answer.
    fn rule_within(&mut self, rule: &Rule<'t>, document: &Shape, view: View<'_, 't>, depth: u32) -> (Shape, Shape) {
        if document.is_never() {
            return (Shape::never(), Shape::never());
        }
        // A question gets the answer that it got, while nothing is written that it reads.
        let answered = self.going.as_ref().and_then(|going| going.answered(view.state, rule));
        let answers = self.rule_asked(rule, document, view, depth);
        match answered {
            Some(true) => (answers.0, Shape::never()),
            Some(false) => (Shape::never(), answers.1),
            None => answers,
        }
    }

    fn rule_asked(&mut self, rule: &Rule<'t>, document: &Shape, view: View<'_, 't>, depth: u32) -> (Shape, Shape) {
        match &rule.test {
            _ if depth == 0 || rule.node.is_open() || rule.node.may_have_more() || rule.operators.len() > 1 => {
                (document.clone(), document.clone())
            }
            Some(Asked::And(rules)) => {
                let (mut holds, mut fails) = (document.clone(), Shape::never());
                for rule in rules {
                    let (taken, passed) = self.rule_within(rule, &holds, view, depth - 1);
                    fails = fails.join(&passed);
                    holds = taken;
                }
                (holds, fails)
            }
            Some(Asked::Or(rules)) => {
                let (mut holds, mut fails) = (Shape::never(), document.clone());
                for rule in rules {
                    let (taken, passed) = self.rule_within(rule, &fails, view, depth - 1);
                    holds = holds.join(&taken);
                    fails = passed;
                }
                (holds, fails)
            }
            Some(Asked::Not(rule)) => {
                let (taken, passed) = self.rule_within(rule, document, view, depth - 1);
                (passed, taken)
            }
            Some(Asked::Comparison(comparison)) => self.comparison(comparison, document, view),
            Some(Asked::Condition(field)) if view.state.language == Language::Jsonata => {
                self.condition(field.value, document, view)
            }
            _ => (document.clone(), document.clone()),
        }
    }

    fn comparison(&mut self, comparison: &Comparison<'t>, document: &Shape, view: View<'_, 't>) -> (Shape, Shape) {
        let unknown = || (document.clone(), document.clone());
        let Some(variable) = comparison.variable.map(|field| field.value) else { return unknown() };
        let inner = view.on(document, Place::Effective);
        let found = self.query(variable, inner);
        let operand = comparison.field.value;
        let takes_path = comparison.comparator.takes_path();
        let is_presence = comparison.comparator == Comparator::IsPresent;
        if !is_presence && (found.is_never() || takes_path && self.query(operand, inner).is_never()) {
            return (Shape::never(), Shape::never());
        }
        let Some(answers) = self.answers(comparison, variable, document, inner) else { return unknown() };
        if self.record.is_some() {
            let outcome = settled(&answers);
            let is_of_input = outcome.is_some() && {
                let whole = self.now.effective.clone();
                let at_first = self.answers(comparison, variable, &whole, view.on(&whole, Place::Effective));
                at_first.is_some_and(|answers| settled(&answers) == outcome)
            };
            let (state, field) = (view.state.id, comparison.field.key);
            let test = Test { state, field, variable, value: found, outcome, is_of_input };
            self.record.iter_mut().for_each(|record| record.tests.push(test.clone()));
        }
        answers
    }

    /// The documents for which a comparison holds, and those for which it does not; nothing where its path is not known.
    pub(super) fn answers(
        &self,
        comparison: &Comparison<'t>,
        variable: Node<'t>,
        document: &Shape,
        view: View<'_, 't>,
    ) -> Option<(Shape, Shape)> {
        let Form::Path(path, errors) = &self.facts.expressions[self.expression_at(variable)?].form else { return None };
        if !errors.is_empty() || path.is_open() {
            return None;
        }
        let found = path::read(path, &self.start(path, view)?.0);
        let names = path::members(path);
        // No path is read from `null`, `$` included.
        let is_whole = names.as_ref().is_some_and(Vec::is_empty);
        let readable = |value: &Shape| if is_whole { value.without(Kinds::NULL) } else { value.clone() };
        let operand = comparison.field.value;
        if comparison.comparator != Comparator::IsPresent {
            let answer = |which: fn((Shape, Shape)) -> Shape| match &names {
                Some(names) => path::refined(document, names, &|value| {
                    which(split(&readable(value), comparison.comparator, operand))
                }),
                None if which(split(&found.shape, comparison.comparator, operand)).is_never() => Shape::never(),
                None => document.clone(),
            };
            return Some((answer(|split| split.0), answer(|split| split.1)));
        }
        let present = match (&found.misses, &names) {
            (Misses::Always(_), _) => Shape::never(),
            (_, Some(names)) => path::refined(document, names, &readable),
            _ => document.clone(),
        };
        let lacking = match (&found.misses, &names) {
            (Misses::Never, _) if path.root == Root::Document => Shape::never(),
            _ if is_whole => document.only(Kinds::NULL),
            (_, Some(names)) => path::lacking(document, names),
            _ => document.clone(),
        };
        match operand.as_bool() {
            _ if operand.is_open() => None,
            Some(true) => Some((present, lacking)),
            Some(false) => Some((lacking, present)),
            None => Some((Shape::never(), document.clone())),
        }
    }
}

/// What a comparison comes to where that is one answer.
pub(super) fn settled((holds, fails): &(Shape, Shape)) -> Option<bool> {
    match (holds.is_never(), fails.is_never()) {
        (true, false) => Some(false),
        (false, true) => Some(true),
        _ => None,
    }
}
