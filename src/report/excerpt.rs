//! Turns the labels of one finding into the few lines that show them.
//!
//! What is drawn is a copy, cut to size: at most [`MAX_SNIPPETS`] groups of lines, each line no wider than the terminal, tabs
//! as blanks, control characters as their pictures. A megabyte on one line costs what a short line costs.

use std::ops::Range;

use super::wrap::{fits, wrap};
use super::{Places, is_disruptive, one_line};
use crate::diagnostic::{Diagnostic, Label};
use crate::text::Position;

/// Groups of lines that are drawn; further places are listed.
const MAX_SNIPPETS: usize = 3;
/// Lines between two labels that are drawn together.
const NEAR: u32 = 4;
/// Lines from the first to the last label of a group.
const MAX_LINES: u32 = 12;
/// Columns of `╰── `.
const HOOK: usize = 4;
/// Columns that the words of a label take at least: with fewer they are listed below.
const LEAST_ROOM: usize = 16;
/// Columns of a tab.
const TAB: &str = "  ";

/// Lines of one finding.
#[derive(Debug)]
pub(super) struct Excerpt<'f> {
    /// The lines of all snippets, each with a line break.
    pub(super) text: String,
    /// The first is the one with the primary label.
    pub(super) snippets: Vec<Snippet>,
    /// Labels to draw.
    pub(super) drawn: Vec<Drawn>,
    /// Labels that have no room.
    pub(super) elsewhere: Vec<(Position, &'f Label)>,
    primary: &'f Label,
}

/// Neighbouring lines.
#[derive(Debug)]
pub(super) struct Snippet {
    /// Where they lie in [`Excerpt::text`].
    pub(super) range: Range<usize>,
    /// Number of the first, from 0.
    pub(super) first_line: u32,
    /// How many there are.
    pub(super) n_lines: u32,
}

/// A label of the excerpt.
#[derive(Debug)]
pub(super) struct Drawn {
    /// Where it lies in [`Excerpt::text`].
    pub(super) range: Range<usize>,
    /// Where it lies in the source.
    pub(super) place: Position,
    /// What is said there, in lines that have room.
    pub(super) text: String,
    /// Whether it is the place of the finding.
    pub(super) is_primary: bool,
}

/// The lines of `found`, for a terminal of `width` columns.
pub(super) fn excerpt<'f>(places: &Places<'_>, found: &'f Diagnostic, width: usize) -> Excerpt<'f> {
    let primary = (places.of(found.primary.span.start), &found.primary);
    let mut others: Vec<_> = found.related.iter().map(|label| (places.of(label.span.start), label)).collect();
    others.sort_by_key(|(place, label)| (place.line.abs_diff(primary.0.line), label.span));

    let mut groups = vec![Group { first: primary.0.line, last: primary.0.line, labels: vec![primary] }];
    let mut elsewhere = Vec::new();
    for label in others {
        if let Some(group) = groups.iter_mut().find(|group| group.takes(label.0.line)) {
            group.first = group.first.min(label.0.line);
            group.last = group.last.max(label.0.line);
            group.labels.push(label);
        } else if groups.len() < MAX_SNIPPETS {
            groups.push(Group { first: label.0.line, last: label.0.line, labels: vec![label] });
        } else {
            elsewhere.push(label);
        }
    }

    let mut excerpt =
        Excerpt { text: String::new(), snippets: Vec::new(), drawn: Vec::new(), elsewhere, primary: &found.primary };
    for group in &groups {
        excerpt.snippet(places, group, width);
    }
    excerpt.elsewhere.sort_by_key(|(_, label)| label.span);
    excerpt
}

/// Labels on neighbouring lines.
struct Group<'f> {
    first: u32,
    last: u32,
    labels: Vec<(Position, &'f Label)>,
}

impl Group<'_> {
    fn takes(&self, line: u32) -> bool {
        let is_near = self.first.saturating_sub(NEAR) <= line && line <= self.last + NEAR;
        is_near && self.last.max(line) - self.first.min(line) < MAX_LINES
    }
}

impl<'f> Excerpt<'f> {
    /// The lines of a group, with one more before and behind.
    fn snippet(&mut self, places: &Places<'_>, group: &Group<'f>, width: usize) {
        let last_of_text = places.lines.n_lines() - 1;
        let (first, last) = (group.first.saturating_sub(1), (group.last + 1).min(last_of_text));
        // Beside the text stand the number of the line, a bar and three blanks.
        let width = width.saturating_sub((last + 1).to_string().len() + 4).max(24);
        let start = self.text.len();
        let mut skipped = 0;
        for line in first..=last {
            let is_blank_edge =
                (line == group.last + 1 || line < group.first) && content(places, line).trim().is_empty();
            if is_blank_edge {
                skipped += u32::from(line < group.first);
                continue;
            }
            let labels: Vec<_> = group.labels.iter().filter(|(place, _)| place.line == line).copied().collect();
            self.line(places, line, &labels, width);
        }
        let range = start..self.text.len();
        let n_lines = self.text[range.clone()].matches('\n').count();
        let n_lines = u32::try_from(n_lines).unwrap_or(u32::MAX);
        self.snippets.push(Snippet { range, first_line: first + skipped, n_lines });
    }

