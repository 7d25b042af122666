//! Finds instants between two others that read well, and the texts of an instant.

use crate::asl::timestamp::{rfc3339, text};

const SECOND: i128 = 1_000_000_000;
const DAY: i128 = 86_400 * SECOND;
/// 2024-01-01T00:00:00Z
const FIRST: i128 = 1_704_067_200 * SECOND;

/// Instants in order, above one and below another, one for each of `known`: itself where it is known. `None` where none is found.
#[must_use]
pub(super) fn between(above: Option<i128>, below: Option<i128>, known: &[Option<i128>]) -> Option<Vec<i128>> {
    let mut found = Vec::with_capacity(known.len());
    let mut last = above;
    for (i, own) in known.iter().enumerate() {
        let next_known = known[i + 1..].iter().copied().flatten().next();
        let until = next_known.into_iter().chain(below).min();
        let n_before = i128::try_from(known[i + 1..].iter().take_while(|known| known.is_none()).count()).unwrap_or(0);
        let own = match own {
            Some(own) => *own,
            None => one_between(last, until, n_before)?,
        };
        let fits = last.is_none_or(|last| last < own) && until.is_none_or(|until| own < until);
        if !fits {
            return None;
        }
        found.push(own);
        last = Some(own);
    }
    Some(found)
}

/// An instant that leaves room for so many behind it.
fn one_between(above: Option<i128>, below: Option<i128>, n_behind: i128) -> Option<i128> {
    let fits = |at: i128, step: i128| {
        above.is_none_or(|above| above < at) && below.is_none_or(|below| at + step * n_behind < below)
    };
    for step in [DAY, 3600 * SECOND, 60 * SECOND, SECOND, SECOND / 10, SECOND / 1000, 1] {
        let mut starts = vec![FIRST];
        starts.extend(above.map(|above| (above.div_euclid(step) + 1) * step));
        starts.extend(below.map(|below| (below - 1).div_euclid(step) * step - step * n_behind));
        if let Some(at) = starts.into_iter().find(|&at| fits(at, step)) {
            return Some(at);
        }
    }
    None
}

/// The texts of an instant that the service reads, the plain one first.
#[must_use]
pub(super) fn forms(nanoseconds: i128) -> Vec<String> {
    let Some(plain) = text(nanoseconds) else { return Vec::new() };
    let body = plain.trim_end_matches('Z').to_owned();
    let mut forms = vec![plain];
    let decimals = if body.contains('.') { ["0", "00", "000"] } else { [".0", ".000", ".000000"] };
    forms.extend(decimals.map(|decimals| format!("{body}{decimals}Z")));
    forms.push(format!("{body}+00:00"));
    for hours in 1..=12_i128 {
        for (sign, shift) in [('+', hours), ('-', -hours)] {
            if let Some(local) = text(nanoseconds + shift * 3600 * SECOND) {
                forms.push(format!("{}{sign}{hours:02}:00", local.trim_end_matches('Z')));
            }
        }
    }
    forms
}

/// Instants whose texts come right before or behind a text in the order of strings: the text filled up to a timestamp, and a
/// second and a year to both sides.
pub(super) fn near(string: &str) -> Vec<i128> {
    const PLAIN: &str = "2024-01-01T00:00:00Z";
    let filled = PLAIN.get(string.len()..).map(|rest| format!("{string}{rest}"));
    let own = rfc3339(string).or_else(|error| filled.map_or(Err(error), |filled| rfc3339(&filled)));
    let Ok(own) = own else { return Vec::new() };
    let own = own.as_nanosecond();
    [0, SECOND, -SECOND, 366 * DAY, -366 * DAY].map(|shift| own + shift).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nanoseconds(text: &str) -> i128 {
        rfc3339(text).unwrap().as_nanosecond()
    }

    #[test]
    fn instants_read_well() {
        let at = |text: &str| Some(nanoseconds(text));
        for (above, below, expected) in [
            (None, None, "2024-01-01T00:00:00Z"),
            (at("2024-06-01T10:00:00Z"), None, "2024-06-02T00:00:00Z"),
            (None, at("2023-06-01T10:00:00Z"), "2023-06-01T00:00:00Z"),
            (at("2024-06-01T10:00:00Z"), at("2024-06-01T10:00:01Z"), "2024-06-01T10:00:00.1Z"),
        ] {
            let found = between(above, below, &[None]).and_then(|found| text(found[0]));
            assert_eq!(found.as_deref(), Some(expected));
        }
        assert_eq!(between(Some(1), Some(2), &[None]), None);
        assert_eq!(between(Some(1), Some(4), &[None, None]), Some(vec![2, 3]));
        assert_eq!(between(Some(1), Some(9), &[None, Some(5)]), Some(vec![2, 5]));
    }

    #[test]
    fn the_forms_of_an_instant_are_that_instant() {
        for nanoseconds in [FIRST, FIRST + SECOND / 2, -1] {
            let forms = forms(nanoseconds);
            assert!(forms.len() > 20);
            for form in forms {
                assert_eq!(rfc3339(&form).unwrap().as_nanosecond(), nanoseconds, "{form}");
            }
        }
    }
}
