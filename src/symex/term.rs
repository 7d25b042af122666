//! Turns boolean combinations of atoms into terms: equal ones are one, and what is settled folds away.
//!
//! A term is a sign and the number of a node; `Or` is written with `And` and signs. Children have lower numbers than what they are
//! part of, so that every walk is a loop over numbers. What an atom means is not known here: it is a number.

use std::collections::HashMap;

/// A boolean term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term(u32);

/// What a term is, apart from its sign.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Node {
    /// Always true.
    True,
    /// The atom of this number.
    Atom(u32),
    /// All of them: at least two, sorted, none the opposite of another, none constant.
    And(Box<[Term]>),
}

/// Terms by number.
#[derive(Debug)]
pub struct Terms {
    nodes: Vec<Node>,
    numbers: HashMap<Node, u32>,
}

impl Term {
    /// Always true.
    pub const TRUE: Self = Self(0);
    /// Never true.
    pub const FALSE: Self = Self(1);

    const fn new(node: u32) -> Self {
        Self(node << 1)
    }

    /// The number of its node.
    #[must_use]
    pub const fn node(self) -> usize {
        (self.0 >> 1) as usize
    }

    /// Whether it is the opposite of its node.
    #[must_use]
    pub const fn is_negated(self) -> bool {
        self.0 & 1 == 1
    }

    /// The opposite.
    #[must_use]
    pub const fn negate(self) -> Self {
        Self(self.0 ^ 1)
    }

    /// `true` and `false` as terms.
    #[must_use]
    pub const fn constant(value: bool) -> Self {
        if value { Self::TRUE } else { Self::FALSE }
    }

    /// Its value, where it is the same always.
    #[must_use]
    pub const fn as_constant(self) -> Option<bool> {
        match self {
            Self::TRUE => Some(true),
            Self::FALSE => Some(false),
            _ => None,
        }
    }
}

impl Default for Terms {
    fn default() -> Self {
        Self { nodes: vec![Node::True], numbers: HashMap::from([(Node::True, 0)]) }
    }
}

