//! Parts findings into those that count and those that a person has answered for: in the file itself, by a comment, or in the
//! configuration. Each answer has a reason, and one that nothing needs any more is a finding.

use std::collections::BTreeSet;

use crate::analysis::{Analysis, Proofs};
use crate::asl::directive::{Directive, Reach, directives};
use crate::config::Named;
use crate::diagnostic::Diagnostic;
use crate::rules::{self, Group, Rule, Sink};
use crate::syntax::Step;
use crate::text::Span;

/// Where an answer is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In an `aslint.yaml`.
    Configuration,
    /// In the file itself, as a comment.
    Comment,
}

impl Origin {
    /// `configuration` or `comment`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::Comment => "comment",
        }
    }
}

/// Findings that do not count, for a reason that someone wrote down.
#[derive(Clone, Debug)]
pub struct Suppression {
    /// Of this rule, or of these rules.
    pub rule: Named,
    /// In the state of this name; `None`: wherever they are.
    pub state: Option<String>,
    /// Why.
    pub reason: String,
}

impl Suppression {
    fn covers(&self, found: &Diagnostic) -> bool {
        self.state.as_ref().is_none_or(|state| *state == found.state)
            && rules::find(found.rule).is_some_and(|rule| self.rule.holds(rule))
    }
}

/// A finding that does not count.
#[derive(Clone, Debug)]
pub struct Suppressed {
    /// It.
    pub finding: Diagnostic,
    /// Why it does not.
    pub reason: String,
    /// Where that is written down.
    pub origin: Origin,
}

/// The rules that are about answers: nobody answers for them by another comment.
const OWN: [&str; 2] = ["malformed-suppression", UNUSED];
const UNUSED: &str = "unused-suppression";

/// Parts the findings of one machine by the comments in it, and adds one for each comment that nothing needs.
#[must_use]
pub fn by_comments(
    found: Vec<Diagnostic>,
    cx: &Analysis<'_>,
    rules: &[&'static Rule],
    proofs: Proofs,
) -> (Vec<Diagnostic>, Vec<Suppressed>) {
    let source = cx.document.source;
    let directives = directives(cx.machine, &source.text, source.format);
    if directives.is_empty() {
        return (found, Vec::new());
    }
    let answers: Vec<Answer<'_, '_>> = directives.iter().flat_map(|directive| Answer::of(directive, cx)).collect();
    let mut used = BTreeSet::new();
    let (mut counting, mut suppressed) = (Vec::new(), Vec::new());
    for finding in found {
        let covering: Vec<usize> = (0..answers.len()).filter(|&i| answers[i].covers(&finding, cx)).collect();
        match covering.first() {
            Some(&first) => {
                let reason = answers[first].directive.reason.clone();
                suppressed.push(Suppressed { finding, reason, origin: Origin::Comment });
            }
            None => counting.push(finding),
        }
        used.extend(covering);
    }
    let Some(rule) = rules.iter().find(|rule| rule.id == UNUSED) else { return (counting, suppressed) };
    let mut sink = Sink::new(cx, rule);
    for (i, answer) in answers.iter().enumerate() {
        if !used.contains(&i) && answer.was_asked(rules, proofs) {
            let message = format!("nothing is found here that `{}` would suppress", answer.name);
            sink.report_at(answer.directive.node, answer.span, message);
        }
    }
    counting.extend(sink.into_found());
    (counting, suppressed)
}

/// A name in a comment, where it is one and there is a reason.
struct Answer<'d, 't> {
    directive: &'d Directive<'t>,
    name: &'d str,
    span: Span,
    named: Named,
    /// JSON pointer of what it reaches, where that is a branch or an item processor.
    below: String,
}

impl<'d, 't> Answer<'d, 't> {
    fn of(directive: &'d Directive<'t>, cx: &Analysis<'_>) -> Vec<Self> {
        if directive.reason.is_empty() {
            return Vec::new();
        }
        let below = match directive.reach {
            Reach::State(_) => String::new(),
            Reach::Scope(scope) => {
                let mut path = cx.machine.scope(scope).node.path();
                path.drain(..cx.machine.node.path().len().min(path.len()));
                Step::pointer(&path)
            }
        };
        let answer = |(name, span): &'d (String, Span)| {
            Some(Self { directive, name, span: *span, named: Named::parse(name)?, below: below.clone() })
        };
        directive.names.iter().filter_map(answer).collect()
    }

    fn covers(&self, found: &Diagnostic, cx: &Analysis<'_>) -> bool {
        let is_there = match self.directive.reach {
            Reach::State(state) => found.state == cx.machine.state(state).name(),
            Reach::Scope(_) => {
                found.pointer.strip_prefix(&self.below).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
        };
        is_there && !OWN.contains(&found.rule) && rules::find(found.rule).is_some_and(|rule| self.named.holds(rule))
    }

    /// Whether all that it names was looked for: else it may be needed the next time.
    fn was_asked(&self, rules: &[&'static Rule], proofs: Proofs) -> bool {
        let was_asked = |rule: &Rule| {
            let was_proved = proofs == Proofs::Made || rule.page().group != Group::Choice;
            was_proved && rules.iter().any(|asked| asked.id == rule.id)
        };
        rules::RULES.iter().filter(|rule| self.named.holds(rule)).all(was_asked)
    }
}

/// The findings that count, those that one of the suppressions covers, each in the order in which they came, and the numbers of
/// the suppressions that cover any.
#[must_use]
pub fn split(
    found: Vec<Diagnostic>,
    suppressions: &[Suppression],
) -> (Vec<Diagnostic>, Vec<Suppressed>, BTreeSet<usize>) {
    let (mut counting, mut suppressed, mut used) = (Vec::new(), Vec::new(), BTreeSet::new());
    if suppressions.is_empty() {
        return (found, suppressed, used);
    }
    for finding in found {
        let covering = suppressions.iter().enumerate().filter(|(_, suppression)| suppression.covers(&finding));
        let numbers: Vec<usize> = covering.map(|(number, _)| number).collect();
        match numbers.first().and_then(|&first| suppressions.get(first)) {
            Some(by) => {
                suppressed.push(Suppressed { finding, reason: by.reason.clone(), origin: Origin::Configuration });
            }
            None => counting.push(finding),
        }
        used.extend(numbers);
    }
    (counting, suppressed, used)
}
