//! Turns terms into questions for Z3, and its answers into models and cores.
//!
//! Its own encoding, so that the two solvers check each other: a tag is a whole number, a place in an order is a real number among the
//! constants, which are the whole ones. What strings, patterns and timestamps have to do with each other it is told in the
//! clauses that the SAT solver has too.
//!
//! [`numbers`] is what it is for beyond tests: arithmetic of binary64, to the bit, which is no matter of order.
//!
//! Work is bounded by what Z3 calls resources, not by time, and nothing is random: an answer hangs on the question alone.

use z3::ast::{Bool, Float, Int, Real, RoundingMode};
use z3::{Config, Params, SatResult, Solver, Tactic};

use super::arithmetic::{self, Effort, Fact, Oddity, Operand, Operation, Question};
use super::atom::{Atom, ConstantId, Sort, SymbolId};
use super::solver::{Answer, Model};
use super::term::{Node, Term};
use super::theory::Theory;
use super::value::World;

/// A solver of Z3, and what the terms are in it.
#[derive(Debug)]
pub(super) struct Z3 {
    solver: Solver,
    /// By number of the node.
    nodes: Vec<Option<Bool>>,
    /// Which nodes were asked for.
    asked: Vec<bool>,
    /// A constant that says a term, by node and sign: cores are told in constants.
    proxies: Vec<[Option<Bool>; 2]>,
    /// Where the constants stand, by number.
    ranks: [Vec<i64>; 3],
}

/// What Z3 may take for each conflict that the SAT solver may take.
const RESOURCES: u64 = 1_000;

impl Z3 {
    /// A solver for a world, with everything that holds of its atoms.
    pub(super) fn new(world: &World, theory: &Theory) -> Self {
        let ranks = Sort::ALL.map(|sort| {
            let constants = world.constants.of(sort);
            let mut sorted: Vec<usize> = (0..constants.len()).collect();
            sorted.sort_by(|&one, &other| constants[one].order(&constants[other]));
            let mut ranks = vec![0; constants.len()];
            for (rank, at) in sorted.into_iter().enumerate() {
                ranks[at] = i64::try_from(rank).unwrap_or(i64::MAX);
            }
            ranks
        });
        let mut z3 = Self { solver: Solver::new(), nodes: Vec::new(), asked: Vec::new(), proxies: Vec::new(), ranks };
        for number in 0..world.symbols.len() {
            let symbol = SymbolId(u32::try_from(number).unwrap_or(u32::MAX));
            let tag = tag(symbol);
            let tags: Vec<Bool> =
                world.symbol(symbol).tags.iter().map(|own| tag.eq(Int::from_i64(own as i64))).collect();
            z3.solver.assert(Bool::or(&tags));
        }
        // One tag each is what a number says; what is left is that parts are parts of something.
        for clause in theory.tags.iter().chain(&theory.texts) {
            z3.add_clause(world, clause);
        }
        z3
    }

    fn rank(&self, sort: Sort, constant: ConstantId) -> Real {
        Real::from_int(&Int::from_i64(self.ranks[sort as usize][constant.0 as usize]))
    }

    fn atom(&self, atom: Atom) -> Bool {
        match atom {
            Atom::Tag(symbol, own) => tag(symbol).eq(Int::from_i64(own as i64)),
            Atom::IsTrue(symbol) => Bool::new_const(format!("true {}", symbol.0)),
            Atom::IsTimestamp(symbol) => Bool::new_const(format!("timestamp {}", symbol.0)),
            Atom::Matches(symbol, pattern) => Bool::new_const(format!("matches {} {pattern}", symbol.0)),
            Atom::Free(number) => Bool::new_const(format!("free {number}")),
            Atom::Below(sort, symbol, constant) => place(sort, symbol).lt(self.rank(sort, constant)),
            Atom::AtMost(sort, symbol, constant) => place(sort, symbol).le(self.rank(sort, constant)),
            Atom::Less(sort, one, other) => place(sort, one).lt(place(sort, other)),
        }
    }

