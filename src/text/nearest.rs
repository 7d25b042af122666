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
    let counted = Letters::of(written);
    let mut folded: Option<Vec<char>> = None;
    let mut least = usize::MAX;
    let mut best = Vec::new();
    for (name, value) in candidates.into_iter().filter(|(name, _)| name.len() <= MAX_LENGTH) {
        let letters = Letters::of(name);
        let limit = (letters.n.max(counted.n) / 3).max(1).min(least);
        // Most candidates are told apart by their letters, whatever the order of these.
        if letters.least_distance(&counted) > limit {
            continue;
        }
        let candidate: Vec<char> = fold(name).collect();
        let distance = distance(&candidate, folded.get_or_insert_with(|| fold(written).collect()));
        // One letter is all of a short name.
        if distance > limit || distance >= candidate.len().max(1) {
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
    if Letters::of(written).least_distance(&Letters::of(meant)) > 2 {
        return false;
    }
    let (written, meant): (Vec<char>, Vec<char>) = (fold(written).collect(), fold(meant).collect());
    distance(&written, &meant) <= 2
}

/// How many letters of each sort a folded text has.
struct Letters {
    n: usize,
    /// By the low bits of the letter: what falls together only makes the bound weaker.
    counts: [u8; 32],
}

impl Letters {
    fn of(text: &str) -> Self {
        let mut letters = Self { n: 0, counts: [0; 32] };
        for letter in fold(text) {
            letters.n += 1;
            let count = &mut letters.counts[letter as usize % 32];
            *count = count.saturating_add(1);
        }
        letters
    }

    /// Swapping letters changes no count, and any other change at most one up and one down.
    fn least_distance(&self, other: &Self) -> usize {
        let (mut up, mut down) = (0, 0);
        for (&one, &other) in self.counts.iter().zip(&other.counts) {
            up += usize::from(one.saturating_sub(other));
            down += usize::from(other.saturating_sub(one));
        }
        up.max(down)
    }
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
