//! Turns an offset of a text that is being written into what may be written there.
//!
//! The text is rarely whole at that place: a value is missing, a string has no end, in YAML a key has no colon yet. The tree keeps
//! what could be read, and where it holds nothing, the line and its indentation say which object is meant.

use super::Analysis;
use super::spot::{follow, members_of};
use crate::asl::expression::Origin;
use crate::asl::sites::{Owner, Role};
use crate::asl::{Language, ScopeId, State, StateId, StateType};
use crate::flow::shape::Member;
use crate::schema::{self, Part};
use crate::syntax::{Format, Kind, Node, Tree};
use crate::text::Span;

/// A place to write something.
#[derive(Debug)]
pub struct Slot<'a> {
    /// What is replaced: what stands there, or nothing.
    pub span: Span,
    /// What may come.
    pub wanted: Wanted<'a>,
    /// How it is written: between the brackets of a YAML text as in JSON.
    pub format: Format,
}

/// What may be written somewhere.
#[derive(Debug)]
pub enum Wanted<'a> {
    /// A state to define, in this scope.
    State(ScopeId),
    /// The name of a state of this scope, from this state; `None` for the start.
    Target(ScopeId, Option<StateId>),
    /// A field of an object, which has these already.
    Field(Part, Language, Node<'a>),
    /// A value of a field.
    Value(Part, Language, &'a str),
    /// The name of a variable to set, in this scope.
    Variable(ScopeId),
    /// The name of an error, in this state.
    Error(StateId),
    /// What a Task calls.
    Resource(StateId),
    /// A field of the request of this Task, whose object has these already.
    Request(StateId, Node<'a>),
    /// A variable, a function of the language, or where a path begins.
    Start(StateId, Role),
    /// An intrinsic function, behind `States.`
    Intrinsic,
    /// A member that is known, each with what it holds.
    Members(Vec<(String, Member)>),
}

/// A key, or a value by its key.
enum At<'a> {
    Key(Node<'a>, Span),
    Value(Node<'a>, Node<'a>),
}

impl<'a> Analysis<'a> {
    /// What may be written at an offset; nothing where it is anything, as in payloads.
    #[must_use]
    pub fn slot(&self, offset: u32) -> Option<Slot<'a>> {
        let root = self.machine.node;
        let node = root.innermost(offset);
        let (span, wanted) = if let Some(state) = self.error_list(node) {
            let span = if node.kind() == Kind::Array { word(root.tree(), offset) } else { node.token() };
            (span, Wanted::Error(state))
        } else {
            match place(root, node, offset)? {
                At::Key(object, span) => (span, self.key_of(object)?),
                At::Value(key, value) => self.value_of(key, value, offset)?,
            }
        };
        let format = if is_between_brackets(node) { Format::Json } else { root.tree().format() };
        Some(Slot { span, wanted, format })
    }

    /// The state in whose `ErrorEquals` a value stands, or is to stand.
    fn error_list(&self, node: Node<'a>) -> Option<StateId> {
        let list = if node.kind() == Kind::Array { node } else { node.parent()? };
        let state = self.machine.state_at(list.index())?;
        let owner = list.parent().filter(|_| list.member_name() == Some("ErrorEquals"))?;
        let (part, _) = schema::part_of(self.machine, owner)?;
        matches!(part, Part::Retrier | Part::Catcher).then_some(state.id)
    }

    fn key_of(&self, object: Node<'a>) -> Option<Wanted<'a>> {
        if let Some(scope) =
            self.machine.scopes.iter().find(|scope| scope.states_field.is_some_and(|field| field.value == object))
        {
            return Some(Wanted::State(scope.id));
        }
        if let Some((part, language)) = schema::part_of(self.machine, object) {
            return Some(Wanted::Field(part, language, object));
        }
        let state = self.machine.state_at(object.index())?;
        let name = object.member_name()?;
        let owner = schema::part_of(self.machine, object.parent()?)?.0;
        match name {
            "Assign" => Some(Wanted::Variable(state.scope)),
            "Parameters" | "Arguments" if owner == Part::State(StateType::Task) => {
                Some(Wanted::Request(state.id, object))
            }
            _ => None,
        }
    }

    fn value_of(&self, key: Node<'a>, value: Node<'a>, offset: u32) -> Option<(Span, Wanted<'a>)> {
        let object = key.parent()?;
        let name = key.as_str()?;
        let is_written = value.kind() == Kind::String || !value.span().is_empty() && value.span().touches(offset);
        let span = if is_written { value.token() } else { word(key.tree(), offset) };
        let state = self.machine.state_at(value.index());
        let part = schema::part_of(self.machine, object);
        if let Some((part, _)) = part {
            let scope = self.machine.scopes.iter().find(|scope| scope.node == object);
            let wanted = match (name, part, scope, state) {
                ("StartAt", _, Some(scope), _) => Some(Wanted::Target(scope.id, None)),
                ("Next" | "Default", Part::State(_) | Part::AnyState | Part::Catcher | Part::Rule, _, Some(state)) => {
                    Some(Wanted::Target(state.scope, Some(state.id)))
                }
                ("Resource", Part::State(StateType::Task), _, Some(state)) => Some(Wanted::Resource(state.id)),
                _ => None,
            };
            if let Some(wanted) = wanted {
                return Some((span, wanted));
            }
        }
        if let Some(slot) = state.and_then(|state| self.in_expression(state, name, value, offset)) {
            return Some(slot);
        }
        let (part, language) = part?;
        schema::field(part, language, name)?;
        Some((span, Wanted::Value(part, language, name)))
    }

    /// What may be written in an expression: in JSONata between its delimiters.
    fn in_expression(&self, state: &State<'a>, name: &str, value: Node<'a>, offset: u32) -> Option<(Span, Wanted<'a>)> {
        let (role, field, owner, _) = self.role_of(value)?;
        if role == Role::Template && !name.ends_with(".$") {
            return None;
        }
        let content = value.as_str()?;
        let map = value.text_map();
        let at = map.decoded_at(offset) as usize;
        let before = content.get(..at)?;
        let language = if role == Role::Jsonata { Language::Jsonata } else { Language::JsonPath };
        if language == Language::Jsonata && before.rfind("{%").is_none_or(|open| before[open..].contains("%}")) {
            return None;
        }
        let prefix = Prefix::new(before);
        let start = u32::try_from(prefix.start).unwrap_or(u32::MAX);
        let span = Span::new(map.start_of(start), offset.max(map.start_of(start)));
        let wanted = match prefix.way {
            Way::Start => Wanted::Start(state.id, role),
            Way::Intrinsic if language == Language::JsonPath => Wanted::Intrinsic,
            Way::Members(origin, names) => Wanted::Members(self.members(state, field, owner, origin, &names)?),
            Way::Intrinsic | Way::Nothing => return None,
        };
        Some((span, wanted))
    }

    fn members(
        &self,
        state: &State<'a>,
        field: &str,
        owner: Owner,
        origin: Origin<'_>,
        names: &[&str],
    ) -> Option<Vec<(String, Member)>> {
        let base = self.origin(state, Some((field, owner)), origin)?;
        Some(members_of(&follow(base, names.iter().copied()).shape))
    }
}

/// What is called, and the number of the argument that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Called<'a> {
    /// The name as written: `$sum`, `States.Format`.
    pub name: &'a str,
    /// From 0.
    pub argument: usize,
}

impl<'a> Analysis<'a> {
    /// The call whose arguments an offset stands among.
    #[must_use]
    pub fn call_at(&self, offset: u32) -> Option<Called<'a>> {
        let node = self.machine.node.innermost(offset);
        self.role_of(node)?;
        let before = node.as_str()?.get(..node.text_map().decoded_at(offset) as usize)?;
        called(before)
    }
}

