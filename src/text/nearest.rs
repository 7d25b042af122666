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
    if written.len() > MAX_LENGTH {
        return Vec::new();
    }
    let folded: Vec<char> = fold(written).collect();
    let mut least = usize::MAX;
    let mut best = Vec::new();
    for (name, value) in candidates.into_iter().filter(|(name, _)| name.len() <= MAX_LENGTH) {
        let candidate: Vec<char> = fold(name).collect();
        let limit = (candidate.len().max(folded.len()) / 3).max(1);
        if candidate.len().abs_diff(folded.len()) > limit.min(least) {
            continue;
        }
        let distance = distance(&candidate, &folded);
        // One letter is all of a short name.
        if distance > limit.min(least) || distance >= candidate.len().max(1) {
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

/// Whether two texts differ by two letters at most, in the sense of [`nearest`].
pub fn is_slip(written: &str, meant: &str) -> bool {
    if written.len().max(meant.len()) > MAX_LENGTH {
        return false;
    }
    let (written, meant): (Vec<char>, Vec<char>) = (fold(written).collect(), fold(meant).collect());
    written.len().abs_diff(meant.len()) <= 2 && distance(&written, &meant) <= 2
}

/// Names longer than this in bytes are no slips of each other: the distance takes time by the product of the lengths.
const MAX_LENGTH: usize = 200;

/// How many letters have to change, go, come or swap places. What both begin and end with costs nothing to compare.
fn distance(one: &[char], other: &[char]) -> usize {
    let n_equal = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[n_equal..], &other[n_equal..]);
    let n_equal = one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[..one.len() - n_equal], &other[..other.len() - n_equal]);
    if one.is_empty() || other.is_empty() {
        return one.len() + other.len();
    }
    let text = |letters: &[char]| letters.iter().collect::<String>();
    strsim::osa_distance(&text(one), &text(other))
}

fn fold(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|c| !matches!(c, ' ' | '-' | '_' | '\t')).flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::{is_slip, nearest};

    #[test]
    fn slips_are_recognised_and_strangers_are_not() {
        let candidates = ["GetOrder", "Ship", "Notify customer", "A", "B"];
        for (written, meant) in [
            ("getOrder", Some("GetOrder")),
            ("get_order", Some("GetOrder")),
            ("GteOrder", Some("GetOrder")),
            ("Shp", Some("Ship")),
            ("Ships", Some("Ship")),
            ("NtfyCustmer", Some("Notify customer")),
            ("NotifyCustomer", Some("Notify customer")),
            ("C", None),
            ("Refund", None),
            ("", None),
        ] {
            assert_eq!(nearest(written, candidates.map(|name| (name, name))), meant, "{written}");
        }
    }

    #[test]
    fn a_slip_is_two_letters_at_most() {
        for (written, meant, expected) in [
            ("lambda.ServiceException", "Lambda.ServiceException", true),
            ("Lambda.ServiceExcpetions", "Lambda.ServiceException", true),
            ("Lambda.ServersException", "Lambda.ServiceException", false),
        ] {
            assert_eq!(is_slip(written, meant), expected, "{written}");
        }
    }
}
