//! Turns a string that nothing evaluates into the expression that it reads as, if it reads as one.
//!
//! A text that is meant as text is the rule, and an expression that lost its mark the exception. So a reading has to be
//! certain: a path has steps, with names as people give them; a function exists; a variable is assigned somewhere in the
//! machine; JSONata parses as a whole. `$HOME`, `$5`, `$match` and `{{resolve:…}}` read as nothing.

use std::collections::{BTreeSet, HashSet};

use super::expression::{Origin, of_jsonata};
use super::intrinsic::FUNCTIONS;
use super::jsonata::{self, Scopes, library};
use super::path::{self, NameStyle, Path, Root, SegmentKind};
use super::sites::{Owner, Role, Site};
use super::{Comparator, Field, State, StateType};
use crate::syntax::{Kind, Node};
use crate::text::Span;

/// A string inside a payload.
#[derive(Clone, Copy, Debug)]
pub struct Literal<'t> {
    /// The string.
    pub node: Node<'t>,
    /// The member that it is the value of; `None` for an item of a list, and for the payload itself.
    pub member: Option<Field<'t>>,
    /// Whether a key that ends in `.$` stands above it, or is its own.
    pub is_dynamic: bool,
    /// Whether the same key with `.$` stands beside its own.
    pub has_dynamic_twin: bool,
    /// Whether a key above it, or its own, speaks of paths (`InputPathsMap`): one may be meant as text there.
    pub is_about_paths: bool,
}

/// The strings of a payload, in document order. What a template leaves open is left out.
#[must_use]
pub fn literals(payload: Node<'_>) -> Vec<Literal<'_>> {
    let mut found = Vec::new();
    let whole =
        Literal { node: payload, member: None, is_dynamic: false, has_dynamic_twin: false, is_about_paths: false };
    collect(whole, &mut found);
    found
}

/// Recursion is bounded by the depth of the tree.
fn collect<'t>(at: Literal<'t>, found: &mut Vec<Literal<'t>>) {
    if at.node.is_open() {
        return;
    }
    match at.node.kind() {
        Kind::String => found.push(at),
        Kind::Array => {
            let item = |node| Literal { node, member: None, has_dynamic_twin: false, ..at };
            at.node.items().for_each(|node| collect(item(node), found));
        }
        Kind::Object => {
            let twins: HashSet<&str> =
                at.node.members().filter_map(|member| member.name().strip_suffix(".$")).collect();
            for member in at.node.members() {
                let name = member.name();
                let is_dynamic = at.is_dynamic || name.ends_with(".$");
                let is_about_paths = at.is_about_paths || name.to_ascii_lowercase().contains("path");
                let has_dynamic_twin = twins.contains(name);
                let inner =
                    Literal { node: member.value, member: Some(member), is_dynamic, has_dynamic_twin, is_about_paths };
                collect(inner, found);
            }
        }
        _ => {}
    }
}

/// Where the `.$` at the end of a key stands in the source.
#[must_use]
pub fn mark(key: Node<'_>) -> Span {
    let end = key.text_map().decoded_len();
    key.source_span(Span::new(end.saturating_sub(2), end))
}

/// What a string reads as to somebody who knows JSONPath states.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// A path with at least one step, or a variable.
    Path(Path),
    /// `$` or `$$` and nothing else: a path, or a sign of its own.
    Root,
    /// A call of an intrinsic function that exists.
    Intrinsic,
}

/// The names of the variables that the machine assigns somewhere.
#[must_use]
pub fn assigned<'t>(sites: &[Site<'t>]) -> BTreeSet<&'t str> {
    let assigns = sites.iter().filter(|site| site.field.name() == "Assign");
    let name = |role, member: Field<'t>| {
        let name = member.name();
        if role == Role::Template { name.strip_suffix(".$").unwrap_or(name) } else { name }
    };
    assigns.flat_map(|site| site.field.value.members().map(move |member| name(site.role, member))).collect()
}

/// Reads a string as a path or an intrinsic function.
#[must_use]
pub fn jsonpath(text: &str, variables: &BTreeSet<&str>) -> Option<Reading> {
    let text = text.trim();
    if text.starts_with("States.") {
        let name = text.split('(').next()?.trim_end();
        let is_call = text.len() > name.len() && text.ends_with(')');
        return (is_call && FUNCTIONS.iter().any(|&(known, _)| known == name)).then_some(Reading::Intrinsic);
    }
    if !text.starts_with('$') || text.contains("${") {
        return None;
    }
    let (path, errors) = path::parse(text);
    let is_known = match &path.root {
        Root::Document | Root::Context => true,
        Root::Variable(name) => variables.contains(name.as_str()),
        Root::Item | Root::Unknown => false,
    };
    if !errors.is_empty() || !is_known || !path.segments.iter().all(|segment| is_likely(&segment.kind)) {
        return None;
    }
    let is_bare = path.segments.is_empty() && !matches!(path.root, Root::Variable(_));
    Some(if is_bare { Reading::Root } else { Reading::Path(path) })
}

/// Whether a step is one that people write, where the grammar takes more: `$.50` is money, `$.ms / 1000` a formula.
fn is_likely(step: &SegmentKind) -> bool {
    let is_name = |text: &str| {
        text.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
    };
    match step {
        SegmentKind::Member(name) => name.style == NameStyle::Quoted || is_name(&name.text),
        SegmentKind::Function { name, .. } => path::FUNCTIONS.contains(&name.text.as_str()),
        SegmentKind::Hole => false,
        _ => true,
    }
}

