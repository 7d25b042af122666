//! Turns the path of a file into the path by which a repository knows it, whatever the working folder and however the file was
//! named.
//!
//! The root is that of the repository around the working folder; where the first file does not lie in it, that of the
//! repository around that file; where there is none, the working folder if that holds the file, else the folder that holds all
//! files. Symbolic links are resolved on both sides.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::report::{Located, uri};

/// The folder that paths start at.
#[derive(Debug)]
pub(super) struct Repository {
    root: PathBuf,
}

impl Repository {
    /// The one that these files are part of.
    #[expect(clippy::disallowed_methods, reason = "what is relative starts at the working folder")]
    pub(super) fn around<'p>(mut files: impl Iterator<Item = &'p Path>) -> Self {
        let working = real(&env::current_dir().unwrap_or_default());
        let first = files.next().map(real);
        let rest = files;
        let holds = |root: &PathBuf| first.as_ref().is_none_or(|file| file.starts_with(root));
        let of_file = || first.as_deref().and_then(Path::parent).and_then(repository);
        let root = repository(&working)
            .filter(holds)
            .or_else(of_file)
            .or_else(|| Some(working.clone()).filter(holds))
            .or_else(|| first.as_deref()?.parent().map(|folder| rest.fold(folder.to_owned(), shared)));
        Self { root: root.unwrap_or(working) }
    }

    /// The root as a reference, with a `/` at its end.
    pub(super) fn uri(&self) -> String {
        let uri = absolute(&self.root);
        if uri.ends_with('/') { uri } else { uri + "/" }
    }

    /// Where a file stands.
    pub(super) fn locate(&self, file: &Path) -> Located {
        if file == Path::new("-") {
            return Located::plain("stdin");
        }
        let file = real(file);
        match file.strip_prefix(&self.root) {
            Ok(inside) => {
                let parts: Vec<&OsStr> = inside.components().map(Component::as_os_str).collect();
                let path = parts.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
                let uri = parts.iter().map(|part| uri::encoded(part.as_encoded_bytes())).collect::<Vec<_>>().join("/");
                Located { path, uri, is_relative: true }
            }
            Err(_) => Located { path: file.to_string_lossy().into_owned(), uri: absolute(&file), is_relative: false },
        }
    }
}

/// Where files stand, for reports that tell it.
#[derive(Debug)]
pub(super) struct Places(Option<Repository>);

impl Places {
    /// Places below the root of the repository, or names as they were given.
    pub(super) fn new<'p>(from_root: bool, files: impl Iterator<Item = &'p Path>) -> Self {
        Self(from_root.then(|| Repository::around(files.filter(|file| *file != Path::new("-")))))
    }

    /// Where a file stands.
    pub(super) fn of(&self, file: &Path) -> Located {
        match &self.0 {
            Some(repository) => repository.locate(file),
            None => Located::plain(&file.to_string_lossy()),
        }
    }

    /// The root as a reference; empty where it does not count.
    pub(super) fn root(&self) -> String {
        self.0.as_ref().map_or_else(String::new, Repository::uri)
    }

    /// Whether there is a file of this path.
    #[expect(clippy::disallowed_methods, reason = "paths are probed here")]
    pub(super) fn exists(&self, path: &str) -> bool {
        let root = self.0.as_ref().map_or(Path::new(""), |repository| &repository.root);
        fs::metadata(root.join(path)).is_ok()
    }
}

/// The whole path, links resolved; that of the folder with the name behind it where there is no such file.
#[expect(clippy::disallowed_methods, reason = "what is relative starts at the working folder")]
fn real(path: &Path) -> PathBuf {
    let whole = || env::current_dir().unwrap_or_default().join(path);
    fs::canonicalize(path).unwrap_or_else(|_| {
        let whole = whole();
        let folder = whole.parent().and_then(|folder| fs::canonicalize(folder).ok());
        folder.zip(whole.file_name()).map_or(whole.clone(), |(folder, name)| folder.join(name))
    })
}

/// The folder that holds what another holds, and a file besides.
fn shared(folder: PathBuf, file: &Path) -> PathBuf {
    let file = real(file);
    folder.ancestors().find(|folder| file.starts_with(folder)).map_or_else(PathBuf::new, Path::to_owned)
}

#[expect(clippy::disallowed_methods, reason = "the root of the repository is looked for here")]
fn repository(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().find(|folder| fs::metadata(folder.join(".git")).is_ok()).map(Path::to_owned)
}

/// `file:///a/b`, and `file:///C%3A/a/b` where paths have a drive.
fn absolute(path: &Path) -> String {
    let mut whole = String::from("file://");
    for part in path.components() {
        match part {
            Component::Prefix(prefix) => {
                let name = prefix.as_os_str().to_string_lossy();
                whole += "/";
                whole += &uri::encoded(name.trim_start_matches(r"\\?\").as_bytes());
            }
            Component::Normal(name) => {
                whole += "/";
                whole += &uri::encoded(name.as_encoded_bytes());
            }
            _ => {}
        }
    }
    if whole == "file://" { whole + "/" } else { whole }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_lies_outside_keeps_its_whole_path() {
        let repository = Repository { root: PathBuf::from("/no/such root") };
        assert_eq!(repository.uri(), "file:///no/such%20root/");
        let outside = repository.locate(Path::new("/no/other/a b.json"));
        assert_eq!((outside.uri.as_str(), outside.is_relative), ("file:///no/other/a%20b.json", false));
        let inside = repository.locate(Path::new("/no/such root/x/a:b.json"));
        assert_eq!((inside.uri.as_str(), inside.path.as_str()), ("x/a%3Ab.json", "x/a:b.json"));
        assert_eq!(Repository { root: PathBuf::from("/") }.uri(), "file:///");
    }
}
