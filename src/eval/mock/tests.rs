use super::{Answer, Mocks, Outcome};
use crate::eval::value::Value;
use crate::syntax::Format;

fn json(text: &str) -> Value {
    Value::from_json(text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

fn read(text: &str, case: Option<&str>) -> Mocks {
    Mocks::read(&text.into(), Format::Json, case).unwrap_or_else(|errors| panic!("{text}: {errors:?}"))
}

/// The answers to the first calls of a state, as text.
fn answers(mocks: &Mocks, state: &str, n: usize) -> Vec<String> {
    let one = |nth| match mocks.answer(state, "arn:r", nth) {
        None => "none".to_owned(),
        Some(Answer { outcome: Outcome::Return(value), .. }) => value.to_json(),
        Some(Answer { outcome: Outcome::Read(items), .. }) => format!("reads {}", items.to_json()),
        Some(Answer { outcome: Outcome::Throw { error, cause: None }, .. }) => error.to_string(),
        Some(Answer { outcome: Outcome::Throw { error, cause: Some(cause) }, .. }) => format!("{error}: {cause}"),
    };
    (0..n).map(one).collect()
}

#[test]
fn the_last_answer_repeats_and_ranges_hold() {
    for (text, expected) in [
        (r#"{"A": {"return": {"x": 1}}}"#, [r#"{"x":1}"#, r#"{"x":1}"#, r#"{"x":1}"#, r#"{"x":1}"#]),
        (
            r#"{"A": [{"return": 1}, {"error": "X", "cause": "why"}, {"return": null}]}"#,
            ["1", "X: why", "null", "null"],
        ),
        (r#"{"A": [{"error": "X", "times": 2}, {"return": 3}]}"#, ["X", "X", "3", "3"]),
        (r#"{"A": [{"read": [1, {}]}, {"read": []}]}"#, ["reads [1,{}]", "reads []", "reads []", "reads []"]),
        (r#"{"B": {"return": 1}}"#, ["none", "none", "none", "none"]),
        (r#"{"B": {"return": 1}, "*": {"return": 2}, "arn:r": {"return": 3}}"#, ["3", "3", "3", "3"]),
        (r#"{"B": {"return": 1}, "*": {"return": 2}}"#, ["2", "2", "2", "2"]),
        (r#"{"*": {"return": 2}, "arn:r": {"return": 3}, "A": {"return": 4}}"#, ["4", "4", "4", "4"]),
    ] {
        assert_eq!(answers(&read(text, None), "A", 4), expected, "{text}");
    }
    let mocks = read(r#"{"*": {"return": 2}, "arn:r": {"return": 3}, "A": {"return": 4}}"#, None);
    let keys = [("A", "arn:r"), ("B", "arn:r"), ("B", "arn:s")].map(|(state, resource)| mocks.key(state, resource));
    assert_eq!(keys, [Some("A"), Some("arn:r"), Some("*")]);
    assert_eq!(Mocks::new().key("A", "arn:r"), None);
}

#[test]
fn times_and_heartbeats_are_read() {
    for (text, seconds, silence) in [
        (r#"{"return": 1}"#, 0.0, 0.0),
        (r#"{"return": 1, "seconds": 5}"#, 5.0, 5.0),
        (r#"{"error": "X", "seconds": 5.5, "heartbeatSeconds": 2}"#, 5.5, 2.0),
        (r#"{"return": 1, "seconds": 5, "heartbeatSeconds": 0}"#, 5.0, 0.0),
        (r#"{"return": 1, "seconds": 5, "heartbeatSeconds": 60}"#, 5.0, 5.0),
    ] {
        let mocks = read(&format!(r#"{{"A": {text}}}"#), None);
        let answer = mocks.answer("A", "", 0).unwrap();
        assert_eq!((answer.seconds, answer.silence()), (seconds, silence), "{text}");
    }
}

const CONFIG: &str = r#"{
  "StateMachines": {
    "Orders": {"TestCases": {
      "Happy": {"Check": "Ok", "Pay": "Ok"},
      "Retry": {"Check": "Flaky"},
      "Empty": {"Check": "Nothing"},
      "Both": {}
    }},
    "Returns": {"TestCases": {"Both": {"Check": "Ok"}}}
  },
  "MockedResponses": {
    "Ok": {"0": {"Return": {"n": 1}}},
    "Nothing": {},
    "Unused": "whatever",
    "Flaky": {
      "3": {"Return": true},
      "0": {"Throw": {"Error": "Busy", "Cause": "at first"}},
      "1-2": {"Throw": {"Error": "Late"}}
    }
  }
}"#;

#[test]
fn a_test_case_is_chosen() {
    for (case, keys, check) in [
        ("Happy", "Check Pay", vec![r#"{"n":1}"#; 5]),
        ("Orders#Happy", "Check Pay", vec![r#"{"n":1}"#; 5]),
        ("Retry", "Check", vec!["Busy: at first", "Late", "Late", "true", "true"]),
        ("Empty", "Check", vec!["none"; 5]),
        ("Orders#Both", "", vec!["none"; 5]),
        ("Returns#Both", "Check", vec![r#"{"n":1}"#; 5]),
    ] {
        let mocks = read(CONFIG, Some(case));
        assert_eq!(mocks.keys().collect::<Vec<_>>().join(" "), keys, "{case}");
        assert_eq!(answers(&mocks, "Check", 5), check, "{case}");
    }
}

#[test]
fn long_ranges_take_no_room() {
    let text = r#"{"StateMachines": {"M": {"TestCases": {"C": {"A": "R"}}}}, "MockedResponses": {"R":
        {"0-4000000000": {"Throw": {"Error": "X"}}, "4000000001": {"Return": 1}}}}"#;
    let mocks = read(text, None);
    assert_eq!(answers(&mocks, "A", 1), ["X"]);
    assert_eq!(mocks.answer("A", "", 4_000_000_001), Some(&Answer::returns(json("1"))));
    assert_eq!(read(&mocks.to_value().to_json(), None), mocks);
}

#[test]
fn what_is_written_is_read_again() {
    let mocks = read(
        r#"{"A": [{"error": "X", "cause": "c", "times": 3}, {"return": {"return": []}, "seconds": 1.5}, {"error": "Y"}],
            "arn:b": {"return": "s"}, "*": {"return": null}}"#,
        None,
    );
    assert_eq!(read(&mocks.to_value().to_json(), None), mocks);
    let config = mocks.to_mock_config("M", "C");
    assert_eq!(
        config.get("MockedResponses").and_then(|responses| responses.get("A")).map(Value::to_json).unwrap(),
        r#"{"0-2":{"Throw":{"Error":"X","Cause":"c"}},"3":{"Return":{"return":[]}},"4":{"Throw":{"Error":"Y"}}}"#
    );
    let back = read(&config.to_json(), Some("M#C"));
    for key in ["A", "arn:b", "*"] {
        assert_eq!(answers(&back, key, 6), answers(&mocks, key, 6), "{key}");
    }
}

#[test]
fn yaml_is_read_too() {
    let text = "A:\n  - error: X\n    cause: |\n      two\n      lines\n  - return: {n: 1}\n";
    let mocks = Mocks::read(&text.into(), Format::Yaml, None).unwrap();
    assert_eq!(answers(&mocks, "A", 2), ["X: two\nlines\n", r#"{"n":1}"#]);
}

/// The events `[type, before, name or output or error]`, numbered from 1.
fn history(events: &[(&str, usize, &str)]) -> String {
    let details = |kind: &str, told: &str| match kind {
        _ if kind.ends_with("StateEntered") => format!(r#""stateEnteredEventDetails": {{"name": "{told}"}}"#),
        _ if kind.ends_with("StateExited") => format!(r#""stateExitedEventDetails": {{"name": "{told}"}}"#),
        _ if kind.starts_with("MapIteration") => {
            let (name, index) = told.split_once(' ').unwrap();
            let member = format!("{}{}EventDetails", kind[..1].to_lowercase(), &kind[1..]);
            format!(r#""{member}": {{"name": "{name}", "index": {index}}}"#)
        }
        _ if kind.ends_with("Succeeded") && !kind.starts_with("MapState") => {
            let member = format!("{}{}EventDetails", kind[..1].to_lowercase(), &kind[1..]);
            format!(r#""{member}": {{"output": {}}}"#, Value::from(told).to_json())
        }
        _ => {
            let member = format!("{}{}EventDetails", kind[..1].to_lowercase(), &kind[1..]);
            format!(r#""{member}": {told}"#)
        }
    };
    let event = |(n, (kind, before, told)): (usize, &(&str, usize, &str))| {
        let details = details(kind, told);
        format!(r#"{{"id": {}, "previousEventId": {before}, "timestamp": {n}, "type": "{kind}", {details}}}"#, n + 1)
    };
    let events: Vec<String> = events.iter().enumerate().map(event).collect();
    format!(r#"{{"events": [{}]}}"#, events.join(", "))
}

#[test]
fn a_history_gives_the_answers_of_each_state() {
    let text = history(&[
        ("ExecutionStarted", 0, "{}"),
        ("TaskStateEntered", 0, "A"),
        ("LambdaFunctionScheduled", 2, "{}"),
        ("LambdaFunctionStarted", 3, "{}"),
        ("LambdaFunctionFailed", 4, r#"{"error": "Boom", "cause": "c"}"#),
        ("LambdaFunctionScheduled", 5, "{}"),
        ("LambdaFunctionTimedOut", 6, r#"{"error": "States.Timeout"}"#),
        ("LambdaFunctionScheduled", 7, "{}"),
        ("LambdaFunctionSucceeded", 8, r#"{"n": 1}"#),
        ("TaskStateExited", 9, "A"),
        ("TaskStateEntered", 10, "B"),
        ("TaskScheduled", 11, "{}"),
        ("TaskSubmitted", 12, r#"{"output": "7"}"#),
        ("TaskSucceeded", 13, "[1]"),
        ("TaskStateExited", 14, "B"),
        ("TaskStateEntered", 15, "C"),
        ("ActivityScheduled", 16, "{}"),
        ("ActivityFailed", 17, "{}"),
    ]);
    let mocks = read(&text, None);
    assert_eq!(answers(&mocks, "A", 4), ["Boom: c", "States.Timeout", r#"{"n":1}"#, r#"{"n":1}"#]);
    assert_eq!(answers(&mocks, "B", 1), ["[1]"]);
    assert_eq!(answers(&mocks, "C", 1), ["States.TaskFailed"]);
    let answer = mocks.answer("B", "", 0).unwrap();
    assert_eq!((answer.seconds, answer.silence()), (2.0, 0.0));

    let list = text.strip_prefix(r#"{"events": "#).and_then(|text| text.strip_suffix('}')).unwrap();
    assert_eq!(read(list, None), mocks);
}

#[test]
fn iterations_and_branches_come_one_after_the_other() {
    // The first iteration fails and tries again after the second one has gone through both states.
    let text = history(&[
        ("MapStateEntered", 0, "Each"),
        ("MapStateStarted", 1, "{}"),
        ("MapIterationStarted", 2, "Each 0"),
        ("TaskStateEntered", 3, "A"),
        ("TaskScheduled", 4, "{}"),
        ("MapIterationStarted", 4, "Each 1"),
        ("TaskStateEntered", 6, "A"),
        ("TaskScheduled", 7, "{}"),
        ("TaskFailed", 5, r#"{"error": "first 0"}"#),
        ("TaskSucceeded", 8, r#""item 1""#),
        ("MapIterationSucceeded", 10, "Each 1"),
        ("TaskScheduled", 9, "{}"),
        ("TaskSucceeded", 12, r#""item 0""#),
        ("MapIterationSucceeded", 13, "Each 0"),
        ("MapStateSucceeded", 14, "{}"),
        ("MapStateExited", 15, "Each"),
        ("ParallelStateEntered", 16, "Both"),
        ("ParallelStateStarted", 17, "{}"),
        ("TaskStateEntered", 18, "A"),
        ("TaskStateEntered", 18, "A"),
        ("TaskSucceeded", 20, r#""branch 1""#),
        ("TaskSucceeded", 19, r#""branch 0""#),
        ("ParallelStateSucceeded", 22, "{}"),
        ("ParallelStateExited", 23, "Both"),
        ("TaskStateEntered", 24, "A"),
        ("TaskSucceeded", 25, r#""last""#),
    ]);
    let expected = ["first 0", r#""item 0""#, r#""item 1""#, r#""branch 0""#, r#""branch 1""#, r#""last""#];
    assert_eq!(answers(&read(&text, None), "A", 6), expected);
}

#[test]
fn values_decide_about_the_format() {
    for text in [
        r#"{"events": [{"return": 1}]}"#,
        r#"{"events": {"return": 1}}"#,
        r#"{"StateMachines": {"return": 1}, "MockedResponses": {"error": "X"}}"#,
        r#"{"StateMachines": [{"return": 1}]}"#,
    ] {
        let mocks = read(text, None);
        assert!(mocks.key("events", "").or(mocks.key("StateMachines", "")).is_some(), "{text}");
    }
    assert_eq!(read(r#"{"events": []}"#, None), Mocks::new());
}

#[test]
fn mistakes_are_told_where_they_stand() {
    let config = |cases: &str, responses: &str| {
        format!(r#"{{"StateMachines": {{"M": {{"TestCases": {cases}}}}}, "MockedResponses": {responses}}}"#)
    };
    for (text, case, at, message) in [
        (r#"{"A": {"retrun": 1}}"#, None, r#""retrun""#, "`retrun` means nothing here; `return` does"),
        (r#"{"A": {"retrun": 1}}"#, None, "{", "this answer says none of `return`, `read` and `error`"),
        (r#"{"A": {"read": 1}}"#, None, "1", "what an `ItemReader` finds is a list, and this is a number"),
        (r#"{"A": {"error": "X", "read": []}}"#, None, r#""X""#, "an answer is either `read` or `error`"),
        (r#"{"A": {"read": [], "cause": "X"}}"#, None, r#""X""#, "a `cause` belongs to an `error`"),
        (r#"{"A": {"return": 1, "error": "X"}}"#, None, r#""X""#, "an answer is either `return` or `error`"),
        (r#"{"A": {"return": 1, "cause": "X"}}"#, None, r#""X""#, "a `cause` belongs to an `error`"),
        (r#"{"A": []}"#, None, "[", "`A` has no answers"),
        (
            r#"{"A": 5}"#,
            None,
            "5",
            r#"an answer is `{"return": …}` or `{"error": …, "cause": …}`, and this is a number"#,
        ),
        (r#"{"A": {"error": 5}}"#, None, "5", "the name of an error is a string, and this is a number"),
        (r#"{"A": {"return": 1, "seconds": -1}}"#, None, "-1", "seconds are a number that is not negative"),
        (r#"{"A": {"return": 1, "times": 0}}"#, None, "0", "`times` is a whole number of at least 1"),
        (r#"{"A": {"return": 1}, "A": {"return": 2}}"#, None, r#""A""#, "`A` comes twice"),
        (r#"{"A": {"return": ${x}}}"#, None, "${x}", "a placeholder stands where mocks have a value"),
        ("5", None, "5", "mocks are an object of answers by state, and this is a number"),
        (
            r#"{"A": {"return": 1}}"#,
            Some("C"),
            "{",
            "a test case is chosen, and only a `MockConfigFile.json` has test cases",
        ),
        (r#"{"MockedResponses": {}}"#, None, "{", "a `MockConfigFile.json` has `StateMachines` and `MockedResponses`"),
        (
            CONFIG,
            Some("Hapy"),
            "{",
            "there is no test case `Hapy`; there are `Orders#Happy`, `Orders#Retry`, \
          `Orders#Empty`, `Orders#Both`, `Returns#Both`",
        ),
        (CONFIG, Some("Both"), "{", "several machines have a test case `Both`: `Orders#Both`, `Returns#Both`"),
        (
            CONFIG,
            None,
            "{",
            "one of these test cases has to be chosen: `Orders#Happy`, `Orders#Retry`, `Orders#Empty`, \
          `Orders#Both`, `Returns#Both`",
        ),
        (&config("{}", "{}"), None, "{", "there is no test case"),
        (
            &config(r#"{"C": {"A": "Okk"}}"#, r#"{"Ok": {}}"#),
            None,
            r#""Okk""#,
            "`MockedResponses` has no `Okk`; there is `Ok`",
        ),
        (
            &config(r#"{"C": {"A": "R"}}"#, r#"{"R": {"1": {"Return": 1}}}"#),
            None,
            r#""1""#,
            "`R` has no answer to call 0",
        ),
        (
            &config(r#"{"C": {"A": "R"}}"#, r#"{"R": {"0-2": {"Return": 1}, "2": {"Return": 1}}}"#),
            None,
            r#""2""#,
            "`R` has two answers to call 2",
        ),
        (
            &config(r#"{"C": {"A": "R"}}"#, r#"{"R": {"2-1": {"Return": 1}}}"#),
            None,
            r#""2-1""#,
            "`2-1` is no number of a call, as `0` is, and no range, as `1-2` is",
        ),
        (
            &config(r#"{"C": {"A": "R"}}"#, r#"{"R": {"0": {"Throw": {"Cause": "c"}}}}"#),
            None,
            "{",
            "`Throw` has no `Error`",
        ),
        (
            &config(r#"{"C": {"A": "R"}}"#, r#"{"R": {"0": {"return": 1}}}"#),
            None,
            r#""return""#,
            "`return` means nothing here; `Return` does",
        ),
        (
            r#"[{"type": "TaskSucceeded", "id": 9, "previousEventId": 8}]"#,
            None,
            "{",
            "the event 8 before this one is missing: this is no whole history",
        ),
        (
            r#"[{"type": "TaskStateEntered", "id": 1, "stateEnteredEventDetails": {"name": "A"}},
                {"type": "TaskSucceeded", "id": 2, "previousEventId": 1,
                 "taskSucceededEventDetails": {"output": "1", "outputDetails": {"truncated": true}}}]"#,
            None,
            "{",
            "this history lacks the output of a task, or has not all of it",
        ),
    ] {
        let errors = Mocks::read(&text.into(), Format::Json, case).expect_err(text);
        let found: Vec<_> = errors.iter().map(|error| (error.span.of(text), error.message.as_str())).collect();
        assert!(found.contains(&(at, message)), "{text}: {found:#?}");
    }
}

#[test]
fn odd_histories_are_read_to_the_end() {
    for text in [
        r#"[{"type": "éMapStateStarted", "id": 1}, {"type": "MapStateStarted", "id": 2, "previousEventId": 1}]"#,
        r#"[{"type": "MapStateStarted", "id": 1}, {"type": "MapIterationStarted", "id": 2, "previousEventId": 1}]"#,
        r#"[{"type": "", "id": 1}, {"type": "StateExited", "id": 2, "previousEventId": 1}]"#,
        r#"[{"type": 5, "id": 1}, {"type": "ParallelStateEntered", "id": 1, "previousEventId": 1}]"#,
    ] {
        assert_eq!(Mocks::read(&text.into(), Format::Json, None), Ok(Mocks::new()), "{text}");
    }
}

#[test]
fn broken_texts_are_mistakes_and_nothing_worse() {
    let history = history(&[("TaskStateEntered", 0, "A"), ("TaskScheduled", 1, "{}"), ("TaskSucceeded", 2, "[1]")]);
    for text in [CONFIG, &history] {
        for end in 0..text.len() {
            let cut = &text[..end];
            for format in [Format::Json, Format::Yaml] {
                if let Err(errors) = Mocks::read(&cut.into(), format, Some("Retry")) {
                    assert!(errors.iter().all(|error| error.span.end as usize <= end), "{cut}");
                }
            }
            assert!(Mocks::read(&cut.into(), Format::Json, Some("Retry")).is_err(), "{cut}");
            let spoilt = format!("{cut}5{}", &text[end + 1..]);
            _ = Mocks::read(&spoilt.as_str().into(), Format::Json, None);
        }
    }
}
