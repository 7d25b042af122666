//! Variables of JSONata with the names of functions: a variable where it is set, the function of that name where it is not.

use super::folder::Folder;
use super::mutate::Dice;
use super::prove_enumerated::{Figures, hold};
use super::prove_sound::n_machines;

/// A Choice behind what sets `$count`, if the input says so, and `$error`, whatever it says.
fn machine(conditions: &[&str]) -> String {
    let rules = conditions.iter().enumerate();
    let rules: Vec<String> =
        rules.map(|(at, text)| format!(r#"{{"Condition": "{{% {text} %}}", "Next": "S{at}"}}"#)).collect();
    let targets: Vec<String> = (0..rules.len()).map(|at| format!(r#""S{at}": {{"Type": "Succeed"}}"#)).collect();
    format!(
        r#"{{"QueryLanguage": "JSONata", "StartAt": "A", "States": {{
            "A": {{"Type": "Choice", "Choices": [{{"Condition": "{{% $exists($states.input.n) %}}", "Next": "B"}}], "Default": "P"}},
            "B": {{"Type": "Pass", "Assign": {{"count": "{{% $states.input.n %}}"}}, "Next": "P"}},
            "P": {{"Type": "Pass", "Assign": {{"error": "{{% $states.input.e ?? 'none' %}}"}}, "Next": "C"}},
            "C": {{"Type": "Choice", "Choices": [{}], "Default": "E"}}, "E": {{"Type": "Succeed"}}, {}
        }}}}"#,
        rules.join(", "),
        targets.join(", ")
    )
}

/// The verdicts on the rules of `C`, on `Default` and on the failure of a comparison.
fn verdicts(conditions: &[&str]) -> Vec<String> {
    let folder = Folder::new([("m.asl.json", machine(conditions).as_str())]);
    let run = folder.aslint("prove --fail-on never --format json m.asl.json");
    let report = run.json();
    let choices = report["machines"][0]["choices"].as_array().expect("choices");
    let choice = choices.iter().find(|choice| choice["state"] == "C").expect("the Choice `C`");
    let rules = choice["rules"].as_array().expect("rules").iter();
    let judged = rules.chain([&choice["default"], &choice["runtime_error"]]);
    judged.map(|judged| judged["verdict"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_name_is_a_variable_where_it_is_set() {
    for (conditions, expected) in [
        (&["$error = 'X'", "$error != 'X'"][..], ["reachable", "reachable", "dead", "impossible"].as_slice()),
        (&["$type($error) = 'function'", "$exists($error)"], &["dead", "reachable", "dead", "impossible"]),
        (&["$error in ['a', 'b']"], &["reachable", "reachable", "impossible"]),
        // Nothing but a function is called.
        (&["$error('a')"], &["dead", "dead", "possible"]),
        (&["false and $error('a')"], &["dead", "reachable", "impossible"]),
        // What the expression sets itself.
        (&["($sum := 3; $sum > 2)"], &["reachable", "dead", "impossible"]),
        (&["($count := 3; $count > 5)"], &["dead", "reachable", "impossible"]),
        // Where the input says so it is a number, else the function.
        (&["$exists($states.input.n) and $count = 5"], &["reachable", "reachable", "impossible"]),
        (
            &["$exists($states.input.n) and $count = 5", "$exists($states.input.n) and $count = 5 and true"],
            &["reachable", "dead", "reachable", "impossible"],
        ),
        (&["$exists($states.input.n) or $count([1, 2]) = 2"], &["reachable", "dead", "impossible"]),
        (&["$count([1, 2]) = 2"], &["reachable", "dead", "possible"]),
        (&["$count([1, 2]) = 3"], &["dead", "reachable", "possible"]),
    ] {
        assert_eq!(verdicts(conditions), expected, "{conditions:?}");
    }
}

const CONDITIONS: [&str; 24] = [
    "$count > 1",
    "$count <= 1",
    "$count = 1",
    "$count != 'a'",
    "$count in [1, 2]",
    "$type($count) = 'number'",
    "$type($count) = 'function'",
    "$exists($count)",
    "$not($count)",
    "$boolean($count)",
    "$count([1, 2]) = 2",
    "$count($count) = 1",
    "$string($count) = 'a'",
    "$exists($states.input.n) and $count > 1",
    "$exists($states.input.n) ? $count = 1 : $count([]) = 0",
    "$exists($states.input.n) or $count([1]) = 1",
    "($count := 2; $count > 1)",
    "$count([1, 2]) = ($count := 2; $count)",
    "$error = 'none'",
    "$error > 'a'",
    "$error = $count",
    "$type($error) in ['string', 'null']",
    "$exists($map([1], $count)) and $error = 1",
    "$count ~> $type() = 'number'",
];

#[test]
fn every_verdict_on_names_of_functions_is_that_of_enumeration() {
    const VALUES: [&str; 9] = ["", "0", "1", "2", "\"a\"", "\"none\"", "true", "null", "[1, 2]"];
    let mut inputs = Vec::new();
    for n in VALUES {
        for e in VALUES {
            let members = [("n", n), ("e", e)].into_iter().filter(|(_, value)| !value.is_empty());
            let members: Vec<String> = members.map(|(name, value)| format!("\"{name}\": {value}")).collect();
            inputs.push(format!("{{{}}}", members.join(", ")));
        }
    }
    let mut figures = Figures::default();
    for seed in 0..n_machines() {
        let mut dice = Dice::of(&format!("names of functions {seed}"));
        let n_rules = 1 + dice.below(3);
        let conditions: Vec<&str> = (0..n_rules).map(|_| dice.pick(&CONDITIONS)).collect();
        hold(&machine(&conditions), &inputs, &mut figures);
    }
    eprintln!("{figures:?}");
    assert!(figures.n_dead * 10 > figures.n_reachable, "{figures:?}");
    assert!(figures.n_unknown * 4 < figures.n_reachable, "{figures:?}");
}
