//! Holds objects against what the files of `schemas/asl` come down to.
//!
//! The schemas say few things: which fields there are, what each takes, and which stand together. Said as sets of bits this
//! costs a small machine nothing, while to compile them for a validator takes longer than all else that it asks for. The
//! tests hold what is said here, complaint by complaint, to what `jsonschema` says of the same files .

#[cfg(test)]
mod tests;
mod written;

use crate::asl::Field;
use crate::syntax::{Kind, Node};

/// How many complaints about one object are told: no person reads more.
pub(super) const MOST_COMPLAINTS: usize = 100;

/// A schema of an object.
#[derive(Debug)]
pub(super) struct Plain {
    /// What fields are called, ascending. A set of fields has a bit for each, by its place here.
    pub(super) names: Vec<&'static str>,
    /// What each takes.
    pub(super) takes: Vec<Takes>,
    /// Those that exist; others are only asked for, or ruled out.
    pub(super) fields: u64,
    /// Whether there are no other fields.
    pub(super) is_closed: bool,
    /// How many fields there are at least.
    pub(super) least: usize,
    /// The places of those that have to be there, as the schema lists them.
    pub(super) required: Vec<usize>,
    pub(super) demands: Vec<Demand>,
    pub(super) choices: Vec<Choice>,
}

/// What follows from a field that is there.
#[derive(Debug)]
pub(super) struct Demand {
    /// Its place.
    pub(super) of: usize,
    /// The value that it has; `None` where any will do.
    pub(super) value: Option<&'static str>,
    /// The fields that have to be there too.
    pub(super) needs: Vec<usize>,
    /// The fields that may not.
    pub(super) bars: Vec<usize>,
}

/// Sets of fields of which one has to be there, or exactly one.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) sets: Vec<u64>,
    /// The first field of each.
    pub(super) names: Vec<&'static str>,
    pub(super) is_exclusive: bool,
}

/// What a field takes.
#[derive(Debug, PartialEq)]
pub(super) struct Takes {
    /// A bit for each type, see [`bit`].
    pub(super) types: u8,
    /// What the schema calls them; nothing where it does not.
    pub(super) names: Vec<&'static str>,
    /// The only strings; any where there are none.
    pub(super) words: Vec<&'static str>,
    /// Whether a boolean is `true`.
    pub(super) is_true: bool,
    /// Whether a string is a JSONata string.
    pub(super) is_expression: bool,
    /// The least number.
    pub(super) least: Option<f64>,
    /// The greatest number.
    pub(super) most: Option<f64>,
    /// How much a list holds at least.
    pub(super) min_items: usize,
    /// How much an object holds at least.
    pub(super) min_members: usize,
    /// The types of the items of a list.
    pub(super) items: u8,
    /// What the schema calls them.
    pub(super) item_names: Vec<&'static str>,
}

/// What a schema has against an object.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Complaint<'t> {
    /// A field that is none of the object's.
    Stranger(Field<'t>),
    /// A field that is not there, and the one that demands it, where it is not the object itself.
    Missing(&'static str, Option<Field<'t>>),
    /// Fields of which none is there.
    MissingOneOf(Vec<&'static str>),
    /// Fields of which there are several and may be one.
    OnlyOneOf(Vec<&'static str>),
    /// A field that another rules out; by the value it has, where others do not.
    Barred { field: Field<'t>, by: Field<'t>, value: Option<&'t str> },
    /// The object has too little in it.
    Bare,
    /// A value that does not suit its field; the object itself, where there is no field.
    Unfit { node: Node<'t>, field: Option<Field<'t>>, misfit: Misfit },
}

/// How a value does not suit.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Misfit {
    /// It is of none of these types.
    Type(Vec<&'static str>),
    /// It is none of these.
    Word(Vec<&'static str>),
    /// It is not `true`.
    NotTrue,
    /// It is less than this.
    Below(f64),
    /// It is more than this.
    Above(f64),
    /// There is too little in it.
    Empty,
}

impl Plain {
    /// The fields that exist, ascending.
    pub(super) fn fields(&self) -> impl Iterator<Item = &'static str> {
        let exists = |place: &usize| self.fields & 1 << place != 0;
        (0..self.names.len()).filter(exists).map(|place| self.names[place])
    }

    /// The field of this name.
    pub(super) fn field(&self, name: &str) -> Option<&'static str> {
        let place = self.names.binary_search(&name).ok()?;
        (self.fields & 1 << place != 0).then(|| self.names[place])
    }

    /// Whether of two fields one rules out the other whatever its value.
    pub(super) fn excludes(&self, one: &str, other: &str) -> bool {
        let rules_out = |one: &str, other: &str| {
            let of_one = self.demands.iter().filter(|demand| demand.value.is_none() && self.names[demand.of] == one);
            of_one.flat_map(|demand| &demand.bars).any(|&place| self.names[place] == other)
        };
        rules_out(one, other) || rules_out(other, one)
    }

    /// What the schema has against an object, apart from what is open in it: first what is there and may not be, then what
    /// is not there, each in the order of the schema. Of several fields with one name the last counts, as for readers of JSON.
    pub(super) fn complaints<'t>(&self, object: Node<'t>) -> Vec<Complaint<'t>> {
        let mut told = Vec::new();
        if object.kind() != Kind::Object {
            told.push(Complaint::Unfit { node: object, field: None, misfit: Misfit::Type(vec!["object"]) });
            return told;
        }
        let mut there = 0;
        let mut fields = [None; u64::BITS as usize];
        for field in object.members() {
            match self.names.binary_search(&field.name()) {
                Ok(place) if self.fields & 1 << place != 0 || !self.is_closed => {
                    there |= 1 << place;
                    fields[place] = Some(field);
                }
                _ if self.is_closed && told.len() < MOST_COMPLAINTS => told.push(Complaint::Stranger(field)),
                _ => {}
            }
        }
        for (field, takes) in fields.iter().zip(&self.takes) {
            if let Some(field) = field {
                takes.complaints(*field, &mut told);
            }
        }
        let has = |place: usize| there & 1 << place != 0;
        for demand in &self.demands {
            let Some(by) = fields[demand.of] else { continue };
            let value = by.value.as_str().filter(|value| demand.value == Some(*value));
            if demand.value.is_some() && value.is_none() {
                continue;
            }
            let barred = demand.bars.iter().filter_map(|&place| fields[place]).filter(|field| !field.value.is_open());
            told.extend(barred.map(|field| Complaint::Barred { field, by, value }));
            let missing = demand.needs.iter().filter(|place| !has(**place));
            told.extend(missing.map(|&place| Complaint::Missing(self.names[place], Some(by))));
        }
        for choice in &self.choices {
            match choice.sets.iter().filter(|set| there & **set == **set).count() {
                0 => told.push(Complaint::MissingOneOf(choice.names.clone())),
                2.. if choice.is_exclusive => told.push(Complaint::OnlyOneOf(choice.names.clone())),
                _ => {}
            }
        }
        if object.len() < self.least {
            told.push(Complaint::Bare);
        }
        let missing = self.required.iter().filter(|place| !has(**place));
        told.extend(missing.map(|&place| Complaint::Missing(self.names[place], None)));
        told.truncate(MOST_COMPLAINTS);
        told
    }
}

