//! The command as scripts and people meet it: exit codes, streams, files.

use std::ffi::OsStr;
use std::fs;

use std::process::Stdio;

use serde_json::Value;

use super::folder::{Folder, Run};

const GOOD: &str = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}"#;
/// A trailing comma: one error.
const BAD: &str = "{\n  \"StartAt\": \"A\",\n  \"States\": {\"A\": {\"Type\": \"Pass\", \"End\": true,}}\n}\n";
const NO_MACHINE: &str = r#"{"name": "a package", "version": 1}"#;

#[test]
fn exit_codes_do_not_depend_on_the_format() {
    let folder = Folder::new([("good.asl.json", GOOD), ("bad.asl.json", BAD), ("none.json", NO_MACHINE)]);
    let rules = folder.aslint("rules --format json").json();
    let rule = rules["rules"].as_array().unwrap().iter().find(|rule| rule["id"] == "syntax-error").unwrap();
    let group = rule["group"].as_str().unwrap();
    for format in ["pretty", "concise", "json"] {
        for (line, code) in [
            ("check good.asl.json", 0),
            ("check bad.asl.json", 1),
            ("check", 1),
            ("check good.asl.json bad.asl.json", 1),
            ("check none.json", 0),
            ("check bad.asl.json --fail-on info", 1),
            ("check bad.asl.json --fail-on error", 1),
            ("check bad.asl.json --fail-on never", 0),
            ("check bad.asl.json --level error", 1),
            ("check bad.asl.json --type express", 1),
            ("check bad.asl.json --ignore syntax-error", 0),
            ("check bad.asl.json --ignore unreachable-state,GROUP", 0),
            ("check bad.asl.json --select GROUP", 1),
            ("check bad.asl.json --select GROUP --ignore syntax-error", 0),
            ("check bad.asl.json --select unreachable-state", 0),
            ("check missing.asl.json", 2),
            ("check missing.asl.json bad.asl.json", 2),
            ("check missing.asl.json good.asl.json", 2),
            ("check --no-such-flag", 2),
            ("check --level fatal", 2),
            ("check --select no-such-rule", 2),
            ("check --select syntax-error,", 2),
            ("check --stdin-filename x.json good.asl.json", 2),
            ("check --quiet --verbose", 2),
            ("check --threads -1", 2),
        ] {
            let run = folder.aslint(&format!("{} --format {format}", line.replace("GROUP", group)));
            assert_eq!(run.code, code, "{line} --format {format}: {run:#?}");
        }
    }
    assert_eq!(folder.aslint("check --format yaml").code, 2);
    assert_eq!(folder.aslint("chekc").code, 2);
    assert_eq!(folder.run([] as [&str; 0]).code, 2);
}

#[test]
fn formats_agree() {
    let folder =
        Folder::new([("b.asl.json", BAD), ("a/x.json", BAD), ("good.asl.json", GOOD), ("none.json", NO_MACHINE)]);
    let json = folder.aslint("check --format json");
    let found = json.found();
    assert_eq!(found.len(), 2);
    let concise = folder.aslint("check --format concise");
    assert_eq!(concise.stdout.lines().collect::<Vec<_>>(), found);
    let pretty = folder.aslint("check");
    for line in &found {
        let (place, rest) = line.split_once(": ").unwrap();
        let (head, message) = rest.split_once(' ').unwrap();
        assert!(pretty.stdout.contains(&format!("[{place}]\n")), "{place} in {}", pretty.stdout);
        assert!(pretty.stdout.contains(&format!("{head}: {message}\n")), "{head}: {message} in {}", pretty.stdout);
    }
    assert!(pretty.stdout.contains("found 2 errors in 2 of 3 files\n"), "{}", pretty.stdout);
    let report = json.json();
    assert_eq!((&report["files"], &report["machines"]), (&Value::from(3), &Value::from(3)));
    for run in [json, concise, pretty] {
        assert_eq!(run.stderr, "");
    }
}

