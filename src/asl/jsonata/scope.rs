//! Turns an [`Ast`] into what its variables mean, and where it has a context.
//!
//! A variable is bound inside the expression (a parameter, `:=`, `@$v`, `#$i`) or comes from outside: the library, the
//! machine's variables, `$states`. The service gives an expression no input: `$` and bare names mean something only behind
//! a dot, in a filter, a sort, a group or a transform ("Reference to 'x' at the top level is not supported", measured). The
//! body of a function has the context that the function is written in (measured). Where it is doubtful which binding a read sees, it counts as bound: nothing is concluded of it then.

use std::collections::HashMap;

use super::{Ast, Binding, ExprId, Kind};

/// What the variables of one expression mean, and where names have a context.
#[derive(Clone, Debug)]
pub struct Scopes {
    /// By node: whether a context is there that the expression itself has set.
    has_context: Vec<bool>,
    /// By node: the node that binds the variable.
    binder: Vec<Option<ExprId>>,
}

impl Scopes {
    /// Linear in the expression, times how deep its brackets nest, which the parser bounds.
    #[must_use]
    pub fn new(ast: &Ast) -> Self {
        let places = Places::new(ast);
        let frames = Frames::new(ast, &places);
        let binder = ast.ids().map(|id| frames.binder(ast, &places, id)).collect();
        Self { has_context: places.has_context, binder }
    }

    /// Whether `$` and bare names at this node mean something: the expression has set a context there.
    #[must_use]
    pub fn has_context(&self, id: ExprId) -> bool {
        self.has_context[id.index()]
    }

    /// What binds the variable at this node: a [`Kind::Lambda`], [`Kind::Bind`], [`Kind::Focus`] or [`Kind::Index`].
    /// `None` if it comes from outside, and for what is no named variable.
    #[must_use]
    pub fn binder(&self, id: ExprId) -> Option<ExprId> {
        self.binder[id.index()]
    }

    /// The name of the variable at this node that comes from outside the expression; not `$` and `$$`.
    #[must_use]
    pub fn free_variable<'a>(&self, ast: &'a Ast, id: ExprId) -> Option<&'a str> {
        let Kind::Variable(name) = ast[id].kind else { return None };
        Some(ast.text(name)).filter(|name| !matches!(*name, "" | "$") && self.binder(id).is_none())
    }
}

/// Facts that are handed from each node to its children.
struct Places {
    has_context: Vec<bool>,
    /// The innermost node around a node in which bindings live: a block or a function has variables of its own, a path keeps
    /// those of `@` and `#`.
    frame: Vec<Option<ExprId>>,
    /// The outermost node of the path that a step, a filter or a group continues.
    chain: Vec<Option<ExprId>>,
}

impl Places {
    fn new(ast: &Ast) -> Self {
        let n = ast.root().index() + 1;
        let mut places = Self { has_context: vec![false; n], frame: vec![None; n], chain: vec![None; n] };
        // Parents stand behind their children.
        for id in ast.ids().rev() {
            let outer = places.has_context[id.index()];
            let outer_frame = places.frame[id.index()];
            let frame = match &ast[id].kind {
                Kind::Block(_) | Kind::Lambda { .. } => Some(id),
                // All steps, filters and groups of one chain have one frame, which is the outermost of them.
                kind if is_chain(kind) => Some(places.chain[id.index()].unwrap_or(id)),
                _ => outer_frame,
            };
            for (i, child) in ast.children(id).enumerate() {
                let sets_context = match ast[id].kind {
                    Kind::Path(_) | Kind::Filter { .. } | Kind::Group { .. } => i > 0,
                    Kind::Sort(_) | Kind::Transform { .. } => true,
                    _ => false,
                };
                places.has_context[child.index()] = outer || sets_context;
                places.frame[child.index()] = frame;
                let continues = match ast[id].kind {
                    Kind::Path(_) => true,
                    Kind::Filter { .. } | Kind::Group { .. } | Kind::Focus { .. } | Kind::Index { .. } => i == 0,
                    _ => false,
                };
                if continues && is_chain(&ast[child].kind) {
                    places.chain[child.index()] = frame;
                }
            }
        }
        places
    }

