//! Expressions in the `Result` of a Pass, which is no template.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::literal::{self, Reading};
use crate::asl::sites::dynamic_members;
use crate::asl::{Field, Language, StateType, intrinsic};
use crate::diagnostic::{Applicability, Fix, Label, Severity};
use crate::syntax::{Kind, Node};
use crate::text::Span;

/// How many of several places in one `Result` are pointed at.
const MAX_PLACES: usize = 10;

const CURE: &str = "`Parameters` is a template, and what it makes is the output of a Pass too";

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let variables = cx.assigned();
    for state in &cx.machine.states {
        let is_jsonpath = state.language == Language::JsonPath && cx.machine.is_language_certain(state);
        if state.kind != Some(StateType::Pass) || !is_jsonpath {
            continue;
        }
        let Some(result) = state.field("Result") else { continue };
        let mut places: Vec<Place<'_>> = Vec::new();
        for literal in literal::literals(result.value) {
            let text = literal.node.content();
            let is_keyed = literal.member.is_some_and(|member| member.name().ends_with(".$"));
            let severity = match literal::jsonpath(text, variables) {
                Some(Reading::Path(_)) if literal.is_about_paths && !is_keyed => Severity::Info,
                Some(Reading::Root) if !is_keyed && text.trim() == "$" => continue,
                Some(Reading::Root) if !is_keyed => Severity::Info,
                Some(_) => Severity::Warning,
                None if literal::is_delimited_jsonata(text) => Severity::Warning,
                None => {
                    let key = literal.member.filter(|_| is_keyed).map(|member| member.key);
                    places.extend(key.map(|key| Place { node: key, severity: Severity::Info, is_keyed }));
                    continue;
                }
            };
            places.push(Place { node: literal.node, severity, is_keyed });
        }
        report(state.node, result, &places, sink);
    }
}

/// A part of a `Result` that reads as if it were evaluated: an expression, or a key that ends in `.$`.
struct Place<'t> {
    node: Node<'t>,
    severity: Severity,
    /// Its key ends in `.$`.
    is_keyed: bool,
}

impl Place<'_> {
    fn span(&self) -> Span {
        if self.node.is_key() { literal::mark(self.node) } else { self.node.span() }
    }
}

/// Where every expression has its key, the field is all that is wrong: one finding. Else each place is one.
fn report(state: Node<'_>, result: Field<'_>, places: &[Place<'_>], sink: &mut Sink<'_>) {
    let is_template = !places.is_empty()
        && result.value.kind() == Kind::Object
        && places.iter().all(|place| place.is_keyed && !place.node.is_key())
        && dynamic_members(result.value).all(|member| member.value.kind() == Kind::String);
    if is_template {
        let message = "`Result` is taken as it stands: what its keys with `.$` hold is not looked up";
        let finding = sink.report(result.key, message);
        let labels = places.iter().map(|place| Label::new(place.span(), "a text and no more"));
        finding.related.extend(labels.take(MAX_PLACES));
        finding.notes.push(CURE.to_owned());
        // A call that cannot be made is a text where it stands, and a mistake in a template.
        let is_call = |text: &str| text.trim_start().starts_with("States.");
        let mut texts = places.iter().map(|place| place.node.content());
        let is_evaluable = texts.all(|text| !is_call(text) || intrinsic::parse(text).1.is_empty());
        if is_evaluable && state.get("Parameters").is_none() {
            finding.fixes.push(Fix {
                title: "rename `Result` to `Parameters`".to_owned(),
                edits: vec![result.key.rewritten("Parameters")],
                applicability: Applicability::Unsafe,
            });
        }
        return;
    }
    for place in places {
        let message = if place.node.is_key() {
            "`.$` stays in the key: `Result` is taken as it stands"
        } else {
            "this is a text and no more: `Result` is taken as it stands"
        };
        let finding = sink.report_at(place.node, place.span(), message);
        finding.severity = place.severity;
        if place.severity > Severity::Info {
            finding.notes.push(CURE.to_owned());
        }
    }
}
