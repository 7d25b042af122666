//! Turns an execution into a JSON document, as `schemas/run-1.json` describes it.
//!
//! All members are always there, `null` where they say nothing. One event is one line, so that histories can be compared with
//! the tools that compare text.

use serde::Serialize;
use serde_json::json;

use super::super::Places;
use super::super::history;
use super::super::json::{Range, range};
use super::{Executed, seconds};
use crate::eval::execution::Failure;
use crate::eval::{Status, Value};

/// The place of the machine at fault.
#[derive(Serialize)]
struct At<'a> {
    file: &'a str,
    range: Range,
    state: &'a str,
    pointer: &'a str,
}

pub(super) fn document(executed: Executed<'_>) -> String {
    let Executed { source, machine, execution } = executed;
    let (mut output, mut error, mut cause) = ("null".to_owned(), None, None);
    let status = match &execution.status {
        Status::Succeeded(value) => {
            output = value.to_json();
            "SUCCEEDED"
        }
        Status::Failed(Failure { error: name, cause: text, .. }) => {
            (error, cause) = (name.as_deref(), text.as_deref());
            "FAILED"
        }
        // As the service describes it (recorded): an execution that timed out has neither error nor cause.
        Status::TimedOut => "TIMED_OUT",
        Status::Aborted { reason, .. } => {
            cause = Some(&**reason);
            "ABORTED"
        }
    };
    let places = Places::new(source);
    let fault = executed.fault();
    let at = fault.as_ref().map(|fault| At {
        file: &source.name,
        range: range(&places, fault.primary.span),
        state: &fault.state,
        pointer: &fault.pointer,
    });
    let states: Vec<_> = execution.entered().map(|state| machine.state(state).name()).collect();
    let events: Vec<_> = history::events(machine, &execution.events).iter().map(Value::to_json).collect();
    let seconds = seconds(execution.end - executed.start());
    let (error, cause, states, at) = (json!(error), json!(cause), json!(states), line(&at));
    format!(
        "{{\"version\":1,\"status\":\"{status}\",\n\"output\":{output},\n\"error\":{error},\"cause\":{cause},\"at\":{at},\n\
         \"seconds\":{seconds},\"states\":{states},\n\"events\":[\n{}\n]}}\n",
        events.join(",\n")
    )
}

fn line(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("strings and numbers always serialise")
}
