//! Turns what a state says of time into when it certainly fails.

use super::super::Reason;
use super::super::atom::{Sort, Tag};
use super::Building;
use super::pipeline::View;
use crate::asl::{Language, Order, State, StateType};
use crate::syntax::Node;

impl<'t> Building<'_, 't> {
    /// Whether a Wait alone takes longer than the whole execution may.
    pub(super) fn is_too_long(&self, wait: &State<'t>) -> bool {
        let seconds = |node: Option<Node<'t>>| node.filter(|node| !node.is_open())?.as_f64();
        let most = seconds(self.facts.machine.node.get("TimeoutSeconds"));
        // The children of a Distributed Map are executions of their own.
        let waits = seconds(wait.node.get("Seconds")).filter(|_| self.n_children == 0);
        waits.zip(most).is_some_and(|(waits, most)| waits > most)
    }

    /// How long a state waits, or may take, where an expression says so: what it comes to is a number, or a timestamp.
    pub(super) fn times(&mut self, state: &State<'t>, view: &mut View) {
        let names: &[&str] = match (state.kind, state.language) {
            (Some(StateType::Task), Language::JsonPath) => &["TimeoutSecondsPath", "HeartbeatSecondsPath"],
            (Some(StateType::Task), Language::Jsonata) => &["TimeoutSeconds", "HeartbeatSeconds"],
            (Some(StateType::Wait), Language::JsonPath) => &["SecondsPath", "TimestampPath"],
            (Some(StateType::Wait), Language::Jsonata) => &["Seconds", "Timestamp"],
            _ => return,
        };
        for field in names.iter().filter_map(|name| state.field(name)) {
            let value = match state.language {
                Language::JsonPath => self.path_field(Some(field.value), view.document, view),
                Language::Jsonata => self.evaluated(field.value, view),
            };
            let world = &mut self.store.world;
            let [is_number, is_text] = [Tag::Num, Tag::Str].map(|tag| world.is(value, tag));
            let (fits, avoided) = if field.name().starts_with("Timestamp") {
                let is_timestamp = world.is_timestamp(value);
                (is_text, is_timestamp.negate())
            } else {
                let zero = world.constant(0.into());
                let is_negative = world.compare(Sort::Num, Order::LessThan, value, zero);
                // Digits in a text count.
                (world.terms.or(is_number, is_text), world.terms.any([is_text, is_negative]))
            };
            world.avoid(avoided);
            view.fails = world.terms.or(view.fails, fits.negate());
        }
        // How long it waits, a placeholder says.
        let is_placeholder = |name: &&str| state.field(name).is_some_and(|field| field.value.is_open());
        if state.kind == Some(StateType::Wait) && ["Seconds", "Timestamp"].iter().any(is_placeholder) {
            let fails = self.store.world.free(Reason::Open);
            view.fails = self.store.world.terms.or(view.fails, fails);
        }
    }
}
