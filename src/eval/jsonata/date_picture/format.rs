//! Turns a moment into text, by the parts of a picture.
//!
//! A component that does not exist shows as `undefined`, as in the reference implementation.

use super::calendar::Moment;
use super::{DAYS, MONTHS, Marker, Part, Show};
use crate::eval::jsonata::integer_picture::{Case, IntegerPicture, format_integer};
use crate::eval::jsonata::picture::{PictureFault, UNCODED, fault, parse_int};

pub(super) fn format(millis: f64, parts: &[Part], timezone: Option<&str>) -> Result<String, PictureFault> {
    let offset = Offset::new(timezone);
    let moment = Moment::new(millis + (60.0 * offset.hours + offset.minutes) * 60_000.0);
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Literal(literal) => text.push_str(literal),
            Part::Marker(marker) => text.push_str(&component(&moment, marker, &offset)?),
        }
    }
    Ok(text)
}

/// The distance of a time zone from UTC.
struct Offset {
    hours: f64,
    minutes: f64,
}

impl Offset {
    /// Reads `±hhmm`. Of a negative offset with minutes the hours are rounded down, and the minutes taken away once more:
    /// `-0530` is 6:30 hours. The reference implementation has it so.
    fn new(timezone: Option<&str>) -> Self {
        let offset = timezone.map_or(0.0, parse_int);
        Self { hours: (offset / 100.0).floor(), minutes: offset % 100.0 }
    }
}

fn component(moment: &Moment, marker: &Marker, offset: &Offset) -> Result<String, PictureFault> {
    let component = marker.component;
    match (component, &marker.show) {
        ('Z' | 'z', Show::Integer(integer)) => {
            let text = timezone(offset, integer, marker.is_traditional)?;
            Ok(if component == 'z' && text != "Z" { format!("GMT{text}") } else { text })
        }
        ('P', show) => {
            let is_afternoon = moment.component('P') == Some(1.0);
            let text = if is_afternoon { "pm" } else { "am" };
            Ok(if matches!(show, Show::Name(Case::Upper)) { text.to_uppercase() } else { text.to_owned() })
        }
        ('C' | 'E', _) => Ok("ISO".to_owned()),
        (_, Show::Integer(integer)) => {
            let value = moment.component(component).unwrap_or(f64::NAN);
            integer.format(match marker.n_digits {
                Some(n_digits) if component == 'Y' => value % 10_f64.powf(n_digits),
                _ => value,
            })
        }
        (_, Show::Name(case)) => match moment.component(component) {
            Some(value) => name(value, component, *case, marker.max_width),
            None => Ok("undefined".to_owned()),
        },
        (_, Show::Plain) => Ok("undefined".to_owned()),
    }
}

fn name(value: f64, component: char, case: Case, max_width: Option<f64>) -> Result<String, PictureFault> {
    let names: &[&str] = match component {
        'M' | 'x' => &MONTHS,
        'F' => &DAYS,
        'f' => return fault(UNCODED, "fractions of a second have no names"),
        _ => return fault("D3133", format!("only months and days have names, not `{component}`")),
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counted from 1; NaN becomes 0")]
    let name = (value as usize).checked_sub(1).and_then(|at| names.get(at));
    let Some(name) = name else {
        return if case == Case::Title && max_width.is_none() {
            Ok("undefined".to_owned())
        } else {
            fault(UNCODED, "what is no moment has no name")
        };
    };
    Ok(cut(&case.apply(name), max_width).to_owned())
}

/// The beginning of a name, where it is too wide.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "NaN is no width, and names are ASCII")]
pub(super) fn cut(name: &str, max_width: Option<f64>) -> &str {
    match max_width {
        Some(width) if name.len() as f64 > width => &name[..width as usize],
        _ => name,
    }
}

fn timezone(offset: &Offset, integer: &IntegerPicture, is_traditional: bool) -> Result<String, PictureFault> {
    let whole = offset.hours * 100.0 + offset.minutes;
    let n_digits = integer.decimal().map(|decimal| decimal.n_mandatory);
    let is_grouped = integer.decimal().is_some_and(|decimal| decimal.separator().is_some());
    let text = match n_digits {
        _ if is_grouped => integer.format(whole)?,
        Some(1.0 | 2.0) => {
            let minutes = if offset.minutes == 0.0 {
                String::new()
            } else {
                format!(":{}", format_integer(offset.minutes, "00")?)
            };
            integer.format(offset.hours)? + &minutes
        }
        Some(3.0 | 4.0) => integer.format(whole)?,
        _ => return fault("D3134", "an offset from UTC is shown by one to four digits"),
    };
    Ok(if whole == 0.0 && is_traditional {
        "Z".to_owned()
    } else if whole >= 0.0 {
        format!("+{text}")
    } else {
        text
    })
}
