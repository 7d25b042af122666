//! Writes what is new in the style of what stands around it.

use std::borrow::Cow;

use super::{before, indent, is_alone_before, is_block};
use crate::syntax::node::written_plain;
use crate::syntax::{Format, Kind, Member, Node};

/// A value to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum New<'a> {
    /// A string.
    Text(Cow<'a, str>),
    /// A number, `true`, `false` or `null`.
    Word(&'a str),
    /// A list.
    List(Vec<New<'a>>),
    /// An object.
    Object(Vec<(&'a str, New<'a>)>),
}

impl<'a> New<'a> {
    /// A string.
    #[must_use]
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    fn is_scalar(&self) -> bool {
        matches!(self, Self::Text(_) | Self::Word(_))
    }
}

/// The line break of a text.
pub(super) fn line_break(text: &str) -> &'static str {
    match text.find(['\n', '\r']).map(|at| &text[at..]) {
        Some(rest) if rest.starts_with("\r\n") => "\r\n",
        Some(rest) if rest.starts_with('\r') => "\r",
        _ => "\n",
    }
}

/// How the children of a container are written.
pub(super) struct Style {
    is_block: bool,
    /// How keys are quoted; in YAML they need not be.
    quote: Option<char>,
    /// How strings are.
    string_quote: Option<char>,
    /// What stands between a key and its value.
    colon: String,
    /// How much further in the children of a child stand.
    unit: String,
    line_break: &'static str,
    /// Whether objects have lines, where the children have.
    has_lines: bool,
}

impl Style {
    pub(super) fn of(container: Node<'_>) -> Self {
        let text: &str = container.tree().text();
        let is_yaml = container.tree().format() == Format::Yaml;
        let members =
            || container.tree().root().descendants().flat_map(Node::members).filter(|member| !member.key.is_aliased());
        let key = container.members().next().or_else(|| members().next()).map(|member| member.key);
        let quote = key.and_then(|key| key.span().of(text).chars().next()).filter(|c| matches!(c, '"' | '\''));
        let strings = || container.members().chain(members()).map(|member| member.value);
        let string =
            strings().find(|value| value.kind() == Kind::String && !value.is_aliased() && !value.span().is_empty());
        let string_quote =
            string.map_or(quote, |string| string.span().of(text).chars().next().filter(|c| matches!(c, '"' | '\'')));
        let own = || container.members().chain(members()).filter(|member| !member.value.is_aliased());
        let colon = own().find_map(|member| {
            let between = text.get(member.key.span().end as usize..member.value.span().start as usize)?;
            (between.trim() == ":" && !between.contains(['\n', '\r'])).then(|| between.to_owned())
        });
        let values = || container.members().map(|member| member.value).chain(container.items());
        let objects =
            || values().filter(|value| value.kind().is_container() && !value.is_aliased() && !value.is_empty());
        let first = container.members().map(|member| member.key).chain(container.items()).next();
        let unit = if is_block(container) {
            block_unit(text, container.members().chain(members()))
        } else {
            first.and_then(|first| {
                let outer = own_indent(text, container);
                let inner = indent(text, first.span().start);
                is_alone_before(text, first.span().start)
                    .then(|| inner.strip_prefix(&outer).map(str::to_owned))
                    .flatten()
                    .filter(|_| !is_yaml)
            })
        };
        Self {
            is_block: is_block(container),
            quote: quote.or((!is_yaml).then_some('"')),
            string_quote: string_quote.or((!is_yaml).then_some('"')),
            // A colon in block style needs its blank.
            colon: colon.filter(|colon| !is_yaml || colon.ends_with(' ')).unwrap_or_else(|| ": ".to_owned()),
            unit: unit.filter(|unit| !unit.is_empty()).unwrap_or_else(|| "  ".to_owned()),
            line_break: line_break(text),
            has_lines: objects().last().is_none_or(|object| object.span().of(text).contains(['\n', '\r'])),
        }
    }

    /// What stands between children in one line.
    pub(super) fn comma(&self) -> &'static str {
        if self.colon.ends_with(' ') { ", " } else { "," }
    }

    /// A member. `indent` is that of the lines of its object, where it has lines.
    pub(super) fn member(&self, name: &str, value: &New<'_>, indent: Option<&str>) -> String {
        let key = self.key(name);
        if !self.is_block {
            return format!("{key}{}{}", self.colon, self.flow(value, indent.filter(|_| self.has_lines)));
        }
        let indent = indent.unwrap_or_default();
        format!("{key}:{}", self.block_value(value, indent))
    }

    /// An item. In block style with its `-`.
    pub(super) fn item(&self, value: &New<'_>, indent: Option<&str>) -> String {
        if !self.is_block {
            return self.flow(value, indent.filter(|_| self.has_lines));
        }
        let inner = format!("{}  ", indent.unwrap_or_default());
        match value {
            New::Object(members) if !members.is_empty() => format!("- {}", self.block_members(members, &inner)),
            value => format!("- {}", self.flow(value, None)),
        }
    }

    fn key(&self, name: &str) -> String {
        written(name, self.quote)
    }

    fn scalar(&self, value: &New<'_>) -> String {
        match value {
            New::Text(text) => written(text, self.string_quote),
            New::Word(word) => (*word).to_owned(),
            New::List(_) | New::Object(_) => String::new(),
        }
    }

    /// What stands behind the colon of a key in block style.
    fn block_value(&self, value: &New<'_>, indent: &str) -> String {
        let inner = format!("{indent}{}", self.unit);
        let line = format!("{}{inner}", self.line_break);
        match value {
            New::Object(members) if !members.is_empty() => format!("{line}{}", self.block_members(members, &inner)),
            New::List(items) if !items.iter().all(New::is_scalar) => {
                let items: Vec<String> = items.iter().map(|item| self.item(item, Some(&inner))).collect();
                format!("{line}{}", items.join(&line))
            }
            value => format!(" {}", self.flow(value, None)),
        }
    }

    fn block_members(&self, members: &[(&str, New<'_>)], indent: &str) -> String {
        let members: Vec<String> = members
            .iter()
            .map(|(name, value)| format!("{}:{}", self.key(name), self.block_value(value, indent)))
            .collect();
        members.join(&format!("{}{indent}", self.line_break))
    }

    /// A value in brackets, on lines of their own below `indent`.
    fn flow(&self, value: &New<'_>, indent: Option<&str>) -> String {
        let inner = indent.map(|indent| format!("{indent}{}", self.unit));
        let (open, close, parts): (_, _, Vec<String>) = match value {
            New::List(items) => ('[', ']', items.iter().map(|item| self.flow(item, inner.as_deref())).collect()),
            New::Object(members) => {
                let member = |(name, value): &(&str, New<'_>)| {
                    format!("{}{}{}", self.key(name), self.colon, self.flow(value, inner.as_deref()))
                };
                ('{', '}', members.iter().map(member).collect())
            }
            scalar => return self.scalar(scalar),
        };
        let is_short = matches!(value, New::List(items) if items.iter().all(New::is_scalar));
        match (indent, inner) {
            (Some(indent), Some(inner)) if !is_short && !parts.is_empty() => {
                let line_break = self.line_break;
                let parts = parts.join(&format!(",{line_break}{inner}"));
                format!("{open}{line_break}{inner}{parts}{line_break}{indent}{close}")
            }
            _ => format!("{open}{}{close}", parts.join(self.comma())),
        }
    }
}

/// How much further in objects of block style stand than the line of their key, by the first that does.
fn block_unit<'t>(text: &str, mut members: impl Iterator<Item = Member<'t>>) -> Option<String> {
    members.find_map(|Member { key, value, .. }| {
        let first = value.members().next().filter(|_| is_block(value) && !value.is_aliased())?.key.span().start;
        let (outer, inner) = (before(text, key.span().start), before(text, first));
        let is_blank = |text: &str| text.bytes().all(|byte| byte == b' ');
        (is_blank(outer) && is_blank(inner)).then(|| inner.strip_prefix(outer).map(str::to_owned)).flatten()
    })
}

/// The indentation of the line that a container begins in.
fn own_indent(text: &str, container: Node<'_>) -> String {
    let line = before(text, container.span().start);
    line.chars().take_while(|c| matches!(c, ' ' | '\t')).collect()
}

/// A text with these quotes, or those that it needs.
fn written(text: &str, quote: Option<char>) -> String {
    match quote {
        Some('\'') if !text.contains(|c: char| c == '\'' || c.is_control()) => format!("'{text}'"),
        None if written_plain(text) => text.to_owned(),
        _ => quoted(text),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_are_those_of_the_text() {
        for (text, expected) in [("", "\n"), ("a\nb", "\n"), ("a\r\nb\n", "\r\n"), ("a\rb", "\r")] {
            assert_eq!(line_break(text), expected, "{text:?}");
        }
    }
}
