//! `aslint prove --explain STATE`: what it says of states of all sorts, and that executions go as it says.
//!
//! `prove-explain.txt` holds machines behind `=== name`, and what is said of a state behind `--- state`. `UPDATE=1` writes what is
//! said anew, to be read.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use aslint::asl::{ScopeId, StateId};
use aslint::symex::{self, Explanation, Options, Passed, Verdict};

use super::folder::Folder;
use super::generate::case;
use super::generated::FLAVOURS;
use super::mutate::Dice;
use super::prove::schema;
use super::prove_sound::{with_facts, with_loops};

/// A machine, and states of it with what is said of each.
struct Told<'t> {
    name: &'t str,
    machine: &'t str,
    states: Vec<(&'t str, &'t str)>,
}

fn table(text: &str) -> Vec<Told<'_>> {
    let machines = text.split("=== ").skip(1).map(|block| {
        let mut parts = block.split("\n--- ");
        let (name, machine) = parts.next().and_then(|head| head.split_once('\n')).expect("a machine");
        let states = parts.map(|part| part.split_once('\n').unwrap_or((part, ""))).collect();
        Told { name, machine, states }
    });
    machines.collect()
}

#[test]
fn states_are_explained_in_words() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/prove-explain.txt");
    let text = std::fs::read_to_string(&path).expect("the table");
    let is_update = std::env::var_os("UPDATE").is_some();
    let mut anew = String::new();
    let mut n_told = 0;
    for Told { name, machine, states } in table(&text) {
        let folder = Folder::new([("m.asl.json", machine)]);
        let _ = writeln!(anew, "=== {name}\n{}", machine.trim_end());
        for (state, expected) in states {
            let run = folder.run(["prove", "--explain", state, "--fail-on", "never", "m.asl.json"]);
            assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{name}: {state}");
            let told = run.stdout.split_once("  State ").expect("an explanation").1;
            let (told, _) = told.rsplit_once("\n\n").expect("the last line");
            let _ = write!(anew, "--- {state}\n  State {told}\n");
            n_told += 1;
            if !is_update {
                assert_eq!(format!("  State {told}"), expected.trim_end(), "{name}: {state}");
            }
        }
    }
    assert!(n_told >= 20, "{n_told}");
    if is_update {
        std::fs::write(path, anew).expect("written");
    }
}

