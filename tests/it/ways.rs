//! Comparisons of Choices that fail on one way to them: planted, and held to the interpreter.

use std::fmt::Write as _;

use aslint::asl::lower;
use aslint::engine::{Options, check};
use aslint::eval::execution::{Setup, Status, run};
use aslint::eval::{Mocks, NoFiles, Value};
use aslint::rules;
use aslint::source::Source;
use aslint::syntax::{Format, parse};

/// The messages of one rule for a machine.
pub(crate) fn told(rule: &str, text: &str) -> Vec<String> {
    let options = Options { rules: vec![rules::find(rule).expect("a rule")], ..Options::default() };
    let report = check(&Source::machine("m", text, Format::Yaml), &options);
    report.diagnostics.into_iter().map(|found| found.message).collect()
}

/// An execution of a machine, in some words: how it ends, and the last state that is entered.
pub(crate) fn ending(text: &str, input: &str, mocks: &str) -> String {
    let tree = parse(&text.into(), Format::Yaml);
    assert!(tree.errors().is_empty(), "{text}: {:?}", tree.errors());
    let machine = lower(tree.root());
    let mocks = Mocks::read(&mocks.into(), Format::Yaml, None).expect("mocks");
    let mut setup = Setup::new(Value::from_json(input).expect("an input"), &mocks, &NoFiles);
    setup.max_states = 1_000;
    let execution = run(&machine, &setup);
    let last = execution.entered().last().map_or("", |state| machine.state(state).name());
    let word = match &execution.status {
        Status::Succeeded(_) => "succeeds",
        Status::Failed(_) => "fails",
        Status::TimedOut | Status::Aborted { .. } => "goes on",
    };
    format!("{word} in {last}")
}

pub(crate) const CALL: &str = "Type: Task, Resource: 'arn:aws:lambda:eu-west-1:111122223333:function:f'";
const ALL: &str = "Catch: [{ErrorEquals: [States.ALL], Next: C}]";

/// A Task `A`, then a Choice `C` with these rules.
fn caught(task: &str, rules: &str) -> String {
    format!(
        "StartAt: A\nStates: {{A: {{{CALL}, {task}, Next: C}}, C: {{Type: Choice, Choices: [{rules}], Default: D}}, D: {{Type: Succeed}}}}"
    )
}

/// A Choice `A` that leads to `B` or `E`, both of which lead to what comes before the Choice `C` with these rules.
fn parted(b: &str, e: &str, before: &str, rules: &str) -> String {
    format!(
        "StartAt: A\nStates: {{A: {{Type: Choice, Choices: [{{Variable: $.k, NumericEquals: 1, Next: B}}], Default: E}}, \
         B: {{{b}, Next: J}}, E: {{{e}, Next: J}}, J: {{{before}, Next: C}}, \
         C: {{Type: Choice, Choices: [{rules}], Default: D}}, D: {{Type: Succeed}}}}"
    )
}

/// The same in JSONata: what `B` and `E` hand on, and the conditions.
fn parted_jsonata(b: &str, e: &str, conditions: &[&str]) -> String {
    let rules: Vec<String> =
        conditions.iter().map(|condition| format!("{{Condition: \"{{% {condition} %}}\", Next: D}}")).collect();
    format!(
        "QueryLanguage: JSONata\nStartAt: A\nStates: {{A: {{Type: Choice, Choices: [{{Condition: \"{{% $states.input.k = 1 %}}\", Next: B}}], Default: E}}, \
         B: {{Type: Pass, Output: {b}, Next: C}}, E: {{Type: Pass, Output: {e}, Next: C}}, \
         C: {{Type: Choice, Choices: [{}], Default: D}}, D: {{Type: Succeed}}}}",
        rules.join(", ")
    )
}

