//! `check --fix`, `--unsafe-fixes`, `--diff`: what is written, what is left alone, and what is said of it.

use std::fs;

use super::folder::{Folder, Run};

/// A field in the wrong case and a comma too many (safe), a target misspelt (unsafe).
const BAD: &str = "{\n  \"StartAt\": \"Pay\",\n  \"States\": {\n    \"Pay\": {\"Type\": \"Pass\", \"next\": \"Shp\",},\n    \
                   \"Ship\": {\"Type\": \"Succeed\"}\n  }\n}\n";
const GOOD: &str = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}"#;

fn safe() -> String {
    BAD.replace("\"next\"", "\"Next\"").replace(",}", "}")
}

fn all() -> String {
    safe().replace("Shp", "Ship")
}

#[test]
fn files_are_mended_as_far_as_is_asked() {
    let folder = Folder::new([("a.asl.json", BAD), ("good.asl.json", GOOD)]);
    let read = |name: &str| fs::read_to_string(folder.0.join(name)).unwrap();
    let plain = folder.aslint("check");
    assert!(plain.stdout.ends_with("`--fix` mends 2 of them\n"), "{plain:#?}");
    assert_eq!((plain.code, read("a.asl.json").as_str()), (1, BAD));

    let run = folder.aslint("check --fix");
    assert_eq!(read("a.asl.json"), safe());
    assert_eq!(run.code, 1, "the target is left: {run:#?}");
    assert!(run.stdout.contains("dangling-target") && !run.stdout.contains("unknown-field"), "{run:#?}");
    assert!(run.stderr.contains("fixed 2 findings in 1 file\n"), "{run:#?}");
    assert!(run.stderr.contains("`--unsafe-fixes` mends 1 more finding"), "{run:#?}");

    let run = folder.aslint("check --fix --unsafe-fixes -v");
    assert_eq!((run.code, read("a.asl.json")), (0, all()), "{run:#?}");
    assert!(run.stderr.contains("a.asl.json: fixed line 4: dangling-target: write `Ship`\n"), "{run:#?}");
    assert_eq!(read("good.asl.json"), GOOD);

    let run = folder.aslint("check --fix --unsafe-fixes");
    assert_eq!((run.code, read("a.asl.json"), run.stderr.as_str()), (0, all(), ""), "nothing is left to do");
    let names: Vec<_> = fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn a_diff_writes_nothing() {
    let folder = Folder::new([("a b.asl.json", BAD), ("good.asl.json", GOOD)]);
    for (line, expected) in [("check --diff", safe()), ("check --fix --diff --unsafe-fixes", all())] {
        let run = folder.aslint(line);
        assert_eq!(run.code, 1, "{line}: {run:#?}");
        assert!(run.stdout.starts_with("--- a b.asl.json\t\n+++ a b.asl.json\t\n@@ -1,7 +1,7 @@\n"), "{run:#?}");
        let new = expected.lines().nth(3).unwrap();
        assert!(run.stdout.contains(&format!("\n+{new}\n")), "{run:#?}");
        assert!(run.stderr.contains("would fix ") && run.stderr.contains(" in 1 file\n"), "{run:#?}");
        assert_eq!(fs::read_to_string(folder.0.join("a b.asl.json")).unwrap(), BAD);
    }
    // A finding without a fix is not this command's concern.
    folder.write("a b.asl.json", &all().replace("\"Succeed\"", "\"Choice\""));
    let run = folder.aslint("check --diff");
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""));
}

#[test]
fn standard_input_goes_to_standard_output() {
    let folder = Folder::new([]);
    let run = folder.piped("check --fix -", BAD.as_bytes());
    assert_eq!((run.code, run.stdout), (1, safe()));
    assert!(run.stderr.contains("dangling-target") && run.stderr.contains("fixed 2 findings"), "{}", run.stderr);
    let run = folder.piped("check --fix --unsafe-fixes - --format json", BAD.as_bytes());
    assert_eq!((run.code, run.stdout), (0, all()));
    assert!(run.stderr.contains("\"diagnostics\""), "{}", run.stderr);
    let run = folder.piped("check --fix - --stdin-filename package.json", b"{\"a\": 1}");
    assert_eq!((run.code, run.stdout.as_str()), (0, "{\"a\": 1}"), "no state machine, and passed on");
    let run = folder.piped("check --diff -", BAD.as_bytes());
    assert!(run.stdout.starts_with("--- standard input\t\n"), "{}", run.stdout);
    let run = folder.piped("check --fix -", b"{\"StartAt\": \"\xff\",}");
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
}

