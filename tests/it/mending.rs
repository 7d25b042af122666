//! Defects put into machines of the corpus, and what their fixes leave: the finding is gone, nothing new is found, a second run
//! changes nothing, and where a mistake can be undone in one way the text is what it was before, to the byte.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use aslint::asl::lower;
use aslint::diagnostic::{Applicability, Diagnostic, Severity};
use aslint::engine::{Options, Report, check};
use aslint::fix::{Fixed, fix};
use aslint::source::Source;
use aslint::syntax::{Format, parse};
use aslint::text::{Edit, apply, unified_diff};
use rayon::prelude::*;

use super::corpus;
use super::defects::{Cure, DEFECTS, Defect};
use super::mutate::{Dice, damaged};
use super::rewrite::{Form, write};

/// A machine of the corpus.
struct Text {
    name: String,
    text: String,
    format: Format,
}

/// Machines of the corpus, as written.
fn texts() -> Vec<Text> {
    let Some(root) = corpus::root() else { return Vec::new() };
    let mut texts = Vec::new();
    let folders = ["asl-json", "asl-yaml", "labelled", "executions/definitions"];
    for path in folders.iter().flat_map(|folder| corpus::files(&root.join(folder))) {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let name = path.display().to_string();
        let is_yaml = name.ends_with(".yaml") || name.ends_with(".yml");
        let format = if is_yaml { Format::Yaml } else { Format::Json };
        let is_read = || text.trim_start().starts_with('{') && parse(&text.as_str().into(), format).errors().is_empty();
        if text.len() <= 40_000 && (is_yaml || is_read()) {
            texts.push(Text { name, text, format });
        }
    }
    assert!(texts.len() > 1_000, "the corpus holds more machines than {}", texts.len());
    texts
}

/// How a machine is written.
const FORMS: [Option<(Form, Format)>; 3] =
    [None, Some((Form::Compact, Format::Json)), Some((Form::Yaml, Format::Yaml))];

impl Text {
    /// The same in another form; only what is JSON is written again.
    fn in_form(&self, form: Option<(Form, Format)>) -> Option<Self> {
        let (text, format) = match form {
            None => (self.text.clone(), self.format),
            Some(_) if self.format == Format::Yaml => return None,
            Some((form, format)) => (write(parse(&self.text.as_str().into(), self.format).root(), form), format),
        };
        Some(Self { name: self.name.clone(), text, format })
    }
}

fn mended(text: &str, format: Format, most: Applicability) -> Fixed {
    fix(&Source::machine("m", text, format), &Options::default(), most)
}

fn of_rule<'r>(report: &'r Report, rule: &str) -> impl Iterator<Item = &'r Diagnostic> {
    report.diagnostics.iter().filter(move |found| found.rule == rule)
}

fn above_info(report: &Report) -> impl Iterator<Item = &Diagnostic> {
    report.diagnostics.iter().filter(|found| found.severity > Severity::Info)
}

/// How many findings above info there are of each rule. A machine that goes round for ever is called so as a whole, or where it
/// does, once some other state ends it.
fn counted(report: &Report) -> BTreeMap<&'static str, usize> {
    let mut n_found = BTreeMap::new();
    for found in above_info(report) {
        let rule = if found.rule == "no-terminal-state" { "endless-loop" } else { found.rule };
        *n_found.entry(rule).or_default() += 1;
    }
    n_found
}

/// What is found above info, without its place.
fn told(report: &Report) -> BTreeSet<(&'static str, &str)> {
    above_info(report).map(|found| (found.rule, found.message.as_str())).collect()
}

/// Whether two texts are the same but for quotes around words of YAML, which a defect may have made necessary.
fn is_same(one: &str, other: &str) -> bool {
    one == other || one.replace('"', "") == other.replace('"', "")
}

#[derive(Default)]
struct Outcome {
    n_tried: usize,
    /// Of those, where a text without anything to mend had the mistake put in and a cure was offered.
    n_sure: usize,
    n_restored: usize,
    n_mended: usize,
    failures: Vec<String>,
    others: Vec<String>,
}

impl Outcome {
    fn merge(&mut self, other: Self) {
        self.n_tried += other.n_tried;
        self.n_sure += other.n_sure;
        self.n_restored += other.n_restored;
        self.n_mended += other.n_mended;
        self.failures.extend(other.failures);
        self.others.extend(other.others);
    }
}

