//! Loops with ways out, planted: some that nothing leaves, some that end; held to the interpreter.

use std::fmt::Write as _;

use super::ways::{CALL, ending, told};

/// A loop of `W`, `X` and the Choice `C`, which `B` leads to; `D` ends it.
fn round(language: &str, b: &str, w: &str, x: &str, rules: &str, (out, default): (&str, &str)) -> String {
    let (w, x) = (w.replace("CALL", CALL), x.replace("CALL", CALL));
    format!(
        "QueryLanguage: {language}\nStartAt: B\nStates: {{B: {{{b}}}, W: {{{w}, Next: X}}, X: {{{x}, Next: C}}, \
         C: {{Type: Choice, Choices: [{{{rules}, Next: {out}}}], Default: {default}}}, D: {{Type: Succeed}}}}"
    )
}

#[test]
fn loops_that_are_said_never_to_end_never_do() {
    let leave = ("D", "W");
    let stay = ("W", "D");
    let pass = "Type: Pass";
    let none = "CALL, ResultPath: null";
    // Told or not, and the machine.
    let planted: Vec<(bool, String)> = vec![
        // A count that is set back, goes the wrong way, steps over its limit, is never changed, is another.
        (
            true,
            round(
                "JSONPath",
                "Type: Pass, Next: W",
                "Type: Pass, Result: {n: 0}",
                "Type: Pass, Parameters: {n.$: 'States.MathAdd($.n, 1)'}",
                "Variable: $.n, NumericGreaterThan: 2",
                leave,
            ),
        ),
        (
            true,
            round(
                "JSONPath",
                "Type: Pass, Result: {n: 0}, Next: W",
                none,
                "Type: Pass, Parameters: {n.$: 'States.MathAdd($.n, -1)'}",
                "Variable: $.n, NumericGreaterThanEquals: 3",
                leave,
            ),
        ),
        (
            true,
            round(
                "JSONPath",
                "Type: Pass, Result: {n: 0}, Next: W",
                none,
                "Type: Pass, Parameters: {n.$: 'States.MathAdd($.n, 2)'}",
                "Variable: $.n, NumericEquals: 5",
                leave,
            ),
        ),
        (
            false,
            round(
                "JSONPath",
                "Type: Pass, Result: {n: 0}, Next: W",
                none,
                "Type: Pass, Parameters: {n.$: 'States.MathAdd($.n, 2)'}",
                "Variable: $.n, NumericEquals: 6",
                leave,
            ),
        ),
        (
            false,
            round(
                "JSONPath",
                "Type: Pass, Result: {n: 0}, Next: W",
                none,
                "Type: Pass, Parameters: {n.$: 'States.MathAdd($.n, 1)'}",
                "Variable: $.n, NumericGreaterThan: 2",
                leave,
            ),
        ),
        (
            true,
            round(
                "JSONPath",
                "Type: Pass, Result: {n: 0}, Next: W",
                "CALL, ResultPath: $.m",
                "Type: Pass, Result: 1, ResultPath: $.n",
                "Variable: $.n, NumericGreaterThan: 2",
                leave,
            ),
        ),
        (
            true,
            round(
                "JSONPath",
                "Type: Pass, Result: {n: 0, m: 0}, Next: W",
                none,
                "Type: Pass, Parameters: {m.$: 'States.MathAdd($.m, 1)', n.$: $.n}",
                "Variable: $.n, NumericGreaterThan: 2",
                leave,
            ),
        ),
        (
            true,
            round(
                "JSONPath",
                "Type: Pass, Assign: {n: 0}, Next: W",
                none,
                "Type: Pass, Assign: {n.$: 'States.MathAdd($n, -1)'}",
                "Variable: $n, NumericGreaterThan: 2",
                leave,
            ),
        ),
        (
            true,
            round(
                "JSONPath",
                "Type: Pass, Assign: {n: 0}, Next: W",
                "CALL, Assign: {n: 1}",
                pass,
                "Variable: $n, NumericLessThan: 2",
                stay,
            ),
        ),
        (
            false,
            round(
                "JSONPath",
                "Type: Pass, Assign: {n: 0}, Next: W",
                "CALL, Assign: {n: 2}",
                pass,
                "Variable: $n, NumericLessThan: 2",
                stay,
            ),
        ),
        (
            true,
            round(
                "JSONata",
                "Type: Pass, Assign: {n: 0}, Next: W",
                "CALL",
                "Type: Pass, Assign: {n: '{% $n - 1 %}'}",
                "Condition: '{% $n >= 3 %}'",
                leave,
            ),
        ),
        (
            true,
            round(
                "JSONata",
                "Type: Pass, Next: W",
                "Type: Pass, Assign: {n: 0}",
                "Type: Pass, Assign: {n: '{% $n + 1 %}'}",
                "Condition: '{% $n < 3 %}'",
                stay,
            ),
        ),
        (
            true,
            round(
                "JSONata",
                "Type: Pass, Next: W",
                "Type: Pass, Output: {n: 0, f: false}",
                "Type: Pass, Output: {n: '{% $states.input.n + 1 %}'}",
                "Condition: '{% $states.input.n >= 3 %}'",
                leave,
            ),
        ),
        (
            false,
            round(
                "JSONata",
                "Type: Pass, Assign: {n: 0}, Next: W",
                "CALL",
                "Type: Pass, Assign: {n: '{% $n + 1 %}'}",
                "Condition: '{% $n >= 3 %}'",
                leave,
            ),
        ),
        // A flag that is set to what it was, or turned over and over.
        (
            true,
            round(
                "JSONPath",
                "Type: Pass, Result: {done: false}, Next: W",
                "CALL, ResultPath: $.r",
                "Type: Pass, Result: false, ResultPath: $.done",
                "Variable: $.done, BooleanEquals: true",
                leave,
            ),
        ),
        (
            true,
            round(
                "JSONata",
                "Type: Pass, Assign: {done: false}, Next: W",
                "CALL, Assign: {r: '{% $states.result %}'}",
                pass,
                "Condition: '{% $done = true %}'",
                leave,
            ),
        ),
        (
            false,
            round(
                "JSONPath",
                "Type: Pass, Result: {done: false}, Next: W",
                "CALL, ResultPath: $.done",
                pass,
                "Variable: $.done, BooleanEquals: true",
                leave,
            ),
        ),
        // Asked before, of what the loop does not change, and of what it does.
        (
            true,
            round(
                "JSONPath",
                "Type: Choice, Choices: [{Variable: $.s, StringEquals: READY, Next: D}], Default: W",
                "CALL, ResultPath: $.r",
                "Type: Wait, Seconds: 1",
                "Variable: $.s, StringEquals: READY",
                leave,
            ),
        ),
        (
            false,
            round(
                "JSONPath",
                "Type: Choice, Choices: [{Variable: $.s, StringEquals: READY, Next: D}], Default: W",
                "CALL, ResultPath: $.s",
                "Type: Wait, Seconds: 1",
                "Variable: $.s, StringEquals: READY",
                leave,
            ),
        ),
        (
            false,
            round(
                "JSONPath",
                "Type: Choice, Choices: [{Variable: $.s, StringEquals: READY, Next: D}], Default: W",
                "CALL, ResultPath: $.r",
                "Type: Wait, Seconds: 1",
                "Variable: $.s, StringEquals: DONE",
                leave,
            ),
        ),
        (
            true,
            round(
                "JSONata",
                "Type: Choice, Choices: [{Condition: '{% $states.input.s = \"READY\" %}', Next: D}], Default: W",
                "CALL, Output: '{% $states.input %}'",
                "Type: Wait, Seconds: 1",
                "Condition: '{% $states.input.s = \"READY\" %}'",
                leave,
            ),
        ),
        (
            false,
            round(
                "JSONata",
                "Type: Choice, Choices: [{Condition: '{% $states.input.s = \"READY\" %}', Next: D}], Default: W",
                "CALL, Output: {s: '{% $states.result %}'}",
                "Type: Wait, Seconds: 1",
                "Condition: '{% $states.input.s = \"READY\" %}'",
                leave,
            ),
        ),
        (
            true,
            round(
                "JSONPath",
                "Type: Choice, Choices: [{And: [{Variable: $.s, IsPresent: true}, {Not: {Variable: $.s, IsNull: true}}], Next: W}], Default: D",
                "CALL, ResultPath: $.r",
                pass,
                "Not: {Variable: $.s, IsNull: true}",
                stay,
            ),
        ),
        // Asked before by other words, and by words that leave it open.
        (
            true,
            round(
                "JSONPath",
                "Type: Choice, Choices: [{Variable: $.k, NumericLessThan: 3, Next: W}], Default: D",
                "CALL, ResultPath: $.r",
                pass,
                "Variable: $.k, NumericGreaterThanEquals: 5",
                leave,
            ),
        ),
        (
            false,
            round(
                "JSONPath",
                "Type: Choice, Choices: [{Variable: $.k, NumericLessThan: 3, Next: W}], Default: D",
                "CALL, ResultPath: $.r",
                pass,
                "Variable: $.k, NumericGreaterThanEquals: 2",
                leave,
            ),
        ),
        (
            true,
            round(
                "JSONata",
                "Type: Choice, Choices: [{Condition: '{% $states.input.k > 3 %}', Next: D}], Default: W",
                "CALL, Output: '{% $states.input %}'",
                pass,
                "Condition: '{% 4 < $states.input.k %}'",
                leave,
            ),
        ),
        // The time, chance.
        (
            false,
            round(
                "JSONPath",
                "Type: Choice, Choices: [{Variable: $$.State.EnteredTime, TimestampGreaterThan: '2030-01-01T00:00:00Z', Next: D}], Default: W",
                none,
                pass,
                "Variable: $$.State.EnteredTime, TimestampGreaterThan: '2030-01-01T00:00:00Z'",
                leave,
            ),
        ),
        (
            false,
            round(
                "JSONata",
                "Type: Pass, Assign: {n: 0}, Next: W",
                "CALL",
                "Type: Pass, Assign: {n: '{% $random() %}'}",
                "Condition: '{% $n > 0.5 %}'",
                leave,
            ),
        ),
        (
            false,
            round(
                "JSONPath",
                "Type: Pass, Assign: {n: 0}, Next: W",
                none,
                "Type: Pass, Assign: {n.$: 'States.MathRandom(1, 9)'}",
                "Variable: $n, NumericGreaterThan: 2",
                leave,
            ),
        ),
        // A failure that is caught outside, and one that comes at once.
        (
            false,
            round(
                "JSONPath",
                "Type: Pass, Result: {n: 0}, Next: W",
                "CALL, ResultPath: null, Catch: [{ErrorEquals: [States.ALL], Next: D}]",
                "Type: Pass, Result: 0, ResultPath: $.n",
                "Variable: $.n, NumericGreaterThan: 2",
                leave,
            ),
        ),
        (
            false,
            round(
                "JSONPath",
                "Type: Pass, Result: {n: 0}, Next: W",
                none,
                "Type: Pass, Result: {m: 0}",
                "Variable: $.n, NumericGreaterThan: 2",
                leave,
            ),
        ),
    ];
    let mut wrong = String::new();
    for (is_told, text) in &planted {
        let found = told("never-ending-loop", text);
        let endings = [r#"{"s": "NEW", "n": 1, "k": 1}"#, r#"{"s": "other", "k": 2}"#]
            .map(|input| ending(text, input, "{W: [{return: READY}]}"));
        let goes_on = endings.iter().all(|ending| ending.starts_with("goes on"));
        if found.len() != usize::from(*is_told) || *is_told && !goes_on {
            let _ = writeln!(wrong, "{found:?} {endings:?}\n{text}");
        }
        let twice = told("unchanging-loop", text);
        assert!(!is_told || twice.is_empty(), "{twice:?} is told twice\n{text}");
    }
    assert!(wrong.is_empty(), "{wrong}");
}
