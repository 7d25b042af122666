//! Tokens into a tree, by operator precedence.
//!
//! There is no error path: after the first error of syntax every token is the end, so each construct finishes with what it has.
//! A token is read with the one before it in hand, in the order of the reference implementation, as that decides which
//! error comes first and what a `/` is.

use super::ast::{Ast, Binding, ExprId, Kind, Op, Order, Text};
use super::lexer::{Lexer, Sign, Slash, Tok, Token};
use super::paths::Tree;
use super::{ExprError, MAX_NESTING, Parsed, Signature, shown, signature};
use crate::text::Span;

pub(super) fn parse(expression: &str) -> Parsed {
    let start = Token { kind: Tok::End, span: Span::default() };
    let mut parser = Parser {
        text: expression,
        lexer: Lexer::new(expression),
        token: start,
        end: 0,
        depth: 0,
        tree: Tree::default(),
        fault: None,
    };
    // A node takes five bytes of text where people write expressions; the guess saves most of the growing.
    parser.tree.reserve(expression.len() / 4 + 4);
    parser.advance(Slash::OpensRegex);
    let root = parser.expression(0);
    if parser.token.kind != Tok::End {
        let message = format!("expected an operator or the end of the expression, found {}", parser.found());
        parser.fail(parser.token.span, "S0201", message);
    }
    parser.tree.resolve_root(root);

    let Parser { lexer, mut tree, fault, .. } = parser;
    if fault.is_some() {
        // With the rest unread, what is missing or has no parent may be there.
        tree.errors.retain(|error| !matches!(error.code, "S0207" | "S0217"));
    }
    let mut errors = std::mem::take(&mut tree.errors);
    errors.extend(fault.map(|fault| *fault));
    errors.sort_by_key(|error| (error.span, error.code));
    let lineage = tree.lineage();
    Parsed { ast: Ast::new(expression.into(), lexer.decoded, tree.exprs, lineage, root), errors }
}

struct Parser<'s> {
    text: &'s str,
    lexer: Lexer<'s>,
    /// The token that is looked at.
    token: Token,
    /// Where the token before it ends.
    end: u32,
    depth: u32,
    tree: Tree,
    /// The error of syntax, if there was one.
    fault: Option<Box<ExprError>>,
}

/// How tightly a minus binds what it is before.
const PREFIX: u8 = 70;

