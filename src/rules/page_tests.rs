//! Runs the examples of the rule pages.
//!
//! `json bad` and `yaml bad` draw the expected findings of the page's own rule under the line they point at:
//!
//! ```text
//! "Next": "Shp",
//! //      ^^^^^ dangling-target: `Shp` is not a state
//! ```
//!
//! A caret line is made of blanks, a marker (`//` in JSON, `#` in YAML) and carets; it is taken out before linting (blanked
//! it would still be content of a YAML block scalar). Behind the rule id stands how the message begins. Findings that other rules add to a bad example must be
//! drawn too. A `good` example is clean for the whole tool, down to info. `json fixed` is what the fixes make of the
//! block above it. `json witness` is an execution of the machine above it: `input`, `tasks`, what the tasks
//! answer as `aslint run --mocks` takes it, `path`, the states that it enters, and `error` where it fails. Words behind the kind are options: `express` for the type of the machine, `long` to read `…` as a
//! million characters.

use super::page::{Example, Fixable, examples};
use crate::analysis::MachineType;
use crate::asl::lower;
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::engine::{Options, check};
use crate::eval::{Mocks, NoFiles, Setup, Status, Value, run as execute};
use crate::fix::fix;
use crate::source::Source;
use crate::syntax::{Format, parse};
use crate::text::{self, LineIndex, Span};

/// A drawn finding: where, and the words behind the carets.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Drawn {
    span: Span,
    words: String,
}

pub(super) fn run(stem: &str) {
    let id = stem.replace('_', "-");
    let rule = super::find(&id).expect("the list and the test name the same rule");
    let mut n_bad = 0;
    let mut n_good = 0;
    let mut n_fixed = 0;
    let mut above: Option<(String, Vec<Diagnostic>)> = None;
    for example in examples(rule.markdown) {
        let place = format!("rules/{stem}.md:{}", example.line);
        let mut words = example.title.split(' ');
        let format = match words.next() {
            Some("json") => Format::Json,
            Some("yaml") => Format::Yaml,
            _ => continue,
        };
        let kind = words.next().unwrap_or_default();
        let words: Vec<&str> = words.collect();
        let kind_of_machine = if words.contains(&"express") { MachineType::Express } else { MachineType::Standard };
        let options = Options { kind: kind_of_machine, ..Options::default() };
        match kind {
            "bad" => {
                n_bad += 1;
                let (mut text, drawn) = undraw(&example, format);
                if words.contains(&"long") {
                    text = text.replace('…', &"x".repeat(1 << 20));
                }
                let report = check(&Source::machine("example", text.as_str(), format), &options);
                compare(&place, &text, drawn, &report.diagnostics);
                assert!(
                    report.diagnostics.iter().any(|found| found.rule == id),
                    "{place}: the example is bad by this page's rule"
                );
                above = Some((text, report.diagnostics));
            }
            "good" => {
                n_good += 1;
                let report = check(&Source::machine("example", example.text, format), &options);
                compare(&place, example.text, Vec::new(), &report.diagnostics);
            }
            "fixed" => {
                let (text, found) = above.as_ref().unwrap_or_else(|| panic!("{place}: no bad example above"));
                let own = Options { rules: vec![rule], ..options.clone() };
                let all = fix(&Source::machine("example", text.as_str(), format), &own, Applicability::Unsafe);
                assert!(all.is_changed() && all.given_up.is_empty(), "{place}: {:?}", all.given_up);
                let fixed = &*all.source.text;
                let again = fix(&all.source, &own, Applicability::Unsafe);
                assert!(!again.is_changed(), "{place}: a second run changes something");
                let lines =
                    |text: &str| text.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n");
                assert_eq!(lines(fixed), lines(example.text), "{place}");
                let report = check(&all.source, &options);
                let mendable = |after: &Diagnostic| after.rule == id && !after.fixes.is_empty();
                assert!(!report.diagnostics.iter().any(mendable), "{place}: still found after the fix");
                let is_old = |after: &Diagnostic| {
                    found.iter().any(|found| (found.rule, &found.message) == (after.rule, &after.message))
                };
                let new: Vec<_> = report
                    .diagnostics
                    .iter()
                    .filter(|after| after.severity > Severity::Info && !is_old(after))
                    .collect();
                assert!(new.is_empty(), "{place}: the fix brings {new:?}");
                n_fixed += 1;
            }
            "witness" => {
                let (text, _) = above.as_ref().unwrap_or_else(|| panic!("{place}: no bad example above"));
                replay(&place, text, example.text);
            }
            _ => panic!("{place}: unknown kind of example `{kind}`"),
        }
    }
    assert!(n_fixed > 0 || rule.page().fix == Fixable::No, "rules/{stem}.md: a page that promises fixes shows one");
    assert!(n_bad > 0 && n_good > 0, "rules/{stem}.md: a page shows a bad and a good example");
}

