//! JSONata that reads a value at hand where none is: bare names and `$` at the top level of an expression, `$$` anywhere.

use std::collections::{BTreeMap, BTreeSet};

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::context::{self, CONTEXT};
use crate::asl::expression::{Expression, Form, Jsonata};
use crate::asl::jsonata::{Ast, Binding, ExprId, Kind, Op};
use crate::diagnostic::{Applicability, Fix, Label, Severity};
use crate::text::{Edit, Span};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for expression in cx.expressions() {
        let Form::Jsonata(jsonata) = &expression.form else { continue };
        if !jsonata.parsed.errors.is_empty() {
            continue;
        }
        let reads = reads(jsonata);
        if !reads.is_empty() {
            report(expression, jsonata, &reads, cx.assigned(), sink);
        }
    }
}

/// One thing that an expression reads without a value at hand, wherever it does.
struct Read<'e> {
    what: What<'e>,
    /// What was probably meant.
    cure: Cure<'e>,
    spans: Vec<Span>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum What<'e> {
    /// A field, bare or back-quoted.
    Name(&'e str),
    /// `$`
    Context,
    /// `$$`
    Input,
    /// `*` or `**`
    Search,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cure<'e> {
    /// A member of the state's input, or all of it.
    StateInput,
    /// The context object: `$$.Execution`.
    ContextObject,
    /// A variable whose `$` is missing.
    Variable,
    /// What the function is called with.
    Parameter(&'e str),
    /// The end of a name with `-` in it, which stands here.
    Hyphen(Span),
}

/// In order of the text; what is read twice comes once.
fn reads(jsonata: &Jsonata) -> Vec<Read<'_>> {
    let ast = &jsonata.parsed.ast;
    let places = Places::new(ast);
    let mut found: Vec<(Span, What<'_>, ExprId)> = Vec::new();
    for id in ast.ids() {
        let is_loose = !jsonata.scopes.has_context(id);
        let what = match ast[id].kind {
            Kind::Variable(name) => match ast.text(name) {
                "" if is_loose => What::Context,
                "$" => What::Input,
                _ => continue,
            },
            Kind::Name(name) if is_loose && !places.is_callee[id.index()] => What::Name(ast.text(name)),
            Kind::Wildcard | Kind::Descendants if is_loose => What::Search,
            _ => continue,
        };
        found.push((ast[id].span, what, id));
    }
    found.sort_by_key(|&(span, ..)| span);
    let mut seen = BTreeMap::new();
    let mut reads: Vec<Read<'_>> = Vec::new();
    for (span, what, id) in found {
        let cure = match places.hyphens.get(&id) {
            // The first of its names tells of all.
            Some(None) => continue,
            Some(Some(name)) => Cure::Hyphen(*name),
            None => places.cure(ast, id, what),
        };
        let i = *seen.entry((what, cure)).or_insert(reads.len());
        if i == reads.len() {
            reads.push(Read { what, cure, spans: Vec::new() });
        }
        reads[i].spans.push(span);
    }
    reads
}

/// What the neighbours of a node say of it.
struct Places<'e> {
    /// Names that are called, which is another mistake: `uppercase(…)`, `States.Format(…)`.
    is_callee: Vec<bool>,
    /// Behind the first step of a path: the name of the second.
    next: Vec<Option<&'e str>>,
    /// The first parameter of the innermost function around the node.
    parameter: Vec<Option<&'e str>>,
    /// Names that the expression gives to variables of its own.
    bound: BTreeSet<&'e str>,
    /// Names that a `-` without blanks joins to the step of a path: at the first of them, all that they make together.
    hyphens: BTreeMap<ExprId, Option<Span>>,
}

