//! The language server as a client meets it: the life of a session, diagnostics, names.

mod acting;
mod client;
mod edits;
mod reading;
mod robust;
mod stdio;
mod workspace;

use lsp_server::{Connection, Message, Notification, Request};
use serde_json::{Value, json};

use client::{Client, applied, cursor, edits_of, everything};

const URI: &str = "untitled:a";

const MACHINE: &str = r#"{
  "StartAt": "Ask",
  "States": {
    "Ask": {
      "Type": "Choice",
      "Choices": [
        {"Variable": "$.n", "NumericEquals": 1, "Next": "One"},
        {"Variable": "$.n", "NumericEquals": 1, "Next": "Two"}
      ],
      "Default": "Two"
    },
    "One": {"Type": "Pass", "Next": "Tow"},
    "Two": {
      "Type": "Parallel",
      "Branches": [
        {"StartAt": "In", "States": {"In": {"Type": "Succeed"}}},
        {"StartAt": "In2", "States": {"In2": {"Type": "Succeed"}}}
      ],
      "End": true
    }
  }
}
"#;

fn rules(shown: &[Value]) -> Vec<&str> {
    let mut rules: Vec<&str> = shown.iter().filter_map(|shown| shown["code"].as_str()).collect();
    rules.sort_unstable();
    rules
}

#[test]
fn the_life_of_a_session() {
    let mut client = Client::silent();
    assert_eq!(client.at("textDocument/hover", URI, &json!({})), Err(-32002), "before the start");
    client.notify("textDocument/didOpen", json!({}));
    let start = json!({"processId": null, "rootUri": null, "capabilities": {}});
    let answer = client.request("initialize", start.clone()).expect("it starts");
    assert_eq!(answer["serverInfo"]["name"], "aslint");
    assert_eq!(answer["capabilities"]["positionEncoding"], "utf-16");
    assert_eq!(client.request("initialize", start), Err(-32600), "once");
    client.notify("initialized", json!({}));
    client.notify("$/setTrace", json!({"value": "off"}));
    assert_eq!(client.request("no/such", json!({})), Err(-32601));
    for method in ["textDocument/definition", "textDocument/rename", "textDocument/documentSymbol"] {
        let params =
            json!({"textDocument": {"uri": "file:///none"}, "position": {"line": 0, "character": 0}, "newName": "x"});
        assert_eq!(client.request(method, params), Err(-32602), "{method} of a text that is not open");
        assert_eq!(client.request(method, json!([1])), Err(-32602), "{method} without its parameters");
    }
    client.notify(
        "textDocument/didChange",
        json!({"textDocument": {"uri": "file:///none", "version": 1}, "contentChanges": []}),
    );
    client.notify("textDocument/didChange", json!("nonsense"));
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": "file:///none"}}));
    assert_eq!(client.all("window/logMessage").len(), 2, "what makes no sense is told");
    client.request("shutdown", Value::Null).expect("it shuts down");
    assert_eq!(client.request("textDocument/definition", json!({})), Err(-32600), "after the end");
    assert_eq!(client.vanish(Some("exit")), 0);
}

#[test]
fn whoever_leaves_without_a_word_is_an_error() {
    assert_eq!(Client::new().leave(), 0);
    assert_eq!(Client::new().vanish(None), 1);
    assert_eq!(Client::new().vanish(Some("exit")), 1);
    assert_eq!(Client::silent().vanish(Some("exit")), 1);
}

