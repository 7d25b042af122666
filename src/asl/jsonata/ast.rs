//! The tree of an expression, in one flat list.
//!
//! Children stand before their parents and in source order, so a fold over the tree is a `for` loop over
//! [`Ast::ids`], facts handed downwards are the same loop in reverse, and no chain of operators is too long for
//! either. Every id that [`Ast::ids`] gives is reachable from the root, by exactly one way.

use std::fmt;
use std::ops::Index;

use super::signature::Signature;
use crate::text::Span;

/// A parsed expression. Where it has errors, the tree holds what was read before the first one and
/// [`Kind::Error`] where an operand is missing.
#[derive(Clone)]
pub struct Ast {
    source: Box<str>,
    /// Content of the strings that have escapes.
    decoded: String,
    exprs: Vec<Expr>,
    lineage: Lineage,
}

/// What each `%` of an expression stands for: a label joins it to the step whose parent it is. Lists are in the order of ids.
#[derive(Clone, Debug, Default)]
pub(super) struct Lineage {
    /// Each `%`.
    pub(super) parents: Vec<(ExprId, u32)>,
    /// The steps that were found.
    pub(super) steps: Vec<(ExprId, u32)>,
    /// Blocks, paths and lone names through which a `%` behind them looks for its step.
    pub(super) handing: Vec<ExprId>,
}

/// The place of an [`Expr`] in its [`Ast`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExprId(pub(super) u32);

/// One node.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// From its first token to its last, blanks and comments around it excluded.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
    /// `[]` was written behind it or, in a path, behind one of its steps: a single result stays an array.
    pub keeps_array: bool,
}

/// Decoded text of a name or a string; [`Ast::text`] reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) decoded: bool,
}

/// A variable where it gets its value: behind `@` or `#`, before `:=`, as the parameter of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Without its `$`.
    pub name: Text,
    /// With its `$`.
    pub span: Span,
}

/// What a node is. Lists of pairs hold key, value, key, value …; [`pairs`] walks them.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Nothing could be read here; the errors say why.
    Error,
    /// `"…"` or `'…'`. A surrogate that lacks its partner is U+FFFD.
    String(Text),
    /// A number, with the minus signs before it.
    Number(f64),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// `/pattern/flags`
    Regex {
        /// Between the slashes, as written.
        pattern: Text,
        /// `i` and `m`, as written.
        flags: Text,
    },
    /// A field of the context, bare or back-quoted. As a step of a path also a string literal.
    Name(Text),
    /// `$name`, without the `$`: empty for the context `$`, `$` for the input `$$`.
    Variable(Text),
    /// `*`
    Wildcard,
    /// `**`
    Descendants,
    /// `%`
    Parent,
    /// `?` among the arguments of a [`Kind::Partial`].
    Placeholder,
    /// `a.b.c`: two or more steps, or one and a [`Kind::Sort`]. Each step has the result of the one before as context.
    ///
    /// Never directly inside another path. A filter, focus or index behind a step wraps that step, not the path.
    Path(Vec<ExprId>),
    /// `input[predicate]`, also when it takes one index.
    Filter {
        /// What is filtered.
        input: ExprId,
        /// Evaluated with each item of the input as context.
        predicate: ExprId,
    },
    /// `input@$variable`
    Focus {
        /// What the items come from.
        input: ExprId,
        /// Holds the item; the context stays as it was.
        variable: Binding,
    },
    /// `input#$variable`
    Index {
        /// What the items come from.
        input: ExprId,
        /// Holds the position of the item.
        variable: Binding,
    },
    /// `^(…)`: a step of a path, never its first. Holds [`Kind::SortTerm`]s.
    Sort(Vec<ExprId>),
    /// One term of a sort.
    SortTerm {
        /// `<`, `>` or nothing before the key.
        order: Order,
        /// Evaluated with each item as context.
        key: ExprId,
    },
    /// `input{key: value, …}`. It groups what the whole path gives, also what steps behind it in the text add.
    Group {
        /// What is grouped.
        input: ExprId,
        /// Evaluated with the items of each group as context.
        pairs: Vec<ExprId>,
    },
    /// `[…]`; an item may be a [`Op::Range`].
    Array(Vec<ExprId>),
    /// `{key: value, …}`
    Object(Vec<ExprId>),
    /// `(…; …)`
    Block(Vec<ExprId>),
    /// `-operand`
    Negate(ExprId),
    /// `left op right`
    Binary {
        /// Which operator.
        op: Op,
        /// Its token.
        at: Span,
        /// Before it.
        left: ExprId,
        /// Behind it.
        right: ExprId,
    },
    /// `condition ? then : otherwise`
    Conditional {
        /// Before the `?`.
        condition: ExprId,
        /// Between `?` and `:`.
        then: ExprId,
        /// Behind the `:`.
        otherwise: Option<ExprId>,
    },
    /// `$variable := value`
    Bind {
        /// What is assigned.
        variable: Binding,
        /// What it gets.
        value: ExprId,
    },
    /// `callee(args)`
    Call {
        /// What is called: for a function of the library a [`Kind::Variable`], or [`Kind::Name`] if its `$` is missing.
        callee: ExprId,
        /// In order.
        args: Vec<ExprId>,
    },
    /// `callee(args)` with a [`Kind::Placeholder`] among them: a function of what is missing.
    Partial {
        /// What will be called.
        callee: ExprId,
        /// In order.
        args: Vec<ExprId>,
    },
    /// `function($a, …)<signature>{body}`
    Lambda {
        /// In order.
        params: Box<[Binding]>,
        /// Between `<` and `>`.
        signature: Option<Box<Signature>>,
        /// Between the braces.
        body: ExprId,
    },
    /// `|pattern|update, delete|`
    Transform {
        /// Finds the objects to change.
        pattern: ExprId,
        /// The object that is merged into each.
        update: ExprId,
        /// The names of fields to drop from each.
        delete: Option<ExprId>,
    },
}

