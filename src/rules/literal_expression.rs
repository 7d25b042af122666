//! Strings that read as expressions, where nothing evaluates them.

use std::collections::BTreeSet;

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::intrinsic;
use crate::asl::jsonata::{Delimited, expression_in};
use crate::asl::literal::{self, Literal, Reading};
use crate::asl::resource::Resource;
use crate::asl::sites::{Role, Site};
use crate::asl::{Comparator, Field, Language, Operand, Rule, State, StateId, StateType, Test};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Label, Severity};
use crate::flow::variables::Assignment;
use crate::schema::{Fault, Home};
use crate::syntax::Node;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let mut rule = Check { cx, variables: cx.assigned(), mistaken: BTreeSet::new() };
    let mut wrong = BTreeSet::new();
    for violation in cx.violations() {
        match violation.fault {
            Fault::WrongType { .. } => {
                wrong.insert(violation.node.index());
            }
            Fault::Misplaced(Home::Language(Language::Jsonata)) => {
                rule.mistaken.extend(cx.machine.state_at(violation.node.index()).map(|state| state.id));
            }
            _ => {}
        }
    }
    let is_certain = |state| cx.machine.is_language_certain(cx.machine.state(state));
    for site in cx.sites().iter().filter(|site| is_certain(site.state)) {
        for literal in literal::literals(site.field.value) {
            // A string where the field takes none is that finding.
            if wrong.contains(&literal.node.index()) {
                continue;
            }
            match site.role {
                Role::Template if !literal.is_dynamic => rule.in_template(site, literal, sink),
                Role::Jsonata => rule.in_jsonata(site, literal, sink),
                _ => {}
            }
        }
    }
    for state in cx.machine.states.iter().filter(|state| cx.machine.is_language_certain(state)) {
        if state.language == Language::Jsonata {
            continue;
        }
        if state.kind == Some(StateType::Fail) {
            for field in ["Error", "Cause"].into_iter().filter_map(|name| state.field(name)) {
                rule.beside_path_field(state, state.node, field, "takes", sink);
            }
        }
        for tested in state.choice().map(|choice| choice.rules.as_slice()).unwrap_or_default() {
            rule.in_choice(state, tested, sink);
        }
    }
}

struct Check<'c, 'a> {
    cx: &'c Analysis<'a>,
    variables: &'c BTreeSet<&'a str>,
    /// The JSONPath states with fields of JSONata: that they lack a `QueryLanguage` is said there.
    mistaken: BTreeSet<StateId>,
}

impl Check<'_, '_> {
    fn in_template(&self, site: &Site<'_>, literal: Literal<'_>, sink: &mut Sink<'_>) {
        let (node, state) = (literal.node, self.cx.machine.state(site.state));
        let Some(reading) = literal::jsonpath(node.content(), self.variables) else {
            self.jsonata_as_text(state, node, sink);
            return;
        };
        if literal.has_dynamic_twin || is_sign(node) {
            return; // that both are there is the finding
        }
        let dynamic = literal.member.map(|member| dynamic_name(member.name()));
        let why = match literal.member {
            Some(member) if dynamic.as_deref() == Some(member.name().trim_end()) => {
                "a blank stands behind the `.$` of its key"
            }
            Some(_) => "its key does not end in `.$`",
            None => "an item of a list is not evaluated",
        };
        let finding = sink.report(node, format!("{}: {why}", as_it_stands(&reading)));
        finding.severity = severity(self.cx, &reading, state, literal);
        let Some(member) = literal.member else {
            finding.notes.push("`States.Array(…)` makes a list of what paths find".to_owned());
            return;
        };
        let is_offered =
            |name: &String| !member.key.has_hole() && !has_twin(member, name) && self.is_evaluable(state, node);
        if let Some(name) = dynamic.filter(is_offered) {
            finding.fixes.push(renamed(member, &name));
        }
    }