#[test]
fn diagnostics_follow_the_text() {
    let mut client = Client::new();
    client.open(URI, "asl", MACHINE);
    // What needs no proof comes first.
    let first = client.next("textDocument/publishDiagnostics");
    assert_eq!(first["version"], 1);
    let first = first["diagnostics"].as_array().expect("a list").clone();
    assert!(rules(&first).contains(&"dangling-target"), "{first:?}");
    let proved = client.next("textDocument/publishDiagnostics")["diagnostics"].as_array().expect("a list").clone();
    assert!(proved.len() > first.len(), "{:?}", rules(&proved));
    let dangling = proved.iter().find(|shown| shown["code"] == "dangling-target").expect("it is found");
    assert_eq!(dangling["range"]["start"], json!({"line": 11, "character": 36}));
    assert_eq!((&dangling["severity"], &dangling["source"]), (&json!(1), &json!("aslint")));
    let dead = proved.iter().find(|shown| shown["code"] == "duplicate-choice-rule").expect("it is found");
    assert_eq!(dead["tags"], json!([1]), "{dead}");
    assert!(dead["codeDescription"]["href"].as_str().is_some_and(|link| link.starts_with("https://")), "{dead}");
    assert_eq!(dead["relatedInformation"][0]["location"]["uri"], URI);

    let word = json!({"start": {"line": 11, "character": 37}, "end": {"line": 11, "character": 40}});
    client.change(URI, &json!([{"range": word, "text": "Two"}]));
    let mended = client.diagnostics(URI);
    assert!(!rules(&mended).contains(&"dangling-target"), "{:?}", rules(&mended));
    // Broken text has its diagnostics too.
    client.change(URI, &json!([{"range": {"start": {"line": 11, "character": 36}, "end": {"line": 11, "character": 36}}, "text": "\"A\" "}]));
    assert!(rules(&client.diagnostics(URI)).contains(&"syntax-error"));
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": URI}}));
    assert_eq!(client.next("textDocument/publishDiagnostics")["diagnostics"], json!([]));
    assert_eq!(client.leave(), 0);
}

#[test]
fn what_is_old_is_struck_through_and_what_is_information_is_a_hint() {
    let mut client = Client::new();
    let text = r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "Iterator": {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}, "End": true}}}"#;
    client.open(URI, "asl", text);
    let shown = client.diagnostics(URI);
    let old = shown.iter().find(|shown| shown["code"] == "deprecated-field").expect("it is found");
    assert_eq!((&old["severity"], &old["tags"]), (&json!(4), &json!([2])));
}

#[test]
fn messages_stand_alone() {
    let (mut client, _) = Client::with(json!({"capabilities": {}}));
    client.open(URI, "asl", MACHINE);
    let shown = client.diagnostics(URI);
    let dead = shown.iter().find(|shown| shown["code"] == "duplicate-choice-rule").expect("it is found");
    assert!(dead["message"].as_str().expect("a message").contains("\nline 7: "), "{dead}");
    assert!(dead.get("relatedInformation").is_none());
}

#[test]
fn diagnostics_are_pulled_by_who_asks_for_them() {
    let (mut client, answer) = Client::with(json!({"capabilities": {"textDocument": {"diagnostic": {}}}}));
    assert!(answer["capabilities"]["diagnosticProvider"].is_object());
    client.open(URI, "asl", MACHINE);
    let pulled = client.request("textDocument/diagnostic", json!({"textDocument": {"uri": URI}})).expect("an answer");
    let mut pushing = Client::new();
    pushing.open(URI, "asl", MACHINE);
    let pushed = pushing.diagnostics(URI);
    assert_eq!(rules(pulled["items"].as_array().expect("a list")), rules(&pushed));
    assert!(client.all("textDocument/publishDiagnostics").is_empty(), "not both ways");
}

#[test]
fn a_request_that_is_taken_back_is_not_answered() {
    let (server, client) = Connection::memory();
    let request = |id: i32, method: &str, params: Value| {
        client.sender.send(Request { id: id.into(), method: method.to_owned(), params }.into()).expect("it is open");
    };
    let notify = |method: &str, params: Value| {
        client.sender.send(Notification { method: method.to_owned(), params }.into()).expect("it is open");
    };
    // All of it waits before the server looks.
    request(1, "initialize", json!({"capabilities": {}}));
    let document = json!({"uri": URI, "languageId": "asl", "version": 1, "text": MACHINE});
    notify("textDocument/didOpen", json!({"textDocument": document}));
    request(2, "textDocument/documentSymbol", json!({"textDocument": {"uri": URI}}));
    request(3, "textDocument/documentSymbol", json!({"textDocument": {"uri": URI}}));
    notify("$/cancelRequest", json!({"id": 3}));
    notify("$/cancelRequest", json!({"id": 1.5}));
    request(4, "shutdown", Value::Null);
    notify("exit", Value::Null);
    assert_eq!(aslint::lsp::serve(&server), 0);
    drop(server);
    let answers: Vec<(String, bool)> = client
        .receiver
        .iter()
        .filter_map(|message| match message {
            Message::Response(response) => {
                let cancelled = response.response_result.is_err_and(|error| error.code == -32800);
                Some((response.id.to_string(), cancelled))
            }
            _ => None,
        })
        .collect();
    let of = |id: &str, cancelled| (id.to_owned(), cancelled);
    assert_eq!(answers, [of("3", true), of("1", false), of("2", false), of("4", false)]);
}

