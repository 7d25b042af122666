//! What is told of the ways into a Choice and of the ways round a loop, held to executions by chance.

use aslint::analysis::{Analysis, MachineType};
use aslint::asl::{Machine, StateId, lower};
use aslint::eval::execution::{Execution, Setup, Status, run};
use aslint::eval::{Mocks, NoFiles, Value};
use aslint::flow::shapes::Failing;
use aslint::source::{Document, Source};
use aslint::syntax::{Format, Node, parse};
use serde_json::{Value as Json, json};

use super::generate::{Flavour, case};
use super::mutate::Dice;

/// A machine of a few states that write and ask for a few small values, and lead anywhere.
fn by_chance(dice: &mut Dice) -> String {
    let n = 4 + dice.below(4);
    let mut states = serde_json::Map::new();
    let is_jsonata = dice.below(2) == 0;
    let name = |i: usize| format!("S{i}");
    for i in 0..n {
        let next = name(if dice.below(3) == 0 { dice.below(n) } else { (i + 1).min(n - 1) });
        let field = dice.pick(&["a", "b"]);
        let small = dice.below(4);
        let by = dice.pick(&[-1, 1, 2]);
        let mut state = match (dice.below(9), is_jsonata) {
            (0, _) => json!({"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f"}),
            (1, false) => json!({"Type": "Pass", "Result": small, "ResultPath": format!("$.{field}")}),
            (2, false) => json!({"Type": "Pass", "Result": {"a": small}}),
            (3, false) => {
                json!({"Type": "Pass", "Parameters": {format!("{field}.$"): format!("States.MathAdd($.{field}, {by})"), "c": 1}})
            }
            (4, false) => json!({"Type": "Pass", "Assign": {"v": small}}),
            (5, false) => json!({"Type": "Pass", "Assign": {"v.$": format!("States.MathAdd($v, {by})")}}),
            (1, true) => json!({"Type": "Pass", "Output": {field: small, "b": "x"}}),
            (2, true) => json!({"Type": "Pass", "Output": {"a": small}}),
            (3, true) => {
                json!({"Type": "Pass", "Output": {field: format!("{{% $states.input.{field} + {by} %}}"), "c": 1}})
            }
            (4, true) => json!({"Type": "Pass", "Assign": {"v": small}}),
            (5, true) => json!({"Type": "Pass", "Assign": {"v": format!("{{% $v + {by} %}}")}}),
            _ => {
                let mut rule = || {
                    let at = dice.pick(&["a", "b", "v"]);
                    let limit = dice.below(5);
                    let op = dice.below(4);
                    if is_jsonata {
                        let path = if at == "v" { "$v".to_owned() } else { format!("$states.input.{at}") };
                        let test = match op {
                            0 => format!("$exists({path})"),
                            1 => format!("$exists({path}) and {path} < {limit}"),
                            2 => format!("{path} >= {limit}"),
                            _ => format!("{path} = {limit}"),
                        };
                        json!({"Condition": format!("{{% {test} %}}"), "Next": name(dice.below(n))})
                    } else {
                        let path = if at == "v" { "$v".to_owned() } else { format!("$.{at}") };
                        let (test, operand) = match op {
                            0 => ("IsPresent", json!(true)),
                            1 => ("NumericLessThan", json!(limit)),
                            2 => ("NumericGreaterThanEquals", json!(limit)),
                            _ => ("NumericEquals", json!(limit)),
                        };
                        json!({"Variable": path, test: operand, "Next": name(dice.below(n))})
                    }
                };
                let rules: Vec<Json> = vec![rule(), rule()];
                json!({"Type": "Choice", "Choices": rules, "Default": name(dice.below(n))})
            }
        };
        if state["Type"] != "Choice" {
            state["Next"] = json!(next);
        }
        if state["Type"] == "Task" && dice.below(2) == 0 {
            state["Catch"] = json!([{"ErrorEquals": ["States.ALL"], "Next": name(dice.below(n))}]);
        }
        if state["Type"] == "Task" && dice.below(2) == 0 && !is_jsonata {
            state["ResultPath"] = dice.pick(&["$.b", "$.c"]).into();
        }
        states.insert(name(i), state);
    }
    states.insert(name(n - 1), json!({"Type": "Succeed"}));
    let language = if is_jsonata { "JSONata" } else { "JSONPath" };
    json!({"QueryLanguage": language, "StartAt": "S0", "States": states}).to_string()
}

