//! Whatever the bytes: a report, never a panic, a hang or a stray span.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use aslint::engine::{Options, Report, check};
use aslint::source::Source;
use aslint::syntax::Format;

use super::corpus;

/// Checks `text` and holds every span against it.
pub(crate) fn survives(name: &str, text: &str, format: Format) -> Report {
    let report = check(&Source::machine(name, text, format), &Options::default());
    for found in &report.diagnostics {
        let labels = std::iter::once(&found.primary).chain(&found.related);
        let edits = found.fixes.iter().flat_map(|fix| &fix.edits).map(|edit| edit.span);
        for span in labels.map(|label| label.span).chain(edits) {
            assert!(text.get(span.range()).is_some(), "{name}: {span:?} of {} bytes: {found:?}", text.len());
        }
        assert!(!found.message.ends_with('.') && !found.message.is_empty(), "{name}: {:?}", found.message);
    }
    report
}

/// Ends of tokens, near enough: places where a person's cursor may stand.
fn cuts(text: &str) -> Vec<usize> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut cuts = vec![0];
    let mut before = ' ';
    for (at, character) in text.char_indices() {
        let inside = is_word(before) && is_word(character) || before == ' ' && character == ' ';
        if !inside {
            cuts.push(at);
        }
        before = character;
    }
    cuts.push(text.len());
    cuts.dedup();
    cuts
}

/// Every file of four folders, with its syntax.
fn texts() -> Vec<(PathBuf, String, Format)> {
    let Some(root) = corpus::root() else { return Vec::new() };
    let mut texts = Vec::new();
    for folder in ["asl-json", "asl-yaml", "asl-broken", "labelled"] {
        for path in corpus::files(&root.join(folder)) {
            let yaml = path.extension().is_some_and(|end| end == "yaml" || end == "yml");
            let Ok(text) = fs::read_to_string(&path) else { continue };
            texts.push((path, text, if yaml { Format::Yaml } else { Format::Json }));
        }
    }
    texts
}

/// The sample of the suite takes some files and some cuts of each; `ASLINT_ALL_CUTS=1` takes all of all.
#[test]
fn every_file_cut_and_with_holes_torn_in_it() {
    let all = std::env::var_os("ASLINT_ALL_CUTS").is_some();
    let mut n_checked = 0;
    for (i, (path, text, format)) in texts().into_iter().enumerate() {
        let name = path.to_string_lossy();
        survives(&name, &text, format);
        let cuts = cuts(&text);
        let step = if all { 1 } else { 1 + cuts.len() / 3 };
        for pair in cuts.windows(2).skip(if all { 0 } else { i % step }).step_by(step) {
            survives(&name, &text[..pair[0]], format);
            survives(&name, &format!("{}{}", &text[..pair[0]], &text[pair[1]..]), format);
            n_checked += 2;
        }
    }
    eprintln!("{n_checked} torn texts");
}

#[test]
fn templates_and_everything_else_in_the_corpus() {
    let Some(root) = corpus::root() else { return };
    for path in corpus::files(&root.join("templates")) {
        let source = corpus::source(&path);
        let first = check(&source, &Options::default());
        let again = check(&source, &Options::default());
        assert_eq!(first.diagnostics, again.diagnostics, "{}", path.display());
    }
}

#[test]
fn hostile_bytes() {
    let deep = |open: &str, close: &str, n: usize| format!("{}{}", open.repeat(n), close.repeat(n));
    let nested = format!(
        "{}{{\"StartAt\":\"a\",\"States\":{{\"a\":{{\"Type\":\"Succeed\"}}}}}}{}",
        "{\"StartAt\":\"a\",\"States\":{\"a\":{\"Type\":\"Parallel\",\"End\":true,\"Branches\":[".repeat(10_000),
        "]}}}".repeat(10_000)
    );
    let choices = format!(
        "{{\"StartAt\":\"a\",\"States\":{{\"a\":{{\"Type\":\"Choice\",\"Choices\":[{}1{}]}}}}}}",
        "{\"Not\":".repeat(10_000),
        "}".repeat(10_000)
    );
    let texts = [
        deep("[", "]", 10_000),
        deep("{\"States\":", "}", 10_000),
        nested,
        choices,
        "\0".repeat(10_000),
        "{\"StartAt\": \"\u{0}\", \"States\": {\"\u{0}\": {\"Type\": \"Succeed\"}}}".to_owned(),
        "\u{feff}{\"StartAt\":\"a\",\r\n\"States\":{\"a\":{\"Type\":\"Succeed\"}}}\r\n".to_owned(),
        "\u{feff}".to_owned(),
        String::new(),
    ];
    for text in &texts {
        for format in [Format::Json, Format::Yaml] {
            survives(&text.chars().take(20).collect::<String>(), text, format);
        }
    }
}

