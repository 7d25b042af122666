//! Every format in a pipeline of a shell: many files, strange names, a reader that leaves, a disk that is full.

use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::process::Stdio;

use super::folder::{Folder, Run};

const BAD: &str = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}"#;
const FORMATS: [&str; 7] = ["pretty", "concise", "json", "sarif", "github", "gitlab", "junit"];

#[test]
fn four_hundred_files_are_all_told() {
    let folder = Folder::new([]);
    let names: Vec<String> = (0..400).map(|i| format!("flow '{i}' \"x\".asl.json")).collect();
    for name in &names {
        folder.write(name, BAD);
    }
    let missing = "missing one.asl.json".to_owned();
    for format in FORMATS {
        let args = ["check", "--format", format].into_iter().chain(names.iter().chain([&missing]).map(String::as_str));
        let run = folder.run(args);
        assert_eq!((run.code, run.stderr.lines().count()), (2, 1), "{format}");
        assert_eq!(run.stderr, "aslint: missing one.asl.json: no such file or folder\n", "{format}");
        let word = if format == "sarif" { "\"ruleId\":\"dangling-target\"" } else { "dangling-target" };
        assert!(run.stdout.matches(word).count() >= 400, "{format}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn names_of_any_bytes_stay_on_their_line() {
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::new([]);
    for name in [&b"a\nb.asl.json"[..], b"\xff\xfe.asl.json", b"q\"'<&>%20.asl.json"] {
        fs::write(folder.0.join(OsStr::from_bytes(name)), BAD).expect("a file of that name");
    }
    for format in FORMATS {
        let run = folder.run(["check", "--format", format]);
        assert_eq!((run.code, run.stderr.as_str()), (1, ""), "{format}");
        assert!(!run.stdout.contains("a\nb"), "{format}: {}", run.stdout);
        if format == "sarif" {
            for uri in ["\"a%0Ab.asl.json\"", "\"%FF%FE.asl.json\"", "\"q%22%27%3C%26%3E%2520.asl.json\""] {
                assert!(run.stdout.contains(uri), "{uri}");
            }
        }
        if ["json", "sarif", "gitlab"].contains(&format) {
            run.json();
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn readers_that_leave_and_disks_that_are_full() {
    let folder = Folder::new([]);
    for i in 0..60 {
        let states: Vec<String> =
            (0..60).map(|n| format!("\"S{n}\": {{\"Type\": \"Pass\", \"Next\": \"X{n}\"}}")).collect();
        folder
            .write(format!("{i}.asl.json"), &format!("{{\"StartAt\": \"S0\", \"States\": {{{}}}}}", states.join(",")));
    }
    for format in FORMATS {
        let mut command = folder.command(["check", "--format", format]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut first = [0; 10];
        child.stdout.take().expect("its output").read_exact(&mut first).expect("something comes");
        let ended = Run::from(child.wait_with_output().expect("it ends"));
        assert_eq!((ended.code, ended.stderr.as_str()), (1, ""), "{format}");

        let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("a full disk");
        let output = folder.command(["check", "--format", format]).stdout(full).output().expect("it ends");
        let said = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!((output.status.code(), said.lines().count()), (Some(2), 1), "{format}: {said}");
        let run = folder.run(["check", "--format", format, "--output", "/dev/full"]);
        assert_eq!((run.code, run.stderr.lines().count()), (2, 1), "{format}: {run:?}");
    }
}
