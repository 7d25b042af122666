//! What a proof comes to: a verdict, with the input that shows it or the reason why there is none.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::asl::StateId;
use crate::eval::Value;

/// Whether some execution does something: takes a rule, takes `Default`, finds no rule, fails in a comparison, enters a state.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Some does: this one, which the interpreter has replayed.
    Reachable(Box<Witness>),
    /// None does.
    Dead(Because),
    /// Neither is known.
    Unknown(Reason),
}

/// What makes an execution do it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Witness {
    /// The input: of the Choice where [`Ground::AnyInput`] is what the verdict rests on, else of the execution.
    pub input: Value,
    /// Of the context object what counts; `None` where nothing does. The members that are not named have any value.
    pub context: Option<Value>,
    /// The variables that count, by name; those that are not named have no value.
    pub variables: BTreeMap<String, Value>,
    /// What the tasks answer and Distributed Maps read, by the name of their state, in order; the last answer repeats.
    pub tasks: Arc<BTreeMap<Arc<str>, Vec<TaskAnswer>>>,
    /// The states that are entered, in order, up to the one in question and what it leads to.
    pub path: Vec<Arc<str>>,
}

/// The cause of an error of which nobody asks why.
pub const MADE_UP: &str = "made up";

/// What a task answers.
#[derive(Clone, Debug, PartialEq)]
pub enum TaskAnswer {
    /// A result.
    Return(Value),
    /// The items that a Distributed Map reads: an array.
    Read(Value),
    /// An error, by name, and its cause.
    Error(String, String),
}

/// What a verdict takes for granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// Nothing: any document may come to the Choice, and its variables may have any value.
    AnyInput,
    /// What the machine itself does before.
    Machine,
}

/// Why no execution does it. Rules are counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// Whenever the rule would hold, one of these holds before it, or fails the execution: a smallest set of them.
    Covered(Cover),
    /// An earlier rule asks the same.
    Duplicate(usize),
    /// The rule never holds, whatever came before it.
    Contradiction,
    /// The rule never holds: it fails the execution, whatever comes.
    Fails,
    /// For `Default` and for no match: always one of these holds, or fails the execution.
    Exhaustive(Cover),
    /// For no match: there is a `Default`.
    Default,
    /// For the failure of a comparison: whatever is asked for is there.
    NothingFails,
    /// The same of what comes to the Choice in its machine: with what is always so of it, in words, where that is known.
    CoveredHere(Cover, String),
    /// For `Default` and for no match: of all that comes to the Choice in its machine nothing is left.
    ExhaustiveHere(Cover),
    /// What the machine does before it, in words.
    Before(String),
    /// The state itself is not reached: nothing is proved of what it does.
    Unreached,
}

/// Rules that leave nothing to others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cover {
    /// All of them, in order.
    pub rules: Vec<usize>,
    /// Those of them that are needed for failing the execution.
    pub failing: Vec<usize>,
    /// Those of `failing` that are not needed for holding as well.
    pub only_failing: Vec<usize>,
}

/// Why nothing is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// A path selects what is not modelled: a filter, a wildcard, `..`, an index from the end.
    Path(String),
    /// What the path names is compared both as a timestamp and as a string.
    TimestampAndString(String),
    /// Part of the state is not seen, or has a placeholder in it.
    Open,
    /// Part of it could not be read: the text is broken.
    Broken,
    /// The service would refuse what stands there, so that there is nothing to ask about.
    Refused,
    /// The interpreter did not do what the solver said it does.
    NotReproduced,
    /// The solver allows it, and no concrete value that does it was found.
    NoConcreteValue,
    /// The solver was given all the work that the budget allows.
    OutOfBudget,
    /// Somebody wanted what was known before it was decided.
    Interrupted,
    /// The question takes Z3, and this program is built without it.
    BuiltWithoutZ3,
    /// Something else that is not modelled, in words.
    NotModelled(String),
}

/// How a comparison may fail the execution.
#[derive(Clone, Debug, PartialEq)]
pub struct MayFail {
    /// Whether one does.
    pub verdict: Verdict,
    /// Which, and why: "`$.n` may be missing". Empty where none does.
    pub why: String,
    /// The rule that it stands in.
    pub rule: Option<usize>,
    /// The number of the node that is at fault in the tree: the string with the path.
    pub node: Option<usize>,
}

impl MayFail {
    /// Where neither is known.
    #[must_use]
    pub fn unknown(reason: Reason) -> Self {
        Self { verdict: Verdict::Unknown(reason), why: String::new(), rule: None, node: None }
    }
}

/// Two rules with different targets that hold for one input of the Choice; the first is taken. Whether an execution comes with it is
/// not asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlap {
    /// The first.
    pub first: usize,
    /// The second.
    pub second: usize,
    /// The input.
    pub witness: Witness,
}

