//! Turns patterns, as `.gitignore` has them, into whether a path is meant.

use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// Patterns over paths below one folder: `vendor/`, `**/*.generated.json`, `!keep.json`.
#[derive(Clone, Debug)]
pub struct Patterns {
    matcher: Gitignore,
}

impl Patterns {
    /// Reads them.
    ///
    /// # Errors
    /// The number of the first pattern that cannot be read, with what is wrong.
    pub fn new<'p>(patterns: impl IntoIterator<Item = &'p str>) -> Result<Self, (usize, String)> {
        let mut builder = GitignoreBuilder::new("");
        for (i, pattern) in patterns.into_iter().enumerate() {
            builder.add_line(None, pattern).map_err(|error| (i, words(&error)))?;
        }
        Ok(Self { matcher: builder.build().map_err(|error| (0, words(&error)))? })
    }

    /// Whether a file is meant, or a folder that it lies in. The path is relative to the folder of the patterns, with `/`
    /// between its parts.
    #[must_use]
    pub fn mean(&self, path: &str) -> bool {
        self.matcher.matched_path_or_any_parents(path, false).is_ignore()
    }
}

fn words(error: &ignore::Error) -> String {
    match error {
        ignore::Error::Glob { err, .. } => err.clone(),
        error => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_those_of_gitignore() {
        let mean = |patterns: &[&str], path: &str| Patterns::new(patterns.iter().copied()).unwrap().mean(path);
        for (patterns, path, expected) in [
            (&["vendor/"][..], "a/vendor/b/c.asl.json", true),
            (&["/vendor/"], "a/vendor/c.asl.json", false),
            (&["*.asl.json"], "flows/order.asl.json", true),
            (&["flows/*.json"], "flows/deep/order.json", false),
            (&["flows/**"], "flows/deep/order.json", true),
            (&["flows/order.asl.json"], "flows/order.asl.json", true),
            (&["flows/order.asl.json"], "other/flows/order.asl.json", false),
            (&["*.json", "!keep.json"], "a/keep.json", false),
            (&["# no pattern"], "# no pattern", false),
            (&[], "a", false),
        ] {
            assert_eq!(mean(patterns, path), expected, "{patterns:?} {path}");
        }
        let (i, error) = Patterns::new(["a", "{b"]).unwrap_err();
        assert_eq!(i, 1);
        assert!(!error.is_empty());
    }
}