#[test]
fn json_reports_follow_their_schema() {
    let schema: Value = serde_json::from_str(include_str!("../../schemas/report-1.json")).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let folder = Folder::new([
        ("bad.asl.json", BAD),
        ("open.asl.json", "{\"a\": [1,, \"x\n\"a\": tru, 'b'"),
        ("none.json", NO_MACHINE),
    ]);
    for line in [
        "check --format json",
        "check --format json --statistics",
        "check --format json none.json",
        "check --format json --statistics --quiet none.json",
        "check --format json missing.json",
    ] {
        let report = folder.aslint(line).json();
        let errors: Vec<String> = validator.iter_errors(&report).map(|error| format!("{error}: {error:?}")).collect();
        assert!(errors.is_empty(), "{line}: {errors:#?}");
        assert_eq!(report["statistics"].is_object(), line.contains("--statistics"), "{line}");
    }
    // The schema tells right from wrong.
    let mut report = folder.aslint("check --format json").json();
    report["diagnostics"][0]["range"]["start"]["line"] = Value::from(0);
    assert!(!validator.is_valid(&report));
    let printed = folder.aslint("schema report");
    assert_eq!(serde_json::from_str::<Value>(&printed.stdout).unwrap(), schema);
}

#[test]
fn standard_input() {
    let folder = Folder::new([("bad.asl.json", BAD)]);
    for (line, input, code, name) in [
        ("check --format json -", BAD, 1, "-"),
        ("check --format json -", GOOD, 0, "-"),
        ("check --format json - --stdin-filename dir/x.asl.json", BAD, 1, "dir/x.asl.json"),
        ("check --format json - --stdin-filename x.json", BAD, 1, "x.json"),
        ("check --format json - --stdin-filename x.json", NO_MACHINE, 0, ""),
        ("check --format json - bad.asl.json", GOOD, 1, "bad.asl.json"),
        ("check --format json -", "{", 1, "-"),
    ] {
        let run = folder.piped(line, input.as_bytes());
        assert_eq!(run.code, code, "{line} {input}: {run:#?}");
        assert!(run.files().iter().all(|file| file == name), "{line} {input}: {run:#?}");
    }
    let run = folder.piped("check --format json -", b"\xff\xfe{");
    assert!(run.files() == ["-"], "{run:#?}");
}

#[test]
fn what_cannot_be_read_hides_nothing() {
    let folder = Folder::new([("bad.asl.json", BAD)]);
    let run = folder.aslint("check --format json missing.json bad.asl.json nowhere/");
    assert_eq!(run.code, 2);
    assert_eq!(run.files(), ["bad.asl.json"]);
    assert_eq!(run.stderr, "aslint: missing.json: no such file or folder\naslint: nowhere/: no such file or folder\n");
    if cfg!(target_os = "linux") {
        fs::File::create(folder.0.join("huge.asl.json")).unwrap().set_len(1 << 32).unwrap();
        let run = folder.aslint("check huge.asl.json");
        assert_eq!((run.code, run.stderr.as_str()), (2, "aslint: huge.asl.json: longer than 4 GiB\n"));
        let run = folder.aslint("check --format json /proc/self/mem bad.asl.json");
        assert_eq!(run.code, 2);
        assert_eq!(run.files(), ["bad.asl.json"]);
        assert!(run.stderr.starts_with("aslint: /proc/self/mem: ") && run.stderr.lines().count() == 1, "{run:#?}");
    }
}

#[test]
fn nothing_to_check_is_no_failure() {
    let folder = Folder::new([("empty/.keep", ""), ("none/package.json", NO_MACHINE), ("none/notes.md", GOOD)]);
    for place in ["empty", "none"] {
        let run = folder.aslint(&format!("check {place}"));
        assert_eq!((run.code, run.stdout.as_str()), (0, ""));
        assert_eq!(run.stderr, format!("aslint: no state machine found in {place}\n"));
        assert_eq!(folder.aslint(&format!("check --quiet {place}")).stderr, "");
    }
    let run = folder.aslint("check --format json empty");
    assert_eq!(run.json()["diagnostics"], Value::Array(Vec::new()));
}