impl<'e> Places<'e> {
    fn new(ast: &'e Ast) -> Self {
        let n = ast.root().index() + 1;
        let mut places = Self {
            is_callee: vec![false; n],
            next: vec![None; n],
            parameter: vec![None; n],
            bound: BTreeSet::new(),
            hyphens: hyphens(ast),
        };
        // Parents stand behind their children.
        for id in ast.ids().rev() {
            let mut bind = |variable: &Binding| {
                places.bound.insert(ast.text(variable.name));
            };
            let mut parameter = places.parameter[id.index()];
            match &ast[id].kind {
                Kind::Call { callee, .. } | Kind::Partial { callee, .. } => places.is_callee[callee.index()] = true,
                Kind::Path(steps) => {
                    if let [first, second, ..] = steps[..] {
                        let first = ast.base(first);
                        match ast[ast.base(second)].kind {
                            Kind::Name(name) => places.next[first.index()] = Some(ast.text(name)),
                            Kind::Call { .. } => places.is_callee[first.index()] |= is_named(ast, first, "States"),
                            _ => {}
                        }
                    }
                }
                Kind::Lambda { params, .. } => {
                    params.iter().for_each(&mut bind);
                    parameter = params.first().map(|param| ast.text(param.name));
                }
                Kind::Bind { variable, .. } | Kind::Focus { variable, .. } | Kind::Index { variable, .. } => {
                    bind(variable);
                }
                _ => {}
            }
            ast.children(id).for_each(|child| places.parameter[child.index()] = parameter);
        }
        places
    }

