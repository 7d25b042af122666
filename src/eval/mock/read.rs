//! Turns a text into [`Mocks`]: finds out which format it has, and reads our own.
//!
//! The values decide about the format, not names alone: states may be called `events` and `StateMachines`. Every mistake is
//! told, each at the smallest token at fault; no answers come from a text with mistakes.

use std::sync::Arc;

use super::{Answer, Mocks, Outcome, config, history};
use crate::eval::value::Value;
use crate::syntax::{self, Format, Kind, Member, Node};
use crate::text::{Span, nearest};

/// What is wrong with a file of mocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MockError {
    /// Where.
    pub span: Span,
    /// What: lower case, no full stop.
    pub message: String,
}

/// The names of an answer in our own format.
const ANSWER: &[&str] = &["return", "read", "error", "cause", "seconds", "heartbeatSeconds", "times"];

impl Mocks {
    /// The answers that a text gives, in whichever of these formats it has:
    ///
    /// - `{"State": [{"return": 1}, {"error": "X", "cause": "…"}]}`: a list of answers or a single one for each key.
    ///   `{"read": […]}` in the place of `return` is what the `ItemReader` of a Distributed Map finds;
    ///   `seconds` is how long the task takes, `heartbeatSeconds` the time between its heartbeats, `times` how many calls
    ///   in a row get this answer;
    /// - `{"StateMachines": …, "MockedResponses": …}`, the `MockConfigFile.json` of Step Functions Local. `case` is
    ///   `Machine#Case`, or `Case` where one machine alone has it; without it there is but one;
    /// - `{"events": […]}`, what `aws stepfunctions get-execution-history` prints, or its list of events alone.
    ///
    /// # Errors
    /// All mistakes, in the order of the text.
    pub fn read(text: &Arc<str>, format: Format, case: Option<&str>) -> Result<Self, Vec<MockError>> {
        let tree = syntax::parse(text, format);
        let mut reader = Reader { mocks: Self::new(), errors: Vec::new() };
        for error in tree.errors() {
            reader.error(error.span, error.message.clone());
        }
        for hole in tree.root().descendants().filter(|node| node.kind() == Kind::Hole) {
            reader.error(hole.span(), "a placeholder stands where mocks have a value");
        }
        if reader.errors.is_empty() {
            reader.read(tree.root(), case);
        }
        reader.errors.sort_by_key(|error| error.span);
        if reader.errors.is_empty() { Ok(reader.mocks) } else { Err(reader.errors) }
    }
}

/// Answers and mistakes so far.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) mocks: Mocks,
    errors: Vec<MockError>,
}

impl Reader {
    fn read(&mut self, root: Node<'_>, case: Option<&str>) {
        if is_mock_config(root) {
            return config::read(self, root, case);
        }
        if case.is_some() {
            self.error(root.token(), "a test case is chosen, and only a `MockConfigFile.json` has test cases");
        }
        match history_events(root) {
            Some(events) => history::read(self, events),
            None => self.ours(root),
        }
    }

    fn ours(&mut self, root: Node<'_>) {
        for key in self.members(root, "mocks are an object of answers by state") {
            let is_list = key.value.kind() == Kind::Array;
            if is_list && key.value.is_empty() {
                self.error(key.value.token(), format!("`{}` has no answers", key.name()));
            }
            let single = (!is_list).then_some(key.value);
            for answer in key.value.items().chain(single) {
                self.answer(key.name(), answer);
            }
        }
    }

