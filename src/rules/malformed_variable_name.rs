//! Keys of `Assign` that are no names of variables.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::variable_name::{self, Fault, MAX_LENGTH};
use crate::asl::{Language, StateId};
use crate::diagnostic::{Applicability, Fix, Refusal, Severity};
use crate::flow::variables::Assignment;
use crate::syntax::Node;
use crate::text::Span;

/// What the service answers; where it points is not on record.
const INVALID: Refusal = Refusal { code: "INVALID_VARIABLE_NAME", location: String::new() };
const RESERVED: Refusal = Refusal { code: "RESERVED_VARIABLE_NAME", location: String::new() };

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for assignment in cx.variables().assignments() {
        // In JSONata a key that ends in `.$` is a mistake of its own.
        let is_template_key =
            is_jsonata(cx, assignment.state) && assignment.written.len() > 2 && assignment.written.ends_with(".$");
        if let Some(fault) = variable_name::fault(assignment.written).filter(|_| !is_template_key) {
            report(assignment, fault, sink);
        }
    }
}

fn report(assignment: &Assignment<'_>, fault: Fault, sink: &mut Sink<'_>) {
    let (key, name) = (assignment.key, assignment.written);
    match fault {
        Fault::Empty => {
            sink.report(key, "the name of this variable is empty");
        }
        Fault::Reserved => {
            let finding = sink.report(key, "`states` is reserved: the service itself sets `$states`");
            finding.refusal = Some(RESERVED);
        }
        Fault::TooLong(length) => {
            let message =
                format!("the name of this variable has {length} characters; the service takes at most {MAX_LENGTH}");
            sink.report(key, message);
        }
        Fault::Start('_') => {
            let message = format!("`{name}` begins with `_`: the documentation wants a letter first");
            let finding = sink.report_at(key, part(key, 0, 1), message);
            finding.severity = Severity::Warning;
            finding.notes.push("what the service says to it is not on record".to_owned());
        }
        Fault::Start('$') if variable_name::fault(&name[1..]).is_none() => {
            let bare = &name[1..];
            let message = format!("`Assign` names variables without `$`: this one is `{bare}`");
            let finding = sink.report_at(key, part(key, 0, 1), message);
            finding.refusal = Some(INVALID);
            finding.fixes.push(Fix {
                title: format!("write `{}`", &key.content()[1..]),
                edits: vec![key.rewritten(&key.content()[1..])],
                applicability: Applicability::Unsafe,
            });
        }
        Fault::Start(first) => {
            let message = format!("`{name}` is no name of a variable: it begins with `{first}`, not with a letter");
            sink.report_at(key, part(key, 0, first.len_utf8()), message).refusal = Some(INVALID);
        }
        Fault::Part(found, at) => {
            let (message, end) = match found {
                '.' | '[' => {
                    let whole = &name[..at];
                    (format!("`{name}` is a part of a variable: `Assign` sets `{whole}` as a whole"), name.len())
                }
                _ => (
                    format!("`{name}` is no name of a variable: `{}` cannot stand in it", found.escape_debug()),
                    at + found.len_utf8(),
                ),
            };
            sink.report_at(key, part(key, at, end), message).refusal = Some(INVALID);
        }
    }
}

fn is_jsonata(cx: &Analysis<'_>, state: StateId) -> bool {
    cx.machine.state(state).language == Language::Jsonata
}

fn part(key: Node<'_>, start: usize, end: usize) -> Span {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    key.source_span(Span::new(offset(start), offset(end)))
}
