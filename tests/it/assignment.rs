//! Definite assignment: what each read finds, in a table, and held against executions.

use std::collections::BTreeMap;

use aslint::analysis::{Analysis, MachineType};
use aslint::asl::expression::Demand;
use aslint::asl::sites::Owner;
use aslint::asl::{Edge, Machine, StateId, StateType, lower};
use aslint::eval::execution::{Execution, Happening, Setup, Status, run};
use aslint::eval::{Answer, Mocks, Value};
use aslint::flow::assignment::{Known, Ways};
use aslint::flow::steps::Step;
use aslint::flow::variables::Meaning;
use aslint::source::{Source, documents};
use aslint::syntax::{Format, parse};
use serde_json::{Value as Json, json};

use super::corpus;
use super::mutate::Dice;
use super::replay::Bucket;
use super::variables::machine;

/// Asks something of a machine.
fn with_analysis<T>(source: &Source, ask: impl FnOnce(&Analysis<'_>) -> T) -> T {
    let tree = parse(&source.text, source.format);
    let document = documents(source, &tree).next().expect("a machine");
    let machine = lower(document.root);
    ask(&Analysis::new(document, &machine, MachineType::Standard))
}

/// What the reads of each state find: `A x never`, by expression.
fn finds(states: &str) -> Vec<String> {
    let text = machine("JSONata", states);
    serde_json::from_str::<Json>(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    with_analysis(&Source::machine("m", text.as_str(), Format::Json), |cx| {
        let reads = cx.variables().reads().iter().enumerate();
        let word = |(i, read): (usize, &aslint::flow::variables::Read<'_>)| {
            let known = cx.found().of(i).map_or_else(|| "?".to_owned(), |known| format!("{known:?}").to_lowercase());
            format!("{} {} {known}", cx.machine.state(read.state).name(), read.name)
        };
        reads.map(word).collect()
    })
}

#[test]
fn reads_find() {
    let call = "Type: Task, Resource: 'arn:aws:states:::lambda:invoke', Arguments: {FunctionName: f}";
    let read = "Z: {Type: Succeed, Output: '{% $x %}'}";
    let rows: &[(String, &[&str])] = &[
        (format!("A: {{Type: Pass, Assign: {{x: 1}}, Next: Z}}, {read}"), &["Z x always"]),
        (format!("A: {{Type: Pass, Next: Z}}, {read}, B: {{Type: Pass, Assign: {{x: 1}}, Next: Z}}"), &["Z x never"]),
        // Catchers and rules set what they set alone, and the state what is left.
        (
            format!("A: {{{call}, Assign: {{x: 1}}, Catch: [{{ErrorEquals: [States.ALL], Next: Z}}], Next: Z}}, {read}"),
            &["Z x sometimes"],
        ),
        (
            format!("A: {{{call}, Catch: [{{ErrorEquals: [States.ALL], Assign: {{x: 1}}, Next: Z}}], Next: Z}}, {read}"),
            &["Z x sometimes"],
        ),
        (
            format!(
                "A: {{{call}, Assign: {{x: 1}}, Catch: [{{ErrorEquals: [States.ALL], Assign: {{x: 2}}, Next: Z}}], Next: Z}}, {read}"
            ),
            &["Z x always"],
        ),
        (
            format!(
                "A: {{Type: Choice, Choices: [{{Condition: '{{% $states.input.a %}}', Next: Z}}], Assign: {{x: 1}}, Default: Z}}, {read}"
            ),
            &["Z x sometimes"],
        ),
        (
            format!(
                "A: {{Type: Choice, Choices: [{{Condition: '{{% $states.input.a %}}', Assign: {{x: 2}}, Next: Z}}], Assign: {{x: 1}},
                Default: Z}}, {read}"
            ),
            &["Z x always"],
        ),
        // What a rule asks for.
        (
            "A: {Type: Choice, Choices: [{Condition: '{% $states.input.a %}', Assign: {x: 1}, Next: B}], Default: B},
            B: {Type: Choice, Choices: [{Condition: '{% $exists($x) and $x > 3 %}', Next: C}, {Condition: '{% $x < 0 %}', Next: D}],
            Default: E}, C: {Type: Succeed, Output: '{% $x %}'}, D: {Type: Succeed, Output: '{% $x %}'},
            E: {Type: Succeed, Output: '{% $x %}'}"
                .to_owned(),
            &["B x sometimes", "B x sometimes", "B x sometimes", "C x always", "D x always", "E x always"],
        ),
        (
            "A: {Type: Choice, Choices: [{Condition: '{% $states.input.a %}', Assign: {x: 1}, Next: B}], Default: B},
            B: {Type: Choice, Choices: [{Condition: '{% $not($exists($x)) %}', Next: C}], Default: D},
            C: {Type: Succeed, Output: '{% $x %}'}, D: {Type: Succeed, Output: '{% $x %}'}"
                .to_owned(),
            &["B x sometimes", "C x never", "D x always"],
        ),
        // A read that fails is the end of the way, and a loop is not gone through before its first state.
        (
            "A: {Type: Pass, Output: '{% $x %}', Next: B}, B: {Type: Pass, Assign: {x: 1}, Next: A}".to_owned(),
            &["A x never"],
        ),
        (
            "A: {Type: Choice, Choices: [{Condition: '{% $states.input.a %}', Assign: {x: 1}, Next: B}], Default: B},
            B: {Type: Pass, Output: '{% $x %}', Next: C}, C: {Type: Succeed, Output: '{% $x %}'}"
                .to_owned(),
            &["B x sometimes", "C x always"],
        ),
        // Inside, outer variables are as they were when the state was entered.
        (
            "A: {Type: Pass, Assign: {x: 1}, Next: M}, M: {Type: Map, ItemProcessor: {StartAt: I, States: {
            I: {Type: Pass, Output: '{% $x %}', .}}}, Assign: {y: 1}, Next: N}, N: {Type: Map, ItemProcessor: {StartAt: J, States: {
            J: {Type: Pass, Output: '{% [$x, $y] %}', .}}}, .}"
                .to_owned(),
            &["I x always", "J x always", "J y always"],
        ),
        // Nothing is told where something is not known.
        (format!("A: {{Type: Pass, Next: '${{Next}}'}}, B: {{Type: Pass, Assign: {{x: 1}}, Next: Z}}, {read}"), &["Z x ?"]),
        (format!("A: {{Type: Pass, Next: Nowhere}}, B: {{Type: Pass, Assign: {{x: 1}}, Next: Z}}, {read}"), &["Z x ?"]),
    ];
    for (states, expected) in rows {
        assert_eq!(finds(states), *expected, "{states}");
    }
}

