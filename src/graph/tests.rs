//! Transitions, what follows from them, and what does not.

use super::*;
use crate::asl::lower;
use crate::syntax::{Format, parse};

/// What the graph says of the machine with these states: unreached, endless, and what wrong names and loose ends cut off.
fn verdict(start: &str, states: &str) -> String {
    let text = format!("{{\"StartAt\": \"{start}\", \"States\": {{{states}}}}}");
    let tree = parse(&text.as_str().into(), Format::Json);
    let machine = lower(tree.root());
    let graph = Graph::new(&machine);
    let names =
        |states: &[StateId]| states.iter().map(|&state| machine.state(state).name()).collect::<Vec<_>>().join(" ");
    let all: Vec<StateId> = machine.states.iter().map(|state| state.id).collect();
    let unreached: Vec<StateId> = all.iter().copied().filter(|&state| !graph.is_reachable(state)).collect();
    let endless: Vec<StateId> = all.iter().copied().filter(|&state| !graph.can_end(state)).collect();
    let mut said = Vec::new();
    for (word, states) in [("unreached", unreached), ("endless", endless)] {
        if !states.is_empty() {
            said.push(format!("{word} {}", names(&states)));
        }
    }
    for unresolved in graph.unresolved() {
        said.push(
            format!("{} cuts off {}", unresolved.field.value.content(), names(&unresolved.cuts_off))
                .trim_end()
                .to_owned(),
        );
    }
    for end in graph.loose_ends().iter().filter(|end| !end.cuts_off.is_empty()) {
        said.push(format!("{} loses {}", machine.state(end.state).name(), names(&end.cuts_off)));
    }
    said.join("; ")
}

const A_TO_B: &str = r#""A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "End": true}"#;

