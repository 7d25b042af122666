//! Strings that are JSONata but for their delimiters.

use std::collections::BTreeSet;

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::jsonata::{self, Delimited};
use crate::asl::literal;
use crate::asl::sites::{Role, Site, strings};
use crate::diagnostic::{Applicability, Fix};
use crate::schema::Fault;
use crate::syntax::Node;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let variables = cx.assigned();
    // Where a field takes an expression or a number, another string is refused: that is the finding.
    let wrong: BTreeSet<usize> = cx
        .violations()
        .iter()
        .filter(|violation| matches!(violation.fault, Fault::WrongType { .. }))
        .map(|violation| violation.node.index())
        .collect();
    for site in cx.sites().iter().filter(|site| site.role == Role::Jsonata) {
        let is_certain = cx.machine.is_language_certain(cx.machine.state(site.state));
        for string in strings(site.field.value).filter(|string| !string.is_open()) {
            if wrong.contains(&string.index()) {
                continue;
            }
            match jsonata::expression_in(string.content()) {
                Delimited::Literal if is_certain => undelimited(site, string, variables, sink),
                delimited => delimiters(string, delimited, sink),
            }
        }
    }
}

fn delimiters(string: Node<'_>, delimited: Delimited, sink: &mut Sink<'_>) {
    let (part, why) = match delimited {
        Delimited::Literal | Delimited::Expression { .. } => return,
        Delimited::Padded { before, behind, .. } => {
            (if before.is_empty() { behind } else { before }, "blanks stand outside its delimiters")
        }
        Delimited::Unclosed { open } => (open, "`%}` is missing at its end"),
        Delimited::Unopened { close } => (close, "`{%` is missing at its start"),
        Delimited::Embedded { outer } => (outer, "other text stands outside the delimiters, and nothing is filled in"),
    };
    let span = string.source_span(part);
    let finding = sink.report_at(string, span, format!("this string is taken as it stands, not evaluated: {why}"));
    finding.notes.push("JSONata begins with `{%` and ends with `%}`, to the character".to_owned());
    let text = string.content();
    let cure = match completed(text) {
        Some(whole) if whole == text.trim() => Some(("drop the blanks".to_owned(), whole)),
        Some(whole) => Some((format!("write `{whole}`"), whole)),
        None if matches!(delimited, Delimited::Unclosed { .. } | Delimited::Unopened { .. }) => None,
        None => joined(text).map(|text| (format!("write `{text}`"), text)),
    };
    finding.fixes.extend(cure.map(|(title, text)| Fix {
        title,
        edits: vec![string.rewritten(&text)],
        applicability: Applicability::Unsafe,
    }));
}

/// The expression that a string was meant as where half of its delimiters is missing, or blanks stand outside.
pub(super) fn completed(text: &str) -> Option<String> {
    let trimmed = text.trim();
    if trimmed.starts_with("{%") && trimmed.ends_with("%}") && trimmed.matches("{%").count() == 1 {
        return Some(trimmed.to_owned());
    }
    match jsonata::expression_in(text) {
        Delimited::Unclosed { .. } => closed(trimmed),
        Delimited::Unopened { .. } => opened(trimmed),
        _ => None,
    }
}

/// What stands behind `{%` between both delimiters, half a `%}` at its end left out.
fn closed(text: &str) -> Option<String> {
    let rest = text.strip_prefix("{%")?;
    let halves = ["% }", "}", "%"].iter().filter_map(|half| rest.trim_end().strip_suffix(half));
    delimited([rest].into_iter().chain(halves))
}

/// What stands before `%}` between both delimiters, half a `{%` at its start left out.
fn opened(text: &str) -> Option<String> {
    let rest = text.strip_suffix("%}")?;
    let halves = ["{ %", "{", "%"].iter().filter_map(|half| rest.trim_start().strip_prefix(half));
    delimited([rest].into_iter().chain(halves))
}

/// The first of these texts that is an expression, between its delimiters.
fn delimited<'a>(mut texts: impl Iterator<Item = &'a str>) -> Option<String> {
    let inner = texts.find(|text| is_expression(text))?;
    Some(format!("{{% {} %}}", inner.trim()))
}