#[test]
fn comparisons_fail_on_the_ways_that_are_told() {
    let at = |path: &str, test: &str| format!("{{Variable: {path}, {test}, Next: D}}");
    let pass = |result: &str| format!("Type: Pass, Result: {result}");
    let wait = "Type: Wait, Seconds: 1";
    let one = "{\"k\": 1, \"x\": 1, \"s\": {}}";
    let other = "{\"k\": 2, \"x\": 1, \"s\": {}}";
    let fails = "{A: [{error: Boom}]}";
    // A machine, what is told begins with, an input and answers with which it fails in the Choice.
    let planted: Vec<(String, &str, &str, &str)> = vec![
        (
            caught(&format!("ResultPath: $.r, {ALL}"), &at("$.x", "NumericEquals: 1")),
            "where `A` has failed, there is no `$.x`",
            one,
            fails,
        ),
        // The rule before asks whether the error is one of many.
        (
            caught(
                &format!("ResultPath: $.r, {ALL}"),
                &format!("{}, {}", at("$.Error", "StringEquals: E"), at("$.x", "IsNull: true")),
            ),
            "where `A` has failed, there is no `$.x`",
            "{}",
            fails,
        ),
        (
            caught(
                &format!("ResultPath: $.r, {ALL}"),
                "{And: [{Variable: $.Cause, IsString: true}, {Variable: $.x, IsNull: true}], Next: D}",
            ),
            "where `A` has failed, there is no `$.x`",
            "{}",
            fails,
        ),
        // The other side of a comparison.
        (
            caught(&format!("ResultPath: $.r, {ALL}"), &at("$.Error", "StringEqualsPath: $.x.y")),
            "where `A` has failed, there is no `$.x`",
            "{}",
            fails,
        ),
        (
            parted(&pass("{a: 1}"), &pass("{b: 1}"), wait, &at("$.a", "NumericEquals: 1")),
            "behind `E` there is no `$.a`",
            other,
            "{}",
        ),
        (
            parted(
                &pass("{a: {c: 1}}"),
                &pass("{a: {b: 1}}"),
                &format!("{CALL}, ResultPath: $.z"),
                &at("$.a.c", "NumericEquals: 1"),
            ),
            "behind `E` there is no `$.a.c`",
            other,
            "{J: [{return: 1}]}",
        ),
        // A rule behind others that do not hold there.
        (
            parted(
                &pass("{t: b, a: 1}"),
                &pass("{t: e}"),
                wait,
                &format!("{}, {}", at("$.t", "StringEquals: x"), at("$.a", "NumericGreaterThan: 1")),
            ),
            "behind `E` there is no `$.a`",
            other,
            "{}",
        ),
        (
            parted(
                &pass("{n: 5, a: 1}"),
                &pass("{n: 1}"),
                wait,
                "{Or: [{Variable: $.n, NumericGreaterThan: 3}, {Not: {Variable: $.a, IsNull: true}}], Next: D}",
            ),
            "behind `E` there is no `$.a`",
            other,
            "{}",
        ),
        // Through a Choice that leads on there.
        (
            "StartAt: A\nStates: {A: {Type: Choice, Choices: [{Variable: $.k, NumericEquals: 1, Next: B}], Default: E}, \
                 B: {Type: Pass, Result: {t: b, a: 1}, Next: J}, E: {Type: Pass, Result: {t: e}, Next: J}, \
                 J: {Type: Choice, Choices: [{Variable: $.t, StringEquals: z, Next: D}], Default: C}, \
                 C: {Type: Choice, Choices: [{Variable: $.a, NumericEquals: 1, Next: D}], Default: D}, D: {Type: Succeed}}".to_owned(),
            "behind `E` there is no `$.a`",
            other,
            "{}",
        ),
        (
            parted_jsonata("{a: 1}", "{b: 1}", &["$states.input.a > 1"]),
            "behind `E` there is no `$states.input.a`",
            other,
            "{}",
        ),
        (
            parted_jsonata("{a: 1}", "{a: one}", &["$states.input.a > 1"]),
            "behind `E` `$states.input.a` is a string, and `1` a number",
            other,
            "{}",
        ),
        (
            parted_jsonata("{a: 1}", "{a: [1]}", &["$exists($states.input.a) and 1 <= $states.input.a"]),
            "behind `E` `1` is a number, and `$states.input.a` an array",
            other,
            "{}",
        ),
        (
            parted_jsonata("{t: b, a: true}", "{t: e, a: maybe}", &["$states.input.t = 'x'", "$states.input.a"]),
            "behind `E` `$states.input.a` is a string, and no boolean",
            other,
            "{}",
        ),
        (
            parted_jsonata("{t: b, n: 2}", "{t: e}", &["$not($states.input.t = 'e') or $states.input.n + 1 > 2"]),
            "",
            other,
            "{}",
        ),
    ];
    let mut wrong = String::new();
    for (text, begins, input, mocks) in &planted {
        let found = told("choice-may-fail", text);
        let ending = ending(text, input, mocks);
        // What is not told may well fail; what is told does.
        let is_right = match begins.is_empty() {
            true => found.is_empty(),
            false => found.len() == 1 && found[0].starts_with(begins) && ending == "fails in C",
        };
        if !is_right {
            let _ = writeln!(wrong, "{found:?}, {ending}, {begins:?}\n{text}");
        }
        let twice = told("maybe-absent-field", text);
        assert!(twice.is_empty(), "{twice:?} is told twice\n{text}");
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn comparisons_that_do_not_fail_are_let_alone() {
    let at = |path: &str, test: &str| format!("{{Variable: {path}, {test}, Next: D}}");
    let pass = |result: &str| format!("Type: Pass, Result: {result}");
    let wait = "Type: Wait, Seconds: 1";
    let kept = "ResultPath: $.r, Catch: [{ErrorEquals: [States.ALL], ResultPath: $.error, Next: C}]";
    for text in [
        // What comes from outside may have it on each way.
        caught(kept, &at("$.x", "NumericEquals: 1")),
        caught(&format!("ResultPath: $.r, {ALL}"), &at("$.x", "IsPresent: true")),
        caught(
            &format!("ResultPath: $.r, {ALL}"),
            &format!("{}, {}", at("$.Error", "IsPresent: true"), at("$.x", "IsNull: true")),
        ),
        caught(
            &format!("ResultPath: $.r, {ALL}"),
            "{And: [{Variable: $.x, IsPresent: true}, {Variable: $.x, IsNull: true}], Next: D}",
        ),
        // The error is always this one.
        caught(
            "ResultPath: $.r, Catch: [{ErrorEquals: [E], Next: C}]",
            &format!("{}, {}", at("$.Error", "StringEquals: E"), at("$.x", "IsNull: true")),
        ),
        // The rule before holds on the way that lacks it, or may.
        parted(
            &pass("{t: b, a: 1}"),
            &pass("{t: e}"),
            wait,
            &format!("{}, {}", at("$.t", "StringEquals: e"), at("$.a", "IsNull: true")),
        ),
        parted(
            "Type: Pass, Parameters: {t.$: $.t, a: 1}",
            "Type: Pass, Parameters: {t.$: $.t}",
            wait,
            &format!("{}, {}", at("$.t", "StringEquals: e"), at("$.a", "IsNull: true")),
        ),
        // Written, or replaced, before it comes there.
        parted(&pass("{a: 1}"), &pass("{b: 1}"), &format!("{CALL}, ResultPath: $.a"), &at("$.a", "NumericEquals: 1")),
        parted(&pass("{a: 1}"), &pass("{b: 1}"), CALL, &at("$.a", "NumericEquals: 1")),
        // Another type makes a comparison false and no more.
        parted(&pass("{a: 1}"), &pass("{a: one}"), wait, &at("$.a", "NumericGreaterThan: 1")),
        parted_jsonata("{a: 1}", "{b: 1}", &["$exists($states.input.a) and $states.input.a > 1"]),
        parted_jsonata("{a: 1}", "{b: 1}", &["$states.input.a = 1"]),
        parted_jsonata("{t: b, a: 1}", "{t: e, a: one}", &["$states.input.t = 'b' and $states.input.a > 1"]),
        parted_jsonata("{a: true}", "{a: one}", &["$boolean($states.input.a)"]),
    ] {
        let found = told("choice-may-fail", &text);
        assert!(found.is_empty(), "{found:?}\n{text}");
    }
    // On all ways: another finding.
    let pass = |made: &str| format!("Type: Pass, Parameters: {made}");
    let text = parted(&pass("{b: 1}"), &pass("{c: 1}"), wait, &at("$.a", "IsNull: true"));
    assert_eq!((told("choice-may-fail", &text).len(), told("absent-field", &text).len()), (0, 1), "{text}");
}
