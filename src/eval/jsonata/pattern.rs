//! Regular expressions and functions that match into what `$match`, `$contains`, `$split` and `$replace` make of a text.
//!
//! A matcher is a function of a text whose result says where it matched and how to go on. A regular expression is one, and is
//! not called as such here: its matches stay places in the text.

use std::rc::Rc;
use std::sync::Arc;

use super::call::Function;
use super::evaluate::{Evaluation, Fallible, fail};
use super::item::{Fields, Item, Shape, list, record};
use super::picture::UNCODED;
use crate::asl::jsonata::{ExprId, Kind};
use crate::eval::fault::Fault;
use crate::eval::regex;
use crate::eval::value::Value;
use crate::text::Span;

/// A regular expression of an expression.
#[derive(Debug)]
pub(super) struct Regex {
    engine: regex::Regex,
}

/// Where a regular expression goes on to look.
#[derive(Clone, Debug)]
pub(super) struct Next {
    regex: Rc<Regex>,
    text: Arc<str>,
    from: usize,
}

/// A match.
pub(super) enum Found {
    Regex {
        regex: Rc<Regex>,
        place: regex::Match,
    },
    /// What a function of the expression says.
    Own {
        said: Item,
    },
}

impl Evaluation<'_> {
    /// `/pattern/flags`
    pub(super) fn regex(&mut self, id: ExprId) -> Fallible<Item> {
        if let Some((_, regex)) = self.regexes.iter().find(|(of, _)| *of == id) {
            return Ok(Function::regex(Rc::clone(regex)));
        }
        let Kind::Regex { pattern, flags } = self.ast[id].kind else {
            return fail(self.span(id), "S0303", "this is no regular expression");
        };
        match regex::Regex::new(self.ast.text(pattern), self.ast.text(flags)) {
            Ok(engine) => {
                let regex = Rc::new(Regex { engine });
                self.regexes.push((id, Rc::clone(&regex)));
                Ok(Function::regex(regex))
            }
            Err(message) => fail(self.span(id), "S0303", message),
        }
    }

    /// What a regular expression gives that is called like a function, with a text and the place from which on it looks.
    pub(super) fn match_regex(
        &mut self,
        regex: &Rc<Regex>,
        text: &Arc<str>,
        from: f64,
        at: Span,
    ) -> Fallible<Option<Item>> {
        let found = self.search(regex, text, place_of(from, text), at)?;
        found.map(|found| self.match_item(&found, text, at)).transpose()
    }

    /// What the `next` of a match gives that is called like a function.
    pub(super) fn match_next(&mut self, next: &Next, at: Span) -> Fallible<Option<Item>> {
        let found = self.search_on(&next.regex, &next.text, next.from, at)?;
        found.map(|found| self.match_item(&found, &next.text, at)).transpose()
    }

    /// The first match of a matcher in `text`.
    pub(super) fn first_match(&mut self, matcher: &Function, text: &Arc<str>, site: ExprId) -> Fallible<Option<Found>> {
        match matcher.as_regex() {
            Some(regex) => self.search(regex, text, 0, self.span(site)),
            None => self.ask(matcher, Some(Item::from(Arc::clone(text))), site),
        }
    }

    /// The match behind another.
    pub(super) fn next_match(&mut self, before: &Found, text: &Arc<str>, site: ExprId) -> Fallible<Option<Found>> {
        let at = self.span(site);
        match before {
            Found::Regex { regex, place } => self.search_on(regex, text, place.end, at),
            Found::Own { said } => match said.as_fields().and_then(|fields| fields.get("next")) {
                Some(Item::Function(next)) => self.ask(&next, None, site),
                _ => fail(at, UNCODED, "matcher says of a match no function `next` that finds the one behind it"),
            },
        }
    }

    fn search(&mut self, regex: &Rc<Regex>, text: &str, from: usize, at: Span) -> Fallible<Option<Found>> {
        let place = regex.engine.find_at(text, from, self.budget);
        let place = place.map_err(|spent| Box::new(Fault::out_of_budget(at, spent)))?;
        Ok(place.map(|place| Found::Regex { regex: Rc::clone(regex), place }))
    }

    /// The match behind the one that ends at `from`. One without a character is refused: it would never end.
    fn search_on(&mut self, regex: &Rc<Regex>, text: &str, from: usize, at: Span) -> Fallible<Option<Found>> {
        if from >= text.len() {
            return Ok(None);
        }
        let found = self.search(regex, text, from, at)?;
        if let Some(Found::Regex { place, .. }) = &found
            && place.start == place.end
        {
            return fail(at, "D1004", "regular expression matches where there is no character");
        }
        Ok(found)
    }

    fn ask(&mut self, matcher: &Function, text: Option<Item>, site: ExprId) -> Fallible<Option<Found>> {
        let Some(said) = self.invoke(matcher, vec![text], site)? else { return Ok(None) };
        let is_match = said.as_fields().is_some_and(|fields| {
            fields.get("start").is_some_and(|start| start.as_f64().is_some())
                || fields.get("groups").is_some_and(|groups| groups.is_array())
                || fields.get("next").is_some_and(|next| next.as_function().is_some())
        });
        if !is_match && self.is_true(Some(&said), self.span(site))? {
            return fail(self.span(site), "T1010", "what the matcher gives does not say where it matches");
        }
        Ok(Some(Found::Own { said }))
    }

    /// A match as the expression sees it.
    pub(super) fn match_item(&mut self, found: &Found, text: &Arc<str>, at: Span) -> Fallible<Item> {
        let (regex, place) = match found {
            Found::Own { said } => return Ok(said.clone()),
            Found::Regex { regex, place } => (regex, place),
        };
        let next = Next { regex: Rc::clone(regex), text: Arc::clone(text), from: place.end };
        let start = self.units(text, place.start, at)?;
        let length = self.units(&text[place.start..], place.end - place.start, at)?;
        let members = [
            ("match", Item::from(&text[place.start..place.end])),
            ("start", Item::from(start)),
            ("end", Item::from(start + length)),
            ("groups", found.groups(text)),
            ("next", Function::next(next)),
        ];
        Ok(record(members.into_iter().map(|(name, item)| (name.into(), item)).collect::<Fields>()))
    }

    /// How many units of UTF-16 stand before a place, as the reference implementation counts.
    pub(super) fn units(&mut self, text: &str, before: usize, at: Span) -> Fallible<i64> {
        self.spend_on_text(at, before)?;
        // No text has 2^63 units.
        Ok(i64::try_from(text[..before].encode_utf16().count()).unwrap_or(i64::MAX))
    }
}

