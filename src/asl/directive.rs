//! Turns comments into directives: `aslint: ignore[rule, group] reason`, where someone answers for findings.
//!
//! They stand in a `Comment` of the language (of the machine, of a state, of a rule, retrier or catcher in it) or, in YAML, in a
//! comment of the syntax. They reach the state that they stand in or, above a state's name, that state; outside of states, the
//! machine, branch or item processor. Nothing is judged here: which names are rules is another's knowledge.

use super::{Machine, Rule, Scope, ScopeId, State, StateId};
use crate::syntax::{Format, Kind, Node};
use crate::text::Span;

/// The word that begins a directive.
const WORD: &str = "aslint:";

/// One directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive<'t> {
    /// Where it stands, from the word to the bracket behind the names.
    pub span: Span,
    /// The value that it stands in or at.
    pub node: Node<'t>,
    /// What it names, each with its place.
    pub names: Vec<(String, Span)>,
    /// What is said behind the names; empty where nothing is.
    pub reason: String,
    /// What it reaches.
    pub reach: Reach,
}

/// What a directive reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Everything in a machine, a branch or an item processor.
    Scope(ScopeId),
    /// One state, without those that lie in it.
    State(StateId),
}

/// The directives of a machine whose document is `text`, in the order of the text.
#[must_use]
pub fn directives<'t>(machine: &Machine<'t>, text: &str, format: Format) -> Vec<Directive<'t>> {
    let (first, last) = part(machine.node, text);
    if text.get(first..last).is_none_or(|part| memchr::memmem::find(part.as_bytes(), WORD.as_bytes()).is_none()) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for scope in &machine.scopes {
        found.extend(in_comment(scope.node, Reach::Scope(scope.id)));
    }
    for state in &machine.states {
        for node in commented(state) {
            found.extend(in_comment(node, Reach::State(state.id)));
        }
    }
    if format == Format::Yaml {
        found.extend(in_yaml(machine, text));
    }
    found.sort_by_key(|directive| directive.span);
    found.dedup_by_key(|directive| directive.span);
    found
}

/// The values of a state that have a `Comment`.
fn commented<'s, 't>(state: &'s State<'t>) -> impl Iterator<Item = Node<'t>> + use<'s, 't> {
    let rules = state.rules().iter().flat_map(Rule::all).map(|rule| rule.node);
    let handlers = state.retriers.iter().map(|retrier| retrier.node);
    let handlers = handlers.chain(state.catchers.iter().map(|catcher| catcher.node));
    [state.node].into_iter().chain(rules).chain(handlers)
}

fn in_comment<'t>(node: Node<'t>, reach: Reach) -> Vec<Directive<'t>> {
    let comment = node.get("Comment").and_then(|comment| Some((comment, comment.as_str()?)));
    let Some((comment, text)) = comment.filter(|(_, text)| text.contains(WORD)) else { return Vec::new() };
    let map = comment.text_map();
    let read = parse(text).into_iter().map(|parsed| Directive {
        span: map.span(parsed.span),
        node: comment,
        names: parsed.names.into_iter().map(|(name, span)| (name, map.span(span))).collect(),
        reason: parsed.reason,
        reach,
    });
    read.collect()
}

/// A directive in the text it stands in.
#[derive(Debug, PartialEq, Eq)]
struct Parsed {
    span: Span,
    names: Vec<(String, Span)>,
    reason: String,
}

/// The directives of a comment. What is no `ignore` is no directive: people may well mention the tool.
fn parse(text: &str) -> Vec<Parsed> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find(WORD)) {
        let start = from + at;
        let mut cursor = Cursor { text, at: start + WORD.len() };
        from = cursor.at;
        cursor.skip_blanks();
        if !cursor.eat("ignore") || cursor.rest().starts_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let word_end = cursor.at;
        cursor.skip_blanks();
        let names = if cursor.eat("[") { cursor.names() } else { None };
        let end = if names.is_some() { cursor.at } else { word_end };
        cursor.at = end;
        let rest = cursor.rest();
        let line = rest.split(['\n', '\r']).next().unwrap_or_default();
        let own = line.split(WORD).next().unwrap_or_default();
        from = end;
        let is_mark = |c: char| c.is_whitespace() || matches!(c, ':' | '-' | '–' | '—' | ',' | ';' | '#');
        found.push(Parsed {
            span: span(start, end),
            names: names.unwrap_or_default(),
            reason: own.trim_matches(is_mark).to_owned(),
        });
    }
    found
}

struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start_matches([' ', '\t']).len();
    }

    fn eat(&mut self, word: &str) -> bool {
        let is_there = self.rest().starts_with(word);
        self.at += if is_there { word.len() } else { 0 };
        is_there
    }

    /// What stands between the brackets, the second of which is eaten; `None` where it is missing on the line.
    fn names(&mut self) -> Option<Vec<(String, Span)>> {
        let start = self.at;
        let length = self.rest().find([']', '\n', '\r']).filter(|&end| self.rest()[end..].starts_with(']'))?;
        let inside = self.text.get(start..start + length)?;
        self.at = start + length + 1;
        let mut names = Vec::new();
        let mut at = start;
        for part in inside.split(',') {
            let name = part.trim();
            let from = at + part.len() - part.trim_start().len();
            if !name.is_empty() {
                names.push((name.to_owned(), span(from, from + name.len())));
            }
            at += part.len() + 1;
        }
        Some(names)
    }
}

fn span(start: usize, end: usize) -> Span {
    let offset = |at| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(offset(start), offset(end))
}