#[test]
fn named_files_without_a_machine_are_skipped() {
    let folder = Folder::new([("package.json", NO_MACHINE), ("odd.yaml", "a: [1"), ("good.asl.json", GOOD)]);
    let run = folder.aslint("check package.json odd.yaml good.asl.json");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(run.stdout, "no findings in 1 state machine\n");
    let run = folder.aslint("check -v package.json odd.yaml good.asl.json");
    assert_eq!(run.code, 0);
    let skipped = "no state machine in it, skipped";
    assert_eq!(run.stderr, format!("aslint: odd.yaml: {skipped}\naslint: package.json: {skipped}\n"));
    assert_eq!(folder.aslint("check -v").stderr, "", "files that nobody named are passed over in silence");
    assert_eq!(folder.aslint("check -q").stdout, "");
}

#[test]
fn files_are_found_by_name_and_content() {
    let folder = Folder::new([
        ("a.asl.json", BAD),
        ("B.ASL.JSON", BAD),
        ("c.asl", BAD),
        ("d/content.json", BAD),
        ("d/none.json", NO_MACHINE),
        ("d/text.txt", BAD),
        (".hidden/x.asl.json", BAD),
        (".hidden.asl.json", BAD),
        (".gitignore", "build/\n*.gen.json\n"),
        ("build/x.asl.json", BAD),
        ("d/x.gen.json", BAD),
        ("e/.gitignore", "y.*\n"),
        ("e/y.asl.json", BAD),
        ("e/z.asl.json", BAD),
    ]);
    let all = ["B.ASL.JSON", "a.asl.json", "c.asl", "d/content.json", "e/z.asl.json"];
    assert_eq!(folder.aslint("check --format json").files(), all);
    assert_eq!(folder.aslint("check --format json .").files(), all);
    for (line, files) in [
        ("d", vec!["d/content.json"]),
        ("./d", vec!["./d/content.json"]),
        ("build", vec!["build/x.asl.json"]),
        ("build/x.asl.json d/text.txt", vec!["build/x.asl.json", "d/text.txt"]),
        (".hidden", vec![".hidden/x.asl.json"]),
        ("c.asl a.asl.json c.asl ./a.asl.json e/../c.asl", vec!["a.asl.json", "c.asl"]),
        ("d d/content.json ./d", vec!["d/content.json"]),
    ] {
        // `d/../…` and `./…` are further names of files that are there already.
        let found = folder.aslint(&format!("check --format json {line}")).files();
        assert_eq!(found, files, "{line}");
    }
}

#[test]
fn strange_names() {
    let folder = Folder::new([("with blank.asl.json", BAD), ("new\nline.asl.json", BAD), ("-dash.asl.json", BAD)]);
    assert_eq!(
        folder.aslint("check --format json").files(),
        ["-dash.asl.json", "new\nline.asl.json", "with blank.asl.json"]
    );
    let concise = folder.aslint("check --format concise");
    assert_eq!(concise.stdout.lines().count(), 3);
    assert!(concise.stdout.contains("\nnew\\nline.asl.json:3:"), "{}", concise.stdout);
    assert_eq!(folder.run(["check", "new\nline.asl.json", "with blank.asl.json", "--", "-dash.asl.json"]).code, 1);
    let missing = folder.run(["check", "no\nsuch\u{1b}[31m"]);
    assert_eq!(missing.stderr, "aslint: no\\nsuch\\u{1b}[31m: no such file or folder\n");
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_unicode() {
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::new([]);
    let name = OsStr::from_bytes(b"\xff\xfe.asl.json");
    folder.write(name, BAD);
    for args in [
        vec![OsStr::new("check"), OsStr::new("--format=json")],
        vec![OsStr::new("check"), name, OsStr::new("--format=json")],
    ] {
        let run = folder.run(args);
        assert_eq!((run.code, run.files()), (1, vec!["\u{fffd}\u{fffd}.asl.json".to_owned()]));
    }
}

#[cfg(unix)]
#[test]
fn symbolic_links_are_not_followed_unless_named() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new([("a/x.asl.json", BAD)]);
    symlink(&folder.0, folder.0.join("a/loop")).unwrap();
    symlink("loop2", folder.0.join("a/loop2")).unwrap();
    symlink("x.asl.json", folder.0.join("a/y.asl.json")).unwrap();
    symlink("a", folder.0.join("b")).unwrap();
    assert_eq!(folder.aslint("check --format json").files(), ["a/x.asl.json"]);
    assert_eq!(folder.aslint("check --format json b").files(), ["b/x.asl.json"]);
    assert_eq!(folder.aslint("check --format json a/y.asl.json").files(), ["a/y.asl.json"]);
    assert_eq!(folder.aslint("check --format json a/loop2").code, 2);
}

