//! The workspace around open texts: configurations, settings, folders, the states of files that are not open.

use serde_json::{Value, json};

use super::client::{Client, everything};
use crate::folder::Folder;

const MACHINE: &str =
    r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "Ünde": {"Type": "Succeed"}}}"#;

/// It has an error, and what is but old.
const OLD: &str = r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "Iterator": {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}, "Next": "B"}}}"#;

fn uri(folder: &Folder, name: &str) -> String {
    format!("file://{}/{name}", folder.0.display())
}

/// A client in a folder that asks for what it is told to watch.
fn client(folder: &Folder, more: &Value) -> Client {
    let mut capabilities = everything();
    capabilities["workspace"]["didChangeWatchedFiles"] = json!({"dynamicRegistration": true});
    if let Some(more) = more.as_object() {
        capabilities["workspace"].as_object_mut().expect("an object").extend(more.clone());
    }
    let folders = json!([{"uri": uri(folder, ""), "name": "w"}]);
    Client::with(json!({"capabilities": capabilities, "workspaceFolders": folders})).0
}

fn severity(client: &mut Client, uri: &str, code: &str) -> Value {
    let shown = client.diagnostics(uri);
    shown.iter().find(|shown| shown["code"] == code).map_or(Value::Null, |shown| shown["severity"].clone())
}

#[test]
fn the_configuration_of_a_file_holds_and_is_read_again() {
    let folder = Folder::new([
        ("aslint.yaml", "rules: {dangling-target: info}\n"),
        ("sub/aslint.yaml", "rules: {dangling-target: off}\nexclude: [old/**]\n"),
    ]);
    let mut client = client(&folder, &Value::Null);
    let (top, sub) = (uri(&folder, "a.asl.json"), uri(&folder, "sub/b.asl.json"));
    client.open(&top, "asl", MACHINE);
    assert_eq!(severity(&mut client, &top, "dangling-target"), 4);
    client.open(&sub, "asl", MACHINE);
    assert_eq!(severity(&mut client, &sub, "dangling-target"), Value::Null);
    let registered = client.asked.iter().any(|asked| asked.method == "client/registerCapability");
    assert!(registered, "it says what to watch");

    folder.write("sub/aslint.yaml", "rules: {dangling-target: warning}\n");
    let changed = json!({"changes": [{"uri": uri(&folder, "sub/aslint.yaml"), "type": 2}]});
    client.notify("workspace/didChangeWatchedFiles", changed);
    assert_eq!(severity(&mut client, &sub, "dangling-target"), 2);
    // The file of an open machine says nothing new when it is saved.
    client.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": sub, "type": 2}]}));
    assert!(client.all("textDocument/publishDiagnostics").iter().all(|shown| shown["uri"] != sub));
    let excluded = uri(&folder, "sub/old/c.asl.json");
    folder.write("sub/aslint.yaml", "exclude: [old/**]\n");
    client.notify("workspace/didChangeWatchedFiles", json!({"changes": []}));
    client.open(&excluded, "asl", MACHINE);
    let shown = client.all("textDocument/publishDiagnostics");
    let last = shown.iter().rfind(|shown| shown["uri"] == excluded).expect("it is told of");
    assert_eq!(last["diagnostics"], json!([]));
}

#[test]
fn a_configuration_that_cannot_be_read_shows_why() {
    let folder = Folder::new([("aslint.yaml", "rules: {dangling-targt: info}\n")]);
    let mut client = client(&folder, &Value::Null);
    let (file, configuration) = (uri(&folder, "a.asl.json"), uri(&folder, "aslint.yaml"));
    client.open(&file, "asl", MACHINE);
    assert!(client.next("window/showMessage")["message"].as_str().is_some_and(|told| told.contains("aslint.yaml")));
    let shown = client.all("textDocument/publishDiagnostics");
    let of = |shown: &[Value], uri: &str| {
        shown.iter().rfind(|shown| shown["uri"] == uri).map(|shown| shown["diagnostics"].clone())
    };
    assert_eq!(of(&shown, &file), Some(json!([])));
    let mistakes = of(&shown, &configuration).expect("it is told of");
    assert_eq!(mistakes[0]["range"]["start"], json!({"line": 0, "character": 8}));
    // As it is typed, it is looked at like any text.
    client.open(&configuration, "yaml", "rules: {dangling-target: inof}\n");
    let shown = client.all("textDocument/publishDiagnostics");
    assert_eq!(of(&shown, &configuration).expect("it is told of")[0]["range"]["start"]["character"], 25);
    folder.write("aslint.yaml", "rules: {dangling-target: info}\n");
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": configuration}}));
    client.notify("workspace/didChangeWatchedFiles", json!({"changes": []}));
    let shown = client.all("textDocument/publishDiagnostics");
    assert_eq!(of(&shown, &configuration), Some(json!([])), "it is well again");
    assert_ne!(of(&shown, &file), Some(json!([])));
}