/// The innermost call that is open at the end of a text. Quoted text is passed over.
fn called(text: &str) -> Option<Called<'_>> {
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut quote = None;
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        if let Some(end) = quote {
            if c == end && !is_escaped {
                quote = None;
            }
            is_escaped = c == '\\' && !is_escaped;
            continue;
        }
        match c {
            '\'' | '"' => quote = Some(c),
            '(' | '[' | '{' => open.push((at, 0)),
            ')' | ']' | '}' => drop(open.pop()),
            ',' => {
                if let Some((_, n_commas)) = open.last_mut() {
                    *n_commas += 1;
                }
            }
            _ => {}
        }
    }
    open.into_iter().rev().find_map(|(at, argument)| {
        let before = text[..at].trim_end();
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '$');
        let name = &before[before.trim_end_matches(is_part).len()..];
        (text[at..].starts_with('(') && !name.is_empty()).then_some(Called { name, argument })
    })
}

/// Whether what is written in a value, or in its place, stands between brackets.
fn is_between_brackets(mut node: Node<'_>) -> bool {
    let text: &str = node.tree().text();
    loop {
        if matches!(node.kind(), Kind::Object | Kind::Array) && node.span().of(text).starts_with(['{', '[']) {
            return true;
        }
        match node.parent() {
            Some(parent) => node = parent,
            None => return false,
        }
    }
}

