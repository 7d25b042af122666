//! Turns what a client says at the start into what it can take, and its settings into ours.
//!
//! Capabilities are read one by one: a client that gets another part of its answer wrong is served all the same. Settings that are
//! absent, empty or of another type mean the defaults; some clients send `{}` for "no settings", which is no reason to fall silent.

use std::path::PathBuf;

use serde_json::Value;

use super::uri;
use crate::analysis::MachineType;
use crate::diagnostic::Severity;
use crate::text::Encoding;

/// What a client can take.
#[derive(Clone, Debug)]
pub(super) struct Client {
    /// What its columns count.
    pub(super) encoding: Encoding,
    /// It asks for diagnostics, so that none are pushed.
    pub(super) pulls: bool,
    /// It asks again when it is told to.
    pub(super) refreshes_pulled: bool,
    pub(super) related_information: bool,
    pub(super) hierarchical_symbols: bool,
    /// Actions may be more than commands.
    pub(super) literal_actions: bool,
    pub(super) document_changes: bool,
    pub(super) prepares_rename: bool,
    pub(super) snippets: bool,
    /// It indents what is completed over several lines as the line is.
    pub(super) adjusts_indentation: bool,
    pub(super) markdown: bool,
    pub(super) lines_only_folded: bool,
    /// It can be asked for settings.
    pub(super) configuration: bool,
    /// It can be told which files to watch.
    pub(super) watches: bool,
    pub(super) progress: bool,
    pub(super) refreshes_hints: bool,
    pub(super) refreshes_lenses: bool,
    /// The folders that are open, at the start.
    pub(super) folders: Vec<PathBuf>,
}

impl Client {
    /// From the parameters of `initialize`.
    pub(super) fn new(params: &Value) -> Self {
        let capability = |path: &str| params.pointer(&format!("/capabilities/{path}"));
        let can = |path: &str| capability(path).and_then(Value::as_bool).unwrap_or_default();
        let words = |path: &str| capability(path).and_then(Value::as_array).cloned().unwrap_or_default();
        // Bytes cost nothing to count, so they are taken where they are offered.
        let offered = words("general/positionEncodings");
        let offers = |name: &str| offered.iter().any(|word| word == name);
        let encoding = if offers("utf-8") {
            Encoding::Utf8
        } else if offers("utf-32") && !offers("utf-16") {
            Encoding::Scalar
        } else {
            Encoding::Utf16
        };
        Self {
            encoding,
            pulls: capability("textDocument/diagnostic").is_some_and(Value::is_object),
            refreshes_pulled: can("workspace/diagnostics/refreshSupport"),
            related_information: can("textDocument/publishDiagnostics/relatedInformation"),
            hierarchical_symbols: can("textDocument/documentSymbol/hierarchicalDocumentSymbolSupport"),
            literal_actions: capability("textDocument/codeAction/codeActionLiteralSupport").is_some(),
            document_changes: can("workspace/workspaceEdit/documentChanges"),
            prepares_rename: can("textDocument/rename/prepareSupport"),
            snippets: can("textDocument/completion/completionItem/snippetSupport"),
            adjusts_indentation: words("textDocument/completion/completionItem/insertTextModeSupport/valueSet")
                .iter()
                .any(|mode| *mode == 2),
            markdown: words("textDocument/hover/contentFormat").iter().any(|word| word == "markdown"),
            lines_only_folded: can("textDocument/foldingRange/lineFoldingOnly"),
            configuration: can("workspace/configuration"),
            watches: can("workspace/didChangeWatchedFiles/dynamicRegistration"),
            progress: can("window/workDoneProgress"),
            refreshes_hints: can("workspace/inlayHint/refreshSupport"),
            refreshes_lenses: can("workspace/codeLens/refreshSupport"),
            folders: folders(params),
        }
    }

    /// The name of its encoding.
    pub(super) fn encoding_name(&self) -> &'static str {
        match self.encoding {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16 => "utf-16",
            Encoding::Scalar => "utf-32",
        }
    }
}

fn folders(params: &Value) -> Vec<PathBuf> {
    let path = |uri: &Value| uri::to_path(uri.as_str()?);
    match params.get("workspaceFolders").and_then(Value::as_array) {
        Some(folders) => folders.iter().filter_map(|folder| path(folder.get("uri")?)).collect(),
        None => {
            let root = params.get("rootUri").and_then(path);
            let root = root.or_else(|| params.get("rootPath").and_then(Value::as_str).map(PathBuf::from));
            root.into_iter().collect()
        }
    }
}

/// What a person sets in their editor, under `aslint`. Everything else is set in `aslint.yaml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    /// The least severity shown.
    pub(super) level: Severity,
    /// How machines run of which no configuration says it.
    pub(super) kind: Option<MachineType>,
    /// Whether proofs are made.
    pub(super) prove: bool,
    pub(super) inlay_hints: bool,
    pub(super) code_lenses: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { level: Severity::Info, kind: None, prove: true, inlay_hints: false, code_lenses: false }
    }
}

impl Settings {
    /// From the value under `aslint`, or from one that has it as a member.
    pub(super) fn new(value: &Value) -> Self {
        let value = value.get("aslint").unwrap_or(value);
        let default = Self::default();
        let word = |name: &str| value.get(name).and_then(Value::as_str);
        let flag = |name: &str, otherwise| value.get(name).and_then(Value::as_bool).unwrap_or(otherwise);
        Self {
            level: word("level").and_then(|word| word.parse().ok()).unwrap_or(default.level),
            kind: word("type").and_then(|word| MachineType::parse(&word.to_uppercase())),
            prove: flag("prove", default.prove),
            inlay_hints: flag("inlayHints", default.inlay_hints),
            code_lenses: flag("codeLenses", default.code_lenses),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn encodings_are_negotiated() {
        for (offered, expected) in [
            (json!(["utf-16", "utf-8"]), "utf-8"),
            (json!(["utf-32"]), "utf-32"),
            (json!(["utf-32", "utf-16"]), "utf-16"),
            (json!(["x"]), "utf-16"),
            (Value::Null, "utf-16"),
        ] {
            let client = Client::new(&json!({"capabilities": {"general": {"positionEncodings": offered}}}));
            assert_eq!(client.encoding_name(), expected);
        }
    }

    #[test]
    fn settings_that_are_absent_are_the_defaults() {
        for nothing in [json!({}), Value::Null, json!([]), json!({"aslint": null}), json!({"level": 3, "prove": "x"})] {
            assert_eq!(Settings::new(&nothing), Settings::default(), "{nothing}");
        }
        let set = Settings::new(&json!({"aslint": {"level": "error", "type": "express", "prove": false}}));
        assert_eq!((set.level, set.kind, set.prove), (Severity::Error, Some(MachineType::Express), false));
    }
}
