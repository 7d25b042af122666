//! Generated machines: what holds of every execution, and cases for a comparison with another interpreter.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::mem::{Discriminant, discriminant};
use std::time::{Duration, Instant};

use aslint::asl::{Machine, lower};
use aslint::engine::{Options, check};
use aslint::eval::execution::{Event, Happening, Setup, Status, run};
use aslint::eval::value::MAX_DEPTH;
use aslint::eval::{Execution, Value};
use aslint::graph::Graph;
use aslint::report::history;
use aslint::source::Source;
use aslint::symex::shown;
use aslint::syntax::{Format, parse};
use serde_json::json;

use super::generate::{Case, Flavour, case};
use super::replay::Bucket;
use super::rewrite::{Form, write};

pub(crate) const FLAVOURS: [Flavour; 3] = [Flavour::Paths, Flavour::Mixed, Flavour::Jsonata];

/// How many machines of each flavour the properties are held to.
const N: usize = 80;

/// The largest output that the service hands on, in bytes of JSON.
const MAX_PAYLOAD: usize = 262_144;

/// Executes a case on a machine that means the same as its definition.
fn execute(case: &Case, machine: &Machine<'_>, change: impl FnOnce(&mut Setup<'_>)) -> Execution {
    let bucket = Bucket::default();
    let mut setup = Setup::new(Value::from_json(&case.input).expect("an input"), &case.mocks, &bucket);
    change(&mut setup);
    run(machine, &setup)
}

