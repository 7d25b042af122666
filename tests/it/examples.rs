//! The machines in `examples/`, and what the README shows of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aslint::diagnostic::{Diagnostic, Severity};
use aslint::engine::{Options, check};
use aslint::source::Source;

fn examples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).expect("examples").map(|entry| entry.expect("one").path()).collect();
    files.retain(|file| file.to_string_lossy().contains(".asl."));
    files.sort();
    files
}

fn found(path: &Path) -> Vec<Diagnostic> {
    let report = check(&Source::new(path.to_string_lossy(), fs::read(path).expect("an example")), &Options::default());
    assert_eq!(report.n_machines, 1, "{}", path.display());
    report.diagnostics
}

fn is_broken(path: &Path) -> bool {
    path.to_string_lossy().contains(".broken.")
}

#[test]
fn half_of_the_examples_are_clean_and_half_are_broken_in_many_ways() {
    let examples = examples();
    for path in &examples {
        let name = path.display();
        let found = found(path);
        if !is_broken(path) {
            assert_eq!(found, [], "{name}");
            let twin = path.to_string_lossy().replacen(".asl.", ".broken.asl.", 1);
            assert!(examples.contains(&PathBuf::from(twin)), "{name} has no broken twin");
            continue;
        }
        let rules: BTreeSet<&str> = found.iter().map(|found| found.rule).collect();
        assert!(found.len() >= 5 && rules.len() >= 4, "{name}: {} findings of {rules:?}", found.len());
        assert!(found.iter().any(|found| found.severity == Severity::Error), "{name}: no error");
    }
    let n_broken = examples.iter().filter(|path| is_broken(path)).count();
    assert!(n_broken > 0 && n_broken * 2 == examples.len(), "{n_broken} of {} are broken", examples.len());
}

/// `…` on a line of its own stands for what is left out; everything between is there as printed, and in this order.
#[test]
fn the_readme_shows_what_the_command_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).expect("the README");
    let consoles: Vec<_> = readme.split("```console\n$ aslint ").skip(1).collect();
    assert_eq!(consoles.len(), 4, "an example of each command, and of fixes");
    for console in consoles {
        let (console, _) = console.split_once("```").expect("its end");
        let (arguments, shown) = console.split_once('\n').expect("a command and what it prints");
        let run = Command::new(env!("CARGO_BIN_EXE_aslint"))
            .current_dir(root)
            .args(arguments.split(' ').chain(["--color", "never"]))
            .env_remove("COLUMNS")
            .output()
            .expect("the command runs");
        shows(shown, &(String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr)));
    }
}

fn shows(shown: &str, printed: &str) {
    let mut rest = printed;
    for (i, part) in shown.split("\n…\n").enumerate() {
        let part = part.trim_matches('\n');
        rest = rest.trim_start_matches('\n');
        let at = rest.find(part).unwrap_or_else(|| panic!("not printed:\n{part}\nbut:\n{rest}"));
        assert!(i == 0 || at > 0, "a `…` that stands for nothing before:\n{part}");
        assert!(i > 0 || at == 0, "left out without a `…`: what is printed before\n{part}");
        rest = &rest[at + part.len()..];
    }
    assert_eq!(rest.trim(), "", "the README ends before the output does");
}
