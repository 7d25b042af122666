//! Turns what is proved of a machine into what people and programs read of it.
//!
//! As for findings, nothing here reads the environment, and the same proof gives the same bytes.

mod explained;
mod findings;
mod json;

use std::fmt::Write as _;

use super::pretty::{BOLD, PLAIN, paint};
use super::{Colour, counted, one_line};
use crate::asl::{Field, Machine, State, StateId};
use crate::flow::premise::{Premises, Use};
use crate::source::Source;
use crate::symex::{Because, ChoiceProof, Explanation, Ground, Judged, MADE_UP, Proof, TaskAnswer, Verdict, Witness};

/// A proof with the machine that it is of.
#[derive(Clone, Copy, Debug)]
pub struct Proved<'r> {
    /// Where the machine stands.
    pub source: &'r Source,
    /// Its logical id inside a template; empty for a plain file.
    pub name: &'r str,
    /// The machine.
    pub machine: &'r Machine<'r>,
    /// What is proved of it.
    pub proof: &'r Proof,
    /// What it takes for granted.
    pub premises: &'r Premises,
    /// Whether the service would refuse it.
    pub is_refused: bool,
}

/// How a report on proofs looks.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Colours.
    pub colour: Colour,
    /// Columns: longer lines are cut. None are where nobody says how many there are.
    pub width: Option<usize>,
}

impl Look {
    /// How much of a line is left behind so many columns.
    fn left(self, used: usize) -> usize {
        const FEWEST: usize = 20;
        self.width.map_or(usize::MAX, |width| width.saturating_sub(used).max(FEWEST))
    }
}

const GREEN: &str = "\x1b[32m";
const RED: &str = "\x1b[1;31m";
const YELLOW: &str = "\x1b[33m";
const DIM: &str = "\x1b[2m";

/// What comes before the first machine in JSON.
#[must_use]
pub fn json_head() -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!("{{\"version\":1,\"tool\":{{\"name\":\"aslint\",\"version\":\"{version}\"}},\"machines\":[\n")
}

/// What comes behind the last machine in JSON.
#[must_use]
pub fn json_tail(n_files: usize, n_machines: usize) -> String {
    let end = if n_machines > 0 { "\n" } else { "" };
    format!("{end}],\"files\":{n_files},\"n_machines\":{n_machines}}}\n")
}

/// Words for a branch or a state, and for what fails the execution.
#[derive(Clone, Copy)]
enum Words {
    Branch,
    Failure,
}

/// One row of a table.
struct Row {
    what: String,
    target: String,
    word: &'static str,
    colour: &'static str,
    why: String,
}

