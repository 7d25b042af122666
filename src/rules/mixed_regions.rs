//! Functions and activities of more than one region or partition in one machine.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::StateType;
use crate::asl::resource::Resource;
use crate::diagnostic::Label;
use crate::syntax::Node;
use crate::text::Span;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let mut firsts: [Option<(&str, Node<'_>, Span)>; 2] = [None, None];
    for state in cx.machine.states.iter().filter(|state| state.kind == Some(StateType::Task)) {
        let Some(value) = state.node.get("Resource").filter(|value| !value.is_open()) else { continue };
        let (resource, errors) = cx.resource(state);
        let Some(text) = value.as_str().filter(|_| errors.is_empty()) else { continue };
        let has_region = matches!(resource, Resource::Lambda { .. } | Resource::Activity { .. });
        for (first, (name, number)) in firsts.iter_mut().zip([("partition", 1), ("region", 3)]) {
            if number == 3 && !has_region {
                continue;
            }
            let Some((part, at)) = part(text, number) else { continue };
            let &mut (known, node, span) = first.get_or_insert((part, value, at));
            if known == part {
                continue;
            }
            let message = format!(
                "this is in {name} `{part}`, and the machine calls `{known}` too: a machine reaches its own {name} only"
            );
            let finding = sink.report_at(value, value.source_span(at), message);
            finding.related.push(Label::new(node.source_span(span), format!("the first {name} that is called")));
            break;
        }
    }
}

/// The part of this number of an ARN, where it is a name.
fn part(arn: &str, number: usize) -> Option<(&str, Span)> {
    let start: usize = arn.split(':').take(number).map(|part| part.len() + 1).sum();
    let part = arn.split(':').nth(number)?;
    let is_name = part.contains("aws") || part.bytes().filter(|&byte| byte == b'-').count() >= 2;
    let at = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    is_name.then(|| (part, Span::new(at(start), at(start + part.len()))))
}
