//! Turns a [`Site`] into the expressions that stand there, each parsed, with what it reads.
//!
//! An expression is a string to evaluate: a path, a call of an intrinsic function, or JSONata between its delimiters. A
//! string that is meant as one and is none is the business of rules. What a `${…}` leaves open is no expression yet.

use super::intrinsic::{self, Call, Dynamic, IntrinsicError};
use super::jsonata::{self, Ast, Delimited, ExprId, Kind, Parsed, Scopes};
use super::path::{self, Filter, Operand, OperandKind, Path, PathError, Root, Segment, SegmentKind};
use super::sites::{Owner, Role, Site, dynamic_members, strings};
use super::{Field, Language};
use crate::diagnostic::Severity;
use crate::syntax::Node;
use crate::text::Span;

/// A string that is evaluated.
#[derive(Clone, Debug)]
pub struct Expression<'t> {
    /// The field it stands in.
    pub site: Site<'t>,
    /// In a payload template, the member that it is the value of.
    pub member: Option<Field<'t>>,
    /// The string. Spans in `form` are offsets into its decoded content.
    pub node: Node<'t>,
    /// What it is.
    pub form: Form,
}

/// What an expression is written in.
#[derive(Clone, Debug)]
pub enum Form {
    /// A path.
    Path(Path, Vec<PathError>),
    /// A call of an intrinsic function.
    Intrinsic(Call, Vec<IntrinsicError>),
    /// JSONata.
    Jsonata(Box<Jsonata>),
}

/// A JSONata expression between its delimiters.
#[derive(Clone, Debug)]
pub struct Jsonata {
    /// What stands between the delimiters, in the decoded content. Spans of `parsed` count from its start.
    pub inner: Span,
    /// The tree, and what is wrong with the text.
    pub parsed: Parsed,
    /// What its variables mean.
    pub scopes: Scopes,
}

/// Where an expression reads from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin<'e> {
    /// `$`: the document at hand. JSONPath only.
    Document,
    /// `$$`: the context object. JSONPath only; JSONata has it in `$states.context`.
    Context,
    /// `$states`: JSONata only.
    States,
    /// `$name`, without the `$`: a variable of the machine; in JSONata perhaps a function of the library.
    Variable(&'e str),
}

/// One read of something that the expression does not make itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference<'e> {
    /// Where it begins.
    pub origin: Origin<'e>,
    /// The text of the beginning, its `$` included.
    pub span: Span,
    /// The members that are named behind it, up to the first step that names none. Positions of items are passed over:
    /// `$.a[0].b` reads the `b` of an item of `a`.
    pub members: Vec<MemberName<'e>>,
    /// Whether nothing stands behind the last of `members`.
    pub is_exact: bool,
    /// Whether it is called: `$name(…)`.
    pub is_called: bool,
    /// What becomes of the expression where nothing is found.
    pub demand: Demand,
}

/// What becomes of an expression where one of its reads finds nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Demand {
    /// It has no value, and the state fails.
    Certain,
    /// It may have a value all the same, or not ask at all.
    Possible,
    /// It asks whether something is there: `$exists(…)`, `… ?: default`, `IsPresent`.
    Tested,
}

impl Demand {
    /// How bad it is that nothing is ever found.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::Certain => Severity::Error,
            Self::Possible => Severity::Warning,
            Self::Tested => Severity::Info,
        }
    }

    /// What happens where nothing is ever found, as the end of a sentence. The errors are those that the service reports in
    /// states of the one language and of the other.
    #[must_use]
    pub const fn without_value(self, in_language: Language) -> &'static str {
        match (self, in_language) {
            (Self::Tested, _) => "this never finds a value",
            (Self::Possible, _) => "there is no value here",
            (Self::Certain, Language::Jsonata) => "this fails with `States.QueryEvaluationError`",
            (Self::Certain, Language::JsonPath) => "this fails with `States.Runtime`",
        }
    }
}

/// A member that is named behind a beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberName<'e> {
    /// The name.
    pub name: &'e str,
    /// Its text: without its dot; JSONata keeps the quotes.
    pub span: Span,
}