/// Pairs that stand where `{%` and `%}` were meant.
const MISSPELT: [(&str, &str); 6] = [("{{", "}}"), ("{ %", "% }"), ("%{", "}%"), ("<%", "%>"), ("{", "}"), ("%", "%")];

/// Reads a string as JSONata without delimiters, or between others than `{%` and `%}`: gives the expression.
#[must_use]
pub fn jsonata<'a>(text: &'a str, variables: &BTreeSet<&str>) -> Option<&'a str> {
    if !text.contains('$') || jsonpath(text, variables) == Some(Reading::Intrinsic) {
        return None;
    }
    let text = text.trim();
    let inner = MISSPELT.iter().find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close));
    let inner = inner.unwrap_or(text).trim();
    is_jsonata(inner, variables).then_some(inner)
}

fn is_jsonata(text: &str, variables: &BTreeSet<&str>) -> bool {
    // Texts that hold a dollar sign are many, and few of them are worth a parse.
    if !text.starts_with('$') && !text.contains("$states.") {
        return false;
    }
    let parsed = jsonata::parse(text);
    if !parsed.errors.is_empty() {
        return false;
    }
    let mut reads = Vec::new();
    of_jsonata(&parsed.ast, &Scopes::new(&parsed.ast), &mut reads);
    reads.iter().any(|read| match read.origin {
        Origin::States => read.members.first().is_some_and(|member| STATES.contains(&member.name)),
        Origin::Variable(name) if read.span.start == 0 => {
            variables.contains(name)
                || read.is_called
                    && library::find(name).is_some_and(|function| function.origin != library::Origin::Absent)
        }
        _ => false,
    })
}

/// Whether text between `{%` and `%}` reads as JSONata, and not as a tag of some template language (`{% raw %}`).
#[must_use]
pub fn is_delimited_jsonata(text: &str) -> bool {
    let jsonata::Delimited::Expression { inner } = jsonata::expression_in(text) else { return false };
    let parsed = jsonata::parse(inner.of(text));
    let mut ids = parsed.ast.ids();
    parsed.errors.is_empty() && ids.any(|id| matches!(parsed.ast[id].kind, jsonata::Kind::Variable(_)))
}

/// A path in JSONata, where it names single places: `$.a[0]` is `$states.input.a[0]`.
#[must_use]
pub fn translated(path: &Path) -> Option<String> {
    let mut text = match &path.root {
        Root::Document => "$states.input".to_owned(),
        Root::Context => "$states.context".to_owned(),
        Root::Variable(name) => format!("${name}"),
        Root::Item | Root::Unknown => return None,
    };
    for segment in &path.segments {
        match &segment.kind {
            SegmentKind::Member(name) => {
                let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
                let is_word =
                    matches!(name.text.as_str(), "and" | "or" | "in" | "true" | "false" | "null" | "function");
                text.push('.');
                if name.text.contains(['`', '\\']) {
                    return None;
                } else if is_word || !name.text.chars().all(is_plain) || name.text.starts_with(|c: char| c.is_numeric())
                {
                    text.push_str(&format!("`{}`", name.text));
                } else {
                    text.push_str(&name.text);
                }
            }
            SegmentKind::Index(at) if *at >= 0 => text.push_str(&format!("[{at}]")),
            _ => return None,
        }
    }
    Some(text)
}

/// Whether `$` of a JSONPath state would be the input in this field; elsewhere it is what the state has made of it.
#[must_use]
pub fn is_about_input(state: &State<'_>, site: &Site<'_>) -> bool {
    use StateType::{Map, Parallel, Task};
    let is_result = matches!(site.field.name(), "Output" | "Assign");
    !is_result
        || matches!(site.owner, Owner::State | Owner::Rule(_)) && !matches!(state.kind, Some(Task | Map | Parallel))
}

/// The field that takes a path where `name` takes a value.
#[must_use]
pub fn path_field(name: &str) -> Option<String> {
    let with_path = format!("{name}Path");
    let has_path = matches!(
        name,
        "Seconds"
            | "Timestamp"
            | "TimeoutSeconds"
            | "HeartbeatSeconds"
            | "MaxConcurrency"
            | "ToleratedFailurePercentage"
            | "ToleratedFailureCount"
            | "MaxItems"
            | "MaxItemsPerBatch"
            | "MaxInputBytesPerBatch"
    );
    (has_path || Comparator::parse(&with_path).is_some()).then_some(with_path)
}

/// The members of `$states` (developer guide, "Transforming data with JSONata").
const STATES: [&str; 4] = ["input", "context", "result", "errorOutput"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_in_jsonata() {
        for (path, expected) in [
            ("$", Some("$states.input")),
            ("$.a['b c'][0].and", Some("$states.input.a.`b c`[0].`and`")),
            ("$$.Execution.Id", Some("$states.context.Execution.Id")),
            ("$v.a", Some("$v.a")),
            ("$.a[-1]", None),
            ("$..a", None),
            ("$.a[*]", None),
        ] {
            assert_eq!(translated(&path::parse(path).0).as_deref(), expected, "{path}");
        }
    }
}
