//! Choice rules as trees.

use super::Field;
use crate::syntax::Node;

/// A top-level entry of `Choices`, or one nested in `And`, `Or`, `Not`.
#[derive(Clone, Debug)]
pub struct Rule<'t> {
    /// Its value.
    pub node: Node<'t>,
    /// What it asks; `None` where nothing in it is an operator.
    pub test: Option<Test<'t>>,
    /// Every member that is an operator: exactly one in a rule that the service accepts.
    pub operators: Vec<Field<'t>>,
    /// `Next`; only top-level rules may have one.
    pub next: Option<Field<'t>>,
}

/// What a rule asks.
#[derive(Clone, Debug)]
pub enum Test<'t> {
    /// All of them, from left to right until one fails.
    And(Vec<Rule<'t>>),
    /// Any of them, from left to right until one holds.
    Or(Vec<Rule<'t>>),
    /// The opposite.
    Not(Box<Rule<'t>>),
    /// A value against another.
    Comparison(Comparison<'t>),
    /// `Condition`: JSONata.
    Condition(Field<'t>),
}

/// `Variable`, a comparator, and what it compares with.
#[derive(Clone, Debug)]
pub struct Comparison<'t> {
    /// `Variable`.
    pub variable: Option<Field<'t>>,
    /// The comparator.
    pub comparator: Comparator,
    /// Its field; the value is the operand.
    pub field: Field<'t>,
}

/// What a comparator takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operand {
    /// A value of the comparator's own type.
    Literal,
    /// A reference path to one.
    Path,
}

/// The comparators: 22 that take a literal, of which 16 also take a path, and `StringMatches`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names of the language")]
pub enum Comparator {
    String(Order, Operand),
    StringMatches,
    Numeric(Order, Operand),
    Boolean(Operand),
    Timestamp(Order, Operand),
    IsNull,
    IsPresent,
    IsNumeric,
    IsString,
    IsBoolean,
    IsTimestamp,
}

/// How ordered values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names of the language")]
pub enum Order {
    Equals,
    LessThan,
    GreaterThan,
    LessThanEquals,
    GreaterThanEquals,
}

impl Comparator {
    /// The comparator that a field is called after; the language is case-sensitive.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "StringMatches" => return Some(Self::StringMatches),
            "IsNull" => return Some(Self::IsNull),
            "IsPresent" => return Some(Self::IsPresent),
            "IsNumeric" => return Some(Self::IsNumeric),
            "IsString" => return Some(Self::IsString),
            "IsBoolean" => return Some(Self::IsBoolean),
            "IsTimestamp" => return Some(Self::IsTimestamp),
            _ => {}
        }
        let (name, operand) = match name.strip_suffix("Path") {
            Some(name) => (name, Operand::Path),
            None => (name, Operand::Literal),
        };
        let order = |name| {
            Some(match name {
                "Equals" => Order::Equals,
                "LessThan" => Order::LessThan,
                "GreaterThan" => Order::GreaterThan,
                "LessThanEquals" => Order::LessThanEquals,
                "GreaterThanEquals" => Order::GreaterThanEquals,
                _ => return None,
            })
        };
        if let Some(rest) = name.strip_prefix("String") {
            return order(rest).map(|order| Self::String(order, operand));
        }
        if let Some(rest) = name.strip_prefix("Numeric") {
            return order(rest).map(|order| Self::Numeric(order, operand));
        }
        if let Some(rest) = name.strip_prefix("Timestamp") {
            return order(rest).map(|order| Self::Timestamp(order, operand));
        }
        (name == "BooleanEquals").then_some(Self::Boolean(operand))
    }

    /// Whether the operand is a path.
    #[must_use]
    pub const fn takes_path(self) -> bool {
        matches!(
            self,
            Self::String(_, Operand::Path)
                | Self::Numeric(_, Operand::Path)
                | Self::Boolean(Operand::Path)
                | Self::Timestamp(_, Operand::Path)
        )
    }
}

impl<'t> Rule<'t> {
    /// The rules nested directly in it.
    #[must_use]
    pub fn nested(&self) -> &[Self] {
        match &self.test {
            Some(Test::And(rules) | Test::Or(rules)) => rules,
            Some(Test::Not(rule)) => std::slice::from_ref(rule),
            _ => &[],
        }
    }

    /// This rule and those in it at any depth, in document order.
    pub fn all(&self) -> impl Iterator<Item = &Self> {
        let mut open = vec![self];
        std::iter::from_fn(move || {
            let rule = open.pop()?;
            open.extend(rule.nested().iter().rev());
            Some(rule)
        })
    }

    /// The comparisons in it at any depth, in document order.
    pub fn comparisons(&self) -> impl Iterator<Item = &Comparison<'t>> {
        self.all().filter_map(|rule| match &rule.test {
            Some(Test::Comparison(comparison)) => Some(comparison),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Comparator;

    #[test]
    fn there_are_39() {
        let orders = ["Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals"];
        let mut names: Vec<String> = ["String", "Numeric", "Timestamp"]
            .iter()
            .flat_map(|kind| orders.map(|order| format!("{kind}{order}")))
            .chain(["BooleanEquals".to_owned()])
            .flat_map(|name| [format!("{name}Path"), name])
            .collect();
        names.extend(
            ["StringMatches", "IsNull", "IsPresent", "IsNumeric", "IsString", "IsBoolean", "IsTimestamp"]
                .map(str::to_owned),
        );
        assert_eq!(names.len(), 39);
        for name in &names {
            let comparator = Comparator::parse(name).unwrap_or_else(|| panic!("{name}"));
            assert_eq!(comparator.takes_path(), name.ends_with("Path"));
        }
        for name in [
            "StringEqual",
            "stringEquals",
            "StringMatchesPath",
            "IsPresentPath",
            "BooleanLessThan",
            "String",
            "Path",
            "",
        ] {
            assert_eq!(Comparator::parse(name), None, "{name}");
        }
    }
}
