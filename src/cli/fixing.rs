//! Writes what fixes make of a file back to it, or shows how it would change.
//!
//! A file is written under another name and takes its own at the end, with the permissions it had: whoever reads it sees the old
//! text or the new one. What has changed since it was read is left alone.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::Status;
use super::inputs::Input;
use super::output::{Output, beside, tell};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::engine::{self, Options};
use crate::fix::{self, Fixed, applicable};
use crate::report::{Format, Style};
use crate::source::{Source, discover};
use crate::text::unified_diff;

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// Mend what can be mended without a change to what executions do
    #[arg(long)]
    fix: bool,
    /// Mend also by what was likely meant, though executions change: with --fix or --diff
    #[arg(long)]
    unsafe_fixes: bool,
    /// Show what --fix would change, as a unified diff, and write nothing
    #[arg(long)]
    diff: bool,
}

/// What became of the fixes of one file, or of all.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// What is to be written in place of findings: a diff, or a mended text.
    pub(super) text: String,
    /// What is to be told.
    told: Vec<String>,
    /// What was done, to be told to those who want to know all.
    done: Vec<String>,
    /// Why a file could not be written.
    failure: Option<String>,
    pub(super) n_fixed: usize,
    n_files: usize,
    /// Findings shown that a safe fix is left for, and those that only an unsafe one is.
    n_safe: usize,
    n_unsafe: usize,
}

impl Tally {
    /// Counts the findings that are left with a fix.
    pub(super) fn count(&mut self, shown: &[&Diagnostic]) {
        let up_to = |most| shown.iter().filter(|found| applicable(found, most).is_some()).count();
        self.n_safe = up_to(Applicability::Safe);
        self.n_unsafe = up_to(Applicability::Unsafe) - self.n_safe;
    }

    /// Takes in the numbers of another one.
    pub(super) fn merge(&mut self, other: &Self) {
        self.n_fixed += other.n_fixed;
        self.n_files += other.n_files;
        self.n_safe += other.n_safe;
        self.n_unsafe += other.n_unsafe;
        if self.failure.is_none() {
            self.failure.clone_from(&other.failure);
        }
    }

    /// How the command ends at least.
    pub(super) fn status(&self) -> Status {
        if self.failure.is_some() { Status::Failed } else { Status::Clean }
    }
}

/// A source after what was asked for was done to it.
pub(super) struct Mended {
    pub(super) source: Source,
    pub(super) report: engine::Report,
    pub(super) tally: Tally,
}

impl Args {
    fn is_asked(&self) -> bool {
        self.fix || self.diff
    }

    fn writes(&self) -> bool {
        self.fix && !self.diff
    }

    pub(super) fn is_diff(&self) -> bool {
        self.diff
    }

    fn most(&self) -> Applicability {
        if self.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe }
    }

    /// Where findings go for these inputs, if not to where results go: to standard error, as a mended text takes their place, or
    /// nowhere, as a diff does.
    pub(super) fn aside<'i>(&self, mut inputs: impl Iterator<Item = &'i Input>) -> Option<Output> {
        match () {
            () if self.diff => Some(Output::nowhere()),
            () if self.fix && inputs.any(|input| matches!(input, Input::Text(_))) => Some(Output::on_error()),
            () => None,
        }
    }

    /// What standard output gets of a text that holds no state machine: the mended text of standard input is all of it.
    pub(super) fn unchanged<'i>(&self, input: &'i Input) -> &'i str {
        match input {
            Input::Text(source) if self.writes() => &source.text,
            _ => "",
        }
    }

    /// Checks a source, mends it if that is asked for, and writes it back.
    pub(super) fn mend(&self, input: &Input, source: Source, options: &Options) -> Mended {
        let mut tally = Tally::default();
        if !self.is_asked() {
            let report = engine::check(&source, options);
            return Mended { source, report, tally };
        }
        let fixed = fix::fix(&source, options, self.most());
        if fixed.report.n_machines > 0 {
            tally.failure = fix::obstacle(&source).filter(|_| has_fix(&fixed, self.most())).map(str::to_owned);
        }
        tally.told.extend(fixed.given_up.iter().map(|fix| {
            format!(
                "the fix of {} in line {} was not applied, it would break the text: {}",
                fix.rule,
                fix.line + 1,
                fix.title
            )
        }));
        match input {
            _ if self.diff => {
                let name = &source.name;
                tally.text =
                    unified_diff(if name == "-" { "standard input" } else { name }, &source.text, &fixed.source.text);
            }
            Input::Text(_) if source.not_utf8.is_none() => fixed.source.text.as_ref().clone_into(&mut tally.text),
            Input::File(file) if fixed.is_changed() => {
                tally.failure = replace(&file.path, &source.text, &fixed.source.text).err();
                if tally.failure.is_some() {
                    let report = engine::check(&source, options);
                    return Mended { source, report, tally };
                }
            }
            _ => {}
        }
        tally.n_fixed = fixed.applied.len();
        tally.n_files = usize::from(fixed.is_changed());
        tally
            .done
            .extend(fixed.applied.iter().map(|fix| format!("line {}: {}: {}", fix.line + 1, fix.rule, fix.title)));
        Mended { source: fixed.source, report: fixed.report, tally }
    }

    /// Tells what became of one file.
    pub(super) fn tell(&self, input: &Input, of_file: &Tally, verbose: bool) {
        let name = input.name();
        for told in of_file.failure.iter().chain(&of_file.told) {
            tell(format_args!("{name}: {told}"));
        }
        if verbose {
            let done = if self.writes() { "fixed" } else { "would fix" };
            for line in &of_file.done {
                tell(format_args!("{name}: {done} {line}"));
            }
        }
    }

    /// Tells how many findings were mended, and how many can be.
    pub(super) fn sum_up(&self, all: &Tally, style: Style, out: &mut Output) {
        let Tally { n_fixed, n_files, n_safe, n_unsafe, .. } = *all;
        let n_all = n_safe + n_unsafe;
        if self.is_asked() {
            let done = if self.writes() { "fixed" } else { "would fix" };
            if n_fixed > 0 {
                tell(format_args!("{done} {} in {}", counted(n_fixed, "finding"), counted(n_files, "file")));
            }
            if n_unsafe > 0 && !self.unsafe_fixes {
                let more = counted(n_unsafe, "more finding");
                tell(format_args!("`--unsafe-fixes` mends {more}, by what was likely meant: executions change"));
            }
            return;
        }
        let hint = match (n_safe, n_unsafe) {
            (0, 0) => return,
            (n, 0) => format!("`--fix` mends {n} of them"),
            (0, n) => format!("`--fix --unsafe-fixes` mends {n} of them"),
            (n, _) => format!("`--fix` mends {n} of them, `--fix --unsafe-fixes` {n_all}"),
        };
        if style.format == Format::Pretty {
            out.write(&format!("{hint}\n"));
        } else if self.unsafe_fixes {
            tell(format_args!("{hint}"));
        }
    }
}