/// What is told of a machine of the ways into its Choices and of its loops.
fn claims<T>(text: &str, look: impl FnOnce(&Machine<'_>, &Analysis<'_>, &[Failing<'_>], &[Vec<StateId>]) -> T) -> T {
    let tree = parse(&text.into(), Format::Json);
    let machine = lower(tree.root());
    let source = Source::machine("m", "", Format::Json);
    let document = Document { source: &source, root: machine.node, name: "", number: 0 };
    let cx = Analysis::new(document, &machine, MachineType::Standard);
    let mut loops = cx.never_left().to_vec();
    loops.extend(cx.loops().stuck_counts(Node::as_i64).into_iter().map(|count| count.states));
    look(&machine, &cx, &cx.failing_comparisons(), &loops)
}

/// Panics where an execution does otherwise; gives how many claims it has come to.
fn hold(
    cx: &Analysis<'_>,
    failing: &[Failing<'_>],
    loops: &[Vec<StateId>],
    execution: &Execution,
    text: &str,
) -> [usize; 2] {
    let top = cx.machine.top().id;
    let entered: Vec<StateId> = execution.entered().filter(|&state| cx.machine.state(state).scope == top).collect();
    let mut n = [0, 0];
    for cycle in loops.iter().filter(|cycle| cx.machine.state(cycle[0]).scope == top) {
        if let Some(first) = entered.iter().position(|state| cycle.contains(state)) {
            n[0] += 1;
            let leaves = entered[first..].iter().find(|state| !cycle.contains(state));
            assert!(leaves.is_none(), "{leaves:?} is behind a loop that nothing leaves: {cycle:?}\n{text}");
            assert!(!matches!(execution.status, Status::Succeeded(_)), "a loop that nothing leaves ends\n{text}");
        }
    }
    for one in failing.iter().filter(|one| cx.machine.state(one.state).scope == top) {
        for way in &one.ways {
            let states: Vec<StateId> = way.steps.iter().map(|&(from, _)| from).chain([one.state]).collect();
            // Between two states there may be several transitions: only one tells which is gone.
            let is_told_apart = states
                .windows(2)
                .all(|pair| cx.graph().successors(pair[0]).filter(|&(to, _)| to == pair[1]).count() == 1);
            let Some(at) = entered.windows(states.len()).position(|window| window == states) else { continue };
            if is_told_apart {
                n[1] += 1;
                assert_eq!(entered.len(), at + states.len(), "goes on behind a comparison that fails: {one:?}\n{text}");
                assert!(matches!(execution.status, Status::Failed(_)), "{one:?}\n{text}");
            }
        }
    }
    n
}

/// How many machines are made by chance; `ASLINT_WAYS` names another number.
fn n_machines() -> usize {
    std::env::var("ASLINT_WAYS").map_or(400, |n| n.parse().expect("ASLINT_WAYS is a number"))
}

#[test]
fn no_execution_contradicts_what_is_told_of_its_way() {
    let mut n_claims = [0, 0];
    let mut n_held = [0, 0];
    for seed in 0..n_machines() {
        let mut dice = Dice::of(&format!("ways {seed}"));
        let text = by_chance(&mut dice);
        claims(&text, |machine, cx, failing, loops| {
            n_claims[0] += loops.len();
            n_claims[1] += failing.len();
            if loops.is_empty() && failing.is_empty() {
                return;
            }
            for run_number in 0..20 {
                let value = |dice: &mut Dice| dice.pick(&["0", "1", "3", "\"x\"", "null"]);
                let input = match run_number {
                    0 => "{}".to_owned(),
                    _ => format!("{{\"a\": {}, \"b\": {}}}", value(&mut dice), value(&mut dice)),
                };
                let answer = match dice.below(3) {
                    0 => "error: Boom".to_owned(),
                    1 => format!("return: {}", value(&mut dice)),
                    _ => format!("return: {{\"a\": {}}}", value(&mut dice)),
                };
                let mocks =
                    Mocks::read(&format!("'*': [{{{answer}}}]").as_str().into(), Format::Yaml, None).expect("mocks");
                let mut setup = Setup::new(Value::from_json(&input).expect("an input"), &mocks, &NoFiles);
                setup.max_states = 200;
                let held = hold(cx, failing, loops, &run(machine, &setup), &text);
                n_held = [n_held[0] + held[0], n_held[1] + held[1]];
            }
        });
    }
    eprintln!("claims of loops and of comparisons: {n_claims:?}, executions that came to one: {n_held:?}");
    assert!(n_claims.iter().all(|&n| n > 0) && n_held.iter().all(|&n| n > 50), "{n_claims:?} {n_held:?}");
}

#[test]
fn no_generated_execution_contradicts_what_is_told_of_its_way() {
    for flavour in [Flavour::Paths, Flavour::Mixed, Flavour::Jsonata] {
        for seed in 0..n_machines() / 8 {
            let case = case(flavour, seed);
            claims(&case.definition, |machine, cx, failing, loops| {
                let mut setup = Setup::new(Value::from_json(&case.input).expect("an input"), &case.mocks, &NoFiles);
                setup.max_states = 500;
                hold(cx, failing, loops, &run(machine, &setup), &case.definition);
            });
        }
    }
}