/// A text that its own findings are mended in, with what is found in it then.
fn mended_once(of: &Text, text: &str, most: Applicability, failures: &mut Vec<String>) -> Fixed {
    let fixed = mended(text, of.format, most);
    let again = mended(&fixed.source.text, of.format, most);
    if again.is_changed() {
        failures.push(format!("{} ({:?}): the second run changes it: {:?}", of.name, of.format, again.applied));
    }
    fixed
}

/// A text with a mistake in it, and the edits that made it; nothing where it has no place for it.
fn broken(defect: &Defect, text: &str, format: Format) -> Option<(Vec<Edit>, String)> {
    let tree = parse(&text.into(), format);
    let edits = (defect.put)(&lower(tree.root()), &mut Dice::of(text))?;
    let bad = apply(text, &edits).ok().filter(|bad| bad != text)?;
    Some((edits, bad))
}

/// Puts a defect in, and has it mended; nothing where the machine has no place for it.
fn try_one(defect: &Defect, of: &Text) -> Option<Outcome> {
    // Most machines are told apart by a look at them.
    broken(defect, &of.text, of.format)?;
    let mut outcome = Outcome { n_tried: 1, ..Outcome::default() };
    let base = mended_once(of, &of.text, Applicability::Unsafe, &mut outcome.failures);
    let text: &str = &base.source.text;
    let (edits, bad) = broken(defect, text, of.format)?;
    let before = check(&Source::machine("m", bad.as_str(), of.format), &Options::default());
    if of_rule(&before, defect.rule).count() <= of_rule(&base.report, defect.rule).count() {
        return None;
    }
    let fixed = mended_once(of, &bad, defect.most, &mut outcome.failures);
    let new: &str = &fixed.source.text;
    let done = format!(
        "{} ({:?}), {}: {edits:?} became {:?}, {:?}",
        of.name, of.format, defect.name, fixed.applied, fixed.given_up
    );
    let failures = &mut outcome.failures;
    let mut fail = |what: String| failures.push(format!("{what}: {done}\n{}", unified_diff("m", text, new)));
    // Where nothing else is to be mended, and nobody doubts what was meant, nothing but the mistake goes.
    let has_cure = |found: &Diagnostic| found.fixes.iter().any(|fix| fix.applicability <= defect.most);
    let is_settled = base.report.diagnostics.iter().all(|found| found.fixes.is_empty());
    if is_settled && of_rule(&before, defect.rule).any(has_cure) {
        outcome.n_sure = 1;
        let old: BTreeSet<&str> = bad.lines().collect();
        let n_new = new.lines().filter(|line| !old.contains(line)).count();
        match defect.cure {
            Cure::Undone if !is_same(new, text) => fail("it is not what it was".to_owned()),
            Cure::Near if n_new > 2 => fail("more changed than the edits say".to_owned()),
            _ => {}
        }
        if matches!(defect.cure, Cure::Undone | Cure::Near) {
            if !fixed.given_up.is_empty() || !fixed.is_changed() {
                fail("given up".to_owned());
            }
            let added = &told(&fixed.report) - &told(&base.report);
            if !added.is_empty() {
                fail(format!("new findings {added:?}"));
            }
        }
    }
    if is_same(new, text) {
        outcome.n_restored = 1;
        return Some(outcome);
    }
    let n_errors = |text: &str| parse(&text.into(), of.format).errors().len();
    if n_errors(new) > n_errors(text) {
        fail("it does not parse".to_owned());
    }
    let is_mended = fixed.applied.iter().any(|done| done.rule == defect.rule);
    if is_mended && of_rule(&fixed.report, defect.rule).count() >= of_rule(&before, defect.rule).count() {
        fail("still found".to_owned());
    }
    let (old, bad, new) = (counted(&base.report), counted(&before), counted(&fixed.report));
    let most = |rule: &str| *old.get(rule).max(bad.get(rule)).unwrap_or(&0);
    let worse: Vec<_> = new.iter().filter(|(rule, n)| most(rule) < **n).collect();
    if !worse.is_empty() {
        fail(format!("new findings {worse:?}"));
    }
    outcome.n_mended = usize::from(is_mended);
    outcome.others.push(done);
    Some(outcome)
}

/// How many machines each defect is put into in each form; all that have a place for it take minutes (`ALL=1`).
const MACHINES: usize = 6;