/// Whether a key or a value is to be written at an offset of a machine, and where.
fn place<'a>(root: Node<'a>, node: Node<'a>, offset: u32) -> Option<At<'a>> {
    let tree = root.tree();
    if node.is_key() {
        return Some(At::Key(node.parent()?, node.token()));
    }
    if node.kind() == Kind::Missing {
        let key = tree.node_at(node.index().checked_sub(1)?);
        if !key.is_key() {
            return None;
        }
        let between = Span::new(key.span().end, offset).of(tree.text());
        return Some(if between.contains(':') { At::Value(key, node) } else { At::Key(key.parent()?, key.token()) });
    }
    if !matches!(node.kind(), Kind::Object | Kind::Array) {
        let key = tree.node_at(node.index().checked_sub(1)?);
        return key.is_key().then_some(At::Value(key, node));
    }
    let is_flow = node.span().of(tree.text()).starts_with(['{', '[']);
    if tree.format() == Format::Yaml && !is_flow {
        return in_block(root, offset);
    }
    if node.kind() != Kind::Object {
        return None;
    }
    // Behind a colon, and before a comma, a value stands.
    let last = node.members().take_while(|member| member.key.span().end <= offset).last();
    if let Some(member) = last {
        let between = Span::new(member.key.span().end, offset).of(tree.text());
        let ends = member.value.span().end <= offset && !member.value.span().is_empty();
        if between.contains(':') && !ends && !between.contains(',') {
            return Some(At::Value(member.key, member.value));
        }
    }
    Some(At::Key(node, word(tree, offset)))
}

/// The same in a YAML block, by the line.
fn in_block(root: Node<'_>, offset: u32) -> Option<At<'_>> {
    let tree = root.tree();
    let text: &str = tree.text();
    let before = text.get(..offset as usize)?;
    let line_start = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let line = &before[line_start..];
    // `- ` begins an item, whose keys stand behind it.
    let content = line.trim_start_matches([' ', '-']);
    let column = line.len() - content.len();
    let at = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    if let Some((name, rest)) = content.split_once(':') {
        if !rest.is_empty() && !rest.starts_with(' ') {
            return None;
        }
        let key = root.innermost(at(line_start + column));
        let is_it = key.is_key() && key.content() == name.trim_matches(['"', '\'', ' ']);
        return is_it.then(|| At::Value(key, tree.node_at(key.index() + 1)));
    }
    if content.contains(' ') {
        return None;
    }
    // The last block above whose keys stand in this column; a line further left would have ended it.
    let column_of = |node: Node<'_>| {
        let start = node.span().start as usize;
        start - text[..start].rfind(['\n', '\r']).map_or(0, |at| at + 1)
    };
    let keys_in_column = |object: &Node<'_>| {
        let first = object.members().next().filter(|first| !first.key.is_aliased());
        first.is_some_and(|first| first.key.span().start < offset && column_of(first.key) == column)
    };
    let object = root.descendants().filter(|node| node.kind() == Kind::Object).filter(keys_in_column).last()?;
    let between = text.get(object.span().start as usize..line_start)?;
    let is_over = between.lines().skip(1).any(|line| {
        let indent = line.len() - line.trim_start_matches([' ', '-']).len();
        !line.trim().is_empty() && !line.trim_start().starts_with('#') && indent < column
    });
    (!is_over).then(|| At::Key(object, word(tree, offset)))
}

/// The letters of a name before an offset and behind it, with quotes around them.
fn word(tree: &Tree, offset: u32) -> Span {
    let text: &str = tree.text();
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '"' | '\'' | '.' | '$');
    let before = text.get(..offset as usize).unwrap_or_default();
    let start = before.len() - before.chars().rev().take_while(|c| is_part(*c)).map(char::len_utf8).sum::<usize>();
    Span::new(u32::try_from(start).unwrap_or(u32::MAX), offset)
}