impl Proved<'_> {
    /// The object that `schemas/prove-1.json` describes, with what is explained of it where that is asked for.
    #[must_use]
    pub fn json(self, explained: Option<&[Explanation]>) -> String {
        json::object(self, explained)
    }

    /// A table for each Choice, then states, catchers and the end.
    #[must_use]
    pub fn pretty(self, look: Look) -> String {
        let (strong, plain) = (paint(look.colour, BOLD), paint(look.colour, PLAIN));
        let mut out = self.head(look.colour);
        for choice in &self.proof.choices {
            let _ = write!(out, "\n  {strong}Choice `{}`{plain}", one_line(self.name_of(choice.state)));
            match &choice.reached.verdict {
                Verdict::Reachable(_) => out.push('\n'),
                other => {
                    let (word, why) = self.words(other, "reachable", "dead");
                    let line = format!("{word}: {why}");
                    out += &format!("  {}\n", cut(&line, look.left(12)));
                }
            }
            self.table(&self.rows(choice), look, &mut out);
        }
        let mut rows = Vec::new();
        let reachable = |verdict: &Verdict| matches!(verdict, Verdict::Reachable(_));
        let n = self.proof.states.iter().filter(|(_, judged)| reachable(&judged.verdict)).count();
        for (state, judged) in self.proof.states.iter().filter(|(_, judged)| !reachable(&judged.verdict)) {
            rows.push(self.row(format!("`{}`", self.name_of(*state)), String::new(), judged, "reachable", "dead"));
        }
        let _ = write!(out, "\n  {strong}States{plain} {n} of {} reachable\n", self.proof.states.len());
        self.table(&rows, look, &mut out);
        if !self.proof.catchers.is_empty() {
            let _ = write!(out, "\n  {strong}Catchers{plain}\n");
            let row = |(state, number, judged): &(StateId, usize, Judged)| {
                let state = self.machine.state(*state);
                let target = state.catchers.get(*number).and_then(|catcher| catcher.next);
                self.row(format!("`{}` {number}", state.name()), text(target), judged, "reachable", "dead")
            };
            let rows: Vec<Row> = self.proof.catchers.iter().map(row).collect();
            self.table(&rows, look, &mut out);
        }
        let _ = write!(out, "\n  {strong}End{plain} ");
        let (_, why) = self.words(&self.proof.end.verdict, "reachable", "dead");
        out += &cut(&why, look.left(6));
        out += "\n\n";
        out
    }

    /// Where the machine stands, and what is to be known before all else.
    fn head(self, colour: Colour) -> String {
        let (strong, plain) = (paint(colour, BOLD), paint(colour, PLAIN));
        let place = if self.name.is_empty() { String::new() } else { format!(" {}", self.name) };
        let mut out = format!("{strong}{}{}{plain}\n", one_line(&self.source.name), one_line(&place));
        if self.is_refused {
            out += "  the service refuses this machine (`aslint check` says why); what follows is about what can be read of it\n";
        }
        for (words, _) in self.premises.each(Use::Proofs) {
            let _ = writeln!(out, "  it is taken for granted that {}", one_line(&words));
        }
        out
    }

    fn name_of(&self, state: StateId) -> &str {
        self.machine.state(state).name()
    }

    fn rows(&self, choice: &ChoiceProof) -> Vec<Row> {
        let state = self.machine.state(choice.state);
        let mut rows = Vec::new();
        for (number, judged) in choice.rules.iter().enumerate() {
            let target = text(state.rules().get(number).and_then(|rule| rule.next));
            rows.push(self.row(format!("rule {number}"), target.clone(), judged, "reachable", "dead"));
            let wrong = choice.local.iter().flat_map(|local| &local.wrong_types).find(|wrong| wrong.rule == number);
            if let Some(wrong) = wrong.filter(|_| !judged.verdict.is_dead()) {
                rows.push(Row {
                    what: "  of a wrong type".to_owned(),
                    target,
                    word: "possible",
                    colour: YELLOW,
                    why: format!("`{}` is not {}: {}", wrong.path, wrong.meant, one_witness(&wrong.witness)),
                });
            }
        }
        match &choice.default {
            Some(judged) => {
                let target = text(state.choice().and_then(|choice| choice.default));
                rows.push(self.row("Default".to_owned(), target, judged, "reachable", "dead"));
            }
            None => {
                let what = "no rule holds".to_owned();
                rows.push(alarming(self.row(what, String::new(), &choice.no_match, "possible", "impossible")));
            }
        }
        let mut row =
            self.row("comparison fails".to_owned(), String::new(), &choice.runtime_error, "possible", "impossible");
        if !choice.why.is_empty() && row.word != "impossible" {
            row.why = format!("{}: {}", choice.why, row.why);
        }
        rows.push(alarming(row));
        rows
    }

    fn row(&self, what: String, target: String, judged: &Judged, yes: &'static str, no: &'static str) -> Row {
        let (word, mut why) = self.words(&judged.verdict, yes, no);
        if word == no && judged.ground == Ground::AnyInput && !matches!(judged.verdict, Verdict::Dead(Because::Default))
        {
            why += ", whatever comes in";
        }
        for premise in &judged.premises {
            why += &format!("; it rests on the premise that {premise}");
        }
        let colour = match judged.verdict {
            Verdict::Reachable(_) => GREEN,
            Verdict::Dead(_) => RED,
            Verdict::Unknown(_) => YELLOW,
        };
        Row { what, target, word, colour, why }
    }

    /// The word for a verdict, and what is behind it in one line.
    fn words(&self, verdict: &Verdict, yes: &'static str, no: &'static str) -> (&'static str, String) {
        match verdict {
            Verdict::Reachable(witness) => (yes, one_witness(witness)),
            Verdict::Dead(because) => (no, because.to_string()),
            Verdict::Unknown(reason) => ("unknown", reason.to_string()),
        }
    }

    fn table(&self, rows: &[Row], look: Look, out: &mut String) {
        const WIDEST: usize = 30;
        let width = |column: fn(&Row) -> &str| {
            rows.iter().map(|row| one_line(column(row)).chars().count()).max().unwrap_or_default().min(WIDEST)
        };
        let (first, second) = (width(|row| &row.what), width(|row| &row.target));
        let has_targets = rows.iter().any(|row| !row.target.is_empty());
        for row in rows {
            let mut line = format!("    {}", padded(&row.what, first));
            if has_targets {
                let arrow = if row.target.is_empty() { "  " } else { "→ " };
                line += &format!("  {arrow}{}", padded(&row.target, second));
            }
            let used = line.chars().count() + 14;
            let (colour, dim, plain) =
                (paint(look.colour, row.colour), paint(look.colour, DIM), paint(look.colour, PLAIN));
            let why = cut(&row.why, look.left(used));
            let _ = writeln!(out, "{line}  {colour}{:<10}{plain}  {dim}{why}{plain}", row.word);
        }
    }
}