/// What becomes of a defect in a form.
fn run(i: usize, form: Option<(Form, Format)>, texts: &[Text], most: usize) -> Outcome {
    let mut all = Outcome::default();
    // Each defect begins at another place of the corpus, and takes steps through it.
    let (start, n) = (i * 97, texts.len());
    for text in (0..n).map(|k| &texts[(start + k * 101) % n]) {
        if all.n_tried >= most {
            break;
        }
        // Writing a text again costs more than seeing that it has no place for the defect.
        if broken(&DEFECTS[i], &text.text, text.format).is_none() {
            continue;
        }
        if let Some(outcome) = text.in_form(form).and_then(|text| try_one(&DEFECTS[i], &text)) {
            all.merge(outcome);
        }
    }
    all
}

#[test]
fn defects_of_all_sorts_are_mended_to_the_byte() {
    let texts = texts();
    let most = if std::env::var_os("ALL").is_some() { usize::MAX } else { MACHINES };
    let all: Vec<(usize, Option<(Form, Format)>)> =
        (0..DEFECTS.len()).flat_map(|i| FORMS.into_iter().map(move |form| (i, form))).collect();
    let outcomes: Vec<Outcome> = all.into_par_iter().map(|(i, form)| run(i, form, &texts, most)).collect();
    let outcomes: Vec<(&Defect, &[Outcome])> = DEFECTS.iter().zip(outcomes.chunks(FORMS.len())).collect();
    if std::env::var_os("SHOW").is_some() {
        for (defect, forms) in &outcomes {
            for Outcome { n_tried, n_sure, n_restored, n_mended, others, .. } in *forms {
                eprintln!(
                    "{}: {n_restored} of {n_tried} restored, {n_mended} mended otherwise, {n_sure} sure",
                    defect.name
                );
                others.iter().take(12).for_each(|other| eprintln!("    {other}"));
            }
        }
    }
    let failures: Vec<&String> =
        outcomes.iter().flat_map(|(_, forms)| *forms).flat_map(|outcome| &outcome.failures).collect();
    assert!(failures.is_empty(), "{}:\n{failures:#?}", failures.len());
    for (defect, forms) in outcomes.iter().filter(|_| !texts.is_empty()) {
        // YAML has no comma too many.
        let n_planted = |n: usize| forms.iter().filter(|form| form.n_sure >= n).count();
        let n_forms = if defect.rule == "syntax-error" { 2 } else { 3 };
        if matches!(defect.cure, Cure::Undone | Cure::Near) {
            assert!(n_planted(3) >= n_forms, "{} is planted too seldom", defect.name);
        }
        let sum = |of: fn(&Outcome) -> usize| forms.iter().map(of).sum::<usize>();
        let n_tried = sum(|form| form.n_tried);
        assert!(n_tried > 0, "{}: no machine has a place for it", defect.name);
        let is_exact = matches!(defect.cure, Cure::Undone | Cure::Restored);
        let n_good = sum(|form| form.n_restored) + if is_exact { 0 } else { sum(|form| form.n_mended) };
        let share = 100 * n_good / n_tried;
        assert!(share >= defect.least, "{}: {share} of 100 mended", defect.name);
    }
}

/// Texts that no longer are what they were anywhere: nothing is known of what comes out but that it is no worse.
#[test]
fn damaged_texts_get_no_worse() {
    let texts = texts();
    let every = if std::env::var_os("ALL").is_some() { 1 } else { 23 };
    let pool = [
        "\"",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\n",
        "  ",
        "- ",
        "&a",
        "*a",
        "|",
        "#",
        "'",
        "Next",
        "States.ALL",
        "End",
        "é",
    ];
    let some = texts.iter().filter(|text| text.text.len() < 10_000).enumerate().step_by(every);
    // Every other one as YAML.
    let some: Vec<Text> = some.filter_map(|(i, text)| text.in_form(if i % 2 == 0 { None } else { FORMS[2] })).collect();
    let failures: Vec<String> = some
        .into_par_iter()
        .filter_map(|Text { name, text, format }| {
            let bad = damaged(&text, &pool, &mut Dice::of(&text));
            let fixed = mended(&bad, format, Applicability::Unsafe);
            let again = mended(&fixed.source.text, format, Applicability::Unsafe);
            let n_errors = |text: &str| parse(&text.into(), format).errors().len();
            let what = match () {
                () if n_errors(&fixed.source.text) > n_errors(&bad) => "more errors of syntax",
                () if again.is_changed() => "a second run changes it",
                () => return None,
            };
            Some(format!("{name} ({format:?}): {what}: {:?}, then {:?}\n{bad}", fixed.applied, again.applied))
        })
        .collect();
    assert!(failures.is_empty(), "{}:\n{}", failures.len(), failures.join("\n"));
}
