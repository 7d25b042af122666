//! Choice rules that ask what an earlier one asks.

use super::Sink;
use crate::analysis::Analysis;
use crate::diagnostic::{Applicability, Label, Severity};
use crate::symex::{Because, Verdict};
use crate::syntax::edit::removed;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for (state, proved) in cx.reached_choices() {
        for (rule, verdict) in state.rules().iter().zip(&proved.rules) {
            let Verdict::Dead(Because::Duplicate(first)) = *verdict else { continue };
            let (Some(operator), Some(other)) = (rule.operators.first(), state.rules().get(first)) else { continue };
            let [target, other_target] = [rule, other].map(|rule| rule.next.and_then(|next| next.value.as_str()));
            let leads_elsewhere = target != other_target;
            let message = match other_target {
                Some(name) if leads_elsewhere => {
                    format!("this rule is never taken: `Choices[{first}]` asks the same and leads to `{name}`")
                }
                _ => format!("this rule is never taken: `Choices[{first}]` asks the same"),
            };
            let finding = sink.report(operator.key, message);
            if !leads_elsewhere {
                finding.severity = Severity::Info;
                finding.offer(Applicability::Safe, "remove it", removed(&[rule.node]));
            }
            if let Some(operator) = other.operators.first() {
                finding.related.push(Label::new(operator.key.token(), "this asks the same"));
            }
        }
    }
}
