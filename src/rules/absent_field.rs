//! Reads of what no execution has there.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::expression::Demand;
use crate::asl::resource::{Pattern, Resource};
use crate::asl::{Catcher, Language, State, StateId, StateType};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Label, Severity};
use crate::flow::shape::path::Absence;
use crate::flow::shape::{Kinds, Presence, Rest, Shape};
use crate::flow::shapes::{Place, Read, Verdict};
use crate::syntax::edit::{At, New, inserted_member};
use crate::syntax::{Node, Step};
use crate::text::{Edit, Span, nearest};

/// How many members of an object a message names.
const MAX_NAMES: usize = 6;

/// How many other reads a finding points at.
const MAX_PLACES: usize = 10;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for absent in absences(cx).filter(|absent| matches!(absent.why, Why::Other)) {
        let holder = &absent.absence.holder;
        let message = match absent.name() {
            None => format!("`{}` is `null` here, and no path is read from that", absent.holder_text()),
            Some(_) if !holder.kinds().meets(Kinds::OBJECT) => {
                format!("`{}` is {} here, and has no `{}`", absent.holder_text(), holder.kinds(), absent.segment())
            }
            Some(_) => format!("no execution has `{}` here", absent.text()),
        };
        let meant = absent.meant();
        let finding = absent.report(sink, &message);
        absent.cure_of_text(finding);
        absent.cure_of_case(finding);
        if let Some(meant) = meant {
            finding.message += &format!("; did you mean `{meant}`?");
            finding.fixes.push(Fix {
                title: format!("write `{meant}`"),
                edits: vec![Edit { span: absent.primary(), text: meant }],
                applicability: Applicability::Unsafe,
            });
        }
    }
}

/// A read that finds nothing in any execution.
pub(super) struct Absent<'c, 't> {
    pub(super) cx: &'c Analysis<'t>,
    pub(super) read: &'c Read<'t>,
    pub(super) absence: &'c Absence,
    /// What of the read finds nothing, in the content of its string.
    span: Span,
    severity: Severity,
    pub(super) why: Why<'c, 't>,
}