/// Executes a machine with the input of a witness: it enters the states that the witness says, and fails if it says so.
fn replay(place: &str, machine: &str, witness: &str) {
    let witness = Value::from_json(witness).unwrap_or_else(|error| panic!("{place}: {error:?}"));
    let tree = parse(&machine.into(), Format::Json);
    let machine = lower(tree.root());
    let mocks = match witness.get("tasks") {
        Some(tasks) => Mocks::read(&tasks.to_json().as_str().into(), Format::Json, None)
            .unwrap_or_else(|errors| panic!("{place}: {errors:?}")),
        None => Mocks::new(),
    };
    let input = witness.get("input").cloned().unwrap_or_else(|| panic!("{place}: a witness has an input"));
    let execution = execute(&machine, &Setup::new(input, &mocks, &NoFiles));
    let entered: Vec<Value> = execution.entered().map(|state| Value::from(machine.state(state).name())).collect();
    assert_eq!(witness.get("path"), Some(&Value::array(entered)), "{place}");
    let error = match &execution.status {
        Status::Succeeded(_) => None,
        Status::Failed(failure) => failure.error.as_deref().map(Value::from),
        status => panic!("{place}: {status:?}"),
    };
    assert_eq!(witness.get("error"), error.as_ref(), "{place}");
}

/// The example without its caret lines, and what they draw.
fn undraw(example: &Example, format: Format) -> (String, Vec<Drawn>) {
    let marker = if format == Format::Json { "//" } else { "#" };
    let mut text = String::new();
    let mut drawn = Vec::new();
    let mut line_start = 0;
    for line in example.text.split_inclusive('\n') {
        let carets =
            line.trim_start().strip_prefix(marker).and_then(|rest| rest.trim_start().starts_with('^').then_some(rest));
        let Some(carets) = carets else {
            line_start = text.len();
            text.push_str(line);
            continue;
        };
        let first = line.find('^').expect("seen above");
        let n_carets = carets.trim_start().chars().take_while(|&c| c == '^').count();
        let words = carets.trim_start().trim_start_matches('^').trim().to_owned();
        // Carets count characters of the line above.
        let above = &text[line_start..];
        let offset = |column: usize| line_start + above.char_indices().nth(column).map_or(above.len(), |(at, _)| at);
        let columns = line[..first].chars().count();
        let at = |column| u32::try_from(offset(column)).expect("a page is short");
        drawn.push(Drawn { span: Span::new(at(columns), at(columns + n_carets)), words });
    }
    (text, drawn)
}

fn compare(place: &str, text: &str, mut drawn: Vec<Drawn>, found: &[Diagnostic]) {
    let lines = LineIndex::new(text);
    let mut missing = String::new();
    for found in found {
        // An error at the very end of a line is drawn under its last character.
        let words = format!("{}: {}", found.rule, found.message);
        let matches = |drawn: &Drawn| {
            let span = found.primary.span;
            let same = drawn.span == span || span.is_empty() && drawn.span == Span::new(span.start, span.start + 1);
            same && !drawn.words.is_empty() && words.starts_with(drawn.words.trim_end_matches('…'))
        };
        if let Some(at) = drawn.iter().position(matches) {
            drawn.remove(at);
            continue;
        }
        let line = lines.position(text, found.primary.span.start, text::Encoding::Utf8).line;
        let severity = if found.severity == Severity::Info { " (info)" } else { "" };
        missing += &format!("  not drawn: line {}, `{}`: {words}{severity}\n", line + 1, found.primary.span.of(text),);
    }
    for drawn in drawn {
        missing += &format!("  not found: `{}`: {}\n", drawn.span.of(text), drawn.words);
    }
    let shown: String = text.chars().take(4_000).collect();
    assert!(missing.is_empty(), "{place}:\n{missing}{shown}");
}