/// Direction of a [`Kind::SortTerm`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// `<` or nothing.
    Ascending,
    /// `>`
    Descending,
}

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
    /// `&`
    Concat,
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `in`
    In,
    /// `and`
    And,
    /// `or`
    Or,
    /// `..`, directly inside an array only.
    Range,
    /// `~>`
    Chain,
    /// `?:`, the right side if the left is falsy.
    Elvis,
    /// `??`, the right side if the left is nothing.
    Coalesce,
}

/// The pairs of a [`Kind::Object`] or [`Kind::Group`]. A key without a value has a [`Kind::Error`] for it.
pub fn pairs(list: &[ExprId]) -> impl ExactSizeIterator<Item = (ExprId, ExprId)> + '_ {
    list.as_chunks::<2>().0.iter().map(|&[key, value]| (key, value))
}

impl Ast {
    /// Puts `exprs` in order: children before parents, what is not reachable dropped.
    pub(super) fn new(
        source: Box<str>,
        decoded: String,
        mut exprs: Vec<Expr>,
        mut lineage: Lineage,
        root: ExprId,
    ) -> Self {
        let mut order = Vec::with_capacity(exprs.len());
        let mut open = vec![root];
        while let Some(id) = open.pop() {
            order.push(id);
            open.extend(exprs[id.index()].kind.children());
        }
        order.reverse();
        let mut place = vec![u32::MAX; exprs.len()];
        for (to, id) in (0..).zip(&order) {
            place[id.index()] = to;
        }
        let mut ordered = Vec::with_capacity(order.len());
        for id in order {
            let empty = Expr { span: Span::default(), kind: Kind::Error, keeps_array: false };
            let mut expr = std::mem::replace(&mut exprs[id.index()], empty);
            expr.kind.each_child_mut(|child| child.0 = place[child.index()]);
            ordered.push(expr);
        }
        lineage.move_to(&place);
        Self { source, decoded, exprs: ordered, lineage }
    }

    /// The node that all others are below.
    #[must_use]
    pub fn root(&self) -> ExprId {
        ExprId(u32::try_from(self.exprs.len() - 1).unwrap_or(u32::MAX))
    }

    /// All nodes, children before parents.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = ExprId> + use<> {
        (0..=self.root().0).map(ExprId)
    }

    /// The children of a node, in source order.
    pub fn children(&self, id: ExprId) -> impl Iterator<Item = ExprId> + '_ {
        self[id].kind.children()
    }

    /// Decoded content of a name or a string.
    #[must_use]
    pub fn text(&self, text: Text) -> &str {
        let from = if text.decoded { &self.decoded } else { &*self.source };
        Span::new(text.start, text.end).of(from)
    }

    /// The expression that was parsed.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The label of a `%`, which its step has too ([`Self::parent_kept_at`]).
    #[must_use]
    pub fn parent_label(&self, id: ExprId) -> Option<u32> {
        labelled(&self.lineage.parents, id)
    }

    /// The label under which a step, filters and variables behind it aside, keeps what it was evaluated on.
    #[must_use]
    pub fn parent_kept_at(&self, id: ExprId) -> Option<u32> {
        labelled(&self.lineage.steps, id)
    }

    /// Whether a block, a path or a lone name hands on what its steps were evaluated on, for a `%` behind it.
    #[must_use]
    pub fn hands_on_parents(&self, id: ExprId) -> bool {
        self.lineage.handing.binary_search(&id).is_ok()
    }

    /// What filters, focus and index variables and groups are written behind: `a` of `a[0]#$i`.
    #[must_use]
    pub fn base(&self, mut id: ExprId) -> ExprId {
        while let Kind::Filter { input, .. }
        | Kind::Focus { input, .. }
        | Kind::Index { input, .. }
        | Kind::Group { input, .. } = self[id].kind
        {
            id = input;
        }
        id
    }
}

