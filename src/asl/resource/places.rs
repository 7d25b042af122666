//! Turns the region and the account of an ARN into [`ResourceError`]s: what is nearly one, and none.
//!
//! Examples hold `REGION`, `my-region`, `ACCOUNT_ID` or `1234567890`, and tools for local use hold words of their own: what
//! does not look like a region or an account is taken for something that somebody fills in. Which regions there are grows
//! from year to year: of a region only the shape is looked at.

use super::arn::{Part, split};
use super::{Meant, Refusal, ResourceError};

/// What names of regions begin with, in the partitions of AWS (AWS General Reference, "Regional endpoints").
const AREAS: [&str; 16] = [
    "us-isob", "us-isof", "us-iso", "us-gov", "eu-isoe", "eusc", "af", "ap", "ca", "cn", "eu", "il", "me", "mx", "sa",
    "us",
];

/// What stands between the area and the number.
const DIRECTIONS: [&str; 9] =
    ["northeast", "northwest", "southeast", "southwest", "central", "north", "south", "east", "west"];

/// How many digits an account has.
const ACCOUNT: usize = 12;

/// What is wrong with the region and the account of an ARN that is otherwise well formed. Whatever calls something knows
/// what it calls all the same, so this is no part of [`parse`](super::parse).
#[must_use]
pub fn misplaced(text: &str) -> Vec<ResourceError> {
    let parts = split(text);
    let [head, _, service, region, account, kind, rest @ ..] = &parts[..] else { return Vec::new() };
    let is_called = match service.text {
        "lambda" => kind.text == "function",
        "states" => kind.text == "activity",
        _ => false,
    };
    if head.text != "arn" || rest.is_empty() {
        return Vec::new();
    }
    if service.text == "states" && !is_called {
        return of_integration(*region, *account).into_iter().collect();
    }
    if !is_called || region.text.is_empty() && account.text.is_empty() {
        return Vec::new();
    }
    of_region(*region, *account).into_iter().chain(of_account(*account, *region)).collect()
}

/// An integration has neither region nor account. With both of them it is taken.
fn of_integration(region: Part<'_>, account: Part<'_>) -> Option<ResourceError> {
    let part = if account.text.is_empty() { region } else { account };
    if region.text.is_empty() == account.text.is_empty() || part.is_open() {
        return None;
    }
    let message = format!("`{}` stands where three colons lead to the service of an integration", part.text);
    Some(ResourceError { meant: Meant::Text(String::new()), ..part.error(Refusal::NoSuchPlace, message) })
}

fn of_region(region: Part<'_>, account: Part<'_>) -> Option<ResourceError> {
    if region.text.is_empty() {
        return is_account(account.text)
            .then(|| account.error(Refusal::NoSuchPlace, "the region is missing before this account"));
    }
    if region.is_open() || has_shape(region.text) {
        return None;
    }
    let meant = nearly_region(region.text)?;
    let message = format!("`{}` is not the name of a region", region.text);
    Some(ResourceError { meant, ..region.error(Refusal::NoSuchPlace, message) })
}

/// Whether this is `xx-yyyy-n`, or with more words between.
fn has_shape(region: &str) -> bool {
    let words: Vec<&str> = region.split('-').collect();
    let [area, between @ .., number] = &words[..] else { return false };
    let is_word = |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    is_word(area) && !between.is_empty() && between.iter().all(is_word) && is_number(number)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The region that this text is, but for its case, its dashes, its number, or the letter of a zone behind it.
fn nearly_region(text: &str) -> Option<Meant> {
    let folded: String = text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    AREAS.iter().find_map(|area| {
        let rest = folded.strip_prefix(&area.replace('-', ""))?;
        DIRECTIONS.iter().find_map(|direction| {
            let number = rest.strip_prefix(direction)?;
            let digits = number.trim_end_matches(|c: char| c.is_ascii_lowercase());
            match (digits, number.len() - digits.len()) {
                ("", 0) => Some(Meant::Unknown),
                (digits, 0 | 1) if is_number(digits) => Some(Meant::Text(format!("{area}-{direction}-{digits}"))),
                _ => None,
            }
        })
    })
}

fn is_account(text: &str) -> bool {
    text.len() == ACCOUNT && is_number(text)
}

fn of_account(account: Part<'_>, region: Part<'_>) -> Option<ResourceError> {
    let text = account.text;
    if text.is_empty() {
        return has_shape(region.text)
            .then(|| region.error(Refusal::NoSuchPlace, "the account is missing behind this region"));
    }
    if account.is_open() || is_account(text) {
        return None;
    }
    if is_number(text) {
        let refusal = if is_made_up(text) { Refusal::MadeUp } else { Refusal::NoSuchPlace };
        let message = format!("an account has {ACCOUNT} digits, this one has {}", text.len());
        return Some(account.error(refusal, message));
    }
    let digits = text.replace('-', "");
    is_account(&digits).then(|| {
        let message = "an account stands in an ARN without dashes";
        ResourceError { meant: Meant::Text(digits), ..account.error(Refusal::NoSuchPlace, message) }
    })
}

/// Whether nobody has typed an account and lost a digit: `1234567890`, `000000`, `42`.
fn is_made_up(digits: &str) -> bool {
    let steps = || digits.bytes().zip(digits.bytes().skip(1));
    digits.len() < ACCOUNT / 2
        || steps().all(|(digit, next)| digit == next)
        || steps().all(|(digit, next)| next == digit + 1 || (digit, next) == (b'9', b'0'))
}
