//! What an editor tells of the place under the cursor.

use gen_lsp_types::{Contents, Hover, MarkupContent, MarkupKind};

use super::reading::Reading;
use crate::analysis::spot::{Spot, Thing};
use crate::analysis::{Analysis, Symbol};
use crate::asl::{StateId, error_name, jsonata};
use crate::flow::shape::{Member, Presence, Shape};
use crate::flow::variables::VariableId;
use crate::rules::{self, Rule};
use crate::schema::{FieldOf, listing};
use crate::syntax::Node;
use crate::text::Span;

/// Longest shape that is shown.
const LONGEST: usize = 400;

/// What stands at an offset, in words. A client that shows no Markdown gets the same without its marks.
pub(super) fn hover(reading: &Reading<'_>, offset: u32, markdown: bool) -> Option<Hover> {
    let told =
        reading.ask(offset, |analysis| analysis.spot(offset).map(|spot| (spot.span, tell(analysis, &spot)))).flatten();
    let (span, lines) =
        told.or_else(|| rule_in_configuration(reading, offset)).filter(|(_, lines)| !lines.is_empty())?;
    let text = lines.join("\n\n");
    let kind = if markdown { MarkupKind::Markdown } else { MarkupKind::PlainText };
    let value = if markdown { text } else { text.replace("**", "").replace('`', "") };
    Some(Hover {
        contents: Contents::MarkupContent(MarkupContent { kind, value }),
        range: Some(reading.open.range(span)),
    })
}

fn tell(analysis: &Analysis<'_>, spot: &Spot<'_>) -> Vec<String> {
    match &spot.thing {
        Thing::Symbol(Symbol::State(state)) => state_told(analysis, *state),
        Thing::Symbol(Symbol::Variable(variable)) => variable_told(analysis, *variable),
        Thing::Field(part, language, field) => field_told(&format!("{} in {language}", part.describe()), field),
        Thing::Error(name, state) => error_told(analysis, name, *state),
        Thing::Resource(state) => {
            let (resource, _) = analysis.resource(analysis.machine.state(*state));
            let mut lines = vec![format!("The state {}.", resource.describe())];
            if let Some(known) = resource.integration() {
                let needed: Vec<String> =
                    known.required.iter().chain(&known.documented).map(|name| format!("`{name}`")).collect();
                if !needed.is_empty() {
                    lines.push(format!("The request needs {}.", listing(&needed, "and")));
                }
            }
            lines
        }
        Thing::Intrinsic(function) => {
            let (parameters, gives) = function.manual();
            vec![format!("**{}**(`{parameters}`)", function.name()), gives.to_owned()]
        }
        Thing::Function(function) => {
            let (parameters, gives) = jsonata::manual(function.name).unwrap_or_default();
            vec![format!("**${}**(`{parameters}`)", function.name), gives.to_owned()]
        }
        Thing::Read(text, member) => read_told(text, member),
        Thing::Rule(name) => rules::find(name).map(rule_told).unwrap_or_default(),
    }
}

fn state_told(analysis: &Analysis<'_>, id: StateId) -> Vec<String> {
    let state = analysis.machine.state(id);
    let kind = state.kind.map_or("state".to_owned(), |kind| format!("{kind} state"));
    let mut lines = vec![format!("**{}**, a {kind} of {}", state.name(), analysis.machine.describe_scope(state.scope))];
    if let Some(comment) = state.node.get("Comment").and_then(Node::as_str) {
        lines.push(comment.to_owned());
    }
    lines.push(analysis.deed(state));
    let ways = analysis.ways_in(state);
    lines.push(if ways.is_empty() {
        "Nothing leads here.".to_owned()
    } else {
        format!("Reached from {}.", listing(&ways, "and"))
    });
    if let Some(ways) = analysis.ways_out(state) {
        lines.push(format!("Leads to {ways}."));
    }
    let shapes = analysis.shapes().state(id);
    if shapes.input.is_never() {
        lines.push("No execution gets here.".to_owned());
    } else {
        lines.push(format!("Input: `{}`", shape(&shapes.input)));
        lines.push(format!("Output: `{}`", shape(&shapes.output)));
    }
    let errors = analysis.errors_leaving(state);
    if !errors.is_empty() {
        lines.push(format!("Errors that leave it: {}.", listing(&errors, "and")));
    }
    lines
}

fn variable_told(analysis: &Analysis<'_>, id: VariableId) -> Vec<String> {
    let variable = analysis.variables().variable(id);
    let mut by: Vec<String> = analysis
        .variables()
        .assignments_of(id)
        .map(|assignment| format!("`{}`", analysis.machine.state(assignment.state).name()))
        .collect();
    by.dedup();
    vec![
        format!("**${}**, a variable of {}", variable.name, analysis.machine.describe_scope(variable.scope)),
        format!("Set by {}.", listing(&by, "and")),
        format!("Holds `{}`", shape(analysis.shapes().variable(id))),
    ]
}

fn field_told(owner: &str, field: &FieldOf) -> Vec<String> {
    let mut lines = vec![format!("**{}** of {owner}", field.name), field.description.to_owned()];
    if field.values.len() > 1 {
        let values: Vec<String> = field.values.iter().map(|value| format!("`{value}`")).collect();
        lines.push(format!("One of {}.", listing(&values, "or")));
    }
    if field.is_required {
        lines.push("It has to be there.".to_owned());
    }
    lines
}

fn error_told(analysis: &Analysis<'_>, name: &str, state: StateId) -> Vec<String> {
    let state = analysis.machine.state(state);
    let meaning = error_name::meaning(name);
    let mut lines = vec![format!("**{name}**"), meaning.unwrap_or("An error with a name of its own.").to_owned()];
    if !analysis.may_fail_with(state, name) {
        lines.push(format!("`{}` does not fail with it.", state.name()));
    }
    lines
}

fn read_told(text: &str, member: &Member) -> Vec<String> {
    let found = format!("`{text}`: `{}`", shape(&member.shape));
    match member.presence {
        Presence::Absent => vec![format!("`{text}`: no execution finds anything here")],
        Presence::May => vec![found, "It may not be there.".to_owned()],
        Presence::Must => vec![found],
    }
}

fn rule_told(rule: &Rule) -> Vec<String> {
    let page = rule.page();
    let mut lines =
        vec![format!("**{}** ({}, {})", rule.id, page.severity, page.group.as_str()), page.summary.to_owned()];
    lines.push(page.body.to_owned());
    lines
}

/// A rule that a configuration names.
fn rule_in_configuration(reading: &Reading<'_>, offset: u32) -> Option<(Span, Vec<String>)> {
    if !reading.open.is_a_configuration() {
        return None;
    }
    let node = reading.open.tree().root().innermost(offset);
    Some((node.token(), rule_told(rules::find(node.as_str()?)?)))
}

fn shape(shape: &Shape) -> String {
    let text = shape.to_string().replace('`', "'");
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
