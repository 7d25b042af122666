//! Operators whose operands are certainly of a wrong type.

use super::Sink;
use crate::analysis::{Analysis, Inferred};
use crate::asl::jsonata::{Fault, Op, Types, What};
use crate::diagnostic::{Diagnostic, Severity};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for found in cx.inferred() {
        for fault in &found.inference.faults {
            if let Some(message) = word(&fault.what) {
                report(&found, fault, message, sink);
            }
        }
    }
}

/// A finding at a place of an expression that fails. It is a warning where the place may not be evaluated.
pub(super) fn report<'s>(
    found: &Inferred<'_, '_>,
    fault: &Fault,
    message: String,
    sink: &'s mut Sink<'_>,
) -> &'s mut Diagnostic {
    let finding = sink.report_at(found.expression.node, found.source_span(fault.span), message);
    let mut note = match fault.what {
        // A bare name is refused where there is no context; whether one that is called is too is not on record.
        What::Bare | What::Intrinsic => "the state fails with `States.QueryEvaluationError`".to_owned(),
        _ if fault.is_fatal && !fault.is_certain => {
            "the service accepts it, and the state fails with `States.QueryEvaluationError`: here, or as nothing comes of it"
                .to_owned()
        }
        _ => "the service accepts it, and the state fails with `States.QueryEvaluationError`".to_owned(),
    };
    if !fault.is_fatal {
        finding.severity = Severity::Warning;
        note += " when this part is evaluated and has its values";
    }
    finding.notes.push(note);
    finding
}

fn word(what: &What) -> Option<String> {
    Some(match what {
        What::NotNumber(op, types) => format!("`{}` takes numbers, and this is {types}", sign(*op)),
        What::NotNegatable(types) => format!("`-` takes a number, and this is {types}"),
        What::NotComparable(op, types) => format!("`{}` compares numbers or strings, and this is {types}", sign(*op)),
        What::Uncomparable(op, left, right) => {
            format!("`{}` compares values of one type, and these are {left} and {right}", sign(*op))
        }
        What::NotInteger(types) if *types == Types::NUMBER => {
            "`..` takes whole numbers, and this is a fraction".to_owned()
        }
        What::NotInteger(types) => format!("`..` takes whole numbers, and this is {types}"),
        What::LongRange(length) => format!("this range has {length} numbers, and the most is 10,000,000"),
        What::NotKey(types) => format!("the key of an object is a string, and this is {types}"),
        What::NotSortable(types) => format!("a sort compares numbers or strings, and this key is {types}"),
        What::NotUpdate(types) => format!("a transformation merges an object into what it finds, and this is {types}"),
        What::NotFields(types) => {
            format!("a transformation deletes fields by their names, and this is {types}")
        }
        What::Unknown
        | What::Unsupported
        | What::Bare
        | What::Intrinsic
        | What::NotFunction(_)
        | What::Variable
        | What::NoContext(_)
        | What::Argument(..)
        | What::Arguments { .. } => {
            return None;
        }
    })
}

fn sign(op: Op) -> &'static str {
    match op {
        Op::Add => "+",
        Op::Subtract => "-",
        Op::Multiply => "*",
        Op::Divide => "/",
        Op::Remainder => "%",
        Op::Less => "<",
        Op::LessOrEqual => "<=",
        Op::Greater => ">",
        Op::GreaterOrEqual => ">=",
        Op::Range => "..",
        Op::Concat => "&",
        Op::Equal => "=",
        Op::NotEqual => "!=",
        Op::In => "in",
        Op::And => "and",
        Op::Or => "or",
        Op::Chain => "~>",
        Op::Elvis => "?:",
        Op::Coalesce => "??",
    }
}
