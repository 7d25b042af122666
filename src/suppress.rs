//! Parts findings into those that count and those that a person has answered for.

use crate::config::Named;
use crate::diagnostic::Diagnostic;
use crate::rules;

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

/// The findings that count, and those that one of the suppressions covers, each in the order in which they came.
#[must_use]
pub fn split(found: Vec<Diagnostic>, suppressions: &[Suppression]) -> (Vec<Diagnostic>, Vec<Suppressed>) {
    if suppressions.is_empty() {
        return (found, Vec::new());
    }
    let (mut counting, mut suppressed) = (Vec::new(), Vec::new());
    for finding in found {
        match suppressions.iter().find(|suppression| suppression.covers(&finding)) {
            Some(by) => {
                suppressed.push(Suppressed { finding, reason: by.reason.clone(), origin: Origin::Configuration })
            }
            None => counting.push(finding),
        }
    }
    (counting, suppressed)
}
