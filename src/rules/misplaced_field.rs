//! Fields that the language has, but not here.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::{Comparator, Field, Language, StateType};
use crate::diagnostic::Label;
use crate::schema::{Fault, Home, Owner, Part, listing};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for stray in cx.machine.scopes.iter().flat_map(|scope| &scope.strays) {
        let name = stray.name();
        sink.refuse(
            stray.key,
            stray.value,
            format!("`{name}` belongs beside `States`: whatever stands inside it is a state"),
        );
    }
    for violation in cx.violations() {
        let (Fault::Misplaced(home), Some(field)) = (&violation.fault, violation.field) else { continue };
        let finding = sink.refuse(violation.node, violation.refused_at(), message(field, violation.owner, home));
        if let Home::Language(_) = home
            && let Some(counterpart) = counterpart(field.name(), violation.owner.part)
        {
            finding.notes.push(format!("in {} {counterpart} takes its place", violation.owner.language));
        }
        if let Home::Language(needed) = home
            && let Some(state) = cx.machine.state_at(violation.node.index())
            && let Some((owner, own)) = cx.machine.unreaching_language(state)
            && owner.language == *needed
        {
            let name = owner.name();
            finding.notes.push(format!(
                "the query language of `{name}` does not reach the states inside: one that names none has the machine's"
            ));
            finding.related.push(Label::new(own.value.span(), format!("this is for the fields of `{name}` alone")));
        }
    }
}

fn message(field: Field<'_>, owner: Owner<'_>, home: &Home) -> String {
    let name = field.name();
    let here = owner.part.describe();
    match home {
        Home::Language(needed) => {
            format!("`{name}` is for {needed} only, and the query language of this state is {}", owner.language)
        }
        Home::States(kinds, language) => {
            let language = language.map(Language::as_str).map(|name| format!("{name} ")).unwrap_or_default();
            let names: Vec<&str> = kinds.iter().copied().map(StateType::as_str).collect();
            format!("{here} has no `{name}`; {language}{} states do", listing(&names, "and"))
        }
        Home::Parts(parts) => {
            let names: Vec<&str> = parts.iter().copied().map(Part::describe).collect();
            let verb = if names.len() == 1 { "does" } else { "do" };
            format!("{here} has no `{name}`; {} {verb}", listing(&names, "and"))
        }
    }
}

/// What does the work of a field in the other query language.
fn counterpart(name: &str, part: Part) -> Option<&'static str> {
    use StateType::{Choice, Fail, Pass, Succeed, Wait};
    Some(match name {
        "Parameters" => "`Arguments`",
        "Arguments" => "`Parameters`",
        "ResultSelector" | "ResultPath" | "OutputPath" => "`Output`",
        "Output" => match part {
            Part::State(Pass) => "`Parameters`, `ResultPath` or `OutputPath`",
            Part::State(Wait | Choice | Succeed | Fail) => "`OutputPath`",
            _ => "`ResultSelector`, `ResultPath` or `OutputPath`",
        },
        "InputPath" => "`$states.input`",
        "ItemsPath" => "`Items`",
        "Items" => "`ItemsPath`",
        "Variable" | "And" | "Or" | "Not" => "`Condition`",
        "Condition" => "`Variable` with a comparator",
        "TimeoutSecondsPath" => "an expression in `TimeoutSeconds`",
        "HeartbeatSecondsPath" => "an expression in `HeartbeatSeconds`",
        "SecondsPath" => "an expression in `Seconds`",
        "TimestampPath" => "an expression in `Timestamp`",
        "MaxConcurrencyPath" => "an expression in `MaxConcurrency`",
        "ToleratedFailurePercentagePath" => "an expression in `ToleratedFailurePercentage`",
        "ToleratedFailureCountPath" => "an expression in `ToleratedFailureCount`",
        "ErrorPath" => "an expression in `Error`",
        "CausePath" => "an expression in `Cause`",
        "MaxItemsPath" => "an expression in `MaxItems`",
        _ if Comparator::parse(name).is_some() => "`Condition`",
        _ => return None,
    })
}