/// The expressions of some sites, in document order within each.
#[must_use]
pub fn expressions<'t>(sites: &[Site<'t>]) -> Vec<Expression<'t>> {
    let mut found = Vec::with_capacity(sites.len());
    for &site in sites {
        let value = site.field.value;
        match site.role {
            Role::Template => {
                let members = dynamic_members(value);
                found.extend(members.filter_map(|member| template_value(site, member.value, Some(member))));
            }
            Role::Jsonata => found.extend(strings(value).filter_map(|string| jsonata_string(site, string))),
            Role::Path | Role::ReferencePath | Role::ResultPath | Role::PathOrIntrinsic => {
                found.extend(template_value(site, value, None));
            }
        }
    }
    found
}

fn template_value<'t>(site: Site<'t>, node: Node<'t>, member: Option<Field<'t>>) -> Option<Expression<'t>> {
    let text = node.as_str().filter(|_| !node.is_open())?;
    let form = match intrinsic::classify(text) {
        Dynamic::Path | Dynamic::Context | Dynamic::Variable => {
            let (path, errors) = path::parse(text);
            Form::Path(path, errors)
        }
        Dynamic::Intrinsic => {
            let (call, errors) = intrinsic::parse(text);
            Form::Intrinsic(call, errors)
        }
        Dynamic::Hole | Dynamic::Neither => return None,
    };
    Some(Expression { site, member, node, form })
}

fn jsonata_string<'t>(site: Site<'t>, node: Node<'t>) -> Option<Expression<'t>> {
    if node.is_open() {
        return None;
    }
    let text = node.content();
    let Delimited::Expression { inner } = jsonata::expression_in(text) else { return None };
    let parsed = jsonata::parse(inner.of(text));
    let scopes = Scopes::new(&parsed.ast);
    Some(Expression { site, member: None, node, form: Form::Jsonata(Box::new(Jsonata { inner, parsed, scopes })) })
}

impl Expression<'_> {
    /// Whether nothing but the document at hand can be among what it reads: so it is with most paths, and cheap to tell.
    #[must_use]
    pub fn reads_document_only(&self) -> bool {
        let is_plain =
            |segment: &Segment| !matches!(segment.kind, SegmentKind::Filter(_) | SegmentKind::Function { .. });
        matches!(&self.form, Form::Path(path, _) if path.root == Root::Document && path.segments.iter().all(is_plain))
    }

    /// What it reads, in order. Empty where the expression could not be parsed: what follows the error is not known.
    #[must_use]
    pub fn references(&self) -> Vec<Reference<'_>> {
        let mut found = Vec::new();
        match &self.form {
            Form::Path(path, errors) if errors.is_empty() => of_outermost_path(path, &mut found),
            Form::Intrinsic(call, errors) if errors.iter().all(|error| error.fault != intrinsic::Fault::Syntax) => {
                call.paths().for_each(|path| of_outermost_path(path, &mut found));
            }
            Form::Jsonata(jsonata) if jsonata.parsed.errors.is_empty() => {
                of_jsonata(&jsonata.parsed.ast, &jsonata.scopes, &mut found);
                for reference in &mut found {
                    reference.span = reference.span.shifted(jsonata.inner.start);
                    for member in &mut reference.members {
                        member.span = member.span.shifted(jsonata.inner.start);
                    }
                }
            }
            Form::Path(..) | Form::Intrinsic(..) | Form::Jsonata(_) => {}
        }
        found.sort_by_key(|reference| reference.span);
        match (found.is_empty(), self.site.owner) {
            (false, Owner::Rule(_) | Owner::NestedRule(_)) if self.asks_for_presence() => {
                found.iter_mut().for_each(|reference| reference.demand = Demand::Tested);
            }
            (false, Owner::NestedRule(_)) => {
                let certain = found.iter_mut().filter(|reference| reference.demand == Demand::Certain);
                certain.for_each(|reference| reference.demand = Demand::Possible);
            }
            _ => {}
        }
        found
    }

    /// Whether it is the `Variable` of a choice rule that asks for presence.
    #[must_use]
    pub fn asks_for_presence(&self) -> bool {
        let field = self.site.field;
        field.name() == "Variable" && field.value.parent().is_some_and(|rule| rule.get("IsPresent").is_some())
    }
}

