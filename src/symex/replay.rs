//! Turns an input and a Choice into what the interpreter does with it: the judge of every witness.

use crate::asl::jsonata::{self as grammar, Delimited, Parsed, expression_in};
use crate::asl::path as paths;
use crate::asl::{Language, Rule, State, Test};
use crate::eval::choice::Compiled;
use crate::eval::execution::DEFAULT_START;
use crate::eval::jsonata::{Environment, evaluate};
use crate::eval::{Budget, FaultKind, Random, Roots, Value, path};
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

/// A Choice, read once.
#[derive(Debug)]
pub struct Replay {
    rules: Vec<Option<Question>>,
    input_path: InputPath,
}

/// A rule.
#[derive(Debug)]
enum Question {
    Comparison(Compiled),
    Constant(bool),
    /// JSONata, and the node that it stands in.
    Condition(usize, Parsed),
}

/// How a rule fails: the node at fault, and why; or that it is not known.
enum Failure {
    At(usize, String),
    Unknown,
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
        let rules = state.rules().iter().map(|rule| Question::new(rule, state.language));
        let input_path = match state.node.get("InputPath").filter(|_| state.language == Language::JsonPath) {
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
        self.run_with(witness, &mut String::new())
    }

    /// Why a rule fails with an input, in words.
    #[must_use]
    pub fn cause(&self, witness: &Witness) -> String {
        let mut cause = String::new();
        self.run_with(witness, &mut cause);
        cause
    }

    fn run_with(&self, witness: &Witness, cause: &mut String) -> Option<Happening> {
        self.run_from(0, witness, cause)
    }

    /// Whether a rule would be taken with an input if it stood first.
    #[must_use]
    pub fn holds(&self, rule: usize, witness: &Witness) -> bool {
        self.run_from(rule, witness, &mut String::new()) == Some(Happening::Rule(rule))
    }

    /// What the Choice does with an input, without the rules before one.
    fn run_from(&self, start: usize, witness: &Witness, cause: &mut String) -> Option<Happening> {
        let mut budget = Budget::new(WORK);
        let context = || witness.context.clone().unwrap_or_else(|| Value::members::<&str>([]));
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
        for (rule, compiled) in self.rules.iter().enumerate().skip(start) {
            match compiled.as_ref()?.holds(&roots, &mut budget) {
                Ok(true) => return Some(Happening::Rule(rule)),
                Ok(false) => {}
                Err(Failure::Unknown) => return None,
                Err(Failure::At(node, why)) => {
                    *cause = why;
                    return Some(Happening::Fails { rule, node });
                }
            }
        }
        Some(Happening::NoRule)
    }
}

impl Question {
    fn new(rule: &Rule<'_>, language: Language) -> Option<Self> {
        if language == Language::JsonPath {
            return Compiled::new(rule).map(Self::Comparison);
        }
        let Some(Test::Condition(condition)) = &rule.test else { return None };
        if let Some(holds) = condition.value.as_bool() {
            return Some(Self::Constant(holds));
        }
        let text = condition.value.as_str()?;
        let Delimited::Expression { inner } = expression_in(text) else { return None };
        let parsed = grammar::parse(inner.of(text));
        parsed.errors.is_empty().then_some(Self::Condition(condition.value.index(), parsed))
    }

    fn holds(&self, roots: &Roots<'_>, budget: &mut Budget) -> Result<bool, Failure> {
        let (node, parsed) = match self {
            Self::Constant(holds) => return Ok(*holds),
            Self::Comparison(compiled) => {
                return compiled.holds(roots, budget).map_err(|located| match located.fault.kind {
                    FaultKind::OutOfBudget => Failure::Unknown,
                    _ => Failure::At(located.node, located.fault.message),
                });
            }
            Self::Condition(node, parsed) => (*node, parsed),
        };
        let states = Value::members([("input", roots.document.clone()), ("context", (roots.context)())]);
        let variables = |name: &str| if name == "states" { Some(states.clone()) } else { (roots.variables)(name) };
        let mut random = Random::new(0);
        let mut environment =
            Environment { input: None, variables: &variables, now: DEFAULT_START, random: &mut random, budget };
        match evaluate(&parsed.ast, &mut environment) {
            Ok(Some(Value::Bool(holds))) => Ok(holds),
            Ok(Some(_)) => Err(Failure::At(node, "it gives what is neither true nor false".to_owned())),
            Ok(None) => Err(Failure::At(node, "it gives nothing".to_owned())),
            Err(fault) if fault.kind == FaultKind::OutOfBudget => Err(Failure::Unknown),
            Err(fault) => Err(Failure::At(node, fault.message)),
        }
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