/// What a request answers at the cursor of a text.
fn asked(method: &str, marked: &str) -> (String, Value) {
    let (text, position) = cursor(marked);
    let mut client = Client::new();
    client.open(URI, if text.starts_with('{') { "asl" } else { "asl-yaml" }, &text);
    let params = json!({"textDocument": {"uri": URI}, "position": position, "context": {"includeDeclaration": true}});
    let answer = client.request(method, params).unwrap_or_default();
    (text, answer)
}

/// The lines of what it answers, with the text in each range.
fn places(marked: &str, method: &str) -> Vec<String> {
    let (text, answer) = asked(method, marked);
    let lines: Vec<Vec<u16>> = text.split('\n').map(|line| line.encode_utf16().collect()).collect();
    let number = |value: &Value| usize::try_from(value.as_u64().expect("a number")).expect("small");
    let word = |range: &Value| {
        let (start, end) = (&range["start"], &range["end"]);
        let line = &lines[number(&start["line"])];
        String::from_utf16_lossy(&line[number(&start["character"])..number(&end["character"])])
    };
    let places = answer.as_array().cloned().unwrap_or_default();
    places
        .iter()
        .map(|place| format!("{}:{}", number(&place["range"]["start"]["line"]), word(&place["range"])))
        .collect()
}

