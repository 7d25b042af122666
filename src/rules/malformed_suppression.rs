//! Comments that are meant to suppress findings and do not.

use super::{Group, RULES, Sink};
use crate::analysis::Analysis;
use crate::asl::directive::directives;
use crate::text::nearest;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let source = cx.document.source;
    for directive in directives(cx.machine, &source.text, source.format) {
        if directive.names.is_empty() {
            let message = "this suppresses nothing: it names no rule; write `aslint: ignore[RULE] reason`";
            sink.report_at(directive.node, directive.span, message);
            continue;
        }
        for (name, span) in &directive.names {
            if super::find(name).is_none() && Group::parse(name).is_none() {
                let names = RULES.iter().map(|rule| rule.id).chain(Group::ALL.map(Group::as_str));
                let rest = match nearest(name, names.map(|name| (name, name))) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => "`aslint rules` lists them".to_owned(),
                };
                sink.report_at(directive.node, *span, format!("no rule or group is called `{name}`: {rest}"));
            }
        }
        if directive.reason.is_empty() {
            let message = "this suppresses nothing: it has no reason; write one behind the `]`";
            sink.report_at(directive.node, directive.span, message);
        }
    }
}