impl Lineage {
    /// Gives nodes their new places; those that have none are not in the tree.
    fn move_to(&mut self, place: &[u32]) {
        let moved = |id: ExprId| Some(place[id.index()]).filter(|&to| to != u32::MAX).map(ExprId);
        for list in [&mut self.parents, &mut self.steps] {
            *list = list.iter().filter_map(|&(id, label)| Some((moved(id)?, label))).collect();
            list.sort_unstable();
        }
        self.handing = self.handing.iter().filter_map(|&id| moved(id)).collect();
        self.handing.sort_unstable();
    }
}

fn labelled(list: &[(ExprId, u32)], id: ExprId) -> Option<u32> {
    list.binary_search_by_key(&id, |&(of, _)| of).ok().map(|at| list[at].1)
}

impl Index<ExprId> for Ast {
    type Output = Expr;

    fn index(&self, id: ExprId) -> &Expr {
        &self.exprs[id.index()]
    }
}

impl fmt::Debug for Ast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.exprs).finish()
    }
}

impl ExprId {
    /// For tables with an entry a node.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl Kind {
    pub(super) fn children(&self) -> impl Iterator<Item = ExprId> + '_ {
        let mut first = [None; 3];
        let mut rest: &[ExprId] = &[];
        match self {
            Self::Error
            | Self::String(_)
            | Self::Number(_)
            | Self::Bool(_)
            | Self::Null
            | Self::Regex { .. }
            | Self::Name(_)
            | Self::Variable(_)
            | Self::Wildcard
            | Self::Descendants
            | Self::Parent
            | Self::Placeholder => {}
            Self::Path(list) | Self::Sort(list) | Self::Array(list) | Self::Object(list) | Self::Block(list) => {
                rest = list;
            }
            Self::Focus { input: one, .. }
            | Self::Index { input: one, .. }
            | Self::SortTerm { key: one, .. }
            | Self::Negate(one)
            | Self::Bind { value: one, .. }
            | Self::Lambda { body: one, .. } => first[0] = Some(*one),
            Self::Filter { input: left, predicate: right } | Self::Binary { left, right, .. } => {
                first = [Some(*left), Some(*right), None];
            }
            Self::Conditional { condition: one, then: two, otherwise: three }
            | Self::Transform { pattern: one, update: two, delete: three } => first = [Some(*one), Some(*two), *three],
            Self::Group { input: one, pairs: list }
            | Self::Call { callee: one, args: list }
            | Self::Partial { callee: one, args: list } => {
                first[0] = Some(*one);
                rest = list;
            }
        }
        first.into_iter().flatten().chain(rest.iter().copied())
    }

    fn each_child_mut(&mut self, mut change: impl FnMut(&mut ExprId)) {
        match self {
            Self::Error
            | Self::String(_)
            | Self::Number(_)
            | Self::Bool(_)
            | Self::Null
            | Self::Regex { .. }
            | Self::Name(_)
            | Self::Variable(_)
            | Self::Wildcard
            | Self::Descendants
            | Self::Parent
            | Self::Placeholder => {}
            Self::Path(list) | Self::Sort(list) | Self::Array(list) | Self::Object(list) | Self::Block(list) => {
                list.iter_mut().for_each(change);
            }
            Self::Focus { input: one, .. }
            | Self::Index { input: one, .. }
            | Self::SortTerm { key: one, .. }
            | Self::Negate(one)
            | Self::Bind { value: one, .. }
            | Self::Lambda { body: one, .. } => change(one),
            Self::Filter { input: left, predicate: right } | Self::Binary { left, right, .. } => {
                change(left);
                change(right);
            }
            Self::Conditional { condition: one, then: two, otherwise: three }
            | Self::Transform { pattern: one, update: two, delete: three } => {
                change(one);
                change(two);
                three.iter_mut().for_each(change);
            }
            Self::Group { input: one, pairs: list }
            | Self::Call { callee: one, args: list }
            | Self::Partial { callee: one, args: list } => {
                change(one);
                list.iter_mut().for_each(change);
            }
        }
    }
}
