//! The trees of two parsers of JSONata in one notation, so that they can be compared.
//!
//! Left out is what only one of them keeps: `[]` behind a step, signatures, and what a `%` was resolved to. To the peer the name
//! `undefined` and an empty block are nothing at all, and `--1` is a sign before a number.

use aslint::asl::jsonata::{Ast, Binding, ExprId, Kind, Op, Order, pairs};
use jsonata_core::ast::{AstNode, BinaryOp, PathStep, Stage};

/// Our tree.
pub(crate) fn ours(ast: &Ast) -> String {
    let mut lines: Vec<String> = Vec::new();
    for id in ast.ids() {
        let line = our_node(ast, id, &lines);
        lines.push(line);
    }
    lines.pop().expect("a tree has a root")
}

fn our_node(ast: &Ast, id: ExprId, lines: &[String]) -> String {
    let of = |id: ExprId| lines[id.index()].as_str();
    let list = |ids: &[ExprId], between: &str| ids.iter().map(|&id| of(id)).collect::<Vec<_>>().join(between);
    let pairs = |ids: &[ExprId]| {
        pairs(ids).map(|(key, value)| format!("{}: {}", of(key), of(value))).collect::<Vec<_>>().join(", ")
    };
    let name = |binding: &Binding| ast.text(binding.name);
    match &ast[id].kind {
        Kind::Error => "!".to_owned(),
        Kind::String(text) => format!("{:?}", ast.text(*text)),
        Kind::Number(number) => number.to_string(),
        Kind::Bool(value) => value.to_string(),
        Kind::Null => "null".to_owned(),
        Kind::Regex { pattern, flags } => format!("/{}/{}", ast.text(*pattern), ast.text(*flags)),
        Kind::Name(name) => field(ast.text(*name)),
        Kind::Variable(name) => format!("${}", ast.text(*name)),
        Kind::Wildcard => "*".to_owned(),
        Kind::Descendants => "**".to_owned(),
        Kind::Parent => "%".to_owned(),
        Kind::Placeholder => "?".to_owned(),
        Kind::Path(steps) => list(steps, ".").replace(".^(", "^("),
        Kind::Filter { input, predicate } => format!("{}[{}]", of(*input), of(*predicate)),
        Kind::Focus { input, variable } => format!("{}@${}", of(*input), name(variable)),
        Kind::Index { input, variable } => format!("{}#${}", of(*input), name(variable)),
        Kind::Sort(terms) => format!("^({})", list(terms, ", ")),
        Kind::SortTerm { order: Order::Ascending, key } => of(*key).to_owned(),
        Kind::SortTerm { order: Order::Descending, key } => format!(">{}", of(*key)),
        Kind::Group { input, pairs: list } => format!("{}{{{}}}", of(*input), pairs(list)),
        Kind::Array(items) => format!("[{}]", list(items, ", ")),
        Kind::Object(list) => format!("{{{}}}", pairs(list)),
        Kind::Block(parts) if parts.is_empty() => field("undefined"),
        Kind::Block(parts) => format!("({})", list(parts, "; ")),
        Kind::Negate(operand) => format!("-({})", of(*operand)),
        Kind::Binary { op, left, right, .. } => binary(our_sign(*op), of(*left), of(*right)),
        Kind::Conditional { condition, then, otherwise } => conditional(of(*condition), of(*then), otherwise.map(of)),
        Kind::Bind { variable, value } => binary(":=", &format!("${}", name(variable)), of(*value)),
        Kind::Call { callee, args } | Kind::Partial { callee, args } => {
            format!("{}({})", of(*callee), list(args, ", "))
        }
        Kind::Lambda { params, body, .. } => {
            let params: Vec<String> = params.iter().map(|param| format!("${}", name(param))).collect();
            format!("λ({}){{{}}}", params.join(", "), of(*body))
        }
        Kind::Transform { pattern, update, delete } => transform(of(*pattern), of(*update), delete.map(of)),
    }
}

fn field(name: &str) -> String {
    format!("`{name}`")
}

fn binary(sign: &str, left: &str, right: &str) -> String {
    format!("({left} {sign} {right})")
}

fn conditional(condition: &str, then: &str, otherwise: Option<&str>) -> String {
    let otherwise = otherwise.map(|otherwise| format!(" : {otherwise}")).unwrap_or_default();
    format!("({condition} ? {then}{otherwise})")
}

fn transform(pattern: &str, update: &str, delete: Option<&str>) -> String {
    let delete = delete.map(|delete| format!(", {delete}")).unwrap_or_default();
    format!("|{pattern}|{update}{delete}|")
}

fn our_sign(op: Op) -> &'static str {
    match op {
        Op::Add => "+",
        Op::Subtract => "-",
        Op::Multiply => "*",
        Op::Divide => "/",
        Op::Remainder => "%",
        Op::Concat => "&",
        Op::Equal => "=",
        Op::NotEqual => "!=",
        Op::Less => "<",
        Op::LessOrEqual => "<=",
        Op::Greater => ">",
        Op::GreaterOrEqual => ">=",
        Op::In => "in",
        Op::And => "and",
        Op::Or => "or",
        Op::Range => "..",
        Op::Chain => "~>",
        Op::Elvis => "?:",
        Op::Coalesce => "??",
    }
}

