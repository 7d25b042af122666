//! Turns the text of a CSV file into items: objects of strings by header.
//!
//! A reader of our own, because the guide's rules ("How Step Functions parses input CSV files") are those of no crate at hand:
//! a backslash is an escape inside and outside of quotes and vanishes before anything that needs none, and `""` stands for a
//! quote in a field without quotes too. Not recorded, and so chosen: a blank line is a row with one empty field, a quote
//! inside a field without quotes stands for itself, a byte order mark belongs to the first field.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::ReadError;
use crate::eval::budget::Budget;
use crate::eval::value::Value;

/// The rows as objects; without `headers` the first row has them. Fields that a row lacks are empty strings, those that it
/// has beyond the headers are skipped.
pub(super) fn items(
    text: &str,
    delimiter: char,
    headers: Option<Vec<String>>,
    budget: &mut Budget,
) -> Result<Vec<Value>, ReadError> {
    let mut rows = rows(text, delimiter).into_iter();
    let headers: Vec<Arc<str>> =
        headers.or_else(|| rows.next()).unwrap_or_default().into_iter().map(Arc::from).collect();
    check(&headers)?;
    let item = |row: Vec<String>| {
        // Short rows under many headers make more than was read.
        budget.spend(1 + headers.len() as u64)?;
        let fields = row.into_iter().map(Value::from).chain(std::iter::repeat(Value::from("")));
        Ok(Value::members(headers.iter().cloned().zip(fields)))
    };
    rows.map(item).collect()
}

/// Whether all headers differ. Recorded for headers that are given; the message speaks of all.
pub(super) fn check(headers: &[Arc<str>]) -> Result<(), ReadError> {
    match headers.iter().collect::<BTreeSet<_>>().len() < headers.len() {
        true => Err(ReadError::reader_failed("CSV headers cannot contain duplicates.")),
        false => Ok(()),
    }
}

fn rows(text: &str, delimiter: char) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut row = Vec::new();
    let mut field = String::new();
    // Whether nothing of the field, and nothing of the row, has been read.
    let (mut starts_field, mut starts_row) = (true, true);
    let mut is_quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let next = characters.peek().copied();
        let started_field = std::mem::replace(&mut starts_field, false);
        starts_row = false;
        match c {
            '\\' => field.extend(characters.next_if(|c| matches!(c, '\\' | '"') || *c == delimiter)),
            '"' if next == Some('"') && (is_quoted || !started_field) => field.extend(characters.next()),
            '"' if is_quoted || started_field => is_quoted = !is_quoted,
            _ if is_quoted => field.push(c),
            '\r' if next == Some('\n') => {}
            '\n' => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
                (starts_field, starts_row) = (true, true);
            }
            _ if c == delimiter => {
                row.push(std::mem::take(&mut field));
                starts_field = true;
            }
            _ => field.push(c),
        }
    }
    if !starts_row {
        row.push(field);
        rows.push(row);
    }
    rows
}
