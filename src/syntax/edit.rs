//! Turns a change of a value into the edits that make it: members and items are taken out, put in and moved, written as what stands
//! around them is.
//!
//! Flow style is JSON, and YAML in brackets; block style is YAML by indentation. Where a change would touch a comment,
//! an anchor or a tag that is not part of it, or the text could not be read, there are no edits.

mod new;
#[cfg(test)]
mod tests;

pub use self::new::New;

use self::new::{Style, line_break};
use super::{Format, Kind, Node, Tree};
use crate::text::{Edit, Span};

/// Where a new member stands.
#[derive(Clone, Copy, Debug)]
pub enum At<'a> {
    /// Behind the others.
    Last,
    /// Before the first of these that is there, and behind all where none is.
    Before(&'a [&'a str]),
}

/// A member or an item as it is written.
#[derive(Clone, Copy, Debug)]
struct Child<'t> {
    /// The value.
    value: Node<'t>,
    start: u32,
    end: u32,
}

impl<'t> Child<'t> {
    fn of_member(key: Node<'t>, value: Node<'t>) -> Option<Self> {
        let start = key.span().start;
        (!key.is_aliased() && !value.is_aliased() && !key.span().is_empty() && value.span().start >= key.span().end)
            .then(|| Self { value, start, end: value.span().end })
    }

    /// An item, from its `-` in block style.
    fn of_item(value: Node<'t>, is_block: bool) -> Option<Self> {
        if value.is_aliased() {
            return None;
        }
        let Span { start, end } = value.span();
        if !is_block {
            return (start < end).then_some(Self { value, start, end });
        }
        let before = value.tree().text().get(..start as usize)?;
        let dash = before.trim_end_matches([' ', '\t', '\n', '\r']).strip_suffix('-')?;
        Some(Self { value, start: u32::try_from(dash.len()).ok()?, end })
    }
}

/// How many children a container may have to be edited: each edit looks at all of them, and there may be as many edits.
const MOST_CHILDREN: usize = 1_000;

/// The children of a container, in the order of the text; `None` where one is not written where it stands.
fn children<'t>(container: Node<'t>) -> Option<Vec<Child<'t>>> {
    match container.kind() {
        _ if container.len() > MOST_CHILDREN => None,
        Kind::Object => container.members().map(|member| Child::of_member(member.key, member.value)).collect(),
        Kind::Array => {
            let is_block = is_block(container);
            container.items().map(|item| Child::of_item(item, is_block)).collect()
        }
        _ => None,
    }
}

fn text_of(tree: &Tree) -> &str {
    tree.text()
}

/// Whether a container is written by indentation.
fn is_block(container: Node<'_>) -> bool {
    let text = container.span().of(container.tree().text());
    container.tree().format() == Format::Yaml && !text.starts_with(['{', '['])
}

/// Whether a container can be edited: it is written here, all of it was read, and its brackets are there.
fn is_sound(container: Node<'_>) -> bool {
    let text = container.span().of(container.tree().text());
    let is_closed = match container.kind() {
        Kind::Object => text.starts_with('{') && text.ends_with('}'),
        Kind::Array => text.starts_with('[') && text.ends_with(']'),
        _ => false,
    };
    !container.is_aliased()
        && !container.is_incomplete()
        && container.kind().is_container()
        && (is_closed || is_block(container))
}