#[test]
fn bytes_that_no_edit_is_about_stay() {
    for (name, before, after) in [
        ("bom.asl.json", format!("\u{feff}{BAD}"), format!("\u{feff}{}", all())),
        ("crlf.asl.json", BAD.replace('\n', "\r\n"), all().replace('\n', "\r\n")),
        ("cr.asl.json", BAD.replace('\n', "\r"), all().replace('\n', "\r")),
        ("end.asl.json", BAD.trim_end().to_owned(), all().trim_end().to_owned()),
        ("tabs.asl.json", BAD.replace("  ", "\t"), all().replace("  ", "\t")),
    ] {
        let folder = Folder::new([(name, before.as_str())]);
        let run = folder.aslint("check --fix --unsafe-fixes");
        assert_eq!(fs::read_to_string(folder.0.join(name)).unwrap(), after, "{name}: {run:#?}");
        assert_eq!(run.code, 0, "{name}: {run:#?}");
    }
}

#[test]
fn what_cannot_be_written_back_is_told() {
    let folder = Folder::new([("a.asl.json", BAD)]);
    let bytes = b"{\"StartAt\": \"A\", \"States\": {\"A\": {\"Type\": \"Succeed\", \"Comment\": \"\xff\",}}}";
    fs::write(folder.0.join("latin.asl.json"), bytes).unwrap();
    let run = folder.aslint("check --fix latin.asl.json");
    assert_eq!(run.code, 2, "{run:#?}");
    assert!(run.stderr.contains("latin.asl.json: not UTF-8: nothing in it was mended\n"), "{run:#?}");
    assert!(run.stdout.contains("not UTF-8"), "what is found is told all the same: {run:#?}");
    assert_eq!(fs::read(folder.0.join("latin.asl.json")).unwrap(), bytes);

    let file = folder.0.join("a.asl.json");
    let mut permissions = fs::metadata(&file).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&file, permissions).unwrap();
    let run = folder.aslint("check --fix a.asl.json");
    assert_eq!(run.code, 2, "{run:#?}");
    assert!(run.stderr.contains("a.asl.json: not written: it is read-only\n"), "{run:#?}");
    assert!(run.stdout.contains("unknown-field"), "what is found is told all the same: {run:#?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), BAD);
}

#[cfg(unix)]
#[test]
fn permissions_and_links_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::new([("real/a.asl.json", BAD)]);
    let real = folder.0.join("real/a.asl.json");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real/a.asl.json", folder.0.join("link.asl.json")).unwrap();
    let run = folder.aslint("check --fix --unsafe-fixes link.asl.json");
    assert_eq!(run.code, 0, "{run:#?}");
    assert_eq!(fs::read_to_string(&real).unwrap(), all());
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(fs::symlink_metadata(folder.0.join("link.asl.json")).unwrap().is_symlink());
}

#[test]
fn what_is_suppressed_or_not_asked_for_is_not_mended() {
    let folder = Folder::new([("a.asl.json", BAD)]);
    let run = folder.aslint("check --fix --ignore unknown-field --level error");
    assert_eq!(fs::read_to_string(folder.0.join("a.asl.json")).unwrap(), BAD.replace(",}", "}"), "{run:#?}");
    // What --level does not show is mended too.
    let old = "StartAt: M\nStates:\n  M:\n    Type: Map\n    End: true\n    # each\n    Iterator: {StartAt: S, States: {S: {Type: Succeed}}}\n";
    folder.write("b.asl.yaml", old);
    let run = folder.aslint("check --fix b.asl.yaml");
    assert_eq!(run.code, 0);
    let new = old.replace("Iterator", "ItemProcessor");
    assert_eq!(fs::read_to_string(folder.0.join("b.asl.yaml")).unwrap(), new, "{run:#?}");
}

#[cfg(unix)]
#[test]
fn folders_that_take_no_file_are_told() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new([("a.asl.json", BAD)]);
    let may_write = |mode| fs::set_permissions(&folder.0, fs::Permissions::from_mode(mode)).unwrap();
    may_write(0o555);
    let is_asked = fs::write(folder.0.join("probe"), "").is_err();
    let lines = [
        ("check --fix a.asl.json", "a.asl.json: not written: "),
        ("check --format sarif --output out.sarif a.asl.json", "out.sarif: "),
        ("check --write-baseline known.json a.asl.json", "known.json: "),
    ];
    let runs = if is_asked { lines.map(|(line, told)| (folder.aslint(line), told)).to_vec() } else { Vec::new() };
    may_write(0o755);
    if !is_asked {
        eprintln!("SKIPPED: whoever runs this may write into read-only folders");
    }
    for (run, told) in runs {
        assert_eq!(
            (run.code, run.stderr.as_str()),
            (2, format!("aslint: {told}permission denied\n").as_str()),
            "{run:#?}"
        );
    }
    assert_eq!(fs::read_to_string(folder.0.join("a.asl.json")).unwrap(), BAD);
}

