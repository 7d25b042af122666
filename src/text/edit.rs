//! Changes to a text.

use super::Span;

/// Replaces one span of a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// What goes; empty for an insertion.
    pub span: Span,
    /// What comes in its place; empty for a deletion.
    pub text: String,
}

/// Two edits touch the same bytes, or one lies outside the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("edit at bytes {0:?} overlaps another or lies outside the text")]
pub struct Overlap(pub Span);

/// Applies `edits` (in any order) to `text`. Every byte outside their spans stays as it is.
///
/// # Errors
/// [`Overlap`] where two edits share bytes, or a span does not lie inside `text` on character boundaries.
pub fn apply(text: &str, edits: &[Edit]) -> Result<String, Overlap> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort();
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for edit in sorted {
        let kept = text.get(done as usize..edit.span.start as usize).filter(|_| edit.span.start >= done);
        let (Some(kept), Some(_)) = (kept, text.get(edit.span.range())) else { return Err(Overlap(edit.span)) };
        out.push_str(kept);
        out.push_str(&edit.text);
        done = edit.span.end;
    }
    out.push_str(text.get(done as usize..).unwrap_or_default());
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: u32, end: u32, text: &str) -> Edit {
        Edit { span: Span::new(start, end), text: text.to_owned() }
    }

    #[test]
    fn edits_apply_in_any_order() {
        let edits = [edit(4, 5, "E"), edit(0, 1, ""), edit(2, 2, "++")];
        assert_eq!(apply("abcde", &edits).as_deref(), Ok("b++cdE"));
        assert_eq!(apply("abc", &[]).as_deref(), Ok("abc"));
    }

    #[test]
    fn overlaps_and_strays_are_refused() {
        assert_eq!(apply("abcde", &[edit(0, 3, ""), edit(2, 4, "")]), Err(Overlap(Span::new(2, 4))));
        assert_eq!(apply("é", &[edit(1, 2, "")]), Err(Overlap(Span::new(1, 2))));
        assert_eq!(apply("a", &[edit(5, 6, "")]), Err(Overlap(Span::new(5, 6))));
    }
}
