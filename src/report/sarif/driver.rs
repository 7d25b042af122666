//! Turns the registry of rules into the description of the tool: every rule, whether or not it found something, so that what
//! a reader knows of a rule does not hang on what it found.

use crate::diagnostic::Severity;
use crate::eval::Value;
use crate::rules::{Page, RULES, Rule};

use super::{level, sentence, text};

/// Where the tool is described.
const HOME: &str = "https://crates.io/crates/aslint";
/// Where the language is described: for rules whose page names no address.
const LANGUAGE: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html";
/// The longest description that readers take, in characters.
const MAX_DESCRIPTION: usize = 1_024;

pub(super) fn driver() -> Value {
    let version = env!("CARGO_PKG_VERSION");
    Value::members([
        ("name", Value::from("aslint")),
        ("fullName", Value::from(format!("aslint {version}"))),
        ("version", Value::from(version)),
        ("semanticVersion", Value::from(version)),
        ("informationUri", Value::from(HOME)),
        ("shortDescription", text("Static analyser for Amazon States Language, the language of AWS Step Functions.")),
        ("rules", Value::array(RULES.iter().map(rule).collect())),
    ])
}

fn rule(rule: &Rule) -> Value {
    let page = rule.page();
    let (precision, problem) = match page.severity {
        Severity::Error => ("very-high", "error"),
        Severity::Warning => ("high", "warning"),
        Severity::Info => ("medium", "recommendation"),
    };
    let tags = ["amazon-states-language", "step-functions", page.group.as_str()].map(Value::from);
    Value::members([
        ("id", Value::from(rule.id)),
        ("name", Value::from(pascal(rule.id))),
        ("shortDescription", text(&capitalised(&sentence(page.summary)))),
        ("fullDescription", text(&full(page))),
        ("help", Value::members([("text", Value::from(plain(page))), ("markdown", Value::from(page.body))])),
        ("helpUri", Value::from(address(page))),
        ("defaultConfiguration", Value::members([("level", Value::from(level(page.severity)))])),
        (
            "properties",
            Value::members([
                ("tags", Value::array(tags.to_vec())),
                ("precision", Value::from(precision)),
                ("problem.severity", Value::from(problem)),
            ]),
        ),
    ])
}

/// `a-b` as `AB`.
fn pascal(id: &str) -> String {
    id.split('-').map(capitalised).collect()
}

pub(super) fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

fn address(page: &Page) -> &'static str {
    let is_end = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | ')');
    page.source.find("https://").and_then(|at| page.source.get(at..)?.split(is_end).next()).unwrap_or(LANGUAGE)
}

/// The first paragraph on what the rule does, on one line.
fn full(page: &Page) -> String {
    let text = section(page, "What it does");
    let first = text.split("\n\n").next().unwrap_or_default();
    let words: Vec<&str> = first.split_whitespace().collect();
    let line = sentence(&if words.is_empty() { page.summary.to_owned() } else { words.join(" ") });
    if line.chars().count() <= MAX_DESCRIPTION {
        return line;
    }
    line.chars().take(MAX_DESCRIPTION - 1).chain(['…']).collect()
}

/// The page without its examples, for readers that show no Markdown.
fn plain(page: &Page) -> String {
    ["What it does", "Why it matters", "Limits"].map(|title| section(page, title).trim().to_owned()).join("\n\n")
}

/// What stands under a heading.
fn section(page: &Page, title: &str) -> &'static str {
    let heading = format!("\n## {title}\n");
    let rest = page.body.split_once(heading.as_str()).map_or("", |(_, rest)| rest);
    rest.split_once("\n## ").map_or(rest, |(text, _)| text).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_what_readers_ask_for() {
        for rule in RULES {
            let page = rule.page();
            for (what, text) in [("full", full(page)), ("plain", plain(page)), ("short", sentence(page.summary))] {
                assert!(
                    text.len() > 20 && text.ends_with(['.', '?', '!', '…', '`', ')']),
                    "{}: {what}: {text}",
                    rule.id
                );
            }
            assert!(full(page).chars().count() <= MAX_DESCRIPTION && !full(page).contains('\n'), "{}", rule.id);
            assert!(plain(page).matches("\n\n").count() >= 2, "{}: a section is missing", rule.id);
            assert!(address(page).starts_with("https://") && !address(page).contains(' '), "{}", rule.id);
            let name = pascal(rule.id);
            assert!(name != rule.id && name.chars().all(char::is_alphanumeric), "{name}");
        }
    }
}
