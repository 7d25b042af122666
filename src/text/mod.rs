//! Turns byte offsets into what people and editors count in, and back.
//!
//! Knows nothing of ASL, JSON or YAML. Everything above speaks in [`Span`]s: byte ranges of one text. A [`TextMap`]
//! takes a span of decoded text back to the text it was decoded from, a [`LineIndex`] takes offsets to lines and
//! columns, [`Edit`]s change a text without touching anything outside their spans, and a [`unified_diff`] shows what they changed.

mod diff;
mod edit;
mod lines;
mod map;
mod nearest;
mod span;

pub use diff::unified_diff;
pub use edit::{Edit, Overlap, apply};
pub use lines::{Encoding, LineIndex, Position};
pub use map::{TextMap, TextMapBuilder};
pub use nearest::{is_slip, nearest, nearest_all};
pub use span::Span;