    fn term(&mut self, world: &World, term: Term) -> Bool {
        self.nodes.resize(world.terms.len(), None);
        if self.nodes[term.node()].is_none() {
            for node in world.terms.unknown_of(term, &mut self.asked) {
                if self.nodes[node].is_none() {
                    let made = match world.terms.node_at(node) {
                        Node::True => Bool::from_bool(true),
                        Node::Atom(number) => self.atom(world.atoms[*number as usize]),
                        Node::And(parts) => {
                            let parts: Vec<Bool> = parts.iter().filter_map(|&part| self.known(part)).collect();
                            Bool::and(&parts)
                        }
                    };
                    self.nodes[node] = Some(made);
                }
            }
        }
        self.known(term).unwrap_or_else(|| Bool::from_bool(false))
    }

    fn known(&self, term: Term) -> Option<Bool> {
        let node = self.nodes[term.node()].clone()?;
        Some(if term.is_negated() { node.not() } else { node })
    }

    /// One of these terms holds.
    pub(super) fn add_clause(&mut self, world: &World, clause: &[Term]) {
        let parts: Vec<Bool> = clause.iter().map(|&term| self.term(world, term)).collect();
        self.solver.assert(Bool::or(&parts));
    }

    fn proxy(&mut self, world: &World, term: Term) -> Bool {
        self.proxies.resize(world.terms.len().max(self.proxies.len()), [None, None]);
        let sign = usize::from(term.is_negated());
        if let Some(proxy) = &self.proxies[term.node()][sign] {
            return proxy.clone();
        }
        let proxy = Bool::new_const(format!("proxy {} {sign}", term.node()));
        let says = self.term(world, term);
        self.solver.assert(proxy.implies(&says));
        self.proxies[term.node()][sign] = Some(proxy.clone());
        proxy
    }

    /// Whether all of these can hold together.
    pub(super) fn solve(&mut self, world: &World, assumptions: &[Term], budget: u64) -> Answer {
        let proxies: Vec<Bool> = assumptions.iter().map(|&term| self.proxy(world, term)).collect();
        let mut params = Params::new();
        params.set_u32("rlimit", u32::try_from(budget.saturating_mul(RESOURCES)).unwrap_or(u32::MAX));
        params.set_u32("random_seed", 0);
        self.solver.set_params(&params);
        match self.solver.check_assumptions(&proxies) {
            SatResult::Unknown => Answer::GaveUp,
            SatResult::Unsat => {
                let core = self.solver.get_unsat_core();
                let is_in_core = |proxy: &Bool| core.iter().any(|found| found == proxy);
                let core = assumptions.iter().zip(&proxies).filter(|(_, proxy)| is_in_core(proxy));
                Answer::Unsat(core.map(|(&term, _)| term).collect())
            }
            SatResult::Sat => {
                let Some(model) = self.solver.get_model() else { return Answer::GaveUp };
                let value = |&atom: &Atom| model.eval(&self.atom(atom), true).and_then(|value| value.as_bool());
                Answer::Sat(Model { values: world.atoms.iter().map(|atom| value(atom).unwrap_or_default()).collect() })
            }
        }
    }
}

/// What comes of a question about numbers of binary64.
///
/// First real numbers are asked, which takes milliseconds: a result is near what real numbers give and on the same side of every
/// constant, since rounding keeps order. What they cannot do binary64 cannot. Only then the bits are: what contradicts there is told as
/// a whole. Each question has a context of its own, so that what was asked before it decides nothing.
pub(super) fn numbers(question: &Question, effort: &mut Effort) -> arithmetic::Answer {
    let each = effort.each;
    let near = match z3::with_z3_config(&Config::new(), || in_reals(question, each)) {
        Ok(core) => {
            effort.spend(true);
            return arithmetic::Answer::Nothing(core);
        }
        Err(near) => near,
    };
    effort.spend(near.is_some());
    if let Some(found) = near.and_then(|near| arithmetic::tried(question, &near)) {
        return arithmetic::Answer::Numbers(found);
    }
    if effort.left == 0 || effort.n_bits_left == 0 {
        return arithmetic::Answer::GaveUp;
    }
    effort.n_bits_left -= 1;
    let answer = z3::with_z3_config(&Config::new(), || in_bits(question, each));
    effort.spend(answer != arithmetic::Answer::GaveUp);
    answer
}

/// Numbers that read well are no larger than it.
const SMALL: f64 = 1000.0;