/// The directives in comments of YAML.
fn in_yaml<'t>(machine: &Machine<'t>, text: &str) -> Vec<Directive<'t>> {
    let root = machine.node;
    let (first, last) = part(root, text);
    let keys = root.descendants().flat_map(|node| node.members().map(|member| member.key));
    let scalars = root.descendants().chain(keys).filter(|node| !matches!(node.kind(), Kind::Object | Kind::Array));
    let mut spans: Vec<Span> = scalars.map(Node::span).collect();
    spans.sort();
    let is_in_scalar = |at: u32| {
        let before = spans.partition_point(|span| span.start <= at);
        before.checked_sub(1).and_then(|i| spans.get(i)).is_some_and(|span| at < span.end)
    };
    let mut found = Vec::new();
    let mut start = first;
    for line in text.get(first..last).unwrap_or_default().split_inclusive(['\n', '\r']) {
        let line_start = start;
        start += line.len();
        let Some(word) = line.find(WORD) else { continue };
        // The first `#` that begins a comment: at the start of the line or behind a blank, and in no scalar.
        let is_mark = |&(at, _): &(usize, &str)| {
            let before = line.get(..at).unwrap_or_default();
            (before.is_empty() || before.ends_with([' ', '\t'])) && !is_in_scalar(offset(line_start + at))
        };
        let Some((mark, _)) = line.match_indices('#').find(is_mark).filter(|(mark, _)| *mark < word) else { continue };
        let comment = line.get(mark..).unwrap_or_default();
        let (reach, node) = reached(machine, text, line_start, line_start + mark);
        found.extend(parse(comment).into_iter().map(|parsed| {
            let moved = |span: Span| span.shifted(offset(line_start + mark));
            Directive {
                span: moved(parsed.span),
                node,
                names: parsed.names.into_iter().map(|(name, span)| (name, moved(span))).collect(),
                reason: parsed.reason,
                reach,
            }
        }));
    }
    found
}

/// The part of a file that belongs to a document: up to the `---` before and behind it. A machine that is part of a larger
/// value has its own lines alone.
fn part(root: Node<'_>, text: &str) -> (usize, usize) {
    let span = root.span();
    let (start, end) = (span.start as usize, (span.end as usize).min(text.len()));
    if !root.path().is_empty() {
        let rest = text.get(end..).unwrap_or_default();
        return (start, end + rest.find(['\n', '\r']).unwrap_or(rest.len()));
    }
    let first = text.get(..start).and_then(|before| before.rfind("\n---")).map_or(0, |at| at + 1);
    let last = text.get(end..).and_then(|behind| behind.find("\n---")).map_or(text.len(), |at| end + at);
    (first, last)
}

/// What a comment reaches, and a value to report at.
fn reached<'t>(machine: &Machine<'t>, text: &str, line_start: usize, mark: usize) -> (Reach, Node<'t>) {
    let before = text.get(line_start..mark).unwrap_or_default();
    let shown = before.trim_end();
    let of_state = |state: &State<'t>| (Reach::State(state.id), state.node);
    if !shown.is_empty() {
        // Behind something: what that is part of.
        let at = offset(line_start + shown.len() - 1);
        let holds =
            |state: &&State<'_>| state.key.span().start <= at && at < state.node.span().end.max(colon(state, text));
        if let Some(state) = machine.states.iter().filter(holds).max_by_key(|state| state.key.span().start) {
            return of_state(state);
        }
        let in_scope = |scope: &&Scope<'_>| scope.node.span().start <= at && at < scope.node.span().end;
        let scope = machine.scopes.iter().filter(in_scope).max_by_key(|scope| scope.depth).unwrap_or(machine.top());
        return (Reach::Scope(scope.id), scope.node);
    }
    // On a line of its own: above the name of a state it is about that.
    let column = mark - line_start;
    let next = next_content(text, mark);
    if let Some(state) = machine.states.iter().find(|state| state.key.span().start as usize == next)
        && column_of(text, next) == column
    {
        return of_state(state);
    }
    let starts = |scope: &&Scope<'_>| scope.place.owner().is_some() && scope.node.span().start as usize == next;
    if let Some(scope) = machine.scopes.iter().find(starts)
        && column_of(text, next) == column
    {
        return (Reach::Scope(scope.id), scope.node);
    }
    // Else it belongs to what stands above it and less far to the right.
    let is_above = |at: Span| (at.start as usize) < mark && column_of(text, at.start as usize) < column;
    let state =
        machine.states.iter().filter(|state| is_above(state.key.span())).max_by_key(|state| state.key.span().start);
    let scope = machine
        .scopes
        .iter()
        .filter(|scope| scope.place.owner().is_some())
        .filter(|scope| {
            let start = scope.node.span().start as usize;
            start < mark && column_of(text, start) <= column
        })
        .max_by_key(|scope| scope.node.span().start);
    match (state, scope) {
        (Some(state), Some(scope)) if state.key.span().start < scope.node.span().start => {
            // Inside of the braces or lines of a branch, or behind them again.
            (Reach::Scope(scope.id), scope.node)
        }
        (Some(state), _) => of_state(state),
        (None, _) => (Reach::Scope(machine.top().id), machine.node),
    }
}

/// Behind the colon of a state that has no value yet.
fn colon(state: &State<'_>, text: &str) -> u32 {
    let end = state.key.span().end;
    let rest = text.get(end as usize..).unwrap_or_default();
    end + offset(rest.find(':').map_or(0, |at| at + 1))
}

/// The offset of the first character behind comments and blanks, from the start of a comment.
fn next_content(text: &str, mark: usize) -> usize {
    let mut at = mark;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let blank = rest.len() - rest.trim_start().len();
        at += blank;
        if !rest[blank..].starts_with('#') {
            return at;
        }
        at += rest[blank..].find(['\n', '\r']).unwrap_or(rest.len() - blank);
    }
}

/// How far a place stands from the start of its line.
fn column_of(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    before.len() - before.rfind(['\n', '\r']).map_or(0, |line| line + 1)
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
