//! Turns a file into the state machines in it.
//!
//! Today a file is a machine as a whole (JSON, YAML, one or several documents). Machines inside templates will be further
//! [`Document`]s of the same file: everything above sees only a value of a [`Tree`](crate::syntax::Tree) and a name.

mod detect;
pub mod discover;
pub mod patterns;

pub use detect::{Kind, documents, kind_of};

use std::sync::Arc;

use crate::syntax::{Format, Node};
use crate::text::Span;

/// A text with its name.
#[derive(Clone, Debug)]
pub struct Source {
    /// How reports call it: a path as the person gave it, `-` for standard input.
    pub name: String,
    /// Its text; where bytes are no UTF-8 each is replaced by a `?`, so that offsets hold.
    pub text: Arc<str>,
    /// Its syntax.
    pub format: Format,
    /// Whether the name alone says that it is a state machine.
    pub kind: Kind,
    /// What of it is no UTF-8.
    pub not_utf8: Option<NotUtf8>,
}

/// How a file breaks with UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotUtf8 {
    /// It holds bytes that are none: the first of them, and how many there are.
    Bytes(Span, usize),
    /// It starts with the byte order mark of UTF-16: none of it is read, and its text is empty.
    Utf16,
}

impl Source {
    /// A source from what was read.
    #[must_use]
    pub fn new(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        let name = name.into();
        let (text, not_utf8) = match String::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) if matches!(error.as_bytes(), [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) => {
                (String::new(), Some(NotUtf8::Utf16))
            }
            Err(error) => as_utf8(error.into_bytes()),
        };
        let (kind, format) = kind_of(&name, &text);
        Self { name, text: text.into(), format, kind, not_utf8 }
    }

    /// A state machine, whatever its name: what an editor or a test has at hand.
    #[must_use]
    pub fn machine(name: impl Into<String>, text: impl Into<Arc<str>>, format: Format) -> Self {
        Self { name: name.into(), text: text.into(), format, kind: Kind::Machine, not_utf8: None }
    }
}

/// Replaces each byte that is no UTF-8 by one that is.
fn as_utf8(mut bytes: Vec<u8>) -> (String, Option<NotUtf8>) {
    let mut at = 0;
    let mut first = None;
    let mut n_replaced = 0;
    while let Err(error) = std::str::from_utf8(&bytes[at..]) {
        let start = at + error.valid_up_to();
        let end = error.error_len().map_or(bytes.len(), |len| start + len);
        bytes[start..end].fill(b'?');
        n_replaced += end - start;
        let offset = |at| u32::try_from(at).unwrap_or(u32::MAX);
        first.get_or_insert(Span::new(offset(start), offset(end)));
        at = end;
    }
    (String::from_utf8_lossy(&bytes).into_owned(), first.map(|span| NotUtf8::Bytes(span, n_replaced)))
}

/// One state machine of a source.
#[derive(Clone, Copy, Debug)]
pub struct Document<'t> {
    /// Where it stands.
    pub source: &'t Source,
    /// Its value.
    pub root: Node<'t>,
    /// Its logical id inside a template; empty for a plain file.
    pub name: &'t str,
    /// How many documents of the source come before it.
    pub number: usize,
}