/// A rule that holds for a value of a type that it does not compare.
#[derive(Clone, Debug, PartialEq)]
pub struct WrongType {
    /// The rule.
    pub rule: usize,
    /// The path to the value, as it is written.
    pub path: String,
    /// What the comparison is about: "a number".
    pub meant: &'static str,
    /// The input of the Choice. In the proof of a machine an execution comes with it.
    pub witness: Witness,
}

/// What is known of a Choice.
#[derive(Clone, Debug, PartialEq)]
pub struct ChoiceVerdicts {
    /// The Choice.
    pub state: StateId,
    /// What the verdicts rest on.
    pub ground: Ground,
    /// Whether any execution gets there. Under [`Ground::AnyInput`] that is not asked, and `None`.
    pub reached: Option<Verdict>,
    /// Of each rule, in order: whether it is taken.
    pub rules: Vec<Verdict>,
    /// Whether `Default` is taken; `None` where there is none.
    pub default: Option<Verdict>,
    /// Whether no rule holds and there is no `Default`, which fails the execution. [`Verdict::Dead`] is "impossible".
    pub no_match: Verdict,
    /// Where no rule may hold and there is no `Default`: an input for which that is so although every value that the rules ask
    /// about is there, and of a type that some rule is about. `None` where none was found.
    pub regular_no_match: Option<Witness>,
    /// Whether a comparison fails the execution. [`Verdict::Dead`] is "impossible".
    pub runtime_error: MayFail,
    /// Rules that overlap, in order. In the proof of a machine those are left out that it never takes.
    pub overlaps: Vec<Overlap>,
    /// Rules of JSONPath that hold for a value of another type than they compare, since a `Not` makes that so; in order. Of a Choice
    /// on its own all inputs that were found; in the proof of a machine one of each rule. Empty where it was not asked.
    pub wrong_types: Vec<WrongType>,
    /// How many inputs the solver found that the interpreter did not confirm.
    pub n_not_replayed: usize,
}

impl Witness {
    /// It in a few words: "the input `{"n":1}`". What is long is cut.
    #[must_use]
    pub fn in_words(&self) -> String {
        let short = |value: &Value| {
            const MOST: usize = 120;
            let text = value.to_json();
            if text.chars().count() <= MOST {
                return text;
            }
            text.chars().take(MOST).chain(['…']).collect()
        };
        let mut words = format!("the input `{}`", short(&self.input));
        for (name, value) in &self.variables {
            words += &format!(", with `${name}` being `{}`", short(value));
        }
        if let Some(context) = &self.context {
            words += &format!(", with `{}` in the context object", short(context));
        }
        words
    }
}

impl Verdict {
    /// The input that shows it.
    #[must_use]
    pub fn witness(&self) -> Option<&Witness> {
        match self {
            Self::Reachable(witness) => Some(witness),
            _ => None,
        }
    }

    /// Whether it is proved that no execution does it.
    #[must_use]
    pub const fn is_dead(&self) -> bool {
        matches!(self, Self::Dead(_))
    }
}

impl Reason {
    /// The word for it in a histogram.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Path(_) => "path",
            Self::TimestampAndString(_) => "timestamp and string",
            Self::Open => "open",
            Self::Broken => "broken",
            Self::Refused => "refused",
            Self::NotReproduced => "not reproduced",
            Self::NoConcreteValue => "no concrete value",
            Self::OutOfBudget => "out of budget",
            Self::Interrupted => "interrupted",
            Self::BuiltWithoutZ3 => "built without z3",
            Self::NotModelled(_) => "not modelled",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => write!(f, "what `{path}` selects is not modelled"),
            Self::TimestampAndString(path) => {
                write!(f, "`{path}` is compared as a timestamp and by the order of strings")
            }
            Self::Open => f.write_str("part of it is not known before a placeholder is filled in"),
            Self::Broken => f.write_str("part of it could not be read: the text is broken"),
            Self::Refused => f.write_str("the service refuses the machine"),
            Self::NotReproduced => f.write_str("not reproduced: the interpreter did not confirm what the solver found"),
            Self::NoConcreteValue => f.write_str("no concrete value was found for what the solver allows"),
            Self::OutOfBudget => f.write_str("the budget of the solver is used up"),
            Self::Interrupted => f.write_str("interrupted before it was decided"),
            Self::BuiltWithoutZ3 => f.write_str("built without z3"),
            Self::NotModelled(what) => write!(f, "{what} is not modelled"),
        }
    }
}

