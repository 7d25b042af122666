//! Turns a text that is as a picture says into a moment.
//!
//! The picture becomes a regular expression, as in the reference implementation, so that what it is ambiguous about is decided
//! alike. Components larger than those that are read come from the clock, smaller ones are as small as they can be; a gap
//! between them is a fault.

use std::collections::BTreeMap;

use super::calendar::{self, Moment};
use super::format::cut;
use super::{DAYS, MONTHS, Marker, Part, Show};
use crate::eval::budget::Budget;
use crate::eval::jsonata::integer_picture::IntegerPicture;
use crate::eval::jsonata::picture::{PictureFault, UNCODED, fault, parse_int};
use crate::eval::regex::Regex;

/// What comparing a text with a picture may cost. Pictures do not repeat repetitions, so only odd ones come near it.
const WORK: u64 = 100_000;

pub(super) fn parse(text: &str, parts: &[Part], now: f64) -> Result<Option<f64>, PictureFault> {
    let mut pattern = "^".to_owned();
    for part in parts {
        pattern += "(";
        match part {
            Part::Literal(literal) => add_literal(&mut pattern, literal),
            Part::Marker(marker) => pattern += &expression(marker)?,
        }
        pattern += ")";
    }
    pattern += "$";
    let regex = match Regex::new(&pattern, "i") {
        Ok(regex) => regex,
        Err(message) => return fault(UNCODED, message),
    };
    let Ok(found) = regex.find_at(text, 0, &mut Budget::new(WORK)) else {
        return fault(UNCODED, "the text is compared with the picture in too many ways");
    };
    let Some(found) = found else { return Ok(None) };
    let mut components = Components::new();
    for (part, group) in parts.iter().zip(found.groups) {
        if let (Part::Marker(marker), Some((start, end))) = (part, group) {
            components.insert(marker.component, read(marker, &text[start..end])?);
        }
    }
    if components.is_empty() {
        return Ok(None);
    }
    moment(components, &Moment::new(now)).map(Some)
}

/// What was read of each component that the picture has; `None` for a name that there is not.
type Components = BTreeMap<char, Option<f64>>;

fn add_literal(pattern: &mut String, literal: &str) {
    for character in literal.chars() {
        if r".*+?^${}()|[]\".contains(character) {
            pattern.push('\\');
        }
        pattern.push(character);
    }
}

/// A regular expression for the texts of one component.
fn expression(marker: &Marker) -> Result<String, PictureFault> {
    match (&marker.show, marker.component) {
        (Show::Integer(integer), 'Z' | 'z') => {
            let start = if marker.component == 'z' { "GMT" } else { "" };
            let minutes = separator(integer).map_or_else(String::new, |separator| format!("{separator}[0-9]+"));
            Ok(format!("{start}[-+][0-9]+{minutes}"))
        }
        (Show::Integer(integer), _) => integer.expression(marker.n_digits),
        (_, 'M' | 'x' | 'F' | 'P') => Ok("[a-zA-Z]+".to_owned()),
        (_, component) => {
            fault("D3133", format!("only months, days and halves of the day have names, not `{component}`"))
        }
    }
}

fn separator(integer: &IntegerPicture) -> Option<char> {
    integer.decimal()?.separator()
}

/// The number that the text of a component says.
fn read(marker: &Marker, text: &str) -> Result<Option<f64>, PictureFault> {
    let named = |names: &[&str]| {
        let width = marker.max_width.filter(|&width| width != 0.0);
        // Where two names begin alike, the later one is meant.
        (1..).zip(names).filter(|(_, name)| cut(name, width) == text).last().map(|(number, _)| f64::from(number))
    };
    Ok(match (&marker.show, marker.component) {
        (Show::Integer(integer), 'Z') => Some(offset(text, separator(integer))),
        (Show::Integer(integer), 'z') => Some(offset(text.get("GMT".len()..).unwrap_or_default(), separator(integer))),
        (Show::Integer(integer), _) => Some(integer.parse(text)?),
        (_, 'M' | 'x') => named(&MONTHS),
        (_, 'F') => named(&DAYS),
        (_, 'P') => match text {
            "am" | "AM" => Some(0.0),
            "pm" | "PM" => Some(1.0),
            _ => None,
        },
        _ => None,
    })
}

