//! States that no transition leads to.

use super::Sink;
use crate::analysis::Analysis;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let _ = (cx, sink);
}