impl<'e> Reference<'e> {
    /// The members of the context object that are named, where it reads that: behind `$$` or `$states.context`.
    #[must_use]
    pub fn of_context(&self) -> Option<&[MemberName<'e>]> {
        match self.origin {
            Origin::Context => Some(&self.members),
            Origin::States => {
                self.members.split_first().filter(|(first, _)| first.name == "context").map(|(_, rest)| rest)
            }
            Origin::Document | Origin::Variable(_) => None,
        }
    }
}

/// A path that names one place finds something there or fails the execution (recorded); one that searches may find nothing.
fn of_outermost_path<'e>(path: &'e Path, found: &mut Vec<Reference<'e>>) {
    let first = found.len();
    of_path(path, found);
    // Of a variable without a value no path finds anything.
    if (path.is_definite() || matches!(path.root, Root::Variable(_)))
        && let Some(reference) = found.get_mut(first)
    {
        reference.demand = Demand::Certain;
    }
}

/// Recursion is bounded by how deep filters nest, which the parser bounds.
fn of_path<'e>(path: &'e Path, found: &mut Vec<Reference<'e>>) {
    let origin = match &path.root {
        Root::Document => Some(Origin::Document),
        Root::Context => Some(Origin::Context),
        Root::Variable(name) => Some(Origin::Variable(name)),
        Root::Item | Root::Unknown => None,
    };
    if let Some(origin) = origin {
        let mut members = Vec::new();
        let mut is_exact = true;
        for segment in &path.segments {
            match &segment.kind {
                SegmentKind::Member(name) => members.push(MemberName { name: &name.text, span: name.span }),
                SegmentKind::Index(_)
                | SegmentKind::CountedBack(_)
                | SegmentKind::Filter(_)
                | SegmentKind::Slice { .. }
                | SegmentKind::Indices(_) => {}
                _ => {
                    is_exact = false;
                    break;
                }
            }
        }
        let demand = Demand::Possible;
        found.push(Reference { origin, span: path.root_span, members, is_exact, is_called: false, demand });
    }
    for segment in &path.segments {
        match &segment.kind {
            SegmentKind::Filter(filter) => of_filter(filter, found),
            SegmentKind::Function { arguments, .. } => arguments.iter().for_each(|operand| of_operand(operand, found)),
            _ => {}
        }
    }
}

fn of_filter<'e>(filter: &'e Filter, found: &mut Vec<Reference<'e>>) {
    match filter {
        Filter::Or(parts) | Filter::And(parts) => parts.iter().for_each(|part| of_filter(part, found)),
        Filter::Not(part) => of_filter(part, found),
        Filter::Exists(path) => of_path(path, found),
        Filter::Compare { left, right, .. } => {
            of_operand(left, found);
            of_operand(right, found);
        }
    }
}

fn of_operand<'e>(operand: &'e Operand, found: &mut Vec<Reference<'e>>) {
    if let OperandKind::Path(path) = &operand.kind {
        of_path(path, found);
    }
}

/// What JSONata reads, by node.
pub(super) fn of_jsonata<'e>(ast: &'e Ast, scopes: &Scopes, found: &mut Vec<Reference<'e>>) {
    // What stands behind a variable, and whether it is called, is known at the node above it.
    let mut steps: Vec<Option<ExprId>> = vec![None; ast.root().index() + 1];
    let mut is_called = vec![false; steps.len()];
    for id in ast.ids() {
        match &ast[id].kind {
            Kind::Path(path) => {
                if let Some(&first) = path.first() {
                    steps[ast.base(first).index()] = Some(id);
                }
            }
            Kind::Call { callee, .. } | Kind::Partial { callee, .. } => is_called[callee.index()] = true,
            Kind::Binary { op: jsonata::Op::Chain, right, .. } => is_called[right.index()] = true,
            _ => {}
        }
    }
    let demands = demands(ast, scopes);
    for id in ast.ids() {
        let Some(name) = scopes.free_variable(ast, id) else { continue };
        let origin = if name == "states" { Origin::States } else { Origin::Variable(name) };
        let (mut members, mut is_exact) = (Vec::new(), true);
        if let Some(Kind::Path(path)) = steps[id.index()].map(|path| &ast[path].kind) {
            for &step in path.get(1..).unwrap_or_default() {
                let base = ast.base(step);
                let Kind::Name(name) = ast[base].kind else {
                    is_exact = matches!(ast[base].kind, Kind::Sort(_));
                    if is_exact {
                        continue;
                    }
                    break;
                };
                members.push(MemberName { name: ast.text(name), span: ast[base].span });
            }
        }
        let (is_called, demand) = (is_called[id.index()], demands[id.index()]);
        found.push(Reference { origin, span: ast[id].span, members, is_exact, is_called, demand });
    }
}