#[test]
fn many_files_on_one_line() {
    let folder = Folder::new([]);
    let names: Vec<String> = (0..400).map(|i| format!("machine-{i:03}.asl.json")).collect();
    for name in &names {
        folder.write(name, BAD);
    }
    let run = folder
        .run(["check", "--format", "json"].iter().map(|arg| (*arg).to_owned()).chain(names.iter().rev().cloned()));
    assert_eq!(run.code, 1);
    assert_eq!(run.files(), names);
    assert_eq!(run.json()["files"], Value::from(400));
}

#[cfg(unix)]
#[test]
fn a_reader_that_leaves_is_no_error() {
    let folder = Folder::new([("bad.asl.json", BAD), ("good.asl.json", GOOD)]);
    for (line, code) in [
        ("check", 1),
        ("check good.asl.json", 0),
        ("check --format json good.asl.json", 0),
        ("rules", 0),
        ("schema report", 0),
        ("completions bash", 0),
        ("explain syntax-error", 0),
        ("--help", 0),
        ("check --help", 0),
        ("--version", 0),
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let run = Run::of(folder.command(line.split(' ')).stdout(writer).stderr(Stdio::piped()));
        assert_eq!((run.code, run.stderr.as_str()), (code, ""), "{line}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_written_is_told() {
    let folder = Folder::new([("bad.asl.json", BAD), ("good.asl.json", GOOD)]);
    for line in
        ["check", "check good.asl.json", "check --format json", "rules", "schema report", "completions zsh", "--help"]
    {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let run = Run::of(folder.command(line.split(' ')).stdout(full).stderr(Stdio::piped()));
        assert_eq!(run.code, 2, "{line}");
        assert!(run.stderr.starts_with("aslint: standard output: ") && run.stderr.lines().count() == 1, "{run:#?}");
    }
}

#[test]
fn colours() {
    let folder = Folder::new([("bad.asl.json", BAD)]);
    for (flags, variables, coloured) in [
        ("", &[][..], false),
        ("--color auto", &[("CLICOLOR_FORCE", "1")], true),
        ("--color auto", &[("CLICOLOR_FORCE", "0")], false),
        ("--color auto", &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
        ("--color auto", &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "")], true),
        ("--color always", &[("NO_COLOR", "1")], true),
        ("--color never", &[("CLICOLOR_FORCE", "1")], false),
    ] {
        for format in ["pretty", "concise", "json"] {
            let line = format!("check --format {format} {flags}");
            let mut command = folder.command(line.split_whitespace());
            let run = Run::of(command.envs(variables.iter().copied()));
            assert_eq!(run.stdout.contains('\x1b'), coloured && format == "pretty", "{line} {variables:?}: {run:#?}");
        }
    }
    assert!(folder.aslint("explain --color always syntax-error").stdout.contains('\x1b'));
}

#[test]
fn long_lines_fit_the_terminal() {
    let filler = format!(r#""Comment": "{}","#, "x".repeat(100_000));
    let folder =
        Folder::new([("a.asl.json", &BAD.replace('\n', " ").replace(r#""End""#, &format!("{filler} \"End\"")))]);
    for columns in [40, 60, 120] {
        let run = Run::of(folder.command(["check"]).env("COLUMNS", columns.to_string()));
        let drawn = run.stdout.lines().filter(|line| line.contains(['│', '·'])).map(|line| line.chars().count()).max();
        assert!(drawn.is_some_and(|n| n <= columns && n > columns / 2 - 10), "{columns}: {run:#?}");
        let told =
            run.stdout.lines().filter(|line| !line.contains("a.asl.json")).map(|line| line.chars().count()).max();
        assert!(told.is_some_and(|n| n <= columns), "{columns}: {run:#?}");
    }
}

#[test]
fn statistics_count_by_rule() {
    let folder = Folder::new([("a.asl.json", BAD), ("b.asl.json", BAD)]);
    let row = "      2 error   syntax-error\n";
    assert!(folder.aslint("check --statistics --format concise").stdout.ends_with(row));
    assert!(folder.aslint("check --statistics --quiet").stdout.ends_with(row));
    assert!(folder.aslint("check --statistics").stdout.contains(row));
    assert_eq!(folder.aslint("check --statistics --format json").json()["statistics"]["syntax-error"], Value::from(2));
    assert!(!folder.aslint("check").stdout.contains(row));
}

#[test]
fn slips_in_names_are_answered_with_a_guess() {
    let folder = Folder::new([]);
    for (line, guess) in [
        ("check --select unreachable-sate", "did you mean `unreachable-state`?"),
        ("check --ignore syntax-error,synatx", "did you mean `syntax`?"),
        ("check --select qqqqqqqq", "`aslint rules` lists them"),
        ("explain syntax_error", "did you mean `syntax-error`?"),
        ("explain qqqqqqqq", "`aslint rules` lists them"),
    ] {
        let run = folder.aslint(line);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{line}");
        assert!(run.stderr.contains(guess), "{line}: {run:#?}");
    }
}

#[test]
fn rules_are_listed_and_explained() {
    let folder = Folder::new([]);
    let text = folder.aslint("rules").stdout;
    let json = folder.aslint("rules --format json").json();
    let rules = json["rules"].as_array().unwrap();
    assert_eq!(rules.len(), text.lines().count());
    assert!(!rules.is_empty());
    for (rule, line) in rules.iter().zip(text.lines()) {
        let id = rule["id"].as_str().unwrap();
        assert!(line.starts_with(id), "{line}");
        let page = folder.run(["explain", id]);
        assert_eq!(page.code, 0);
        assert!(page.stdout.starts_with(&format!("{id} (")), "{}", page.stdout);
        assert!(page.stdout.contains(rule["summary"].as_str().unwrap()));
    }
    assert_eq!(folder.aslint("schema").json(), folder.aslint("schema asl").json());
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(folder.run(["completions", shell]).stdout.contains("stdin-filename"), "{shell}");
    }
}

/// Lists or maps in one another, and machines in machines, as deep as the service reads them and deeper.
#[test]
fn deep_documents() {
    let mut machine = GOOD.to_owned();
    for _ in 0..300 {
        machine = format!(
            r#"{{"StartAt": "P", "States": {{"P": {{"Type": "Parallel", "End": true, "Branches": [{machine}]}}}}}}"#
        );
    }
    let nested = |n: usize, open: &str, close: &str| {
        format!(
            r#"{{"StartAt": "A", "States": {{"A": {{"Type": "Pass", "End": true, "Result": {}0{}}}}}}}"#,
            open.repeat(n),
            close.repeat(n)
        )
    };
    let rules = r#"{"And": ["#.repeat(600) + "{}" + &"]}".repeat(600);
    let choice = format!(r#"{{"StartAt": "A", "States": {{"A": {{"Type": "Choice", "Choices": [{rules}]}}}}}}"#);
    let folder = Folder::new([
        ("machines.asl.json", &machine),
        ("lists.asl.json", &nested(990, "[", "]")),
        ("lists-100000.asl.json", &nested(100_000, "[", "]")),
        ("maps.asl.json", &nested(990, r#"{"a":"#, "}")),
        ("rules.asl.json", &choice),
    ]);
    for line in
        ["check --format json --level info", "check --format json --threads 1 machines.asl.json", "check --threads 3"]
    {
        let run = folder.aslint(line);
        assert!(run.code < 2 && run.stderr.is_empty(), "{line}: {run:#?}");
    }
}

#[test]
fn any_number_of_threads_says_the_same() {
    let Some(corpus) = super::corpus::root() else { return };
    let folder = Folder::new([]);
    for format in ["pretty", "json"] {
        let mut reports = ["1", "2", "7"].map(|threads| {
            let run = folder.run([
                OsStr::new("check"),
                OsStr::new("--level=info"),
                OsStr::new("--format"),
                OsStr::new(format),
                OsStr::new("--threads"),
                OsStr::new(threads),
                corpus.as_os_str(),
            ]);
            assert!(run.code < 2, "{}", run.stderr);
            run.stdout
        });
        let first = reports[0].clone();
        assert!(first.contains("syntax-error"));
        assert!(reports.iter_mut().all(|report| *report == first), "{format}");
    }
}
