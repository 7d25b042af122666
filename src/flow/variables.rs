//! Turns a machine and its expressions into the table of its variables: who assigns them, who reads them, who sees them.
//!
//! A variable is a name in a scope, and exists there if any state of the scope assigns it ("Variable Scope", States Language
//! specification): the state itself, one of its catchers or one of its choice rules. A state sees the variables of its own
//! scope and of the scopes around it, up to the machine or to the child executions of a Distributed Map, which see nothing
//! of what lies around them. Whether a variable has a value by the time it is read is not asked here.

use std::collections::{HashMap, HashSet};

use crate::asl::expression::{Demand, Expression, Origin};
use crate::asl::jsonata::library;
use crate::asl::sites::{Owner, Role};
use crate::asl::{Language, Machine, Mode, Place, Rule, Scope, ScopeId, State, StateId};
use crate::syntax::{Kind, Node};
use crate::text::Span;

/// The number of a variable in [`Variables::variables`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VariableId(pub u32);

impl VariableId {
    /// As an index into tables beside [`Variables::variables`].
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A name in a scope.
#[derive(Clone, Debug)]
pub struct Variable<'t> {
    /// Its number.
    pub id: VariableId,
    /// Without `$`.
    pub name: &'t str,
    /// Where it lives.
    pub scope: ScopeId,
    /// Who assigns it, as indices into [`Variables::assignments`]: at least one, in document order.
    pub assignments: Vec<usize>,
}

/// A member of `Assign`.
#[derive(Clone, Copy, Debug)]
pub struct Assignment<'t> {
    /// What is assigned.
    pub variable: VariableId,
    /// The state that holds it.
    pub state: StateId,
    /// The object of the state that has the `Assign`.
    pub owner: Owner,
    /// The key, `.$` and all.
    pub key: Node<'t>,
    /// The key as the name of a variable: without the `.$` of JSONPath.
    pub written: &'t str,
    /// The new value.
    pub value: Node<'t>,
}

/// A place where a variable is read.
#[derive(Clone, Copy, Debug)]
pub struct Read<'t> {
    /// Which expression reads it: an index into those that the table was made of.
    pub expression: usize,
    /// The name with its `$`, in the decoded content of the expression's string.
    pub span: Span,
    /// The name.
    pub name: &'t str,
    /// The state that reads it.
    pub state: StateId,
    /// The scope of that state.
    pub scope: ScopeId,
    /// What becomes of the expression where it has no value.
    pub demand: Demand,
    /// What the name means there.
    pub meaning: Meaning,
}

/// What a name means where it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// This variable, the innermost of the name.
    Variable(VariableId),
    /// None that is seen there. This one has the name, and lives in another scope: around a Distributed Map, else the first.
    OutOfScope(VariableId),
    /// No state assigns the name.
    Nowhere,
    /// Some `Assign` that would be seen there is not known.
    Unknown,
}

/// What lies around a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outer {
    /// Nothing: it is the machine.
    Nothing,
    /// This scope, whose variables are seen.
    Seen(ScopeId),
    /// This scope, and nothing of it is seen: the inner one runs as child executions of a Distributed Map.
    Hidden(ScopeId),
    /// This scope. Whether it is seen is not known, as the mode of the Map is not.
    Unknown(ScopeId),
}

/// How the scope of a variable lies to the scope of a read that does not see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// Around it, behind the border of a Distributed Map.
    Around,
    /// Inside it.
    Inside,
    /// In another branch or another Map.
    Beside,
}

/// The variables of a machine.
#[derive(Clone, Debug, Default)]
pub struct Variables<'t> {
    variables: Vec<Variable<'t>>,
    assignments: Vec<Assignment<'t>>,
    reads: Vec<Read<'t>>,
    /// By scope.
    scopes: Vec<Names<'t>>,
    /// The first variable of each name.
    first: HashMap<&'t str, VariableId>,
    /// The names that some expression asks for a value of.
    tested: HashSet<&'t str>,
}

