//! What executions come to: machines, inputs and answers of tasks, and how they end, where, and when.

use aslint::asl::lower;
use aslint::eval::execution::{Execution, Setup, Status, run};
use aslint::eval::{Mocks, Value};
use aslint::syntax::{Format, parse};

use super::replay::Bucket;

/// One execution in words: how it ends, after how many seconds, through which states.
fn told(machine: &str, input: &str, mocks: &str, change: impl FnOnce(&mut Setup<'_>)) -> String {
    let format = if machine.starts_with("{\"") { Format::Json } else { Format::Yaml };
    let tree = parse(&machine.into(), format);
    assert!(tree.errors().is_empty(), "{machine}: {:?}", tree.errors());
    let machine = lower(tree.root());
    let mocks = Mocks::read(&mocks.into(), Format::Yaml, None).unwrap_or_else(|errors| panic!("{mocks}: {errors:?}"));
    let bucket = Bucket::default();
    let mut setup = Setup::new(Value::from_json(input).expect("an input"), &mocks, &bucket);
    change(&mut setup);
    let execution = run(&machine, &setup);
    let Execution { status, end, .. } = &execution;
    let text = |text: &Option<std::sync::Arc<str>>| text.as_deref().unwrap_or("-").to_owned();
    let ending = match status {
        Status::Succeeded(output) => output.to_json(),
        Status::Failed(failure) => format!("{}: {}", text(&failure.error), text(&failure.cause)),
        Status::TimedOut => "timed out".to_owned(),
        Status::Aborted { reason, .. } => format!("aborted: {reason}"),
    };
    let states: Vec<_> = execution.entered().map(|id| machine.state(id).name()).collect();
    format!("{ending} | {} s | {}", (end - setup.start) as f64 / 1000.0, states.join(" "))
}

/// Machine, input, mocks, what they come to.
fn check(cases: &[(&str, &str, &str, &str)]) {
    for (machine, input, mocks, expected) in cases {
        assert_eq!(told(machine, input, mocks, |_| {}), *expected, "{machine}\n{input}\n{mocks}");
    }
}

#[test]
fn time_is_simulated() {
    check(&[
        ("{StartAt: W, States: {W: {Type: Wait, Seconds: 31000000, End: true}}}", "1", "{}", "1 | 31000000 s | W"),
        // Standard executions end after a year.
        (
            "{StartAt: W, States: {W: {Type: Wait, Seconds: 31536001, End: true}}}",
            "1",
            "{}",
            "timed out | 31536000 s | W",
        ),
        (
            "{StartAt: W, TimeoutSeconds: 5, States: {W: {Type: Wait, Seconds: 4, Next: V}, V: {Type: Wait, Seconds: 2, End: true}}}",
            "1",
            "{}",
            "timed out | 5 s | W V",
        ),
        (
            "{StartAt: W, States: {W: {Type: Wait, Timestamp: '2026-11-23T00:01:00Z', End: true}}}",
            "1",
            "{}",
            "1 | 60 s | W",
        ),
        (
            "{StartAt: W, States: {W: {Type: Wait, Timestamp: '2020-01-01T00:00:00Z', End: true}}}",
            "1",
            "{}",
            "1 | 0 s | W",
        ),
        (
            "{StartAt: W, States: {W: {Type: Wait, SecondsPath: $.s, End: true}}}",
            "{\"s\":7}",
            "{}",
            "{\"s\":7} | 7 s | W",
        ),
        (
            "{StartAt: W, States: {W: {Type: Wait, TimestampPath: $.t, OutputPath: $.t, End: true}}}",
            "{\"t\":\"2026-11-23T00:00:01.5Z\"}",
            "{}",
            "\"2026-11-23T00:00:01.5Z\" | 1.5 s | W",
        ),
        (
            "{StartAt: W, QueryLanguage: JSONata, States: {W: {Type: Wait, Seconds: '{% $states.input * 2 %}', End: true}}}",
            "4",
            "{}",
            "4 | 8 s | W",
        ),
    ]);
}

/// A task `A` with these fields, `B` behind it and `H` to handle its errors.
fn task(fields: &str) -> String {
    format!(
        "{{StartAt: A, States: {{A: {{Type: Task, Resource: 'arn:aws:states:::sqs:sendMessage', Parameters: {{}}, Next: B, {fields}}}, \
         B: {{Type: Pass, End: true}}, H: {{Type: Pass, End: true}}}}}}"
    )
}

fn check_task(cases: &[(&str, &str, &str)]) {
    for (fields, mocks, expected) in cases {
        assert_eq!(told(&task(fields), "{\"in\":0}", mocks, |_| {}), *expected, "{fields}\n{mocks}");
    }
}

#[test]
fn tasks_are_answered_by_mocks() {
    check_task(&[
        ("", "{A: {return: 1}}", "1 | 0 s | A B"),
        ("", "{A: {return: 1, seconds: 2.5}}", "1 | 2.5 s | A B"),
        ("", "{'*': {return: 2}}", "2 | 0 s | A B"),
        ("", "{'arn:aws:states:::sqs:sendMessage': {return: 3}, '*': {return: 2}}", "3 | 0 s | A B"),
        ("", "{A: {return: 4}, 'arn:aws:states:::sqs:sendMessage': {return: 3}}", "4 | 0 s | A B"),
        ("ResultPath: $.r", "{A: {return: [1]}}", "{\"in\":0,\"r\":[1]} | 0 s | A B"),
        ("ResultPath: null", "{A: {return: [1]}}", "{\"in\":0} | 0 s | A B"),
        ("", "{A: {error: E, cause: c}}", "E: c | 0 s | A"),
        ("", "{A: {error: E}}", "E: - | 0 s | A"),
    ]);
    let unanswered = told(&task(""), "{}", "{B: {return: 1}}", |_| {});
    assert!(unanswered.starts_with("aslint.NotMocked: `A` calls `arn:aws:states:::sqs:sendMessage`"), "{unanswered}");
    // Nobody handles that: what the task would have done is not known.
    let caught = "Catch: [{ErrorEquals: [States.ALL], Next: H}], Retry: [{ErrorEquals: [States.ALL]}]";
    assert!(told(&task(caught), "{}", "{}", |_| {}).starts_with("aslint.NotMocked"));
}

#[test]
fn errors_are_retried_and_then_caught() {
    check_task(&[
        (
            "Catch: [{ErrorEquals: [E], Next: H}]",
            "{A: {error: E, cause: c}}",
            "{\"Error\":\"E\",\"Cause\":\"c\"} | 0 s | A H",
        ),
        (
            "Catch: [{ErrorEquals: [E], Next: H, ResultPath: $.e}]",
            "{A: {error: E}}",
            "{\"in\":0,\"e\":{\"Error\":\"E\",\"Cause\":\"\"}} | 0 s | A H",
        ),
        ("Catch: [{ErrorEquals: [F], Next: H}]", "{A: {error: E}}", "E: - | 0 s | A"),
        (
            "Catch: [{ErrorEquals: [States.TaskFailed], Next: H}]",
            "{A: {error: E}}",
            "{\"Error\":\"E\",\"Cause\":\"\"} | 0 s | A H",
        ),
        // The wildcard for everything but a timeout.
        (
            "Catch: [{ErrorEquals: [States.TaskFailed], Next: H}]",
            "{A: {error: States.Timeout}}",
            "States.Timeout: - | 0 s | A",
        ),
        (
            "Catch: [{ErrorEquals: [States.ALL], Next: H, ResultPath: null}]",
            "{A: {error: States.Timeout}}",
            "{\"in\":0} | 0 s | A H",
        ),
        // The first that names it.
        (
            "Catch: [{ErrorEquals: [F, E], Next: B, ResultPath: null}, {ErrorEquals: [States.ALL], Next: H}]",
            "{A: {error: E}}",
            "{\"in\":0} | 0 s | A B",
        ),
        ("Retry: [{ErrorEquals: [E]}]", "{A: [{error: E}, {error: E}, {return: 1}]}", "1 | 3 s | A B"),
        ("Retry: [{ErrorEquals: [E], MaxAttempts: 1}]", "{A: [{error: E}, {error: E}, {return: 1}]}", "E: - | 1 s | A"),
        (
            "Retry: [{ErrorEquals: [E], IntervalSeconds: 9, BackoffRate: 1}]",
            "{A: [{error: E, seconds: 1}, {return: 1}]}",
            "1 | 10 s | A B",
        ),
        (
            "Retry: [{ErrorEquals: [States.ALL], MaxAttempts: 2}], Catch: [{ErrorEquals: [States.ALL], Next: H, ResultPath: null}]",
            "{A: {error: E}}",
            "{\"in\":0} | 3 s | A H",
        ),
        // An attempt sees how many were before it.
        (
            "Parameters: {n.$: $$.State.RetryCount}, Retry: [{ErrorEquals: [E]}], ResultPath: null",
            "{A: [{error: E}, {return: 1}]}",
            "{\"in\":0} | 1 s | A B",
        ),
    ]);
}

#[test]
fn timeouts_and_heartbeats() {
    check_task(&[
        ("TimeoutSeconds: 5", "{A: {return: 1, seconds: 5}}", "1 | 5 s | A B"),
        ("TimeoutSeconds: 5", "{A: {return: 1, seconds: 6}}", "States.Timeout: - | 5 s | A"),
        (
            "TimeoutSeconds: 5, Catch: [{ErrorEquals: [States.Timeout], Next: H}]",
            "{A: {error: E, seconds: 6}}",
            "{\"Error\":\"States.Timeout\",\"Cause\":\"\"} | 5 s | A H",
        ),
        // Only who works on an activity or holds a token sends heartbeats.
        ("HeartbeatSeconds: 2", "{A: {return: 1, seconds: 6}}", "1 | 6 s | A B"),
    ]);
    let token = |fields: &str| task(fields).replace("sendMessage", "sendMessage.waitForTaskToken");
    for (fields, mocks, expected) in [
        ("HeartbeatSeconds: 2", "{A: {return: 1, seconds: 6}}", "States.Timeout: - | 2 s | A"),
        ("HeartbeatSeconds: 2", "{A: {return: 1, seconds: 6, heartbeatSeconds: 2}}", "1 | 6 s | A B"),
        (
            "HeartbeatSeconds: 2, Catch: [{ErrorEquals: [States.HeartbeatTimeout], Next: H, ResultPath: null}]",
            "{A: {return: 1, seconds: 6}}",
            "{\"in\":0} | 2 s | A H",
        ),
        (
            "TimeoutSeconds: 3, HeartbeatSeconds: 2, Catch: [{ErrorEquals: [States.HeartbeatTimeout], Next: H}]",
            "{A: {return: 1, seconds: 6, heartbeatSeconds: 1}}",
            "States.Timeout: - | 3 s | A",
        ),
    ] {
        assert_eq!(told(&token(fields), "{\"in\":0}", mocks, |_| {}), expected, "{fields}\n{mocks}");
    }
}

#[test]
fn what_cannot_be_caught() {
    let all = "Catch: [{ErrorEquals: [States.ALL], Next: H}], Retry: [{ErrorEquals: [States.ALL]}]";
    for (fields, expected) in [
        (
            format!("InputPath: $.missing, {all}"),
            "States.Runtime: An error occurred while executing the state 'A' (entered at the event id #2).",
        ),
        (format!("ResultPath: $.in.x, ResultSelector: {{x.$: $.missing}}, {all}"), "States.Runtime: "),
    ] {
        let told = told(&task(&fields), "{\"in\":0}", "{A: {return: {}}}", |_| {});
        assert!(told.starts_with(expected) && told.ends_with("| 0 s | A"), "{fields}: {told}");
    }
    // The result of a task that is too large is (recorded); the output of a state is not.
    let large = format!("{{A: {{return: '{}'}}}}", "x".repeat(262_143));
    let caught = told(&task(all), "{}", &large, |_| {});
    assert!(caught.starts_with("{\"Error\":\"States.DataLimitExceeded\"") && caught.ends_with("A H"), "{caught}");
    // What a task is called with, an iteration starts with, and a catcher makes (AWS guide, "Handling errors", "Quotas").
    let input = format!("{{\"in\":\"{}\"}}", "x".repeat(200_000));
    for (machine, mocks) in [
        (
            task(&format!("Parameters: {{a.$: $.in, b.$: $.in}}, {all}")).replacen("Parameters: {}, ", "", 1),
            "{A: {return: 1}}".to_owned(),
        ),
        (
            task(&format!("{all}, ResultPath: null")).replace("Next: H}", "Next: H, ResultPath: $.e}"),
            format!("{{A: {{error: E, cause: '{}'}}}}", "x".repeat(70_000)),
        ),
        (
            format!(
                "{{StartAt: A, States: {{A: {{Type: Map, ItemsPath: $.items, {all}, ItemSelector: {{a.$: $.in, b.$: $.in}}, \
                 ItemProcessor: {{StartAt: B, States: {{B: {{Type: Pass, End: true}}}}}}, End: true}}, H: {{Type: Pass, End: true}}}}}}"
            ),
            "{}".to_owned(),
        ),
    ] {
        let input = input.replacen('{', "{\"items\":[1],", 1);
        let told = told(&machine, &input, &mocks, |_| {});
        assert!(told.starts_with("States.DataLimitExceeded: ") && told.ends_with("| A"), "{machine}: {told:.300}");
    }
    let input = format!("{{\"in\":\"{}\"}}", "x".repeat(262_000));
    let grown = told(
        &task(&format!("ResultPath: $.r, {all}")),
        &input,
        "{A: {return: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'}}",
        |_| {},
    );
    assert!(grown.starts_with("States.DataLimitExceeded: ") && grown.ends_with("| A"), "{grown}");
}

#[test]
fn a_failing_branch_stops_the_rest() {
    let parallel = |branches: &str, more: &str| {
        format!(
            "{{StartAt: P, States: {{P: {{Type: Parallel, Branches: [{branches}], {more} Next: E}}, E: {{Type: Succeed}}, H: {{Type: Pass, End: true}}}}}}"
        )
    };
    let branch = |name: &str, seconds: u32, end: &str| {
        format!(
            "{{StartAt: {name}, States: {{{name}: {{Type: Wait, Seconds: {seconds}, Next: {name}2}}, {name}2: {end}}}}}"
        )
    };
    let (pass, fail) = ("{Type: Pass, End: true}", "{Type: Fail, Error: X, Cause: y}");
    let three = |a: u32, b: u32, c: u32, middle: &str| {
        [branch("a", a, pass), branch("b", b, middle), branch("c", c, pass)].join(", ")
    };
    for (branches, more, expected) in [
        (three(3, 1, 2, pass), "", "[1,1,1] | 3 s | P a b c b2 c2 a2 E"),
        (three(3, 2, 1, fail), "", "X: y | 2 s | P a b c c2 b2"),
        // What was done after the failure never happened, in branches before it and behind it.
        (three(9, 2, 9, fail), "Catch: [{ErrorEquals: [X], Next: H, ResultPath: null}],", "1 | 2 s | P a b c b2 H"),
        (three(9, 2, 9, fail), "Retry: [{ErrorEquals: [X], MaxAttempts: 1}],", "X: y | 5 s | P a b c b2 a b c b2"),
        (three(1, 2, 9, fail), "", "X: y | 2 s | P a b c a2 b2"),
    ] {
        assert_eq!(told(&parallel(&branches, more), "1", "{}", |_| {}), expected, "{branches}");
    }
    // What was taken back gave no answers, and a task that would have been called later needs none.
    let task = |name: &str| {
        format!("{{Type: Task, Resource: 'arn:aws:states:::sqs:sendMessage', Parameters: {{n: {name}}}, End: true}}")
    };
    let two = [branch("a", 9, &task("a")), branch("b", 1, &task("b"))].join(", ");
    for (more, mocks, expected) in [
        (
            "Retry: [{ErrorEquals: [X]}],",
            "{a2: [{return: 1}, {return: 2}], b2: [{error: X}, {return: 3}]}",
            "[1,3] | 11 s | P a b b2 a b b2 a2 E",
        ),
        ("Catch: [{ErrorEquals: [X], Next: H, ResultPath: null}],", "{b2: {error: X}}", "1 | 1 s | P a b b2 H"),
    ] {
        let told = told(&parallel(&two, more), "1", mocks, |_| {});
        assert_eq!(told, expected, "{more} {mocks}");
    }
    let unanswered = told(&parallel(&two, ""), "1", "{b2: {return: 1}}", |_| {});
    assert!(
        unanswered.starts_with("aslint.NotMocked: `a2`") && unanswered.ends_with("| 9 s | P a b b2 a2"),
        "{unanswered}"
    );
    // Nor does it hang on its answer which others begin.
    let at_once = format!("{{StartAt: b, States: {{b: {fail}}}}}");
    let begun = [branch("a", 9, &task("a")), at_once, branch("c", 3, pass)].join(", ");
    for mocks in ["{}", "{a2: {return: 1}}"] {
        assert_eq!(told(&parallel(&begun, ""), "1", mocks, |_| {}), "X: y | 0 s | P a b c", "{mocks}");
    }
    // The machine's own timeout stops all of them, unless one of them has failed before.
    let limited = |branches: &str| parallel(branches, "").replace("StartAt: P,", "StartAt: P, TimeoutSeconds: 4,");
    assert_eq!(told(&limited(&three(9, 1, 9, pass)), "1", "{}", |_| {}), "timed out | 4 s | P a b c b2");
    assert_eq!(told(&limited(&three(9, 2, 9, fail)), "1", "{}", |_| {}), "X: y | 2 s | P a b c b2");
}

#[test]
fn maps_iterate() {
    let map = |fields: &str, states: &str, config: &str| {
        format!(
            "{{StartAt: M, States: {{M: {{Type: Map, {fields} ItemProcessor: {{{config} StartAt: I, States: {{{states}}}}}, End: true}}}}}}"
        )
    };
    let (pass, wait) = ("I: {Type: Pass, End: true}", "I: {Type: Wait, SecondsPath: $, End: true}");
    let distributed = "ProcessorConfig: {Mode: DISTRIBUTED, ExecutionType: STANDARD},";
    let choose = "I: {Type: Choice, Choices: [{Variable: $, NumericGreaterThan: 2, Next: F}], Default: W}, \
                  W: {Type: Wait, SecondsPath: $, End: true}, F: {Type: Fail, Error: X}";
    for (machine, input, expected) in [
        (map("", pass, ""), "[1,2]", "[1,2] | 0 s | M I I"),
        (map("", pass, ""), "[]", "[] | 0 s | M"),
        (map("", wait, ""), "[3,1,2]", "[3,1,2] | 3 s | M I I I"),
        (map("MaxConcurrency: 1,", wait, ""), "[3,1,2]", "[3,1,2] | 6 s | M I I I"),
        (map("MaxConcurrency: 2,", wait, ""), "[3,1,1,1]", "[3,1,1,1] | 3 s | M I I I I"),
        (
            map("ItemsPath: $.a, ItemSelector: {i.$: $$.Map.Item.Index, v.$: $$.Map.Item.Value, b.$: $.b},", pass, ""),
            "{\"a\":[5],\"b\":6}",
            "[{\"i\":0,\"v\":5,\"b\":6}] | 0 s | M I",
        ),
        // Pairs of an object (AWS guide, "ItemsPath"), but not of an Inline Map (recorded).
        (map("", pass, distributed), "{\"a\":5}", "[{\"Key\":\"a\",\"Value\":5}] | 0 s | M"),
        (
            map("", pass, ""),
            "{\"a\":5}",
            "States.Runtime: An error occurred while executing the state 'M' (entered at the event id #2). Reference path must point to array, \
             and this is an object: `{\"a\":5}` | 0 s | M",
        ),
        (map("MaxConcurrency: 1,", choose, ""), "[1,3,1]", "X: - | 1 s | M I W I F"),
        (map("", pass, distributed), "[1,2]", "[1,2] | 0 s | M"),
        (
            map("MaxConcurrency: 1,", choose, distributed),
            "[1,3,1]",
            "States.ExceedToleratedFailureThreshold: The specified tolerated failure threshold was exceeded | 1 s | M",
        ),
        (map("ToleratedFailureCount: 1,", choose, distributed), "[1,3,2]", "[1,2] | 2 s | M"),
        (map("ToleratedFailurePercentage: 40,", choose, distributed), "[1,3,2]", "[1,2] | 2 s | M"),
        (
            map("ToleratedFailurePercentage: 30,", choose, distributed),
            "[1,3,2]",
            "States.ExceedToleratedFailureThreshold: The specified tolerated failure threshold was exceeded | 0 s | M",
        ),
        (
            map("ItemBatcher: {MaxItemsPerBatch: 2},", pass, distributed),
            "[1,2,3]",
            "[{\"Items\":[1,2]},{\"Items\":[3]}] | 0 s | M",
        ),
    ] {
        assert_eq!(told(&machine, input, "{}", |_| {}), expected, "{machine}\n{input}");
    }
    // Whole containers have answers too, by their names.
    assert_eq!(
        told(&map("", pass, ""), "[1]", "{M: {return: [7], seconds: 1}, '*': {return: 8}}", |_| {}),
        "[7] | 1 s | M"
    );
}

/// The service names the field at fault from its state on, whatever values are called.
#[test]
fn fields_at_fault_are_named() {
    let fields = "Type: Pass, Output: {States: {A: {z: '{% $states.input.nope %}'}}}, End: true";
    let told = |machine: String| told(&machine, "{}", "{}", |_| {});
    let inner = format!("{{StartAt: A, States: {{A: {{{fields}}}}}}}");
    let plain = told(inner.replacen('{', "{QueryLanguage: JSONata, ", 1));
    assert!(plain.contains("specified for the field 'Output/States/A/z'"), "{plain}");
    let nested = told(format!(
        "{{QueryLanguage: JSONata, StartAt: P, States: {{P: {{Type: Parallel, Branches: [{inner}], End: true}}}}}}"
    ));
    assert!(nested.contains("specified for the field 'Output/States/A/z'"), "{nested}");
}

#[test]
fn variables_live_in_their_scopes() {
    check(&[
        (
            "{StartAt: A, States: {A: {Type: Pass, Assign: {x: 1}, Next: B}, B: {Type: Pass, Assign: {x: 2}, Parameters: {x.$: $x}, Next: C}, \
              C: {Type: Pass, Parameters: {b.$: $.x, x.$: $x}, End: true}}}",
            "0",
            "{}",
            "{\"b\":1,\"x\":2} | 0 s | A B C",
        ),
        // An inner scope reads the outer one, and what it assigns is gone behind it.
        (
            "{StartAt: A, States: {A: {Type: Pass, Assign: {x: 1}, Next: P}, P: {Type: Parallel, Next: C, Branches: [{StartAt: B, States: {\
              B: {Type: Pass, Assign: {y.$: $x}, Next: D}, D: {Type: Pass, Parameters: {y.$: $y}, End: true}}}]}, \
              C: {Type: Pass, OutputPath: $y, End: true}}}",
            "0",
            "{}",
            "States.Runtime: An error occurred while executing the state 'C' (entered at the event id #12). nothing is assigned to the variable `$y` | 0 s | A P B D C",
        ),
    ]);
}

#[test]
fn runaways_are_given_up() {
    let endless = "{StartAt: A, States: {A: {Type: Pass, Next: B}, B: {Type: Pass, Next: A}, C: {Type: Succeed}}}";
    let few = told(endless, "1", "{}", |setup| setup.max_states = 4);
    assert_eq!(
        few,
        "aborted: it has entered or retried 4 states, as many as are allowed, and was not done | 0 s | A B A B"
    );
    let costly = "{StartAt: A, QueryLanguage: JSONata, States: {A: {Type: Pass, Output: '{% ($f := function($n) { $f($n + 1) }; $f(0)) %}', End: true}}}";
    let given_up = told(costly, "1", "{}", |setup| setup.max_work = 100_000);
    assert_eq!(given_up, "aborted: the evaluation takes more work than is allowed | 0 s | A");
    let deep = "{StartAt: A, QueryLanguage: JSONata, States: {A: {Type: Pass, Output: '{% $reduce([1..2000], function($a, $b){[[$a]]}) %}', End: true}}}";
    assert_eq!(told(deep, "1", "{}", |_| {}), "aborted: value nests deeper than 1000 levels | 0 s | A");
    // Retries count, or one state would go on for as long as an execution may last.
    let retried = "Retry: [{ErrorEquals: [E], MaxAttempts: 99999999, BackoffRate: 1}]";
    let given_up = told(&task(retried), "1", "{A: {error: E}}", |setup| setup.max_states = 9);
    assert_eq!(
        given_up,
        "aborted: it has entered or retried 9 states, as many as are allowed, and was not done | 9 s | A"
    );
    // What is shared is small to hold and endless to write.
    for assign in
        ["Assign: {x.$: 'States.Array($x, $x)'}", "QueryLanguage: JSONata, Assign: {x: \"{% {'a': $x, 'b': $x} %}\"}"]
    {
        let doubling = format!(
            "{{StartAt: I, States: {{I: {{Type: Pass, Assign: {{x: 1}}, Next: A}}, A: {{Type: Pass, {assign}, Next: A}}, C: {{Type: Succeed}}}}}}"
        );
        let told = told(&doubling, "1", "{}", |_| {});
        assert!(told.starts_with("States.DataLimitExceeded: `Assign` makes variables of more than"), "{told}");
    }
    // A document that grows in a loop reaches the size that the service hands on, whatever the loop does.
    let growing = "{StartAt: A, States: {A: {Type: Pass, Parameters: {a.$: $, b.$: $}, Next: A}, C: {Type: Succeed}}}";
    assert!(
        told(growing, "1", "{}", |_| {}).starts_with("States.DataLimitExceeded"),
        "{}",
        told(growing, "1", "{}", |_| {})
    );
    let deepening = "{StartAt: A, States: {A: {Type: Pass, Parameters: {a.$: $}, Next: A}, C: {Type: Succeed}}}";
    assert!(told(deepening, "1", "{}", |_| {}).starts_with("States.Runtime"), "{}", told(deepening, "1", "{}", |_| {}));
}

#[test]
fn scopes_nest_as_deep_as_a_text_does() {
    let mut machine = String::from("{\"StartAt\":\"S\",\"States\":{\"S\":{\"Type\":\"Pass\",\"End\":true}}}");
    for depth in 0..200 {
        machine = format!(
            "{{\"StartAt\":\"P{depth}\",\"States\":{{\"P{depth}\":{{\"Type\":\"Parallel\",\"OutputPath\":\"$[0]\",\"End\":true,\"Branches\":[{machine}]}}}}}}"
        );
    }
    let told = told(&machine, "7", "{}", |_| {});
    assert!(told.starts_with("7 | 0 s | P199 P198"), "{told}");
}