/// `rule 0`, `rules 0 and 2`, `rules 0, 1 and 4`; of many the first and their number.
fn list(f: &mut fmt::Formatter<'_>, rules: &[usize]) -> fmt::Result {
    const MOST: usize = 6;
    match rules {
        [] => f.write_str("no rule"),
        [one] => write!(f, "rule {one}"),
        [first, .., last] if rules.len() > MOST && last - first + 1 == rules.len() => {
            write!(f, "rules {first} to {last}")
        }
        _ if rules.len() > MOST => {
            f.write_str("rules ")?;
            for rule in &rules[..MOST] {
                write!(f, "{rule}, ")?;
            }
            write!(f, "and {} more", rules.len() - MOST)
        }
        [before @ .., last] => {
            f.write_str("rules ")?;
            for (i, rule) in before.iter().enumerate() {
                write!(f, "{}{rule}", if i > 0 { ", " } else { "" })?;
            }
            write!(f, " and {last}")
        }
    }
}

impl Cover {
    /// These, each for holding.
    #[must_use]
    pub fn holding(rules: &[usize]) -> Self {
        Self { rules: rules.to_vec(), ..Self::default() }
    }

    /// Whether what fails the execution counts for nothing but that.
    #[must_use]
    pub fn only_fails(&self) -> bool {
        self.failing == self.only_failing
    }
}

impl fmt::Display for Cover {
    /// `rules 0 and 1, of which rule 1 fails the execution before`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rules, failing, .. } = self;
        list(f, rules)?;
        if failing.is_empty() {
            return Ok(());
        }
        let verb = match (self.only_fails(), failing.len()) {
            (true, 1) => "fails",
            (true, _) => "fail",
            (false, 1) => "holds or fails",
            (false, _) => "hold or fail",
        };
        if failing.len() == rules.len() {
            return write!(f, ", which {verb} the execution before");
        }
        f.write_str(", of which ")?;
        list(f, failing)?;
        write!(f, " {verb} the execution before")
    }
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Covered(cover) => write!(f, "covered by {cover}"),
            Self::Duplicate(rule) => write!(f, "asks the same as rule {rule}"),
            Self::Contradiction => f.write_str("contradicts itself"),
            Self::Fails => f.write_str("never holds, but fails the execution"),
            Self::Exhaustive(cover) => write!(f, "everything is covered by {cover}"),
            Self::CoveredHere(cover, always) if always.is_empty() => {
                write!(f, "covered by {cover}, for everything that comes here")
            }
            Self::CoveredHere(cover, always) => write!(f, "covered by {cover}, as {always}"),
            Self::ExhaustiveHere(cover) => write!(f, "everything that comes here is covered by {cover}"),
            Self::Default => f.write_str("there is a `Default`"),
            Self::NothingFails => f.write_str("no comparison fails"),
            Self::Before(what) => f.write_str(what),
            Self::Unreached => f.write_str("the state is not reached"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_read_as_words() {
        let covered = |rules: &[usize], failing: &[usize], only_failing: &[usize]| {
            let [rules, failing, only_failing] = [rules, failing, only_failing].map(<[usize]>::to_vec);
            Because::Covered(Cover { rules, failing, only_failing })
        };
        for (because, expected) in [
            (covered(&[0], &[], &[]), "covered by rule 0"),
            (covered(&[0, 2], &[], &[]), "covered by rules 0 and 2"),
            (
                covered(&[0, 1, 4], &[1], &[1]),
                "covered by rules 0, 1 and 4, of which rule 1 fails the execution before",
            ),
            (covered(&[3], &[3], &[3]), "covered by rule 3, which fails the execution before"),
            (covered(&[3], &[3], &[]), "covered by rule 3, which holds or fails the execution before"),
            (covered(&[1, 3], &[1, 3], &[1, 3]), "covered by rules 1 and 3, which fail the execution before"),
            (
                covered(&[0, 1, 2], &[0, 2], &[2]),
                "covered by rules 0, 1 and 2, of which rules 0 and 2 hold or fail the execution before",
            ),
            (covered(&[0, 1, 2, 3, 4, 5, 6, 7], &[], &[]), "covered by rules 0 to 7"),
            (covered(&[0, 1, 2, 3, 4, 5, 6, 8], &[], &[]), "covered by rules 0, 1, 2, 3, 4, 5, and 2 more"),
            (Because::Duplicate(2), "asks the same as rule 2"),
            (
                Because::CoveredHere(Cover::holding(&[0]), "`$.n` is always 1 here".to_owned()),
                "covered by rule 0, as `$.n` is always 1 here",
            ),
            (
                Because::CoveredHere(Cover::holding(&[0, 1]), String::new()),
                "covered by rules 0 and 1, for everything that comes here",
            ),
            (Because::ExhaustiveHere(Cover::holding(&[0])), "everything that comes here is covered by rule 0"),
        ] {
            assert_eq!(because.to_string(), expected);
        }
    }
}
