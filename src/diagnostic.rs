//! What the analyser has to say about one place of one text.
//!
//! A [`Diagnostic`] owns its words and points with spans of the file the person edits. It has exactly one primary label
//! by construction, the smallest token at fault; everything else that explains it is related.

use std::fmt;
use std::str::FromStr;

use crate::text::{Edit, Span};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Habit, style, cost, and what a person may well have meant.
    Info,
    /// Some execution fails, hangs, loses data or pays twice.
    Warning,
    /// The service refuses the definition, or every execution that gets there fails.
    Error,
}

impl Severity {
    /// `error`, `warning` or `info`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Severity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Error, Self::Warning, Self::Info]
            .into_iter()
            .find(|severity| severity.as_str() == text)
            .ok_or_else(|| format!("unknown severity `{text}`: one of error, warning, info"))
    }
}

/// A place, and what is to be said of it there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where, in bytes of the file.
    pub span: Span,
    /// What; empty where the message says it all.
    pub text: String,
}

impl Label {
    /// A label with words.
    #[must_use]
    pub fn new(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }
}

/// How far an edit can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Applicability {
    /// Executions stay the same, or the text had no meaning before.
    Safe,
    /// Likely what was meant, but executions change.
    Unsafe,
}

/// Edits that mend a finding together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What applying it does, as a command: "rename to `Next`".
    pub title: String,
    /// The edits; none overlap.
    pub edits: Vec<Edit>,
    /// Whether it may be applied unasked.
    pub applicability: Applicability,
}

/// What the service itself says of the same mistake (`ValidateStateMachineDefinition`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Its code: `SCHEMA_VALIDATION_FAILED`, …
    pub code: &'static str,
    /// Its location, in its own dialect: `/States/C/Choices[0]/Next`; empty where it gives none.
    pub location: String,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Id of the rule that found it; empty for what no rule is about: an input, answers of tasks, an execution.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong and what will happen at run time: one line, lower case, no full stop.
    pub message: String,
    /// The smallest token at fault.
    pub primary: Label,
    /// Other places that explain it.
    pub related: Vec<Label>,
    /// Where an execution goes to get there, or round and round, in order; empty where that is not what it is about.
    pub way: Vec<Label>,
    /// Why, and where to look.
    pub notes: Vec<String>,
    /// Ways to mend it, best first.
    pub fixes: Vec<Fix>,
    /// What the service says, where it refuses the definition for this.
    pub refusal: Option<Refusal>,
    /// Logical id of the machine inside a template; empty for a plain file.
    pub machine: String,
    /// Name of the state it belongs to; empty for the machine itself.
    pub state: String,
    /// JSON pointer to the value at fault, inside its machine.
    pub pointer: String,
}

impl Diagnostic {
    /// An error that no rule is about.
    #[must_use]
    pub fn at(span: Span, message: impl Into<String>) -> Self {
        Self {
            rule: "",
            severity: Severity::Error,
            message: message.into(),
            primary: Label::new(span, ""),
            related: Vec::new(),
            way: Vec::new(),
            notes: Vec::new(),
            fixes: Vec::new(),
            refusal: None,
            machine: String::new(),
            state: String::new(),
            pointer: String::new(),
        }
    }

    /// Adds a way to mend it, where there are edits that do.
    pub fn offer(&mut self, applicability: Applicability, title: impl Into<String>, edits: Option<Vec<Edit>>) {
        self.fixes.extend(edits.map(|edits| Fix { title: title.into(), edits, applicability }));
    }

    /// The order of reports: place first, then rule, then words.
    #[must_use]
    pub fn sort_key(&self) -> (Span, &'static str, &str) {
        (self.primary.span, self.rule, &self.message)
    }
}