impl Terms {
    fn intern(&mut self, node: Node) -> Term {
        if let Some(&number) = self.numbers.get(&node) {
            return Term::new(number);
        }
        let number = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX >> 1);
        self.nodes.push(node.clone());
        self.numbers.insert(node, number);
        Term::new(number)
    }

    /// How many nodes there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is none: never, `true` is one.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// What a term is, apart from its sign.
    #[must_use]
    pub fn node(&self, term: Term) -> &Node {
        &self.nodes[term.node()]
    }

    /// The atom of this number.
    pub fn atom(&mut self, atom: u32) -> Term {
        self.intern(Node::Atom(atom))
    }

    /// The atom of this number, if it is part of some term.
    #[must_use]
    pub fn known_atom(&self, atom: u32) -> Option<Term> {
        self.numbers.get(&Node::Atom(atom)).map(|&number| Term::new(number))
    }

    /// All of them.
    pub fn all(&mut self, terms: impl IntoIterator<Item = Term>) -> Term {
        let mut parts: Vec<Term> = terms.into_iter().filter(|&term| term != Term::TRUE).collect();
        parts.sort_unstable();
        parts.dedup();
        // A term and its opposite are neighbours.
        if parts.contains(&Term::FALSE) || parts.windows(2).any(|pair| pair[0] == pair[1].negate()) {
            return Term::FALSE;
        }
        match parts.as_slice() {
            [] => Term::TRUE,
            [one] => *one,
            [one, other] => self.both(*one, *other),
            _ => self.intern(Node::And(parts.into())),
        }
    }

    /// Two terms that are neither constant nor each other's opposite. What one says of the other folds: `a ∧ (a ∨ b)` is `a`.
    fn both(&mut self, one: Term, other: Term) -> Term {
        for (part, whole) in [(one, other), (other, one)] {
            if let Node::And(parts) = self.node(whole) {
                let says = parts.binary_search(&part).is_ok();
                let denies = parts.binary_search(&part.negate()).is_ok();
                match (whole.is_negated(), says, denies) {
                    (false, true, _) => return whole,
                    (false, _, true) => return Term::FALSE,
                    // `¬(¬part ∧ …)` holds where `part` does.
                    (true, _, true) => return part,
                    // `part ∧ ¬(part ∧ rest)` is `part ∧ ¬rest`.
                    (true, true, _) => {
                        let rest: Vec<Term> = parts.iter().copied().filter(|&found| found != part).collect();
                        let rest = self.all(rest).negate();
                        return self.all([part, rest]);
                    }
                    _ => {}
                }
            }
        }
        self.intern(Node::And([one.min(other), one.max(other)].into()))
    }

    /// Both.
    pub fn and(&mut self, one: Term, other: Term) -> Term {
        self.all([one, other])
    }

    /// At least one of them.
    pub fn any(&mut self, terms: impl IntoIterator<Item = Term>) -> Term {
        self.all(terms.into_iter().map(Term::negate)).negate()
    }

    /// At least one of both.
    pub fn or(&mut self, one: Term, other: Term) -> Term {
        self.any([one, other])
    }

    /// Where the first holds, the second does.
    pub fn implies(&mut self, one: Term, other: Term) -> Term {
        self.any([one.negate(), other])
    }

    /// `then` where the condition holds, `otherwise` elsewhere.
    pub fn ite(&mut self, condition: Term, then: Term, otherwise: Term) -> Term {
        match condition.as_constant() {
            Some(true) => return then,
            Some(false) => return otherwise,
            None if then == otherwise => return then,
            None => {}
        }
        let yes = self.and(condition, then);
        let no = self.and(condition.negate(), otherwise);
        self.or(yes, no)
    }

    /// Both or neither.
    pub fn iff(&mut self, one: Term, other: Term) -> Term {
        self.ite(one, other, other.negate())
    }

    /// The numbers of the nodes that these terms are made of, in order: parts come before what they are part of.
    #[must_use]
    pub fn cone(&self, roots: &[Term]) -> Vec<usize> {
        let mut is_open: Vec<bool> = vec![false; self.nodes.len()];
        let mut open: Vec<usize> = roots.iter().map(|root| root.node()).collect();
        while let Some(node) = open.pop() {
            if !std::mem::replace(&mut is_open[node], true)
                && let Node::And(parts) = &self.nodes[node]
            {
                open.extend(parts.iter().map(|part| part.node()));
            }
        }
        (0..self.nodes.len()).filter(|&node| is_open[node]).collect()
    }

    /// The numbers of the nodes that a term is made of and that are not marked in `known`, in the same order; marks them. It takes
    /// no longer than there are such nodes.
    pub(super) fn unknown_of(&self, term: Term, known: &mut Vec<bool>) -> Vec<usize> {
        known.resize(self.nodes.len().max(known.len()), false);
        let mut found = Vec::new();
        let mut open = vec![term.node()];
        while let Some(node) = open.pop() {
            if !std::mem::replace(&mut known[node], true) {
                found.push(node);
                if let Node::And(parts) = &self.nodes[node] {
                    open.extend(parts.iter().map(|part| part.node()));
                }
            }
        }
        found.sort_unstable();
        found
    }

    /// The value of a term, given that of each atom.
    #[must_use]
    pub fn evaluate(&self, term: Term, atom: impl Fn(u32) -> bool) -> bool {
        let mut values: Vec<bool> = vec![false; term.node() + 1];
        for node in self.cone(&[term]) {
            values[node] = match &self.nodes[node] {
                Node::True => true,
                Node::Atom(number) => atom(*number),
                Node::And(parts) => parts.iter().all(|part| values[part.node()] != part.is_negated()),
            };
        }
        values[term.node()] != term.is_negated()
    }

    /// What the node of this number is.
    #[must_use]
    pub fn node_at(&self, number: usize) -> &Node {
        &self.nodes[number]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_settled_folds() {
        let mut terms = Terms::default();
        let [a, b, c] = [0, 1, 2].map(|atom| terms.atom(atom));
        let (yes, no) = (Term::TRUE, Term::FALSE);
        let ab = terms.and(a, b);
        assert_eq!(terms.and(b, a), ab);
        assert_eq!(terms.and(a, yes), a);
        assert_eq!(terms.and(a, no), no);
        assert_eq!(terms.and(a, a.negate()), no);
        assert_eq!(terms.or(a, a.negate()), yes);
        assert_eq!(terms.and(a, ab), ab);
        assert_eq!(terms.and(a.negate(), ab), no);
        let either = terms.or(a, b);
        assert_eq!(terms.and(a, either), a);
        assert_eq!(terms.and(a.negate(), either), terms.and(a.negate(), b));
        assert_eq!(terms.ite(yes, a, b), a);
        assert_eq!(terms.ite(c, a, a), a);
        assert_eq!(terms.ite(c, yes, no), c);
        assert_eq!(terms.iff(a, a), yes);
        assert_eq!(terms.implies(a, a), yes);
    }

    #[derive(Clone, Debug)]
    enum Shape {
        Constant(bool),
        Atom(u32),
        All(Vec<Shape>),
        Any(Vec<Shape>),
        Not(Box<Shape>),
        Ite(Box<[Shape; 3]>),
    }

    fn shape() -> impl Strategy<Value = Shape> {
        let leaf = prop_oneof![any::<bool>().prop_map(Shape::Constant), (0..4u32).prop_map(Shape::Atom)];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Shape::All),
                prop::collection::vec(inner.clone(), 0..4).prop_map(Shape::Any),
                inner.clone().prop_map(|shape| Shape::Not(Box::new(shape))),
                [inner.clone(), inner.clone(), inner].prop_map(|parts| Shape::Ite(Box::new(parts))),
            ]
        })
    }

    fn term(shape: &Shape, terms: &mut Terms) -> Term {
        match shape {
            Shape::Constant(value) => Term::constant(*value),
            Shape::Atom(atom) => terms.atom(*atom),
            Shape::All(parts) => {
                let parts: Vec<Term> = parts.iter().map(|part| term(part, terms)).collect();
                terms.all(parts)
            }
            Shape::Any(parts) => {
                let parts: Vec<Term> = parts.iter().map(|part| term(part, terms)).collect();
                terms.any(parts)
            }
            Shape::Not(part) => term(part, terms).negate(),
            Shape::Ite(parts) => {
                let [condition, then, otherwise] = [0, 1, 2].map(|at| term(&parts[at], terms));
                terms.ite(condition, then, otherwise)
            }
        }
    }

    fn value(shape: &Shape, atoms: u32) -> bool {
        match shape {
            Shape::Constant(value) => *value,
            Shape::Atom(atom) => atoms >> atom & 1 == 1,
            Shape::All(parts) => parts.iter().all(|part| value(part, atoms)),
            Shape::Any(parts) => parts.iter().any(|part| value(part, atoms)),
            Shape::Not(part) => !value(part, atoms),
            Shape::Ite(parts) => value(&parts[if value(&parts[0], atoms) { 1 } else { 2 }], atoms),
        }
    }

    proptest! {
        #[test]
        fn a_term_has_the_value_of_what_it_was_made_from(shape in shape()) {
            let mut terms = Terms::default();
            let made = term(&shape, &mut terms);
            for atoms in 0..16 {
                let found = terms.evaluate(made, |atom| atoms >> atom & 1 == 1);
                prop_assert_eq!(found, value(&shape, atoms), "{:b}", atoms);
            }
        }
    }
}
