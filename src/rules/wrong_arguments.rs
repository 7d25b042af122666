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
            match &fault.what {
                What::Arguments { function, misfit, types, n_args } => {
                    let finding = report(&found, fault, word(function, *misfit, *types, *n_args), sink);
                    if function.origin == Origin::Service {
                        finding.severity = Severity::Info;
                        finding.notes = vec![COUNTS.to_owned()];
                    } else {
                        finding.notes.push(format!("its signature in JSONata is `{}`", function.signature));
                    }
                }
                What::Argument(function, problem) => {
                    let finding = report(&found, fault, problem.clone(), sink);
                    if function.origin == Origin::Service {
                        finding.severity = Severity::Warning;
                        finding.notes = vec![VALUES.to_owned()];
                    }
                }
                What::NoContext(function) => {
                    let name = function.name;
                    let message = format!(
                        "the first argument of `${name}` is missing, and no context stands for it: this gives nothing"
                    );
                    let finding = report(&found, fault, message, sink);
                    if !fault.is_fatal {
                        finding.notes.clear();
                    }
                    let signature = function.signature;
                    finding.notes.push(format!("its signature in JSONata is `{signature}`: what fits its first parameter is not there, and the service gives an expression no context"));
                }
                _ => {}
            }
        }
    }
}

const COUNTS: &str = "the developer guide says how many it takes; what happens with others is not on record";

const VALUES: &str = "the developer guide says what it takes; what happens with others is not on record";

fn word(function: &Function, misfit: Misfit, types: Types, n_args: usize) -> String {
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
        Misfit::TooMany(n) => {
            let count = counted(function);
            match n {
                0 => format!("`${name}` takes {count}"),
                1 => format!("`${name}` takes {count}, and this is a second"),
                _ => format!("`${name}` takes {count}, and this is one more"),
            }
        }
        Misfit::TooFew => {
            let (verb, n) = match n_args {
                0 => ("is", "none".to_owned()),
                1 => ("is", "one".to_owned()),
                _ => ("are", n_args.to_string()),
            };
            format!("`${name}` takes {}, and here {verb} {n}", counted(function))
        }
    }
}

/// How many arguments a function takes: `2 to 4 arguments`.
fn counted(function: &Function) -> String {
    match function.arity() {
        (_, Some(0)) => "no argument".to_owned(),
        (1, Some(1)) => "one argument".to_owned(),
        (least, Some(most)) if most == least => format!("{most} arguments"),
        (least, Some(most)) if most == least + 1 => format!("{least} or {most} arguments"),
        (least, Some(most)) => format!("{least} to {most} arguments"),
        (1, None) => "one argument or more".to_owned(),
        (least, None) => format!("{least} arguments or more"),
    }
}
