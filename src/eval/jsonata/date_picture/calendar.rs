//! Turns milliseconds into the components of a moment, and back, as JavaScript's `Date` does.
//!
//! `Date` reaches from -271821 to 275760, further than calendars of crates do, and its `UTC` takes the years 0 to 99 for 1900
//! to 1999; so the arithmetic is here. What is out of reach is NaN.

/// The last moment that there is, in milliseconds from 1970.
const LAST: f64 = 8.64e15;
pub(super) const DAY: f64 = 86_400_000.0;

/// A moment in UTC.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    millis: f64,
    date: Date,
}

#[derive(Clone, Copy, Debug)]
struct Date {
    year: f64,
    /// From 1.
    month: f64,
    day: f64,
}

impl Moment {
    /// So many milliseconds from 1970; what is less than one is dropped.
    pub(super) fn new(millis: f64) -> Self {
        let millis = if millis.abs() <= LAST { millis.trunc() } else { f64::NAN };
        Self { millis, date: date((millis / DAY).floor()) }
    }

    /// A component by its letter in pictures; the hours `P` are 0 in the morning and 1 from noon on. `None` for a letter that
    /// says no number.
    pub(super) fn component(&self, letter: char) -> Option<f64> {
        let Date { year, month, day } = self.date;
        let part = |unit: f64, of: f64| (self.millis / unit).floor().rem_euclid(of);
        let hour = part(3_600_000.0, 24.0);
        Some(match letter {
            'Y' => year,
            'M' => month,
            'D' => day,
            'd' => (utc([year, month - 1.0, day]) - utc([year, 0.0, 1.0])) / DAY + 1.0,
            'F' => weekday(self.millis),
            'W' => self.week(Period { year, month: None }),
            'w' => self.week(Period { year, month: Some(month) }),
            'X' => self.week_period(Period { year, month: None }).year,
            'x' => self.week_period(Period { year, month: Some(month) }).month.unwrap_or(f64::NAN),
            'H' => hour,
            'h' if hour % 12.0 == 0.0 => 12.0,
            'h' => hour % 12.0,
            'P' => f64::from(hour >= 12.0),
            'm' => part(60_000.0, 60.0),
            's' => part(1000.0, 60.0),
            'f' => part(1.0, 1000.0),
            _ => return None,
        })
    }

    /// The number of the week in a year or a month that the moment lies in.
    fn week(&self, period: Period) -> f64 {
        let today = utc([self.date.year, self.date.month - 1.0, self.date.day]);
        let week_since = |start: f64| (today - start) / (DAY * 7.0) + 1.0;
        let (most, week) = (if period.month.is_some() { 4.0 } else { 52.0 }, week_since(period.first_week()));
        let week = if week > most && today >= period.next().first_week() {
            1.0
        } else if week < 1.0 {
            week_since(period.previous().first_week())
        } else {
            week
        };
        week.floor()
    }

    /// The year or month whose weeks the moment is counted with.
    fn week_period(&self, period: Period) -> Period {
        if self.millis < period.first_week() {
            period.previous()
        } else if self.millis >= period.next().first_week() {
            period.next()
        } else {
            period
        }
    }
}

/// A year, or a month of one.
#[derive(Clone, Copy)]
struct Period {
    year: f64,
    /// From 1.
    month: Option<f64>,
}

impl Period {
    fn next(self) -> Self {
        match self.month {
            Some(12.0) => Self { year: self.year + 1.0, month: Some(1.0) },
            Some(month) => Self { month: Some(month + 1.0), ..self },
            None => Self { year: self.year + 1.0, month: None },
        }
    }

    fn previous(self) -> Self {
        match self.month {
            Some(1.0) => Self { year: self.year - 1.0, month: Some(12.0) },
            Some(month) => Self { month: Some(month - 1.0), ..self },
            None => Self { year: self.year - 1.0, month: None },
        }
    }

    /// When the first week begins: the one with the first Thursday, on its Monday.
    fn first_week(self) -> f64 {
        let first = utc([self.year, self.month.unwrap_or(1.0) - 1.0, 1.0]);
        let weekday = weekday(first);
        if weekday > 4.0 { first + (8.0 - weekday) * DAY } else { first - (weekday - 1.0) * DAY }
    }
}

/// Monday is 1.
fn weekday(millis: f64) -> f64 {
    // 1970 began on a Thursday.
    ((millis / DAY).floor() + 3.0).rem_euclid(7.0) + 1.0
}

/// `Date.UTC` of a year, a month from 0, and a day.
pub(super) fn utc([year, month, day]: [f64; 3]) -> f64 {
    let year = if (0.0..=99.0).contains(&year) { year + 1900.0 } else { year };
    clip(days([year, month, day]) * DAY)
}

/// What is out of reach is no moment.
pub(super) fn clip(millis: f64) -> f64 {
    if millis.abs() <= LAST { millis } else { f64::NAN }
}

/// Days from 1970 to a date, which may have too many months or days.
pub(super) fn days([year, month, day]: [f64; 3]) -> f64 {
    // Years are counted from March here, so that the leap day is a year's last; 400 years have 146097 days, and 153 days are
    // five months from March on.
    let months = year * 12.0 + month - 2.0;
    let year = (months / 12.0).floor();
    let month = months.rem_euclid(12.0);
    let leap_days = (year / 4.0).floor() - (year / 100.0).floor() + (year / 400.0).floor();
    let day_of_year = ((153.0 * month + 2.0) / 5.0).floor() + day - 1.0;
    // From 1 March of the year 0 to 1970.
    year * 365.0 + leap_days + day_of_year - 719_468.0
}

/// The date that lies so many days from 1970.
fn date(days: f64) -> Date {
    // As above; within its 400 years a day lies in year `n` if the leap days until then are taken out.
    let days = days + 719_468.0;
    let era = (days / 146_097.0).floor();
    let rest = days - era * 146_097.0;
    let leap_days = (rest / 1460.0).floor() - (rest / 36_524.0).floor() + (rest / 146_096.0).floor();
    let year = ((rest - leap_days) / 365.0).floor();
    let rest = rest - (year * 365.0 + (year / 4.0).floor() - (year / 100.0).floor());
    let month = ((5.0 * rest + 2.0) / 153.0).floor();
    let day = rest - ((153.0 * month + 2.0) / 5.0).floor() + 1.0;
    let months = month + 2.0;
    Date { year: era * 400.0 + year + (months / 12.0).floor(), month: months.rem_euclid(12.0) + 1.0, day }
}
