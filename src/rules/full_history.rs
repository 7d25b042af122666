//! Loops that count further than the history of an execution reaches.

use super::Sink;
use super::polling_without_wait::HISTORY;
use crate::analysis::{Analysis, MachineType};
use crate::diagnostic::{Label, Severity};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for count in cx.loops().counts(|field| cx.whole_number(field)) {
        let runs_as = cx.runs_as(cx.machine.state(count.states[0]).scope);
        // An express execution has no history, and ends after five minutes.
        if !matches!(runs_as, Some((MachineType::Standard, _)))
            || count.n_rounds.saturating_mul(count.n_events) <= HISTORY
        {
            continue;
        }
        let (name, n_rounds, n_events) = (&count.name, count.n_rounds, count.n_events);
        let who = if count.is_only_way_out {
            "an execution that gets here"
        } else {
            "an execution that nothing else lets out"
        };
        let message = format!(
            "{who} fails in round {} of {n_rounds}: a round makes {n_events} events or more, and a history holds 25,000",
            HISTORY / n_events + 1
        );
        let finding = sink.report(count.limit, message);
        if !count.is_only_way_out {
            finding.severity = Severity::Info;
        }
        finding.related.push(Label::new(count.step.span(), format!("each round changes `{name}` here")));
        finding.notes.push(
            "a Distributed Map runs its items as executions with histories of their own, and an execution can start another that goes on"
                .to_owned(),
        );
    }
}
