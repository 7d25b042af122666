//! An interrupt loses nothing that is known by then.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::folder::Folder;

/// A chain of Choices, each with rules that ask about two numbers of the input: so many take long.
fn chain(n: usize) -> Value {
    let mut states = serde_json::Map::new();
    for number in 0..n {
        let next = format!("C{}", number + 1);
        let rule = |comparator: &str, other: usize| json!({"Variable": format!("$.n{}", number % 17), comparator: format!("$.n{}", other % 17), "Next": next});
        states.insert(
            format!("C{number}"),
            json!({
                "Type": "Choice", "Default": next,
                "Choices": [rule("NumericLessThanPath", number + 1), rule("NumericGreaterThanPath", number + 5)],
            }),
        );
    }
    states.insert(format!("C{n}"), json!({"Type": "Succeed"}));
    json!({"StartAt": "C0", "States": states})
}

/// Whether a process handles interrupts by now.
fn is_watching(process: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).map(str::trim);
    // The second signal, SIGINT, is the second bit.
    caught.and_then(|mask| u64::from_str_radix(mask, 16).ok()).is_some_and(|mask| mask & 2 != 0)
}

#[test]
fn what_is_known_by_then_is_told() {
    if !cfg!(target_os = "linux") {
        eprintln!("SKIPPED: whether a process watches for signals is read of /proc");
        return;
    }
    let small = r#"{"StartAt": "C", "States": {
        "C": {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsPresent": true, "Next": "D"}], "Default": "D"},
        "D": {"Type": "Succeed"}
    }}"#;
    let folder = Folder::new([("a.asl.json", small), ("b.asl.json", &chain(600).to_string())]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_aslint"))
        .args(["prove", "--isolated", "--threads", "1", "--format", "json", "--fail-on", "never", "."])
        .current_dir(&folder.0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a process");
    while !is_watching(child.id()) {
        assert_eq!(child.try_wait().expect("a status"), None, "it ended before it watched");
        thread::sleep(Duration::from_millis(5));
    }
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("a signal");
    assert!(sent.success());
    let output = child.wait_with_output().expect("an end");
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("interrupted: what was not decided by then is unknown"), "{told}");
    let report: Value = serde_json::from_slice(&output.stdout).expect("a whole report");
    let machines = report["machines"].as_array().expect("machines");
    assert_eq!(machines.len(), 2);
    let text = machines[1].to_string();
    assert!(text.contains("interrupted before it was decided"), "{}", &text[..500]);
}