    /// Whether what reads as a path or a call can be evaluated in a state: its variables are set before, and calls can be made.
    fn is_evaluable(&self, state: &State<'_>, node: Node<'_>) -> bool {
        let (text, table) = (node.content(), self.cx.variables());
        let is_set = |name: &str| {
            let before = |set: &Assignment<'_>| set.state != state.id;
            table.visible(state.scope).any(|known| known.name == name && table.assignments_of(known.id).any(before))
        };
        let variables = text.match_indices('$').map(|(at, _)| {
            let rest = &text[at + 1..];
            &rest[..rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len())]
        });
        let is_call = matches!(literal::jsonpath(text, self.variables), Some(Reading::Intrinsic));
        variables.filter(|name| !name.is_empty()).all(is_set) && (!is_call || intrinsic::parse(text).1.is_empty())
    }

    fn in_jsonata(&self, site: &Site<'_>, literal: Literal<'_>, sink: &mut Sink<'_>) {
        let (node, text) = (literal.node, literal.node.content());
        // What a key that ends in `.$` holds goes with the finding at the key, a timestamp with what makes it none, and an
        // expression without its delimiters with those.
        if literal.member.is_some_and(|member| member.name().ends_with(".$"))
            || site.field.name() == "Timestamp"
            || is_sign(node)
            || expression_in(text) != Delimited::Literal
            || literal::jsonata(text, self.variables).is_some()
        {
            return;
        }
        let Some(reading) = literal::jsonpath(text, self.variables) else { return };
        let state = self.cx.machine.state(site.state);
        let finding = sink.report(node, format!("{}: the state is in JSONata", as_it_stands(&reading)));
        finding.severity = severity(self.cx, &reading, state, literal);
        match &reading {
            Reading::Path(path) => {
                if let Some(text) = literal::translated(path).filter(|_| literal::is_about_input(state, site)) {
                    let text = format!("{{% {text} %}}");
                    finding.fixes.push(Fix {
                        title: format!("write `{text}`"),
                        edits: vec![node.rewritten(&text)],
                        applicability: Applicability::Unsafe,
                    });
                }
            }
            Reading::Intrinsic => {
                finding.notes.push("JSONata has functions of its own, between `{%` and `%}`".to_owned());
            }
            Reading::Root => {}
        }
    }

    /// A field that takes a text, beside one of the same name and `Path` that takes a path.
    fn beside_path_field(
        &self,
        state: &State<'_>,
        object: Node<'_>,
        field: Field<'_>,
        verb: &str,
        sink: &mut Sink<'_>,
    ) {
        let Some(text) = field.value.as_str().filter(|_| !field.value.is_open()) else { return };
        let (name, with_path) = (field.name(), format!("{}Path", field.name()));
        if object.get(&with_path).is_some() {
            return; // that both are there is the finding
        }
        let what = match literal::jsonpath(text, self.variables) {
            Some(Reading::Path(_)) => "path",
            // A choice rule has no place for a call.
            Some(Reading::Intrinsic) => "call",
            Some(Reading::Root) => return,
            None => {
                self.jsonata_as_text(state, field.value, sink);
                return;
            }
        };
        let is_evaluated = what == "path" || state.kind == Some(StateType::Fail);
        let cure = if is_evaluated { format!("; `{with_path}` evaluates it") } else { String::new() };
        let finding = sink.report(field.value, format!("`{name}` {verb} this {what} as it stands{cure}"));
        if is_evaluated {
            finding.fixes.push(renamed(field, &with_path));
        }
    }

    /// Recursion is bounded by the depth of the tree.
    fn in_choice(&self, state: &State<'_>, rule: &Rule<'_>, sink: &mut Sink<'_>) {
        if let Some(Test::Comparison(comparison)) = &rule.test
            && let Comparator::String(_, Operand::Literal) = comparison.comparator
        {
            self.beside_path_field(state, rule.node, comparison.field, "compares with", sink);
        }
        for nested in rule.nested() {
            self.in_choice(state, nested, sink);
        }
    }

    /// JSONata in a state that does not speak it.
    fn jsonata_as_text(&self, state: &State<'_>, node: Node<'_>, sink: &mut Sink<'_>) {
        let text = node.content();
        // `$states` is nobody's variable; another one is a path here.
        if self.mistaken.contains(&state.id)
            || !literal::is_delimited_jsonata(text) && literal::jsonata(text, &BTreeSet::new()).is_none()
        {
            return;
        }
        let finding =
            sink.report(node, "this JSONata is taken as it stands, not evaluated: the state is in JSONPath".to_owned());
        note_language(self.cx, state, finding);
    }
}

/// Says so where a state around it has the other language, which does not reach inside.
fn note_language(cx: &Analysis<'_>, state: &State<'_>, finding: &mut Diagnostic) {
    match cx.machine.unreaching_language(state) {
        Some((owner, own)) => {
            let name = owner.name();
            finding.notes.push(format!(
                "the query language of `{name}` does not reach the states inside: one that names none has the machine's"
            ));
            finding.related.push(Label::new(own.value.span(), format!("this is for the fields of `{name}` alone")));
        }
        None => finding.notes.push("a state with `\"QueryLanguage\": \"JSONata\"` evaluates it".to_owned()),
    }
}

/// Whether it is a dollar sign and nothing else, which texts have as the sign of a currency.
fn is_sign(node: Node<'_>) -> bool {
    node.content().trim() == "$"
}

/// The key under which a template evaluates its value.
fn dynamic_name(key: &str) -> String {
    let trimmed = key.trim_end();
    if trimmed.ends_with(".$") { trimmed.to_owned() } else { format!("{key}.$") }
}

/// Whether a member of that name stands beside this one.
fn has_twin(member: Field<'_>, name: &str) -> bool {
    member.key.parent().is_some_and(|object| object.get(name).is_some())
}

fn as_it_stands(reading: &Reading) -> &'static str {
    match reading {
        Reading::Path(_) | Reading::Root => "this path is taken as it stands, not looked up",
        Reading::Intrinsic => "this call is taken as it stands, not made",
    }
}

/// Services with requests in which paths stand as text: rules of EventBridge, pipes, metric filters, schemas of streams.
const SPEAK_PATHS: [&str; 6] =
    ["eventbridge", "pipes", "cloudwatchlogs", "kinesisanalytics", "kinesisanalyticsv2", "apigatewayv2"];

/// A path may well be meant as text where its key says so, where the service called looks it up itself, and where it is
/// nothing but dollar signs.
fn severity<'a>(cx: &Analysis<'a>, reading: &Reading, state: &State<'a>, literal: Literal<'_>) -> Severity {
    let speaks_paths = || {
        let (resource, _) = cx.resource(state);
        matches!(resource, Resource::AwsSdk { service, .. } if SPEAK_PATHS.contains(&service.as_str()))
    };
    match reading {
        Reading::Root => Severity::Info,
        Reading::Path(_) if literal.is_about_paths || speaks_paths() => Severity::Info,
        Reading::Path(_) | Reading::Intrinsic => Severity::Warning,
    }
}

fn renamed(field: Field<'_>, name: &str) -> Fix {
    Fix {
        title: format!("rename the key to `{name}`"),
        edits: vec![field.key.rewritten(name)],
        applicability: Applicability::Unsafe,
    }
}