/// Takes values out of the object or array that all of them stand in, each with its key. The edits are those of one change.
#[must_use]
pub fn removed(values: &[Node<'_>]) -> Option<Vec<Edit>> {
    let container = values.first()?.parent().filter(|&container| is_sound(container))?;
    let children = children(container)?;
    let is_gone = |child: &Child<'_>| values.contains(&child.value);
    if children.iter().filter(|child| is_gone(child)).count() != values.len() {
        return None;
    }
    if children.iter().all(is_gone) {
        return emptied(container).map(|edit| vec![edit]);
    }
    let text = text_of(container.tree());
    let mut edits = Vec::new();
    let mut at = 0;
    while let Some(first) = children.get(at) {
        let n_gone = children[at..].iter().take_while(|child| is_gone(child)).count();
        if n_gone == 0 {
            at += 1;
            continue;
        }
        let run = &children[at..at + n_gone];
        let next = children.get(at + n_gone);
        let last = run.last()?;
        at += n_gone;
        if is_block(container) && is_alone_before(text, first.start) {
            let first = edits.len();
            for child in run {
                edits.push(deletion(lines_of(text, child)?));
            }
            end_as_before(text, &mut edits[first..]);
        } else if let Some(next) = next {
            is_separator(text, last.end, next.start, is_block(container)).then_some(())?;
            edits.push(deletion(Span::new(first.start, next.start)));
        } else {
            let before = at.checked_sub(n_gone + 1).and_then(|i| children.get(i))?;
            (!is_block(container) && is_separator(text, before.end, first.start, false)).then_some(())?;
            edits.push(deletion(Span::new(before.end, last.end)));
        }
    }
    Some(edits)
}

/// Where lines go with which a text ends that has no line break at its end, the break before them goes in its place.
fn end_as_before(text: &str, gone: &mut [Edit]) {
    let mut end = text.len();
    let mut first = None;
    for edit in gone.iter_mut().rev() {
        if edit.span.end as usize != end || text.ends_with('\n') {
            break;
        }
        end = edit.span.start as usize;
        first = Some(edit);
    }
    let kept = text[..end].strip_suffix('\n').map(|kept| kept.strip_suffix('\r').unwrap_or(kept));
    if let (Some(edit), Some(start)) = (first, kept.and_then(|kept| u32::try_from(kept.len()).ok())) {
        edit.span.start = start;
    }
}

fn deletion(span: Span) -> Edit {
    Edit { span, text: String::new() }
}

/// Leaves nothing in a container.
fn emptied(container: Node<'_>) -> Option<Edit> {
    let text = text_of(container.tree());
    let span = container.span();
    let brackets = if container.kind() == Kind::Object { "{}" } else { "[]" };
    if !is_block(container) {
        return Some(Edit { span, text: brackets.to_owned() })
            .filter(|_| !span.of(text).contains('#') || container.tree().format() == Format::Json);
    }
    // Brackets in the line of the key: on a line of their own they may stand too far left.
    let before = text.get(..span.start as usize)?;
    let kept = before.trim_end_matches([' ', '\t', '\n', '\r']);
    kept.ends_with([':', '-']).then_some(())?;
    Some(Edit { span: Span::new(u32::try_from(kept.len()).ok()?, span.end), text: format!(" {brackets}") })
}

/// Whether nothing but blanks, and a comma in flow style, stands between two children.
fn is_separator(text: &str, start: u32, end: u32, is_block: bool) -> bool {
    let Some(between) = text.get(start as usize..end as usize) else { return false };
    let rest = between.replace([' ', '\t', '\n', '\r'], "");
    if is_block { rest.is_empty() || rest == "-" } else { rest == "," }
}

/// Start of the line.
fn line_start(text: &str, at: u32) -> usize {
    let before = text.get(..at as usize).unwrap_or_default();
    before.rfind(['\n', '\r']).map_or(0, |newline| newline + 1)
}

/// Where the comments begin that stand right above a line, as far in as what is in it; else where the line does.
fn start_with_comments(text: &str, line: usize) -> usize {
    let depth = |at: usize| text.get(at..).map_or(0, |line| line.len() - line.trim_start_matches(' ').len());
    let mut start = line;
    while let Some(above) = start.checked_sub(1).and_then(|last| {
        let last = if text.get(..start)?.ends_with("\r\n") { last - 1 } else { last };
        u32::try_from(last).ok().map(|last| line_start(text, last))
    }) {
        if depth(above) != depth(line) || !text.get(above + depth(above)..).is_some_and(|rest| rest.starts_with('#')) {
            break;
        }
        start = above;
    }
    start
}

/// What stands before in the line.
fn before(text: &str, at: u32) -> &str {
    let before = text.get(line_start(text, at)..at as usize).unwrap_or_default();
    before.strip_prefix('\u{feff}').unwrap_or(before)
}

fn is_alone_before(text: &str, at: u32) -> bool {
    before(text, at).bytes().all(|byte| matches!(byte, b' ' | b'\t'))
}

/// The end of the line, its break left out; `None` where more than blanks and a comment follows.
fn line_end(text: &str, at: u32) -> Option<usize> {
    let rest = text.get(at as usize..)?;
    let line = rest.find(['\n', '\r']).map_or(rest, |end| &rest[..end]);
    let behind = line.trim_start_matches([' ', '\t']);
    let is_comment = behind.starts_with('#') && behind.len() < line.len();
    (behind.is_empty() || is_comment).then_some(at as usize + line.len())
}

/// The whole lines of a child in block style.
fn lines_of(text: &str, child: &Child<'_>) -> Option<Span> {
    is_alone_before(text, child.start).then_some(())?;
    let end = line_end(text, child.end)?;
    let rest = &text[end..];
    let n_break = if rest.starts_with("\r\n") { 2 } else { usize::from(!rest.is_empty()) };
    // The byte order mark is no part of the line.
    let start = child.start as usize - before(text, child.start).len();
    Some(Span::new(u32::try_from(start).ok()?, u32::try_from(end + n_break).ok()?))
}

/// Where a line goes on as far in as what stands at `at`.
fn indent(text: &str, at: u32) -> String {
    before(text, at).chars().map(|c| if c == '\t' { '\t' } else { ' ' }).collect()
}

/// Puts a member into an object.
#[must_use]
pub fn inserted_member(object: Node<'_>, at: At<'_>, name: &str, value: &New<'_>) -> Option<Edit> {
    (object.kind() == Kind::Object && is_sound(object)).then_some(())?;
    if object.is_empty() {
        let text = Style::of(object).member(name, value, None);
        return inside(object, &text);
    }
    let children = children(object)?;
    let next = match at {
        At::Last => None,
        At::Before(names) => {
            let place = |name: &&str| object.members().position(|member| member.name() == *name);
            names.iter().find_map(place).and_then(|place| children.get(place))
        }
    };
    let style = Style::of(object);
    insert(object, &children, next, |indent| style.member(name, value, indent))
}

/// Puts an item behind those of an array.
#[must_use]
pub fn appended_item(array: Node<'_>, value: &New<'_>) -> Option<Edit> {
    (array.kind() == Kind::Array && is_sound(array)).then_some(())?;
    let style = Style::of(array);
    if array.is_empty() {
        return inside(array, &style.item(value, None));
    }
    insert(array, &children(array)?, None, |indent| style.item(value, indent))
}

/// Puts text between brackets that hold nothing.
fn inside(container: Node<'_>, text: &str) -> Option<Edit> {
    let Span { start, end } = container.span();
    let span = Span::new(start + 1, end - 1);
    let is_blank = span.of(container.tree().text()).trim().is_empty();
    is_blank.then(|| Edit { span, text: text.to_owned() })
}

/// Puts a child before another one, or behind all. It is written for the indentation of the others, where they have lines of their
/// own.
fn insert(
    container: Node<'_>,
    children: &[Child<'_>],
    next: Option<&Child<'_>>,
    written: impl Fn(Option<&str>) -> String,
) -> Option<Edit> {
    let text = text_of(container.tree());
    let neighbour = next.or(children.last())?;
    let line_break = line_break(text);
    let indent = indent(text, neighbour.start);
    if is_block(container) {
        let new = written(Some(&indent));
        return match next {
            Some(next) => Some(Edit { span: Span::empty(next.start), text: format!("{new}{line_break}{indent}") }),
            None => {
                // Blank lines behind a block scalar may be part of it.
                let is_kept =
                    |node: Node<'_>| node.kind() == Kind::String && node.span().of(text).starts_with(['|', '>']);
                let last = neighbour.value;
                (!last.descendants().last().is_some_and(is_kept)).then_some(())?;
                let end = u32::try_from(line_end(text, neighbour.end)?).ok()?;
                Some(Edit { span: Span::empty(end), text: format!("{line_break}{indent}{new}") })
            }
        };
    }
    let has_lines = is_alone_before(text, neighbour.start);
    let new = written(has_lines.then_some(indent.as_str()));
    let separator = if has_lines { format!(",{line_break}{indent}") } else { Style::of(container).comma().to_owned() };
    Some(match next {
        Some(next) => Edit { span: Span::empty(next.start), text: format!("{new}{separator}") },
        None => Edit { span: Span::empty(neighbour.end), text: format!("{separator}{new}") },
    })
}

/// Moves an item behind the others of its array.
#[must_use]
pub fn moved_last(item: Node<'_>) -> Option<Vec<Edit>> {
    let array = item.parent().filter(|&array| array.kind() == Kind::Array)?;
    let mut edits = removed(&[item])?;
    let children = children(array)?;
    let text = text_of(array.tree());
    let own = children.iter().find(|child| child.value == item)?;
    let last = children.last().filter(|last| last.value != item)?;
    let written = Span::new(own.start, own.end).of(text);
    let (at, moved) = if is_block(array) {
        is_alone_before(text, own.start).then_some(())?;
        let end = line_end(text, own.end)?;
        let start = start_with_comments(text, line_start(text, own.start));
        let lines = text.get(start..end)?;
        // What is said right above it goes with it.
        edits.first_mut()?.span.start = u32::try_from(start).ok()?;
        (u32::try_from(line_end(text, last.end)?).ok()?, format!("{}{lines}", line_break(text)))
    } else {
        let has_lines = is_alone_before(text, last.start);
        let separator = if has_lines {
            format!(",{}{}", line_break(text), indent(text, last.start))
        } else {
            Style::of(array).comma().to_owned()
        };
        (last.end, format!("{separator}{written}"))
    };
    edits.push(Edit { span: Span::empty(at), text: moved });
    Some(edits)
}

/// Takes all other items out of the array of this one.
#[must_use]
pub fn left_alone(item: Node<'_>) -> Option<Vec<Edit>> {
    let others: Vec<Node<'_>> = item.parent()?.items().filter(|other| *other != item).collect();
    removed(&others)
}
