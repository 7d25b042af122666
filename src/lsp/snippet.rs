//! Lays out what is written over several lines, and takes the stops out of a snippet.

/// How the lines behind the first are laid out: what stands before each, and one step to the right.
pub(super) struct Layout {
    before: String,
    step: String,
}

impl Layout {
    /// Of what is written at an offset of a text. Where the client adjusts it, it puts the blanks of the line before each line.
    pub(super) fn new(text: &str, offset: u32, client_adjusts: bool) -> Self {
        let before = text.get(..offset as usize).unwrap_or_default();
        let line = &before[before.rfind(['\n', '\r']).map_or(0, |at| at + 1)..];
        let blanks = &line[..line.len() - line.trim_start().len()];
        // What begins behind the dash of an item goes on below itself.
        let is_margin = line.chars().all(|c| matches!(c, ' ' | '\t' | '-'));
        let margin = if is_margin { line.replace('-', " ") } else { blanks.to_owned() };
        let before = if client_adjusts { margin[blanks.len()..].to_owned() } else { margin };
        Self { before, step: step(text).to_owned() }
    }

    /// A text with a tab for each step to the right.
    pub(super) fn lay_out(&self, text: &str) -> String {
        text.replace('\t', &self.step).replace('\n', &format!("\n{}", self.before))
    }
}

/// The blanks by which the first line that stands further right than the one above it does so.
fn step(text: &str) -> &str {
    const USUAL: &str = "  ";
    const MOST: usize = 8;
    let mut above = None;
    for line in text.lines() {
        let content = line.trim_start();
        if content.is_empty() {
            continue;
        }
        let blanks = &line[..line.len() - content.len()];
        if let Some(more) = above.and_then(|above| blanks.strip_prefix(above)).filter(|more: &&str| !more.is_empty()) {
            return if more.len() <= MOST { more } else { USUAL };
        }
        above = Some(blanks);
    }
    USUAL
}

/// A snippet as plain text.
pub(super) fn without_stops(snippet: &str) -> String {
    let mut plain = String::with_capacity(snippet.len());
    let mut rest = snippet;
    while let Some((before, after)) = rest.split_once('$') {
        if let Some(kept) = before.strip_suffix('\\') {
            plain.push_str(kept);
            plain.push('$');
            rest = after;
            continue;
        }
        plain.push_str(before);
        rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
        if let Some((stop, behind)) = after.strip_prefix('{').and_then(|stop| stop.split_once('}')) {
            plain.push_str(stop.split_once(':').map_or("", |(_, name)| name));
            rest = behind;
        }
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snippets_without_their_stops() {
        for (snippet, expected) in [
            ("\"${1:Name}\": {\"Type\": \"$2\"}", "\"Name\": {\"Type\": \"\"}"),
            ("\\$sum($1)", "$sum()"),
            ("plain", "plain"),
        ] {
            assert_eq!(without_stops(snippet), expected);
        }
    }

    #[test]
    fn lines_stand_where_the_text_has_them() {
        for (text, adjusts, expected) in [
            ("{\n    \"a\": |", true, "x:\n    y"),
            ("{\n    \"a\": |", false, "x:\n        y"),
            ("{\n\t\"a\": {|", false, "x:\n\t\ty"),
            ("a:\n   - |", true, "x:\n     y"),
            ("a:\n  - |", false, "x:\n      y"),
            ("|", false, "x:\n  y"),
        ] {
            let at = text.find('|').and_then(|at| u32::try_from(at).ok()).unwrap_or_default();
            assert_eq!(Layout::new(&text.replace('|', ""), at, adjusts).lay_out("x:\n\ty"), expected, "{text}");
        }
    }
}
