//! Turns what a person wants of a machine into edits: another member of an object, a state that is named and not there, a way out.
//!
//! New text is laid out as its neighbours are: on one line where they stand on one, else under them.

use super::Analysis;
use crate::asl::{Language, ScopeId, State, StateType};
use crate::syntax::{Format, Kind, Member, Node, written};
use crate::text::{Edit, Span};

/// Edits, and what they do, as a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amendment {
    /// What applying it does: "create the state `Ship`".
    pub title: String,
    /// The edits; none overlap.
    pub edits: Vec<Edit>,
}

/// What stands for the reason that a person is to write.
const REASON: &str = "say why";

impl<'a> Analysis<'a> {
    /// Answers for the findings of a rule in the innermost state at an offset, or in the machine.
    #[must_use]
    pub fn answered_for(&self, offset: u32, rule: &str) -> Option<Amendment> {
        let node = self.machine.node.innermost(offset);
        let state = self.machine.state_at(node.index());
        let object = state.map_or(self.machine.node, |state| state.node);
        let word = format!("aslint: ignore[{rule}] {REASON}");
        let edit = match object.member("Comment").map(|comment| comment.value) {
            Some(comment) if comment.is_open() => return None,
            Some(comment) => {
                let text = comment.as_str()?;
                comment.rewritten(&if text.trim().is_empty() { word } else { format!("{} {word}", text.trim_end()) })
            }
            None => first_member(object, "Comment", &Value::Text(word))?,
        };
        let place = if state.is_some() { "state" } else { "machine" };
        Some(Amendment { title: format!("ignore `{rule}` in this {place}, with a reason"), edits: vec![edit] })
    }

    /// Defines the state that is named at an offset and is not there.
    #[must_use]
    pub fn created(&self, offset: u32) -> Option<Amendment> {
        let node = self.machine.node.innermost(offset);
        let (scope, from) = self.target_at(node).filter(|_| !node.is_key())?;
        let name = node.as_str().filter(|name| !name.trim().is_empty() && !node.is_open())?;
        if self.machine.find(scope, name).is_some() {
            return None;
        }
        let value = Value::Object(vec![("Type", Value::text("Pass")), ("End", Value::True)]);
        let after = from.map(|from| self.machine.state(from));
        let edit = self.new_state(scope, after, name, &value)?;
        Some(Amendment { title: format!("create the state `{name}`"), edits: vec![edit] })
    }

    /// Gives the Choice at an offset a `Default` that leads to the state behind it.
    #[must_use]
    pub fn with_default(&self, offset: u32) -> Option<Amendment> {
        let state = self.state_at_offset(offset)?;
        if state.kind != Some(StateType::Choice) || state.choice()?.default.is_some() {
            return None;
        }
        let scope = self.machine.scope(state.scope);
        let at = scope.states.iter().position(|&other| other == state.id)?;
        let next = scope.states.get(at + 1).or_else(|| scope.states.first()).filter(|&&other| other != state.id)?;
        let name = self.machine.state(*next).name();
        let last = state.node.members().last()?;
        let edit = member_after(last, "Default", &Value::text(name))?;
        Some(Amendment { title: format!("add `Default`, to `{name}`"), edits: vec![edit] })
    }

    /// Gives the state at an offset a catcher for every error, which leads to a new Fail state.
    #[must_use]
    pub fn with_catcher(&self, offset: u32) -> Option<Amendment> {
        let state = self.state_at_offset(offset)?;
        let may_catch = matches!(state.kind, Some(StateType::Task | StateType::Parallel | StateType::Map));
        if !may_catch || state.node.get("Catch").is_some() {
            return None;
        }
        let name = self.unused(&format!("{} failed", state.name()))?;
        let mut catcher = vec![("ErrorEquals", Value::List(vec![Value::text("States.ALL")]))];
        if state.language == Language::JsonPath {
            catcher.push(("ResultPath", Value::text("$.error")));
        }
        catcher.push(("Next", Value::text(&name)));
        let catch = Value::List(vec![Value::Object(catcher)]);
        let fail = Value::Object(vec![("Type", Value::text("Fail")), ("Error", Value::text("Failed"))]);
        let edits = vec![
            member_after(state.node.members().last()?, "Catch", &catch)?,
            self.new_state(state.scope, Some(state), &name, &fail)?,
        ];
        // In a block without brackets both come at the same place.
        let edits = if edits[0].span == edits[1].span {
            vec![Edit { span: edits[0].span, text: format!("{}{}", edits[0].text, edits[1].text) }]
        } else {
            edits
        };
        Some(Amendment { title: format!("catch every error, to a new state `{name}`"), edits })
    }

    fn state_at_offset(&self, offset: u32) -> Option<&'a State<'a>> {
        let node = self.machine.node.innermost(offset);
        self.machine.state_at(node.index()).filter(|state| !state.key.is_aliased())
    }

    /// A name that no state has yet.
    fn unused(&self, wanted: &str) -> Option<String> {
        let is_free = |name: &String| !self.machine.states.iter().any(|state| state.name() == name);
        let numbered = (2..100).map(|number| format!("{wanted} {number}"));
        let name = std::iter::once(wanted.to_owned()).chain(numbered).find(is_free)?;
        (name.chars().count() <= 80).then_some(name)
    }