#[test]
fn bytes_that_are_no_utf8_are_named_and_the_rest_is_checked() {
    let bytes =
        b"{\"StartAt\": \"A\", \"Comment\": \"caf\xe9\", \"States\": {\"A\": {\"Type\": \"Pass\", \"Next\": \"B\"}}}"
            .to_vec();
    let report = check(&Source::new("a.asl.json", bytes.clone()), &Options::default());
    let rules: Vec<&str> = report.diagnostics.iter().map(|found| found.rule).collect();
    assert_eq!(rules, ["syntax-error", "dangling-target"]);
    assert_eq!(report.diagnostics[0].primary.span.start, 32);
    for mark in [[0xff, 0xfe], [0xfe, 0xff]] {
        for name in ["a.asl.json", "a.asl.yaml", "a.asl"] {
            let bytes = [&mark[..], bytes.as_slice()].concat();
            let report = check(&Source::new(name, bytes), &Options::default());
            let messages: Vec<&str> = report.diagnostics.iter().map(|found| found.message.as_str()).collect();
            assert!(matches!(messages[..], [message] if message.contains("looks like UTF-16")), "{name}: {messages:?}");
        }
    }
}

/// A machine with `n` mistakes of one sort: what a generator with a defect writes.
type Family = (&'static str, fn(usize) -> String);

fn list(n: usize, item: impl Fn(usize) -> String) -> String {
    (0..n).map(item).collect::<Vec<_>>().join(", ")
}

fn states(states: &str) -> String {
    format!(r#"{{"StartAt": "s0", "States": {{{states}}}}}"#)
}

fn task(field: &str) -> String {
    let function = "arn:aws:lambda:eu-west-1:111122223333:function:f";
    states(&format!(r#""s0": {{"Type": "Task", "Resource": "{function}", {field}, "End": true}}"#))
}

#[rustfmt::skip]
const FAMILIES: &[Family] = &[
    ("dangling targets", |n| states(&list(n, |i| format!(r#""s{i}": {{"Type": "Pass", "Next": "x{i}"}}"#)))),
    ("dangling targets of a chain", |n| {
        states(&list(n, |i| format!(r#""s{i}": {{"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:f", "Catch": [{{"ErrorEquals": ["E"], "Next": "x{i}"}}], "Next": "s{}"}}"#, i + 1)))
    }),
    ("unreachable states", |n| states(&list(n, |i| format!(r#""s{i}": {{"Type": "Succeed"}}"#)))),
    ("endless loops", |n| states(&list(n, |i| format!(r#""s{i}": {{"Type": "Pass", "Next": "s{i}"}}"#)))),
    ("states of one name", |n| states(&list(n, |_| r#""s0": {"Type": "Succeed"}"#.to_owned()))),
    ("states of one name in branches", |n| {
        let branches = list(n, |_| r#"{"StartAt": "B", "States": {"B": {"Type": "Succeed"}}}"#.to_owned());
        states(&format!(r#""s0": {{"Type": "Parallel", "End": true, "Branches": [{branches}]}}"#))
    }),
    ("branches with dangling targets", |n| {
        let branches = list(n, |i| format!(r#"{{"StartAt": "b{i}", "States": {{"b{i}": {{"Type": "Pass", "Next": "c{i}"}}}}}}"#));
        states(&format!(r#""s0": {{"Type": "Parallel", "End": true, "Branches": [{branches}]}}"#))
    }),
    ("branches with targets in other branches", |n| {
        let branches = list(n, |i| format!(r#"{{"StartAt": "b{i}", "States": {{"b{i}": {{"Type": "Pass", "Next": "b{}"}}}}}}"#, (i + 1) % n));
        states(&format!(r#""s0": {{"Type": "Parallel", "End": true, "Branches": [{branches}]}}"#))
    }),
    ("unknown fields", |n| task(&list(n, |i| format!(r#""Field{i}": 1"#)))),
    ("unknown fields of many states", |n| states(&list(n, |i| format!(r#""s{i}": {{"Type": "Succeed", "TimeoutSecond": 1}}"#)))),
    ("choice rules", |n| {
        let rules = list(n, |i| format!(r#"{{"Variable": "$.a[*]", "StringEquals": {i}, "Next": "x{i}"}}"#));
        states(&format!(r#""s0": {{"Type": "Choice", "Choices": [{rules}]}}"#))
    }),
    ("nested choice rules", |n| {
        let rules = list(n, |i| format!(r#"{{"Variable": "$.a", "StringEquals": {i}}}"#));
        states(&format!(r#""s0": {{"Type": "Choice", "Choices": [{{"Or": [{rules}], "Next": "s1"}}]}}, "s1": {{"Type": "Succeed"}}"#))
    }),
    ("retriers", |n| task(&format!(r#""Retry": [{}]"#, list(n, |i| format!(r#"{{"ErrorEquals": ["E{}"], "MaxAttempts": -1}}"#, i / 2))))),
    ("catchers", |n| task(&format!(r#""Catch": [{}]"#, list(n, |i| format!(r#"{{"ErrorEquals": ["E{}", "States.Nope"], "Next": "x{i}"}}"#, i / 2))))),
    ("names of one retrier", |n| task(&format!(r#""Retry": [{{"ErrorEquals": [{}]}}]"#, list(n, |i| format!(r#""E{}""#, i / 2))))),
    ("template keys", |n| task(&format!(r#""Parameters": {{{}}}"#, list(n, |i| format!(r#""k{i}.$": "$.a[", "k{i}": 1"#))))),
    ("template items", |n| task(&format!(r#""Parameters": {{"a": [{}]}}"#, list(n, |i| format!(r#"{{"k{i}.$": "nope"}}"#))))),
    ("inline maps", |n| {
        let map = |i| format!(r#""s{i}": {{"Type": "Map", "ItemBatcher": {{"MaxItemsPerBatch": 1}}, "Iterator": {{"StartAt": "t{i}", "States": {{"t{i}": {{"Type": "Succeed"}}}}}}, "Next": "s{}"}}"#, i + 1);
        states(&list(n, map))
    }),
    ("tildes of a pointer and keys of its request", |n| {
        let keys = list(n, |i| format!(r#""Ke{i}": 1"#));
        states(&format!(r#""s0": {{"Type": "Map", "ItemReader": {{"Resource": "arn:aws:states:::s3:getObject", "Parameters": {{{keys}}}, "ReaderConfig": {{"InputType": "JSON", "ItemsPointer": "/\u0041{}"}}}}, "End": true}}"#, "~".repeat(n)))
    }),
    ("commas too many", |n| task(&format!(r#""Comment": [{}]"#, list(n, |_| "1,".to_owned())))),
];

/// How long this thread has run so far, where the system tells: what others do on the machine does not count.
fn on_processor() -> Option<Duration> {
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// Four times the text takes about four times the time; the square would be sixteen times.
#[test]
fn mistakes_by_the_thousand_take_linear_time() {
    let time = |text: &str, format: Format| {
        let source = Source::machine("family", text, format);
        let start = (Instant::now(), on_processor());
        let report = check(&source, &Options::default());
        let time = match (start.1, on_processor()) {
            (Some(before), Some(now)) if now > before => now - before,
            _ => start.0.elapsed(),
        };
        assert!(!report.diagnostics.is_empty(), "a family has mistakes");
        time
    };
    let mut slow = String::new();
    for format in [Format::Json, Format::Yaml] {
        for (name, write) in FAMILIES {
            let (few, many) = (write(1_000), write(4_000));
            let (mut least_few, mut least_many) = (Duration::MAX, Duration::MAX);
            // Others use the machine too: what it can do shows in the best of some runs.
            let is_slow = (0..12).all(|_| {
                least_few = least_few.min(time(&few, format));
                least_many = least_many.min(time(&many, format));
                least_many > Duration::from_millis(30) && least_many > 12 * least_few
            });
            if is_slow {
                slow += &format!("{name} ({format:?}): {least_few:?} for 1,000, {least_many:?} for 4,000\n");
            }
        }
    }
    assert!(slow.is_empty(), "{slow}");
}