/// What is left of a text, and what is told of it.
fn left(name: &str, text: &str, arguments: &str) -> (String, Run) {
    let folder = Folder::new([(name, text)]);
    let run = folder.aslint(arguments);
    (fs::read_to_string(folder.0.join(name)).expect("a text"), run)
}

#[test]
fn a_fix_that_would_mend_nothing_is_not_offered() {
    let request = |fields: &str| {
        format!(
            "{{\"StartAt\": \"A\", \"States\": {{\"A\": {{\"Type\": \"Task\", \"Resource\": \"arn:aws:states:::lambda:invoke\", \
             \"Parameters\": {{{fields}}}, \"End\": true}}}}}}\n"
        )
    };
    for (bad, expected) in [
        (r#""FunctionName": "f:1", "payload": {}"#, r#""FunctionName": "f:1", "Payload": {}"#),
        // With a capital it is no field of the request either.
        (r#""FunctionName": "f:1", "wobble": 1"#, r#""FunctionName": "f:1", "wobble": 1"#),
        // It would be there twice.
        (
            r#""FunctionName": "f:1", "Payload": {}, "payload": {}"#,
            r#""FunctionName": "f:1", "Payload": {}, "payload": {}"#,
        ),
    ] {
        let arguments = "check --fix --unsafe-fixes --select unknown-request-field";
        let (left, run) = left("a.asl.json", &request(bad), arguments);
        assert_eq!(left, request(expected), "{run:#?}");
        assert_eq!(run.code, i32::from(bad == expected), "{run:#?}");
    }
}

#[test]
fn what_may_be_meant_in_two_ways_is_not_mended_safely() {
    for (written, safe) in [("Fask", "Task"), ("pass", "Pass"), ("Tass", "Tass"), ("Mask", "Task")] {
        let text = |kind: &str| format!("StartAt: A\nStates:\n  A: {{Type: {kind}, End: true}}\n");
        let (left, run) = left("a.asl.yaml", &text(written), "check --fix --select unknown-value");
        assert_eq!(left, text(safe), "{run:#?}");
        assert_eq!(run.code, i32::from(written == safe), "{run:#?}");
    }
}

#[test]
fn a_fix_makes_no_mistake_of_a_text() {
    let text = |field: &str, call: &str| {
        format!(
            "{{\"StartAt\": \"A\", \"States\": {{\"A\": {{\"Type\": \"Pass\", \"{field}\": {{\"x.$\": \"{call}\"}}, \"End\": true}}}}}}\n"
        )
    };
    for (call, field) in [("States.Format('{}', $.a)", "Parameters"), ("States.Format('{}')", "Result")] {
        let arguments = "check --fix --unsafe-fixes --select static-result,malformed-intrinsic";
        let (left, run) = left("a.asl.json", &text("Result", call), arguments);
        assert_eq!(left, text(field, call), "{run:#?}");
    }
}

#[test]
fn no_state_is_made_to_go_on_with_itself() {
    let text = r#"{"StartAt": "Ship1", "States": {"Ship1": {"Type": "Pass", "Next": "Ship12"}}}"#;
    let (left, run) = left("a.asl.json", text, "check --fix --unsafe-fixes");
    assert_eq!((run.code, left.as_str()), (1, text), "{run:#?}");
    assert!(run.stdout.contains("dangling-target") && !run.stdout.contains("did you mean"), "{run:#?}");
}

#[test]
fn expressions_get_the_delimiters_that_they_lack_where_nothing_else_is_taken() {
    let text = |condition: &str| {
        format!(
            "QueryLanguage: JSONata\nStartAt: A\nStates:\n  A: {{Type: Pass, Assign: {{n: 1}}, Next: B}}\n  B:\n    Type: Choice\n    \
             Choices:\n      - Condition: '{condition}'\n        Next: C\n    Default: D\n  C: {{Type: Succeed}}\n  D: {{Type: Fail}}\n"
        )
    };
    for (written, meant) in [
        ("$n = $states.input.n", "{% $n = $states.input.n %}"),
        ("{% $n = $states.input.n", "{% $n = $states.input.n %}"),
        ("{% $n = $states.input.n }", "{% $n = $states.input.n %}"),
        ("$n = $states.input.n %}", "{% $n = $states.input.n %}"),
        (" {% $n = $states.input.n %}", "{% $n = $states.input.n %}"),
        ("n is {% $n %}", "n is {% $n %}"),
    ] {
        let (left, run) = left("a.asl.yaml", &text(written), "check --fix --unsafe-fixes");
        assert_eq!(left, text(meant), "{run:#?}");
        assert_eq!(run.code, i32::from(written == meant), "{run:#?}");
    }
}