    /// Defines a state behind another one, or in the end.
    fn new_state(&self, scope: ScopeId, after: Option<&State<'a>>, name: &str, value: &Value) -> Option<Edit> {
        let states = self.machine.scope(scope).states_field?.value;
        let neighbour = after.and_then(|state| states.members().find(|member| member.key == state.key));
        match neighbour.or_else(|| states.members().last()) {
            Some(member) => member_after(member, name, value),
            None => first_member(states, name, value),
        }
    }
}

/// A value to write.
#[derive(Clone, Debug)]
enum Value {
    Text(String),
    True,
    List(Vec<Self>),
    Object(Vec<(&'static str, Self)>),
}

impl Value {
    fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// On one line.
    fn flow(&self, format: Format) -> String {
        match self {
            // Between brackets a comma ends a plain word.
            Self::Text(text) => written(text, format),
            Self::True => "true".to_owned(),
            Self::List(items) => {
                format!("[{}]", items.iter().map(|item| item.flow(format)).collect::<Vec<_>>().join(", "))
            }
            Self::Object(members) => {
                let member =
                    |(name, value): &(&str, Self)| format!("{}: {}", written(name, format), value.flow(format));
                format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// Below a member at `margin`: the blanks before it, with the line break.
    fn laid_out(&self, format: Format, margin: &str, step: &str) -> String {
        let Self::Object(members) = self else { return self.flow(format) };
        let inner = format!("{margin}{step}");
        let member = |(name, value): &(&str, Self)| format!("{inner}{}: {}", written(name, format), value.flow(format));
        let lines: Vec<String> = members.iter().map(member).collect();
        if format == Format::Json { format!("{{{}{margin}}}", lines.join(",")) } else { lines.concat() }
    }
}

/// How a member is laid out: the blanks before it, line break and all, and by how much what is in it stands further right.
fn layout(member: Member<'_>) -> (&str, String) {
    let text: &str = member.key.tree().text();
    let start = member.key.span().start as usize;
    let before = text.get(..start).unwrap_or_default();
    let blanks = &before[before.trim_end().len()..];
    let column = |blanks: &str| blanks.rsplit(['\n', '\r']).next().unwrap_or_default().len();
    let first = member.value.members().next().map(|first| {
        let before = text.get(..first.key.span().start as usize).unwrap_or_default();
        &before[before.trim_end().len()..]
    });
    let own = column(blanks);
    let step = first.filter(|blanks| blanks.contains('\n')).map_or(2, |inner| column(inner).saturating_sub(own).max(1));
    let tabs = blanks.contains('\t');
    (blanks, if tabs { "\t".to_owned() } else { " ".repeat(step) })
}

/// A member of this name behind another one.
fn member_after(last: Member<'_>, name: &str, value: &Value) -> Option<Edit> {
    let object = last.key.parent()?;
    let tree = object.tree();
    if last.key.is_aliased() || last.value.is_aliased() || last.value.kind() == Kind::Missing || object.is_incomplete()
    {
        return None;
    }
    let format = tree.format();
    let span = last.span();
    let end = span.start + u32::try_from(span.of(tree.text()).trim_end().len()).ok()?;
    let (blanks, step) = layout(last);
    let name = written(name, format);
    let is_flow = object.span().of(tree.text()).starts_with('{');
    let text = if is_flow {
        let format = if format == Format::Yaml { Format::Json } else { format };
        if blanks.contains('\n') {
            format!(",{blanks}{name}: {}", value.laid_out(format, blanks, &step))
        } else {
            format!(", {name}: {}", value.flow(format))
        }
    } else {
        // In a block the line break stands before the first key too, unless that begins the text or an item.
        let column = column_of(last.key);
        let margin = format!("\n{}", " ".repeat(column));
        match value {
            Value::Object(_) => format!("{margin}{name}:{}", value.laid_out(format, &margin, &step)),
            _ => format!("{margin}{name}: {}", value.flow(Format::Json)),
        }
    };
    Some(Edit { span: Span::empty(end), text })
}

/// A member of this name before all others.
fn first_member(object: Node<'_>, name: &str, value: &Value) -> Option<Edit> {
    if object.kind() != Kind::Object || object.is_aliased() {
        return None;
    }
    let tree = object.tree();
    let text: &str = tree.text();
    let name = written(name, tree.format());
    if object.span().of(text).starts_with('{') {
        let at = object.span().start + 1;
        let Some(first) = object.members().next() else {
            return Some(Edit { span: Span::empty(at), text: format!("{name}: {}", value.flow(Format::Json)) });
        };
        let blanks = Span::new(at, first.key.span().start).of(text);
        let is_blank = blanks.trim().is_empty();
        let before = if is_blank { blanks } else { "" };
        let behind = if before.is_empty() { " " } else { "" };
        return Some(Edit {
            span: Span::empty(at),
            text: format!("{before}{name}: {},{behind}", value.flow(Format::Json)),
        });
    }
    let first = object.members().next().filter(|first| !first.key.is_aliased())?;
    let margin = " ".repeat(column_of(first.key));
    let text = format!("{name}: {}\n{margin}", value.flow(Format::Json));
    Some(Edit { span: Span::empty(first.key.span().start), text })
}

/// How far from the start of its line a value stands, in bytes.
fn column_of(node: Node<'_>) -> usize {
    let text: &str = node.tree().text();
    let before = text.get(..node.span().start as usize).unwrap_or_default();
    before.len() - before.rfind(['\n', '\r']).map_or(0, |at| at + 1)
}
