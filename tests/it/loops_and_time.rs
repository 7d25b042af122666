//! What the rules on loops and time say of an execution, held to the interpreter.

use std::fmt::Write as _;

use aslint::analysis::MachineType;
use aslint::asl::lower;
use aslint::engine::{Options, check};
use aslint::eval::execution::{Setup, Status, run};
use aslint::eval::{Mocks, Value};
use aslint::rules;
use aslint::source::Source;
use aslint::syntax::{Format, parse};

use super::replay::Bucket;

/// The bad examples of a page, with what they are run as.
fn examples(rule: &str) -> Vec<(Format, MachineType, String)> {
    let markdown = rules::find(rule).expect("a rule").markdown;
    let mut found = Vec::new();
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        let Some(title) = line.strip_prefix("```") else { continue };
        let text = lines.by_ref().take_while(|line| *line != "```");
        let text = text.filter(|line| !line.starts_with("//") && !line.starts_with("# ") && !line.starts_with("#^"));
        let text: String = text.flat_map(|line| [line, "\n"]).collect();
        let format = if title.starts_with("yaml") { Format::Yaml } else { Format::Json };
        let kind = if title.contains("express") { MachineType::Express } else { MachineType::Standard };
        if title.contains(" bad") {
            found.push((format, kind, text));
        }
    }
    found
}

/// How an execution of a machine ends, in a word.
fn ending(text: &str, format: Format, kind: MachineType, input: &str, mocks: &str) -> &'static str {
    let tree = parse(&text.into(), format);
    assert!(tree.errors().is_empty(), "{text}: {:?}", tree.errors());
    let machine = lower(tree.root());
    let mocks = Mocks::read(&mocks.into(), Format::Yaml, None).expect("mocks");
    let bucket = Bucket::default();
    let mut setup = Setup::new(Value::from_json(input).expect("an input"), &mocks, &bucket);
    setup.kind = kind;
    setup.max_states = 5_000;
    match run(&machine, &setup).status {
        Status::Succeeded(_) => "succeeds",
        Status::Failed(_) => "fails",
        Status::TimedOut => "times out",
        Status::Aborted { .. } => "goes on",
    }
}

#[test]
fn what_is_said_to_time_out_does() {
    let input = r#"{"arrived": false}"#;
    let mut n_examples = 0;
    for (format, kind, text) in examples("wait-outlasts-execution") {
        // Its children are executions of their own, which an execution of the whole does not time out with.
        if text.contains("DISTRIBUTED") {
            continue;
        }
        n_examples += 1;
        assert_eq!(ending(&text, format, kind, input, "{Ship: [{return: {arrived: false}}]}"), "times out", "{text}");
    }
    assert!(n_examples >= 3, "{n_examples} examples");
}

#[test]
fn what_is_said_to_go_round_for_good_does() {
    for (rule, input, mocks) in [
        ("unchanging-loop", r#"{"status": "NEW", "n": 1}"#, "{'*': [{return: READY}]}"),
        ("never-ending-loop", r#"{"status": "NEW"}"#, "{'*': [{return: READY}]}"),
        (
            "polling-without-wait",
            r#"{"id": 1}"#,
            "{'*': [{return: {DbInstances: [{DbInstanceStatus: creating}], Item: {ready: {BOOL: false}}}}]}",
        ),
    ] {
        for (format, kind, text) in examples(rule) {
            let input = if text.contains("Type: Map") { "[{\"n\": 1}]" } else { input };
            let ending = ending(&text, format, kind, input, mocks);
            assert!(matches!(ending, "goes on" | "times out"), "{rule}: {ending}\n{text}");
        }
    }
}

/// Loops by how many of their states there are, with a Choice on a value that some state of them may write.
#[test]
fn loops_that_end_are_not_called_unchanging() {
    let writers = [
        ("{Type: Pass, Next: Q}", false),
        ("{Type: Pass, Result: done, ResultPath: $.s, Next: Q}", true),
        ("{Type: Pass, Result: done, ResultPath: $.t, Next: Q}", false),
        ("{Type: Pass, Parameters: {s: done}, Next: Q}", true),
        (
            "{Type: Task, Resource: 'arn:aws:states:::lambda:invoke', Parameters: {FunctionName: f}, ResultPath: $.s, Next: Q}",
            true,
        ),
        (
            "{Type: Task, Resource: 'arn:aws:states:::lambda:invoke', Parameters: {FunctionName: f}, ResultPath: null, Next: Q}",
            false,
        ),
        ("{Type: Pass, QueryLanguage: JSONata, Output: {s: done}, Next: Q}", true),
        ("{Type: Pass, QueryLanguage: JSONata, Assign: {s: done}, Next: Q}", false),
        ("{Type: Wait, Seconds: 1, OutputPath: $.inner, Next: Q}", true),
    ];
    let mut wrong = String::new();
    for (writer, ends) in writers {
        let text = format!(
            "StartAt: Q\nStates: {{Q: {{Type: Choice, Choices: [{{Variable: $.s, StringEquals: done, Next: E}}], Default: W}}, W: {writer}, E: {{Type: Succeed}}}}"
        );
        let report = check(&Source::machine("m", text.as_str(), Format::Yaml), &Options::default());
        let is_found = report.diagnostics.iter().any(|found| found.rule == "unchanging-loop");
        let input = r#"{"s": "new", "inner": {"s": "done"}}"#;
        let ending = ending(&text, Format::Yaml, MachineType::Standard, input, "{W: [{return: done}]}");
        if is_found == ends || (ending == "succeeds") != ends {
            let _ = writeln!(wrong, "{writer}: found {is_found}, {ending}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
