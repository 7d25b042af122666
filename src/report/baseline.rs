//! Turns findings that were there before into a file, and the file back: what is in it does not count.
//!
//! A finding is known by its file and its [fingerprint](super::fingerprint), so that neither a line that is put in above it nor
//! another format makes it new. Entries are sorted and stand on a line each: the same findings give the same bytes, and
//! changes can be read in a diff.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// The version of the file.
const VERSION: u32 = 1;

/// A finding that was there before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    /// The file, from the root of the repository.
    pub file: String,
    /// The rule that found it.
    pub rule: String,
    /// The state it belongs to; for people.
    #[serde(default)]
    pub state: String,
    /// Its name.
    pub fingerprint: String,
}

#[derive(Deserialize)]
struct Written {
    version: u32,
    findings: Vec<Entry>,
}

/// The findings that were there before.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    by_file: BTreeMap<String, BTreeSet<Entry>>,
    /// Entries of files that are gone: whichever file has them now has been moved.
    moved: BTreeMap<String, Vec<Entry>>,
}

/// The file that holds these findings.
#[must_use]
pub fn written(entries: &BTreeSet<Entry>) -> String {
    let lines = entries.iter().map(|entry| serde_json::to_string(entry).expect("strings always serialise"));
    let lines = lines.collect::<Vec<_>>().join(",\n");
    let (before, behind) = if lines.is_empty() { ("", "") } else { ("\n", "\n") };
    format!("{{\"version\":{VERSION},\"findings\":[{before}{lines}{behind}]}}\n")
}

impl Baseline {
    /// What a file says; `exists` tells of the files it names whether they are still there.
    ///
    /// # Errors
    /// What is wrong with it, in a few words.
    pub fn read(text: &str, exists: impl Fn(&str) -> bool) -> Result<Self, String> {
        let written: Written = serde_json::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|error| format!("this is no baseline: {error}"))?;
        if written.version != VERSION {
            return Err(format!(
                "a baseline of version {}; this program reads version {VERSION}: write it again with `--write-baseline`",
                written.version
            ));
        }
        let mut by_file: BTreeMap<String, BTreeSet<Entry>> = BTreeMap::new();
        for entry in written.findings {
            by_file.entry(entry.file.clone()).or_default().insert(entry);
        }
        let mut moved: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        for entry in by_file.iter().filter(|(file, _)| !exists(file)).flat_map(|(_, entries)| entries) {
            moved.entry(entry.fingerprint.clone()).or_default().push(entry.clone());
        }
        Ok(Self { by_file, moved })
    }

    /// The entry that a finding is known by, if it is.
    #[must_use]
    pub fn find(&self, file: &str, rule: &str, fingerprint: &str) -> Option<&Entry> {
        let is_it = |entry: &&Entry| entry.fingerprint == fingerprint && entry.rule == rule;
        let here = self.by_file.get(file).into_iter().flatten().find(is_it);
        here.or_else(|| self.moved.get(fingerprint).into_iter().flatten().find(is_it))
    }

    /// The entries that no finding is known by: `checked` are the files that were looked at, `known` the entries that were
    /// found. Of a file that was not looked at nothing is known; of one that is gone its entries are.
    #[must_use]
    pub fn stale(&self, checked: &BTreeSet<String>, known: &BTreeSet<Entry>) -> Vec<&Entry> {
        let is_gone = |entry: &Entry| self.moved.contains_key(&entry.fingerprint);
        self.by_file
            .iter()
            .flat_map(|(file, entries)| entries.iter().map(move |entry| (checked.contains(file), entry)))
            .filter(|(was_checked, entry)| (*was_checked || is_gone(entry)) && !known.contains(entry))
            .map(|(_, entry)| entry)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(file: &str, fingerprint: &str) -> Entry {
        Entry {
            file: file.to_owned(),
            rule: "endless-loop".to_owned(),
            state: "S".to_owned(),
            fingerprint: fingerprint.to_owned(),
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let entries = BTreeSet::from([entry("b", "2"), entry("a", "1"), entry("a", "3")]);
        let text = written(&entries);
        assert_eq!(text.lines().count(), 5);
        let baseline = Baseline::read(&text, |_| true).unwrap();
        assert!(baseline.find("a", "endless-loop", "1").is_some());
        assert!(baseline.find("a", "endless-loop", "2").is_none());
        assert!(baseline.find("a", "dead-choice-rule", "1").is_none());
        let stale = baseline.stale(&BTreeSet::from(["a".to_owned()]), &BTreeSet::from([entry("a", "1")]));
        assert_eq!(stale, [&entry("a", "3")]);
        assert_eq!(Baseline::read(&written(&BTreeSet::new()), |_| true).unwrap().by_file.len(), 0);
    }

    #[test]
    fn what_was_moved_is_known_where_it_is() {
        let text = written(&BTreeSet::from([entry("old", "1"), entry("here", "2")]));
        let baseline = Baseline::read(&text, |file| file != "old").unwrap();
        assert!(baseline.find("new", "endless-loop", "1").is_some());
        assert!(baseline.find("new", "endless-loop", "2").is_none());
        assert_eq!(baseline.stale(&BTreeSet::from(["new".to_owned()]), &BTreeSet::new()), [&entry("old", "1")]);
    }

    #[test]
    fn what_is_no_baseline_is_refused() {
        for text in
            ["", "[]", "{}", "{\"version\":1}", "{\"version\":2,\"findings\":[]}", "{\"version\":1,\"findings\":[3]}"]
        {
            assert!(Baseline::read(text, |_| true).is_err(), "{text}");
        }
    }
}
