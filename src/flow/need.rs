//! Turns an expression into what becomes of it where a variable that it reads has no value.
//!
//! Follows the reference implementation of JSONata: what has no value goes through paths, filters and arithmetic unchanged,
//! and the service fails a field that comes out without a value ("returned nothing (undefined)").

use crate::asl::Language;
use crate::asl::expression::{Expression, Form};
use crate::asl::jsonata::{Ast, ExprId, Kind, Op};
use crate::asl::sites::{Owner, Role};
use crate::diagnostic::Severity;
use crate::text::Span;

/// How much an expression needs the value of a variable that it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// It asks whether there is a value: `$exists($x)`, `$x ? …`, `IsPresent`.
    Test,
    /// It has a result without it, perhaps not the one that was meant: a key is dropped, a text is shorter.
    Part,
    /// It fails without it.
    Whole,
}

impl Need {
    /// How bad it is that the value is never there.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::Test => Severity::Info,
            Self::Part => Severity::Warning,
            Self::Whole => Severity::Error,
        }
    }

    /// What happens if the value is never there, as the end of a sentence. The errors are those that the service reports in
    /// states of the one language and of the other.
    #[must_use]
    pub const fn without_value(self, in_language: Language) -> &'static str {
        match (self, in_language) {
            (Self::Test, _) => "this never finds a value",
            (Self::Part, _) => "there is no value here",
            (Self::Whole, Language::Jsonata) => "this fails with `States.QueryEvaluationError`",
            (Self::Whole, Language::JsonPath) => "this fails with `States.Runtime`",
        }
    }
}

/// The variables that an expression reads, by the place of their names in the decoded content, with what it needs of each.
#[must_use]
pub fn needs(expression: &Expression<'_>) -> Vec<(Span, Need)> {
    let mut needs = match &expression.form {
        Form::Path(path, _) => vec![(path.root_span, if is_presence(expression) { Need::Test } else { Need::Whole })],
        Form::Intrinsic(call, _) => call.paths().map(|path| (path.root_span, Need::Whole)).collect(),
        Form::Jsonata(jsonata) => of_jsonata(&jsonata.parsed.ast)
            .into_iter()
            .map(|(span, need)| (span.shifted(jsonata.inner.start), need))
            .collect(),
    };
    needs.sort_unstable();
    needs
}

/// What `needs` says of the variable at `span`. The variables of filters are not among them: how the service reads those of
/// JSONPath is not known.
#[must_use]
pub fn need_at(needs: &[(Span, Need)], span: Span) -> Need {
    needs.binary_search_by_key(&span, |&(span, _)| span).map_or(Need::Part, |at| needs[at].1)
}

/// Whether it is the `Variable` of a choice rule that asks for presence.
fn is_presence(expression: &Expression<'_>) -> bool {
    let site = &expression.site;
    matches!(site.owner, Owner::Rule(_))
        && site.role == Role::ReferencePath
        && site.field.name() == "Variable"
        && site.field.value.parent().is_some_and(|rule| rule.get("IsPresent").is_some())
}

fn of_jsonata(ast: &Ast) -> Vec<(Span, Need)> {
    let mut needs = vec![Need::Whole; ast.root().index() + 1];
    let mut found = Vec::new();
    // Parents stand behind their children.
    for id in ast.ids().rev() {
        let need = needs[id.index()];
        if matches!(ast[id].kind, Kind::Variable(_)) {
            found.push((ast[id].span, need));
        }
        for (i, child) in ast.children(id).enumerate() {
            needs[child.index()] = of_child(ast, id, need, i);
        }
    }
    found
}

/// What a node needs of its child of this number, where so much is needed of the node itself.
fn of_child(ast: &Ast, id: ExprId, need: Need, i: usize) -> Need {
    match &ast[id].kind {
        Kind::Path(_) | Kind::Filter { .. } | Kind::Focus { .. } | Kind::Index { .. } if i == 0 => need,
        Kind::Block(steps) if i + 1 == steps.len() => need,
        Kind::Negate(_) => required(need),
        Kind::Binary { op, right, .. } => match op {
            Op::Add
            | Op::Subtract
            | Op::Multiply
            | Op::Divide
            | Op::Remainder
            | Op::Less
            | Op::LessOrEqual
            | Op::Greater
            | Op::GreaterOrEqual => required(need),
            Op::And | Op::Or => Need::Test,
            Op::Elvis | Op::Coalesce if i == 0 => Need::Test,
            Op::Chain if i == 0 && is_question(ast, *right) => Need::Test,
            _ => Need::Part,
        },
        Kind::Conditional { .. } if i == 0 => Need::Test,
        // The first child of a call is what is called.
        Kind::Call { callee, .. } if i > 0 && is_question(ast, *callee) => Need::Test,
        _ => Need::Part,
    }
}

/// An operand without a value leaves the operation without one: that is nothing to ask for on purpose.
fn required(need: Need) -> Need {
    if need == Need::Test { Need::Part } else { need }
}

/// Whether this is one of the functions that answer for nothing as for any other value.
fn is_question(ast: &Ast, callee: ExprId) -> bool {
    matches!(ast[callee].kind, Kind::Variable(name) if matches!(ast.text(name), "exists" | "boolean" | "not"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asl::jsonata::parse;

    #[test]
    fn what_an_expression_needs() {
        use Need::{Part, Test, Whole};
        for (expression, expected) in [
            ("$x", Whole),
            ("$x.a[0].b", Whole),
            ("($x)", Whole),
            ("($y := 1; $x.a)", Whole),
            ("$x + 1", Whole),
            ("-$x", Whole),
            ("1 < $x", Whole),
            ("$x & 'a'", Part),
            ("{'a': $x}", Part),
            ("[$x]", Part),
            ("'a' = $x", Part),
            ("$states.input[a = $x]", Part),
            ("$states.input.a ? $x : 1", Part),
            ("$sum($x)", Part),
            ("$x > 1 ? 'a' : 'b'", Part),
            ("$x ? 'a' : 'b'", Test),
            ("$exists($x.a)", Test),
            ("$x ~> $exists", Test),
            ("$not($x)", Test),
            ("$states.input.a and $x", Test),
            ("$x ?: 1", Test),
        ] {
            let parsed = parse(expression);
            assert_eq!(parsed.errors, [], "{expression}");
            let needs = of_jsonata(&parsed.ast);
            let found: Vec<_> = needs.iter().filter(|(span, _)| span.of(expression) == "$x").collect();
            assert_eq!(found.iter().map(|(_, need)| *need).collect::<Vec<_>>(), [expected], "{expression}");
        }
    }
}
