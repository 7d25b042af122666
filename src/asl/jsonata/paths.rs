//! Puts paths together: `.`, `[…]`, `{…}`, `^(…)`, `@` and `#` onto what stands before them.
//!
//! The reference implementation does this in a second pass over its tree. Each decision needs only what stands to the left,
//! so here the parser makes it as it goes. Which nodes are a path matters: a bare name is one, of one step, and what follows a
//! path goes to its last step, except groups, which stay around the whole.

use super::ancestry::Ancestry;
use super::ast::{Binding, Expr, ExprId, Kind};
use super::{ExprError, MAX_ERRORS};
use crate::text::Span;

/// The tree while it grows. Ids are in no order yet, and some nodes are no longer in use.
#[derive(Default)]
pub(super) struct Tree {
    pub(super) exprs: Vec<Expr>,
    pub(super) facts: Vec<Facts>,
    pub(super) ancestry: Ancestry,
    /// What the grammar of paths refuses, in no order.
    pub(super) errors: Vec<ExprError>,
}

/// What is known of a node beyond the tree.
#[derive(Clone, Copy)]
pub(super) struct Facts {
    /// The node without filters, focus and index variables, and groups.
    pub(super) base: ExprId,
    pub(super) form: Form,
    pub(super) focused: bool,
    /// A filter stands behind it.
    filtered: bool,
    /// A group stands behind it which is its own, not its path's.
    grouped: bool,
    /// The first step of this path is known to be one.
    checked: bool,
    /// The list of what looks for its step to the left of this.
    pub(super) seeking: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// No path.
    Value,
    /// A path of one step, which has no node of its own.
    Step,
    /// A [`Kind::Path`], perhaps grouped.
    Path,
}

impl Tree {
    pub(super) fn reserve(&mut self, n_exprs: usize) {
        self.exprs.reserve(n_exprs);
        self.facts.reserve(n_exprs);
    }

    pub(super) fn push(&mut self, span: Span, kind: Kind) -> ExprId {
        let base = ExprId(u32::try_from(self.exprs.len()).unwrap_or(u32::MAX));
        let form = match kind {
            Kind::Name(_) => Form::Step,
            Kind::Path(_) => Form::Path,
            _ => Form::Value,
        };
        self.exprs.push(Expr { span, kind, keeps_array: false });
        self.facts.push(Facts {
            base,
            form,
            focused: false,
            filtered: false,
            grouped: false,
            checked: false,
            seeking: None,
        });
        base
    }

    /// A node around `input` that leaves it what it is: a step a step, a value a value.
    fn wrap(&mut self, input: ExprId, end: u32, kind: Kind) -> ExprId {
        let id = self.push(Span::new(self.span(input).start, end), kind);
        self.facts[id.index()] = *self.facts(input);
        self.exprs[id.index()].keeps_array = self.exprs[input.index()].keeps_array;
        id
    }

    pub(super) fn span(&self, id: ExprId) -> Span {
        self.exprs[id.index()].span
    }

    pub(super) fn kind(&self, id: ExprId) -> &Kind {
        &self.exprs[id.index()].kind
    }

    pub(super) fn facts(&self, id: ExprId) -> &Facts {
        &self.facts[id.index()]
    }

    /// The kind without filters, focus and index variables, and groups.
    pub(super) fn base_kind(&self, id: ExprId) -> &Kind {
        self.kind(self.facts(id).base)
    }

    /// Does to a path what `change` does, inside the group that stands around it if there is one.
    fn inside_group(&mut self, left: ExprId, change: impl FnOnce(&mut Self, ExprId) -> ExprId) -> ExprId {
        match *self.kind(left) {
            Kind::Group { input, .. } if self.facts(left).form != Form::Value => {
                let changed = change(self, input);
                self.facts[left.index()] = *self.facts(changed);
                let end = self.span(changed).end;
                let group = &mut self.exprs[left.index()];
                group.span.end = group.span.end.max(end);
                if let Kind::Group { input, .. } = &mut group.kind {
                    *input = changed;
                }
                left
            }
            _ => change(self, left),
        }
    }

    /// The node that a postfix operator goes to.
    fn last_step(&self, left: ExprId) -> ExprId {
        match self.kind(left) {
            Kind::Path(steps) => steps.last().copied().unwrap_or(left),
            _ => left,
        }
    }

    /// Puts `step`, made from [`Self::last_step`], in its place.
    fn replace_last_step(&mut self, left: ExprId, step: ExprId) -> ExprId {
        let end = self.span(step).end;
        let path = &mut self.exprs[left.index()];
        match &mut path.kind {
            Kind::Path(steps) => {
                if let Some(last) = steps.last_mut() {
                    *last = step;
                }
                path.span.end = end;
                left
            }
            _ => step,
        }
    }

    /// The path that starts with `left`.
    fn path(&mut self, left: ExprId) -> ExprId {
        if self.facts(left).form == Form::Path {
            return left;
        }
        let path = self.push(self.span(left), Kind::Path(vec![left]));
        if self.facts(left).form == Form::Step {
            self.exprs[path.index()].keeps_array = self.exprs[left.index()].keeps_array;
        }
        path
    }

    fn push_step(&mut self, path: ExprId, step: ExprId) {
        let end = self.span(step).end;
        let node = &mut self.exprs[path.index()];
        node.span.end = node.span.end.max(end);
        if let Kind::Path(steps) = &mut node.kind {
            steps.push(step);
        }
    }