/// Why it finds nothing.
#[derive(Clone, Copy)]
pub(super) enum Why<'c, 't> {
    /// What a catcher hands on has taken the place of the input, which may have had it.
    Caught(&'c State<'t>, &'c Catcher<'t>),
    /// What the work of this state gave has taken the place of the input, which may have had it.
    Replaced(&'c State<'t>),
    /// What this Task calls gives an answer in an envelope, and what is looked for beside it lies deeper.
    Wrapped(&'c State<'t>, &'static Envelope),
    /// Any other reason.
    Other,
}

impl<'c, 't> Absent<'c, 't> {
    /// A read that finds nothing on one of the ways to it.
    pub(super) const fn on_a_way(cx: &'c Analysis<'t>, read: &'c Read<'t>, absence: &'c Absence, span: Span) -> Self {
        Self { cx, read, absence, span, severity: Severity::Warning, why: Why::Other }
    }
}

/// Each read that finds nothing, in the order of the states.
pub(super) fn absences<'c, 't>(cx: &'c Analysis<'t>) -> impl Iterator<Item = Absent<'c, 't>> {
    cx.shapes().reads().iter().filter_map(|read| {
        let Verdict::Absent(absence, span) = &read.verdict else { return None };
        let is_jsonata = cx.machine.state(read.state).language == Language::Jsonata;
        // What the service itself puts into the context object and into the error output is looked at by rules of their own.
        let is_fixed = match read.place {
            Place::Context => absence.holder.origin().node().is_none(),
            Place::Error => is_jsonata,
            _ => false,
        };
        if is_fixed {
            return None;
        }
        let severity = match read.demand {
            Demand::Tested => return None,
            Demand::Certain => Severity::Error,
            // A rule that is asked fails; an expression has a value without it, perhaps the one that was meant.
            Demand::Possible if is_jsonata => Severity::Info,
            Demand::Possible => Severity::Warning,
        };
        let why = why(cx, read, absence, span.of(read.node.content()));
        Some(Absent { cx, read, absence, span: *span, severity, why })
    })
}

fn why<'c, 't>(cx: &'c Analysis<'t>, read: &Read<'t>, absence: &Absence, name: &str) -> Why<'c, 't> {
    let Some(node) = absence.holder.origin().node() else { return Why::Other };
    let Some(maker) = cx.machine.state_at(node) else { return Why::Other };
    let is_jsonata = cx.machine.state(read.state).language == Language::Jsonata;
    // Of `$.a` the first segment, of `$states.input.a` the second.
    let first = if is_jsonata { 1 } else { 0 };
    let is_document = matches!(read.place, Place::Input | Place::Effective) && absence.segment == Some(first);
    let input = cx.shapes().state(maker.id).input.member(name);
    let is_known = |shape: &Shape| shape.record().is_some();
    let had_it = input.presence == Presence::Must
        || input.presence == Presence::May && is_known(&cx.shapes().state(maker.id).input) && !input.shape.is_any();
    if maker.key.index() == node
        && !had_it
        && !is_named_like_result(name)
        && let Some(envelope) = envelope(&cx.resource(maker).0)
    {
        return Why::Wrapped(maker, envelope);
    }
    if !is_document || maker.id == read.state || input.presence == Presence::Absent {
        return Why::Other;
    }
    if let Some(catcher) = maker.catchers.iter().find(|catcher| catcher.node.index() == node) {
        return Why::Caught(maker, catcher);
    }
    let replaces = maker.kind != Some(StateType::Pass) && maker.key.index() == node
        || maker.node.get("Result").is_some_and(|result| result.index() == node);
    let lacks = |name: &str| maker.node.get(name).is_none();
    // `$.items` of an answer that has `Items` is a slip of another sort.
    let is_misspelt = absence.holder.record().is_some_and(|record| {
        let is_it = |other: &str| other.eq_ignore_ascii_case(name);
        record.members().any(|(other, member)| member.presence != Presence::Absent && is_it(other))
    });
    let is_whole = lacks("ResultPath") && lacks("ResultSelector");
    if maker.language == Language::JsonPath && replaces && is_whole && !is_misspelt {
        return Why::Replaced(maker);
    }
    Why::Other
}

/// What stands around the answer of something that is called.
#[derive(Debug)]
pub(super) struct Envelope {
    /// The member that the answer is under.
    pub(super) member: &'static str,
    /// Whose answer, and what it does: "the function of … gives".
    pub(super) who: (&'static str, &'static str),
    /// What the envelope is.
    pub(super) note: &'static str,
}

static OF_FUNCTION: Envelope = Envelope {
    member: "Payload",
    who: ("function", "gives"),
    note: "`lambda:invoke` gives `{ExecutedVersion, Payload, SdkHttpMetadata, SdkResponseMetadata, StatusCode}`; a Task whose `Resource` is the ARN of the function itself gives the payload alone",
};

static OF_API: Envelope = Envelope {
    member: "ResponseBody",
    who: ("API", "answers"),
    note: "a call of an API gives `{Headers, ResponseBody, StatusCode, StatusText}`",
};

static OF_MODEL: Envelope =
    Envelope { member: "Body", who: ("model", "answers"), note: "`bedrock:invokeModel` gives `{Body, ContentType}`" };

/// The envelope of what a Task calls, where there is one.
fn envelope(resource: &Resource) -> Option<&'static Envelope> {
    match resource {
        Resource::HttpInvoke => Some(&OF_API),
        Resource::Optimised { service, api, pattern: Pattern::RequestResponse } => {
            match (service.as_str(), api.as_str()) {
                ("lambda", "invoke") => Some(&OF_FUNCTION),
                ("apigateway", "invoke") | ("eks", "call") => Some(&OF_API),
                ("bedrock", "invokeModel") => Some(&OF_MODEL),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether a name is one that AWS would give to a member of an answer.
fn is_named_like_result(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
}

impl<'t> Absent<'_, 't> {
    /// The name that is not there; none where it is no name.
    fn name(&self) -> Option<&'t str> {
        self.absence.segment?;
        Some(self.segment())
    }

    /// The text of what is not there.
    pub(super) fn segment(&self) -> &'t str {
        self.span.of(self.read.node.content())
    }

    /// The text of the read, up to and with what is not there.
    pub(super) fn text(&self) -> &'t str {
        let content = self.read.node.content();
        let rest = content.get(self.span.end as usize..).unwrap_or_default();
        let closed = ["']", "\"]"].into_iter().find(|close| rest.starts_with(close)).map_or(0, |_| 2);
        Span::new(self.read.span.start, self.span.end + closed).of(content)
    }

