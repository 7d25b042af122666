//! A rule's page: front matter, prose, examples.
//!
//! The same text serves `aslint explain`, the catalogue, editors and the tests. Its form is checked by the tidy test, so
//! reading it here is lenient: what is absent is empty.

use crate::diagnostic::Severity;

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Group {
    Syntax,
    Schema,
    Graph,
    Choice,
    Error,
    Data,
    Variable,
    Jsonata,
    Integration,
    Time,
    Style,
}

impl Group {
    /// All of them, in the order of the catalogue.
    pub const ALL: [Self; 11] = [
        Self::Syntax,
        Self::Schema,
        Self::Graph,
        Self::Choice,
        Self::Error,
        Self::Data,
        Self::Variable,
        Self::Jsonata,
        Self::Integration,
        Self::Time,
        Self::Style,
    ];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Schema => "schema",
            Self::Graph => "graph",
            Self::Choice => "choice",
            Self::Error => "error",
            Self::Data => "data",
            Self::Variable => "variable",
            Self::Jsonata => "jsonata",
            Self::Integration => "integration",
            Self::Time => "time",
            Self::Style => "style",
        }
    }

    /// The group of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.as_str() == text)
    }
}

/// Whether findings of a rule come with a fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fixable {
    /// Never.
    No,
    /// At times, and then safe to apply unasked.
    Safe,
    /// At times, and a person has to look at it.
    Unsafe,
}

/// What an editor makes of the text that a finding points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// It is greyed out: nothing changes without it.
    Unnecessary,
    /// It is struck through: it is an old spelling.
    Deprecated,
}

/// A page, taken apart.
#[derive(Clone, Debug)]
pub struct Page {
    /// One line: what it finds.
    pub summary: &'static str,
    /// What it is about.
    pub group: Group,
    /// How bad its findings are, unless one says otherwise.
    pub severity: Severity,
    /// Whether findings come with a fix.
    pub fix: Fixable,
    /// What its findings say of the text that they point at, beside being wrong.
    pub tag: Option<Tag>,
    /// The first version that has it.
    pub since: &'static str,
    /// Where the fact behind it is written down.
    pub source: &'static str,
    /// The prose and the examples: everything behind the front matter.
    pub body: &'static str,
}

impl Page {
    /// Where on the web the fact behind it is written down, if there.
    #[must_use]
    pub fn link(&self) -> Option<&'static str> {
        let is_link = |word: &&str| word.starts_with("https://");
        self.source.split([' ', ';', ',']).find(is_link)
    }

    pub(super) fn parse(markdown: &'static str) -> Self {
        let (front, body) =
            markdown.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).unwrap_or(("", markdown));
        let field = |name: &str| {
            let value = |line: &'static str| line.strip_prefix(name)?.strip_prefix(": ");
            front.lines().find_map(value).unwrap_or_default()
        };
        Self {
            summary: field("summary"),
            group: Group::parse(field("group")).unwrap_or(Group::Style),
            severity: field("severity").parse().unwrap_or(Severity::Error),
            fix: match field("fix") {
                "safe" => Fixable::Safe,
                "unsafe" => Fixable::Unsafe,
                _ => Fixable::No,
            },
            tag: match field("tag") {
                "unnecessary" => Some(Tag::Unnecessary),
                "deprecated" => Some(Tag::Deprecated),
                _ => None,
            },
            since: field("since"),
            source: field("source"),
            body: body.trim_start(),
        }
    }
}

/// A fenced block of a page.
#[cfg(test)]
#[derive(Clone, Debug)]
pub(super) struct Example {
    /// The words behind the fence: `json bad`.
    pub(super) title: &'static str,
    /// What it holds.
    pub(super) text: &'static str,
    /// Line of the fence in the page, from 1.
    pub(super) line: usize,
}

#[cfg(test)]
pub(super) fn examples(markdown: &'static str) -> Vec<Example> {
    let mut examples = Vec::new();
    let mut rest = markdown;
    while let Some((before, fenced)) = rest.split_once("\n```") {
        let Some((title, text)) = fenced.split_once('\n') else { break };
        let Some((text, after)) = text.split_once("\n```") else { break };
        let line = markdown[..markdown.len() - rest.len() + before.len()].matches('\n').count() + 2;
        examples.push(Example { title, text, line });
        rest = after;
    }
    examples
}
