//! An expression into what its values can be, without running it.
//!
//! Abstract interpretation over sets of types: [`Inference::types`] holds every type that the reference implementation can
//! give for a node, whatever the input. A sequence of one item counts as the item, an empty one as nothing, as there.

use std::collections::BTreeSet;

use super::MAX_ERRORS;
use super::ast::{Ast, ExprId, Kind, Op, pairs};
use super::calls::Callee;
use super::flow::{Flow, is_certain};
use super::library::{self, Function, Misfit, Origin};
use super::scope::Scopes;
use super::types::Types;
use crate::asl::context::{self, Shape};
use crate::text::Span;

/// What is known of an expression.
#[derive(Clone, Debug)]
pub struct Inference {
    pub(super) types: Vec<Types>,
    constants: Vec<Option<Constant>>,
    pub(super) lone: Vec<Option<ExprId>>,
    bound: Vec<Option<ExprId>>,
    /// What fails when it is evaluated, in the order of the nodes; the first hundred.
    pub faults: Vec<Fault>,
}

/// A value that is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Constant {
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(f64),
    /// The string that this node is.
    String(ExprId),
}

/// A place that fails when it is evaluated.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The node at fault.
    pub at: ExprId,
    /// The token at fault.
    pub span: Span,
    /// What happens there.
    pub what: What,
    /// Whether the expression fails whenever it is evaluated; else where the place is evaluated and has its operands.
    pub is_certain: bool,
    /// Whether the expression fails or has no value whenever it is evaluated.
    pub is_fatal: bool,
}

/// What happens at a place that fails.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A free variable is called, and no function has its name.
    Unknown,
    /// `$eval` is called.
    Unsupported,
    /// A function is called without its `$`, or a field is.
    Bare,
    /// `States.Name(…)`: an intrinsic function.
    Intrinsic,
    /// What is called or applied is of these types: no function.
    NotFunction(Types),
    /// A variable of the machine is called; those hold JSON.
    Variable,
    /// The operand of an arithmetic operator is of these types: no number.
    NotNumber(Op, Types),
    /// What stands behind a minus is of these types: no number.
    NotNegatable(Types),
    /// The operand of a comparison is of these types: neither number nor string.
    NotComparable(Op, Types),
    /// The operands of a comparison are a number and a string.
    Uncomparable(Op, Types, Types),
    /// The end of a range is no whole number.
    NotInteger(Types),
    /// A range of more than ten million numbers.
    LongRange(f64),
    /// The key of an object is of these types: no string.
    NotKey(Types),
    /// The key of a sort is of these types: neither number nor string.
    NotSortable(Types),
    /// The update of a transformation is of these types: no object.
    NotUpdate(Types),
    /// What a transformation deletes is of these types: no names of fields.
    NotFields(Types),
    /// The arguments of a call do not fit the function.
    Arguments {
        /// What is called.
        function: &'static Function,
        /// How they do not fit.
        misfit: Misfit,
        /// What the argument is, where it is of the wrong type.
        types: Types,
        /// How many arguments there are, the left side of `~>` included.
        n_args: usize,
    },
    /// The first parameter of this function gets the context, and there is none: the call has no value.
    NoContext(&'static Function),
    /// An argument is of the right type, and one that the function does not take.
    Argument(&'static Function, String),
}

/// Numbers that a range cannot have more of (D2014).
const MAX_RANGE: f64 = 1e7;

/// What is known of `ast`, an expression without errors of syntax. `assigned` are names of variables that states may assign: a
/// function of such a name may be hidden.
#[must_use]
pub fn infer(ast: &Ast, scopes: &Scopes, assigned: &BTreeSet<&str>) -> Inference {
    let n_exprs = ast.root().index() + 1;
    let mut pass = Pass {
        ast,
        scopes,
        assigned,
        flow: Flow::new(ast, scopes),
        known: Inference {
            types: Vec::with_capacity(n_exprs),
            constants: Vec::with_capacity(n_exprs),
            lone: Vec::with_capacity(n_exprs),
            bound: Vec::new(),
            faults: Vec::new(),
        },
        holds_functions: false,
    };
    for id in ast.ids() {
        let constant = pass.constant(id);
        pass.known.constants.push(constant);
        let types = pass.types(id);
        pass.known.types.push(types);
        let lone = pass.lone(id);
        pass.known.lone.push(lone);
    }
    pass.known.bound = ast.ids().map(|id| pass.flow.value(id)).collect();
    pass.known
}

impl Inference {
    /// The types that the value of a node may have.
    #[must_use]
    pub fn types(&self, id: ExprId) -> Types {
        self.types[id.index()]
    }

    /// The value of a node, where it is known.
    #[must_use]
    pub fn constant(&self, id: ExprId) -> Option<Constant> {
        self.constants[id.index()]
    }

    /// The value of the variable that is read at a node, where the expression binds its name once, before and unconditionally.
    #[must_use]
    pub fn bound(&self, id: ExprId) -> Option<ExprId> {
        self.bound[id.index()]
    }

    /// The filter or the call behind a value that is no array but the item itself where exactly one is found.
    #[must_use]
    pub fn lone(&self, id: ExprId) -> Option<ExprId> {
        self.lone[id.index()]
    }
}

pub(super) struct Pass<'a> {
    pub(super) ast: &'a Ast,
    pub(super) assigned: &'a BTreeSet<&'a str>,
    pub(super) scopes: &'a Scopes,
    pub(super) flow: Flow,
    pub(super) known: Inference,
    /// Whether some object before this place holds a function: only then can a field be called.
    pub(super) holds_functions: bool,
}