fn has_fix(fixed: &Fixed, most: Applicability) -> bool {
    fixed.report.diagnostics.iter().any(|found| applicable(found, most).is_some())
}

pub(super) fn counted(n: usize, what: &str) -> String {
    if n == 1 { format!("{n} {what}") } else { format!("{n} {what}s") }
}

/// Puts `new` in the place of `old`, the text that was read from `file`.
///
/// # Errors
/// What is to be told, where the file is another one by now or cannot be written. It is then as it was.
#[expect(clippy::disallowed_methods, reason = "whether a file may be written is asked here")]
fn replace(file: &Path, old: &str, new: &str) -> Result<(), String> {
    let failed = |error: io::Error| format!("not written: {}", discover::reason(&error));
    // The file behind a link is meant, not the link.
    let target = fs::canonicalize(file).map_err(failed)?;
    let known = fs::metadata(&target).map_err(failed)?;
    let permissions = known.permissions();
    if permissions.readonly() {
        return Err("not written: it is read-only".to_owned());
    }
    let (mut stream, pending) = beside(&target).map_err(failed)?;
    keep_owner(&stream, &known);
    let written = stream
        .write_all(new.as_bytes())
        .and_then(|()| stream.set_permissions(permissions))
        .and_then(|()| stream.sync_all())
        .map_err(failed);
    drop(stream);
    let done = written.and_then(|()| {
        if discover::read(&target)? != old.as_bytes() {
            return Err("not written: it has changed since it was read".to_owned());
        }
        fs::rename(&pending, &target).map_err(failed)
    });
    if done.is_err() {
        let _ = fs::remove_file(&pending);
    }
    done
}

/// Gives a new file the owner of the one whose place it takes, where the system lets us.
#[cfg(unix)]
fn keep_owner(new: &fs::File, known: &fs::Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let is_other = new.metadata().is_ok_and(|new| (new.uid(), new.gid()) != (known.uid(), known.gid()));
    if is_other {
        let _ = fchown(new, Some(known.uid()), Some(known.gid()));
    }
}

#[cfg(not(unix))]
fn keep_owner(_: &fs::File, _: &fs::Metadata) {}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests write what is to be replaced")]
mod tests {
    use std::path::PathBuf;
    use std::process;

    use super::*;

    fn scratch(name: &str, text: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("aslint-fixing-{}-{name}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("a.asl.json");
        fs::write(&file, text).unwrap();
        file
    }

    fn names(file: &Path) -> Vec<String> {
        let folder = file.parent().unwrap();
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn what_has_changed_since_is_left_alone() {
        let file = scratch("changed", "new");
        let refused = replace(&file, "old", "mended").unwrap_err();
        assert!(refused.contains("has changed since"), "{refused}");
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert_eq!(names(&file), ["a.asl.json"]);
        replace(&file, "new", "mended").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "mended");
        assert_eq!(names(&file), ["a.asl.json"]);
        fs::remove_dir_all(file.parent().unwrap()).unwrap();
    }
}
