//! Turns a state into words: what it does, who leads to it, which errors leave it.

use super::Analysis;
use crate::asl::{Edge, Mode, Raiser, State, StateId, StateType, error_name};
use crate::schema::code_listing;

impl<'a> Analysis<'a> {
    /// What a state does, as a sentence.
    #[must_use]
    pub fn deed(&self, state: &State<'a>) -> String {
        let text = |name: &str| {
            state.node.get(name).map(|value| format!("`{}`", one_line(value.span().of(value.tree().text()))))
        };
        match state.kind {
            Some(StateType::Task) => format!("It {}.", self.resource(state).0.describe()),
            Some(StateType::Pass) => match text("Result").or_else(|| text("Output")) {
                Some(result) => format!("It gives {result}."),
                None => "It hands on what it gets.".to_owned(),
            },
            Some(StateType::Wait) => {
                let seconds = text("Seconds")
                    .or_else(|| text("SecondsPath"))
                    .map(|seconds| format!("It waits {seconds} seconds."));
                let until = || {
                    text("Timestamp").or_else(|| text("TimestampPath")).map(|time| format!("It waits until {time}."))
                };
                seconds.or_else(until).unwrap_or_else(|| "It waits.".to_owned())
            }
            Some(StateType::Choice) => {
                let default = state.choice().and_then(|choice| choice.default).and_then(|field| field.value.as_str());
                let otherwise =
                    default.map_or("fails where none does".to_owned(), |name| format!("else goes to `{name}`"));
                format!("It takes the first of {} that holds, {otherwise}.", counted(state.rules().len(), "rule"))
            }
            Some(StateType::Parallel) => format!("It runs {} side by side.", counted(state.scopes().len(), "branch")),
            Some(StateType::Map) => {
                let how = match self.machine.mode(state) {
                    Some(Mode::Inline) => "inside of this execution",
                    Some(Mode::Distributed) => "each in a child execution",
                    None => "for each item",
                };
                format!("It runs its item processor for each item, {how}.")
            }
            Some(StateType::Succeed) => "It ends what it stands in, well.".to_owned(),
            Some(StateType::Fail) => {
                let error = text("Error").or_else(|| text("ErrorPath"));
                error.map_or("It fails the execution.".to_owned(), |error| {
                    format!("It fails the execution with {error}.")
                })
            }
            None => "Its type is not known.".to_owned(),
        }
    }

    /// Who leads to a state, each in a few words: "the start of the machine", "`A` by `Next`".
    #[must_use]
    pub fn ways_in(&self, state: &State<'a>) -> Vec<String> {
        let mut ways = Vec::new();
        if self.graph().start(state.scope) == Some(state.id) {
            ways.push(format!("the start of {}", self.machine.describe_scope(state.scope)));
        }
        for (from, edge) in self.graph().predecessors(state.id) {
            let name = self.machine.state(from).name();
            ways.push(format!("`{name}` by {}", describe_edge(edge)));
        }
        ways
    }

    /// The states that lead to a state.
    #[must_use]
    pub fn n_ways_in(&self, state: StateId) -> usize {
        let mut from: Vec<StateId> = self.graph().predecessors(state).map(|(from, _)| from).collect();
        from.dedup();
        from.len()
    }

    /// The errors that may leave a state, by name, and a word for those whose names are not known.
    #[must_use]
    pub fn errors_leaving(&self, state: &State<'a>) -> Vec<String> {
        let errors = self.errors().leaving(state);
        // Every state may fail so, which says nothing.
        let is_telling = |name: &&str| !matches!(*name, "States.Runtime" | "States.DataLimitExceeded");
        let mut names: Vec<String> = errors.own().filter(is_telling).map(|name| format!("`{name}`")).collect();
        names.extend(errors.names().map(|(name, _)| format!("`{name}`")));
        for (raiser, _) in errors.raisers() {
            names.push(match raiser {
                Raiser::Anyone => "any other".to_owned(),
                Raiser::Function => "those of the Lambda function".to_owned(),
                Raiser::Http => "`States.Http.StatusCode.…`".to_owned(),
                Raiser::Optimised(service) | Raiser::Sdk(service) => format!("those of `{service}`"),
            });
        }
        names
    }

    /// The names that `ErrorEquals` of a state may list to some effect, as far as they are known, each once: those that stand for
    /// others, and those that an attempt may fail with.
    #[must_use]
    pub fn error_names(&self, state: &State<'a>) -> Vec<String> {
        let raised = self.errors().raised(state.id);
        let mut names: Vec<String> = error_name::STANDING_FOR_OTHERS.map(str::to_owned).to_vec();
        names.extend(raised.own().map(str::to_owned));
        names.extend(raised.names().map(|(name, _)| name.to_owned()));
        if raised.raisers().any(|(raiser, _)| raiser == Raiser::Function) {
            names.extend(error_name::LAMBDA_NAMES.map(str::to_owned));
        }
        let mut seen = std::collections::BTreeSet::new();
        names.retain(|name| seen.insert(name.clone()));
        names
    }

    /// Whether some attempt at a state may fail with what a name in its `ErrorEquals` stands for.
    #[must_use]
    pub fn may_fail_with(&self, state: &State<'a>, name: &str) -> bool {
        error_name::STANDING_FOR_OTHERS.contains(&name) || self.errors().raised(state.id).may_be(name)
    }

    /// What a state leads to, as a sentence; nothing where it ends.
    #[must_use]
    pub fn ways_out(&self, state: &State<'a>) -> Option<String> {
        let mut names: Vec<&str> = state.targets().filter_map(|target| target.field.value.as_str()).collect();
        let mut seen = std::collections::HashSet::new();
        names.retain(|name| seen.insert(*name));
        (!names.is_empty()).then(|| code_listing(&names, "or"))
    }
}

fn describe_edge(edge: Edge) -> String {
    match edge {
        Edge::Next => "`Next`".to_owned(),
        Edge::Default => "`Default`".to_owned(),
        Edge::Choice(i) => format!("rule {i}"),
        Edge::Catch(i) => format!("catcher {i}"),
        Edge::Branch(i) => format!("branch {i}"),
        Edge::Item => "its items".to_owned(),
    }
}

fn counted(n: usize, what: &str) -> String {
    let plural = if what.ends_with("ch") { "es" } else { "s" };
    format!("{n} {what}{}", if n == 1 { "" } else { plural })
}

/// Text on one line, cut where it is long.
fn one_line(text: &str) -> String {
    const LONGEST: usize = 60;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('`', "'");
    match words.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &words[..at]),
        None => words,
    }
}
