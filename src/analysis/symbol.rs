//! Turns an offset into the state or the variable that is named there, and that into every place that names it.
//!
//! Names are what the language makes of them: a state is known in its own `States` alone, a variable in the scopes that see it.
//! What is renamed means the same afterwards, or nothing is renamed.

use super::Analysis;
use crate::asl::expression::Form;
use crate::asl::jsonata::{self, library};
use crate::asl::{ScopeId, StateId, variable_name};
use crate::flow::variables::{Meaning, VariableId};
use crate::syntax::Node;
use crate::text::{Edit, Span};

/// Something that has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symbol {
    /// A state.
    State(StateId),
    /// A variable.
    Variable(VariableId),
}

/// A place that names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence<'a> {
    /// The string that it stands in.
    pub node: Node<'a>,
    /// The name, in the bytes of the file: without quotes.
    pub span: Span,
    /// Whether this is where it comes from: the key of a state, a member of `Assign`.
    pub is_definition: bool,
}

/// Longest name of a state in characters.
const MAX_LENGTH: usize = 80;

impl<'a> Analysis<'a> {
    /// The state or variable that is named at an offset.
    #[must_use]
    pub fn symbol_at(&self, offset: u32) -> Option<Symbol> {
        let node = self.machine.node.innermost(offset);
        if node.is_key() {
            return self.state_of_key(node).map(Symbol::State).or_else(|| self.variable_of_key(node));
        }
        if let Some((scope, _)) = self.target_at(node) {
            return self.machine.find(scope, node.as_str()?).map(Symbol::State);
        }
        let at = node.text_map().decoded_at(offset);
        let is_here = |read: &&crate::flow::variables::Read<'_>| {
            read.span.touches(at) && self.expressions()[read.expression].node == node
        };
        match self.variables().reads().iter().find(is_here)?.meaning {
            Meaning::Variable(id) => Some(Symbol::Variable(id)),
            _ => None,
        }
    }

    /// The state whose name is this key.
    #[must_use]
    pub fn state_of_key(&self, key: Node<'_>) -> Option<StateId> {
        let at = self.machine.states.binary_search_by_key(&key.index(), |state| state.key.index()).ok()?;
        Some(self.machine.states[at].id)
    }

    fn variable_of_key(&self, key: Node<'_>) -> Option<Symbol> {
        let assignments = self.variables().assignments();
        let at = assignments.binary_search_by_key(&key.index(), |assignment| assignment.key.index()).ok()?;
        Some(Symbol::Variable(assignments[at].variable))
    }

    /// The scope in which this value is to name a state, and the state that leads there; `None` for `StartAt`.
    #[must_use]
    pub fn target_at(&self, node: Node<'_>) -> Option<(ScopeId, Option<StateId>)> {
        let starts = |scope: &&crate::asl::Scope<'_>| scope.start_at.is_some_and(|field| field.value == node);
        if let Some(scope) = self.machine.scopes.iter().find(starts) {
            return Some((scope.id, None));
        }
        let state = self.machine.state_at(node.index())?;
        state.targets().any(|target| target.field.value == node).then_some((state.scope, Some(state.id)))
    }

    /// Its name.
    #[must_use]
    pub fn name_of(&self, symbol: Symbol) -> &'a str {
        match symbol {
            Symbol::State(state) => self.machine.state(state).name(),
            Symbol::Variable(variable) => self.variables().variable(variable).name,
        }
    }

    /// Every place that names it, in the order of the text.
    #[must_use]
    pub fn occurrences(&self, symbol: Symbol) -> Vec<Occurrence<'a>> {
        let mut found = match symbol {
            Symbol::State(state) => self.occurrences_of_state(state),
            Symbol::Variable(variable) => self.occurrences_of_variable(variable),
        };
        found.sort_by_key(|occurrence| occurrence.span);
        // What aliases repeat is written once.
        found.dedup_by_key(|occurrence| occurrence.span);
        found
    }

    fn occurrences_of_state(&self, id: StateId) -> Vec<Occurrence<'a>> {
        let state = self.machine.state(id);
        let scope = self.machine.scope(state.scope);
        let name = state.name();
        let mut found = Vec::new();
        // A name that stands twice is one state to the service, and one mistake.
        let keys = scope.states_field.map(|field| field.value.members()).into_iter().flatten();
        found.extend(keys.filter(|member| member.name() == name).map(|member| whole(member.key, true)));
        let targets = self.machine.states_of(scope).flat_map(|state| state.targets().map(|target| target.field));
        let named = targets.chain(scope.start_at).filter(|field| field.value.as_str() == Some(name));
        found.extend(named.map(|field| whole(field.value, false)));
        found
    }

    fn occurrences_of_variable(&self, id: VariableId) -> Vec<Occurrence<'a>> {
        let name = self.variables().variable(id).name;
        let mut found: Vec<Occurrence<'a>> = Vec::new();
        for assignment in self.variables().assignments_of(id) {
            let start = assignment.key.content().find(name).unwrap_or_default();
            found.push(part(assignment.key, start, name.len(), true));
        }
        for read in self.variables().reads().iter().filter(|read| read.meaning == Meaning::Variable(id)) {
            let node = self.expressions()[read.expression].node;
            found.push(part(node, read.span.start as usize + 1, name.len(), false));
        }
        found
    }

    /// The edits that rename it.
    ///
    /// # Errors
    /// Why it cannot have that name, in words for a person.
    pub fn renamed(&self, symbol: Symbol, name: &str) -> Result<Vec<Edit>, String> {
        let occurrences = self.occurrences(symbol);
        if occurrences.iter().any(|occurrence| occurrence.node.is_aliased()) {
            return Err("it is named in a part of the text that an alias repeats elsewhere".to_owned());
        }
        if name == self.name_of(symbol) {
            return Ok(Vec::new());
        }
        match symbol {
            Symbol::State(state) => {
                self.admits_state(state, name)?;
                Ok(occurrences.iter().map(|occurrence| occurrence.node.rewritten(name)).collect())
            }
            Symbol::Variable(variable) => {
                self.admits_variable(variable, name)?;
                // In a string nothing but the name changes: letters and digits need no escape.
                let edit = |occurrence: &Occurrence<'_>| Edit { span: occurrence.span, text: name.to_owned() };
                Ok(occurrences.iter().map(edit).collect())
            }
        }
    }

    fn admits_state(&self, state: StateId, name: &str) -> Result<(), String> {
        let length = name.chars().count();
        if name.trim().is_empty() {
            return Err("a state has a name".to_owned());
        }
        if length > MAX_LENGTH {
            return Err(format!("the name of a state has at most {MAX_LENGTH} characters, and this has {length}"));
        }
        if name.contains("${") || name.contains(char::is_control) {
            return Err("the name of a state holds no placeholder and no control character".to_owned());
        }
        match self.machine.states.iter().find(|other| other.name() == name && other.id != state) {
            Some(other) => Err(format!("{} has a state `{name}` already", self.machine.describe_scope(other.scope))),
            None => Ok(()),
        }
    }

    fn admits_variable(&self, id: VariableId, name: &str) -> Result<(), String> {
        if let Some(fault) = variable_name::fault(name) {
            return Err(match fault {
                variable_name::Fault::Empty => "a variable has a name".to_owned(),
                variable_name::Fault::Reserved => "`$states` is the service's own".to_owned(),
                variable_name::Fault::Start(first) => format!("the name of a variable does not start with `{first}`"),
                variable_name::Fault::Part(part, _) => format!("the name of a variable does not hold `{part}`"),
                variable_name::Fault::TooLong(length) => {
                    format!(
                        "the name of a variable has at most {} characters, and this has {length}",
                        variable_name::MAX_LENGTH
                    )
                }
            });
        }
        if library::find(name).is_some() {
            return Err(format!("`${name}` is a function of JSONata"));
        }
        let variables = self.variables();
        let home = variables.variable(id).scope;
        let sees = |from: ScopeId, of: ScopeId| variables.seen_from(from).any(|seen| seen == of);
        if let Some(other) = variables
            .variables()
            .iter()
            .find(|other| other.name == name && other.id != id && (sees(other.scope, home) || sees(home, other.scope)))
        {
            return Err(format!("{} has a variable `${name}` already", self.machine.describe_scope(other.scope)));
        }
        let is_caught = |read: &&crate::flow::variables::Read<'_>| read.name == name && sees(read.scope, home);
        if let Some(read) = variables.reads().iter().find(is_caught) {
            let state = self.machine.state(read.state).name();
            return Err(format!("`{state}` reads a `${name}` that is another one"));
        }
        let reads = variables.reads().iter().filter(|read| read.meaning == Meaning::Variable(id));
        for read in reads {
            if binds(&self.expressions()[read.expression].form, name) {
                let state = self.machine.state(read.state).name();
                return Err(format!("an expression of `{state}` has a `${name}` of its own"));
            }
        }
        Ok(())
    }
}

/// The whole content of a string.
fn whole(node: Node<'_>, is_definition: bool) -> Occurrence<'_> {
    part(node, 0, node.content().len(), is_definition)
}

/// A part of the content of a string.
fn part(node: Node<'_>, start: usize, length: usize, is_definition: bool) -> Occurrence<'_> {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let span = node.source_span(Span::new(offset(start), offset(start + length)));
    Occurrence { node, span, is_definition }
}

/// Whether an expression gives a variable of its own this name, at whatever place.
fn binds(form: &Form, name: &str) -> bool {
    let Form::Jsonata(jsonata) = form else { return false };
    let ast = &jsonata.parsed.ast;
    let is_named = |binding: &jsonata::Binding| ast.text(binding.name) == name;
    ast.ids().any(|id| match &ast[id].kind {
        jsonata::Kind::Lambda { params, .. } => params.iter().any(is_named),
        jsonata::Kind::Bind { variable, .. }
        | jsonata::Kind::Focus { variable, .. }
        | jsonata::Kind::Index { variable, .. } => is_named(variable),
        _ => false,
    })
}
