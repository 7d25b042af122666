//! Calls of a function without a version or an alias, in a machine that names one elsewhere.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::jsonata::{self, Delimited};
use crate::asl::resource::{Request, Resource};
use crate::asl::{Language, State, StateType};
use crate::diagnostic::Label;
use crate::syntax::Node;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let tasks = cx.machine.states.iter().filter(|state| state.kind == Some(StateType::Task));
    let calls: Vec<(Node<'_>, &str, bool)> = tasks.filter_map(|state| called(cx, state)).collect();
    // A machine that pins no function has its reasons, or its own way to deploy.
    let Some((pinned, other, _)) = calls.iter().find(|(.., is_pinned)| *is_pinned) else { return };
    for (at, name, _) in calls.iter().filter(|(at, _, is_pinned)| !is_pinned && !at.is_aliased()) {
        let message = format!(
            "this runs what `{name}` is at the time: an execution that is under way when it is deployed goes on with other code"
        );
        let finding = sink.report(*at, message);
        finding.related.push(Label::new(pinned.span(), format!("`{other}` is called by a version or an alias")));
        finding.notes.push("an alias moves when a version is ready for it, and can be moved back".to_owned());
    }
}

/// The function that a Task calls: where it says so, its name, and whether a version or an alias stands with it. `None` where
/// that is not known.
fn called<'c, 'a>(cx: &'c Analysis<'a>, state: &State<'a>) -> Option<(Node<'a>, &'c str, bool)>
where
    'a: 'c,
{
    let (resource, errors) = cx.resource(state);
    if !errors.is_empty() || state.node.may_have_more() {
        return None;
    }
    match resource {
        Resource::Lambda { function, qualifier } => {
            let at = state.node.get("Resource").filter(|value| !value.is_open())?;
            Some((at, function, qualifier.is_some()))
        }
        Resource::Optimised { service, api, .. } if service == "lambda" && api == "invoke" => {
            let request = Request::of(state)?;
            let named = request.field("FunctionName").filter(|field| !field.is_dynamic)?;
            let at = Some(named.member.value).filter(|&value| is_literal(value, state.language))?;
            let (name, is_pinned) = function(at.as_str()?)?;
            Some((at, name, is_pinned || request.field("Qualifier").is_some()))
        }
        _ => None,
    }
}

fn is_literal(value: Node<'_>, language: Language) -> bool {
    let is_text = |text| language == Language::JsonPath || jsonata::expression_in(text) == Delimited::Literal;
    !value.is_open() && value.as_str().is_some_and(is_text)
}

/// The name of a function, and whether a version or an alias follows: `name`, `account:function:name`, or the whole ARN.
fn function(text: &str) -> Option<(&str, bool)> {
    let parts: Vec<&str> = text.split(':').collect();
    match parts[..] {
        [name] | [_, "function", name] | ["arn", _, "lambda", _, _, "function", name] => Some((name, false)),
        [name, _] | [_, "function", name, _] | ["arn", _, "lambda", _, _, "function", name, _] => Some((name, true)),
        _ => None,
    }
    .filter(|(name, _)| !name.is_empty())
}
