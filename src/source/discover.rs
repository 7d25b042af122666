//! Turns the paths a person names into the files to read, and a file into its bytes.
//!
//! A named file is read whatever it is called. In a folder, files ending in `.asl`, `.json`, `.yaml` and `.yml` (in any case)
//! are candidates; `.gitignore` and `.ignore` are honoured inside and outside of repositories, hidden files and folders are
//! passed over (`.aws-sam`, `.serverless` and the like hold build results), symbolic links are not followed. What was found
//! does not depend on the order in which the system lists a folder.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use memchr::memmem;

use super::{Kind, kind_of};

/// What the paths lead to.
#[derive(Clone, Debug, Default)]
pub struct Discovered {
    /// The files to read, by path, each once.
    pub files: Vec<Candidate>,
    /// What could not be looked at, in the order of the paths.
    pub failures: Vec<Failure>,
}

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its path, relative where the person's was.
    pub path: PathBuf,
    /// Whether the person named it, rather than a folder above it.
    pub is_named: bool,
}

/// A path that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The path.
    pub path: PathBuf,
    /// Why, in a few words.
    pub reason: String,
}

/// Longest text that can be read: offsets are 32 bits wide.
const MAX_BYTES: u64 = u32::MAX as u64;

/// The files that `paths`, files and folders, lead to.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "whether a path is a folder is asked here")]
pub fn discover(paths: &[PathBuf]) -> Discovered {
    let mut discovered = Discovered::default();
    // A single path cannot lead to a file twice.
    let mut seen = (paths.len() > 1).then(HashSet::new);
    let mut keep = |found: &mut Discovered, identity: PathBuf, candidate: Candidate| {
        if seen.as_mut().is_none_or(|seen| seen.insert(identity)) {
            found.files.push(candidate);
        }
    };
    for path in paths {
        match fs::metadata(path) {
            Err(error) => discovered.failures.push(Failure { path: path.clone(), reason: reason(&error) }),
            Ok(metadata) => {
                let identity = fs::canonicalize(path).unwrap_or_else(|_| path.clone());
                if metadata.is_dir() {
                    for file in walk(path, &mut discovered.failures) {
                        let inside = file.strip_prefix(path).unwrap_or(&file);
                        let identity = identity.join(inside);
                        let file = if path == Path::new(".") { inside.to_owned() } else { file };
                        keep(&mut discovered, identity, Candidate { path: file, is_named: false });
                    }
                } else {
                    keep(&mut discovered, identity, Candidate { path: path.clone(), is_named: true });
                }
            }
        }
    }
    discovered.files.sort_by(|a, b| a.path.cmp(&b.path));
    discovered
}

fn walk(folder: &Path, failures: &mut Vec<Failure>) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in WalkBuilder::new(folder).require_git(false).build() {
        match entry {
            Ok(entry) => {
                if entry.file_type().is_some_and(|kind| kind.is_file()) && is_candidate(entry.path()) {
                    files.push(entry.into_path());
                }
            }
            Err(error) => failures.push(failure(folder, error)),
        }
    }
    files
}

fn is_candidate(path: &Path) -> bool {
    path.extension().is_some_and(|extension| {
        ["asl", "json", "yaml", "yml"].iter().any(|known| extension.eq_ignore_ascii_case(known))
    })
}

fn failure(folder: &Path, error: ignore::Error) -> Failure {
    match error {
        ignore::Error::WithPath { path, err } => failure(&path, *err),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => failure(folder, *err),
        ignore::Error::Io(error) => Failure { path: folder.to_owned(), reason: reason(&error) },
        error => Failure { path: folder.to_owned(), reason: error.to_string() },
    }
}

/// Whether a file can hold a state machine, judged before it is parsed: by its name, else by the two words that every
/// machine has one of. A folder of a project holds many more JSON files than machines.
#[must_use]
pub fn may_hold_a_machine(name: &str, bytes: &[u8]) -> bool {
    kind_of(name, "").0 == Kind::Machine
        || memmem::find(bytes, b"StartAt").is_some()
        || memmem::find(bytes, b"States").is_some()
}

/// The bytes of a file.
///
/// # Errors
/// The reason in a few words, where the file cannot be read or is 4 GiB or longer.
#[expect(clippy::disallowed_methods, reason = "files are read here")]
pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    let file = File::open(path).map_err(|error| reason(&error))?;
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    if length > MAX_BYTES {
        return Err(TOO_LONG.to_owned());
    }
    read_from(file, usize::try_from(length).unwrap_or(0))
}

/// All bytes of a stream of about `length` bytes.
///
/// # Errors
/// As for [`read`].
pub fn read_from(stream: impl Read, length: usize) -> Result<Vec<u8>, String> {
    // One byte more than expected, so that the end is seen without growing.
    let mut bytes = Vec::with_capacity(length + 1);
    stream.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| reason(&error))?;
    if bytes.len() as u64 > MAX_BYTES { Err(TOO_LONG.to_owned()) } else { Ok(bytes) }
}

const TOO_LONG: &str = "longer than 4 GiB";

/// What went wrong, without the system's number for it.
#[must_use]
pub fn reason(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "no such file or folder".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        ErrorKind::OutOfMemory => "not enough memory".to_owned(),
        _ => {
            let text = error.to_string();
            let text = text.split_once(" (os error").map_or(text.as_str(), |(text, _)| text);
            text.to_lowercase()
        }
    }
}
