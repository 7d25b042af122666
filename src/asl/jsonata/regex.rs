//! Whether a regular expression is one: the grammar of JavaScript without its `u` flag, web extensions included.
//!
//! Nothing is compiled. The expression is checked because the reference implementation refuses what its engine cannot
//! compile. One pass, no recursion.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// What is wrong with a pattern: bytes `start..end` of it, or of the flags.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) in_flags: bool,
    pub(super) message: &'static str,
}

pub(super) fn check(pattern: &str, flags: &str) -> Result<(), Fault> {
    let mut checker = Checker {
        pattern,
        at: 0,
        open: Vec::new(),
        names: BTreeSet::new(),
        has_names: pattern
            .match_indices("(?<")
            .any(|(at, _)| !matches!(pattern.as_bytes().get(at + 3), Some(b'=' | b'!'))),
        references: Vec::new(),
    };
    checker.pattern()?;
    if let Some(&(start, name)) = checker.references.iter().find(|(_, name)| !checker.names.contains(name)) {
        return Err(fault(start, start + name.len(), "reference names no group of this regular expression"));
    }
    match flags.char_indices().find(|&(at, flag)| flags[..at].contains(flag)) {
        Some((at, _)) => Err(Fault {
            start: at,
            end: at + 1,
            in_flags: true,
            message: "flag stands twice behind a regular expression",
        }),
        None => Ok(()),
    }
}

struct Checker<'p> {
    pattern: &'p str,
    at: usize,
    /// Groups not closed yet: where, and whether a quantifier may follow them.
    open: Vec<(usize, bool)>,
    names: BTreeSet<&'p str>,
    /// Only a pattern with named groups has rules for `\k`.
    has_names: bool,
    /// Where each `\k<name>` has its name; they may stand before the group.
    references: Vec<(usize, &'p str)>,
}

const NOTHING_TO_REPEAT: &str = "quantifier has nothing to repeat";

impl<'p> Checker<'p> {
    fn byte(&self) -> Option<u8> {
        self.pattern.as_bytes().get(self.at).copied()
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.pattern[self.at..].starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    fn char(&mut self) -> Option<char> {
        let char = self.pattern[self.at..].chars().next()?;
        self.at += char.len_utf8();
        Some(char)
    }

    fn pattern(&mut self) -> Result<(), Fault> {
        while let Some(byte) = self.byte() {
            let start = self.at;
            let repeatable = match byte {
                b'*' | b'+' | b'?' => return Err(fault(start, start + 1, NOTHING_TO_REPEAT)),
                b'{' => match self.braces()? {
                    true => return Err(fault(start, self.at, NOTHING_TO_REPEAT)),
                    false => {
                        self.at += 1;
                        true
                    }
                },
                b'^' | b'$' | b'|' => {
                    self.at += 1;
                    false
                }
                b'(' => {
                    self.group()?;
                    false
                }
                b')' => {
                    let Some((_, repeatable)) = self.open.pop() else {
                        return Err(fault(start, start + 1, "`)` closes no group of this regular expression"));
                    };
                    self.at += 1;
                    repeatable
                }
                b'[' => {
                    self.class()?;
                    true
                }
                b'\\' => self.escape()?,
                _ => self.char().is_some(),
            };
            if repeatable {
                self.quantifier()?;
            }
        }
        match self.open.pop() {
            Some((at, _)) => Err(fault(at, at + 1, "group of a regular expression is not closed")),
            None => Ok(()),
        }
    }

    fn quantifier(&mut self) -> Result<(), Fault> {
        let found = match self.byte() {
            Some(b'*' | b'+' | b'?') => {
                self.at += 1;
                true
            }
            Some(b'{') => self.braces()?,
            _ => false,
        };
        if found {
            self.eat("?");
        }
        Ok(())
    }

    /// Takes `{n}`, `{n,}` or `{n,m}`; any other brace stands for itself.
    fn braces(&mut self) -> Result<bool, Fault> {
        let start = self.at;
        let rest = &self.pattern[start + 1..];
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let (low, rest) = rest.split_at(digits(rest));
        let (high, rest) = match rest.strip_prefix(',') {
            Some(rest) => {
                let (high, rest) = rest.split_at(digits(rest));
                (Some(high), rest)
            }
            None => (None, rest),
        };
        if low.is_empty() || !rest.starts_with('}') {
            return Ok(false);
        }
        self.at = self.pattern.len() - rest.len() + 1;
        let significant = |digits: &str| {
            let digits = digits.trim_start_matches('0').to_owned();
            (digits.len(), digits)
        };
        match high.filter(|high| !high.is_empty()) {
            Some(high) if significant(low) > significant(high) => {
                Err(fault(start, self.at, "quantifier ends below its start"))
            }
            _ => Ok(true),
        }
    }

    fn group(&mut self) -> Result<(), Fault> {
        let start = self.at;
        self.at += 1;
        if !self.eat("?") {
            self.open.push((start, true));
            return Ok(());
        }
        if self.eat("<=") || self.eat("<!") {
            self.open.push((start, false));
            return Ok(());
        }
        if self.eat(":") || self.eat("=") || self.eat("!") {
            self.open.push((start, true));
            return Ok(());
        }
        if self.eat("<") {
            let from = self.at;
            let Some(name) = self.name() else {
                return Err(fault(start, self.at, "name of a group is not a name"));
            };
            if !self.names.insert(name) {
                return Err(fault(from, self.at - 1, "name of a group stands twice"));
            }
            self.open.push((start, true));
            return Ok(());
        }
        // Newer engines know modifiers, `(?i:…)` and `(?i-m:…)`.
        self.at += self.pattern[self.at..].bytes().take_while(|byte| matches!(byte, b'i' | b'm' | b's' | b'-')).count();
        if self.at > start + 2 && self.eat(":") {
            self.open.push((start, true));
            return Ok(());
        }
        Err(fault(start, start + 2, "`(?` opens no kind of group"))
    }

    /// Takes `name>`.
    fn name(&mut self) -> Option<&'p str> {
        let (name, _) = self.pattern[self.at..].split_once('>')?;
        let is_part = |char: char| char.is_alphanumeric() || matches!(char, '$' | '_' | '\\');
        if !name.chars().all(is_part) || name.starts_with(|char: char| char.is_numeric()) || name.is_empty() {
            return None;
        }
        self.at += name.len() + 1;
        Some(name)
    }

