//! The states of a whole workspace, by name: those of open texts as they stand there, of other files as they lie on the disk.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use gen_lsp_types::SymbolInformation;
use serde_json::{Value, json};

use super::document::Open;
use super::server::Server;
use super::{reading, structure, uri};
use crate::analysis::Proofs;
use crate::source::{Source, discover};
use crate::text::Encoding;

/// How many are handed over: who gets more types another letter.
const MAX_SYMBOLS: usize = 1_000;

/// How many files are read between two words of progress.
const STEP: usize = 64;

/// The states whose names hold the letters of `query` in their order, whatever the case.
pub(super) fn symbols(server: &Server<'_>, query: &str, token: Option<&Value>) -> Vec<SymbolInformation> {
    let query: Vec<char> = query.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for open in server.documents.values() {
        seen.extend(open.path.clone());
        collect(open, &query, &mut found);
    }
    let encoding = server.client.as_ref().map_or(Encoding::Utf16, |client| client.encoding);
    let files: Vec<PathBuf> = discover::discover(&server.folders).files.into_iter().map(|file| file.path).collect();
    let progress = |value: Value| {
        if let Some(token) = token {
            server.notify("$/progress", json!({"token": token, "value": value}));
        }
    };
    progress(json!({"kind": "begin", "title": "aslint: state machines", "percentage": 0}));
    for (i, path) in files.iter().enumerate() {
        if found.len() >= MAX_SYMBOLS {
            break;
        }
        if i % STEP == STEP - 1 {
            progress(json!({"kind": "report", "percentage": 100 * i / files.len()}));
        }
        if !seen.insert(path.clone()) {
            continue;
        }
        let name = path.to_string_lossy();
        let Ok(bytes) = discover::read(path) else { continue };
        if !discover::may_hold_a_machine(&name, &bytes) {
            continue;
        }
        let source = Source::new(name, bytes);
        let open = Open::new(uri::of_path(path), "", 0, source.text.to_string(), encoding);
        collect(&open, &query, &mut found);
    }
    progress(json!({"kind": "end"}));
    found.truncate(MAX_SYMBOLS);
    found
}

fn collect(open: &Open, query: &[char], found: &mut Vec<SymbolInformation>) {
    let is_meant = |symbol: &SymbolInformation| {
        let name = symbol.base_symbol_information.name.to_lowercase();
        let mut letters = name.chars();
        query.iter().all(|wanted| letters.any(|letter| letter == *wanted))
    };
    let listed = reading::read(open, Proofs::Left, &AtomicBool::new(false), structure::list);
    found.extend(listed.into_iter().filter(is_meant));
}