#[test]
fn what_is_wrong_and_what_follows_from_it() {
    for (states, expected) in [
        ("", ""),
        (r#""U": {"Type": "Pass", "End": true}"#, "unreached U"),
        (r#""U": {"Type": "Pass", "Next": "V"}, "V": {"Type": "Pass", "Next": "U"}"#, "unreached U V; endless U V"),
        (r#""U": {"Type": "Pass", "Next": "U"}"#, "unreached U; endless U"),
    ] {
        let states = if states.is_empty() { A_TO_B.to_owned() } else { format!("{A_TO_B}, {states}") };
        assert_eq!(verdict("A", &states), expected, "{states}");
    }
}

#[test]
fn a_wrong_name_takes_what_it_cuts_off() {
    for (states, expected) in [
        // The nearest name, and what only it leads to.
        (
            r#""A": {"Type": "Pass", "Next": "Shp"}, "Ship": {"Type": "Pass", "Next": "Done"}, "Done": {"Type": "Succeed"}"#,
            "Shp cuts off Ship Done",
        ),
        // No near name, one way in.
        (
            r#""A": {"Type": "Pass", "Next": "Elsewhere"}, "Ship": {"Type": "Pass", "End": true}"#,
            "Elsewhere cuts off Ship",
        ),
        // Two wrong names, two ways in.
        (
            r#""A": {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true, "Next": "Foo"}], "Default": "Bar"}, "U": {"Type": "Succeed"}, "V": {"Type": "Succeed"}"#,
            "Bar cuts off U; Foo cuts off V",
        ),
        // One wrong name cannot explain two ways in.
        (
            r#""A": {"Type": "Pass", "Next": "Elsewhere"}, "U": {"Type": "Succeed"}, "V": {"Type": "Succeed"}"#,
            "unreached U V; Elsewhere cuts off",
        ),
        // Nor three names that are equally near.
        (
            r#""A": {"Type": "Pass", "Next": "Step9"}, "Step1": {"Type": "Succeed"}, "Step2": {"Type": "Succeed"}, "Step3": {"Type": "Succeed"}"#,
            "unreached Step1 Step2 Step3; Step9 cuts off",
        ),
        // A name that is wrong inside what a wrong name cuts off.
        (
            r#""A": {"Type": "Pass", "Next": "Shp"}, "Ship": {"Type": "Pass", "Next": "Notfy"}, "Notify": {"Type": "Succeed"}"#,
            "Shp cuts off Ship; Notfy cuts off Notify",
        ),
    ] {
        assert_eq!(verdict("A", states), expected, "{states}");
    }
    assert_eq!(verdict("Start", A_TO_B), "Start cuts off A B", "a wrong start takes everything");
    assert_eq!(verdict("a", A_TO_B), "a cuts off A B");
}

#[test]
fn a_state_without_transition_takes_what_comes_next() {
    for (states, expected) in [
        (r#""A": {"Type": "Pass"}, "B": {"Type": "Pass", "End": true}"#, "A loses B"),
        (r#""A": {"Type": "Pass"}, "B": {"Type": "Pass"}, "C": {"Type": "Succeed"}"#, "A loses B; B loses C"),
        (r#""A": {"Type": "Pass"}, "U": {"Type": "Succeed"}, "V": {"Type": "Succeed"}"#, "unreached U V"),
        (r#""A": {"Type": "Choice"}, "B": {"Type": "Succeed"}"#, "A loses B"),
        (r#""A": {"Type": "Succed"}, "B": {"Type": "Pass", "End": true}"#, "A loses B"),
        // A catcher leads on from a failure only: the state may have been meant to end.
        (
            r#""A": {"Type": "Task", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "B"}]}, "B": {"Type": "Pass", "Next": "A"}"#,
            "",
        ),
    ] {
        assert_eq!(verdict("A", states), expected, "{states}");
    }
}

/// Whatever hides a transition hides what it leads to: nothing is concluded.
#[test]
fn what_is_not_known_accuses_nobody() {
    let tail = r#""B": {"Type": "Pass", "Next": "C"}, "C": {"Type": "Succeed"}"#;
    for state in [
        r#"{"Type": "Pass", "Next": "${Next}"}"#,
        r#"{"Type": "Pass", "Next": ${Next}}"#,
        r#"{"Type": "Choice", "Choices": ${Choices}, "Default": "C"}"#,
        r#"{"Type": "Choice", "Choices": ${Choices}, "Default": "A"}"#,
        r#"{"Type": "Choice", "Choices": [${Rule}], "Default": "C"}"#,
        r#"{"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true, "${Next}": "B"}], "Default": "C"}"#,
        r#"{"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true}], "Default": "C"}"#,
        r#"{"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true, "next": "B"}], "Default": "C"}"#,
        r#"{"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true, "Next": "C"}, foo], "Default": "C"}"#,
        r#"{"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true, "Next": "C"}], "default": "B"}"#,
        r#"{"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true, "Next": "C"}], "${K}": "B"}"#,
        r#"{"Type": "Task", "Catch": ${Catch}, "Next": "C"}"#,
        r#"{"Type": "Task", "catch": [{"ErrorEquals": ["E"], "Next": "B"}], "Next": "C"}"#,
        r#"{"Type": "Task", "Catch": [{"ErrorEquals": ["E"], "next": "B"}], "Next": "C"}"#,
        r#"{"Type": "Task", "nextt": "B", "End": true}"#,
        r#"{"Type": "${T}"}"#,
        "${State}",
    ] {
        assert_eq!(verdict("A", &format!(r#""A": {state}, {tail}"#)), "", "{state}");
    }
    // A key that only looks a little like one hides nothing.
    for field in ["Comment", "Cause", "Credentials", "Description"] {
        let states = format!(r#""A": {{"Type": "Pass", "{field}": "x", "Next": "C"}}, {tail}"#);
        assert_eq!(verdict("A", &states), "unreached B", "{field}");
    }
}

#[test]
fn cycles_dominators_and_ways_in() {
    let text = r#"{"StartAt": "A", "States": {
        "A": {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true, "Next": "B"}], "Default": "C"},
        "B": {"Type": "Pass", "Next": "D"},
        "C": {"Type": "Task", "Next": "C", "Catch": [{"ErrorEquals": ["E"], "Next": "D"}]},
        "D": {"Type": "Parallel", "Next": "E", "Branches": [
            {"StartAt": "X", "States": {"X": {"Type": "Succeed"}}},
            {"StartAt": "Y", "States": {"Y": {"Type": "Pass", "Next": "Z"}, "Z": {"Type": "Pass", "Next": "Y"}}}]},
        "E": {"Type": "Map", "Next": "A", "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Succeed"}}}}}}"#;
    let tree = parse(&text.into(), Format::Json);
    let machine = lower(tree.root());
    let graph = Graph::new(&machine);
    let name = |state: StateId| machine.state(state).name();
    let named = |states: &[StateId]| states.iter().map(|&state| name(state)).collect::<Vec<_>>().join(" ");
    let id = |name: &str| machine.states.iter().find(|state| state.name() == name).expect("a state").id;

    let cycles: Vec<String> = graph.cycles().iter().map(|cycle| named(cycle)).collect();
    assert_eq!(cycles, ["A B C D E", "Y Z"]);

    let dominators: Vec<String> =
        graph.dominators(machine.top()).iter().map(|&(state, by)| format!("{} by {}", name(state), name(by))).collect();
    assert_eq!(dominators, ["B by A", "C by A", "D by A", "E by D"]);

    let edges = |edges: Vec<(StateId, Edge)>| {
        edges.into_iter().map(|(state, edge)| format!("{edge:?} {}", name(state))).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(edges(graph.successors(id("A")).collect()), "Default C, Choice(0) B");
    assert_eq!(edges(graph.successors(id("C")).collect()), "Next C, Catch(0) D");
    assert_eq!(edges(graph.predecessors(id("D")).collect()), "Next B, Catch(0) C");
    assert_eq!(edges(graph.inside(&machine, id("D")).collect()), "Branch(0) X, Branch(1) Y");
    assert_eq!(edges(graph.inside(&machine, id("E")).collect()), "Item I");

    let mut by_rank: Vec<StateId> = machine.states.iter().map(|state| state.id).collect();
    by_rank.sort_by_key(|&state| graph.rank(state));
    assert_eq!(named(&by_rank), "A C B D E X Y Z I");
}