#[test]
fn the_state_is_looked_for_in_every_machine() {
    let machine = |name: &str| format!(r#"{{"StartAt": "{name}", "States": {{"{name}": {{"Type": "Succeed"}}}}}}"#);
    let folder = Folder::new([]);
    for (file, name) in [("a", "Ship"), ("b", "Ship"), ("c", "Order")] {
        folder.write(format!("{file}.asl.json"), &machine(name));
    }
    let run = folder.aslint("prove --explain Ship .");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(run.stdout.contains("a.asl.json") && run.stdout.contains("b.asl.json"), "{}", run.stdout);
    assert!(!run.stdout.contains("c.asl.json"), "{}", run.stdout);
    for format in ["pretty", "json"] {
        let none = folder.aslint(&format!("prove --explain Shipp --format {format} ."));
        assert_eq!(
            (none.code, none.stderr.as_str()),
            (2, "aslint: no state is called `Shipp`: did you mean `Ship`?\n")
        );
    }
    let none = folder.aslint("prove --explain Elsewhere .");
    assert_eq!((none.code, none.stderr.as_str()), (2, "aslint: no state is called `Elsewhere`\n"));
    let sarif = folder.aslint("prove --explain Ship --format sarif .");
    assert_eq!((sarif.code, sarif.stdout.as_str()), (2, ""));
    assert!(sarif.stderr.contains("--explain"), "{}", sarif.stderr);
    let json = folder.aslint("prove --explain Ship --format json .").json();
    let found: Vec<&str> = json["machines"].as_array().unwrap().iter().filter_map(|m| m["file"].as_str()).collect();
    assert_eq!(found, ["a.asl.json", "b.asl.json"]);
    assert!(folder.aslint("prove --format json .").json()["machines"][0].get("explained").is_none());
}

#[test]
fn programs_read_it_too() {
    let text = include_str!("prove-explain.txt");
    let schema = schema();
    for Told { name, machine, states } in table(text) {
        let folder = Folder::new([("m.asl.json", machine)]);
        let (state, _) = states[0];
        let report = folder.run(["prove", "--explain", state, "--format", "json", "m.asl.json"]).json();
        let errors: Vec<String> =
            schema.iter_errors(&report).map(|error| format!("{error}: {}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
        let explained = &report["machines"][0]["explained"][0];
        assert_eq!(explained["state"], state);
        let steps = explained["steps"].as_array().unwrap();
        assert!(steps.last().is_none_or(|last| last["state"] == state), "{name}: {explained}");
        let words = explained["words"].as_array().unwrap();
        assert!(!words.is_empty(), "{name}");
    }
}

/// Whether an execution that enters these states goes as an explanation says.
fn goes_as_told(machine: &aslint::asl::Machine<'_>, told: &Explanation, path: &[Arc<str>]) -> Result<(), String> {
    let id = |name: &Arc<str>| machine.states.iter().find(|state| state.name() == &**name).map(|state| state.id);
    let entered: Vec<StateId> = path.iter().filter_map(id).collect();
    let end = entered.iter().position(|&state| state == told.state).ok_or("it is not entered")?;
    let entered = &entered[..=end];
    let mut at = 0;
    for step in &told.steps {
        let found = entered[at..].iter().position(|&state| state == step.state);
        at += found.ok_or_else(|| format!("`{}` is not passed", machine.state(step.state).name()))?;
    }
    // Whatever was gone around before, one of the ways was gone last. What lies inside a state may be entered side by side.
    let scope = ScopeId::TOP;
    let is_asked = |step: &Passed| machine.state(step.state).scope == scope && !step.is_cut;
    for pair in told.steps.windows(2).filter(|pair| is_asked(&pair[1])) {
        let inside: Vec<StateId> =
            entered.iter().copied().filter(|&state| machine.state(state).scope == scope).collect();
        let to = inside.iter().position(|&state| state == pair[1].state).ok_or("gone")?;
        let around: BTreeSet<StateId> = pair[1].loops.iter().flatten().copied().collect();
        let is_told = pair[1].ways.iter().any(|way| {
            let mut states: BTreeSet<StateId> = way.legs.iter().flat_map(|leg| [leg.from, leg.to]).collect();
            states.extend(&around);
            let from = inside[..to].iter().position(|&state| state == pair[0].state);
            from.is_some_and(|from| inside[from..=to].iter().all(|state| states.contains(state)))
        });
        if !is_told {
            return Err(format!("no way to `{}` is gone", machine.state(pair[1].state).name()));
        }
    }
    Ok(())
}

#[test]
fn executions_pass_what_is_told() {
    let mut dice = Dice::new(77);
    let (mut n_told, mut n_steps) = (0, 0);
    for number in 0..24 {
        let flavour = FLAVOURS[number % FLAVOURS.len()];
        let definition = case(flavour, 40_000 + number).definition;
        let definition = if number % 2 == 0 { definition } else { with_loops(&definition, &mut dice) };
        with_facts(&definition, |facts, proof| {
            let machine = facts.machine;
            let mut names = BTreeSet::new();
            if !machine.states.iter().all(|state| names.insert(state.name())) {
                return;
            }
            for (state, judged) in &proof.states {
                let told = symex::explain(facts, proof, Options::default(), *state);
                let Verdict::Reachable(witness) = &judged.verdict else { continue };
                if let Err(why) = goes_as_told(machine, &told, &witness.path) {
                    panic!("{why}: {:?}\n{told:#?}\n{definition}", witness.path);
                }
                n_told += 1;
                n_steps += told.steps.len();
            }
        });
    }
    assert!(n_told > 100 && n_steps > n_told * 2, "{n_told} {n_steps}");
}
