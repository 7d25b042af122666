//! Turns an offset into the values that it lies in.

use super::node::written_plain;
use super::{Format, Node};

impl<'t> Node<'t> {
    /// The innermost value or key at an offset, this one where none of its parts is there. A token is also what ends at the offset,
    /// unless another begins there; what stands here by an alias is passed over, as its text is elsewhere.
    #[must_use]
    pub fn innermost(self, offset: u32) -> Self {
        let mut node = self;
        loop {
            let mut touched = None;
            for child in node.children().filter(|child| !child.is_aliased()) {
                let span = child.span();
                if span.start > offset {
                    break;
                }
                if offset < span.end || span.is_empty() && span.start == offset {
                    touched = Some(child);
                    break;
                }
                if span.end == offset {
                    touched = Some(child);
                }
            }
            match touched {
                Some(child) => node = child,
                None => return node,
            }
        }
    }

    /// Its parts in the order of the text: items, or keys and values in turn.
    pub fn children(self) -> impl Iterator<Item = Self> {
        self.items().chain(self.members().flat_map(|member| [member.key, member.value]))
    }
}

/// A string as it is written where there is none yet: in YAML without quotes where it reads as nothing else.
#[must_use]
pub fn written(text: &str, format: Format) -> String {
    if format == Format::Yaml && written_plain(text) {
        text.to_owned()
    } else {
        serde_json::Value::from(text).to_string()
    }
}

#[cfg(test)]
mod tests {
    use crate::syntax::{Format, parse};

    #[test]
    fn the_innermost_value_or_key() {
        for (format, text, expected) in [
            (Format::Json, r#"{"a": [1, "b|c"], "d": 2}"#, r#""bc""#),
            (Format::Json, r#"{"a": [1|, "bc"], "d": 2}"#, "1"),
            (Format::Json, r#"{"a": [1, "bc"], "|d": 2}"#, r#""d""#),
            (Format::Json, r#"{"a": [1, |"bc"], "d": 2}"#, r#""bc""#),
            (Format::Json, r#"{"a": [1, "bc"]|, "d": 2}"#, r#"[1, "bc"]"#),
            (Format::Json, r#"{"a": [1, "bc"],|  "d": 2}"#, r#"{"a": [1, "bc"],  "d": 2}"#),
            (Format::Yaml, "a:\n  b: x|y\n  c: z\n", "xy"),
            (Format::Yaml, "a:\n  b: xy\n  c|: z\n", "c"),
            (Format::Yaml, "a: &x\n  b: 1\nc: *x\nd: |e\n", "e"),
        ] {
            let offset = u32::try_from(text.find('|').expect("a mark")).expect("short");
            let text = text.replacen('|', "", 1);
            let tree = parse(&text.as_str().into(), format);
            assert_eq!(tree.root().innermost(offset).span().of(&text), expected, "{text}");
        }
    }
}