#[test]
fn sixty_four_at_a_time() {
    let names: Vec<String> = (0..150).map(|i| format!("v{i}")).collect();
    let sets: Vec<String> = names.iter().step_by(2).map(|name| format!("{name}: 1")).collect();
    let others: Vec<String> = names.iter().skip(1).step_by(2).map(|name| format!("{name}: 1")).collect();
    let read = names.iter().map(|name| format!("${name}")).collect::<Vec<_>>().join(", ");
    let found = finds(&format!(
        "A: {{Type: Pass, Assign: {{{}}}, Next: B}}, B: {{Type: Pass, Output: '{{% [{read}] %}}', Next: C}},
        C: {{Type: Pass, Assign: {{{}}}, .}}",
        sets.join(", "),
        others.join(", ")
    ));
    for (i, found) in found.iter().enumerate() {
        assert_eq!(*found, format!("B v{i} {}", if i % 2 == 0 { "always" } else { "never" }));
    }
    assert_eq!(found.len(), names.len());
}

/// A machine in which states set, ask for and read a few variables, and go wherever chance says.
struct Writer {
    dice: Dice,
    mocks: Mocks,
    n_states: usize,
}

const NAMES: [&str; 3] = ["x", "y", "z"];

impl Writer {
    /// What a state sets, among the variables that are its scope's own.
    fn assign(&mut self, own: &[&str]) -> Json {
        let set: Vec<&str> = own.iter().copied().filter(|_| self.dice.below(3) == 0).collect();
        set.into_iter().map(|name| (name.to_owned(), json!(1))).collect::<serde_json::Map<_, _>>().into()
    }