/// What a scope has of its own.
#[derive(Clone, Debug)]
struct Names<'t> {
    by_name: HashMap<&'t str, VariableId>,
    outer: Outer,
    /// Whether some `Assign` of its states is not known.
    is_open: bool,
}

impl<'t> Variables<'t> {
    /// The table of `machine`, whose expressions are `expressions`; linear in its size, times the depth of its scopes.
    #[must_use]
    pub fn new(machine: &Machine<'t>, expressions: &[Expression<'t>]) -> Self {
        let scopes = machine.scopes.iter().map(|scope| Names {
            by_name: HashMap::new(),
            outer: outer(machine, scope),
            is_open: scope.is_open,
        });
        let mut this = Self { scopes: scopes.collect(), ..Self::default() };
        for state in &machine.states {
            Collect { table: &mut this, state }.state();
        }
        this.sort();
        for (i, expression) in expressions.iter().enumerate() {
            this.read(machine, i, expression);
        }
        this
    }

    /// Every variable, in document order of its first assignment.
    #[must_use]
    pub fn variables(&self) -> &[Variable<'t>] {
        &self.variables
    }

    /// Every assignment, in document order.
    #[must_use]
    pub fn assignments(&self) -> &[Assignment<'t>] {
        &self.assignments
    }

    /// Every read, in the order of the expressions and of the text in them.
    #[must_use]
    pub fn reads(&self) -> &[Read<'t>] {
        &self.reads
    }

    /// The variable with this id.
    #[must_use]
    pub fn variable(&self, id: VariableId) -> &Variable<'t> {
        &self.variables[id.index()]
    }

    /// The assignments of a variable, in document order.
    pub fn assignments_of(&self, id: VariableId) -> impl Iterator<Item = &Assignment<'t>> {
        self.variable(id).assignments.iter().map(|&i| &self.assignments[i])
    }

    /// Whether some state asks whether a variable of this name has a value, so that others may be reached only if it has.
    #[must_use]
    pub fn is_tested(&self, name: &str) -> bool {
        self.tested.contains(name)
    }

    /// The variable of this name that lives in `scope` itself.
    #[must_use]
    pub fn own(&self, scope: ScopeId, name: &str) -> Option<VariableId> {
        self.scopes[scope.index()].by_name.get(name).copied()
    }

    /// What lies around `scope`.
    #[must_use]
    pub fn outer(&self, scope: ScopeId) -> Outer {
        self.scopes[scope.index()].outer
    }

    /// Whether some `Assign` of the states of `scope` is not known, so that absence proves nothing.
    #[must_use]
    pub fn is_open(&self, scope: ScopeId) -> bool {
        self.scopes[scope.index()].is_open
    }

    /// Whether some scope may set variables that are not seen.
    #[must_use]
    pub fn is_open_anywhere(&self) -> bool {
        self.scopes.iter().any(|scope| scope.is_open)
    }

    /// The scopes whose variables a state of `scope` sees, from its own outwards. Where it is not known whether one is seen,
    /// it is among them.
    pub fn seen_from(&self, scope: ScopeId) -> impl Iterator<Item = ScopeId> {
        std::iter::successors(Some(scope), |&scope| match self.outer(scope) {
            Outer::Seen(outer) | Outer::Unknown(outer) => Some(outer),
            Outer::Nothing | Outer::Hidden(_) => None,
        })
    }

    /// The variables that a state of `scope` sees, from its own scope outwards, each in document order.
    pub fn visible(&self, scope: ScopeId) -> impl Iterator<Item = &Variable<'t>> {
        self.seen_from(scope).flat_map(|scope| {
            let mut own: Vec<_> = self.scopes[scope.index()].by_name.values().copied().collect();
            own.sort_unstable();
            own.into_iter().map(|id| self.variable(id))
        })
    }

    /// What `name` means to a state of `scope`.
    #[must_use]
    pub fn meaning(&self, scope: ScopeId, name: &str) -> Meaning {
        if let Some(variable) = self.seen_from(scope).find_map(|scope| self.own(scope, name)) {
            return Meaning::Variable(variable);
        }
        if self.seen_from(scope).any(|scope| self.is_open(scope)) {
            return Meaning::Unknown;
        }
        let hidden = self.around(scope).find_map(|scope| self.own(scope, name));
        hidden.or_else(|| self.first.get(name).copied()).map_or(Meaning::Nowhere, Meaning::OutOfScope)
    }

    /// How the scope `of` lies to the scope `from`, which does not see it.
    #[must_use]
    pub fn relation(&self, from: ScopeId, of: ScopeId) -> Relation {
        if self.around(from).any(|scope| scope == of) {
            Relation::Around
        } else if self.around(of).any(|scope| scope == from) {
            Relation::Inside
        } else {
            Relation::Beside
        }
    }

    /// The scopes around `scope`, seen or not, from the inside outwards.
    fn around(&self, scope: ScopeId) -> impl Iterator<Item = ScopeId> {
        let outer = |scope: ScopeId| match self.outer(scope) {
            Outer::Nothing => None,
            Outer::Seen(outer) | Outer::Hidden(outer) | Outer::Unknown(outer) => Some(outer),
        };
        std::iter::successors(outer(scope), move |&scope| outer(scope))
    }

    fn assign(&mut self, state: &State<'t>, owner: Owner, key: Node<'t>, value: Node<'t>) {
        let key_text = key.as_str().unwrap_or_default();
        let is_path = state.language == Language::JsonPath || !state.is_language_known;
        let written = key_text.strip_suffix(".$").filter(|_| is_path).unwrap_or(key_text);
        let name = meant(key_text);
        let next = VariableId(u32::try_from(self.variables.len()).unwrap_or(u32::MAX));
        let variable = *self.scopes[state.scope.index()].by_name.entry(name).or_insert(next);
        if variable == next {
            self.variables.push(Variable { id: next, name, scope: state.scope, assignments: Vec::new() });
        }
        self.assignments.push(Assignment { variable, state: state.id, owner, key, written, value });
    }

    /// Puts all in document order: what a Map assigns may stand before or behind what is assigned inside it.
    fn sort(&mut self) {
        self.assignments.sort_by_key(|assignment| assignment.key.index());
        let mut renumbered = vec![None; self.variables.len()];
        let mut variables = Vec::with_capacity(self.variables.len());
        for (i, assignment) in self.assignments.iter_mut().enumerate() {
            let old = &self.variables[assignment.variable.index()];
            let id = *renumbered[old.id.index()].get_or_insert_with(|| {
                let id = VariableId(u32::try_from(variables.len()).unwrap_or(u32::MAX));
                variables.push(Variable { id, ..old.clone() });
                id
            });
            variables[id.index()].assignments.push(i);
            assignment.variable = id;
        }
        for variable in &variables {
            self.scopes[variable.scope.index()].by_name.insert(variable.name, variable.id);
            self.first.entry(variable.name).or_insert(variable.id);
        }
        self.variables = variables;
    }

    fn read(&mut self, machine: &Machine<'t>, i: usize, expression: &Expression<'t>) {
        // A variable that is to be written to is a finding of its own.
        if expression.site.role == Role::ResultPath || expression.reads_document_only() {
            return;
        }
        let state = machine.state(expression.site.state);
        let content = expression.node.content();
        for reference in expression.references() {
            let Origin::Variable(name) = reference.origin else { continue };
            // Variables hold JSON, which has no functions.
            if reference.is_called {
                continue;
            }
            let written = content.get(reference.span.range()).and_then(|text| text.strip_prefix('$'));
            let Some(name) = written.filter(|&written| written == name) else { continue };
            let meaning = self.meaning(state.scope, name);
            let is_assigned = matches!(meaning, Meaning::Variable(_));
            if !is_assigned && expression.site.role == Role::Jsonata && library::find(name).is_some() {
                continue;
            }
            if reference.demand == Demand::Tested {
                self.tested.insert(name);
            }
            self.reads.push(Read {
                expression: i,
                span: reference.span,
                name,
                state: state.id,
                scope: state.scope,
                demand: reference.demand,
                meaning,
            });
        }
    }
}

