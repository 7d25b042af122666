//! What a file is, by its name and by its content.

use super::{Document, Source};
use crate::asl;
use crate::syntax::{self, Format, Node, Tree};

/// What a name promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A state machine, whatever is in it.
    Machine,
    /// Something that may be one: the content decides.
    Unknown,
}

/// Kind and syntax of a file called `name`. Where the name says nothing of the syntax, the first character does.
#[must_use]
pub fn kind_of(name: &str, text: &str) -> (Kind, Format) {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name).to_ascii_lowercase();
    let by_content =
        || if text.trim_start_matches('\u{feff}').trim_start().starts_with('{') { Format::Json } else { Format::Yaml };
    let (stem, format) = match file.rsplit_once('.') {
        Some((stem, "json")) => (stem, Format::Json),
        Some((stem, "yaml" | "yml")) => (stem, Format::Yaml),
        Some((_, "asl")) => return (Kind::Machine, by_content()),
        _ => return (Kind::Unknown, by_content()),
    };
    (if stem.ends_with(".asl") { Kind::Machine } else { Kind::Unknown }, format)
}

/// The state machines of a parsed source: every document of a file that is named as one, else those that read as one.
pub fn documents<'t>(source: &'t Source, tree: &'t Tree) -> impl Iterator<Item = Document<'t>> {
    // A `---` behind the last document opens one that is empty.
    let is_empty = |root: Node<'_>| tree.roots().len() > 1 && root.kind() == syntax::Kind::Null;
    tree.roots()
        .filter(move |&root| !is_empty(root))
        .filter(|&root| source.kind == Kind::Machine || asl::looks_like_a_machine(root))
        .enumerate()
        .map(|(number, root)| Document { source, root, name: "", number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_content_decide() {
        for (name, text, expected) in [
            ("a.asl.json", "", (Kind::Machine, Format::Json)),
            ("dir.asl/a.json", "", (Kind::Unknown, Format::Json)),
            ("A.ASL.YML", "", (Kind::Machine, Format::Yaml)),
            ("b/a.asl", "\u{feff} {", (Kind::Machine, Format::Json)),
            ("b/a.asl", "StartAt: A", (Kind::Machine, Format::Yaml)),
            ("-", "{}", (Kind::Unknown, Format::Json)),
            ("a.txt", "x", (Kind::Unknown, Format::Yaml)),
        ] {
            assert_eq!(kind_of(name, text), expected, "{name}");
        }
    }
}
