//! Numbers that do what is said of them exist, so nobody may say that there are none.

use proptest::prelude::*;

use super::*;

/// Numbers that people write, and those at which binary64 gives way.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => (-20_i32..20).prop_map(f64::from),
        2 => (-200_i32..200).prop_map(|number| f64::from(number) / 10.0),
        1 => any::<f64>().prop_filter("JSON has no others", |number| number.is_finite()),
        1 => prop::sample::select(vec![
            0.0, 0.1, 0.3, 0.5, 0.5_f64.next_down(), 1.0_f64.next_up(), 9_007_199_254_740_992.0, 1e300, -1e300, 5e-324,
            f64::MAX, f64::MIN, 1e15 + 0.3,
        ]),
    ]
}

fn operation() -> impl Strategy<Value = Operation> {
    use Operation::{
        Absolute, Add, Ceil, Divide, Floor, Greatest, HalfUp, Least, Multiply, Negate, Remainder, Root, Round, Subtract,
    };
    prop::sample::select(vec![
        Add, Subtract, Multiply, Divide, Remainder, Negate, Absolute, Floor, Ceil, Round, HalfUp, Root, Least, Greatest,
    ])
}

const fn is_unary(operation: Operation) -> bool {
    use Operation::{Absolute, Ceil, Floor, HalfUp, Negate, Root, Round};
    matches!(operation, Absolute | Ceil | Floor | HalfUp | Negate | Root | Round)
}

/// An operation, and which of what is there before it is applied to: as parts of a whole.
type Step = (Operation, [f64; 2], f64);

/// A question whose facts are true of the numbers.
fn question(bases: &[f64], steps: &[Step], constants: &[f64]) -> (Question, Vec<f64>) {
    let mut numbers = bases.to_vec();
    let mut question =
        Question { is_result: vec![false; bases.len()], may_be_infinite: vec![false; bases.len()], facts: Vec::new() };
    for &(operation, which, constant) in steps {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a choice of a few"
        )]
        let pick = |part: f64| (part * (numbers.len() as f64 + 1.0)) as usize;
        let operand = |part: f64| match pick(part) {
            at if at < numbers.len() => Operand::Number(at),
            _ => Operand::Constant(constant),
        };
        let operands: Vec<Operand> =
            which.iter().take(if is_unary(operation) { 1 } else { 2 }).map(|&part| operand(part)).collect();
        let known: Vec<f64> = operands.iter().map(|operand| operand.of(&numbers)).collect();
        // Where nothing is claimed, anything may come of it.
        let result = operation.of(&known).unwrap_or(constant);
        let are_finite = known.iter().all(|number| number.is_finite());
        let oddity = match operation.of(&known) {
            None if constant > 1.0 && operation != Operation::Root => Some(Oddity::NoNumber),
            None if are_finite => Some(Oddity::Fails),
            Some(found) if found.is_finite() => None,
            _ if constant > 0.0 => Some(Oddity::Fails),
            _ => None,
        };
        question.facts.push(Fact::Defined { result: numbers.len(), operation, operands, oddity });
        question.is_result.push(true);
        question.may_be_infinite.push(true);
        numbers.push(result);
    }
    for (at, &number) in numbers.iter().enumerate() {
        for constant in constants.iter().copied().chain([number, number + 1.0]).filter(|constant| constant.is_finite())
        {
            question.facts.push(Fact::Below(at, constant, number < constant));
            question.facts.push(Fact::AtMost(at, constant, number <= constant));
        }
        question.facts.extend((0..at).map(|other| Fact::Less(at, other, number < numbers[other])));
    }
    (question, numbers)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn what_is_so_is_not_impossible(
        bases in prop::collection::vec(number(), 1..3),
        steps in prop::collection::vec((operation(), [0.0..1.0, 0.0..1.0], number()), 1..3),
        constants in prop::collection::vec(number(), 0..2),
    ) {
        let (question, numbers) = question(&bases, &steps, &constants);
        prop_assert!(question.facts.iter().all(|fact| fact.holds(&numbers)), "{question:?} {numbers:?}");
        let mut effort = Effort { each: 200_000, left: 400_000, n_bits_left: 1, ..Effort::of(200_000) };
        if let Answer::Nothing(core) = solved(&question, &mut effort) {
            let facts: Vec<&Fact> = core.iter().map(|&at| &question.facts[at]).collect();
            prop_assert!(false, "{numbers:?} do it: {facts:#?}");
        }
    }
}

/// Found by chance once: of what comes of an infinite result nothing is said.
#[test]
fn what_comes_of_an_infinite_result_is_open() {
    for (first, second) in [(Operation::Divide, Operation::Add), (Operation::Divide, Operation::Subtract)] {
        let (mut question, numbers) = question(&[0.0], &[(first, [0.99, 0.0], -1.0)], &[]);
        let at = numbers.len();
        let operands = vec![Operand::Number(0), Operand::Number(at - 1)];
        question.facts.push(Fact::Defined { result: at, operation: second, operands, oddity: None });
        question.facts.extend([Fact::AtMost(at, 0.0, true), Fact::Below(at, 0.0, false)]);
        question.is_result.push(true);
        question.may_be_infinite.push(true);
        let numbers: Vec<f64> = numbers.into_iter().chain([0.0]).collect();
        assert!(numbers[1].is_infinite() && question.facts.iter().all(|fact| fact.holds(&numbers)), "{question:?}");
        let mut effort = Effort { each: 200_000, left: 400_000, n_bits_left: 1, ..Effort::of(200_000) };
        assert!(!matches!(solved(&question, &mut effort), Answer::Nothing(_)), "{question:?}");
    }
}