fn limited(solver: &Solver, resources: u64) {
    let mut params = Params::new();
    params.set_u32("rlimit", u32::try_from(resources).unwrap_or(u32::MAX));
    params.set_u32("random_seed", 0);
    solver.set_params(&params);
}

/// Facts that contradict each other in real numbers, or what real numbers are there where there are some.
fn in_reals(question: &Question, resources: u64) -> Result<Vec<usize>, Option<Vec<f64>>> {
    let n_numbers = question.is_result.len();
    let numbers: Vec<Real> = (0..n_numbers).map(|at| Real::new_const(format!("number {at}"))).collect();
    let solver = Solver::new();
    let mut by_number: Vec<Vec<f64>> = vec![vec![0.0, 1.0, -1.0, f64::MAX, f64::MIN]; n_numbers];
    for fact in &question.facts {
        if let Fact::Below(at, constant, _) | Fact::AtMost(at, constant, _) = *fact {
            by_number[at].push(constant);
        }
    }
    let proxy = |name: String, says: &Bool| {
        let proxy = Bool::new_const(name);
        solver.assert(proxy.implies(says));
        proxy
    };
    let is_whole = question.whole();
    let says = |fact: &Fact| real_fact(fact, &numbers, &by_number, &is_whole);
    let facts: Vec<Bool> =
        question.facts.iter().enumerate().map(|(at, fact)| proxy(format!("fact {at}"), &says(fact))).collect();
    let mut with_small = facts.clone();
    for (at, number) in numbers.iter().enumerate().filter(|(at, _)| !question.is_result[*at]) {
        let small = Bool::and(&[number.le(real(SMALL)), number.ge(real(-SMALL))]);
        with_small.push(proxy(format!("small {at}"), &small));
    }
    // What is decided here is so soon.
    limited(&solver, resources / 2);
    let mut found = solver.check_assumptions(&with_small);
    if found != SatResult::Sat {
        found = solver.check_assumptions(&facts);
    }
    match found {
        SatResult::Unknown => Err(None),
        SatResult::Unsat => {
            let core = solver.get_unsat_core();
            let core: Vec<usize> = (0..facts.len()).filter(|&at| core.contains(&facts[at])).collect();
            let core = question.with_operands(&core);
            if is_in_range(question, &core, &numbers, says, resources / 2) { Ok(core) } else { Err(None) }
        }
        SatResult::Sat => Err(solver.get_model().and_then(|model| {
            let value = |number: &Real| {
                let near: f64 = model.eval(number, true)?.approx(20).parse().ok()?;
                Some(near).filter(|near| near.is_finite())
            };
            numbers.iter().map(value).collect()
        })),
    }
}

/// Whether facts that contradict each other do so in binary64 too, where nothing is said of what comes of an infinite result: none
/// among them that something else comes of is out of range, be it the first that is.
fn is_in_range(question: &Question, core: &[usize], numbers: &[Real], says: impl Fn(&Fact) -> Bool, each: u64) -> bool {
    let mut used: Vec<usize> = Vec::new();
    for &fact in core {
        if let Fact::Defined { operands, oddity: None, .. } = &question.facts[fact] {
            used.extend(operands.iter().filter_map(|operand| operand.number()));
        }
    }
    used.sort_unstable();
    used.dedup();
    used.into_iter().filter(|&at| question.may_be_infinite[at]).all(|at| {
        let is_its = |fact: &usize| matches!(question.facts[*fact], Fact::Defined { result, .. } if result == at);
        let Some(own) = core.iter().copied().find(is_its) else { return false };
        let Fact::Defined { operation, operands, oddity: None, .. } = &question.facts[own] else { return false };
        let solver = Solver::new();
        for (number, _) in numbers.iter().zip(&question.may_be_infinite).filter(|(_, may_be)| !**may_be) {
            solver.assert(Bool::and(&[number.le(real(f64::MAX)), number.ge(real(f64::MIN))]));
        }
        // What its operands come of is in range.
        let before = question.with_operands(&[own]);
        for fact in core.iter().filter(|fact| before.contains(fact) || !question.facts[**fact].is_definition()) {
            solver.assert(says(&question.facts[*fact]));
        }
        solver.assert(may_overflow(*operation, operands, numbers));
        limited(&solver, each);
        solver.check() == SatResult::Unsat
    })
}