/// Every case of the properties, read.
fn each(mut hold: impl FnMut(&str, &Case, &Machine<'_>)) {
    for flavour in FLAVOURS {
        for seed in 0..N {
            let case = case(flavour, seed);
            let tree = parse(&case.definition.as_str().into(), Format::Json);
            hold(&format!("{flavour:?} {seed}"), &case, &lower(tree.root()));
        }
    }
}

/// An execution without its spans, which hang on how the machine is written.
fn told(execution: &Execution) -> String {
    let text = format!("{:?} {:?} {}", execution.status, execution.events, execution.end);
    let mut told = String::new();
    let mut rest = text.as_str();
    while let Some((before, behind)) = rest.split_once("at: Some(") {
        told += before;
        rest = behind.split_once(')').expect("a span ends").1;
    }
    told + rest
}

#[test]
fn the_service_would_take_them() {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    each(|name, case, machine| {
        let report = check(&Source::machine(name, &*case.definition, Format::Json), &Options::default());
        assert_eq!(report.n_machines, 1, "{name}");
        let refused: Vec<_> = report.diagnostics.iter().filter(|found| found.refusal.is_some()).collect();
        assert!(refused.is_empty(), "{name}: {refused:#?}\n{}", case.definition);
        for state in &machine.states {
            *kinds.entry(format!("{:?}", state.kind.expect("a type"))).or_default() += 1;
        }
    });
    assert!(kinds.len() == 8 && kinds.values().all(|&n| n > 20), "{kinds:?}");
}

#[test]
fn executions_repeat_and_hang_together() {
    let mut endings: BTreeMap<&str, usize> = BTreeMap::new();
    each(|name, case, machine| {
        let execution = execute(case, machine, |_| {});
        assert_eq!(format!("{execution:?}"), format!("{:?}", execute(case, machine, |_| {})), "{name}");
        let graph = Graph::new(machine);
        for event in &execution.events {
            if let Happening::Entered(state, _) = event.what {
                assert!(graph.is_reachable(state), "{name}: {}", machine.state(state).name());
            }
        }
        hangs_together(name, machine, &execution);
        *endings
            .entry(match &execution.status {
                Status::Succeeded(output) => {
                    assert!(output.depth() <= MAX_DEPTH && output.to_json().len() <= MAX_PAYLOAD, "{name}");
                    "succeeded"
                }
                Status::Failed(failure) => {
                    if let Some(at) = failure.at {
                        assert!(
                            case.definition.get(at.range()).is_some_and(|text| !text.is_empty()),
                            "{name}: {failure:?}"
                        );
                    }
                    "failed"
                }
                Status::TimedOut => "timed out",
                Status::Aborted { .. } => panic!("{name}: {:?}", execution.status),
            })
            .or_default() += 1;
    });
    let total = 3 * N;
    assert!(endings["succeeded"] * 100 > total * 55 && endings["failed"] * 100 > total * 10, "{endings:?}");
}

/// In the history, numbers go up one by one, each event follows an earlier one, and what is left was entered.
fn hangs_together(name: &str, machine: &Machine<'_>, execution: &Execution) {
    let events = history::events(machine, &execution.events);
    let number = |event: &Value, member| event.get(member).and_then(Value::as_i64).expect("a number");
    let text = |event: &Value, details, member| Some(event.get(details)?.get(member)?.as_str()?.to_owned());
    let entered = |event: &Value| text(event, "stateEnteredEventDetails", "name");
    // An expression that fails follows what comes before the state (recorded).
    let failed = |event: &Value| text(event, "evaluationFailedEventDetails", "state");
    let mut open: BTreeMap<String, usize> = BTreeMap::new();
    for (i, event) in (1..).zip(&events) {
        assert_eq!(number(event, "id"), i, "{name}: {event}");
        assert!((0..i).contains(&number(event, "previousEventId")), "{name}: {event}");
        if let Some(state) = entered(event) {
            *open.entry(state).or_default() += 1;
        }
        let Some(left) = text(event, "stateExitedEventDetails", "name") else { continue };
        let before = |event: &Value| events.get(usize::try_from(number(event, "previousEventId") - 1).ok()?);
        let mut earlier = std::iter::successors(before(event), |event| before(event));
        let is_entered = earlier.any(|event| [entered(event), failed(event)].contains(&Some(left.clone())));
        assert!(is_entered, "{name}: left without having been entered: {event}");
        let n_open = open.get_mut(&left).filter(|n_open| **n_open > 0);
        *n_open.unwrap_or_else(|| panic!("{name}: left more often than entered: {event}")) -= 1;
    }
    let is_smooth = !execution.events.iter().any(|event| matches!(event.what, Happening::StateFailed(..)));
    if is_smooth && matches!(execution.status, Status::Succeeded(_)) {
        assert!(open.values().all(|&n_open| n_open == 0), "{name}: entered and not left: {open:?}");
    }
}

#[test]
fn budgets_stop_them() {
    let mut n_stopped = 0;
    each(|name, case, machine| {
        let full = execute(case, machine, |_| {});
        let n_entered = |execution: &Execution| {
            execution.events.iter().filter(|event| matches!(event.what, Happening::Entered(..))).count() as u64
        };
        for most in [0, 1, 3] {
            let cut = execute(case, machine, |setup| setup.max_states = most);
            if matches!(cut.status, Status::Aborted { .. }) {
                n_stopped += 1;
                assert!(n_entered(&cut) <= most, "{name}");
            } else {
                assert_eq!(format!("{:?}", cut.status), format!("{:?}", full.status), "{name}");
            }
        }
        for most in [0, 5, 50] {
            let cut = execute(case, machine, |setup| setup.max_work = most);
            if matches!(cut.status, Status::Aborted { .. }) {
                n_stopped += 1;
            } else {
                assert_eq!(format!("{:?}", cut.status), format!("{:?}", full.status), "{name}");
            }
        }
    });
    assert!(n_stopped > 6 * N, "{n_stopped}");
}

#[test]
fn without_the_values_on_the_way_they_do_the_same() {
    /// When what happened, of what kind, where, and what led to it.
    fn course(execution: &Execution) -> Vec<(i64, [u32; 2], usize, Discriminant<Happening>)> {
        let is_told = |event: &&Event| !matches!(event.what, Happening::Stage(..));
        let told = execution.events.iter().filter(is_told);
        told.map(|event| (event.at, [event.number, event.previous], event.strand, discriminant(&event.what))).collect()
    }
    each(|name, case, machine| {
        let full = execute(case, machine, |_| {});
        let bare = execute(case, machine, |setup| setup.keeps_values = false);
        assert_eq!(format!("{:?}", bare.status), format!("{:?}", full.status), "{name}");
        assert_eq!((bare.end, bare.cost), (full.end, full.cost), "{name}");
        assert_eq!(course(&bare), course(&full), "{name}");
        let goals = |execution| shown(machine, execution).goals.into_iter().map(|(goal, _)| goal);
        for event in &bare.events {
            match &event.what {
                Happening::Entered(_, value) | Happening::Exited(_, value, _) | Happening::Returned(_, _, value) => {
                    assert_eq!(*value, Value::Null, "{name}");
                }
                other => assert!(!matches!(other, Happening::Stage(..)), "{name}"),
            }
        }
        assert!(goals(bare).eq(goals(full)), "{name}");
    });
}

#[test]
fn in_yaml_they_do_the_same() {
    each(|name, case, machine| {
        let yaml = write(machine.node, Form::Yaml);
        let tree = parse(&yaml.as_str().into(), Format::Yaml);
        assert!(tree.errors().is_empty(), "{name}: {:?}\n{yaml}", tree.errors());
        let same = execute(case, &lower(tree.root()), |_| {});
        assert_eq!(told(&execute(case, machine, |_| {})), told(&same), "{name}\n{yaml}");
    });
}

/// What `tests/moto/compare.py` compares: `ASLINT_CASES` names the file to write, `ASLINT_N` how many cases.
#[test]
fn cases_for_a_comparison() {
    let Some(file) = std::env::var_os("ASLINT_CASES") else {
        eprintln!("SKIPPED: no cases written for tests/moto/compare.py (ASLINT_CASES names a file)");
        return;
    };
    let n = std::env::var("ASLINT_N").map_or(2_000, |n| n.parse().expect("ASLINT_N is a number"));
    let mut text = String::new();
    for seed in 0..n {
        let case = case(Flavour::Paths, seed);
        let tree = parse(&case.definition.as_str().into(), Format::Json);
        let machine = lower(tree.root());
        let execution = execute(&case, &machine, |_| {});
        let (status, output, error, cause) = match &execution.status {
            Status::Succeeded(output) => ("SUCCEEDED", Some(output.to_json()), None, None),
            Status::Failed(failure) => ("FAILED", None, failure.error.as_deref(), failure.cause.as_deref()),
            Status::TimedOut => ("TIMED_OUT", None, None, None),
            Status::Aborted { .. } => ("ABORTED", None, None, None),
        };
        let entered: Vec<&str> = execution.entered().map(|id| machine.state(id).name()).collect();
        let row = json!({
            "seed": seed,
            "definition": case.definition,
            "input": case.input,
            "status": status,
            "output": output,
            "error": error,
            "cause": cause,
            "entered": entered,
            "seconds": time(&case).as_secs_f64(),
        });
        let _ = writeln!(text, "{row}");
    }
    fs::write(file, text).expect("the cases can be written");
}

/// How long one execution takes, with reading the machine and the input: the best of some.
#[expect(clippy::disallowed_methods, reason = "what is measured is time")]
fn time(case: &Case) -> Duration {
    let once = || {
        let start = Instant::now();
        let tree = parse(&case.definition.as_str().into(), Format::Json);
        let execution = execute(case, &lower(tree.root()), |_| {});
        assert!(execution.end > 0);
        start.elapsed()
    };
    (0..5).map(|_| once()).min().expect("some")
}
