//! Counts against executions: what is told of a loop is what the interpreter does in it.

use super::Count;
use crate::asl::expression::expressions;
use crate::asl::sites::sites;
use crate::asl::{Machine, lower};
use crate::eval::{Mocks, NoFiles, Setup, Status, Value, run};
use crate::flow::loops::Facts;
use crate::flow::variables::Variables;
use crate::graph::Graph;
use crate::syntax::{Format, Node, parse};

fn counts<T>(text: &str, then: impl FnOnce(&Machine<'_>, Vec<Count<'_>>) -> T) -> T {
    let tree = parse(&text.into(), Format::Yaml);
    assert!(tree.errors().is_empty(), "{text}: {:?}", tree.errors());
    let machine = lower(tree.root());
    let graph = Graph::new(&machine);
    let expressions = expressions(&sites(&machine));
    let variables = Variables::new(&machine, &expressions);
    let facts = Facts { machine: &machine, graph: &graph, variables: &variables, expressions: &expressions };
    let counts = facts.counts(Node::as_i64);
    then(&machine, counts)
}

/// How a loop counts: the language, the first state, the state that adds, and a rule of the Choice.
const SPELLINGS: [(&str, &str, &str, &str); 9] = [
    ("JSONata", "Assign: {n: START}", "Assign: {n: '{% $n + BY %}'}", "Condition: '{% $n OP LIMIT %}'"),
    ("JSONata", "Assign: {n: START}", "Assign: {n: '{% (BY + $n) %}'}", "Condition: '{% $n OP LIMIT or $n = 99 %}'"),
    ("JSONata", "Assign: {n: START}", "Assign: {n: '{% $n - -BY %}'}", "Condition: '{% $not($n NOT LIMIT) %}'"),
    (
        "JSONata",
        "Output: {n: START}",
        "Output: {n: '{% $states.input.n + BY %}'}",
        "Condition: '{% $states.input.n OP LIMIT %}'",
    ),
    ("JSONPath", "Assign: {n: START}", "Assign: {n.$: 'States.MathAdd($n, BY)'}", "Variable: $n, CMP: LIMIT"),
    ("JSONPath", "Result: {n: START}", "Parameters: {n.$: 'States.MathAdd($.n, BY)'}", "Variable: $.n, CMP: LIMIT"),
    (
        "JSONPath",
        "Result: {n: START}, ResultPath: $.a.b",
        "Parameters: {n.$: 'States.MathAdd(BY, $.a.b.n)'}, ResultPath: $.a.b",
        "Or: [{Variable: $.a.b.n, CMP: LIMIT}, {Variable: $.a, IsNull: true}]",
    ),
    (
        "JSONPath",
        "Result: {n: START}",
        "Parameters: {n.$: 'States.MathAdd($.n, BY)'}",
        "Not: {Variable: $.n, NOTCMP: LIMIT}",
    ),
    (
        "JSONPath",
        "Parameters: {it: {n: START}}",
        "Parameters: {it: {n.$: 'States.MathAdd($.it.n, BY)'}}",
        "Not: {And: [{Variable: $.it.n, NOTCMP: LIMIT}, {Variable: $.it, IsPresent: true}]}",
    ),
];

const ORDERS: [(&str, &str, &str, &str); 5] = [
    (">=", "<", "NumericGreaterThanEquals", "NumericLessThan"),
    (">", "<=", "NumericGreaterThan", "NumericLessThanEquals"),
    ("<=", ">", "NumericLessThanEquals", "NumericGreaterThan"),
    ("<", ">=", "NumericLessThan", "NumericGreaterThanEquals"),
    ("=", "!=", "NumericEquals", "NumericEquals"),
];

