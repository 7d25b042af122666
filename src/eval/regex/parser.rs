//! Turns the text of a regular expression into a tree: the grammar of ECMAScript without the `u` flag, web extensions
//! (Annex B.1.2) included.
//!
//! The pattern is read in code units, as JavaScript has it. Groups nest at most [`MAX_DEPTH`] deep, so whatever walks the
//! tree ends.

use std::ops::Range;

use super::set::{self, Set};

/// How deep groups may nest.
const MAX_DEPTH: usize = 200;

/// A part of an expression.
#[derive(Debug)]
pub(super) enum Node {
    Unit {
        unit: u16,
        ignore_case: bool,
    },
    Set(Set),
    Assertion(Assertion),
    /// A group that is counted; 0 is the whole expression.
    Group {
        number: usize,
        body: Box<Self>,
    },
    Reference {
        number: usize,
        ignore_case: bool,
    },
    Look {
        is_behind: bool,
        is_negated: bool,
        body: Box<Self>,
    },
    Repeat {
        body: Box<Self>,
        count: Count,
        /// The groups inside, which each round forgets.
        groups: Range<usize>,
    },
    Sequence(Vec<Self>),
    Either(Vec<Self>),
}

/// What holds at a place between two units.
#[derive(Clone, Copy, Debug)]
pub(super) enum Assertion {
    TextStart,
    LineStart,
    TextEnd,
    LineEnd,
    WordBoundary,
    NoWordBoundary,
}

/// How often something may come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count {
    pub(super) min: u32,
    /// `u32::MAX`: without end.
    pub(super) max: u32,
    pub(super) is_greedy: bool,
}

/// What the flags say.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flags {
    pub(super) ignore_case: bool,
    pub(super) multiline: bool,
    pub(super) dot_all: bool,
}

/// The tree of a pattern, and how many groups it has.
pub(super) fn parse(pattern: &str, flags: Flags) -> Result<(Node, usize), String> {
    let units: Vec<u16> = pattern.encode_utf16().collect();
    let groups = groups(&units);
    let mut parser = Parser { units: &units, at: 0, flags, depth: 0, n_open: 0, groups: &groups };
    let node = parser.either()?;
    match parser.peek() {
        None => Ok((node, groups.len())),
        Some(_) => Err("`)` closes no group of this regular expression".to_owned()),
    }
}

struct Parser<'p> {
    units: &'p [u16],
    at: usize,
    flags: Flags,
    depth: usize,
    /// How many of the groups have begun.
    n_open: usize,
    /// Every group of the pattern, with its name where it has one: references may stand before the group.
    groups: &'p [Option<&'p [u16]>],
}

/// What a `(` opens.
enum GroupKind {
    Plain,
    Numbered(usize),
    Look { is_behind: bool, is_negated: bool },
}

/// The groups of a pattern that are counted, in order, with the names of those that have one.
fn groups(units: &[u16]) -> Vec<Option<&[u16]>> {
    let mut groups = Vec::new();
    let mut is_class = false;
    let mut at = 0;
    while let Some(&unit) = units.get(at) {
        at += 1;
        match character(unit) {
            '\\' => at += 1,
            '[' => is_class = true,
            ']' => is_class = false,
            '(' if !is_class => match units[at..] {
                [q, less, first, ..] if character(q) == '?' && character(less) == '<' => {
                    if !matches!(character(first), '=' | '!') {
                        groups.push(Some(until(&units[at + 2..], '>').unwrap_or_default()));
                    }
                }
                [q, ..] if character(q) == '?' => {}
                _ => groups.push(None),
            },
            _ => {}
        }
    }
    groups
}

