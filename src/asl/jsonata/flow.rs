//! Turns an [`Ast`] into what of it is evaluated whenever the whole is, and which of its variables hold one value only.

use std::collections::HashMap;

use super::ast::{Ast, ExprId, Kind, Op};
use super::scope::Scopes;

/// Facts that are handed from each node to its children.
#[derive(Debug)]
pub(super) struct Flow {
    parents: Vec<ExprId>,
    always: Vec<bool>,
    demanded: Vec<bool>,
    /// By node that reads a variable: the value that it certainly has.
    values: Vec<Option<ExprId>>,
}

impl Flow {
    pub(super) fn new(ast: &Ast, scopes: &Scopes) -> Self {
        let n_exprs = ast.root().index() + 1;
        let mut parents = vec![ast.root(); n_exprs];
        let mut always = vec![true; n_exprs];
        let mut demanded = vec![false; n_exprs];
        demanded[ast.root().index()] = true;
        // Whether a node is evaluated whenever the block or function around it is, and before what stands behind it.
        let mut in_order = vec![true; n_exprs];
        let mut n_bindings: HashMap<&str, u32> = HashMap::new();
        for id in ast.ids().rev() {
            let kind = &ast[id].kind;
            let opens = matches!(kind, Kind::Block(_) | Kind::Lambda { .. });
            for (n, child) in ast.children(id).enumerate() {
                let is_certain = is_certain(ast, kind, n);
                // The items of an array and the pairs of an object are evaluated side by side.
                let is_ordered = is_certain && !matches!(kind, Kind::Array(_) | Kind::Object(_) | Kind::Partial { .. });
                parents[child.index()] = id;
                always[child.index()] = always[id.index()] && is_certain;
                demanded[child.index()] = demanded[id.index()] && !ast[id].keeps_array && hands_on_nothing(kind, n);
                in_order[child.index()] = opens || in_order[id.index()] && is_ordered;
            }
            let bound = match kind {
                Kind::Bind { variable, .. } | Kind::Focus { variable, .. } | Kind::Index { variable, .. } => {
                    std::slice::from_ref(variable)
                }
                Kind::Lambda { params, .. } => params,
                _ => &[],
            };
            for variable in bound {
                *n_bindings.entry(ast.text(variable.name)).or_default() += 1;
            }
        }
        let value = |id: ExprId| {
            let binder = scopes.binder(id).filter(|binder| binder.index() < id.index() && in_order[binder.index()])?;
            match ast[binder].kind {
                Kind::Bind { variable, value } => {
                    (n_bindings.get(ast.text(variable.name)) == Some(&1)).then_some(value)
                }
                _ => None,
            }
        };
        let values = ast.ids().map(value).collect();
        Self { parents, always, demanded, values }
    }

    /// Whether `id` is evaluated whenever the expression is.
    pub(super) fn is_always(&self, id: ExprId) -> bool {
        self.always[id.index()]
    }

    /// Whether the expression has no value where `id` has none.
    pub(super) fn is_demanded(&self, id: ExprId) -> bool {
        self.demanded[id.index()]
    }

    /// The node that `id` is a part of; the root is its own.
    pub(super) fn parent(&self, id: ExprId) -> ExprId {
        self.parents[id.index()]
    }

    /// The value of the variable that is read at `id`, where the expression binds its name once, before and unconditionally.
    pub(super) fn value(&self, id: ExprId) -> Option<ExprId> {
        self.values[id.index()]
    }
}

/// Whether the node has no value where its child of this number has none.
fn hands_on_nothing(kind: &Kind, n: usize) -> bool {
    use Op::{Add, Divide, Greater, GreaterOrEqual, Less, LessOrEqual, Multiply, Remainder, Subtract};
    match kind {
        Kind::Block(list) => n + 1 == list.len(),
        Kind::Path(_) | Kind::Filter { .. } => n == 0,
        Kind::Bind { .. } | Kind::Negate(_) => true,
        Kind::Binary { op, .. } => {
            matches!(op, Add | Subtract | Multiply | Divide | Remainder | Less | LessOrEqual | Greater | GreaterOrEqual)
        }
        _ => false,
    }
}

/// Whether the child of this number is evaluated whenever the node is.
pub(super) fn is_certain(ast: &Ast, kind: &Kind, n: usize) -> bool {
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
