//! Writes a value again in another form: what stays the same is what it means.

use std::fmt::Write as _;

use aslint::syntax::{Kind, Member, Node};

/// How objects are ordered and scalars written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// JSON without a blank.
    Compact,
    /// JSON, one value a line, indented by tabs, every letter of a string that is not ASCII escaped.
    Spread,
    /// JSON with the members of each object in reverse.
    Reversed,
    /// YAML in block style.
    Yaml,
}

pub(crate) fn write(node: Node<'_>, form: Form) -> String {
    let mut text = String::new();
    match form {
        Form::Yaml => yaml(node, 0, &mut text),
        _ => json(node, form, 0, &mut text),
    }
    text
}

fn scalar(node: Node<'_>, form: Form) -> String {
    if node.kind() != Kind::String {
        return node.content().to_owned();
    }
    let text = node.content();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == ' ' || c == '.';
    let reads_as_string = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
        && !["null", "true", "false"].contains(&text.to_ascii_lowercase().as_str());
    if form == Form::Yaml && reads_as_string && text.chars().all(is_plain) {
        return text.to_owned();
    }
    if form == Form::Yaml
        && text.contains('\n')
        && text.trim() == text
        && !text.contains(|c: char| c.is_control() && c != '\n')
    {
        return String::new(); // a block scalar, which the caller writes
    }
    let quoted = serde_json::to_string(text).expect("a string");
    if form != Form::Spread {
        return quoted;
    }
    let mut escaped = String::new();
    for c in quoted.chars() {
        if c.is_ascii() {
            escaped.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        }
    }
    escaped
}

fn json(node: Node<'_>, form: Form, depth: usize, text: &mut String) {
    let line = |text: &mut String, depth| {
        if form == Form::Spread {
            *text += "\r\n";
            *text += &"\t".repeat(depth);
        }
    };
    let separate = |text: &mut String, i: usize| {
        if i > 0 {
            text.push(',');
        }
        line(text, depth + 1);
    };
    match node.kind() {
        Kind::Object => {
            text.push('{');
            let mut members: Vec<Member<'_>> = node.members().collect();
            if form == Form::Reversed {
                members.reverse();
            }
            for (i, member) in members.into_iter().enumerate() {
                separate(text, i);
                *text += &scalar(member.key, form);
                text.push(':');
                json(member.value, form, depth + 1, text);
            }
            line(text, depth);
            text.push('}');
        }
        Kind::Array => {
            text.push('[');
            for (i, item) in node.items().enumerate() {
                separate(text, i);
                json(item, form, depth + 1, text);
            }
            line(text, depth);
            text.push(']');
        }
        _ => *text += &scalar(node, form),
    }
}

fn yaml(node: Node<'_>, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    match node.kind() {
        Kind::Object if !node.is_empty() => {
            for member in node.members() {
                let key = Some(scalar(member.key, Form::Yaml)).filter(|key| !key.is_empty());
                let key = key.unwrap_or_else(|| serde_json::to_string(member.name()).expect("a string"));
                let _ = write!(text, "{indent}{key}:");
                yaml_value(member.value, depth, text);
            }
        }
        Kind::Array if !node.is_empty() => {
            for item in node.items() {
                let _ = write!(text, "{indent}-");
                yaml_value(item, depth, text);
            }
        }
        _ => {
            text.push_str(&indent);
            yaml_value(node, depth, text);
        }
    }
}

/// Behind a colon or a dash.
fn yaml_value(node: Node<'_>, depth: usize, text: &mut String) {
    match node.kind() {
        Kind::Object if node.is_empty() => *text += " {}\n",
        Kind::Array if node.is_empty() => *text += " []\n",
        Kind::Object | Kind::Array => {
            text.push('\n');
            yaml(node, depth + 1, text);
        }
        _ => {
            let written = scalar(node, Form::Yaml);
            if !written.is_empty() {
                let _ = writeln!(text, " {written}");
                return;
            }
            *text += " |-\n";
            for line in node.content().split('\n') {
                let _ = writeln!(text, "{}{line}", "  ".repeat(depth + 1));
            }
        }
    }
}