    fn cure(&self, ast: &Ast, id: ExprId, what: What<'_>) -> Cure<'e> {
        let next = self.next[id.index()];
        let is_quoted = is_quoted(ast, id);
        match what {
            What::Input if next.is_some_and(|next| CONTEXT.member(next).is_some()) => Cure::ContextObject,
            What::Input => Cure::StateInput,
            What::Name(name) if !is_quoted && self.bound.contains(name) => Cure::Variable,
            What::Name(name)
                if CONTEXT.member(name).is_some()
                    && next.is_some_and(|next| context::missing([name, next]).is_none()) =>
            {
                Cure::ContextObject
            }
            _ => self.parameter[id.index()].map_or(Cure::StateInput, Cure::Parameter),
        }
    }
}

/// The longest name that a message shows.
const MAX_SHOWN: u32 = 80;

/// `order-id` behind a dot, by the names that are not steps of the path: `-` subtracts, and they are read on their own.
fn hyphens(ast: &Ast) -> BTreeMap<ExprId, Option<Span>> {
    let mut found = BTreeMap::new();
    let mut is_seen = vec![false; ast.root().index() + 1];
    // Parents stand behind their children: the longest chain comes first.
    for id in ast.ids().rev() {
        let (mut at, mut names, mut end) = (id, Vec::new(), None);
        while let Kind::Binary { op: Op::Subtract, at: sign, left, right } = ast[at].kind {
            if is_seen[at.index()] {
                break;
            }
            let first = match &ast[right].kind {
                Kind::Path(steps) if end.is_none() => steps.first().map_or(right, |&step| ast.base(step)),
                _ => right,
            };
            let is_name = matches!(ast[first].kind, Kind::Name(_));
            let is_part = is_name || matches!(ast[first].kind, Kind::Number(_)) && end.is_some();
            let (before, behind) = (ast[left].span.end, ast[first].span.start);
            if !is_part || is_quoted(ast, first) || before != sign.start || behind != sign.end {
                break;
            }
            is_seen[at.index()] = true;
            end.get_or_insert(ast[first].span.end);
            names.extend(is_name.then_some(first));
            at = left;
        }
        if names.is_empty() {
            continue;
        }
        // What stands before the first `-` may be the end of a longer operand: `'a' & $states.input.order-id`.
        while let Kind::Binary { right: last, .. } | Kind::Negate(last) = ast[at].kind {
            at = last;
        }
        let Kind::Path(steps) = &ast[at].kind else { continue };
        let (Some(end), Some(&last), Some(&first)) = (end, steps.last(), names.last()) else { continue };
        if matches!(ast[last].kind, Kind::Name(_)) && !is_quoted(ast, last) {
            found.extend(names.iter().map(|&name| (name, None)));
            found.insert(first, Some(Span::new(ast[last].span.start, end)));
        }
    }
    found
}

fn is_quoted(ast: &Ast, id: ExprId) -> bool {
    ast[id].span.of(ast.source()).starts_with('`')
}

fn is_named(ast: &Ast, id: ExprId, name: &str) -> bool {
    matches!(ast[id].kind, Kind::Name(text) if ast.text(text) == name)
}

fn report(
    expression: &Expression<'_>,
    jsonata: &Jsonata,
    reads: &[Read<'_>],
    assigned: &BTreeSet<&str>,
    sink: &mut Sink<'_>,
) {
    let string = expression.node;
    let text = jsonata.parsed.ast.source();
    let map = string.text_map();
    for read in reads {
        let spans = read.spans.iter().map(|span| map.span(span.shifted(jsonata.inner.start)));
        let Some(&first) = read.spans.first() else { continue };
        let written = first.of(text);
        let shown = written.trim_matches('`');
        let message = match read.what {
            What::Input => format!("`{shown}` is not supported in an expression, and refers to nothing"),
            What::Search => format!("`{shown}` finds nothing: at the top level of an expression no value is at hand"),
            _ if matches!(read.cure, Cure::Parameter(_)) => {
                format!("`{shown}` refers to nothing: in the body of a function no value is at hand")
            }
            _ => format!("`{shown}` refers to nothing: at the top level of an expression no value is at hand"),
        };
        let is_search = read.what == What::Search;
        let refusal = if is_search { None } else { sink.refusal("UNSUPPORTED_JSONATA_EXPRESSION", string) };
        let finding = sink.report_at(string, map.span(first.shifted(jsonata.inner.start)), message);
        finding.refusal = refusal;
        if is_search {
            finding.severity = Severity::Warning;
        }
        if let Cure::Hyphen(name) = read.cure {
            let at = name.shifted(jsonata.inner.start);
            let written = if name.len() <= MAX_SHOWN { name.of(text) } else { "…-…" };
            finding.message = format!("`{shown}` refers to nothing: `{written}` without backquotes is a subtraction");
            finding.notes.push(format!("a name with `-` in it stands in backquotes: `` `{written}` ``"));
            let quote = |offset| Edit { span: map.span(Span::empty(offset)), text: "`".to_owned() };
            finding.fixes.push(Fix {
                title: format!("write `` `{written}` ``"),
                edits: vec![quote(at.start), quote(at.end)],
                applicability: Applicability::Unsafe,
            });
            continue;
        }
        finding.related.extend(spans.clone().skip(1).map(|span| Label::new(span, "and here")));

        let is_variable = matches!(read.what, What::Name(name) if name == "states" || assigned.contains(name))
            && !written.starts_with('`');
        let cure = if is_variable { Cure::Variable } else { read.cure };
        let whole = match cure {
            Cure::StateInput | Cure::Hyphen(_) => "$states.input".to_owned(),
            Cure::ContextObject => "$states.context".to_owned(),
            Cure::Variable => "$".to_owned(),
            Cure::Parameter(name) => format!("${name}"),
        };
        finding.notes.push(note(read.what, cure));
        let is_kept = matches!(read.what, What::Name(_) | What::Search);
        let title = match (is_kept, cure) {
            (true, Cure::Variable) => format!("write `${written}`"),
            (true, _) => format!("write `{whole}.{written}`"),
            (false, _) => format!("write `{whole}`"),
        };
        let edit = |span: Span| match (is_kept, cure) {
            (true, Cure::Variable) => Edit { span: Span::empty(span.start), text: whole.clone() },
            (true, _) => Edit { span: Span::empty(span.start), text: format!("{whole}.") },
            (false, _) => Edit { span, text: whole.clone() },
        };
        let edits = spans.map(edit).collect();
        finding.fixes.push(Fix { title, edits, applicability: Applicability::Unsafe });
    }
}

fn note(what: What<'_>, cure: Cure<'_>) -> String {
    match (what, cure) {
        (_, Cure::Variable) => "the name of a variable begins with `$`".to_owned(),
        (_, Cure::Parameter(name)) => {
            format!("the body of a function has no item at hand: what it is called with is `${name}`")
        }
        (What::Context, _) => {
            "paths that begin with `$` are JSONPath; in JSONata the state's input is `$states.input`".to_owned()
        }
        (What::Input, _) => "the state's input is `$states.input`, the context object `$states.context`".to_owned(),
        (_, Cure::ContextObject) => "the context object is `$states.context`".to_owned(),
        (What::Name(_), _) => {
            "the state's input is `$states.input`, its fields follow behind a dot; text stands in quotes".to_owned()
        }
        (What::Search, _) => {
            "the service accepts it, and the search is in vain: the state's input is `$states.input`".to_owned()
        }
    }
}