/// The minutes of an offset from UTC: `+1`, `+10`, `+0530`, `+05:30`.
fn offset(text: &str, separator: Option<char>) -> f64 {
    let (hours, minutes) = match separator {
        Some(separator) => text.split_once(separator).unwrap_or(("", text)),
        // The sign and two digits are the hour, unless there are no more.
        None if text.len() <= 3 => (text, "0"),
        None => text.split_at(3),
    };
    parse_int(hours) * 60.0 + parse_int(minutes)
}

fn moment(mut components: Components, now: &Moment) -> Result<f64, PictureFault> {
    // Which ways to say a date and a time these are. A component that is 0 counts as none here.
    let is_there =
        |letter: &char| components.get(letter).copied().flatten().is_some_and(|value| value != 0.0 && !value.is_nan());
    let says = |all: &str, own: &str| {
        let mut there = all.chars().filter(is_there).peekable();
        there.peek().is_some() && there.all(|letter| own.contains(letter))
    };
    let says_date = |own| says("YXMxWwdD", own);
    let is_day_of_year = !says_date("YMD") && says_date("Yd");
    let is_week_of_month = says_date("XxwF");
    let is_week_of_year = !is_week_of_month && says_date("XWF");
    let is_half_day = !says("PHhmsf", "Hmsf") && says("PHhmsf", "Phmsf");
    let date = if is_day_of_year {
        // The day of the month lacks then: the reference implementation takes no time of day with a day of the year.
        "YD"
    } else if is_week_of_month {
        "XxwF"
    } else if is_week_of_year {
        "XWF"
    } else {
        "YMD"
    };
    let time = if is_half_day { "Phmsf" } else { "Hmsf" };

    let (mut is_begun, mut is_ended) = (false, false);
    for letter in date.chars().chain(time.chars()) {
        if components.get(&letter).copied().flatten().is_none() {
            let default = match letter {
                // Which half of the day it is now does not count.
                'P' => 0.0,
                _ if !is_begun => now.component(letter).unwrap_or(f64::NAN),
                'M' | 'D' => 1.0,
                _ => 0.0,
            };
            components.insert(letter, Some(default));
            is_ended |= is_begun;
        } else if is_ended {
            return fault("D3136", "the picture lacks a component between two others");
        } else {
            is_begun = true;
        }
    }
    if is_week_of_month || is_week_of_year {
        return fault("D3136", "moments are not read from the number of a week");
    }

    let value = |letter: char| components.get(&letter).copied().flatten().unwrap_or(f64::NAN);
    let day = if is_day_of_year {
        let first = calendar::utc([value('Y'), 0.0, 1.0]);
        let day = Moment::new(first + (value('d') - 1.0) * calendar::DAY);
        [value('Y'), day.component('M').unwrap_or(f64::NAN) - 1.0, day.component('D').unwrap_or(f64::NAN)]
    } else {
        [value('Y'), (value('M') - 1.0).max(0.0), value('D')]
    };
    let hour = if is_half_day {
        let hour = if value('h') == 12.0 { 0.0 } else { value('h') };
        if value('P') == 1.0 { hour + 12.0 } else { hour }
    } else {
        value('H')
    };
    let millis = calendar::utc(day) + ((hour * 60.0 + value('m')) * 60.0 + value('s')) * 1000.0 + value('f');
    let offset = [value('Z'), value('z')].into_iter().find(|&minutes| minutes != 0.0 && !minutes.is_nan());
    Ok(calendar::clip(millis) - offset.unwrap_or_default() * 60_000.0)
}
