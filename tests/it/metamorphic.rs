//! What a machine means does not hang on how it is written: the same findings at corresponding nodes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use aslint::asl::lower;
use aslint::diagnostic::Severity;
use aslint::engine::{Options, check};
use aslint::source::Source;
use aslint::syntax::{Format, Kind, Tree, parse};
use aslint::text::{Edit, apply};

use super::corpus;
use super::rewrite::{Form, write};

type Findings = BTreeSet<(String, &'static str, Severity)>;

fn findings(name: &str, text: &str, format: Format) -> Findings {
    let report = check(&Source::machine(name, text, format), &Options::default());
    report.diagnostics.into_iter().map(|found| (found.pointer, found.rule, found.severity)).collect()
}

/// Every machine of the corpus that is JSON without errors of syntax and without a key twice.
fn machines() -> Vec<(String, Tree)> {
    let Some(root) = corpus::root() else { return Vec::new() };
    let mut machines = Vec::new();
    for path in
        ["asl-json", "labelled", "executions/definitions"].iter().flat_map(|folder| corpus::files(&root.join(folder)))
    {
        let Some(tree) = read(&path) else { continue };
        let repeats = |object: aslint::syntax::Node<'_>| {
            let names: BTreeSet<&str> = object.members().map(aslint::syntax::Member::name).collect();
            names.len() != object.len()
        };
        if tree.errors().is_empty() && !tree.root().descendants().any(repeats) {
            machines.push((path.display().to_string(), tree));
        }
    }
    assert!(machines.len() > 1_000, "the corpus holds more machines than {}", machines.len());
    machines
}

fn read(path: &Path) -> Option<Tree> {
    let text = fs::read_to_string(path).ok()?;
    text.trim_start().starts_with('{').then(|| parse(&text.into(), Format::Json))
}

fn compare(name: &str, what: &str, before: &Findings, after: &Findings, text: &str) {
    let gone: Vec<_> = before.difference(after).collect();
    let new: Vec<_> = after.difference(before).collect();
    assert!(gone.is_empty() && new.is_empty(), "{name}, {what}: gone {gone:?}, new {new:?}\n{text}");
}

#[test]
fn reformatted_reordered_and_as_yaml() {
    for (name, tree) in machines() {
        let before = findings(&name, tree.text(), Format::Json);
        for (form, what, format) in [
            (Form::Compact, "compact", Format::Json),
            (Form::Spread, "spread", Format::Json),
            (Form::Reversed, "reversed", Format::Json),
            (Form::Yaml, "yaml", Format::Yaml),
        ] {
            let text = write(tree.root(), form);
            compare(&name, what, &before, &findings(&name, &text, format), &text);
        }
        let yaml = parse(&write(tree.root(), Form::Yaml).into(), Format::Yaml);
        let back = write(yaml.root(), Form::Compact);
        assert_eq!(back, write(tree.root(), Form::Compact), "{name}: to YAML and back");
    }
}

/// Letters turned by half the alphabet: names stay as long, as near to each other and as different as they were.
fn turned(name: &str) -> String {
    let turn = |c: char, base: u8| char::from(base + (u32::from(c) as u8 - base + 13) % 26);
    name.chars()
        .map(|c| match c {
            'a'..='z' => turn(c, b'a'),
            'A'..='Z' => turn(c, b'A'),
            _ => c,
        })
        .collect()
}

#[test]
fn with_states_renamed() {
    for (name, tree) in machines() {
        let machine = lower(tree.root());
        let mut names = Vec::new();
        for scope in &machine.scopes {
            names.extend(scope.start_at.map(|field| field.value));
        }
        for state in &machine.states {
            names.push(state.key);
            names.extend(state.targets().map(|target| target.field.value));
        }
        names.retain(|name| name.kind() == Kind::String && !name.has_hole());
        let edits: Vec<Edit> = names.iter().map(|name| name.rewritten(&turned(name.content()))).collect();
        let text = apply(tree.text(), &edits).expect("names do not overlap");
        // Pointers name states: they turn as well, where a state's name stands in them.
        let keys: BTreeSet<usize> = machine.states.iter().map(|state| state.key.index()).collect();
        let pointers =
            tree.root().descendants().chain(tree.root().descendants().flat_map(|node| node.members().map(|m| m.key)));
        let turned_pointers: std::collections::HashMap<String, String> = pointers
            .map(|node| {
                let mut before = String::new();
                let mut after = String::new();
                for (step, is_state) in steps(node, &keys) {
                    let escape = |step: &str| step.replace('~', "~0").replace('/', "~1");
                    before += &format!("/{}", escape(&step));
                    after += &format!("/{}", escape(&if is_state { turned(&step) } else { step }));
                }
                (before, after)
            })
            .collect();
        let before = findings(&name, tree.text(), Format::Json)
            .into_iter()
            .map(|(pointer, rule, severity)| {
                (turned_pointers.get(&pointer).cloned().unwrap_or(pointer), rule, severity)
            })
            .collect();
        compare(&name, "renamed", &before, &findings(&name, &text, Format::Json), &text);
    }
}

/// The way down to a node: each step, and whether it is the name of a state.
fn steps(node: aslint::syntax::Node<'_>, states: &BTreeSet<usize>) -> Vec<(String, bool)> {
    use aslint::syntax::Step;
    let mut ancestors = vec![node];
    while let Some(parent) = ancestors[ancestors.len() - 1].parent() {
        ancestors.push(parent);
    }
    ancestors.reverse();
    let below = |node: aslint::syntax::Node<'_>| if node.is_key() { node.index() } else { node.index() - 1 };
    node.path()
        .into_iter()
        .zip(ancestors.into_iter().skip(1))
        .map(|(step, node)| match step {
            Step::Member(name) => (name.to_owned(), states.contains(&below(node))),
            Step::Item(i) => (i.to_string(), false),
        })
        .collect()
}