/// Whether what comes of finite numbers may be infinite.
fn may_overflow(operation: Operation, operands: &[Operand], numbers: &[Real]) -> Bool {
    let size = |operand: &Operand| {
        let (number, added) = match *operand {
            Operand::Number(at) => (numbers[at].clone(), 0.0),
            Operand::Constant(number) => (real(number), 0.0),
            Operand::Sum(at, added) => (numbers[at].clone(), added.abs() + 1.0),
        };
        Real::add(&[number.ge(real(0.0)).ite(&number, &number.unary_minus()), real(added)])
    };
    let (sizes, most) = (operands.iter().map(size).collect::<Vec<_>>(), real(f64::MAX));
    match (operation, sizes.as_slice()) {
        (Operation::Multiply, sizes) => Real::mul(sizes).gt(most),
        (Operation::Divide, [one, other]) => one.gt(Real::mul(&[other.clone(), most])),
        // Nothing else makes a number larger than both together.
        (_, sizes) => Real::add(sizes).gt(most),
    }
}

/// A finite number of binary64, to the last bit. What cannot be said would be any number, of which nothing follows.
fn real(number: f64) -> Real {
    if !number.is_finite() {
        return Real::fresh_const("not finite");
    }
    let whole = |number: f64| format!("{number:.0}");
    // Doubled until it is whole, which loses nothing.
    let (mut numerator, mut doublings) = (number, 0_i32);
    while numerator.fract() != 0.0 {
        numerator *= 2.0;
        doublings += 1;
    }
    let made = |numerator: &str, denominator: &str| {
        Real::from_rational_str(numerator, denominator).unwrap_or_else(|| Real::fresh_const("not read"))
    };
    // What is halved more often than binary64 can say is so in two steps.
    let [first, second] = [doublings.min(1000), (doublings - 1000).max(0)].map(|power| whole(2_f64.powi(power)));
    let found = made(&whole(numerator), &first);
    if second == "1" { found } else { Real::mul(&[found, made("1", &second)]) }
}

fn real_fact(fact: &Fact, numbers: &[Real], by_number: &[Vec<f64>], is_whole: &[bool]) -> Bool {
    let signed = |says: Bool, holds: bool| if holds { says } else { says.not() };
    match fact {
        &Fact::Below(at, constant, holds) => signed(numbers[at].lt(real(constant)), holds),
        &Fact::AtMost(at, constant, holds) => signed(numbers[at].le(real(constant)), holds),
        &Fact::Less(one, other, holds) => signed(numbers[one].lt(&numbers[other]), holds),
        Fact::Defined { result: at, operation, operands, oddity } => {
            let mut says = Vec::new();
            let operands: Vec<Real> = operands
                .iter()
                .map(|operand| match *operand {
                    Operand::Number(at) => numbers[at].clone(),
                    Operand::Constant(number) => real(number),
                    Operand::Sum(at, add) => {
                        // A number of its own, near the half above or below.
                        let rounded = Real::fresh_const("rounded");
                        let moved = Real::add(&[numbers[at].clone(), real(0.5)]);
                        says.extend(real_whole(&moved, &rounded, &by_number[at]));
                        Real::add(&[rounded, real(add)])
                    }
                })
                .collect();
            let result = &numbers[*at];
            says.push(match oddity {
                None => {
                    let mut says = real_result(*operation, &operands, result, &by_number[*at]);
                    if is_whole[*at] {
                        says.push(result.is_int());
                        says.extend(real_exact(*operation, &operands, result));
                    }
                    Bool::and(&says)
                }
                Some(oddity) => real_oddity(*operation, &operands, result, *oddity),
            });
            Bool::and(&says)
        }
    }
}

/// How much a result may differ from what real numbers give, for each unit of that, and at least.
const UNIT: f64 = 1.0 / 9_007_199_254_740_992.0;

/// Whole and not above `from`, less than one below. A little is left for what adding a half to a number of binary64 rounds.
fn real_whole(from: &Real, whole: &Real, constants: &[f64]) -> Vec<Bool> {
    let size = from.ge(real(0.0)).ite(from, &from.unary_minus());
    let slack = Real::add(&[Real::mul(&[size, real(2.0 * UNIT)]), real(1e-9)]);
    let most = Real::add(&[from.clone(), slack.clone()]);
    let mut says = vec![whole.le(&most), from.lt(Real::add(&[whole.clone(), real(1.0), slack]))];
    for constant in constants.iter().filter(|constant| constant.abs() < 1e9) {
        for bound in [constant.floor(), constant.floor() + 1.0] {
            says.push(from.ge(real(bound)).implies(whole.ge(real(bound))));
            says.push(most.lt(real(bound)).implies(whole.le(real(bound - 1.0))));
        }
    }
    says
}

