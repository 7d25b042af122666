//! Names of CSV columns that are given twice.

use std::collections::HashMap;

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::{StateType, jsonata};
use crate::diagnostic::Label;
use crate::syntax::Node;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| state.kind == Some(StateType::Map)) {
        let config = state.node.get("ItemReader").and_then(|reader| reader.get("ReaderConfig"));
        let Some(headers) = config.and_then(|config| config.get("CSVHeaders")) else { continue };
        let mut first: HashMap<&str, Node<'_>> = HashMap::new();
        for header in headers.items().filter(|header| !header.is_open()) {
            let Some(name) = header.as_str() else { continue };
            if jsonata::expression_in(name) != jsonata::Delimited::Literal {
                continue;
            }
            if let Some(earlier) = first.get(name) {
                let finding = sink.report(
                    header,
                    format!("another column is called `{name}` already: the Map fails when it reads the file"),
                );
                finding.related.push(Label::new(earlier.span(), "the first one"));
                finding.notes.push(
                    "the service accepts it, and the Map fails with `States.ItemReaderFailed`: \
                     CSV headers cannot contain duplicates"
                        .to_owned(),
                );
            } else {
                first.insert(name, header);
            }
        }
    }
}
