//! "Did you mean": the candidate that a person most likely meant.

/// The candidate nearest to `written`; the first of several equally near. `None` where nothing is near enough to be worth a
/// guess: more than a third of the letters would have to change.
///
/// Case, blanks, hyphens and underscores count for nothing: `get_order` means `GetOrder`.
pub fn nearest<'a, T>(written: &str, candidates: impl IntoIterator<Item = (&'a str, T)>) -> Option<T> {
    nearest_all(written, candidates).into_iter().next()
}

/// As [`nearest`]: all candidates that are equally near.
pub fn nearest_all<'a, T>(written: &str, candidates: impl IntoIterator<Item = (&'a str, T)>) -> Vec<T> {
    let folded = fold(written);
    let length = folded.chars().count();
    let limit = (length / 3).max(1);
    let mut least = limit;
    let mut best = Vec::new();
    for (name, value) in candidates {
        // A letter takes up to four bytes: what is longer by more than that is never near.
        if name.len() > 2 * written.len() + 4 * limit {
            continue;
        }
        let candidate = fold(name);
        if candidate.chars().count().abs_diff(length) > limit {
            continue;
        }
        let distance = if candidate == folded { 0 } else { strsim::osa_distance(&candidate, &folded) };
        // One letter is all of a short name.
        if distance > least || distance >= candidate.chars().count().max(1) {
            continue;
        }
        if distance < least {
            least = distance;
            best.clear();
        }
        best.push(value);
    }
    best
}

fn fold(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, ' ' | '-' | '_' | '\t')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_recognised_and_strangers_are_not() {
        let candidates = ["GetOrder", "Ship", "Notify customer", "A", "B"];
        for (written, meant) in [
            ("getOrder", Some("GetOrder")),
            ("get_order", Some("GetOrder")),
            ("GteOrder", Some("GetOrder")),
            ("Shp", Some("Ship")),
            ("Ships", Some("Ship")),
            ("NotifyCustomer", Some("Notify customer")),
            ("C", None),
            ("Refund", None),
            ("", None),
        ] {
            assert_eq!(nearest(written, candidates.map(|name| (name, name))), meant, "{written}");
        }
    }
}