    /// `left.right`
    pub(super) fn dot(&mut self, left: ExprId, right: ExprId) -> ExprId {
        self.inside_group(left, |tree, left| {
            let path = tree.path(left);
            if tree.is_parent(left) {
                tree.seek_left_of(path, left);
            }
            if !tree.facts(path).checked {
                tree.facts[path.index()].checked = true;
                if let Kind::Path(steps) = tree.kind(path)
                    && let Some(&first) = steps.first()
                {
                    tree.check_step(path, first);
                }
            }
            match tree.kind(right) {
                Kind::Path(steps) => {
                    for step in steps.clone() {
                        tree.check_step(path, step);
                        tree.push_step(path, step);
                    }
                }
                _ => {
                    tree.check_step(path, right);
                    tree.push_step(path, right);
                }
            }
            tree.resolve(path);
            path
        })
    }

    /// A string is a name as a step, another literal is an error.
    fn check_step(&mut self, path: ExprId, step: ExprId) {
        self.exprs[path.index()].keeps_array |= self.exprs[step.index()].keeps_array;
        let base = self.facts(step).base;
        match *self.kind(base) {
            Kind::String(name) => self.exprs[base.index()].kind = Kind::Name(name),
            Kind::Number(_) | Kind::Bool(_) | Kind::Null => {
                self.error(self.span(base), "S0213", "literal stands where a path has a step");
            }
            _ => {}
        }
    }

    /// `left[predicate]`; `bracket` is the opening one.
    pub(super) fn filter(&mut self, left: ExprId, bracket: Span, predicate: ExprId, end: u32) -> ExprId {
        self.inside_group(left, |tree, left| {
            let step = tree.last_step(left);
            if tree.facts(step).grouped {
                tree.error(bracket, "S0209", "predicate cannot follow the group of the same step");
            }
            tree.resolve_predicate(step, predicate);
            let filter = tree.wrap(step, end, Kind::Filter { input: step, predicate });
            tree.facts[filter.index()].filtered = true;
            tree.replace_last_step(left, filter)
        })
    }

    /// `left{pairs}`; `brace` is the opening one.
    pub(super) fn group(&mut self, left: ExprId, brace: Span, mut pairs: Vec<ExprId>, end: u32) -> ExprId {
        let facts = *self.facts(left);
        let node = &mut self.exprs[left.index()];
        if let Kind::Group { pairs: earlier, .. } = &mut node.kind {
            earlier.append(&mut pairs);
            node.span.end = end;
            self.error(brace, "S0210", "step is grouped already");
            return left;
        }
        if facts.grouped && facts.form == Form::Value {
            self.error(brace, "S0210", "step is grouped already");
        }
        let group = self.wrap(left, end, Kind::Group { input: left, pairs });
        self.facts[group.index()].grouped = facts.form == Form::Value;
        group
    }

    /// `left^(terms)`
    pub(super) fn sort(&mut self, left: ExprId, at: Span, terms: Vec<ExprId>) -> ExprId {
        self.inside_group(left, |tree, left| {
            let path = tree.path(left);
            let keys: Vec<ExprId> = terms.iter().flat_map(|&term| tree.kind(term).children()).collect();
            let sort = tree.push(at, Kind::Sort(terms));
            for key in keys {
                tree.inherit(sort, key);
            }
            tree.push_step(path, sort);
            tree.resolve(path);
            path
        })
    }

    /// `left@$variable`; `at` is the sign.
    pub(super) fn focus(&mut self, left: ExprId, at: Span, variable: Binding) -> ExprId {
        self.inside_group(left, |tree, left| {
            let step = tree.last_step(left);
            if tree.facts(step).filtered {
                tree.error(at, "S0215", "`@` cannot follow a predicate of the same step");
            } else if matches!(tree.base_kind(step), Kind::Sort(_)) {
                tree.error(at, "S0216", "`@` cannot follow a sort");
            }
            let focus = tree.wrap(step, variable.span.end, Kind::Focus { input: step, variable });
            tree.facts[focus.index()].focused = true;
            tree.replace_last_step(left, focus)
        })
    }

    /// `left#$variable`
    pub(super) fn index(&mut self, left: ExprId, variable: Binding) -> ExprId {
        self.inside_group(left, |tree, left| {
            let step = tree.last_step(left);
            let index = tree.wrap(step, variable.span.end, Kind::Index { input: step, variable });
            if tree.facts(left).form == Form::Value {
                tree.facts[index.index()].form = Form::Step;
            }
            tree.replace_last_step(left, index)
        })
    }

    /// `-operand`; a number takes the sign.
    pub(super) fn negate(&mut self, at: Span, operand: ExprId) -> ExprId {
        let Facts { base, form, .. } = *self.facts(operand);
        if let Kind::Number(number) = &mut self.exprs[base.index()].kind
            && form == Form::Value
        {
            *number = -*number;
            let mut id = operand;
            loop {
                self.exprs[id.index()].span.start = at.start;
                match *self.kind(id) {
                    Kind::Filter { input, .. } | Kind::Focus { input, .. } | Kind::Group { input, .. } => id = input,
                    _ => return operand,
                }
            }
        }
        let negated = self.push(at.cover(self.span(operand)), Kind::Negate(operand));
        self.inherit(negated, operand);
        negated
    }

    pub(super) fn error(&mut self, span: Span, code: &'static str, message: impl Into<String>) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(ExprError { span, code, message: message.into(), related: None });
        }
    }
}