/// What holds of a result in real numbers.
fn real_result(operation: Operation, operands: &[Real], result: &Real, constants: &[f64]) -> Vec<Bool> {
    let zero = real(0.0);
    let sized = |number: &Real| number.ge(&zero).ite(number, &number.unary_minus());
    match (operation, operands) {
        (Operation::Add | Operation::Subtract, operands) => {
            let exact = if operation == Operation::Add { Real::add(operands) } else { Real::sub(operands) };
            let mut says = rounded(&exact, result, constants);
            // No sum is too small for binary64: it is a multiple of the least number, as the operands are.
            says.push(exact.gt(&zero).implies(result.gt(&zero)));
            says.push(exact.lt(&zero).implies(result.lt(&zero)));
            says
        }
        (Operation::Multiply, operands) => rounded(&Real::mul(operands), result, constants),
        (Operation::Divide, [one, other]) => {
            let says = rounded(&one.div(other), result, constants);
            let is_infinite = Bool::and(&[one.eq(&zero).not(), is_beyond(result)]);
            vec![other.eq(&zero).ite(&is_infinite, &Bool::and(&says))]
        }
        (Operation::Remainder, [one, other]) => {
            // Remainders are exact, and of a known divisor it is told of how many times.
            let mut says = vec![
                sized(result).lt(sized(other)),
                sized(result).le(sized(one)),
                one.ge(&zero).implies(result.ge(&zero)),
                one.le(&zero).implies(result.le(&zero)),
            ];
            if other.as_rational().is_some() {
                let times = Real::from_int(&Int::fresh_const("times"));
                says.push(Real::add(&[Real::mul(&[other.clone(), times]), result.clone()]).eq(one));
            }
            vec![other.eq(&zero).not(), Bool::and(&says)]
        }
        (Operation::Negate, [one]) => vec![result.eq(one.unary_minus())],
        (Operation::Absolute, [one]) => vec![result.eq(sized(one))],
        (Operation::Least, [one, other]) => vec![result.eq(one.le(other).ite(one, other))],
        (Operation::Greatest, [one, other]) => vec![result.eq(one.le(other).ite(other, one))],
        (Operation::Floor, [one]) => real_whole(one, result, constants),
        (Operation::Ceil, [one]) => {
            let mirrored: Vec<f64> = constants.iter().map(|constant| -constant).collect();
            real_whole(&one.unary_minus(), &result.unary_minus(), &mirrored)
        }
        (Operation::HalfUp, [one]) => real_whole(&Real::add(&[one.clone(), real(0.5)]), result, constants),
        (Operation::Round, [one]) => {
            let distance = sized(&Real::sub(&[result.clone(), one.clone()]));
            vec![distance.le(real(0.5))]
        }
        (Operation::Root, [one]) => {
            let root = Real::fresh_const("root");
            let mut says = rounded(&root, result, constants);
            says.extend([root.ge(&zero), Real::mul(&[root.clone(), root.clone()]).eq(one)]);
            says.push(one.ge(&zero));
            says
        }
        // Nothing is said of what is not made.
        _ => Vec::new(),
    }
}

/// Of whole numbers, which one is whole too: up to a size binary64 holds each of them.
fn real_exact(operation: Operation, operands: &[Real], result: &Real) -> Option<Bool> {
    let exact = match operation {
        Operation::Add => Real::add(operands),
        Operation::Subtract => Real::sub(operands),
        Operation::Multiply => Real::mul(operands),
        _ => return None,
    };
    let most = real(1.0 / UNIT);
    let is_held = Bool::and(&[exact.le(&most), exact.ge(most.unary_minus())]);
    Some(is_held.implies(result.eq(exact)))
}

/// Whether a number is out of the range of binary64.
fn is_beyond(number: &Real) -> Bool {
    Bool::or(&[number.ge(real(f64::MAX)), number.le(real(f64::MIN))])
}

