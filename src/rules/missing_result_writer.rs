//! Distributed Maps over a data set that hand on all results as one array.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::jsonata::{self, Delimited};
use crate::asl::sites::strings;
use crate::asl::{Language, Machine, Mode, State, StateType};
use crate::syntax::Kind;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| cx.machine.mode(state) == Some(Mode::Distributed)) {
        let Some(reader) = state.field("ItemReader") else { continue };
        let is_discarded = match state.language {
            Language::JsonPath => state.node.get("ResultPath").is_some_and(|path| path.kind() == Kind::Null),
            Language::Jsonata => state
                .node
                .get("Output")
                .is_some_and(|output| !strings(output).any(|text| text.is_open() || text.content().contains("result"))),
        };
        if state.node.may_have_more() || state.field("ResultWriter").is_some() || is_discarded {
            continue;
        }
        // Whoever bounds the number of items has thought of it.
        let config = reader.value.get("ReaderConfig");
        let is_bounded =
            config.is_some_and(|config| ["MaxItems", "MaxItemsPath"].iter().any(|name| config.get(name).is_some()));
        if is_bounded || gives_little(cx.machine, state) {
            continue;
        }
        let message = "the outputs of all child executions come back as one array: above 256 KiB the Map fails with `States.DataLimitExceeded`";
        let finding = sink.report(reader.key, message);
        finding.notes.push("`ResultWriter` exports them to S3, and the state gives the place instead".to_owned());
    }
}

/// Whether what each child execution gives is written in the machine.
fn gives_little(machine: &Machine<'_>, map: &State<'_>) -> bool {
    let scopes = map.scopes().iter().map(|&scope| machine.scope(scope));
    let mut ends = scopes.flat_map(|scope| machine.states_of(scope)).filter(|state| state.is_terminal());
    ends.all(|state| match (state.kind, state.language) {
        (Some(StateType::Fail), _) => true,
        (_, Language::Jsonata) => state.node.get("Output").is_some_and(|output| {
            !strings(output).any(|text| jsonata::expression_in(text.content()) != Delimited::Literal)
        }),
        (Some(StateType::Pass), Language::JsonPath) => {
            state.node.get("Result").is_some() && state.node.get("ResultPath").is_none()
        }
        _ => false,
    })
}