    /// One line, cut to a window around its first label.
    fn line(&mut self, places: &Places<'_>, line: u32, labels: &[(Position, &'f Label)], width: usize) {
        let content = content(places, line);
        let line_start = places.lines.line_start(line);
        // A label that goes on over several lines is drawn to the end of its first.
        let within = |at: u32| ((at.max(line_start) - line_start) as usize).min(content.len());
        let window = window(content, labels.first().map(|(_, label)| within(label.span.start)), width);

        let drawn_line = self.text.len();
        if window.start > 0 {
            self.text.push('…');
        }
        // Where each character of the window went, and where the window ends.
        let mut went = Vec::with_capacity(width);
        for (at, character) in content[window.clone()].char_indices() {
            went.push((window.start + at, self.text.len()));
            match picture(character) {
                Picture::Itself => self.text.push(character),
                Picture::Tab => self.text.push_str(TAB),
                Picture::Of(picture) => self.text.push(picture),
            }
        }
        went.push((window.end, self.text.len()));
        if window.end < content.len() {
            self.text.push('…');
        }
        self.text.push('\n');

        let drawn_at = |at: usize| went[went.partition_point(|&(from, _)| from < at).min(went.len() - 1)].1;
        for &(place, label) in labels {
            let (start, end) = (within(label.span.start), within(label.span.end));
            if window.start <= start && start <= window.end {
                let range = drawn_at(start)..drawn_at(end).max(drawn_at(start));
                let is_primary = std::ptr::eq(label, self.primary);
                // The words stand behind a hook from the middle of what they are about.
                let before = columns(&self.text[drawn_line..range.start]) + columns(&self.text[range.clone()]) / 2;
                let text = one_line(&label.text);
                let room = width.saturating_sub(before + HOOK);
                let text = if fits(&text, room) {
                    text.into_owned()
                } else if room >= LEAST_ROOM {
                    wrap(&text, room, room).join("\n")
                } else {
                    self.elsewhere.push((place, label));
                    String::new()
                };
                self.drawn.push(Drawn { range, place, text, is_primary });
            } else {
                self.elsewhere.push((place, label));
            }
        }
    }
}

/// The content of a line, its break left out.
fn content<'s>(places: &Places<'s>, line: u32) -> &'s str {
    let text: &str = &places.source.text;
    let end = places.lines.line_end(text, line);
    text.get(places.lines.line_start(line) as usize..end as usize).unwrap_or_default()
}

/// The part of `line` that fits into `width` columns and holds the byte `focus`: its start where that will do, else the
/// focus with a third of the width before it, or more where the line ends soon. Each cut leaves a column for its mark.
fn window(line: &str, focus: Option<usize>, width: usize) -> Range<usize> {
    let mut focus = focus.unwrap_or(0);
    while !line.is_char_boundary(focus) {
        focus -= 1;
    }
    if fit(line.chars(), width) == line.len() {
        return 0..line.len();
    }
    if focus < fit(line.chars(), width - width / 3) {
        return 0..fit(line.chars(), width - 1);
    }
    let last = line.len() - fit(line.chars().rev(), width - 1);
    if last <= focus && focus - last >= fit(line[..focus].chars().rev(), width / 3) {
        return last..line.len();
    }
    let start = focus - fit(line[..focus].chars().rev(), width / 3);
    start..start + fit(line[start..].chars(), width - 2)
}

/// How many bytes of the characters fit into `width` columns.
pub(super) fn fit(characters: impl Iterator<Item = char>, width: usize) -> usize {
    let mut columns = 0;
    characters
        .take_while(|&character| {
            columns += columns_of(character);
            columns <= width
        })
        .map(char::len_utf8)
        .sum()
}

/// How many columns a text takes at most.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

/// Columns a character takes at most: it is enough that a cut line is never too wide.
fn columns_of(character: char) -> usize {
    match character {
        '\t' => TAB.len(),
        '\0'..='\u{10ff}' => 1,
        _ => 2,
    }
}

enum Picture {
    Itself,
    Tab,
    Of(char),
}

/// What stands for a character that a terminal would act upon.
fn picture(character: char) -> Picture {
    match character {
        '\t' => Picture::Tab,
        '\0'..='\x1f' => Picture::Of(char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{fffd}')),
        '\x7f' => Picture::Of('\u{2421}'),
        _ if is_disruptive(character) => Picture::Of('\u{fffd}'),
        _ => Picture::Itself,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_holds_its_focus_and_fits() {
        for line in ["", "a", &"abcdefghij".repeat(20), &"é状\t😀".repeat(30), &"\t".repeat(40)] {
            for width in 24..60 {
                for focus in 0..=line.len() {
                    let window = window(line, Some(focus), width);
                    let shown = &line[window.clone()];
                    let n_marks = usize::from(window.start > 0) + usize::from(window.end < line.len());
                    let n_columns: usize = shown.chars().map(columns_of).sum::<usize>() + n_marks;
                    assert!(n_columns <= width, "{line} {width} {focus}: {window:?}");
                    let is_inside = window.contains(&focus) || focus == line.len() && window.end == focus;
                    assert!(is_inside, "{line} {width} {focus}: {window:?}");
                    // A cut line fills its room, up to a character that takes more than one column.
                    assert!(n_marks == 0 || n_columns + 4 > width, "{line} {width} {focus}: {window:?}");
                }
            }
        }
    }
}