impl Pass<'_> {
    pub(super) fn of(&self, id: ExprId) -> Types {
        self.known.types[id.index()]
    }

    /// Reports `span` at `at`. It does not fail if `operands` may be nothing at all.
    pub(super) fn fault(&mut self, at: ExprId, span: Span, what: What, operands: Types) {
        if self.known.faults.len() < MAX_ERRORS {
            let is_always = self.flow.is_always(at);
            let is_certain = is_always && !operands.meets(Types::NOTHING);
            let is_fatal = is_certain || is_always && self.flow.is_demanded(at);
            self.known.faults.push(Fault { at, span, what, is_certain, is_fatal });
        }
    }

    /// Reports `operand` if each value that it can have fails.
    fn demand(&mut self, operand: ExprId, wanted: Types, what: impl FnOnce(Types) -> What) -> bool {
        let types = self.of(operand);
        let there = types.without(Types::NOTHING);
        let fails = there.misses(wanted);
        if fails {
            self.fault(operand, self.ast[operand].span, what(there), types);
        }
        fails
    }

    /// Reports the operand at which an operator fails: at the second only where it does not at the first.
    fn operands(&mut self, left: ExprId, right: ExprId, wanted: Types, what: impl Fn(Types) -> What) -> bool {
        let [one, other] = [left, right].map(|operand| self.of(operand));
        let fails = |types: Types| types.without(Types::NOTHING).misses(wanted);
        // Where the first may be nothing, it is the second that certainly fails.
        let is_first = fails(one) && (!one.meets(Types::NOTHING) || !fails(other) || other.meets(Types::NOTHING));
        if is_first { self.demand(left, wanted, what) } else { self.demand(right, wanted, what) }
    }

    fn types(&mut self, id: ExprId) -> Types {
        let ast = self.ast;
        if self.is_doomed(id) {
            return Types::NEVER;
        }
        match &ast[id].kind {
            Kind::String(_) => Types::STRING,
            Kind::Number(_) => Types::NUMBER,
            Kind::Bool(_) => Types::BOOL,
            Kind::Null => Types::NULL,
            Kind::Regex { .. } | Kind::Lambda { .. } => Types::FUNCTION,
            Kind::Variable(name) => self.variable(id, ast.text(*name)),
            Kind::Error
            | Kind::Name(_)
            | Kind::Wildcard
            | Kind::Descendants
            | Kind::Parent
            | Kind::Placeholder
            | Kind::Focus { .. }
            | Kind::Index { .. }
            | Kind::Sort(_) => Types::ANY,
            Kind::SortTerm { key, .. } => {
                self.demand(*key, Types::NUMBER | Types::STRING, What::NotSortable);
                Types::ANY
            }
            Kind::Path(steps) => self.path(steps, ast[id].keeps_array),
            Kind::Filter { input, .. } => {
                let items = items(self.of(*input));
                let array = Types::NOTHING | Types::ARRAY;
                if ast[id].keeps_array { array } else { array | items }
            }
            Kind::Group { pairs: list, .. } => {
                self.keys(list);
                Types::OBJECT
            }
            Kind::Object(list) => {
                self.holds_functions |= pairs(list).any(|(_, value)| self.may_be_function(value));
                if self.keys(list) { Types::NEVER } else { Types::OBJECT }
            }
            Kind::Array(_) => Types::ARRAY,
            Kind::Block(list) => list.last().map_or(Types::NOTHING, |&last| self.of(last)),
            Kind::Negate(operand) => {
                self.demand(*operand, Types::NUMBER, What::NotNegatable);
                self.of(*operand).and(Types::NUMBER | Types::NOTHING)
            }
            Kind::Binary { op, at, left, right } => self.binary(id, *op, *at, *left, *right),
            Kind::Conditional { condition, then, otherwise } => {
                let otherwise = otherwise.map_or(Types::NOTHING, |otherwise| self.of(otherwise));
                match self.truth(*condition) {
                    Some(true) => self.of(*then),
                    Some(false) => otherwise,
                    None => self.of(*then) | otherwise,
                }
            }
            Kind::Bind { value, .. } => self.of(*value),
            Kind::Call { callee, args } => {
                // The right side of `~>` takes the left side as its first argument, and is looked at there.
                if self.is_applied(id) { Types::ANY } else { self.call(id, *callee, args) }
            }
            Kind::Partial { callee, .. } => match self.callee(*callee) {
                Callee::None => Types::NEVER,
                _ => Types::FUNCTION,
            },
            Kind::Transform { update, delete, .. } => {
                self.demand(*update, Types::OBJECT, What::NotUpdate);
                if let Some(delete) = *delete {
                    self.demand(delete, Types::STRING | Types::ARRAY, What::NotFields);
                }
                Types::FUNCTION
            }
        }
    }

    /// Whether a function may be put into an object here. That one comes out of a document is no worry: JSON holds none.
    fn may_be_function(&self, value: ExprId) -> bool {
        let types = self.of(value);
        types.misses(Types::JSON) || types.meets(Types::FUNCTION) && matches!(self.ast[value].kind, Kind::Variable(_))
    }

    /// Whether a value is a field of something: JSON, unless an object was made to hold a function.
    fn is_field(&self, id: ExprId) -> bool {
        match &self.ast[self.ast.base(id)].kind {
            Kind::Name(_) => !self.holds_functions,
            Kind::Path(steps) => {
                steps.last().is_some_and(|&last| matches!(self.ast[self.ast.base(last)].kind, Kind::Name(_)))
                    && !self.holds_functions
            }
            _ => false,
        }
    }

    fn variable(&self, id: ExprId, name: &str) -> Types {
        if matches!(name, "" | "$") {
            return Types::ANY;
        }
        if let Some(value) = self.flow.value(id) {
            return self.of(value);
        }
        if self.scopes.binder(id).is_some() {
            return Types::ANY;
        }
        if name == "states" {
            return Types::OBJECT;
        }
        match library::find(name) {
            Some(function) if !self.assigned.contains(name) => match function.origin {
                Origin::Absent => Types::NOTHING,
                Origin::Jsonata | Origin::Service => Types::FUNCTION,
            },
            // A variable of the machine. One that hides a function may as well be the function.
            Some(_) => Types::ANY,
            None => Types::JSON,
        }
    }

    /// Whether a part of `id` that is evaluated whenever it is never gives a value: then it never does either.
    fn is_doomed(&self, id: ExprId) -> bool {
        let kind = &self.ast[id].kind;
        let mut parts = self.ast.children(id).enumerate();
        parts.any(|(n, part)| is_certain(self.ast, kind, n) && self.of(part).is_never())
    }

    fn path(&self, steps: &[ExprId], keeps_array: bool) -> Types {
        let array = Types::NOTHING | Types::ARRAY;
        let Some(&last) = steps.last().filter(|_| !keeps_array) else { return array };
        if let Some(types) = self.states_member(steps) {
            return types;
        }
        // An array constructor as the last step gives arrays that stay whole.
        if matches!(self.ast[last].kind, Kind::Array(_)) && !steps.iter().any(|&step| self.is_stream(step)) {
            return array;
        }
        let types = self.of(last);
        if steps.iter().any(|&step| self.is_stream(step)) { Types::ANY } else { array | items(types) }
    }

    /// What `$states.context.…` and `$states.errorOutput.…` are, where that is fixed. What is not everywhere may be nothing.
    fn states_member(&self, steps: &[ExprId]) -> Option<Types> {
        let (&first, rest) = steps.split_first()?;
        if self.scopes.free_variable(self.ast, first) != Some("states") {
            return None;
        }
        let name = |&step: &ExprId| match self.ast[step].kind {
            Kind::Name(name) => Some(self.ast.text(name)),
            _ => None,
        };
        let names: Vec<&str> = rest.iter().map(name).collect::<Option<_>>()?;
        match *names.as_slice() {
            ["errorOutput"] => Some(Types::NOTHING | Types::OBJECT),
            ["errorOutput", "Error" | "Cause"] => Some(Types::NOTHING | Types::STRING),
            ["context", ref members @ ..] => {
                let mut shape = context::CONTEXT;
                for member in members {
                    shape = shape.member(member)?;
                }
                let types = match shape {
                    Shape::Object(_) => Types::OBJECT,
                    Shape::String => Types::STRING,
                    Shape::Number => Types::NUMBER,
                    Shape::Free => return None,
                };
                let is_everywhere = match *members {
                    [] | ["Execution" | "State" | "StateMachine"] | ["StateMachine", _] => true,
                    ["Execution", name] => matches!(name, "Id" | "Name" | "RoleArn" | "StartTime"),
                    ["State", name] => matches!(name, "EnteredTime" | "Name"),
                    _ => false,
                };
                Some(if is_everywhere { types } else { types | Types::NOTHING })
            }
            _ => None,
        }
    }

    /// Whether a step makes a path carry variables along.
    pub(super) fn is_stream(&self, mut step: ExprId) -> bool {
        loop {
            match self.ast[step].kind {
                Kind::Focus { .. } | Kind::Index { .. } | Kind::Parent => return true,
                Kind::Filter { input, .. } => step = input,
                _ => return false,
            }
        }
    }

    /// Whether a key can be nothing but what fails.
    fn keys(&mut self, list: &[ExprId]) -> bool {
        let mut fails = false;
        for (key, _) in pairs(list) {
            fails |= self.demand(key, Types::STRING, What::NotKey) && !self.of(key).meets(Types::NOTHING);
        }
        fails
    }

    fn binary(&mut self, id: ExprId, op: Op, at: Span, left: ExprId, right: ExprId) -> Types {
        let (one, other) = (self.of(left), self.of(right));
        match op {
            Op::Add | Op::Subtract | Op::Multiply | Op::Divide | Op::Remainder => {
                self.operands(left, right, Types::NUMBER, |types| What::NotNumber(op, types));
                both(one, other, Types::NUMBER, Types::NUMBER)
            }
            Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual => self.comparison(id, op, at, left, right),
            Op::Concat => Types::STRING,
            Op::Equal | Op::NotEqual | Op::In | Op::And | Op::Or => Types::BOOL,
            Op::Range => self.range(id, left, right),
            // A sequence can be empty and yet be something to these, if it comes out of the call of a function.
            Op::Elvis | Op::Coalesce if one.meets(Types::ARRAY) => one | other,
            Op::Elvis => one.without(Types::NOTHING | Types::NULL) | other,
            Op::Coalesce => one.without(Types::NOTHING) | other,
            Op::Chain => self.chain(id, left, right),
        }
    }

    fn comparison(&mut self, id: ExprId, op: Op, at: Span, left: ExprId, right: ExprId) -> Types {
        let wanted = Types::NUMBER | Types::STRING;
        let (one, other) = (self.of(left), self.of(right));
        let fails = self.operands(left, right, wanted, |types| What::NotComparable(op, types));
        let (mine, theirs) = (one.and(wanted), other.and(wanted));
        if !fails && mine.misses(theirs) && !theirs.is_never() && (one | other).is_within(wanted | Types::NOTHING) {
            self.fault(id, at, What::Uncomparable(op, mine, theirs), one | other);
        }
        let is_comparable = mine.meets(theirs);
        let nothing = both(one, other, wanted, Types::BOOL).and(Types::NOTHING);
        if is_comparable { nothing | Types::BOOL } else { nothing }
    }

    fn range(&mut self, id: ExprId, left: ExprId, right: ExprId) -> Types {
        let ends = [left, right].map(|end| match self.known.constant(end) {
            Some(Constant::Number(number)) => Some(number),
            _ => None,
        });
        for (operand, number) in [left, right].into_iter().zip(ends) {
            if !self.demand(operand, Types::NUMBER, What::NotInteger)
                && number.is_some_and(|number| number.fract() != 0.0)
            {
                self.fault(operand, self.ast[operand].span, What::NotInteger(Types::NUMBER), Types::NEVER);
            }
        }
        if let [Some(from), Some(to)] = ends
            && to - from >= MAX_RANGE
        {
            self.fault(id, self.ast[id].span, What::LongRange(to - from + 1.0), Types::NEVER);
            return Types::NEVER;
        }
        Types::NOTHING | Types::NUMBER | Types::ARRAY
    }

    /// Whether this is the call on the right side of `~>`.
    pub(super) fn is_applied(&self, id: ExprId) -> bool {
        let parent = self.flow.parent(id);
        matches!(self.ast[parent].kind, Kind::Binary { op: Op::Chain, right, .. } if right == id)
    }

    fn chain(&mut self, id: ExprId, left: ExprId, right: ExprId) -> Types {
        if let Kind::Call { callee, args } = &self.ast[right].kind {
            let args: Vec<ExprId> = std::iter::once(left).chain(args.iter().copied()).collect();
            return self.call(id, *callee, &args);
        }
        if self.of(left).meets(Types::FUNCTION) && !self.is_field(left) {
            // A function of two functions, one behind the other, perhaps.
            return match self.callee(right) {
                Callee::None => Types::NEVER,
                _ if self.of(left) == Types::FUNCTION => Types::FUNCTION,
                _ => Types::ANY,
            };
        }
        match &self.ast[right].kind {
            Kind::Transform { .. } => Types::ANY,
            _ => self.call(id, right, &[left]),
        }
    }
}

/// What the items of a value of these types may be, and the value itself if it is no array.
pub(super) fn items(types: Types) -> Types {
    if types.meets(Types::ARRAY) { Types::ANY } else { types.without(Types::NOTHING) }
}

/// What an operator gives that gives nothing if one operand is nothing, and `result` if both are among `wanted`.
fn both(one: Types, other: Types, wanted: Types, result: Types) -> Types {
    let accepted = wanted | Types::NOTHING;
    let (one, other) = (one.and(accepted), other.and(accepted));
    if one.is_never() || other.is_never() {
        return Types::NEVER;
    }
    let types = if one.meets(wanted) && other.meets(wanted) { result } else { Types::NEVER };
    if (one | other).meets(Types::NOTHING) { types | Types::NOTHING } else { types }
}