/// The peer's tree.
pub(crate) fn theirs(node: &AstNode) -> String {
    let list = |nodes: &[AstNode], between: &str| nodes.iter().map(theirs).collect::<Vec<_>>().join(between);
    let pairs = |list: &[(AstNode, AstNode)]| {
        list.iter().map(|(key, value)| format!("{}: {}", theirs(key), theirs(value))).collect::<Vec<_>>().join(", ")
    };
    match node {
        AstNode::String(text) => format!("{text:?}"),
        AstNode::Name(name) => field(name),
        AstNode::Number(number) => number.to_string(),
        AstNode::Boolean(value) => value.to_string(),
        AstNode::Null => "null".to_owned(),
        AstNode::Undefined => field("undefined"),
        AstNode::Placeholder => "?".to_owned(),
        AstNode::Regex { pattern, flags } => format!("/{pattern}/{flags}"),
        AstNode::Variable(name) => format!("${name}"),
        AstNode::ParentVariable(name) => format!("$${name}"),
        AstNode::Path { steps } => steps.iter().map(step).collect::<Vec<_>>().join("."),
        AstNode::Binary { op, lhs, rhs } => binary(their_sign(*op), &theirs(lhs), &theirs(rhs)),
        AstNode::Unary { operand, .. } => {
            let operand = theirs(operand);
            operand.parse().map_or_else(|_| format!("-({operand})"), |number: f64| (-number).to_string())
        }
        AstNode::Function { name, args, is_builtin: true } => format!("${name}({})", list(args, ", ")),
        AstNode::Function { name, args, is_builtin: false } => format!("`{name}`({})", list(args, ", ")),
        AstNode::Call { procedure, args } => format!("{}({})", theirs(procedure), list(args, ", ")),
        AstNode::Lambda { params, body, .. } => {
            let params: Vec<String> = params.iter().map(|param| format!("${param}")).collect();
            format!("λ({}){{{}}}", params.join(", "), theirs(body))
        }
        AstNode::Array(items) | AstNode::ArrayGroup(items) => format!("[{}]", list(items, ", ")),
        AstNode::Object(list) => format!("{{{}}}", pairs(list)),
        AstNode::ObjectTransform { input, pattern } => format!("{}{{{}}}", theirs(input), pairs(pattern)),
        AstNode::Block(parts) if parts.is_empty() => field("undefined"),
        AstNode::Block(parts) => format!("({})", list(parts, "; ")),
        AstNode::Conditional { condition, then_branch, else_branch } => {
            let otherwise = else_branch.as_ref().map(|otherwise| theirs(otherwise));
            conditional(&theirs(condition), &theirs(then_branch), otherwise.as_deref())
        }
        AstNode::Wildcard => "*".to_owned(),
        AstNode::Descendant => "**".to_owned(),
        AstNode::Parent(_) => "%".to_owned(),
        AstNode::FunctionApplication(inner) => theirs(inner),
        AstNode::Sort { input, terms } => {
            let term = |(key, is_ascending): &(AstNode, bool)| {
                format!("{}{}", if *is_ascending { "" } else { ">" }, theirs(key))
            };
            format!("{}^({})", theirs(input), terms.iter().map(term).collect::<Vec<_>>().join(", "))
        }
        AstNode::Transform { location, update, delete } => {
            let delete = delete.as_ref().map(|delete| theirs(delete));
            transform(&theirs(location), &theirs(update), delete.as_deref())
        }
    }
}

fn step(step: &PathStep) -> String {
    let mut line = theirs(&step.node);
    for (sign, variable) in [("@", &step.focus), ("#", &step.index_var)] {
        if let Some(variable) = variable {
            line += &format!("{sign}${variable}");
        }
    }
    for stage in &step.stages {
        line += &match stage {
            Stage::Filter(predicate) => format!("[{}]", theirs(predicate)),
            Stage::Index(variable) => format!("#${variable}"),
            Stage::KeepArray => String::new(),
        };
    }
    line
}

fn their_sign(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::Modulo => "%",
        BinaryOp::Equal => "=",
        BinaryOp::NotEqual => "!=",
        BinaryOp::LessThan => "<",
        BinaryOp::LessThanOrEqual => "<=",
        BinaryOp::GreaterThan => ">",
        BinaryOp::GreaterThanOrEqual => ">=",
        BinaryOp::And => "and",
        BinaryOp::Or => "or",
        BinaryOp::Concatenate => "&",
        BinaryOp::Range => "..",
        BinaryOp::In => "in",
        BinaryOp::ColonEqual => ":=",
        BinaryOp::FocusBind => "@",
        BinaryOp::IndexBind => "#",
        BinaryOp::Coalesce => "??",
        BinaryOp::Default => "?:",
        BinaryOp::ChainPipe => "~>",
    }
}
