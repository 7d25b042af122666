//! An expression into its frames: where variables live, and what is evaluated whenever the whole is.
//!
//! A block and the body of a function open a frame of their own, as in the reference implementation; a variable bound by `@` or
//! `#` is taken for one of the frame that its path stands in, which can only make it seem bound where it is not.

use std::collections::HashMap;

use super::ast::{Ast, Binding, ExprId, Kind, Op};
use super::types::Types;

/// A frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Frame(u32);

/// What is known of the variables of one name in one frame.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    /// Of the values that were bound so far.
    types: Types,
    n_seen: u32,
    n_all: u32,
    /// Some binding so far happens whenever the frame is there.
    is_certain: bool,
    /// The last value so far.
    value: Option<ExprId>,
}

/// What a variable is where it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The expression does not bind it.
    Free,
    /// The expression binds it, or may.
    Bound {
        /// Of its values.
        types: Types,
        /// Its value, where there is one only.
        value: Option<ExprId>,
    },
}

#[derive(Debug)]
pub(super) struct Frames<'a> {
    ast: &'a Ast,
    /// The parent of each node; the root's is the root.
    parents: Vec<ExprId>,
    /// The frame of each node.
    of: Vec<Frame>,
    /// Whether a node is evaluated whenever the expression is.
    always: Vec<bool>,
    /// Whether a node is evaluated whenever its frame is, before what stands behind it.
    in_order: Vec<bool>,
    /// The frame around each frame; the outermost is its own.
    outer: Vec<Frame>,
    slots: HashMap<(Frame, &'a str), Slot>,
}

impl<'a> Frames<'a> {
    pub(super) fn new(ast: &'a Ast) -> Self {
        let n_exprs = ast.root().index() + 1;
        let mut frames = Self {
            ast,
            parents: vec![ast.root(); n_exprs],
            of: vec![Frame(0); n_exprs],
            always: vec![true; n_exprs],
            in_order: vec![true; n_exprs],
            outer: vec![Frame(0)],
            slots: HashMap::new(),
        };
        for id in ast.ids().rev() {
            frames.enter(id);
        }
        frames
    }

    /// Hands down to the children of `id` what is known of it.
    fn enter(&mut self, id: ExprId) {
        let ast = self.ast;
        let kind = &ast[id].kind;
        let own = self.of[id.index()];
        let opens = matches!(kind, Kind::Block(_) | Kind::Lambda { .. });
        let inner = if opens { Frame(u32::try_from(self.outer.len()).unwrap_or(u32::MAX)) } else { own };
        if opens {
            self.outer.push(own);
        }
        for (n, child) in ast.children(id).enumerate() {
            let is_certain = is_certain(ast, kind, n);
            // The items of an array and the pairs of an object are evaluated side by side.
            let is_ordered = is_certain && !matches!(kind, Kind::Array(_) | Kind::Object(_) | Kind::Partial { .. });
            self.parents[child.index()] = id;
            self.of[child.index()] = inner;
            self.always[child.index()] = self.always[id.index()] && is_certain;
            self.in_order[child.index()] = opens || self.in_order[id.index()] && is_ordered;
        }
        match kind {
            Kind::Bind { variable, .. } => self.slot(own, *variable).n_all += 1,
            Kind::Focus { variable, .. } | Kind::Index { variable, .. } => {
                let slot = self.slot(own, *variable);
                slot.n_all += 1;
                slot.n_seen += 1;
                slot.types = Types::ANY;
            }
            Kind::Lambda { params, .. } => {
                for &param in params {
                    let slot = self.slot(inner, param);
                    slot.n_all += 1;
                    slot.n_seen += 1;
                    slot.types = Types::ANY;
                    slot.is_certain = true;
                }
            }
            _ => {}
        }
    }

    fn slot(&mut self, frame: Frame, variable: Binding) -> &mut Slot {
        self.slots.entry((frame, self.ast.text(variable.name))).or_default()
    }

    /// `id` binds `variable` to `value`, which has `types`. Called in the order of the nodes.
    pub(super) fn bind(&mut self, id: ExprId, variable: Binding, value: ExprId, types: Types) {
        let is_certain = self.in_order[id.index()];
        let slot = self.slot(self.of[id.index()], variable);
        slot.n_seen += 1;
        slot.types |= types;
        slot.is_certain |= is_certain;
        slot.value = Some(value);
    }

    /// What the variable `name` is at `id`, as far as the nodes before it tell.
    pub(super) fn find(&self, id: ExprId, name: &'a str) -> Found {
        let mut frame = self.of[id.index()];
        let mut types = Types::NEVER;
        loop {
            if let Some(slot) = self.slots.get(&(frame, name)) {
                // A binding that stands further on may have happened: the body of a function runs later.
                types |= if slot.n_seen < slot.n_all { Types::ANY } else { slot.types };
                if slot.is_certain {
                    let value = slot.value.filter(|_| slot.n_all == 1);
                    return Found::Bound { types, value };
                }
                // Nothing of what is outside is certain to be meant.
                types = Types::ANY;
            }
            let outer = self.outer[frame.0 as usize];
            if outer == frame {
                return if types.is_never() { Found::Free } else { Found::Bound { types: Types::ANY, value: None } };
            }
            frame = outer;
        }
    }

    /// Whether `id` is evaluated whenever the expression is.
    pub(super) fn is_always(&self, id: ExprId) -> bool {
        self.always[id.index()]
    }

    /// The node that `id` is a part of; the root is its own.
    pub(super) fn parent(&self, id: ExprId) -> ExprId {
        self.parents[id.index()]
    }

    /// Whether a part of `id` that is evaluated whenever it is never gives a value: then it never does either.
    pub(super) fn is_doomed(&self, id: ExprId, types: &[Types]) -> bool {
        let kind = &self.ast[id].kind;
        let mut children = self.ast.children(id).enumerate();
        children.any(|(n, child)| is_certain(self.ast, kind, n) && types[child.index()].is_never())
    }
}

/// Whether the child of this number is evaluated whenever the node is.
fn is_certain(ast: &Ast, kind: &Kind, n: usize) -> bool {
    match kind {
        Kind::Conditional { .. }
        | Kind::Filter { .. }
        | Kind::Group { .. }
        | Kind::Path(_)
        | Kind::Binary { op: Op::And | Op::Or | Op::Elvis | Op::Coalesce, .. } => n == 0,
        Kind::Lambda { .. } | Kind::Sort(_) | Kind::SortTerm { .. } | Kind::Transform { .. } => false,
        // A key that is nothing takes its value with it.
        Kind::Object(pairs) => {
            n.is_multiple_of(2) || pairs.get(n - 1).is_some_and(|&key| matches!(ast[key].kind, Kind::String(_)))
        }
        _ => true,
    }
}