/// Whether a text parses as a whole, without delimiters of its own, and reads something.
fn is_expression(text: &str) -> bool {
    text.contains('$') && !text.contains("{%") && !text.contains("%}") && jsonata::parse(text).errors.is_empty()
}

/// A text with expressions in it as one expression, which joins the parts.
fn joined(text: &str) -> Option<String> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("{%") {
        let (inner, behind) = behind.split_once("%}").filter(|(inner, _)| is_expression(inner))?;
        parts.extend((!before.is_empty()).then(|| quoted(before)));
        let inner = inner.trim();
        // What binds less than `&` stands in parentheses.
        let is_path = inner.chars().all(|c| c.is_alphanumeric() || matches!(c, '$' | '.' | '_'));
        parts.push(if is_path { inner.to_owned() } else { format!("({inner})") });
        rest = behind;
    }
    parts.extend((!rest.is_empty()).then(|| quoted(rest)));
    let joined = parts.join(" & ");
    (parts.len() > 1 && is_expression(&joined)).then(|| format!("{{% {joined} %}}"))
}

/// A text as JSONata has it: between single quotes, which stand between the double ones of JSON as they are.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("'");
    for c in text.chars() {
        match c {
            '\'' => quoted += "\\u0027",
            '\\' => quoted += "\\\\",
            '\n' => quoted += "\\n",
            '\r' => quoted += "\\r",
            '\t' => quoted += "\\t",
            c => quoted.push(c),
        }
    }
    quoted.push('\'');
    quoted
}

/// JSONata that has no delimiters, or others.
fn undelimited(site: &Site<'_>, string: Node<'_>, variables: &BTreeSet<&str>, sink: &mut Sink<'_>) {
    let Some(inner) = literal::jsonata(string.content(), variables) else { return };
    // A timestamp that is none is that finding. A key that ends in `.$` is a finding with one cure for both.
    let is_keyed = || string.member_name().is_some_and(|name| name.ends_with(".$"));
    if site.field.name() == "Timestamp" || is_keyed() {
        return;
    }
    let why = if inner == string.content().trim() {
        "it does not stand between `{%` and `%}`"
    } else {
        "its delimiters are not `{%` and `%}`"
    };
    let finding = sink.report(string, format!("this string is taken as it stands, not evaluated: {why}"));
    let text = format!("{{% {inner} %}}");
    finding.fixes.push(Fix {
        title: "put it between `{%` and `%}`".to_owned(),
        edits: vec![string.rewritten(&text)],
        applicability: Applicability::Unsafe,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_completed_where_an_expression_stands_between_them() {
        for (text, expected) in [
            ("{% $x", Some("{% $x %}")),
            ("{%$x }", Some("{% $x %}")),
            ("{% {'a': $x}", Some("{% {'a': $x} %}")),
            ("{% {'a': $x}}", Some("{% {'a': $x} %}")),
            ("{% $x % }", Some("{% $x %}")),
            ("{% sure", None),
            ("{% $x + ", None),
        ] {
            assert_eq!(closed(text).as_deref(), expected, "{text}");
        }
        for (text, expected) in [
            ("$x %}", Some("{% $x %}")),
            ("{ $x %}", Some("{% $x %}")),
            ("{'a': $x} %}", Some("{% {'a': $x} %}")),
            ("% $x%}", Some("{% $x %}")),
            ("100 %}", None),
        ] {
            assert_eq!(opened(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn texts_with_expressions_in_them_are_joined() {
        for (text, expected) in [
            ("Hello {% $states.input.name %}", Some("{% 'Hello ' & $states.input.name %}")),
            ("{% $a %}-{%$b + 1%}.", Some("{% $a & '-' & ($b + 1) & '.' %}")),
            ("it's \\ {% $a %}\n", Some("{% 'it\\u0027s \\\\ ' & $a & '\\n' %}")),
            ("{% $a %}{% $b", None),
            ("{% $a + %} b", None),
            ("{% raw %} b", None),
        ] {
            assert_eq!(joined(text).as_deref(), expected, "{text}");
        }
    }
}