/// What lies around `scope`.
fn outer(machine: &Machine<'_>, scope: &Scope<'_>) -> Outer {
    let Some(owner) = scope.place.owner() else { return Outer::Nothing };
    let outer = machine.state(owner).scope;
    if matches!(scope.place, Place::Branch(..)) {
        return Outer::Seen(outer);
    }
    match scope.mode() {
        Some(Mode::Distributed) => Outer::Hidden(outer),
        Some(Mode::Inline) => Outer::Seen(outer),
        None => Outer::Unknown(outer),
    }
}

/// The variable that a key of `Assign` is meant to set: of `x.$`, `$x`, `x.y` and `x[0]` it is `x`.
fn meant(key: &str) -> &str {
    let name = key.strip_prefix('$').unwrap_or(key);
    let end = name.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(name.len());
    if end == 0 { key } else { &name[..end] }
}

struct Collect<'v, 'm, 't> {
    table: &'v mut Variables<'t>,
    state: &'m State<'t>,
}

impl<'t> Collect<'_, '_, 't> {
    fn state(&mut self) {
        let state = self.state;
        self.object(Owner::State, state.node);
        let lists = ["Catch", "Choices"].into_iter().filter_map(|name| state.node.get(name));
        if lists.into_iter().any(|list| list.is_open() || list.is_incomplete()) {
            self.open();
        }
        for (i, catcher) in state.catchers.iter().enumerate() {
            self.object(Owner::Catcher(i), catcher.node);
        }
        for (i, rule) in state.choice().into_iter().flat_map(|choice| &choice.rules).enumerate() {
            self.rule(Owner::Rule(i), rule);
        }
    }

