//! Turns the text of an intrinsic function call into a [`Call`]: a name and arguments, each with its bytes.
//!
//! Parsing never fails: [`parse`] gives what it understood and [`IntrinsicError`]s for the rest. The kind of an error
//! says when the service notices: what is not a call at all ([`Fault::Syntax`], [`Fault::UnknownFunction`]) it refuses
//! when the machine is created ("must be a valid JSONPath or a valid intrinsic function call"); a wrong number of
//! arguments or an impossible one it takes, and the execution fails with `States.Runtime`.
//!
//! Strings stand in single quotes and know four escapes: `\'`, `\{`, `\}`, `\\`. Any other backslash is refused, `\"`
//! and `\n` among them (recorded); a line break or a double quote as such is fine.

mod check;
mod function;
mod manual;
mod parser;
mod template;

#[cfg(test)]
mod tests;

pub use function::{Arity, FUNCTIONS, Function, Signature, Type};
pub use template::{Piece, TemplateError, template};

use super::path::{Path, PathError};
use crate::syntax::MAX_ERRORS;
use crate::text::Span;

/// How many calls one field may hold, the outermost included.
pub const MAX_CALLS: usize = 10;

/// A call of an intrinsic function.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The whole call, from the name to the closing parenthesis.
    pub span: Span,
    /// The name as written.
    pub name: String,
    /// Its bytes.
    pub name_span: Span,
    /// The function it names, if there is such a function.
    pub function: Option<Function>,
    /// What stands between the parentheses.
    pub arguments: Vec<Argument>,
}

/// An argument of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// Its bytes, quotes included, blanks around it not.
    pub span: Span,
    /// What it is.
    pub kind: ArgumentKind,
}

/// The kinds of argument.
#[derive(Clone, Debug, PartialEq)]
pub enum ArgumentKind {
    /// `'text'`
    String(Literal),
    /// `1`, `-2.5`
    Number(f64),
    /// `true`, `false`
    Boolean(bool),
    /// `null`
    Null,
    /// `$.a`, `$$.Execution.Id`, `$name`
    Path(Path),
    /// `States.Array(1)`
    Call(Call),
    /// `${…}`: a template fills it in later.
    Hole,
    /// Could not be read; there is an error for it.
    Missing,
}

/// A string between single quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal {
    /// The bytes between the quotes.
    pub content: Span,
    /// The text between the quotes, escapes as written.
    pub raw: String,
}

/// Something wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntrinsicError {
    /// The smallest part at fault.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What sort of mistake it is.
    pub fault: Fault,
    /// What probably mends it.
    pub cure: Option<Cure>,
}

/// What probably mends a mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cure {
    /// This name in place of the span.
    Name(&'static str),
    /// Single quotes in place of the first and the last character of the span.
    SingleQuotes,
}

/// The sorts of mistake, which the service notices at different times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not a call: refused at creation.
    Syntax,
    /// No such function: refused at creation.
    UnknownFunction,
    /// Too few or too many arguments: accepted, fails when evaluated.
    Arity,
    /// A literal argument that the function does not take: accepted, fails when evaluated.
    Argument,
    /// More than [`MAX_CALLS`] calls in one field: a documented limit.
    Nesting,
    /// Against the documentation; what each execution makes of it is not known.
    Doubtful,
    /// Something that the service takes and does not look at.
    Ignored,
}

/// What the value of a key that ends in `.$` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dynamic {
    /// `$…`: a path into the document.
    Path,
    /// `$$…`: a path into the context object.
    Context,
    /// `$name…`: a path into a variable.
    Variable,
    /// `States.Name(…)`, or what is meant as such.
    Intrinsic,
    /// Starts with `${`: a template fills it in later.
    Hole,
    /// None of them: the service refuses it.
    Neither,
}

/// Says what the value of a key that ends in `.$` is, by how it starts.
#[must_use]
pub fn classify(text: &str) -> Dynamic {
    let text = text.trim();
    let Some(rest) = text.strip_prefix('$') else {
        let name = text.find(|c: char| !parser::is_name_part(c)).unwrap_or(text.len());
        let call = text[name..].trim_start().starts_with('(') && name > 0;
        return if call || text.starts_with("States.") { Dynamic::Intrinsic } else { Dynamic::Neither };
    };
    match rest.chars().next() {
        Some('$') => Dynamic::Context,
        Some('{') => Dynamic::Hole,
        Some(c) if c.is_alphabetic() || c == '_' => Dynamic::Variable,
        _ => Dynamic::Path,
    }
}

/// Parses the text as a call and checks it.
#[must_use]
pub fn parse(text: &str) -> (Call, Vec<IntrinsicError>) {
    let (call, mut errors) = parser::parse(text);
    check::call(text, &call, &mut errors);
    errors.sort_by_key(|error| error.span);
    errors.truncate(MAX_ERRORS);
    (call, errors)
}

impl Literal {
    /// The string it stands for.
    #[must_use]
    pub fn value(&self) -> String {
        let mut value = String::with_capacity(self.raw.len());
        let mut chars = self.raw.chars();
        while let Some(c) = chars.next() {
            value.push(if c == '\\' { chars.next().unwrap_or(c) } else { c });
        }
        value
    }

    /// Whether a template fills in a part of it later.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.raw.contains("${")
    }
}

impl ArgumentKind {
    /// What it is as a value; [`Type::Any`] where only an execution can tell.
    #[must_use]
    pub fn value_type(&self) -> Type {
        match self {
            Self::String(_) => Type::String,
            Self::Number(_) => Type::Number,
            Self::Boolean(_) => Type::Boolean,
            Self::Null => Type::Null,
            Self::Call(call) => call.function.map_or(Type::Any, |function| function.signature().result),
            Self::Path(_) | Self::Hole | Self::Missing => Type::Any,
        }
    }
}

impl Call {
    /// This call and those inside it, outermost first.
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        let mut open = vec![self];
        std::iter::from_fn(move || {
            let call = open.pop()?;
            open.extend(call.arguments.iter().rev().filter_map(|argument| match &argument.kind {
                ArgumentKind::Call(inner) => Some(inner),
                _ => None,
            }));
            Some(call)
        })
    }

    /// The paths that are read, in order.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.calls().flat_map(|call| &call.arguments).filter_map(|argument| match &argument.kind {
            ArgumentKind::Path(path) => Some(path),
            _ => None,
        })
    }
}

impl IntrinsicError {
    pub(super) fn new(fault: Fault, span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), fault, cure: None }
    }
}

impl From<PathError> for IntrinsicError {
    fn from(error: PathError) -> Self {
        Self::new(Fault::Syntax, error.span, error.message)
    }
}