    /// The text of what it is asked of.
    fn holder_text(&self) -> &'t str {
        let text = Span::new(self.read.span.start, self.span.start).of(self.read.node.content());
        if text.is_empty() { "$" } else { text.trim_end_matches(['.', '[', '\'', '"', '`', ' ']) }
    }

    /// Where it stands in the file.
    pub(super) fn primary(&self) -> Span {
        self.read.node.source_span(self.span)
    }

    /// The member that was likely meant.
    fn meant(&self) -> Option<String> {
        let record = self.absence.holder.record()?;
        let there = record.members().filter(|(_, member)| member.presence != Presence::Absent);
        let is_plain = |name: &str| name.chars().all(|c| c.is_alphanumeric() || c == '_');
        let names = there.map(|(name, _)| &**name).filter(|name| is_plain(name));
        nearest(self.name()?, names.map(|name| (name, name))).map(str::to_owned)
    }

    /// A finding with what comes of it, and what made the value that lacks it.
    pub(super) fn report<'s>(&self, sink: &'s mut Sink<'_>, message: &str) -> &'s mut Diagnostic {
        let language = self.cx.machine.state(self.read.state).language;
        let consequence = match (self.read.demand, language) {
            (Demand::Possible, Language::JsonPath) => "the rule fails with `States.Runtime` when it is asked",
            (demand, language) => demand.without_value(language),
        };
        let way = way_of(self.cx, sink, &self.absence.holder, self.read.state);
        let finding = sink.report_at(self.read.node, self.primary(), format!("{message}: {consequence}"));
        finding.severity = self.severity;
        finding.way = way;
        finding.related.extend(made(self.cx, &self.absence.holder));
        finding
    }

    /// The state that made the value which lacks it, and the node of it.
    fn maker(&self) -> Option<(&State<'t>, usize)> {
        maker(self.cx, &self.absence.holder)
    }

    /// How members are spelt in what a service of AWS gives.
    pub(super) fn cure_of_case(&self, finding: &mut Diagnostic) {
        let is_of_aws = self.absence.holder.record().is_some_and(|record| record.rest() == Rest::Capitalised);
        if let Some((maker, node)) = self.maker()
            && is_of_aws
            && maker.key.index() == node
        {
            finding.notes.push("what services of AWS give has members that start with a capital letter".to_owned());
        }
    }

    /// What a text is to be read with in which something is looked for as if it were an object.
    fn cure_of_text(&self, finding: &mut Diagnostic) {
        let Some((maker, node)) = self.maker().filter(|_| self.absence.holder.kinds() == Kinds::STRING) else { return };
        let holder = self.holder_text();
        let is_member = |name: &str| holder.ends_with(name);
        if maker.catchers.iter().any(|catcher| catcher.node.index() == node) && is_member("Cause") {
            let note = match maker.language {
                Language::JsonPath => "`Cause` is a text, if often one of JSON: `States.StringToJson` reads it",
                Language::Jsonata => "`Cause` is a text, if often one of JSON: `$parse` reads it",
            };
            finding.notes.push(note.to_owned());
        }
        let Some(resource) = maker.node.get("Resource").filter(|_| maker.key.index() == node) else { return };
        let reader = match self.cx.machine.state(self.read.state).language {
            Language::JsonPath => "States.StringToJson",
            Language::Jsonata => "$parse",
        };
        if let Resource::Optimised { service, api, pattern: Pattern::Sync } = &self.cx.resource(maker).0
            && (service.as_str(), api.as_str()) == ("states", "startExecution")
        {
            finding.notes.push(
                "behind `.sync` the input and the output of the execution are texts of JSON, behind `.sync:2` they are JSON"
                    .to_owned(),
            );
            finding.fixes.push(Fix {
                title: "write `.sync:2`".to_owned(),
                edits: vec![resource.rewritten(&format!("{}:2", resource.content()))],
                applicability: Applicability::Unsafe,
            });
        } else {
            finding.notes.push(format!("where this text is one of JSON, `{reader}` reads it"));
        }
    }
}