    fn answer(&mut self, key: &str, node: Node<'_>) {
        let members = self.members(node, r#"an answer is `{"return": …}` or `{"error": …, "cause": …}`"#);
        for member in &members {
            self.known(*member, ANSWER);
        }
        let find = |name| members.iter().find(|member| member.name() == name).map(|member| member.value);
        let mut outcomes = ["return", "read", "error"].into_iter().filter_map(|name| Some((name, find(name)?)));
        let Some((name, value)) = outcomes.next() else {
            if node.kind() == Kind::Object {
                self.error(node.token(), "this answer says none of `return`, `read` and `error`");
            }
            return;
        };
        if let Some((other, second)) = outcomes.next() {
            self.error(second.token(), format!("an answer is either `{name}` or `{other}`"));
            return;
        }
        let cause = find("cause");
        if let Some(cause) = cause.filter(|_| name != "error") {
            self.error(cause.token(), "a `cause` belongs to an `error`");
        }
        let outcome = match name {
            "return" => Outcome::Return(Value::from_node(value)),
            "read" if value.kind() != Kind::Array => {
                let message = format!("what an `ItemReader` finds is a list, and this is {}", value.describe());
                return self.error(value.token(), message);
            }
            "read" => Outcome::Read(Value::from_node(value)),
            _ => {
                let cause = cause.and_then(|cause| self.text(cause, "a cause"));
                let Some(error) = self.text(value, "the name of an error") else { return };
                Outcome::Throw { error, cause }
            }
        };
        let seconds = find("seconds").and_then(|node| self.seconds(node)).unwrap_or_default();
        let heartbeat_seconds = find("heartbeatSeconds").and_then(|node| self.seconds(node));
        let times = find("times").and_then(|node| self.times(node)).unwrap_or(1);
        self.mocks.push(key, Answer { outcome, seconds, heartbeat_seconds }, times);
    }

    fn seconds(&mut self, node: Node<'_>) -> Option<f64> {
        let seconds = node.as_f64().filter(|seconds| seconds.is_finite() && *seconds >= 0.0);
        if seconds.is_none() {
            self.error(node.token(), "seconds are a number that is not negative");
        }
        seconds
    }

    fn times(&mut self, node: Node<'_>) -> Option<usize> {
        let times = node.as_i64().and_then(|times| usize::try_from(times).ok()).filter(|times| *times > 0);
        if times.is_none() {
            self.error(node.token(), "`times` is a whole number of at least 1");
        }
        times
    }

    /// Notes a mistake.
    pub(super) fn error(&mut self, span: Span, message: impl Into<String>) {
        self.errors.push(MockError { span, message: message.into() });
    }

    /// The members of an object, of each name the last; `expected` is the message where it is none.
    pub(super) fn members<'t>(&mut self, node: Node<'t>, expected: &str) -> Vec<Member<'t>> {
        if node.kind() != Kind::Object {
            self.error(node.token(), format!("{expected}, and this is {}", node.describe()));
        }
        let mut members = indexmap::IndexMap::new();
        for member in node.members() {
            if members.insert(member.name(), member).is_some() {
                self.error(member.key.span(), format!("`{}` comes twice", member.name()));
            }
        }
        members.into_values().collect()
    }

    /// Tells a name that is none of these.
    pub(super) fn known(&mut self, member: Member<'_>, names: &[&str]) {
        let name = member.name();
        if names.contains(&name) {
            return;
        }
        let message = match nearest(name, names.iter().map(|name| (*name, *name))) {
            Some(meant) => format!("`{name}` means nothing here; `{meant}` does"),
            None => format!("`{name}` means nothing here; known are `{}`", names.join("`, `")),
        };
        self.error(member.key.span(), message);
    }

    /// The text of a string.
    pub(super) fn text(&mut self, node: Node<'_>, what: &str) -> Option<Arc<str>> {
        let text = node.as_str().map(Arc::from);
        if text.is_none() {
            self.error(node.token(), format!("{what} is a string, and this is {}", node.describe()));
        }
        text
    }
}

/// The formats of files of mocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// Our own: answers by state.
    Answers,
    /// A `MockConfigFile.json`.
    MockConfig,
    /// The recorded history of an execution.
    History,
}

impl FileFormat {
    /// The format of a text, by the value that it is.
    #[must_use]
    pub fn of(root: Node<'_>) -> Self {
        if is_mock_config(root) {
            Self::MockConfig
        } else if history_events(root).is_some() {
            Self::History
        } else {
            Self::Answers
        }
    }
}

/// Whether a member of the root is no answer of ours: ours is a list, or has one of the names of an answer.
fn is_mock_config(root: Node<'_>) -> bool {
    let is_section = |node: Node<'_>| {
        node.kind() == Kind::Object
            && !node.members().any(|member| matches!(member.name(), "return" | "read" | "error"))
    };
    ["StateMachines", "MockedResponses"].into_iter().filter_map(|name| root.get(name)).any(is_section)
}

/// The events of a history, where the text is one: every answer of ours lacks a `type`.
fn history_events(root: Node<'_>) -> Option<Node<'_>> {
    let events = if root.kind() == Kind::Array { root } else { root.get("events")? };
    (events.kind() == Kind::Array && events.items().all(|event| event.get("type").is_some())).then_some(events)
}
