//! Turns an input and a Choice into what the interpreter does with it: the judge of every witness.

use crate::asl::path as paths;
use crate::asl::{Language, State};
use crate::eval::choice::Compiled;
use crate::eval::{Budget, FaultKind, Roots, Value, path};
use crate::syntax::Kind;

use super::Witness;

/// What a Choice does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// It takes the rule of this number.
    Rule(usize),
    /// No rule holds: it takes `Default`, or fails where there is none.
    NoRule,
    /// A comparison fails.
    Fails {
        /// The rule that it stands in.
        rule: usize,
        /// The node at fault.
        node: usize,
    },
    /// `InputPath` finds nothing: no rule is asked.
    NoInput,
}

/// A Choice of a JSONPath state, read once.
#[derive(Debug)]
pub struct Replay {
    rules: Vec<Option<Compiled>>,
    input_path: InputPath,
}

#[derive(Debug)]
enum InputPath {
    All,
    Nothing,
    Path(paths::Path),
    Unreadable,
}

/// What one replay may take.
const WORK: u64 = 10_000_000;

impl Replay {
    /// Reads a state.
    #[must_use]
    pub fn new(state: &State<'_>) -> Self {
        let rules =
            state.rules().iter().map(|rule| Compiled::new(rule).filter(|_| state.language == Language::JsonPath));
        let input_path = match state.node.get("InputPath") {
            None => InputPath::All,
            Some(node) if node.kind() == Kind::Null => InputPath::Nothing,
            Some(node) => match node.as_str().map(paths::parse) {
                Some((path, errors)) if errors.is_empty() && !node.is_open() => InputPath::Path(path),
                _ => InputPath::Unreadable,
            },
        };
        Self { rules: rules.collect(), input_path }
    }

    /// What the Choice does with an input; `None` where the interpreter does not tell.
    #[must_use]
    pub fn run(&self, witness: &Witness) -> Option<Happening> {
        let mut budget = Budget::new(WORK);
        let context = witness.context.clone().unwrap_or_else(|| Value::members::<&str>([]));
        let variables = |name: &str| witness.variables.get(name).cloned();
        let roots = Roots { document: &witness.input, context: &context, variables: &variables };
        let document = match &self.input_path {
            InputPath::All => witness.input.clone(),
            InputPath::Nothing => Value::members::<&str>([]),
            InputPath::Path(input) => match path::read(input, &roots, &mut budget) {
                Ok(document) => document,
                Err(fault) if fault.kind == FaultKind::OutOfBudget => return None,
                Err(_) => return Some(Happening::NoInput),
            },
            InputPath::Unreadable => return None,
        };
        let roots = Roots { document: &document, ..roots };
        for (rule, compiled) in self.rules.iter().enumerate() {
            match compiled.as_ref()?.holds(&roots, &mut budget) {
                Ok(true) => return Some(Happening::Rule(rule)),
                Ok(false) => {}
                Err(located) if located.fault.kind == FaultKind::OutOfBudget => return None,
                Err(located) => return Some(Happening::Fails { rule, node: located.node }),
            }
        }
        Some(Happening::NoRule)
    }
}

/// How many smaller inputs are tried, and how deep one may be.
const MOST_TRIES: usize = 40;
const MOST_DEPTH: u32 = 50;

impl Replay {
    /// The witness without what does not count: each member is left out that may be.
    #[must_use]
    pub fn shrunk(&self, mut witness: Witness, is_claimed: impl Fn(Happening) -> bool) -> Witness {
        let mut n_tries = 0;
        let mut skipped = 0;
        while witness.input.depth() <= MOST_DEPTH {
            let Some(input) = without(&witness.input, &mut { skipped }) else { break };
            n_tries += 1;
            if n_tries > MOST_TRIES {
                break;
            }
            let smaller = Witness { input, ..witness.clone() };
            if self.run(&smaller).is_some_and(&is_claimed) {
                witness = smaller;
            } else {
                skipped += 1;
            }
        }
        witness
    }
}

/// A value without the member of this number, counted from the first, those in a member behind it. Recursion is bounded by
/// [`MOST_DEPTH`].
fn without(value: &Value, number: &mut usize) -> Option<Value> {
    let members = value.as_object()?;
    for (name, member) in members {
        if *number == 0 {
            let rest = members.iter().filter(|(other, _)| *other != name);
            return Some(Value::members(rest.map(|(name, value)| (name.clone(), value.clone()))));
        }
        *number -= 1;
        if let Some(smaller) = without(member, number) {
            let replaced = members
                .iter()
                .map(|(other, value)| (other.clone(), if other == name { smaller.clone() } else { value.clone() }));
            return Some(Value::members(replaced));
        }
    }
    None
}
