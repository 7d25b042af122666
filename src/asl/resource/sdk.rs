//! Turns the names of an SDK integration into what `sdk_services.txt` knows of them.
//!
//! The table is a text of sorted lines which is searched as it stands: nothing is read before the first question, and a
//! question looks at some ten lines. The service takes up services and actions later than the SDKs have them, and this
//! table later still, so what is missing here is a suspicion and not a refusal.

use super::closest;

const TABLE: &str = include_str!("../sdk_services.txt");

/// What stands behind `aws-sdk:`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// A service, with its actions.
    Known(Actions),
    /// What people write for the service of this name.
    Meant(&'static str),
    /// Not in the table.
    Unknown,
}

/// The actions of a service, as its line lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actions(&'static str);

/// What is known of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The service has it, or nothing is known of its actions.
    Known,
    /// The service has it, and the developer guide lists it as unsupported.
    Unsupported,
    /// The service has one that is written in other letters of the same name.
    Cased(&'static str),
    /// The service does not have it.
    Unknown,
}

/// Looks a service up.
#[must_use]
pub fn service(name: &str) -> Service {
    let Some(rest) = line(name) else { return Service::Unknown };
    rest.strip_prefix("> ").map_or(Service::Known(Actions(rest)), Service::Meant)
}

/// The service that another spelling of its name, or another name of it, stands for.
#[must_use]
pub fn respelt(name: &str) -> Option<String> {
    let folded = fold(name);
    // `awss3`, `amazonsqs`: the makers' name in front, as many a product has it.
    let bare = ["aws", "amazon"].iter().find_map(|maker| folded.strip_prefix(maker)).unwrap_or(&folded);
    [folded.as_str(), bare].into_iter().find_map(|name| match service(name) {
        Service::Known(_) => Some(name.to_owned()),
        Service::Meant(meant) => Some(meant.to_owned()),
        Service::Unknown => None,
    })
}

/// The service that was probably meant by a name that is none.
#[must_use]
pub fn nearest_service(name: &str) -> Option<String> {
    respelt(name).or_else(|| closest(&fold(name), services().map(|(name, _)| name)))
}

fn fold(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Whether the table lists this action of this service, as one that state machines can call.
#[must_use]
pub fn has(name: &str, action: &str) -> bool {
    let Service::Known(actions) = service(name) else { return false };
    !actions.0.is_empty() && actions.find(action) == Action::Known
}

/// The services, with their actions.
pub fn services() -> impl Iterator<Item = (&'static str, Actions)> {
    lines().filter(|(_, rest)| !rest.starts_with('>')).map(|(name, rest)| (name, Actions(rest)))
}

impl Actions {
    /// Every action, with whether the service offers it to state machines.
    pub fn iter(self) -> impl Iterator<Item = (&'static str, bool)> {
        self.0.split_ascii_whitespace().map(|action| match action.strip_prefix('-') {
            Some(name) => (name, false),
            None => (action, true),
        })
    }

    /// Looks an action up.
    #[must_use]
    pub fn find(self, name: &str) -> Action {
        if self.0.is_empty() {
            return Action::Known;
        }
        if let Some(action) = search(self.0, b' ', name, |action| action.strip_prefix('-').unwrap_or(action)) {
            return if action.starts_with('-') { Action::Unsupported } else { Action::Known };
        }
        if let Some((action, _)) = self.iter().find(|(action, _)| action.eq_ignore_ascii_case(name)) {
            return Action::Cased(action);
        }
        Action::Unknown
    }

    /// The action that was probably meant by a name that is none.
    #[must_use]
    pub fn nearest(self, name: &str) -> Option<String> {
        closest(name, self.iter().filter(|(_, supported)| *supported).map(|(action, _)| action))
    }
}

fn lines() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.lines().filter(|line| !line.starts_with('#')).map(|line| line.split_once(' ').unwrap_or((line, "")))
}

/// What stands behind the name in its line. Comments begin with `#`, which sorts before every name.
fn line(name: &str) -> Option<&'static str> {
    if name.starts_with('#') {
        return None;
    }
    let line = search(TABLE, b'\n', name, |line| line.split_once(' ').map_or(line, |(name, _)| name))?;
    Some(line.split_once(' ').map_or("", |(_, rest)| rest))
}

/// The entry of this name in a text of entries sorted by name, each with the separator behind it or the end.
fn search<'t>(text: &'t str, separator: u8, name: &str, name_of: impl Fn(&str) -> &str) -> Option<&'t str> {
    let bytes = text.as_bytes();
    let (mut low, mut high) = (0, bytes.len());
    while low < high {
        // Both ends are starts of entries, and so is this.
        let middle = memchr::memrchr(separator, &bytes[low..usize::midpoint(low, high)]).map_or(low, |at| low + at + 1);
        let end = memchr::memchr(separator, &bytes[middle..]).map_or(bytes.len(), |at| middle + at);
        let entry = &text[middle..end];
        match name_of(entry).cmp(name) {
            std::cmp::Ordering::Equal => return Some(entry),
            std::cmp::Ordering::Less => low = (end + 1).min(bytes.len()),
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    None
}
