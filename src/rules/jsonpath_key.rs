//! Keys that end in `.$`, as the templates of JSONPath have them, in JSONata states.

use std::collections::{BTreeSet, HashSet};

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::jsonata::{Delimited, expression_in};
use crate::asl::literal::{self, Reading};
use crate::asl::path::{self, Root};
use crate::asl::sites::{Role, Site, dynamic_members};
use crate::asl::{Field, State};
use crate::diagnostic::{Applicability, Fix, Severity};
use crate::syntax::{Kind, Node};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let variables = cx.assigned();
    let is_certain = |site: &&Site<'_>| cx.machine.is_language_certain(cx.machine.state(site.state));
    for site in cx.sites().iter().filter(|site| site.role == Role::Jsonata).filter(is_certain) {
        if dynamic_members(site.field.value).next().is_none() {
            continue;
        }
        let objects = site.field.value.descendants().filter(|node| node.kind() == Kind::Object);
        let names: HashSet<(Option<usize>, &str)> = objects
            .flat_map(|object| object.members().map(move |member| (Some(object.index()), member.name())))
            .collect();
        for member in dynamic_members(site.field.value).filter(|member| !member.key.has_hole()) {
            let Some(plain) = member.name().strip_suffix(".$").filter(|plain| !plain.is_empty()) else { continue };
            let text = member.value.as_str().filter(|_| !member.value.is_open()).unwrap_or_default();
            let inner = match expression_in(text) {
                Delimited::Literal => expression(cx.machine.state(site.state), site, text, variables),
                _ => None,
            };
            // Half a fix would leave a text that looks like an expression.
            let is_untold = inner == Some(None);
            let is_variable = is_name_of_variable(site, member);
            let message = if is_variable {
                format!("`{}` is no name of a variable: in JSONata `.$` is part of the key", member.name())
            } else {
                "`.$` stays in the key: in JSONata it has no meaning".to_owned()
            };
            let refusal = is_variable.then(|| sink.refusal("INVALID_VARIABLE_NAME", site.field.value)).flatten();
            let finding = sink.report_at(member.key, literal::mark(member.key), message);
            if is_variable {
                finding.severity = Severity::Error;
                finding.refusal = refusal;
            } else if inner.is_none() && expression_in(text) == Delimited::Literal {
                finding.severity = Severity::Info;
            }
            if is_untold {
                finding.notes.push(UNTOLD.to_owned());
            }
            if is_untold || names.contains(&(member.key.parent().map(Node::index), plain)) {
                continue;
            }
            let mut edits = vec![member.key.rewritten(plain)];
            if let Some(Some(inner)) = &inner {
                edits.push(member.value.rewritten(&format!("{{% {inner} %}}")));
            }
            finding.fixes.push(Fix {
                title: format!("rename the key to `{plain}`"),
                edits,
                applicability: Applicability::Unsafe,
            });
        }
    }
}

const UNTOLD: &str = "in JSONata the value is an expression between `{%` and `%}`: the input is `$states.input`, the result of a \
                      Task, Map or Parallel `$states.result`, and functions have other names";

/// Whether a literal string reads as an expression, and how it is told in JSONata where that is clear.
fn expression(state: &State<'_>, site: &Site<'_>, text: &str, variables: &BTreeSet<&str>) -> Option<Option<String>> {
    if let Some(inner) = literal::jsonata(text, variables) {
        return Some(Some(inner.to_owned()));
    }
    // What `$` is in the other fields depends on the state.
    let is_clear = |root: &Root| *root != Root::Document || literal::is_about_input(state, site);
    Some(match literal::jsonpath(text, variables)? {
        Reading::Path(path) => literal::translated(&path).filter(|_| is_clear(&path.root)),
        Reading::Root => {
            let path = path::parse(text).0;
            literal::translated(&path).filter(|_| is_clear(&path.root))
        }
        Reading::Intrinsic => None,
    })
}

/// Whether it is a member of `Assign` itself, which names a variable.
fn is_name_of_variable(site: &Site<'_>, member: Field<'_>) -> bool {
    let assign = site.field.value;
    site.field.name() == "Assign"
        && assign.kind() == Kind::Object
        && member.key.parent().is_some_and(|parent| parent.index() == assign.index())
}
