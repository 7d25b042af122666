//! What expressions may refer to: by place and expression, which rule finds which text.

use std::fmt::Write as _;

use aslint::engine::{Options, check};
use aslint::source::Source;
use aslint::syntax::{Format, parse};
use aslint::text::apply;

use super::rewrite::{Form, write};

const RULES: [&str; 3] = ["unsupported-reference", "unbound-states-field", "unknown-context-field"];

/// A state by place; `@` is where the expression goes, as a JSON string. Names that begin with `p` are of JSONPath.
const PLACES: &[(&str, &str)] = &[
    ("Pass/Output", r#"{"Type": "Pass", "Output": {"k": [@]}}"#),
    ("Pass/Assign", r#"{"Type": "Pass", "Assign": {"k": @}}"#),
    (
        "Task/Arguments",
        r#"{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"Payload": @}}"#,
    ),
    ("Task/Output", r#"{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Output": @}"#),
    ("Task/Assign", r#"{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Assign": {"k": @}}"#),
    ("Task/TimeoutSeconds", r#"{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "TimeoutSeconds": @}"#),
    (
        "Task/Catch/Output",
        r#"{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Catch": [{"Output": @}]}"#,
    ),
    (
        "Task/Catch/Assign",
        r#"{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Catch": [{"Assign": {"k": @}}]}"#,
    ),
    (
        "Token/Arguments",
        r#"{"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "Arguments": {"MessageBody": @}}"#,
    ),
    (
        "Token/Output",
        r#"{"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "Output": @}"#,
    ),
    (
        "Sync/Arguments",
        r#"{"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "Arguments": {"Input": @}}"#,
    ),
    (
        "Activity/Arguments",
        r#"{"Type": "Task", "Resource": "arn:aws:states:eu-west-1:111122223333:activity:a", "Arguments": @}"#,
    ),
    ("Open/Arguments", r#"{"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage${Suffix}", "Arguments": @}"#),
    ("Tagged/Arguments", r#"{"Type": "Task", "Resource": "${Arn}", "Arguments": @}"#),
    ("Wait/Seconds", r#"{"Type": "Wait", "Seconds": @}"#),
    ("Choice/Condition", r#"{"Type": "Choice", "Choices": [{"Condition": @, "Next": "T"}]}"#),
    ("Choice/Rule/Output", r#"{"Type": "Choice", "Choices": [{"Condition": true, "Output": {"k": @}, "Next": "T"}]}"#),
    ("Choice/Rule/Assign", r#"{"Type": "Choice", "Choices": [{"Condition": true, "Assign": {"k": @}, "Next": "T"}]}"#),
    ("Choice/Output", r#"{"Type": "Choice", "Choices": [], "Output": @}"#),
    ("Succeed/Output", r#"{"Type": "Succeed", "Output": @}"#),
    ("Fail/Cause", r#"{"Type": "Fail", "Cause": @}"#),
    ("Parallel/Arguments", r#"{"Type": "Parallel", "Branches": [], "Arguments": @}"#),
    ("Parallel/Output", r#"{"Type": "Parallel", "Branches": [], "Output": @}"#),
    ("Parallel/Catch/Output", r#"{"Type": "Parallel", "Branches": [], "Catch": [{"Output": @}]}"#),
    ("Map/Items", r#"{"Type": "Map", "Items": @}"#),
    ("Map/ItemSelector", r#"{"Type": "Map", "ItemSelector": {"k": @}}"#),
    ("Map/ItemReader", r#"{"Type": "Map", "ItemReader": {"Arguments": {"Bucket": @}}}"#),
    ("Map/MaxItems", r#"{"Type": "Map", "ItemReader": {"ReaderConfig": {"MaxItems": @}}}"#),
    ("Map/BatchInput", r#"{"Type": "Map", "ItemBatcher": {"BatchInput": {"k": @}}}"#),
    ("Map/ResultWriter", r#"{"Type": "Map", "ResultWriter": {"Arguments": {"Bucket": @}}}"#),
    ("Map/Output", r#"{"Type": "Map", "Output": @}"#),
    ("Map/Assign", r#"{"Type": "Map", "Assign": {"k": @}}"#),
    ("p Pass/InputPath", r#"{"Type": "Pass", "InputPath": @}"#),
    ("p Pass/Parameters", r#"{"Type": "Pass", "Parameters": {"k": [{"k.$": @}]}}"#),
    ("p Pass/Result", r#"{"Type": "Pass", "Result": {"k.$": @}}"#),
    ("p Pass/ResultPath", r#"{"Type": "Pass", "ResultPath": @}"#),
    (
        "p Task/Parameters",
        r#"{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"k.$": @}}"#,
    ),
    (
        "p Task/Catch/Assign",
        r#"{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Catch": [{"Assign": {"k.$": @}}]}"#,
    ),
    (
        "p Token/ResultSelector",
        r#"{"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "ResultSelector": {"k.$": @}}"#,
    ),
    ("p Choice/Variable", r#"{"Type": "Choice", "Choices": [{"Variable": @, "IsNull": true, "Next": "T"}]}"#),
    ("p Choice/IsPresent", r#"{"Type": "Choice", "Choices": [{"Variable": @, "IsPresent": true, "Next": "T"}]}"#),
    (
        "p Choice/And",
        r#"{"Type": "Choice", "Choices": [{"And": [{"Variable": "$.a", "IsPresent": true}, {"Variable": @, "IsNull": true}], "Next": "T"}]}"#,
    ),
    ("p Choice/Path", r#"{"Type": "Choice", "Choices": [{"Variable": "$.a", "StringEqualsPath": @, "Next": "T"}]}"#),
    ("p Wait/SecondsPath", r#"{"Type": "Wait", "SecondsPath": @}"#),
    ("p Fail/CausePath", r#"{"Type": "Fail", "CausePath": @}"#),
    ("p Map/ItemsPath", r#"{"Type": "Map", "ItemsPath": @}"#),
    ("p Map/ItemSelector", r#"{"Type": "Map", "ItemSelector": {"k.$": @}}"#),
    ("p Map/Parameters", r#"{"Type": "Map", "Parameters": {"k.$": @}}"#),
];

/// Place, expression, and what is found: a letter for the rule (`r`eference, `s`tates, `c`ontext), `!` for an error or `?` for
/// a warning, and the text under the caret.
const TABLE: &[(&str, &str, &str)] = &[
    // Names and `$` at the top level.
    ("Pass/Output", "a.b", "r!a"),
    ("Pass/Output", "$.a.b", "r!$"),
    ("Pass/Output", "$", "r!$"),
    ("Pass/Output", "$[0]", "r!$"),
    ("Pass/Output", "$$", "r!$$"),
    ("Pass/Output", "$states.input.a[$$.b = c]", "r!$$"),
    ("Pass/Output", "`a b`.c", "r!`a b`"),
    ("Pass/Output", "-a", "r!a"),
    ("Pass/Output", "a + b + a", "r!a r!b"),
    ("Pass/Output", "$sum(a[b])", "r!a"),
    ("Pass/Output", "a ~> $string()", "r!a"),
    ("Pass/Output", "$states.input.a ? b : 'c'", "r!b"),
    ("Pass/Output", "[1..a]", "r!a"),
    ("Pass/Output", "{a: b}", "r!a r!b"),
    ("Pass/Output", "($x := a; (b).c; [d].e)", "r!a r!b r!d"),
    ("Pass/Output", "$map($states.input, function($x) { a & $ })", "r!a r!$"),
    ("Pass/Output", "function($x) { x.a }", "r!x"),
    ("Pass/Output", "$map($states.input.a, function($y) { phone })", "r!phone"),
    ("Pass/Output", "$states.input.order-id", "r!id"),
    ("Pass/Output", "$states.input.a.order-item-2-id.x & 'a'", "r!item"),
    ("Pass/Output", "$states.input.a-b + $states.input.a-b", "r!b r!b"),
    ("Pass/Output", "$states.input.a - b", "r!b"),
    ("Pass/Output", "$states.input.a-b-c.d-e", "r!b r!e"),
    ("Pass/Output", "$states.input.a-b & $states.input.c-d", "r!b r!d"),
    ("Pass/Output", "$states.input.`a`-b", "r!b"),
    ("Pass/Output", "$states.input.a[b-c > 1]", ""),
    ("Pass/Output", "States.a & Execution.Id", "r!States r!Execution"),
    ("Pass/Output", "**.a", "r?**"),
    ("Pass/Output", "*", "r?*"),
    ("Pass/Output", "a.**.b", "r!a"),
    ("Pass/Assign", "a", "r!a"),
    ("Task/Arguments", "a", "r!a"),
    ("Task/TimeoutSeconds", "a", "r!a"),
    ("Task/Catch/Output", "a", "r!a"),
    ("Wait/Seconds", "a", "r!a"),
    ("Choice/Condition", "a = 1", "r!a"),
    ("Choice/Rule/Output", "a", "r!a"),
    ("Succeed/Output", "a", "r!a"),
    ("Fail/Cause", "a", "r!a"),
    ("Map/Items", "a", "r!a"),
    ("Map/ItemSelector", "a", "r!a"),
    ("Map/ItemReader", "a", "r!a"),
    ("Map/MaxItems", "a", "r!a"),
    ("Map/BatchInput", "a", "r!a"),
    // Names and `$` with something at hand.
    ("Pass/Output", "$states.input.a.b.(c & $)", ""),
    ("Pass/Output", "$states.input.a[b = 1 and $.c > 2]", ""),
    ("Pass/Output", "$states.input.a^(<b, >c)", ""),
    ("Pass/Output", "$states.input.a{b: $sum(c)}", ""),
    ("Pass/Output", "$states.input ~> |a|{'b': c}, ['d']|", ""),
    ("Pass/Output", "$states.input.a@$x.b[c = $x.d]", ""),
    ("Pass/Output", "$states.input.a#$i.{'n': $i, 'b': b}", ""),
    ("Pass/Output", "$states.input.a.$map(b, function($x) { c & $ })", ""),
    ("Pass/Output", "$map($a, function($x) { $x[b].c })", ""),
    ("Pass/Output", "{'a': 1}.a & [1, 2][$ > 1] & 'a'", ""),
    ("Pass/Output", "$states.input.a.*.%.b", ""),
    ("Pass/Output", "uppercase('a') & States.Format('{}', 1)", ""),
    ("Pass/Output", "a[", ""),
    ("Pass/Output", "${a} + b", ""),
    // Fields of `$states`.
    ("Pass/Output", "$states", ""),
    ("Pass/Output", "$states.input.result.errorOutput", ""),
    ("Pass/Output", "[$states][0].input", ""),
    ("Task/Output", "$states.result.Payload", ""),
    ("Task/Assign", "$states.result", ""),
    ("Parallel/Output", "$states.result[0]", ""),
    ("Map/Output", "$states.result", ""),
    ("Map/Assign", "{'a': $states.result}", ""),
    ("Task/Catch/Output", "$states.errorOutput.Error", ""),
    ("Task/Catch/Output", "$states.errorOutput.error", "s!error"),
    ("Task/Catch/Output", "'a' & $states.errorOutput.Message", "s?Message"),
    ("Task/Catch/Assign", "$states.errorOutput.Cause.errorMessage", "s!errorMessage"),
    ("Task/Catch/Assign", "$states.errorOutput.`Cause`.a.b", "s!a"),
    ("Task/Catch/Assign", "$parse($states.errorOutput.Cause).errorMessage", ""),
    ("Task/Catch/Assign", "$exists($states.errorOutput.a) ? $states.errorOutput.a : 1", ""),
    ("Task/Catch/Assign", "$states.errorOutput.*", ""),
    ("Task/Catch/Assign", "$exists($states.errorOutput.Cause) ? $states.errorOutput.Cause.x : 1", "s?x"),
    ("Parallel/Catch/Output", "$states.errorOutput.Error.name", "s!name"),
    ("Task/Catch/Assign", "$states.errorOutput", ""),
    ("Parallel/Catch/Output", "$states.errorOutput", ""),
    ("Pass/Output", "$states.input.a[$states.result = b]", "s!result"),
    ("Pass/Output", "$exists($states.errorOutput) ? 1 : 2", "s!errorOutput"),
    ("Pass/Assign", "$states.result", "s!result"),
    ("Task/Arguments", "$states.result", "s!result"),
    ("Task/TimeoutSeconds", "$states.result", "s!result"),
    ("Task/Catch/Output", "$states.result", "s!result"),
    ("Task/Catch/Assign", "$states.`result`", "s!`result`"),
    ("Task/Output", "$states.errorOutput", "s!errorOutput"),
    ("Choice/Condition", "$states.result = 1", "s!result"),
    ("Choice/Rule/Output", "$states.result", "s!result"),
    ("Choice/Rule/Assign", "$states.errorOutput", "s!errorOutput"),
    ("Choice/Output", "$states.result", "s!result"),
    ("Succeed/Output", "$states.result", "s!result"),
    ("Fail/Cause", "$states.errorOutput.Cause", "s!errorOutput"),
    ("Wait/Seconds", "$states.result", "s!result"),
    ("Parallel/Arguments", "$states.result", "s!result"),
    ("Map/Items", "$states.result", "s!result"),
    ("Map/ItemSelector", "$states.result", "s!result"),
    ("Map/ItemReader", "$states.result", "s!result"),
    ("Map/BatchInput", "$states.result", "s!result"),
    ("Map/ResultWriter", "$states.result", "s!result"),
    ("Task/Output", "$states.reslt & $states.Input.a", "s!reslt s!Input"),
    ("Pass/Output", "$states.order.id", "s!order"),
    ("Map/ItemSelector", "$states.item", "s!item"),
    ("Pass/Output", "$states['input'].a", "s!a"),
    ("Pass/Output", "$states[ \"input\" ].a", "s!a"),
    ("Pass/Output", "($states := {'a': 1}; $states.a)", ""),
    // Fields of the context object.
    ("Pass/Output", "$states.context.Execution.Input.any.thing", ""),
    ("Pass/Output", "$states.context.State.RetryCount + $states.context.Execution.RedriveCount", ""),
    ("Pass/Output", "$states.context", ""),
    ("Pass/Output", "$states.context.*.Id", ""),
    ("Pass/Output", "$states.context.execution.Id", "c!execution"),
    ("Pass/Output", "$states.context.Execution.`id`", "c!`id`"),
    ("Pass/Output", "$states.context.Execution.Id.x", "c!x"),
    ("Pass/Output", "'a' & $states.context.Execution.id", "c?id"),
    ("Pass/Output", "{'a': $states.context.State.Nam}", "c?Nam"),
    ("Pass/Output", "$exists($states.context.Foo) ? $states.context.Foo.bar : 1", ""),
    ("Wait/Seconds", "$states.context.Execution.Inptu.n", "c!Inptu"),
    ("Wait/Seconds", "$states.context.Execution.RetryCount", "c!RetryCount"),
    ("p Pass/Parameters", "$$['Execution']['RetryCount']", "c!RetryCount"),
    ("Token/Arguments", "$states.context.Task.Token", ""),
    ("Token/Output", "$states.context.Task.Token", ""),
    ("Sync/Arguments", "$states.context.Task.Token", ""),
    ("Activity/Arguments", "$states.context.Task.Token", ""),
    ("Open/Arguments", "$states.context.Task.Token", ""),
    ("Tagged/Arguments", "$states.context.Task.Token", ""),
    ("Task/Arguments", "$states.context.Task.Token", "c?Task"),
    ("Task/Arguments", "$states.context.Task.token", "c!token"),
    ("Pass/Output", "$states.context.Task.Token", "c!Task"),
    ("Choice/Condition", "$exists($states.context.Task.Token)", ""),
    ("Map/ItemSelector", "$states.context.Map.Item.Value.any", ""),
    ("Map/ItemSelector", "$states.context.Map.Item.Index.any", "c!any"),
    ("Map/BatchInput", "$states.context.Map.Item.Value", ""),
    ("Map/Items", "$states.context.Map.Item.Value", "c?Map"),
    ("Map/Output", "$states.context.Map.Item.Value", "c?Map"),
    ("p Pass/InputPath", "$$.Execution", ""),
    ("p Pass/InputPath", "$$", ""),
    ("p Pass/InputPath", "$$.execution", "c!execution"),
    ("p Pass/Parameters", "$$.Execution.Input['a b'].c[0]", ""),
    ("p Pass/Parameters", "$$..Foo", ""),
    ("p Pass/Parameters", "$$['Execution']['nam']", "c!nam"),
    ("p Pass/Parameters", "States.Array($$.State.name, $$.Execution.Id)", "c!name"),
    ("p Pass/Parameters", "$.a[?(@.b == $$.State.name)]", "c?name"),
    ("p Pass/Parameters", "$$.Token", "c!Token"),
    ("p Pass/Result", "$$.Foo", ""),
    ("p Pass/ResultPath", "$$.Foo", ""),
    ("p Task/Parameters", "$$.Task.Token", "c?Task"),
    ("p Task/Catch/Assign", "$$.Error.Cause", "c!Error"),
    ("p Token/ResultSelector", "$$.Task.Token", ""),
    ("p Choice/Variable", "$$.State.Foo", "c!Foo"),
    ("p Choice/IsPresent", "$$.State.Foo", "c?Foo"),
    ("p Choice/And", "$$.State.Foo", "c?Foo"),
    ("p Choice/Path", "$$.State.Foo", "c!Foo"),
    ("p Wait/SecondsPath", "$$.Execution.Wait", "c!Wait"),
    ("p Fail/CausePath", "States.Format('{}', $$.Execution.id)", "c!id"),
    ("p Map/ItemSelector", "$$.Map.Item.Key", ""),
    ("p Map/Parameters", "$$.Map.Item.Value", ""),
    ("p Map/ItemsPath", "$$.Execution.Input", ""),
];

/// What is found in a state that stands at the top, in a branch, or in an item processor.
const IN_PLACES: &[(&str, &str, [&str; 3])] = &[
    ("Pass/Output", "$states.context.Map.Item.Value", ["c!Map", "c!Map", "c?Map"]),
    ("Pass/Output", "'a' & $states.context.Map.Item.Value", ["c?Map", "c?Map", "c?Map"]),
    ("p Pass/Parameters", "$$.Map.Item.Index", ["c!Map", "c!Map", "c?Map"]),
    ("p Choice/Variable", "$$.Map.Item.Index", ["c!Map", "c!Map", "c?Map"]),
    ("p Pass/Parameters", "$$.Map.Index", ["c!Index", "c!Index", "c!Index"]),
];

/// The state around which the scopes are drawn.
const SCOPES: [(&str, &str); 4] = [
    ("", ""),
    (r#"{"Type": "Parallel", "End": true, "Branches": [{"StartAt": "S", "States": {"S": "#, "}}]}"),
    (r#"{"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "S", "States": {"S": "#, "}}}"),
    (
        r#"{"Type": "Map", "End": true, "Iterator": {"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [{"StartAt": "S", "States": {"S": "#,
        "}}]}}}}",
    ),
];

fn machine(place: &str, expression: &str, scope: (&str, &str)) -> String {
    let state = PLACES.iter().find(|(name, _)| *name == place).expect("a place of this name").1;
    let is_path = place.starts_with("p ");
    let text = if is_path { expression.to_owned() } else { format!("{{% {expression} %}}") };
    let state = state.replace('@', &serde_json::Value::from(text).to_string());
    let language = if is_path { "JSONPath" } else { "JSONata" };
    let (before, after) = scope;
    format!(r#"{{"QueryLanguage": "{language}", "StartAt": "A", "States": {{"A": {before}{state}{after}}}}}"#)
}

/// What the rules find, in the words of the table.
fn found(text: &str, format: Format) -> String {
    let report = check(&Source::machine("table", text, format), &Options::default());
    let found = report.diagnostics.iter().filter(|found| RULES.contains(&found.rule));
    let word = |found: &aslint::diagnostic::Diagnostic| {
        let rule = match found.rule {
            "unsupported-reference" => "r",
            "unbound-states-field" => "s",
            _ => "c",
        };
        let severity = if found.severity == aslint::diagnostic::Severity::Error { "!" } else { "?" };
        format!("{rule}{severity}{}", found.primary.span.of(text))
    };
    found.map(word).collect::<Vec<_>>().join(" ")
}

fn expect(place: &str, expression: &str, scope: (&str, &str), expected: &str, failures: &mut String) {
    let json = machine(place, expression, scope);
    let yaml = write(parse(&json.as_str().into(), Format::Json).root(), Form::Yaml);
    for (text, format) in [(&json, Format::Json), (&yaml, Format::Yaml)] {
        let found = found(text, format);
        if found != expected {
            let _ = writeln!(failures, "{place}: {expression}\n    found `{found}` instead of `{expected}` in\n{text}");
        }
    }
}

#[test]
fn each_expression_in_its_place() {
    let mut failures = String::new();
    for &(place, expression, expected) in TABLE {
        for scope in SCOPES {
            expect(place, expression, scope, expected, &mut failures);
        }
    }
    for &(place, expression, [top, branch, item]) in IN_PLACES {
        for (scope, expected) in SCOPES.into_iter().zip([top, branch, item, item]) {
            expect(place, expression, scope, expected, &mut failures);
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn fixes_leave_nothing_to_fix() {
    let mut n_fixed = 0;
    for &(place, expression, _) in TABLE {
        let json = machine(place, expression, SCOPES[3]);
        let yaml = write(parse(&json.as_str().into(), Format::Json).root(), Form::Yaml);
        for (text, format) in [(json, Format::Json), (yaml, Format::Yaml)] {
            let fixable = |text: &str| {
                let report = check(&Source::machine("table", text, format), &Options::default());
                let found = report.diagnostics.into_iter().filter(|found| RULES.contains(&found.rule));
                found.filter_map(|found| found.fixes.into_iter().next()).collect::<Vec<_>>()
            };
            let edits: Vec<_> = fixable(&text).into_iter().flat_map(|fix| fix.edits).collect();
            n_fixed += edits.len();
            let fixed = apply(&text, &edits).expect("edits do not overlap");
            assert!(fixable(&fixed).is_empty(), "{place}: {expression} became {fixed}");
        }
    }
    assert!(n_fixed > 100, "{n_fixed}");
}

#[test]
fn a_wide_expression_is_no_trouble() {
    let wide = |part: &str| (0..20_000).map(|i| part.replace('#', &i.to_string())).collect::<Vec<_>>().join(" & ");
    for (part, least) in
        [("a#", 1_000), ("$states.a#", 1_000), ("$states.context.a#", 1_000), ("$exists($states.context.a#)", 0)]
    {
        let text = machine("Pass/Output", &wide(part), SCOPES[0]);
        let report = check(&Source::machine("wide", text, Format::Json), &Options::default());
        let n_found = report.diagnostics.iter().filter(|found| RULES.contains(&found.rule)).count();
        assert_eq!(n_found, least, "{part}");
    }
}
