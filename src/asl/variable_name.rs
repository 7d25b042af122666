//! Turns the name of a variable into what is wrong with it.
//!
//! Names are Unicode identifiers (UAX #31) of at most 80 characters ("Variable name syntax", AWS Step Functions Developer
//! Guide). The tables are those of XID, which lack some thirty compatibility characters that ID has; none of them is a letter
//! that people type.

use unicode_ident::{is_xid_continue, is_xid_start};

/// Longest name in characters.
pub const MAX_LENGTH: usize = 80;

/// Why a text is no name of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// There is nothing.
    Empty,
    /// `states`, which the service fills in.
    Reserved,
    /// This character cannot be the first.
    Start(char),
    /// This character, at this byte, cannot be part of a name.
    Part(char, usize),
    /// So many characters are too many.
    TooLong(usize),
}

/// What is wrong with `name`, written without `$`: the first of several faults.
#[must_use]
pub fn fault(name: &str) -> Option<Fault> {
    if name == "states" {
        return Some(Fault::Reserved);
    }
    let Some(first) = name.chars().next() else { return Some(Fault::Empty) };
    if !is_xid_start(first) {
        return Some(Fault::Start(first));
    }
    if let Some((at, part)) = name.char_indices().find(|&(_, c)| !is_xid_continue(c)) {
        return Some(Fault::Part(part, at));
    }
    let length = name.chars().count();
    (length > MAX_LENGTH).then_some(Fault::TooLong(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_what_is_none() {
        for (name, expected) in [
            ("x", None),
            ("orderId_2", None),
            ("größe", None),
            ("名前", None),
            ("States", None),
            ("", Some(Fault::Empty)),
            ("states", Some(Fault::Reserved)),
            ("1st", Some(Fault::Start('1'))),
            ("_x", Some(Fault::Start('_'))),
            ("$x", Some(Fault::Start('$'))),
            ("x.y", Some(Fault::Part('.', 1))),
            ("größe-2", Some(Fault::Part('-', 7))),
            ("a b", Some(Fault::Part(' ', 1))),
        ] {
            assert_eq!(fault(name), expected, "{name}");
        }
        assert_eq!(fault(&"ä".repeat(80)), None);
        assert_eq!(fault(&"ä".repeat(81)), Some(Fault::TooLong(81)));
    }
}