/// When something odd may happen. What is infinite in binary64 is beyond its numbers here.
fn real_oddity(operation: Operation, operands: &[Real], result: &Real, oddity: Oddity) -> Bool {
    let zero = real(0.0);
    let mut ways: Vec<Bool> = operands.iter().map(is_beyond).collect();
    match (operation, operands) {
        (Operation::Divide | Operation::Remainder, [_, other]) => ways.push(other.eq(&zero)),
        (Operation::Root, [one]) if oddity == Oddity::Fails => ways.push(one.lt(&zero)),
        _ => {}
    }
    if oddity == Oddity::Fails {
        // Nothing says what the result is then, so that what the operands give is looked at.
        let size = |number: &Real| number.ge(&zero).ite(number, &number.unary_minus());
        let most = real(f64::MAX);
        match (operation, operands) {
            (Operation::Add | Operation::Subtract, [one, other]) => {
                ways.push(Real::add(&[size(one), size(other)]).ge(most));
            }
            (Operation::Multiply, [one, other]) => ways.push(Real::mul(&[size(one), size(other)]).ge(most)),
            (Operation::Divide, [one, other]) => ways.push(size(one).ge(Real::mul(&[size(other), most]))),
            _ => {}
        }
        ways.push(is_beyond(result));
    }
    Bool::or(&ways)
}

/// A result is the number of binary64 next to this, where there are some as large.
fn rounded(exact: &Real, result: &Real, constants: &[f64]) -> Vec<Bool> {
    let mut says = Vec::new();
    for &constant in constants {
        let constant = real(constant);
        says.push(exact.ge(&constant).implies(result.ge(&constant)));
        says.push(exact.le(&constant).implies(result.le(&constant)));
    }
    let zero = real(0.0);
    let size = exact.ge(&zero).ite(exact, &exact.unary_minus());
    let most = Real::add(&[Real::mul(&[size.clone(), real(UNIT)]), real(f64::from_bits(1))]);
    let difference = Real::sub(&[result.clone(), exact.clone()]);
    let near = Bool::and(&[difference.le(&most), difference.ge(most.unary_minus())]);
    says.push(size.le(real(f64::MAX)).implies(near));
    says
}

/// The same question of binary64 itself.
fn in_bits(question: &Question, resources: u64) -> arithmetic::Answer {
    let numbers: Vec<Float> =
        (0..question.is_result.len()).map(|at| Float::new_const_double(format!("number {at}"))).collect();
    let tactics = ["simplify", "fpa2bv", "simplify", "bit-blast", "sat"].map(Tactic::new);
    let [first, rest @ ..] = tactics;
    let solver = rest.into_iter().fold(first, |all, next| all.and_then(&next)).solver();
    for (number, &may_be_infinite) in numbers.iter().zip(&question.may_be_infinite) {
        solver.assert(number.is_nan().not());
        if !may_be_infinite {
            solver.assert(number.is_infinite().not());
        }
    }
    for fact in &question.facts {
        solver.assert(said(fact, &numbers));
    }
    limited(&solver, resources);
    match solver.check() {
        SatResult::Unknown => arithmetic::Answer::GaveUp,
        SatResult::Unsat => arithmetic::Answer::Nothing((0..question.facts.len()).collect()),
        SatResult::Sat => {
            let Some(model) = solver.get_model() else { return arithmetic::Answer::GaveUp };
            let bits = |number: &Float| model.eval(&number.to_ieee_bv(), true)?.as_u64().map(f64::from_bits);
            let found: Option<Vec<f64>> = numbers.iter().map(bits).collect();
            found.map_or(arithmetic::Answer::GaveUp, arithmetic::Answer::Numbers)
        }
    }
}

fn said(fact: &Fact, numbers: &[Float]) -> Bool {
    let signed = |says: Bool, holds: bool| if holds { says } else { says.not() };
    match fact {
        &Fact::Below(at, constant, holds) => signed(numbers[at].lt(constant), holds),
        &Fact::AtMost(at, constant, holds) => signed(numbers[at].le(constant), holds),
        &Fact::Less(one, other, holds) => signed(numbers[one].lt(numbers[other].clone()), holds),
        Fact::Defined { result, operation, operands, oddity } => {
            let operands: Vec<Float> = operands.iter().map(|operand| applied(*operand, numbers)).collect();
            let are_finite: Vec<Bool> = operands.iter().map(|operand| operand.is_infinite().not()).collect();
            let are_finite = Bool::and(&are_finite);
            let says = defined(*operation, &operands, &numbers[*result], *oddity);
            if oddity.is_some() { Bool::and(&[are_finite, says]).not() } else { are_finite.implies(says) }
        }
    }
}