    /// Takes a backslash and what it escapes; says whether that can be repeated. Digits behind `\x` and the like are
    /// left: as literals they break no rule.
    fn escape(&mut self) -> Result<bool, Fault> {
        let start = self.at;
        self.at += 1;
        match self.char() {
            None => Err(fault(start, start + 1, "backslash at the end of a regular expression escapes nothing")),
            Some('b' | 'B') => Ok(false),
            Some('k') if self.has_names => {
                let from = self.at + 1;
                match self.eat("<").then(|| self.name()).flatten() {
                    Some(name) => self.references.push((from, name)),
                    None => return Err(fault(start, start + 2, "`\\k` needs the name of a group: `\\k<name>`")),
                }
                Ok(true)
            }
            Some(_) => Ok(true),
        }
    }

    fn class(&mut self) -> Result<(), Fault> {
        let open = self.at;
        self.at += 1;
        self.eat("^");
        let unclosed = fault(open, open + 1, "class of a regular expression has no closing `]`");
        loop {
            let start = self.at;
            match self.byte() {
                None => return Err(unclosed),
                Some(b']') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(_) => {}
            }
            let mut left = self.class_atom()?.map(|(_, last)| last);
            while self.byte() == Some(b'-') && !matches!(self.pattern.as_bytes().get(self.at + 1), None | Some(b']')) {
                self.at += 1;
                let right = self.class_atom()?;
                let (Some(low), Some((high, next))) = (left, right) else { break };
                if low > high {
                    return Err(fault(start, self.at, "range of a class ends below its start"));
                }
                if high == next {
                    break;
                }
                // A character of two code units: the range ends at the first, the second may start another.
                left = Some(next);
            }
        }
    }

    /// The first and the last code unit of one member of a class; `None` for a class in itself, as `\d`.
    fn class_atom(&mut self) -> Result<Option<(u16, u16)>, Fault> {
        let start = self.at;
        let Some(char) = self.char() else { return Ok(None) };
        if char != '\\' {
            return Ok(Some(code_units(char)));
        }
        let Some(char) = self.char() else {
            return Err(fault(start, start + 1, "backslash at the end of a regular expression escapes nothing"));
        };
        let unit = match char {
            'd' | 'D' | 's' | 'S' | 'w' | 'W' => return Ok(None),
            'b' => 8,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'v' => 11,
            'c' => match self.byte() {
                Some(byte) if byte.is_ascii_alphanumeric() || byte == b'_' => {
                    self.at += 1;
                    u16::from(byte & 0x1f)
                }
                _ => {
                    self.at -= 1;
                    u16::from(b'\\')
                }
            },
            '0'..='7' => {
                self.at -= 1;
                self.digits(8, if char < '4' { 1..=3 } else { 1..=2 }).unwrap_or(0)
            }
            'x' => self.digits(16, 2..=2).unwrap_or(u16::from(b'x')),
            'u' => self.digits(16, 4..=4).unwrap_or(u16::from(b'u')),
            'k' if self.has_names => return Err(fault(start, start + 2, "`\\k` cannot stand in a class")),
            char => return Ok(Some(code_units(char))),
        };
        Ok(Some((unit, unit)))
    }

    fn digits(&mut self, radix: u32, count: RangeInclusive<usize>) -> Option<u16> {
        let rest = &self.pattern[self.at..];
        let length = rest.chars().take(*count.end()).take_while(|char| char.is_digit(radix)).count();
        let unit = u16::from_str_radix(&rest[..length], radix).ok().filter(|_| count.contains(&length))?;
        self.at += length;
        Some(unit)
    }
}

fn code_units(char: char) -> (u16, u16) {
    let mut units = [0; 2];
    let units = char.encode_utf16(&mut units);
    (units[0], units[units.len() - 1])
}

fn fault(start: usize, end: usize, message: &'static str) -> Fault {
    Fault { start, end, in_flags: false, message }
}