    /// The frames around a node, innermost first.
    fn frames(&self, id: ExprId) -> impl Iterator<Item = ExprId> + '_ {
        std::iter::successors(self.frame[id.index()], |frame| self.frame[frame.index()])
    }
}

/// What `@` and `#` bind variables in.
fn is_chain(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Path(_)
            | Kind::Filter { .. }
            | Kind::Group { .. }
            | Kind::Focus { .. }
            | Kind::Index { .. }
            | Kind::Sort(_)
    )
}

/// The bindings of an expression: by frame (`None` for the expression itself) and name, in the order of their offsets.
struct Frames<'a> {
    bindings: HashMap<(Option<ExprId>, &'a str), Vec<Bound>>,
}

/// A binding, and from which offset on it is there.
struct Bound {
    by: ExprId,
    from: u32,
}

impl<'a> Frames<'a> {
    fn new(ast: &'a Ast, places: &Places) -> Self {
        let mut all: Vec<(Option<ExprId>, &'a str, Bound)> = Vec::new();
        let mut bind = |frame: Option<ExprId>, variable: &Binding, by: ExprId, from: u32| {
            all.push((frame, ast.text(variable.name), Bound { by, from }));
        };
        for id in ast.ids() {
            let expr = &ast[id];
            match &expr.kind {
                Kind::Lambda { params, .. } => params.iter().for_each(|param| bind(Some(id), param, id, 0)),
                Kind::Bind { variable, .. } => {
                    let frame = places.frames(id).find(|&frame| !is_chain(&ast[frame].kind));
                    bind(frame, variable, id, expr.span.end);
                }
                Kind::Focus { variable, .. } | Kind::Index { variable, .. } => {
                    // What follows the step sees it, filters and later steps alike.
                    let chain = places.chain[id.index()].unwrap_or(id);
                    bind(Some(chain), variable, id, variable.span.end);
                }
                _ => {}
            }
        }
        all.sort_by_key(|(.., bound)| bound.from);
        let mut bindings: HashMap<_, Vec<Bound>> = HashMap::new();
        for (frame, name, bound) in all {
            bindings.entry((frame, name)).or_default().push(bound);
        }
        Self { bindings }
    }

    fn binder(&self, ast: &Ast, places: &Places, id: ExprId) -> Option<ExprId> {
        let Kind::Variable(name) = ast[id].kind else { return None };
        if self.bindings.is_empty() {
            return None;
        }
        let (name, at) = (ast.text(name), ast[id].span.start);
        // The body of a function runs later than it is read: it may see what is bound behind it.
        let mut runs_later = false;
        for frame in places.frames(id).map(Some).chain([None]) {
            let bound = self.bindings.get(&(frame, name)).map(Vec::as_slice).unwrap_or_default();
            let n_before = bound.partition_point(|bound| bound.from <= at);
            let last = n_before.checked_sub(1).or((runs_later && !bound.is_empty()).then_some(0));
            if let Some(at) = last {
                return Some(bound[at].by);
            }
            runs_later |= frame.is_some_and(|frame| matches!(ast[frame].kind, Kind::Lambda { .. }));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asl::jsonata::parse;

    /// The variables that come from outside, in order.
    fn free(expression: &str) -> Vec<String> {
        let parsed = parse(expression);
        assert_eq!(parsed.errors, [], "{expression}");
        let scopes = Scopes::new(&parsed.ast);
        let mut found: Vec<_> = parsed
            .ast
            .ids()
            .filter_map(|id| Some((parsed.ast[id].span, scopes.free_variable(&parsed.ast, id)?.to_owned())))
            .collect();
        found.sort();
        found.into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn variables_are_bound_or_come_from_outside() {
        for (expression, expected) in [
            ("$a + $b.c", &["a", "b"][..]),
            ("$ + $$", &[]),
            ("($x := 1; $x + $y)", &["y"]),
            ("($x := $x + 1; $x)", &["x"]),
            ("($y := $x; $x := 1; $x)", &["x"]),
            ("(($x := 1); $x)", &["x"]),
            ("$x := 1", &[]),
            ("[$x := 1, $x]", &[]),
            ("function($a, $b){$a + $b + $c}", &["c"]),
            ("($f := function($n){$n = 0 ? 1 : $n * $f($n - 1)}; $f(3))", &[]),
            ("($f := function(){$later}; $later := 1; $f())", &[]),
            ("$a.b@$v.c[$v.id = id].{'x': $v, 'y': $w}", &["a", "w"]),
            ("$a.b#$i[$i < 2].($i)", &["a"]),
            ("[$a.b@$v, $v]", &["a", "v"]),
            ("$a.b@$v^($v.x){$v.id: $v}", &["a"]),
            ("$map($a, function($v, $i){$v[$i] & $u})", &["map", "a", "u"]),
            ("($x := 1; function(){($x := 2; $x)})", &[]),
            ("$a.($x := $.b; $x) & $x", &["a", "x"]),
            ("$states.input ~> |a|{'b': $v}|", &["states", "v"]),
            ("$p(?, $q)", &["p", "q"]),
        ] {
            assert_eq!(free(expression), expected, "{expression}");
        }
    }

    #[test]
    fn names_need_a_context() {
        let without = |expression: &str| {
            let parsed = parse(expression);
            assert_eq!(parsed.errors, [], "{expression}");
            let (ast, scopes) = (&parsed.ast, Scopes::new(&parsed.ast));
            let names = ast.ids().filter(|&id| {
                let is_context = |text| ast.text(text).is_empty();
                matches!(ast[id].kind, Kind::Name(_))
                    || matches!(ast[id].kind, Kind::Variable(text) if is_context(text))
            });
            let mut found: Vec<_> = names.filter(|&id| !scopes.has_context(id)).map(|id| ast[id].span).collect();
            found.sort();
            found.into_iter().map(|span| span.of(expression)).collect::<Vec<_>>().join(" ")
        };
        for (expression, expected) in [
            ("a.b", "a"),
            ("$.a", "$"),
            ("$x.a[b = c].($.d)", ""),
            ("(a; [b, {'k': c}])", "a b c"),
            ("$x[a]", ""),
            ("a[b]", "a"),
            ("$x^(a, >b){c: d}", ""),
            ("$x{c: d}", ""),
            ("function($v){a & $ & $v.b}", "a $"),
            ("$map(a, function($v){b})", "a b"),
            ("$x.$map(a, function($v){b})", ""),
            ("function($v){$v[a = $.b]}", ""),
            ("$x ~> |a|{'b': c}|", ""),
            ("{a: 1}", "a"),
            ("(a).b", "a"),
            ("[a].b", "a"),
            ("[1..a]", "a"),
            ("a ? b : c", "a b c"),
            ("$x.(a ? b : c)", ""),
            ("$x.{'k': a}.k", ""),
            ("-a", "a"),
        ] {
            assert_eq!(without(expression), expected, "{expression}");
        }
    }

    #[test]
    fn long_chains_and_deep_nests_are_no_trouble() {
        let long = (0..50_000).map(|i| format!("$v{i}")).collect::<Vec<_>>().join(" & ");
        assert_eq!(free(&long).len(), 50_000);
        for shape in ["[$q]", "#$i[0]"] {
            let chain = format!("($q := 1; $y.a{})", shape.repeat(40_000));
            assert_eq!(free(&chain), ["y"], "{shape}");
        }
        let again = format!("({}$y)", "$x := 1; $x := $x + 1; ".repeat(20_000));
        assert_eq!(free(&again), ["y"]);
        let deep = format!("{}$y{}", "($x := 1; ".repeat(100), ")".repeat(100));
        assert_eq!(free(&deep), ["y"]);
    }
}
