//! Calls of library functions with arguments that they do not take.

use super::Sink;
use super::failing_operation::report;
use crate::analysis::Analysis;
use crate::asl::jsonata::library::{Function, Misfit, Origin};
use crate::asl::jsonata::{Types, What};
use crate::diagnostic::Severity;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for found in cx.inferred() {
        for fault in &found.inference.faults {
            let What::Arguments { function, misfit, types } = fault.what else { continue };
            let finding = report(&found, fault, word(function, misfit, types), sink);
            if function.origin == Origin::Service {
                finding.severity = Severity::Info;
                finding.notes.clear();
                finding.notes.push(
                    "the developer guide says how many it takes; what happens with others is not on record".to_owned(),
                );
            } else {
                finding.notes.push(format!("its signature in JSONata is `{}`", function.signature));
            }
        }
    }
}

fn word(function: &Function, misfit: Misfit, types: Types) -> String {
    let name = function.name;
    match misfit {
        Misfit::Type(n, wanted) => format!("argument {} of `${name}` is {wanted}, and this is {types}", n + 1),
        Misfit::Items(n, wanted) => {
            let items = match wanted {
                Types::NUMBER => "numbers",
                Types::STRING => "strings",
                _ => "objects",
            };
            format!("argument {} of `${name}` is an array of {items}, and this is {types}", n + 1)
        }
        Misfit::TooMany(n) => match n {
            0 => format!("`${name}` takes no argument"),
            1 => format!("`${name}` takes one argument, and this is a second"),
            _ => format!("`${name}` takes {n} arguments, and this is one more"),
        },
        Misfit::TooFew => {
            let (least, most) = function.arity();
            let range = match most {
                Some(most) if most == least => format!("{least}"),
                Some(most) => format!("{least} to {most}"),
                None => format!("{least} or more"),
            };
            format!("`${name}` takes {range} arguments, and one is missing")
        }
    }
}