    /// `own` are the variables that the scope sets, `seen` those that it reads.
    fn scope(&mut self, own: &[&str], seen: &[&str]) -> Json {
        let n = 3 + self.dice.below(6);
        let names: Vec<String> = (0..n).map(|i| format!("S{}", self.n_states + i)).collect();
        self.n_states += n;
        let mut states = serde_json::Map::new();
        for (i, name) in names.iter().enumerate() {
            // Mostly onwards, so that executions end.
            let to = |dice: &mut Dice| {
                let next = if dice.below(6) == 0 { dice.below(n) } else { (i + 1 + dice.below(3)).min(n - 1) };
                names[next].clone()
            };
            let (one, other) = (to(&mut self.dice), to(&mut self.dice));
            let name_read = self.dice.pick(seen);
            let mut state = match self.dice.below(if own.len() == NAMES.len() { 7 } else { 6 }) {
                _ if i + 1 == n => json!({"Type": "Succeed"}),
                0 | 1 => {
                    let condition = match self.dice.below(4) {
                        0 => format!("{{% $exists(${name_read}) %}}"),
                        1 => format!("{{% ${name_read} = 1 and $random() < 0.7 %}}"),
                        2 => format!("{{% $not($exists(${name_read})) or $random() < 0.3 %}}"),
                        _ => "{% $random() < 0.5 %}".to_owned(),
                    };
                    json!({"Type": "Choice", "Choices": [{"Condition": condition, "Assign": self.assign(own), "Next": one}],
                        "Assign": self.assign(own), "Default": other})
                }
                2 => {
                    let answer = |fails: bool| {
                        if fails { Answer::throws("Broken", None) } else { Answer::returns(Value::from(&json!(1))) }
                    };
                    let fails = self.dice.below(2) == 0;
                    self.mocks.push(name.as_str(), answer(fails), 1);
                    self.mocks.push(name.as_str(), answer(!fails), 1);
                    self.mocks.push(name.as_str(), answer(fails), 1_000);
                    json!({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": "f"},
                        "Assign": self.assign(own), "Next": one,
                        "Catch": [{"ErrorEquals": ["States.ALL"], "Assign": self.assign(own), "Next": other}]})
                }
                3 => {
                    let mut assign = self.assign(own);
                    assign["sink"] = json!(format!("{{% ${name_read} %}}"));
                    json!({"Type": "Pass", "Assign": assign, "Next": one})
                }
                6 => {
                    let branch = self.scope(&["w"], &["w", "x", "y", "z"]);
                    json!({"Type": "Parallel", "Branches": [branch], "Assign": self.assign(own), "Next": one})
                }
                _ => json!({"Type": "Pass", "Assign": self.assign(own), "Next": one}),
            };
            if own.len() < NAMES.len() && state["Assign"].get("sink").is_some() {
                let sink = state["Assign"].as_object_mut().and_then(|assign| assign.remove("sink"));
                state["Assign"]["inner"] = sink.expect("what is read");
            }
            states.insert(name.clone(), state);
        }
        json!({"StartAt": names[0], "States": states})
    }
}

/// What is said of the reads of each state that cannot be left without a value, and the transitions that no success passes.
#[derive(Default)]
struct Claims {
    reads: BTreeMap<StateId, Known>,
    fatal: Vec<Step>,
}

fn claims(cx: &Analysis<'_>) -> Claims {
    let mut claims = Claims::default();
    for (i, read) in cx.variables().reads().iter().enumerate() {
        let site = &cx.expressions()[read.expression].site;
        let is_choice = cx.machine.state(read.state).kind == Some(StateType::Choice);
        let Meaning::Variable(variable) = read.meaning else { continue };
        if read.demand != Demand::Certain || site.owner != Owner::State || is_choice {
            continue;
        }
        let Some(known) = cx.found().of(i) else { continue };
        claims.reads.insert(read.state, known);
        if known == Known::Sometimes && read.scope == cx.variables().variable(variable).scope {
            let ways = Ways::new(cx.machine, cx.graph(), cx.variables(), cx.steps(), variable).expect("it has a start");
            claims.fatal.extend(ways.to(read.state).certain);
        }
    }
    claims
}

