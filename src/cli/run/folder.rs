//! Turns a folder into what stands in for Amazon S3: `FOLDER/bucket/key`.
//!
//! What a key names lies inside its bucket: steps out of it (`..`), and links that lead out of it, lead nowhere.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::Told;
use crate::eval::{Files, Listed};
use crate::source::discover;

/// The folder; none has no buckets.
#[derive(Debug)]
pub(super) struct Folder {
    root: Option<PathBuf>,
}

impl Folder {
    /// Refuses what is no folder.
    pub(super) fn open(root: Option<PathBuf>) -> Result<Self, Told> {
        match root.as_ref().filter(|root| !is_folder(root)) {
            Some(root) => Err(Told::refused(String::new(), format!("{}: no such folder", root.display()))),
            None => Ok(Self { root }),
        }
    }

    /// The folder of a bucket, without links in its path.
    fn bucket(&self, bucket: &str) -> Option<PathBuf> {
        let path = self.root.as_ref()?.join(name(bucket)?);
        fs::canonicalize(path).ok().filter(|path| is_folder(path))
    }
}

impl Files for Folder {
    fn read(&self, bucket: &str, key: &str) -> Option<Vec<u8>> {
        let bucket = self.bucket(bucket)?;
        let path = fs::canonicalize(bucket.join(inside(key)?)).ok()?;
        if path.starts_with(&bucket) { discover::read(&path).ok() } else { None }
    }

    fn list(&self, bucket: &str, prefix: &str) -> Option<Vec<Listed>> {
        let mut open = vec![(self.bucket(bucket)?, String::new())];
        let mut found = Vec::new();
        while let Some((folder, before)) = open.pop() {
            for entry in fs::read_dir(folder).ok()?.flatten() {
                let (Ok(kind), Ok(name)) = (entry.file_type(), entry.file_name().into_string()) else { continue };
                let key = format!("{before}{name}");
                if kind.is_dir() {
                    open.push((entry.path(), key + "/"));
                } else if kind.is_file() && key.starts_with(prefix) {
                    found.extend(listed(&entry, key));
                }
            }
        }
        Some(found)
    }
}

/// A file of a bucket, as a list has it. S3's hash of its content is not made here.
fn listed(entry: &fs::DirEntry, key: String) -> Option<Listed> {
    let metadata = entry.metadata().ok()?;
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    Some(Listed {
        key,
        size: metadata.len(),
        etag: "\"\"".to_owned(),
        last_modified: modified.map_or(0, |time| i64::try_from(time.as_secs()).unwrap_or(i64::MAX)),
        storage_class: "STANDARD".to_owned(),
    })
}

#[expect(clippy::disallowed_methods, reason = "buckets are looked for here")]
fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// A path of one step.
fn name(text: &str) -> Option<&Path> {
    let path = inside(text)?;
    (path.components().count() == 1).then_some(path)
}

/// A path that does not leave what it starts from.
fn inside(text: &str) -> Option<&Path> {
    let path = Path::new(text);
    path.components().all(|step| matches!(step, Component::Normal(_))).then_some(path)
}