/// What stands before a cursor in an expression.
struct Prefix<'t> {
    /// Where the name begins that is being written.
    start: usize,
    way: Way<'t>,
}

enum Way<'t> {
    /// It begins with this name, or with a `$` before it.
    Start,
    /// `States.`
    Intrinsic,
    /// Behind a dot: what is read from, and the members on the way.
    Members(Origin<'t>, Vec<&'t str>),
    /// Something of which nothing is known.
    Nothing,
}

impl<'t> Prefix<'t> {
    fn new(text: &'t str) -> Self {
        let mut rest = without_name(text);
        let start = rest.len();
        let Some(before_dot) = rest.strip_suffix('.') else {
            // `$na|`, `na|`: the name itself, its `$` included.
            let dollars = rest.trim_end_matches('$');
            let stands_alone = !dollars.ends_with([')', ']', '}', '`']);
            let way = if stands_alone { Way::Start } else { Way::Nothing };
            return Self { start: dollars.len(), way };
        };
        rest = before_dot;
        let mut names = Vec::new();
        loop {
            while let Some(open) = rest.strip_suffix(']').and_then(|inside| inside.rfind('[')) {
                rest = &rest[..open];
            }
            let (before, name) = match rest.strip_suffix('`').and_then(|inside| Some((inside, inside.rfind('`')?))) {
                Some((inside, open)) => (&rest[..open], &inside[open + 1..]),
                None => {
                    let before = without_name(rest);
                    (before, &rest[before.len()..])
                }
            };
            let way = match (before.ends_with("$$"), before.ends_with('$'), name) {
                (true, _, "") => Some(Origin::Context),
                (_, true, "") => Some(Origin::Document),
                (false, true, "states") => Some(Origin::States),
                (false, true, name) => Some(Origin::Variable(name)),
                _ => None,
            };
            if let Some(origin) = way {
                names.reverse();
                return Self { start, way: Way::Members(origin, names) };
            }
            if name == "States" && names.is_empty() {
                return Self { start, way: Way::Intrinsic };
            }
            match before.strip_suffix('.') {
                Some(before) if !name.is_empty() => {
                    names.push(name);
                    rest = before;
                }
                _ => return Self { start, way: Way::Nothing },
            }
        }
    }
}

/// A text without the letters of the name at its end.
fn without_name(text: &str) -> &str {
    text.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_call_that_is_open() {
        for (text, expected) in [
            ("{% $sum(", Some(("$sum", 0))),
            ("{% $substring('a,(b', 1, $x[0,1], ", Some(("$substring", 3))),
            ("States.Format('{}', States.Array(1, ", Some(("States.Array", 1))),
            ("States.Format('it\\'s {}', [1, ", Some(("States.Format", 1))),
            ("$f(x) (", None),
            ("$a.b", None),
        ] {
            assert_eq!(called(text).map(|call| (call.name, call.argument)), expected, "{text}");
        }
    }

    #[test]
    fn what_stands_before_a_cursor() {
        for (text, expected) in [
            ("$.a.b", "4 document a"),
            ("$.", "2 document "),
            ("$$.Execution.", "13 context Execution"),
            ("{% $states.input.`a b`[0].c", "26 states input/a b"),
            ("x = $v.n", "7 v "),
            ("$v.a[0]['b'].c", "13 v a"),
            ("States.For", "7 intrinsic"),
            ("States.Format('{}', $.a", "22 document "),
            ("{% $su", "3 start"),
            ("", "0 start"),
            ("{% a.b.", "7 nothing"),
            ("{% $f(x).", "9 nothing"),
        ] {
            let prefix = Prefix::new(text);
            let way = match prefix.way {
                Way::Start => "start".to_owned(),
                Way::Intrinsic => "intrinsic".to_owned(),
                Way::Nothing => "nothing".to_owned(),
                Way::Members(origin, names) => {
                    let origin = match origin {
                        Origin::Document => "document",
                        Origin::Context => "context",
                        Origin::States => "states",
                        Origin::Variable(name) => name,
                    };
                    format!("{origin} {}", names.join("/"))
                }
            };
            assert_eq!(format!("{} {way}", prefix.start), expected, "{text}");
        }
    }
}
