//! Turns a Map into one iteration that stands for all of them: what it starts with, and what its end says of the Map's.
//!
//! The item is some item of the array, whichever: nothing is known of it but what is known of each. So what no assignment makes
//! happen in this iteration happens in none.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::Reason;
use super::super::atom::{Step, Tag, Tags};
use super::super::term::Term;
use super::super::value::{Shape, ValueId};
use super::Building;
use super::document::Env;
use super::pipeline::View;
use crate::asl::{Language, Mode, State};
use crate::eval::{Items, Value};
use crate::syntax::Kind;

/// What is not known of outputs.
const GIVES: &str = "what a Map gives";

const READS: &str = "what an `ItemReader` reads";

/// An iteration.
#[derive(Debug)]
struct Iteration {
    /// The item it is about.
    item: ValueId,
    /// When there is an item.
    exists: Term,
    /// All of them, where that is a value.
    items: Option<ValueId>,
}

/// Up to so many items are counted.
const MOST_COUNTED: usize = 3;

/// As long are the results that are known item by item.
const MOST_ITEMS: usize = 64;

impl<'t> Building<'_, 't> {
    /// The item processor of a Map; gives its result, and when that is something.
    pub(super) fn iterated(&mut self, state: &State<'t>, env: &Env, reached: Term, view: &mut View) -> (ValueId, Term) {
        let mode = self.facts.machine.mode(state);
        // A mode that is not known may be either.
        let is_child = mode != Some(Mode::Inline);
        let Iteration { item, exists, items } = self.item(state, view, is_child);
        let reached = self.all(&[reached, view.fails.negate(), exists]);
        let about = self.about(item);
        let (input, fails) = self.selected(state, view, item, about, is_child);
        let entry = self.store.world.terms.and(reached, fails.negate());
        // A child is an execution of its own: it knows neither the variables nor the item.
        let variables = if is_child { self.unset() } else { env.variables.clone() };
        let around = if is_child { std::mem::take(&mut self.iterations) } else { self.iterations.clone() };
        if !is_child {
            self.iterations.push(about);
        }
        self.n_children += usize::from(is_child);
        let inner = Env { document: input.into(), variables };
        let mut ended = Vec::new();
        for &scope in state.scopes() {
            ended.extend(self.scope(scope, entry, &inner).into_iter().map(|(end, _)| end));
        }
        self.n_children -= usize::from(is_child);
        self.iterations = around;
        if items.is_none() {
            let done = self.store.world.free(Reason::NotModelled(READS.to_owned()));
            return (self.anything(GIVES), done);
        }
        let ended = self.store.world.terms.any(ended);
        let ends_always = ended == entry && entry == reached;
        // One iteration that ends says nothing of the others.
        let all = match ends_always {
            true => Term::TRUE,
            false => self.store.world.free(Reason::NotModelled("whether every iteration of a Map ends".to_owned())),
        };
        let Some(items) = items.filter(|_| !is_child && !state.scopes().is_empty()) else {
            // Failures may be tolerated, and outputs written elsewhere; or what the Map does is not seen.
            return (self.anything(GIVES), all);
        };
        let ended = self.store.world.terms.and(ended, all);
        let done = self.store.world.terms.or(exists.negate(), ended);
        (self.outputs(items), done)
    }

    /// The outputs of all iterations: as many as there are items. Recursion is bounded: values hang on so many conditions at most.
    fn outputs(&mut self, items: ValueId) -> ValueId {
        let n_known = match self.store.world.shape(items) {
            &Shape::Ite(condition, then, otherwise) => {
                let [then, otherwise] = [then, otherwise].map(|items| self.outputs(items));
                return self.store.merged(condition, then, otherwise);
            }
            Shape::Array(items) => Some(items.len()),
            Shape::Constant(items) => items.as_array().map(<[Value]>::len),
            _ => None,
        };
        match n_known {
            Some(n) if n <= MOST_ITEMS => return self.some_outputs(n),
            Some(_) => return self.typed(GIVES, Tag::Arr),
            None => {}
        }
        // Beyond what is counted there are so many at least.
        let more = self.typed(GIVES, Tag::Arr);
        let last = self.store.world.part(more, &Step::Item(u32::try_from(MOST_COUNTED - 1).unwrap_or(u32::MAX)));
        let is_short = self.store.world.is(last, Tag::Absent);
        let least = self.some_outputs(MOST_COUNTED);
        let mut outputs = self.store.merged(is_short, least, more);
        for n in (0..MOST_COUNTED).rev() {
            let item = self.store.world.part(items, &Step::Item(u32::try_from(n).unwrap_or(u32::MAX)));
            let ends = self.store.world.is(item, Tag::Absent);
            let shorter = self.some_outputs(n);
            outputs = self.store.merged(ends, shorter, outputs);
        }
        outputs
    }

    fn some_outputs(&mut self, n: usize) -> ValueId {
        let outputs = (0..n).map(|_| self.store.havoc_of(GIVES, Tags::PRESENT)).collect();
        self.store.world.array(outputs)
    }

    /// The item that the iteration is about. Where it is certain that there are no items to speak of, the Map fails.
    fn item(&mut self, state: &State<'t>, view: &mut View, is_child: bool) -> Iteration {
        if let Some(items) = Items::of_state(self.facts.machine, state) {
            return self.read(state, &items);
        }
        if is_child && state.node.get("ItemReader").is_some() {
            let exists = self.store.world.free(Reason::NotModelled(READS.to_owned()));
            return Iteration { item: self.anything(READS), exists, items: None };
        }
        let items = match state.language {
            Language::JsonPath => match state.node.get("ItemsPath") {
                Some(_) if state.node.get("ItemReader").is_some() => self.anything("`ItemsPath` beside `ItemReader`"),
                // What that means nothing says.
                Some(field) if field.kind() == Kind::Null => self.anything("an `ItemsPath` that is null"),
                field => self.path_field(field, view.document, view),
            },
            Language::Jsonata => match state.node.get("Items") {
                Some(items) => self.evaluated(items, view),
                None => view.input,
            },
        };
        let number = self.store.world.unique();
        let world = &mut self.store.world;
        let [is_array, is_object] = [Tag::Arr, Tag::Obj].map(|tag| world.is(items, tag));
        let mut item = world.part(items, &Step::Each(number));
        let is_there = world.is_present(item);
        // Where something is asked of the first, another is looked for.
        if let &Shape::Symbol(symbol) = world.shape(items)
            && world.known_part(symbol, &Step::Item(0)).is_some()
        {
            let second = world.part(items, &Step::Item(1));
            let is_alone = world.is(second, Tag::Absent);
            let is_alone = world.terms.and(is_there, is_alone);
            world.avoid(is_alone);
        }
        let mut exists = world.terms.and(is_array, is_there);
        let mut iterates = is_array;
        // Of a Distributed Map, the members of an object are items, too.
        if is_child && is_object != Term::FALSE {
            let member = self.anything("a member of an object as an item");
            let some = self.store.world.free(Reason::NotModelled("which members an object has".to_owned()));
            self.store.world.avoid(is_object);
            item = self.store.merged(is_object, member, item);
            let some = self.store.world.terms.and(is_object, some);
            exists = self.store.world.terms.or(exists, some);
            iterates = self.store.world.terms.or(iterates, is_object);
        }
        view.fails = self.store.world.terms.or(view.fails, iterates.negate());
        Iteration { item, exists, items: Some(items) }
    }

    /// The item of a Map that reads: one of an array that nobody has seen before.
    fn read(&mut self, state: &State<'t>, may_be: &Items) -> Iteration {
        let world = &mut self.store.world;
        let items = world.fresh(Tags::new(&[Tag::Arr]));
        let number = world.unique();
        let item = world.part(items, &Step::Each(number));
        let (members, others): (Vec<(Arc<str>, Tags)>, Tags) = match may_be {
            Items::Any | Items::Objects => (Vec::new(), Tags::ANY),
            Items::Rows(None) => (Vec::new(), Tags::new(&[Tag::Str, Tag::Absent])),
            Items::Rows(Some(headers)) => {
                let field = Tags::new(&[Tag::Str, Tag::Absent]);
                (headers.iter().map(|name| (Arc::clone(name), field)).collect(), Tags::ANY)
            }
            Items::Listed => {
                let tags = |usual: &[fn() -> Value]| {
                    let own = usual.iter().map(|usual| Tag::of(&usual()));
                    Tags::new(&own.chain([Tag::Absent]).collect::<Vec<Tag>>())
                };
                (Items::LISTED.iter().map(|&(name, usual)| (name.into(), tags(usual))).collect(), Tags::ANY)
            }
        };
        if *may_be != Items::Any {
            world.limit(item, Tags::new(&[Tag::Obj, Tag::Absent]), others);
        }
        let mut exists = world.is_present(item);
        let mut known = BTreeMap::new();
        for (name, tags) in members {
            let member = world.part(item, &Step::Member(Arc::clone(&name)));
            world.limit(member, tags, Tags::ANY);
            let is_there = world.is_present(member);
            exists = world.terms.and(exists, is_there);
            known.insert(name, member);
        }
        // Rows have no others. What else is said of objects in a bucket is up to the service.
        let others = (*may_be == Items::Listed).then_some(item);
        let item = if known.is_empty() { item } else { world.object(known, others) };
        let root = self.root_of(items);
        self.answers.insert(state.id, root);
        Iteration { item, exists, items: None }
    }

    /// What the context object says of an item: `$$.Map`.
    fn about(&mut self, item: ValueId) -> ValueId {
        let index = self.typed("the number of an iteration", Tag::Num);
        let world = &mut self.store.world;
        let source = world.fresh(Tags::new(&[Tag::Str]));
        let others = world.fresh(Tags::new(&[Tag::Obj]));
        let members = [("Index", index), ("Value", item), ("Source", source)].map(|(name, value)| (name.into(), value));
        let item = world.object(BTreeMap::from(members), Some(others));
        world.object(BTreeMap::from([("Item".into(), item)]), None)
    }

    /// What the iteration starts with: the item, or what `ItemSelector` makes of it, alone or in a batch; and when that fails.
    fn selected(
        &mut self,
        state: &State<'t>,
        view: &View,
        item: ValueId,
        about: ValueId,
        is_child: bool,
    ) -> (ValueId, Term) {
        if is_child && state.node.get("ItemBatcher").is_some() {
            return (self.typed("a batch of items", Tag::Obj), Term::FALSE);
        }
        let context = self.store.world.object(BTreeMap::from([("Map".into(), about)]), Some(view.context));
        let mut view = View { context, fails: Term::FALSE, ..view.clone() };
        let input = match (state.node.get("ItemSelector"), state.language) {
            (Some(selector), Language::Jsonata) => self.evaluated(selector, &mut view),
            (Some(selector), Language::JsonPath) => self.fill(selector, &mut view),
            (None, Language::JsonPath) => match state.node.get("Parameters") {
                Some(selector) => self.fill(selector, &mut view),
                None => item,
            },
            (None, Language::Jsonata) => item,
        };
        (input, view.fails)
    }
}