impl Takes {
    pub(super) const ANYTHING: Self = Self {
        types: ANY,
        names: Vec::new(),
        words: Vec::new(),
        is_true: false,
        is_expression: false,
        least: None,
        most: None,
        min_items: 0,
        min_members: 0,
        items: ANY,
        item_names: Vec::new(),
    };

    /// Adds what is wrong with the value of a field: one thing of each value.
    fn complaints<'t>(&self, field: Field<'t>, told: &mut Vec<Complaint<'t>>) {
        let value = field.value;
        let mut unfit = |node, misfit| {
            if told.len() < MOST_COMPLAINTS {
                told.push(Complaint::Unfit { node, field: Some(field), misfit });
            }
        };
        // What is open may be anything, but a tagged list may hold what is not.
        if let Some(misfit) = self.misfit(value).filter(|_| !value.is_open()) {
            unfit(value, misfit);
        }
        if value.kind() == Kind::Array && self.items != ANY {
            for item in value.items().filter(|item| self.items & bit(item.kind()) == 0 && !item.is_open()) {
                unfit(item, Misfit::Type(self.item_names.clone()));
            }
        }
    }

    fn misfit(&self, value: Node<'_>) -> Option<Misfit> {
        let kind = value.kind();
        let is_type = self.types & bit(kind) != 0;
        let is_whole = || value.as_i64().is_some() || value.as_f64().is_some_and(|number| number.fract() == 0.0);
        if !is_type || kind == Kind::Number && self.types & WHOLE != 0 && !is_whole() {
            return Some(match (&*self.names, self.is_true) {
                ([], true) => Misfit::NotTrue,
                ([], false) => Misfit::Word(self.words.clone()),
                (names, _) => Misfit::Type(names.to_vec()),
            });
        }
        match kind {
            Kind::String => {
                let text = value.as_str()?;
                let is_expression = || text.len() > 3 && text.starts_with("{%") && text.ends_with("%}");
                if self.is_expression && !is_expression() {
                    // The right type, but for the language of its content.
                    return Some(Misfit::Type(self.names.clone()));
                }
                let is_known = self.words.is_empty() || self.words.contains(&text);
                (!is_known).then(|| Misfit::Word(self.words.clone()))
            }
            Kind::Number => {
                let number = value.as_f64()?;
                let below = self.least.filter(|least| number < *least).map(Misfit::Below);
                below.or_else(|| self.most.filter(|most| number > *most).map(Misfit::Above))
            }
            Kind::Bool => (self.is_true && value.as_bool() != Some(true)).then_some(Misfit::NotTrue),
            Kind::Array => (value.len() < self.min_items).then_some(Misfit::Empty),
            Kind::Object => (value.len() < self.min_members).then_some(Misfit::Empty),
            Kind::Null | Kind::Hole | Kind::Missing => None,
        }
    }
}

/// Every type.
pub(super) const ANY: u8 = 0b11_1111;
/// Of numbers, those alone that are whole.
pub(super) const WHOLE: u8 = 1 << 7;

/// The bit of a type.
pub(super) const fn bit(kind: Kind) -> u8 {
    match kind {
        Kind::Null | Kind::Hole | Kind::Missing => 1,
        Kind::Bool => 1 << 1,
        Kind::Number => 1 << 2,
        Kind::String => 1 << 3,
        Kind::Array => 1 << 4,
        Kind::Object => 1 << 5,
    }
}