/// A unit as a character; no character of the grammar for half of one.
fn character(unit: u16) -> char {
    char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn until(units: &[u16], end: char) -> Option<&[u16]> {
    let length = units.iter().position(|&unit| character(unit) == end)?;
    Some(&units[..length])
}

const NOTHING_TO_REPEAT: &str = "a quantifier of this regular expression has nothing to repeat";

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.units.get(self.at).copied().map(character)
    }

    fn eat(&mut self, text: &str) -> bool {
        let is_there = text
            .chars()
            .enumerate()
            .all(|(n, expected)| self.units.get(self.at + n).copied().map(character) == Some(expected));
        if is_there {
            // All that is asked for is ASCII.
            self.at += text.len();
        }
        is_there
    }

    fn either(&mut self) -> Result<Node, String> {
        let first = self.sequence()?;
        if self.peek() != Some('|') {
            return Ok(first);
        }
        let mut branches = vec![first];
        while self.eat("|") {
            branches.push(self.sequence()?);
        }
        Ok(Node::Either(branches))
    }

    fn sequence(&mut self) -> Result<Node, String> {
        let mut terms = Vec::new();
        while let Some(next) = self.peek()
            && !matches!(next, '|' | ')')
        {
            let n_before = self.n_open;
            let (term, is_repeatable) = self.term()?;
            let count = if is_repeatable { self.count()? } else { None };
            terms.push(match count {
                Some(count) => Node::Repeat { body: Box::new(term), count, groups: n_before + 1..self.n_open + 1 },
                None => term,
            });
        }
        Ok(Node::Sequence(terms))
    }

    /// One term, and whether a quantifier may follow.
    fn term(&mut self) -> Result<(Node, bool), String> {
        let unit = self.units[self.at];
        let node = match character(unit) {
            '*' | '+' | '?' => return Err(NOTHING_TO_REPEAT.to_owned()),
            '{' if self.braces()?.is_some() => return Err(NOTHING_TO_REPEAT.to_owned()),
            '(' => return self.group(),
            '\\' => return self.escape(),
            '[' => Node::Set(self.class()?),
            '^' | '$' => {
                let assertion = match (character(unit), self.flags.multiline) {
                    ('^', false) => Assertion::TextStart,
                    ('^', true) => Assertion::LineStart,
                    (_, false) => Assertion::TextEnd,
                    (_, true) => Assertion::LineEnd,
                };
                self.at += 1;
                return Ok((Node::Assertion(assertion), false));
            }
            '.' => {
                self.at += 1;
                let excepted = if self.flags.dot_all { &[][..] } else { set::LINE_ENDS };
                Node::Set(Set::new(excepted.to_vec(), true, false))
            }
            _ => {
                self.at += 1;
                self.literal(unit)
            }
        };
        Ok((node, true))
    }

    fn literal(&self, unit: u16) -> Node {
        Node::Unit { unit, ignore_case: self.flags.ignore_case }
    }

    /// Takes a quantifier, if there is one.
    fn count(&mut self) -> Result<Option<Count>, String> {
        let (min, max) = match self.peek() {
            Some('*') => (0, u32::MAX),
            Some('+') => (1, u32::MAX),
            Some('?') => (0, 1),
            Some('{') => match self.braces()? {
                Some(range) => range,
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        self.at += 1;
        Ok(Some(Count { min, max, is_greedy: !self.eat("?") }))
    }

    /// Takes `{n`, `{n,` or `{n,m` where a `}` follows; any other brace stands for itself.
    fn braces(&mut self) -> Result<Option<(u32, u32)>, String> {
        let start = self.at;
        self.at += 1;
        let min = self.number();
        let max = if self.eat(",") { self.number().or(Some(u32::MAX)) } else { min };
        let (Some(min), Some(max), Some('}')) = (min, max, self.peek()) else {
            self.at = start;
            return Ok(None);
        };
        if min > max {
            return Err("a quantifier of this regular expression ends below its start".to_owned());
        }
        Ok(Some((min, max)))
    }

    /// Takes decimal digits; more than fits is as good as no end.
    fn number(&mut self) -> Option<u32> {
        let mut number: Option<u32> = None;
        while let Some(digit) = self.peek().and_then(|next| next.to_digit(10)) {
            number = Some(number.unwrap_or_default().saturating_mul(10).saturating_add(digit));
            self.at += 1;
        }
        number
    }

    fn group(&mut self) -> Result<(Node, bool), String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("groups of this regular expression nest deeper than {MAX_DEPTH}"));
        }
        let outer = self.flags;
        let kind = self.group_start()?;
        let body = Box::new(self.either()?);
        if !self.eat(")") {
            return Err("a group of this regular expression is not closed".to_owned());
        }
        self.flags = outer;
        self.depth -= 1;
        Ok(match kind {
            GroupKind::Plain => (*body, true),
            GroupKind::Numbered(number) => (Node::Group { number, body }, true),
            GroupKind::Look { is_behind, is_negated } => (Node::Look { is_behind, is_negated, body }, !is_behind),
        })
    }

    /// Takes `(` and what says which kind of group it is.
    fn group_start(&mut self) -> Result<GroupKind, String> {
        self.at += 1;
        if self.eat("?:") {
            return Ok(GroupKind::Plain);
        }
        for (start, is_behind, is_negated) in
            [("?=", false, false), ("?!", false, true), ("?<=", true, false), ("?<!", true, true)]
        {
            if self.eat(start) {
                return Ok(GroupKind::Look { is_behind, is_negated });
            }
        }
        if self.eat("?<") {
            let name = until(&self.units[self.at..], '>').unwrap_or_default();
            if !is_name(name) {
                return Err("the name of a group of this regular expression is not a name".to_owned());
            }
            if self.groups[..self.n_open].contains(&Some(name)) {
                return Err("two groups of this regular expression have one name".to_owned());
            }
            self.at += name.len() + 1;
        } else if self.eat("?") {
            self.modifiers()?;
            return Ok(GroupKind::Plain);
        }
        self.n_open += 1;
        Ok(GroupKind::Numbered(self.n_open))
    }

    /// Takes the `i-m:` of `(?i-m:…)`, of ECMAScript 2025.
    fn modifiers(&mut self) -> Result<(), String> {
        let mut is_on = true;
        while let Some(next) = self.peek() {
            self.at += 1;
            match next {
                'i' => self.flags.ignore_case = is_on,
                'm' => self.flags.multiline = is_on,
                's' => self.flags.dot_all = is_on,
                '-' if is_on => is_on = false,
                ':' => return Ok(()),
                _ => break,
            }
        }
        Err("`(?` opens no kind of group".to_owned())
    }

    /// Takes a backslash and what it escapes, outside a class.
    fn escape(&mut self) -> Result<(Node, bool), String> {
        self.at += 1;
        let Some(next) = self.peek() else {
            return Err("a backslash at the end of a regular expression escapes nothing".to_owned());
        };
        let ignore_case = self.flags.ignore_case;
        if let Some(ranges) = class_escape(next) {
            self.at += 1;
            return Ok((Node::Set(Set::new(ranges, false, ignore_case)), true));
        }
        match next {
            'b' | 'B' => {
                self.at += 1;
                let assertion = if next == 'b' { Assertion::WordBoundary } else { Assertion::NoWordBoundary };
                return Ok((Node::Assertion(assertion), false));
            }
            'k' if self.has_names() => {
                self.at += 1;
                let name = if self.eat("<") { until(&self.units[self.at..], '>') } else { None };
                let number = name.and_then(|name| self.groups.iter().position(|&group| group == Some(name)));
                let (Some(name), Some(number)) = (name, number) else {
                    return Err("`\\k` names no group of this regular expression".to_owned());
                };
                self.at += name.len() + 1;
                return Ok((Node::Reference { number: number + 1, ignore_case }, true));
            }
            '1'..='9' => {
                let start = self.at;
                let number = self.number().map_or(usize::MAX, |number| number as usize);
                if number <= self.groups.len() {
                    return Ok((Node::Reference { number, ignore_case }, true));
                }
                self.at = start;
            }
            _ => {}
        }
        let unit = self.character_escape(char::is_ascii_alphabetic);
        Ok((self.literal(unit), true))
    }

    fn has_names(&self) -> bool {
        self.groups.iter().any(Option::is_some)
    }

    /// The unit that is escaped, behind the backslash. `is_control` says what may follow `\c`.
    fn character_escape(&mut self, is_control: fn(&char) -> bool) -> u16 {
        let unit = self.units[self.at];
        let next = character(unit);
        self.at += 1;
        match next {
            'f' => 0x0C,
            'n' => 0x0A,
            'r' => 0x0D,
            't' => 0x09,
            'v' => 0x0B,
            'c' => match self.peek().filter(is_control) {
                Some(_) => {
                    self.at += 1;
                    self.units[self.at - 1] & 0x1F
                }
                None => {
                    // The backslash stands for itself, and so does the `c`.
                    self.at -= 1;
                    u16::from(b'\\')
                }
            },
            '0'..='7' => {
                self.at -= 1;
                let most = if next < '4' { 3 } else { 2 };
                self.digits(8, 1, most).unwrap_or(unit)
            }
            'x' => self.digits(16, 2, 2).unwrap_or(unit),
            'u' => self.digits(16, 4, 4).unwrap_or(unit),
            _ => unit,
        }
    }

    /// Takes so many digits, if they are there.
    fn digits(&mut self, radix: u32, least: usize, most: usize) -> Option<u16> {
        let digits: Vec<u32> =
            self.units[self.at..].iter().take(most).map_while(|&unit| character(unit).to_digit(radix)).collect();
        if digits.len() < least {
            return None;
        }
        self.at += digits.len();
        u16::try_from(digits.iter().fold(0, |number, digit| number * radix + digit)).ok()
    }

    /// Takes `[…]`.
    fn class(&mut self) -> Result<Set, String> {
        self.at += 1;
        let is_negated = self.eat("^");
        let mut ranges = Vec::new();
        while !self.eat("]") {
            let left = self.class_atom()?;
            if self.peek() != Some('-') || self.units.get(self.at + 1).copied().map(character) == Some(']') {
                ranges.extend(left);
                continue;
            }
            self.at += 1;
            let right = self.class_atom()?;
            match (&left[..], &right[..]) {
                (&[(low, end)], &[(start, high)]) if low == end && start == high => {
                    if low > high {
                        return Err("a range of a class of this regular expression ends below its start".to_owned());
                    }
                    ranges.push((low, high));
                }
                _ => {
                    // Beside a class, as in `[\d-x]`, the hyphen stands for itself.
                    ranges.extend(left);
                    ranges.push((u16::from(b'-'), u16::from(b'-')));
                    ranges.extend(right);
                }
            }
        }
        Ok(Set::new(ranges, is_negated, self.flags.ignore_case))
    }

    /// Takes one member of a class: one unit, or the ranges of an escape such as `\d`.
    fn class_atom(&mut self) -> Result<Vec<set::Range>, String> {
        let Some(&unit) = self.units.get(self.at) else {
            return Err("a class of this regular expression is not closed".to_owned());
        };
        self.at += 1;
        if character(unit) != '\\' {
            return Ok(vec![(unit, unit)]);
        }
        let unit = match self.peek() {
            None => return Err("a backslash at the end of a regular expression escapes nothing".to_owned()),
            Some('k') if self.has_names() => return Err("`\\k` cannot stand in a class".to_owned()),
            Some('b') => {
                self.at += 1;
                0x08
            }
            Some(next) => match class_escape(next) {
                Some(ranges) => {
                    self.at += 1;
                    return Ok(ranges);
                }
                None => self.character_escape(|next| next.is_ascii_alphanumeric() || *next == '_'),
            },
        };
        Ok(vec![(unit, unit)])
    }
}

/// What `\d`, `\W` and the like stand for.
fn class_escape(letter: char) -> Option<Vec<set::Range>> {
    let ranges = match letter.to_ascii_lowercase() {
        'd' => set::DIGITS,
        's' => set::SPACE,
        'w' => set::WORD,
        _ => return None,
    };
    Some(if letter.is_ascii_uppercase() { set::complement(ranges) } else { ranges.to_vec() })
}

/// Whether units are the name of a group, or nearly: escapes in names are not looked into.
fn is_name(units: &[u16]) -> bool {
    let mut characters = char::decode_utf16(units.iter().copied());
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '$' | '_' | '\\');
    let is_start = units.first().is_some_and(|&unit| !character(unit).is_numeric());
    is_start && characters.all(|c| c.is_ok_and(is_part))
}