#[test]
fn states_are_found_from_wherever_they_are_named() {
    let on = |from: &str, to: &str| MACHINE.replacen(from, to, 1);
    for marked in [
        on(r#""Default": "Two""#, r#""Default": "T|wo""#),
        on(r#""Next": "Two""#, r#""Next": "|Two""#),
        on(r#"    "Two": {"#, r#"    "Two|": {"#),
    ] {
        assert_eq!(places(&marked, "textDocument/definition"), ["12:Two"]);
        assert_eq!(places(&marked, "textDocument/references"), ["7:Two", "9:Two", "12:Two"]);
    }
    // What lies inside is named inside.
    assert_eq!(places(&on(r#""StartAt": "In""#, r#""StartAt": "I|n""#), "textDocument/references"), ["15:In", "15:In"]);
    for nothing in [on(r#""Tow""#, r#""T|ow""#), on(r#""Type""#, r#""T|ype""#), on("{", "{|"), on("}", "}|")] {
        assert!(places(&nothing, "textDocument/definition").is_empty());
    }
    let yaml = "StartAt: A\nStates:\n  A: {Type: Pass, Next: 'B b'}\n  B b:\n    Type: Pass\n    Next: |A\n";
    assert_eq!(places(yaml, "textDocument/references"), ["0:A", "2:A", "5:A"]);
}

const VARIABLES: &str = r#"{
  "StartAt": "Set",
  "QueryLanguage": "JSONata",
  "States": {
    "Set": {"Type": "Pass", "Assign": {"total": "{% $states.input.n %}"}, "Next": "Each"},
    "Each": {
      "Type": "Map",
      "ItemProcessor": {
        "StartAt": "One",
        "States": {"One": {"Type": "Pass", "Assign": {"own": "{% $to|tal + 1 %}"}, "Output": "{% $total & '😀' & $total %}", "End": true}}
      },
      "Next": "Old"
    },
    "Old": {"Type": "Pass", "Output": "{% ($x := 1; $total) %}", "End": true}
  }
}
"#;

#[test]
fn variables_are_found_in_expressions() {
    let expected = ["4:total", "9:total", "9:total", "9:total", "13:total"];
    assert_eq!(places(VARIABLES, "textDocument/references"), expected);
    assert_eq!(places(VARIABLES, "textDocument/definition"), ["4:total"]);
    let path = r#"{"StartAt": "A", "States": {
        "A": {"Type": "Pass", "Assign": {"v.$": "$.a"}, "Next": "B"},
        "B": {"Type": "Pass", "Parameters": {"x.$": "States.Format('{} {}', $|v.b, $.c)"}, "End": true}}}"#;
    assert_eq!(places(path, "textDocument/references"), ["1:v", "2:v"]);
}

/// The text after a rename at the cursor, or the code of the refusal.
fn renamed(marked: &str, name: &str) -> Result<String, i32> {
    let (text, position) = cursor(marked);
    let mut client = Client::new();
    client.open(URI, if text.starts_with('{') { "asl" } else { "asl-yaml" }, &text);
    let params = json!({"textDocument": {"uri": URI}, "position": position, "newName": name});
    let edit = client.request("textDocument/rename", params)?;
    assert_eq!(edit["documentChanges"][0]["textDocument"]["version"], 1);
    Ok(applied(&text, edits_of(&edit)))
}

#[test]
fn a_rename_reaches_every_place() {
    let marked = MACHINE.replacen(r#""Default": "Two""#, r#""Default": "Two|""#, 1);
    let quoted = MACHINE.replace(r#""Two""#, r#""A \"b\" 😀""#);
    assert_eq!(renamed(&marked, "A \"b\" 😀"), Ok(quoted));
    assert_eq!(renamed(VARIABLES, "sümme"), Ok(VARIABLES.replacen('|', "", 1).replace("total", "sümme")));
    let yaml = "StartAt: A\nStates:\n  A: {Type: Pass, Next: \"B b\"}\n  B b:\n    Type: Pass\n    Next: |A\n";
    let quoted = "StartAt: \"yes: no\"\nStates:\n  \"yes: no\": {Type: Pass, Next: \"B b\"}\n  B b:\n    Type: Pass\n    Next: \"yes: no\"\n";
    assert_eq!(renamed(yaml, "yes: no").as_deref(), Ok(quoted));
    let path = "{\"StartAt\": \"A\", \"States\": {\"A\": {\"Type\": \"Pass\", \"Assign\": {\"v|.$\": \"$.a\"}, \"InputPath\": \"$v.b\"}}}";
    assert_eq!(renamed(path, "w"), Ok(path.replacen('|', "", 1).replace("v.", "w.")));
}

#[test]
fn a_rename_that_changes_what_is_meant_is_refused() {
    let state = MACHINE.replacen(r#""Default": "Two""#, r#""Default": "Two|""#, 1);
    // One is there already, In lies inside: names are unique in the whole machine.
    for name in ["One", "In", "", "  ", "a\nb", "${x}", &"x".repeat(81)] {
        assert_eq!(renamed(&state, name), Err(-32803), "{name:?}");
    }
    for name in ["own", "states", "sum", "x", "1a", "a b", ""] {
        assert_eq!(renamed(VARIABLES, name), Err(-32803), "{name:?}");
    }
    assert_eq!(renamed(&MACHINE.replacen(r#""Type""#, r#""T|ype""#, 1), "x"), Err(-32803), "nothing is named there");
    let aliased = "StartAt: P\nStates:\n  P:\n    Type: Parallel\n    Branches:\n      - &b {StartAt: |A, States: {A: {Type: Succeed}}}\n      - *b\n    End: true\n";
    assert_eq!(renamed(aliased, "B"), Ok(aliased.replacen('|', "", 1).replace(": A", ": B").replace("{A", "{B")));
}

#[test]
fn a_rename_is_prepared() {
    let marked = MACHINE.replacen(r#""Default": "Two""#, r#""Default": "Tw|o""#, 1);
    let (_, prepared) = asked("textDocument/prepareRename", &marked);
    assert_eq!(prepared["placeholder"], "Two");
    assert_eq!(prepared["range"]["start"], json!({"line": 9, "character": 18}));
    let (_, prepared) = asked("textDocument/prepareRename", &MACHINE.replacen(r#""Type""#, r#""T|ype""#, 1));
    assert_eq!(prepared, Value::Null);
}

#[test]
fn symbols_are_the_tree_of_states() {
    let (_, symbols) = asked("textDocument/documentSymbol", &MACHINE.replacen('{', "{|", 1));
    let tree = |symbols: &Value| {
        fn lines(symbols: &Value, depth: usize, out: &mut String) {
            for symbol in symbols.as_array().into_iter().flatten() {
                let detail = symbol["detail"].as_str().unwrap_or("-");
                out.push_str(&format!("{}{} {detail}\n", "  ".repeat(depth), symbol["name"].as_str().expect("a name")));
                lines(&symbol["children"], depth + 1, out);
            }
        }
        let mut out = String::new();
        lines(symbols, 0, &mut out);
        out
    };
    assert_eq!(
        tree(&symbols),
        "Ask Choice\nOne Pass\nTwo Parallel\n  branch 0 -\n    In Succeed\n  branch 1 -\n    In2 Succeed\n"
    );
    let (mut flat, _) = Client::with(json!({"capabilities": {}}));
    flat.open(URI, "asl", MACHINE);
    let list = flat.request("textDocument/documentSymbol", json!({"textDocument": {"uri": URI}})).expect("an answer");
    let names: Vec<&str> =
        list.as_array().expect("a list").iter().filter_map(|symbol| symbol["name"].as_str()).collect();
    assert_eq!(names, ["Ask", "One", "Two", "In", "In2"]);
    assert_eq!(list[3]["containerName"], "Two");
}

#[test]
fn what_folds_and_what_a_selection_grows_to() {
    let (_, folds) = asked("textDocument/foldingRange", &MACHINE.replacen('{', "{|", 1));
    let folds: Vec<String> = folds
        .as_array()
        .expect("a list")
        .iter()
        .map(|fold| format!("{}-{}", fold["startLine"], fold["endLine"]))
        .collect();
    assert_eq!(folds, ["0-21", "2-20", "3-10", "5-8", "12-19", "14-17"].map(String::from));
    let mut client = Client::new();
    let (text, position) = cursor(&MACHINE.replacen(r#""Tow""#, r#""T|ow""#, 1));
    client.open(URI, "asl", &text);
    let params = json!({"textDocument": {"uri": URI}, "positions": [position, {"line": 99, "character": 0}]});
    let answer = client.request("textDocument/selectionRange", params).expect("an answer");
    let mut starts = Vec::new();
    let mut range = &answer[0];
    while range.is_object() {
        starts.push(range["range"]["start"]["character"].as_u64().expect("a column"));
        range = &range["parent"];
    }
    assert_eq!(
        starts,
        [37, 36, 28, 11, 4, 12, 2, 0, 0],
        "word, string, member, state, its member, states, member, machine, text"
    );
    assert_eq!(answer.as_array().map(Vec::len), Some(2));
}

#[test]
fn links_lead_to_the_files_that_are_named() {
    let mut client = Client::new();
    let text = "Resources:\n  M:\n    Properties:\n      DefinitionUri: ../machines/a.asl.json\n";
    client.open("file:///w/templates/t.yaml", "yaml", text);
    let links =
        client.request("textDocument/documentLink", json!({"textDocument": {"uri": "file:///w/templates/t.yaml"}}));
    let links = links.expect("an answer");
    assert_eq!(links[0]["target"], "file:///w/machines/a.asl.json");
    assert_eq!(links[0]["range"]["start"], json!({"line": 3, "character": 21}));
    client.open(URI, "asl", r#"{"Comment": "see https://a.example/b, and"}"#);
    let links = client.request("textDocument/documentLink", json!({"textDocument": {"uri": URI}})).expect("an answer");
    assert_eq!(links[0]["target"], "https://a.example/b");
}

#[test]
fn everything_that_is_advertised_is_answered() {
    let (mut client, answer) = Client::with(json!({"capabilities": everything()}));
    client.open(URI, "asl", MACHINE);
    let capabilities = answer["capabilities"].as_object().expect("capabilities");
    let mut n_asked = 0;
    for name in capabilities.keys().filter(|name| name.ends_with("Provider")) {
        let method = match name.trim_end_matches("Provider") {
            "workspaceSymbol" => "workspace/symbol".to_owned(),
            name => format!("textDocument/{name}"),
        };
        let place = json!({"line": 4, "character": 8});
        let params = json!({
            "textDocument": {"uri": URI}, "position": place, "positions": [place], "newName": "x", "query": "",
            "range": {"start": place, "end": place}, "context": {"diagnostics": []},
        });
        let answer = client.request(&method, params);
        assert!(!matches!(answer, Err(-32603..=-32601)), "{method}: {answer:?}");
        n_asked += 1;
    }
    assert!(n_asked > 8, "{n_asked}");
}