impl Found {
    /// Where it begins, in bytes.
    pub(super) fn start(&self, text: &str) -> usize {
        match self {
            Self::Regex { place, .. } => place.start,
            Self::Own { said } => said_place(said, "start", text),
        }
    }

    /// Where it ends, in bytes.
    pub(super) fn end(&self, text: &str) -> usize {
        match self {
            Self::Regex { place, .. } => place.end,
            Self::Own { said } => said_place(said, "end", text),
        }
    }

    /// What matched; nothing if a function does not say it.
    pub(super) fn matched(&self, text: &str) -> Option<Item> {
        match self {
            Self::Regex { place, .. } => Some(Item::from(&text[place.start..place.end])),
            Self::Own { said } => said.as_fields()?.get("match"),
        }
    }

    /// The groups; a hole for one that took no part.
    pub(super) fn groups(&self, text: &str) -> Item {
        match self {
            Self::Regex { place, .. } => {
                let group = |group: &Option<(usize, usize)>| match *group {
                    Some((start, end)) => Item::from(&text[start..end]),
                    None => Item::Hole,
                };
                list(place.groups.iter().map(group).collect(), Shape::Plain)
            }
            Self::Own { said } => {
                let groups = said.as_fields().and_then(|fields| fields.get("groups"));
                groups.unwrap_or_else(|| Item::Json(Value::array(Vec::new())))
            }
        }
    }
}

/// A place that a function of the expression gave.
fn said_place(said: &Item, name: &str, text: &str) -> usize {
    let place = said.as_fields().and_then(|fields| fields.get(name)).and_then(|place| place.as_f64());
    place_of(place.unwrap_or_default(), text)
}

/// The place behind so many units of UTF-16; a unit within a character counts as the whole.
fn place_of(units: f64, text: &str) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates, and the text ends")]
    let units = units as usize;
    let mut passed = 0;
    for (at, character) in text.char_indices() {
        if passed >= units {
            return at;
        }
        passed += character.len_utf16();
    }
    text.len()
}