/// What may happen and fails the execution is no good news.
fn alarming(mut row: Row) -> Row {
    row.colour = match row.word {
        "possible" => RED,
        "impossible" => GREEN,
        _ => YELLOW,
    };
    row
}

fn text(field: Option<Field<'_>>) -> String {
    field.and_then(|field| field.value.as_str()).unwrap_or_default().to_owned()
}

/// A text in so many columns, or more where it is longer than they are wide.
fn padded(text: &str, width: usize) -> String {
    let text = cut(text, width.max(1));
    let n = text.chars().count();
    text + &" ".repeat(width.saturating_sub(n))
}

/// A text on one line, cut to so many columns.
fn cut(text: &str, width: usize) -> String {
    let text = one_line(text);
    if text.chars().count() <= width {
        return text.into_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

/// What makes an execution do it: the input, what tasks answer.
fn one_witness(witness: &Witness) -> String {
    let mut parts = vec![witness.input.to_json()];
    for (name, value) in &witness.variables {
        parts.push(format!("${name} = {}", value.to_json()));
    }
    if let Some(context) = &witness.context {
        parts.push(format!("$$ = {}", context.to_json()));
    }
    for (task, answers) in witness.tasks.iter() {
        let answers: Vec<String> = answers
            .iter()
            .map(|answer| match answer {
                TaskAnswer::Return(value) => value.to_json(),
                TaskAnswer::Read(items) => format!("reads {}", items.to_json()),
                TaskAnswer::Error(error, cause) if cause.is_empty() || cause == MADE_UP => {
                    format!("fails with {error}")
                }
                TaskAnswer::Error(error, cause) => format!("fails with {error} ({cause})"),
            })
            .collect();
        // An answer that nothing depends on says nothing.
        if answers.iter().any(|answer| answer != "{}") {
            parts.push(format!("`{task}` {}", answers.join(", then ")));
        }
    }
    parts.join("; ")
}

/// The last line of a report.
#[must_use]
pub fn summary(n_machines: usize, counts: &Counts, colour: Colour) -> String {
    let (strong, plain) = (paint(colour, BOLD), paint(colour, PLAIN));
    let Counts { reachable, dead, unknown } = counts;
    format!(
        "{strong}{} in {}: {reachable} reachable, {dead} dead, {unknown} unknown{plain}\n",
        counted(reachable + dead + unknown, "branch"),
        counted(n_machines, "machine")
    )
    .replace("branchs", "branches")
}

/// How many branches of Choices are what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Taken by some execution.
    pub reachable: usize,
    /// Taken by none.
    pub dead: usize,
    /// Neither is known.
    pub unknown: usize,
}

impl Counts {
    /// Counts the rules and Defaults of a proof.
    pub fn add(&mut self, proof: &Proof) {
        for judged in proof.choices.iter().flat_map(|choice| choice.rules.iter().chain(&choice.default)) {
            match judged.verdict {
                Verdict::Reachable(_) => self.reachable += 1,
                Verdict::Dead(_) => self.dead += 1,
                Verdict::Unknown(_) => self.unknown += 1,
            }
        }
    }

    /// Takes in what was counted elsewhere.
    pub fn merge(&mut self, other: Self) {
        self.reachable += other.reachable;
        self.dead += other.dead;
        self.unknown += other.unknown;
    }
}

/// The field that leads on from a rule.
fn next<'t>(state: &State<'t>, rule: usize) -> Option<Field<'t>> {
    state.rules().get(rule).and_then(|rule| rule.next)
}