#[test]
fn a_loop_goes_round_as_often_as_told() {
    let mut n_told = 0;
    for (language, first, add, rule) in SPELLINGS {
        for (order, (start, by, limit)) in ORDERS.iter().flat_map(|order| {
            [(0, 1, 7), (3, 2, 10), (9, -1, 4), (5, -3, -6), (8, 2, 7), (0, 3, 7)].map(|n| (order, n))
        }) {
            let (op, negated, comparator, other) = *order;
            if op == "=" && (rule.contains("NOTCMP") || rule.contains("NOT LIMIT")) {
                continue;
            }
            let fill = |text: &str| {
                let text = text.replace("NOTCMP", other).replace("CMP", comparator);
                let text = text.replace("NOT LIMIT", &format!("{negated} LIMIT")).replace("OP", op);
                text.replace("START", &start.to_string())
                    .replace("LIMIT", &limit.to_string())
                    .replace("--BY", "-BY")
                    .replace("BY", &by.to_string())
            };
            // `- -1` takes one away twice.
            let fill = |text: &str| match text.contains("- -BY") {
                true => fill(&text.replace("- -BY", &format!("- {}", -by))),
                false => fill(text),
            };
            let text = format!(
                "QueryLanguage: {language}\nStartAt: Begin\nStates: {{Begin: {{Type: Pass, {}, Next: Enough}}, \
                 Enough: {{Type: Choice, Choices: [{{{}, Next: Done}}], Default: Add}}, \
                 Add: {{Type: Pass, {}, Next: Enough}}, Done: {{Type: Succeed}}}}",
                fill(first),
                fill(rule),
                fill(add)
            );
            counts(&text, |machine, counts| {
                let mocks = Mocks::new();
                let mut setup = Setup::new(Value::object([].into()), &mocks, &NoFiles);
                setup.max_states = 200;
                let execution = run(machine, &setup);
                let n_rounds = execution.entered().filter(|&state| machine.state(state).name() == "Add").count();
                match execution.status {
                    // One that is let out at once need not be told.
                    Status::Succeeded(_) if n_rounds == 0 => {
                        assert!(counts.iter().all(|count| count.n_rounds == 0), "{text}");
                    }
                    Status::Succeeded(_) => {
                        let [count] = &counts[..] else { panic!("no count: {text}") };
                        assert_eq!(usize::try_from(count.n_rounds), Ok(n_rounds), "{text}");
                        assert_eq!(count.n_events, 4, "{text}");
                        n_told += 1;
                    }
                    Status::Aborted { .. } => assert!(counts.is_empty(), "goes on for ever: {text}"),
                    status => panic!("{status:?}: {text}"),
                }
            });
        }
    }
    assert!(n_told > 100, "{n_told}");
}

#[test]
fn what_is_not_known_is_no_count() {
    let begin = "Begin: {Type: Pass, Assign: {n: 0}, Next: Enough}";
    let enough = "Enough: {Type: Choice, Choices: [{Condition: '{% $n >= 9 %}', Next: Done}], Default: Add}";
    let add = "Add: {Type: Pass, Assign: {n: '{% $n + 1 %}'}, Next: Enough}";
    let told = |states: [&str; 3]| {
        let text = format!(
            "QueryLanguage: JSONata\nStartAt: Begin\nStates: {{{}, Done: {{Type: Succeed}}}}",
            states.join(", ")
        );
        counts(&text, |_, counts| counts.len())
    };
    assert_eq!(told([begin, enough, add]), 1);
    for states in [
        // The beginning, the limit and the change are not numbers of the definition.
        ["Begin: {Type: Pass, Assign: {n: '{% $states.input.n %}'}, Next: Enough}", enough, add],
        [
            begin,
            "Enough: {Type: Choice, Choices: [{Condition: '{% $n >= $states.input.most %}', Next: Done}], Default: Add}",
            add,
        ],
        [begin, enough, "Add: {Type: Pass, Assign: {n: '{% $n + $states.input.by %}'}, Next: Enough}"],
        [begin, enough, "Add: {Type: Pass, Assign: {n: '{% $n * 2 %}'}, Next: Enough}"],
        // It is set in two places of the loop.
        [
            begin,
            enough,
            "Add: {Type: Pass, Assign: {n: '{% $n + 1 %}'}, Next: More}, More: {Type: Pass, Assign: {n: 0}, Next: Enough}",
        ],
        // Both have to hold.
        [
            begin,
            "Enough: {Type: Choice, Choices: [{Condition: '{% $n >= 9 and $states.input.ok %}', Next: Done}], Default: Add}",
            add,
        ],
        // A rule that leads on in the loop lets nothing out.
        [begin, "Enough: {Type: Choice, Choices: [{Condition: '{% $n >= 9 %}', Next: Add}], Default: Add}", add],
    ] {
        assert_eq!(told(states), 0, "{states:?}");
    }
}