impl Parser<'_> {
    fn advance(&mut self, slash: Slash) {
        self.end = self.token.span.end;
        if self.fault.is_some() {
            return;
        }
        match self.lexer.next(slash) {
            Ok(token) if matches!(token.kind, Tok::Sign(Sign::Tilde | Sign::Bang)) => {
                let hint = if token.kind == Tok::Sign(Sign::Bang) { ": `$not(…)` says the opposite" } else { "" };
                self.fail(token.span, "S0204", format!("`{}` is no operator{hint}", token.span.of(self.text)));
            }
            Ok(token) if token.kind == Tok::End => self.token = Token { kind: Tok::End, span: Span::empty(self.end) },
            Ok(token) => self.token = token,
            Err(error) => {
                self.fault = Some(error);
                self.token = Token { kind: Tok::End, span: Span::empty(self.end) };
            }
        }
    }

    #[cold]
    fn fail(&mut self, span: Span, code: &'static str, message: String) {
        if self.fault.is_none() {
            self.fault = Some(Box::new(ExprError { span, code, message, related: None }));
        }
        self.token = Token { kind: Tok::End, span: Span::empty(self.end) };
    }

    /// The token that is looked at, for a message.
    fn found(&self) -> String {
        match self.token.kind {
            Tok::End => "the end of the expression".to_owned(),
            _ => format!("`{}`{}", shown(self.token.span.of(self.text)), self.in_jsonata(self.token.span)),
        }
    }

    /// How the operator is told here which other languages write with the sign at `span`, if there is one.
    fn in_jsonata(&self, span: Span) -> &'static str {
        let (before, rest) = self.text.split_at(span.start as usize);
        match rest.as_bytes().first() {
            Some(b'=') if before.ends_with("!=") => ": `!=` tests that values differ",
            Some(b'=') if before.ends_with('=') => ": `=` alone tests that values are equal",
            Some(b'&') if before.ends_with('&') => ": the word `and` joins conditions",
            Some(b'|') if rest.starts_with("||") || before.ends_with('|') => ": the word `or` joins conditions",
            Some(b'>') if before.ends_with('<') => ": `!=` tests that values differ",
            Some(b'>') if before.ends_with('=') => ": a function is written `function($x) { … }`",
            _ => "",
        }
    }

    fn at(&self, sign: Sign) -> bool {
        self.token.kind == Tok::Sign(sign)
    }

    /// Takes `sign` if it is there.
    fn eat(&mut self, sign: Sign) -> bool {
        let found = self.at(sign);
        if found {
            self.advance(Slash::OpensRegex);
        }
        found
    }

    /// Takes `sign`, which closes or continues what `open` started.
    fn expect(&mut self, sign: Sign, open: Span, slash: Slash) {
        if self.at(sign) {
            return self.advance(slash);
        }
        let code = if self.token.kind == Tok::End { "S0203" } else { "S0202" };
        self.fail(self.token.span, code, format!("expected `{}`, found {}", sign.text(), self.found()));
        if let Some(fault) = &mut self.fault
            && fault.related.is_none()
            && fault.code == code
        {
            fault.related = Some((open, "needed by this"));
        }
    }

    fn push(&mut self, span: Span, kind: Kind) -> ExprId {
        self.tree.push(span, kind)
    }

    /// A node from `start` to the end of the last token, with what its parts seek to the left.
    fn finish(&mut self, start: u32, kind: Kind) -> ExprId {
        let id = self.push(Span::new(start, self.end), kind);
        if self.tree.has_parents() {
            let parts: Vec<ExprId> = self.tree.kind(id).children().collect();
            for part in parts {
                self.tree.inherit(id, part);
            }
        }
        id
    }

    fn missing(&mut self) -> ExprId {
        self.push(Span::empty(self.end), Kind::Error)
    }

    /// An expression up to an operator that binds no tighter than `power`.
    fn expression(&mut self, power: u8) -> ExprId {
        if self.depth == MAX_NESTING {
            self.fail(self.token.span, "S0501", format!("expression nests deeper than {MAX_NESTING} levels"));
            return self.missing();
        }
        self.depth += 1;
        let token = self.token;
        self.advance(Slash::Divides);
        let mut left = self.prefix(token);
        while let Tok::Sign(sign) = self.token.kind
            && power < sign.binds()
        {
            let at = self.token.span;
            self.advance(Slash::OpensRegex);
            left = self.infix(left, sign, at);
        }
        self.depth -= 1;
        left
    }

    /// What starts with `token`, which is taken.
    fn prefix(&mut self, Token { kind, span }: Token) -> ExprId {
        let kind = match kind {
            Tok::End => {
                let message =
                    if span.end == 0 { "expression is empty" } else { "expression ends where a value is expected" };
                self.tree.error(span, "S0207", message);
                return self.push(span, Kind::Error);
            }
            Tok::String(text) => Kind::String(text),
            Tok::Number(number) => Kind::Number(number),
            Tok::Bool(value) => Kind::Bool(value),
            Tok::Null => Kind::Null,
            Tok::Regex { pattern, flags } => Kind::Regex { pattern, flags },
            Tok::Name(name) => Kind::Name(name),
            Tok::Variable(name) => Kind::Variable(name),
            Tok::Sign(Sign::And | Sign::Or | Sign::In) => {
                Kind::Name(Text { start: span.start, end: span.end, decoded: false })
            }
            Tok::Sign(Sign::Star) => Kind::Wildcard,
            Tok::Sign(Sign::StarStar) => Kind::Descendants,
            Tok::Sign(Sign::Percent) => return self.tree.parent(span),
            Tok::Sign(Sign::Minus) => {
                let operand = self.expression(PREFIX);
                return self.tree.negate(span, operand);
            }
            Tok::Sign(Sign::OpenParen) => return self.block(span),
            Tok::Sign(Sign::OpenBracket) => return self.array(span),
            Tok::Sign(Sign::OpenBrace) => {
                let pairs = self.pairs(span);
                return self.finish(span.start, Kind::Object(pairs));
            }
            Tok::Sign(Sign::Pipe) => return self.transform(span),
            Tok::Sign(sign) => {
                let message = format!("expected a value, found `{}`{}", sign.text(), self.in_jsonata(span));
                self.fail(span, "S0211", message);
                Kind::Error
            }
        };
        self.push(span, kind)
    }

    /// What goes on behind `left` with `sign`, which is taken and stood at `at`.
    fn infix(&mut self, left: ExprId, sign: Sign, at: Span) -> ExprId {
        let start = self.tree.span(left).start;
        match sign {
            Sign::Dot => {
                let right = self.expression(sign.binds());
                if matches!(self.tree.kind(right), Kind::Error) {
                    return left; // what the step would have been is all that is missing
                }
                self.tree.dot(left, right)
            }
            Sign::OpenParen => self.call(left, at),
            Sign::OpenBracket => self.filter(left, at),
            Sign::OpenBrace => {
                let pairs = self.pairs(at);
                self.tree.group(left, at, pairs, self.end)
            }
            Sign::Caret => self.sort(left, at),
            Sign::At => {
                let variable = self.step_variable("@");
                self.tree.focus(left, at, variable)
            }
            Sign::Hash => {
                let variable = self.step_variable("#");
                self.tree.index(left, variable)
            }
            Sign::ColonEqual => {
                let Kind::Variable(name) = *self.tree.kind(left) else {
                    let span = self.tree.span(left);
                    self.fail(span, "S0212", "left side of `:=` is no variable".to_owned());
                    return left;
                };
                let variable = Binding { name, span: self.tree.span(left) };
                let value = self.expression(sign.binds() - 1);
                self.finish(start, Kind::Bind { variable, value })
            }
            Sign::Question => {
                let then = self.expression(0);
                let otherwise = self.eat(Sign::Colon).then(|| self.expression(0));
                self.finish(start, Kind::Conditional { condition: left, then, otherwise })
            }
            _ => self.binary(left, sign, at),
        }
    }

    fn binary(&mut self, left: ExprId, sign: Sign, at: Span) -> ExprId {
        let start = self.tree.span(left).start;
        let (op, power) = match sign {
            Sign::QuestionColon => (Op::Elvis, 0),
            Sign::QuestionQuestion => (Op::Coalesce, 0),
            _ => (operator(sign), sign.binds()),
        };
        let right = self.expression(power);
        let kind = Kind::Binary { op, at, left, right };
        if op != Op::Chain {
            return self.finish(start, kind);
        }
        let chain = self.push(Span::new(start, self.end), kind);
        let keeps_array = |id: ExprId| self.tree.exprs[id.index()].keeps_array;
        self.tree.exprs[chain.index()].keeps_array = keeps_array(left) || keeps_array(right);
        chain
    }

    /// The variable behind `@` or `#`.
    fn step_variable(&mut self, sign: &str) -> Binding {
        let right = self.expression(Sign::At.binds());
        let span = self.tree.span(right);
        match *self.tree.kind(right) {
            Kind::Variable(name) => Binding { name, span },
            _ => {
                self.fail(span, "S0214", format!("what follows `{sign}` is no variable"));
                Binding { name: Text { start: 0, end: 0, decoded: false }, span: Span::empty(span.start) }
            }
        }
    }

    fn block(&mut self, open: Span) -> ExprId {
        let mut list = Vec::new();
        while !self.at(Sign::CloseParen) {
            list.push(self.expression(0));
            if !self.eat(Sign::Semicolon) {
                break;
            }
        }
        self.expect(Sign::CloseParen, open, Slash::Divides);
        self.finish(open.start, Kind::Block(list))
    }

    fn array(&mut self, open: Span) -> ExprId {
        let mut items = Vec::new();
        if !self.at(Sign::CloseBracket) {
            loop {
                let mut item = self.expression(0);
                let at = self.token.span;
                if self.eat(Sign::DotDot) {
                    let right = self.expression(0);
                    let start = self.tree.span(item).start;
                    item = self.finish(start, Kind::Binary { op: Op::Range, at, left: item, right });
                }
                items.push(item);
                if !self.eat(Sign::Comma) {
                    break;
                }
            }
        }
        self.expect(Sign::CloseBracket, open, Slash::Divides);
        self.finish(open.start, Kind::Array(items))
    }

    /// The pairs of an object or a group, and the closing brace.
    fn pairs(&mut self, open: Span) -> Vec<ExprId> {
        let mut pairs = Vec::new();
        if !self.at(Sign::CloseBrace) {
            loop {
                pairs.push(self.expression(0));
                self.expect(Sign::Colon, open, Slash::OpensRegex);
                pairs.push(self.expression(0));
                if !self.eat(Sign::Comma) {
                    break;
                }
            }
        }
        self.expect(Sign::CloseBrace, open, Slash::Divides);
        pairs
    }

    fn transform(&mut self, open: Span) -> ExprId {
        let pattern = self.expression(0);
        self.expect(Sign::Pipe, open, Slash::OpensRegex);
        let update = self.expression(0);
        let delete = self.eat(Sign::Comma).then(|| self.expression(0));
        self.expect(Sign::Pipe, open, Slash::OpensRegex);
        self.push(Span::new(open.start, self.end), Kind::Transform { pattern, update, delete })
    }

    fn filter(&mut self, left: ExprId, open: Span) -> ExprId {
        if self.eat(Sign::CloseBracket) {
            let node = &mut self.tree.exprs[left.index()];
            node.keeps_array = true;
            node.span.end = self.end;
            return left;
        }
        let predicate = self.expression(0);
        self.expect(Sign::CloseBracket, open, Slash::Divides);
        self.tree.filter(left, open, predicate, self.end)
    }

    fn sort(&mut self, left: ExprId, at: Span) -> ExprId {
        let open = self.token.span;
        self.expect(Sign::OpenParen, at, Slash::OpensRegex);
        let mut terms = Vec::new();
        loop {
            let start = self.token.span.start;
            let order = if self.eat(Sign::Greater) {
                Order::Descending
            } else {
                self.eat(Sign::Less);
                Order::Ascending
            };
            let key = self.expression(0);
            terms.push(self.push(Span::new(start, self.end), Kind::SortTerm { order, key }));
            if !self.eat(Sign::Comma) {
                break;
            }
        }
        self.expect(Sign::CloseParen, open, Slash::OpensRegex);
        self.tree.sort(left, Span::new(at.start, self.end), terms)
    }

    fn call(&mut self, callee: ExprId, open: Span) -> ExprId {
        let mut args = Vec::new();
        let mut is_partial = false;
        if !self.at(Sign::CloseParen) {
            loop {
                let at = self.token.span;
                args.push(if self.eat(Sign::Question) {
                    is_partial = true;
                    self.push(at, Kind::Placeholder)
                } else {
                    self.expression(0)
                });
                if !self.eat(Sign::Comma) {
                    break;
                }
            }
        }
        self.expect(Sign::CloseParen, open, Slash::Divides);
        if let Kind::Name(name) = *self.tree.kind(callee)
            && matches!(Span::new(name.start, name.end).of(self.text), "function" | "λ")
        {
            return self.lambda(callee, &args);
        }
        let start = self.tree.span(callee).start;
        let parts = if self.tree.has_parents() { args.clone() } else { Vec::new() };
        let kind = if is_partial { Kind::Partial { callee, args } } else { Kind::Call { callee, args } };
        let call = self.push(Span::new(start, self.end), kind);
        for part in parts {
            self.tree.inherit(call, part);
        }
        call
    }

    /// Behind the parameters of a function.
    fn lambda(&mut self, keyword: ExprId, args: &[ExprId]) -> ExprId {
        let mut params = Vec::with_capacity(args.len());
        for (ix, &arg) in args.iter().enumerate() {
            let span = self.tree.span(arg);
            match *self.tree.kind(arg) {
                Kind::Variable(name) => params.push(Binding { name, span }),
                _ => self.fail(span, "S0208", format!("parameter {} of a function is no variable", ix + 1)),
            }
        }
        let signature = if self.at(Sign::Less) { self.signature() } else { None };
        let keyword = self.tree.span(keyword);
        let open = self.token.span;
        self.expect(Sign::OpenBrace, keyword, Slash::OpensRegex);
        let body = self.expression(0);
        self.expect(Sign::CloseBrace, open, Slash::OpensRegex);
        self.push(Span::new(keyword.start, self.end), Kind::Lambda { params: params.into(), signature, body })
    }

    /// At the `<` of a signature. It is read as tokens, whatever they are.
    fn signature(&mut self) -> Option<Box<Signature>> {
        let open = self.token.span;
        let mut text = String::from("<");
        let mut places = vec![(0, open)];
        let mut depth = 1;
        while depth > 0 && !self.at(Sign::OpenBrace) && self.token.kind != Tok::End {
            self.advance(Slash::OpensRegex);
            match self.token.kind {
                Tok::Sign(Sign::Greater) => depth -= 1,
                Tok::Sign(Sign::Less) => depth += 1,
                _ => {}
            }
            places.push((text.len(), self.token.span));
            text.push_str(match self.token.kind {
                Tok::String(content) if content.decoded => {
                    self.lexer.decoded.get(content.start as usize..content.end as usize).unwrap_or_default()
                }
                Tok::String(content) | Tok::Name(content) | Tok::Variable(content) => {
                    Span::new(content.start, content.end).of(self.text)
                }
                _ => self.token.span.of(self.text),
            });
        }
        self.expect(Sign::Greater, open, Slash::OpensRegex);
        if self.fault.is_some() {
            return None;
        }
        match signature::parse(&text) {
            Ok(params) => Some(Box::new(Signature { span: Span::new(open.start, self.end), params })),
            Err(fault) => {
                let place = places.partition_point(|&(at, _)| at <= fault.at).saturating_sub(1);
                self.fail(places[place].1, fault.code, fault.message.to_owned());
                None
            }
        }
    }
}

fn operator(sign: Sign) -> Op {
    match sign {
        Sign::Plus => Op::Add,
        Sign::Minus => Op::Subtract,
        Sign::Star => Op::Multiply,
        Sign::Slash => Op::Divide,
        Sign::Percent => Op::Remainder,
        Sign::Ampersand => Op::Concat,
        Sign::NotEqual => Op::NotEqual,
        Sign::Less => Op::Less,
        Sign::LessOrEqual => Op::LessOrEqual,
        Sign::Greater => Op::Greater,
        Sign::GreaterOrEqual => Op::GreaterOrEqual,
        Sign::In => Op::In,
        Sign::And => Op::And,
        Sign::Or => Op::Or,
        Sign::TildeGreater => Op::Chain,
        _ => Op::Equal,
    }
}