    /// Recursion is bounded by the depth of the tree.
    fn rule(&mut self, owner: Owner, rule: &Rule<'t>) {
        self.object(owner, rule.node);
        for nested in rule.nested() {
            self.rule(owner, nested);
        }
    }

    /// An object that may have `Assign`, in whatever place: where it has no business is another finding.
    fn object(&mut self, owner: Owner, object: Node<'t>) {
        if object.kind() != Kind::Object || object.may_have_more() {
            self.open();
        }
        for field in object.members() {
            if field.name() == "Assign" {
                self.assign(owner, field.value);
            } else if is_slip(field.name()) {
                self.open();
            }
        }
    }

    fn assign(&mut self, owner: Owner, assign: Node<'t>) {
        if assign.kind() != Kind::Object || assign.may_have_more() {
            self.open();
        }
        for member in assign.members() {
            // A placeholder, or what a template puts something else in the place of (`Fn::If`).
            if member.key.is_open() || member.name().starts_with("Fn::") {
                self.open();
            } else {
                self.table.assign(self.state, owner, member.key, member.value);
            }
        }
    }

    fn open(&mut self) {
        self.table.scopes[self.state.scope.index()].is_open = true;
    }
}

/// Whether a field is likely a misspelt `Assign`, which is a finding of its own.
fn is_slip(name: &str) -> bool {
    // Nearly every field is told apart by this: a slip of two letters keeps four of them.
    let n_kept = name.bytes().filter(|byte| b"asign".contains(&byte.to_ascii_lowercase())).count();
    n_kept >= 4
        && (4..=10).contains(&name.len())
        && crate::text::nearest(name, [("Assign", ()), ("Assigns", ())]).is_some()
}