/// Holds an execution to what was said; counts what it bears out.
fn hold(
    machine: &Machine<'_>,
    claims: &Claims,
    execution: &Execution,
    counts: &mut BTreeMap<&str, usize>,
    place: &str,
) {
    let is_fatal = |from: StateId, edge: Edge| claims.fatal.iter().any(|step| step.from == from && step.edge == edge);
    // A failure on the way leads elsewhere.
    let mut doomed = None;
    for event in &execution.events {
        match event.what {
            Happening::Exited(state, ..) => match claims.reads.get(&state) {
                Some(Known::Never) => panic!("{place}: {} read something", machine.state(state).name()),
                Some(Known::Always) => *counts.entry("always").or_default() += 1,
                Some(Known::Sometimes) => *counts.entry("sometimes, here").or_default() += 1,
                None => {}
            },
            Happening::Chosen(state, rule) if is_fatal(state, rule.map_or(Edge::Default, Edge::Choice)) => {
                doomed = Some(("fatal choice", state));
            }
            Happening::Caught(state, catcher) => {
                doomed = is_fatal(state, Edge::Catch(catcher)).then_some(("fatal catch", state));
            }
            _ => {}
        }
    }
    if let Some((what, state)) = doomed {
        let is_well = matches!(execution.status, Status::Succeeded(_));
        assert!(!is_well, "{place}: behind {}", machine.state(state).name());
        *counts.entry(what).or_default() += 1;
    }
    if let Status::Failed(failure) = &execution.status
        && failure.error.as_deref() == Some("States.QueryEvaluationError")
        && let Some(known) = failure.state.and_then(|state| claims.reads.get(&state))
    {
        let state = failure.state.map_or("", |state| machine.state(state).name());
        assert_ne!(*known, Known::Always, "{place}: {state} found nothing");
        *counts.entry(if *known == Known::Never { "never" } else { "sometimes, not here" }).or_default() += 1;
    }
}

#[test]
fn executions_find_what_is_said() {
    let mut counts = BTreeMap::new();
    for seed in 0..1_500 {
        let mut writer = Writer { dice: Dice::of(&format!("assign {seed}")), mocks: Mocks::new(), n_states: 0 };
        let mut definition = writer.scope(&NAMES, &NAMES);
        definition["QueryLanguage"] = json!("JSONata");
        let text = definition.to_string();
        with_analysis(&Source::machine("m", text.as_str(), Format::Json), |cx| {
            let claims = claims(cx);
            for run_seed in 0..4 {
                let bucket = Bucket::default();
                let mut setup = Setup::new(Value::from(&json!({})), &writer.mocks, &bucket);
                setup.seed = run_seed;
                setup.max_states = 200;
                let execution = run(cx.machine, &setup);
                hold(cx.machine, &claims, &execution, &mut counts, &format!("{seed}/{run_seed} {text}"));
            }
        });
    }
    eprintln!("reads held against executions: {counts:?}");
    assert_eq!(counts.len(), 6, "{counts:?}");
    assert!(counts.values().all(|&n| n >= 5), "{counts:?}");
}

#[test]
fn recorded_executions_found_what_is_said() {
    let Some(root) = corpus::root() else { return };
    let (mut n, mut wrong) = (0, Vec::new());
    for row in corpus::rows(&root.join("executions/index.jsonl")) {
        if row["recorded_on"] != "aws" || row["status"] != "SUCCEEDED" {
            continue;
        }
        let definition = row["definition"].as_str().expect("a definition");
        let source = corpus::source(&root.join("executions").join(definition));
        with_analysis(&source, |cx| {
            let claims = claims(cx);
            let entered: Vec<&str> =
                row["entered"].as_array().into_iter().flatten().filter_map(|name| name.as_str()).collect();
            for (&state, known) in &claims.reads {
                let name = cx.machine.state(state).name();
                let is_alone = cx.machine.states.iter().filter(|other| other.name() == name).count() == 1;
                if is_alone && entered.contains(&name) {
                    n += 1;
                    if *known == Known::Never {
                        wrong.push(format!("{definition}: {name}"));
                    }
                }
            }
        });
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(n > 25, "{n}");
}