#[test]
fn settings_are_asked_for_and_what_is_absent_changes_nothing() {
    let folder = Folder::new([]);
    let mut client = client(&folder, &json!({"configuration": true}));
    let file = uri(&folder, "a.asl.json");
    client.open(&file, "asl", MACHINE);
    assert_eq!(severity(&mut client, &file, "unreachable-state"), Value::Null);
    assert_eq!(severity_of(&mut client, &file), 1, "without an answer, the defaults hold");
    let asked = client.asked.iter().position(|asked| asked.method == "workspace/configuration").expect("it asks");
    let id = client.asked.remove(asked).id;
    client.respond(id, json!([{"level": "error", "type": "EXPRESS"}]));
    let shown = client.diagnostics(&file);
    assert!(!shown.is_empty() && shown.iter().all(|shown| shown["severity"] == 1), "{shown:?}");
    // A client that sends its settings, and one that sends none.
    let (mut plain, _) = Client::with(json!({"capabilities": {}, "initializationOptions": {"level": "error"}}));
    plain.notify("workspace/didChangeConfiguration", json!({"settings": {}}));
    plain.notify("workspace/didChangeConfiguration", json!({"settings": null}));
    plain.open(&file, "asl", OLD);
    assert!(plain.diagnostics(&file).iter().all(|shown| shown["severity"] == 1));
    plain.notify("workspace/didChangeConfiguration", json!({"settings": {"aslint": {"level": "info"}}}));
    assert!(plain.diagnostics(&file).iter().any(|shown| shown["severity"] != 1));
}

/// The severity of the dangling name, once all is said.
fn severity_of(client: &mut Client, uri: &str) -> Value {
    client.change(uri, &json!([]));
    severity(client, uri, "dangling-target")
}

#[test]
fn states_are_found_in_every_folder() {
    let folder = Folder::new([("one/a.asl.json", MACHINE), ("two/b.json", MACHINE), ("two/c.json", "{}")]);
    let folders = json!([{"uri": uri(&folder, "one"), "name": "1"}]);
    let (mut client, _) = Client::with(json!({"capabilities": everything(), "workspaceFolders": folders}));
    let found = |client: &mut Client, query: &str| -> Vec<String> {
        let params = json!({"query": query, "workDoneToken": "t"});
        let answer = client.request("workspace/symbol", params).expect("an answer");
        let symbols = answer.as_array().expect("a list");
        let text = |value: &Value| value.as_str().unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned();
        symbols.iter().map(|symbol| format!("{} {}", text(&symbol["location"]["uri"]), text(&symbol["name"]))).collect()
    };
    assert_eq!(found(&mut client, "ünd"), ["a.asl.json Ünde"]);
    assert_eq!(client.all("$/progress").len(), 2, "it begins and ends");
    let event = json!({"added": [{"uri": uri(&folder, "two"), "name": "2"}], "removed": []});
    client.notify("workspace/didChangeWorkspaceFolders", json!({"event": event}));
    assert_eq!(found(&mut client, "Ü e"), ["a.asl.json Ünde", "b.json Ünde"]);
    // What is open is as it stands there.
    client.open(&uri(&folder, "one/a.asl.json"), "asl", r#"{"StartAt": "Ü2", "States": {"Ü2": {"Type": "Succeed"}}}"#);
    assert_eq!(found(&mut client, "ü"), ["a.asl.json Ü2", "b.json Ünde"]);
    let event = json!({"added": [], "removed": [{"uri": uri(&folder, "two"), "name": "2"}]});
    client.notify("workspace/didChangeWorkspaceFolders", json!({"event": event}));
    assert_eq!(found(&mut client, ""), ["a.asl.json Ü2"]);
}