/// The state that made a value, and the node of it.
fn maker<'c, 't>(cx: &'c Analysis<'t>, value: &Shape) -> Option<(&'c State<'t>, usize)> {
    let node = value.origin().node()?;
    Some((cx.machine.state_at(node)?, node))
}

/// How an execution comes with a value to a state that reads it, by way of the one that made it.
pub(super) fn way_of(cx: &Analysis<'_>, sink: &Sink<'_>, value: &Shape, to: StateId) -> Vec<Label> {
    match maker(cx, value) {
        Some((maker, _)) => sink.way_through(maker.id, to),
        None => sink.way_to(to),
    }
}

/// Where a value was made, and what it is.
pub(super) fn made(cx: &Analysis<'_>, value: &Shape) -> Option<Label> {
    let (state, node) = maker(cx, value)?;
    let (name, node) = (state.name(), cx.machine.node.tree().node_at(node));
    let what = described(value);
    if let Some(catcher) = state.catchers.iter().find(|catcher| catcher.node == node) {
        let at = catcher.next.map_or(catcher.node.token(), |next| next.key.span());
        return Some(Label::new(at, format!("`{name}` fails over to here with {what}")));
    }
    if state.key == node {
        return Some(Label::new(node.span(), format!("`{name}` gives it: {what}")));
    }
    let key = node.parent().and_then(|parent| parent.members().find(|member| member.value == node));
    let at = key.map_or(node.token(), |member| member.key.span());
    Some(Label::new(at, format!("`{name}` makes it here: {what}")))
}

/// Those that one mistake explains, in the order of their first: such with the same `key`.
pub(super) fn grouped<'c, 't, K: PartialEq>(
    absences: impl Iterator<Item = Absent<'c, 't>>,
    key: impl Fn(&Absent<'c, 't>) -> Option<K>,
) -> Vec<Vec<Absent<'c, 't>>> {
    let mut groups: Vec<(K, Vec<Absent<'c, 't>>)> = Vec::new();
    let mut places: BTreeMap<usize, usize> = BTreeMap::new();
    for absent in absences {
        let (Some(of), Some(node)) = (key(&absent), absent.absence.holder.origin().node()) else { continue };
        let place = *places.entry(node).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((key, group)) if *key == of => group.push(absent),
            Some(_) => {}
            None => groups.push((of, vec![absent])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// The first of the worst, and labels for the others. Which is the first does not hang on the order of the text.
pub(super) fn first_of<'g, 'c, 't>(group: &'g [Absent<'c, 't>]) -> Option<(&'g Absent<'c, 't>, Vec<Label>)> {
    let mut ordered: Vec<&Absent<'c, 't>> = group.iter().collect();
    ordered.sort_by_cached_key(|absent| {
        let rank = absent.cx.graph().rank(absent.read.state);
        let pointer = Step::pointer(&absent.read.node.path());
        (Reverse(absent.severity), rank, absent.text().to_owned(), pointer, absent.span)
    });
    let (first, others) = ordered.split_first()?;
    let label = |other: &&Absent<'_, '_>| Label::new(other.primary(), format!("nor is `{}`", other.text()));
    Some((*first, others.iter().take(MAX_PLACES).map(label).collect()))
}

/// `{a, b, c}`, or the kind of a value.
fn described(shape: &Shape) -> String {
    let Some(record) = shape.record().filter(|_| shape.kinds() == Kinds::OBJECT) else {
        return shape.kinds().to_string();
    };
    let there = record.members().filter(|(_, member)| member.presence != Presence::Absent);
    let mut names: Vec<&str> = there.map(|(name, _)| &**name).collect();
    let is_more = names.len() > MAX_NAMES || record.rest() != Rest::Nothing;
    names.truncate(MAX_NAMES);
    if names.is_empty() && !is_more {
        return "an empty object".to_owned();
    }
    if is_more {
        names.push("…");
    }
    format!("`{{{}}}`", names.join(", "))
}

/// The edits that put a member before another one of an object.
pub(super) fn member_before(other: Node<'_>, name: &str, value: &str) -> Option<Vec<Edit>> {
    let edit = inserted_member(other.parent()?, At::Before(&[other.content()]), name, &New::text(value))?;
    Some(vec![edit])
}