/// By node: what becomes of the expression where the node has no value.
fn demands(ast: &Ast, scopes: &Scopes) -> Vec<Demand> {
    use jsonata::Op::{
        Add, Chain, Coalesce, Divide, Elvis, Greater, GreaterOrEqual, Less, LessOrEqual, Multiply, Remainder, Subtract,
    };
    let is_free =
        |callee: ExprId, names: &[&str]| scopes.free_variable(ast, callee).is_some_and(|name| names.contains(&name));
    let mut demands = vec![Demand::Possible; ast.root().index() + 1];
    demands[ast.root().index()] = Demand::Certain;
    // Parents stand behind their children.
    for id in ast.ids().rev() {
        let demand = demands[id.index()];
        if demand == Demand::Tested {
            ast.children(id).for_each(|child| demands[child.index()] = demand);
        }
        let mut hand_on = |child: &ExprId| {
            if demand == Demand::Certain {
                demands[child.index()] = demand;
            }
        };
        match &ast[id].kind {
            Kind::Path(steps) => steps.first().into_iter().for_each(hand_on),
            Kind::Block(list) => list.last().into_iter().for_each(hand_on),
            Kind::Filter { input: one, .. }
            | Kind::Focus { input: one, .. }
            | Kind::Index { input: one, .. }
            | Kind::Negate(one)
            | Kind::Bind { value: one, .. } => hand_on(one),
            Kind::Binary {
                op: Add | Subtract | Multiply | Divide | Remainder | Less | LessOrEqual | Greater | GreaterOrEqual,
                left,
                right,
                ..
            } => {
                hand_on(left);
                hand_on(right);
            }
            Kind::Binary { op: Elvis | Coalesce, left, .. } => demands[left.index()] = Demand::Tested,
            Kind::Binary { op: Chain, left, right, .. } if is_free(*right, &["exists"]) => {
                demands[left.index()] = Demand::Tested;
            }
            Kind::Call { callee, args } if is_free(*callee, &["exists"]) => {
                args.iter().for_each(|arg| demands[arg.index()] = Demand::Tested);
            }
            // Of nothing they give nothing.
            Kind::Call { callee, args } if is_free(*callee, &["not", "boolean"]) => args.iter().for_each(hand_on),
            _ => {}
        }
    }
    demands
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asl::{lower, sites};
    use crate::syntax::{Format, parse};

    fn reads(field: &str, value: &str, language: &str) -> String {
        let text = serde_json::json!({"StartAt": "A", "QueryLanguage": language, "States": {
            "A": {"Type": "Pass", field: {"k.$": value, "k": value}, "End": true}}});
        let tree = parse(&text.to_string().into(), Format::Json);
        let machine = lower(tree.root());
        let expressions: Vec<_> = expressions(&sites::sites(&machine));
        let found = expressions.first().map(Expression::references).unwrap_or_default();
        let word = |reference: &Reference<'_>| {
            let mut word = reference.span.of(value).to_owned();
            for member in &reference.members {
                assert_eq!(member.span.of(value).trim_matches(['`', '"', '\'']), member.name);
                word = format!("{word}/{}", member.name);
            }
            word + if reference.is_called { "()" } else { "" } + if reference.is_exact { "" } else { "/…" }
        };
        found.iter().map(word).collect::<Vec<_>>().join(" ")
    }

    fn demanded(field: &str, value: &str, language: &str) -> Vec<Demand> {
        let text = serde_json::json!({"StartAt": "A", "QueryLanguage": language, "States": {
            "A": {"Type": "Pass", field: {"k.$": value, "k": value}, "End": true}}});
        let tree = parse(&text.to_string().into(), Format::Json);
        let machine = lower(tree.root());
        let expressions: Vec<_> = expressions(&sites::sites(&machine));
        let found = expressions.first().map(Expression::references).unwrap_or_default();
        found.iter().filter(|reference| !reference.is_called).map(|reference| reference.demand).collect()
    }

    #[test]
    fn what_fails_without_a_value() {
        use Demand::{Certain, Possible, Tested};
        for (value, expected) in [
            ("$.a[0].b", &[Certain][..]),
            ("$.a[*]", &[Possible]),
            ("$$.a[?(@.x == $.y)]", &[Possible, Possible]),
            ("States.Array($.a, States.Array($$.b), $.c..d)", &[Certain, Certain, Possible]),
        ] {
            assert_eq!(demanded("Parameters", value, "JSONPath"), expected, "{value}");
        }
        for (value, expected) in [
            ("{% $a.b[0] %}", &[Certain][..]),
            ("{% ($a; $b := $c; $d.x) %}", &[Possible, Possible, Certain]),
            ("{% $a + -$b[$c] %}", &[Certain, Certain, Possible]),
            ("{% $a < $b %}", &[Certain, Certain]),
            ("{% $not($a) %}", &[Certain]),
            ("{% $a = $b or $c %}", &[Possible, Possible, Possible]),
            ("{% $a ~> $exists %}", &[Tested]),
            ("{% $a ~> $string %}", &[Possible]),
            ("{% $b := $a %}", &[Certain]),
            ("{% $a & $b %}", &[Possible, Possible]),
            ("{% [$a, {'b': $b}] %}", &[Possible, Possible]),
            ("{% $a ? $b : $c %}", &[Possible, Possible, Possible]),
            ("{% $exists($a.b[$c]) ? $d %}", &[Tested, Tested, Possible]),
            ("{% $string($a) %}", &[Possible]),
            ("{% $a ?? $b %}", &[Tested, Possible]),
            ("{% ($exists := function($x){1}; $exists($a)) %}", &[Possible]),
        ] {
            assert_eq!(demanded("Output", value, "JSONata"), expected, "{value}");
        }
    }

    #[test]
    fn what_is_read() {
        for (value, expected) in [
            ("$.a.b", "$/a/b"),
            ("$", "$"),
            ("$.a[0]['b'].c", "$/a/b/c"),
            ("$$.Map.Item.Value.x", "$$/Map/Item/Value/x"),
            ("$$..Id", "$$/…"),
            ("$v.a.*", "$v/a/…"),
            ("$v[?(@.x == $w.y && $$.State.Name == 'A')].z", "$v/z $w/y $$/State/Name"),
            ("States.Format('{} {}', $.a, States.Array($v, $$.Task.Token))", "$/a $v $$/Task/Token"),
            ("$.a[", ""),
            ("text", ""),
        ] {
            assert_eq!(reads("Parameters", value, "JSONPath"), expected, "{value}");
        }
        for (value, expected) in [
            ("{% $states.input.a.b %}", "$states/input/a/b"),
            ("{% $states.context.Execution.`Id` & $v %}", "$states/context/Execution/Id $v"),
            ("{% $states.input.a[x = $v].b^(c)[0] %}", "$states/input/a/b $v"),
            ("{% $states.context.*.Id %}", "$states/context/…"),
            ("{% $states.input.(a) %}", "$states/input/…"),
            ("{% $sum($states.result.n) ~> $string %}", "$sum() $states/result/n $string()"),
            ("{% ($v := $v.a; $v.b) %}", "$v/a"),
            ("{% $states[0].input %}", "$states/input"),
            ("{% ( %}", ""),
            ("$states.input", ""),
        ] {
            assert_eq!(reads("Output", value, "JSONata"), expected, "{value}");
        }
    }
}