fn applied(operand: Operand, numbers: &[Float]) -> Float {
    match operand {
        Operand::Number(at) => numbers[at].clone(),
        Operand::Constant(number) => Float::from_f64(number),
        Operand::Sum(at, add) => half_up(&numbers[at]).add_with_rounding_mode(add, &nearest()),
    }
}

fn nearest() -> RoundingMode {
    RoundingMode::round_nearest_ties_to_even()
}

fn half_up(number: &Float) -> Float {
    let moved = number.add_with_rounding_mode(0.5, &nearest());
    moved.round_to_integral_with_rounding_mode(&RoundingMode::round_towards_negative())
}

/// That there is a result of operands that are finite, and it. Of something odd the contrary is said: it is there, and for what fails
/// within range.
fn defined(operation: Operation, operands: &[Float], result: &Float, oddity: Option<Oddity>) -> Bool {
    let whole = |number: &Float, mode: RoundingMode| number.round_to_integral_with_rounding_mode(&mode);
    let found = match (operation, operands) {
        (Operation::Add, [one, other]) => one.add_with_rounding_mode(other.clone(), &nearest()),
        (Operation::Subtract, [one, other]) => one.sub_with_rounding_mode(other.clone(), &nearest()),
        (Operation::Multiply, [one, other]) => one.mul_with_rounding_mode(other.clone(), &nearest()),
        (Operation::Divide, [one, other]) => one.div_with_rounding_mode(other.clone(), &nearest()),
        (Operation::Remainder, [one, other]) => {
            let is_there = other.is_zero().not();
            return if oddity.is_some() { is_there } else { Bool::and(&[is_there, remainder(one, other, result)]) };
        }
        (Operation::Least, [one, other]) => one.le(other.clone()).ite(one, other),
        (Operation::Greatest, [one, other]) => one.le(other.clone()).ite(other, one),
        (Operation::Negate, [one]) => one.unary_neg(),
        (Operation::Absolute, [one]) => one.unary_abs(),
        (Operation::Floor, [one]) => whole(one, RoundingMode::round_towards_negative()),
        (Operation::Ceil, [one]) => whole(one, RoundingMode::round_towards_positive()),
        (Operation::Round, [one]) => whole(one, nearest()),
        (Operation::HalfUp, [one]) => half_up(one),
        (Operation::Root, [one]) => one.sqrt(),
        // Nothing is said of what is not made.
        _ => return Bool::from_bool(oddity.is_none()),
    };
    let is_there = found.is_nan().not();
    match oddity {
        None => Bool::and(&[is_there, result.eq_fpa(found)]),
        Some(Oddity::NoNumber) if operation == Operation::Root => Bool::from_bool(true),
        Some(Oddity::NoNumber) => is_there,
        Some(Oddity::Fails) => Bool::and(&[is_there, found.is_infinite().not()]),
    }
}

/// Of the remainder that is told which bounds it: Z3 computes that of IEEE 754, which is another and costs minutes.
fn remainder(one: &Float, other: &Float, result: &Float) -> Bool {
    let is_whole = |number: &Float| number.round_to_integral().eq_fpa(number.clone());
    Bool::and(&[
        result.unary_abs().lt(other.unary_abs()),
        result.unary_abs().le(one.unary_abs()),
        one.ge(0.0).implies(result.ge(0.0)),
        one.le(0.0).implies(result.le(0.0)),
        Bool::and(&[is_whole(one), is_whole(other)]).implies(is_whole(result)),
    ])
}

fn tag(symbol: SymbolId) -> Int {
    Int::new_const(format!("tag {}", symbol.0))
}

/// Where a symbol stands in an order.
fn place(sort: Sort, symbol: SymbolId) -> Real {
    Real::new_const(format!("{sort:?} {}", symbol.0))
}
