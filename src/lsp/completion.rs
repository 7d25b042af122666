//! What an editor offers at the cursor, and the parameters of the call around it.

use gen_lsp_types::{
    ActiveParameter, CompletionItem, CompletionItemKind, CompletionItemTextEdit, CompletionList, Documentation,
    InsertTextFormat, InsertTextMode, MarkupContent, MarkupKind, ParameterInformation, ParameterInformationLabel,
    SignatureHelp, SignatureInformation, TextEdit,
};

use super::client::Client;
use super::document::Open;
use super::reading::Reading;
use super::snippet::{self, Layout};
use crate::analysis::Analysis;
use crate::analysis::slot::{Slot, Wanted};
use crate::asl::jsonata::{self, library};
use crate::asl::sites::{Owner, Role};
use crate::asl::{StateId, StateType, error_name, intrinsic, resource};
use crate::flow::shape::{Member, Presence};
use crate::schema::{self, FieldOf};
use crate::syntax::{Format, written};
use crate::text::Span;

/// One offer, before it is put into the words of the protocol.
struct Offer {
    label: String,
    /// What is written, with the places to go on at as `$1`, `$2` where it `is_snippet`, and a tab for each step to the right.
    text: String,
    is_snippet: bool,
    kind: CompletionItemKind,
    detail: String,
    about: String,
    /// What is likelier comes first.
    rank: u8,
}

impl Offer {
    fn new(label: impl Into<String>, text: impl Into<String>, kind: CompletionItemKind) -> Self {
        let (label, text) = (label.into(), text.into());
        Self { label, text, is_snippet: false, kind, detail: String::new(), about: String::new(), rank: 1 }
    }

    fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    fn about(mut self, about: impl Into<String>) -> Self {
        self.about = about.into();
        self
    }

    fn snippet(mut self) -> Self {
        self.is_snippet = true;
        self
    }

    fn ranked(mut self, rank: u8) -> Self {
        self.rank = rank;
        self
    }
}

/// What may be written at an offset.
pub(super) fn complete(reading: &Reading<'_>, offset: u32, client: &Client) -> CompletionList {
    let open = reading.open;
    let offered = reading.ask(offset, |analysis| {
        let slot = analysis.slot(offset)?;
        Some((slot.span, offers(open, analysis, &slot)))
    });
    let Some((span, offers)) = offered.flatten() else { return CompletionList::default() };
    let range = open.range(span);
    // Without a word of it, snippets are indented by the client as the line is, and plain text is not.
    let adjusts = client.snippets || client.adjusts_indentation;
    let layout = Layout::new(open.text(), span.start, adjusts);
    let item = |offer: Offer| {
        let is_snippet = offer.is_snippet && client.snippets;
        let text = layout.lay_out(&offer.text);
        let new_text = if offer.is_snippet && !is_snippet { snippet::without_stops(&text) } else { text };
        CompletionItem {
            kind: Some(offer.kind),
            detail: (!offer.detail.is_empty()).then_some(offer.detail),
            documentation: documented(offer.about),
            sort_text: Some(format!("{}{}", offer.rank, offer.label)),
            // Clients compare this with what stands in the range, quotes and all.
            filter_text: Some(if new_text.starts_with('"') {
                format!("\"{}\"", offer.label)
            } else {
                offer.label.clone()
            }),
            insert_text_format: Some(if is_snippet { InsertTextFormat::Snippet } else { InsertTextFormat::PlainText }),
            insert_text_mode: Some(if adjusts { InsertTextMode::AdjustIndentation } else { InsertTextMode::AsIs }),
            text_edit: Some(CompletionItemTextEdit::TextEdit(TextEdit { range, new_text })),
            label: offer.label,
            ..CompletionItem::default()
        }
    };
    CompletionList { is_incomplete: false, items: offers.into_iter().map(item).collect(), ..CompletionList::default() }
}

fn documented(about: String) -> Option<Documentation> {
    let markdown = MarkupContent { kind: MarkupKind::Markdown, value: about };
    (!markdown.value.is_empty()).then_some(Documentation::MarkupContent(markdown))
}

fn offers(open: &Open, analysis: &Analysis<'_>, slot: &Slot<'_>) -> Vec<Offer> {
    let format = slot.format;
    let machine = analysis.machine;
    let follows = || follows(open, slot);
    match &slot.wanted {
        Wanted::State(_) => StateType::ALL.into_iter().map(|kind| state(kind, format, follows())).collect(),
        Wanted::Target(scope, from) => machine
            .states_of(machine.scope(*scope))
            .filter(|state| Some(state.id) != *from)
            .map(|state| {
                let reached = analysis.graph().is_reachable(state.id);
                let kind = state.kind.map_or("", StateType::as_str);
                let offer = Offer::new(state.name(), written(state.name(), format), CompletionItemKind::Reference);
                offer.detail(kind).about(analysis.deed(state)).ranked(u8::from(reached))
            })
            .collect(),
        Wanted::Field(part, language, object) => {
            let fields = schema::fields(*part, *language).into_iter();
            let is_new =
                |field: &FieldOf| object.get(field.name).is_none() || slot.span.contains(key_span(object, field.name));
            fields.filter(is_new).map(|field| field_offer(&field, format, follows())).collect()
        }
        Wanted::Value(part, language, name) => {
            schema::field(*part, *language, name).map(|field| values(&field, format)).unwrap_or_default()
        }
        Wanted::Variable(scope) => {
            let ending = follows().ending(format, "");
            let name = |name: &str| Offer::new(name, written(name, format) + &ending, CompletionItemKind::Variable);
            analysis.variables().visible(*scope).map(|variable| name(variable.name)).collect()
        }
        Wanted::Error(state) => errors(analysis, *state, format),
        Wanted::Resource(_) => resources(slot.span.of(open.text()), format),
        Wanted::Request(state, object) => {
            let (called, _) = analysis.resource(machine.state(*state));
            let Some(known) = called.integration() else { return Vec::new() };
            let is_new = |name: &&&str| object.get(name).is_none() && object.get(&format!("{name}.$")).is_none();
            let needed = |name: &str| known.required.contains(&name) || known.documented.contains(&name);
            let ending = follows().ending(format, "");
            let offer = |&name: &&'static str| {
                let offer = Offer::new(name, written(name, format) + &ending, CompletionItemKind::Property);
                offer.detail(if needed(name) { "needed" } else { "" }).ranked(u8::from(!needed(name)))
            };
            known.fields.iter().filter(is_new).map(offer).collect()
        }
        Wanted::Start(state, role) => starts(analysis, *state, *role),
        Wanted::Intrinsic => intrinsic::FUNCTIONS.iter().map(|(_, function)| intrinsic(*function, "")).collect(),
        Wanted::Members(members) => members.iter().map(|(name, member)| member_offer(name, name, member)).collect(),
    }
}

fn key_span(object: &crate::syntax::Node<'_>, name: &str) -> Span {
    object.member(name).map_or(Span::new(0, u32::MAX), |member| member.key.span())
}

/// What stands behind a key that is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Follows {
    /// Its colon.
    Colon,
    /// Another member.
    Member,
    Other,
}

impl Follows {
    /// What is written behind the key.
    fn ending(self, format: Format, value: &str) -> String {
        match (self, format) {
            (Self::Colon, _) => String::new(),
            (Self::Member, Format::Json) => format!(": {value},"),
            (_, Format::Json) => format!(": {value}"),
            (_, Format::Yaml) if value.starts_with('\n') => format!(":{value}"),
            (_, Format::Yaml) => format!(": {value}"),
        }
    }
}

fn follows(open: &Open, slot: &Slot<'_>) -> Follows {
    // Between the brackets of a YAML text keys need no quotes.
    let is_plain = slot.format != open.source.format;
    match open.text().get(slot.span.end as usize..).unwrap_or_default().trim_start().chars().next() {
        Some(':') => Follows::Colon,
        Some('"') => Follows::Member,
        Some(c) if is_plain && (c.is_alphanumeric() || c == '\'') => Follows::Member,
        _ => Follows::Other,
    }
}

/// A field with room for its value.
fn field_offer(field: &FieldOf, format: Format, follows: Follows) -> Offer {
    let json = format == Format::Json;
    let value = match (field.constant, field.values.as_slice(), field.types.first().copied()) {
        (Some(constant), ..) => constant.to_string(),
        (None, [only], _) => written(only, format),
        (.., Some("array")) => if json { "[$1]" } else { "\n\t- $1" }.to_owned(),
        (.., Some("object")) => if json { "{$1}" } else { "\n\t$1" }.to_owned(),
        (None, [_, ..], _) | (.., Some("string")) => if json { "\"$1\"" } else { "$1" }.to_owned(),
        _ => "$1".to_owned(),
    };
    let text = written(field.name, format) + &follows.ending(format, &value);
    let detail = if field.is_required { "needed" } else { "" };
    Offer::new(field.name, text, CompletionItemKind::Property)
        .detail(detail)
        .about(field.description)
        .snippet()
        .ranked(u8::from(!field.is_required))
}

fn values(field: &FieldOf, format: Format) -> Vec<Offer> {
    let mut offers: Vec<Offer> = Vec::new();
    offers.extend(
        field.values.iter().map(|value| Offer::new(*value, written(value, format), CompletionItemKind::EnumMember)),
    );
    if let Some(constant) = field.constant {
        offers.push(Offer::new(constant.to_string(), constant.to_string(), CompletionItemKind::Value));
    } else if field.types.contains(&"boolean") {
        offers.extend(["true", "false"].map(|value| Offer::new(value, value, CompletionItemKind::Value)));
    }
    offers
}

/// A state of a type, with room for what it is nothing without.
fn state(kind: StateType, format: Format, follows: Follows) -> Offer {
    let lines: &[(&str, &str, &str)] = match kind {
        StateType::Task => &[("Resource", "\"$2\"", "$2"), ("Next", "\"$3\"", "$3")],
        StateType::Pass => &[("Next", "\"$2\"", "$2")],
        StateType::Wait => &[("Seconds", "${2:60}", "${2:60}"), ("Next", "\"$3\"", "$3")],
        StateType::Choice => &[
            ("Choices", "[\n\t\t{$2, \"Next\": \"$3\"}\n\t]", "\n\t\t- $2\n\t\t  Next: $3"),
            ("Default", "\"$4\"", "$4"),
        ],
        StateType::Parallel => &[
            (
                "Branches",
                "[\n\t\t{\"StartAt\": \"$2\", \"States\": {$3}}\n\t]",
                "\n\t\t- StartAt: $2\n\t\t  States:\n\t\t  \t$3",
            ),
            ("Next", "\"$4\"", "$4"),
        ],
        StateType::Map => &[
            (
                "ItemProcessor",
                "{\n\t\t\"StartAt\": \"$2\",\n\t\t\"States\": {$3}\n\t}",
                "\n\t\tStartAt: $2\n\t\tStates:\n\t\t\t$3",
            ),
            ("Next", "\"$4\"", "$4"),
        ],
        StateType::Succeed => &[],
        StateType::Fail => &[("Error", "\"$2\"", "$2"), ("Cause", "\"$3\"", "$3")],
    };
    let name = kind.as_str();
    let text = if format == Format::Json {
        let fields: String = lines.iter().map(|(field, json, _)| format!(",\n\t\"{field}\": {json}")).collect();
        let comma = if follows == Follows::Member { "," } else { "" };
        format!("\"${{1:Name}}\": {{\n\t\"Type\": \"{name}\"{fields}\n}}{comma}")
    } else {
        let field = |(field, _, yaml): &(&str, &str, &str)| {
            if yaml.starts_with('\n') { format!("\n\t{field}:{yaml}") } else { format!("\n\t{field}: {yaml}") }
        };
        let fields: String = lines.iter().map(field).collect();
        format!("${{1:Name}}:\n\tType: {name}{fields}")
    };
    let text = if follows == Follows::Colon { written("Name", format) } else { text };
    Offer::new(format!("{name} state"), text, CompletionItemKind::Snippet).snippet()
}

fn errors(analysis: &Analysis<'_>, state: StateId, format: Format) -> Vec<Offer> {
    let offer = |name: String| {
        let offer = Offer::new(&name, written(&name, format), CompletionItemKind::EnumMember);
        offer.about(error_name::meaning(&name).unwrap_or("An error of what runs here."))
    };
    analysis.error_names(analysis.machine.state(state)).into_iter().map(offer).collect()
}

/// What can be called: the integrations, and of the SDK the services, or the actions of the one that is written already.
fn resources(typed: &str, format: Format) -> Vec<Offer> {
    const SDK: &str = "arn:aws:states:::aws-sdk:";
    let arn = |arn: String| Offer::new(&arn, written(&arn, format), CompletionItemKind::Function);
    let typed = typed.trim_matches(['"', '\'']);
    let service = typed.strip_prefix(SDK).and_then(|rest| rest.split_once(':')).map(|(service, _)| service);
    if let Some((name, actions)) =
        service.and_then(|service| resource::sdk::services().find(|(name, _)| *name == service))
    {
        return actions
            .iter()
            .filter(|(_, is_there)| *is_there)
            .map(|(action, _)| arn(format!("{SDK}{name}:{action}")))
            .collect();
    }
    let mut offers = Vec::new();
    for known in resource::integrations() {
        for pattern in &known.patterns {
            offers.push(arn(format!("arn:aws:states:::{}:{}{pattern}", known.service, known.api)).ranked(0));
        }
    }
    offers.extend(resource::sdk::services().map(|(name, _)| arn(format!("{SDK}{name}:"))));
    offers
}

/// Where an expression may begin.
fn starts(analysis: &Analysis<'_>, id: StateId, role: Role) -> Vec<Offer> {
    let state = analysis.machine.state(id);
    let mut offers = Vec::new();
    for variable in analysis.variables().visible(state.scope) {
        let shape = analysis.shapes().variable(variable.id).to_string();
        let name = format!("${}", variable.name);
        offers.push(Offer::new(&name, &name, CompletionItemKind::Variable).detail(shape).ranked(0));
    }
    if role == Role::Jsonata {
        offers.push(
            Offer::new("$states", "$states", CompletionItemKind::Variable)
                .about("The input, the result, the error and the context object."),
        );
        let known = library::functions().iter().filter(|function| function.origin != library::Origin::Absent);
        offers.extend(known.map(|function| {
            let (parameters, gives) = jsonata::manual(function.name).unwrap_or_default();
            let name = format!("${}", function.name);
            let text = format!("\\{name}({})", if parameters.is_empty() { "" } else { "$1" });
            Offer::new(name, text, CompletionItemKind::Function)
                .detail(format!("({parameters})"))
                .about(gives)
                .snippet()
        }));
        return offers;
    }
    let document = analysis.origin(state, Some(("", Owner::State)), crate::asl::expression::Origin::Document);
    for (name, member) in document.iter().flat_map(|document| crate::analysis::spot::members_of(&document.shape)) {
        let path = format!("$.{name}");
        offers.push(member_offer(&path, &path, &member));
    }
    offers.push(Offer::new("$$", "$$", CompletionItemKind::Variable).about("The context object."));
    if matches!(role, Role::Template | Role::PathOrIntrinsic) {
        offers.extend(intrinsic::FUNCTIONS.iter().map(|(_, function)| intrinsic(*function, "States.")));
    }
    offers
}

fn intrinsic(function: intrinsic::Function, prefix: &str) -> Offer {
    let (parameters, gives) = function.manual();
    let name = function.name().strip_prefix("States.").unwrap_or(function.name());
    let text = format!("{prefix}{name}({})", if parameters.is_empty() { "" } else { "$1" });
    let offer = Offer::new(format!("{prefix}{name}"), text, CompletionItemKind::Function);
    offer.detail(format!("({parameters})")).about(gives).snippet()
}

fn member_offer(label: &str, text: &str, member: &Member) -> Offer {
    let sure = if member.presence == Presence::Must { "" } else { "?" };
    let shape: String = member.shape.to_string().chars().take(120).collect();
    Offer::new(label, text, CompletionItemKind::Field).detail(format!("{shape}{sure}")).ranked(0)
}

/// The parameters of the call whose arguments an offset stands among.
pub(super) fn signature(reading: &Reading<'_>, offset: u32) -> Option<SignatureHelp> {
    let (name, argument) = reading.ask(offset, |analysis| {
        let called = analysis.call_at(offset)?;
        Some((called.name.to_owned(), called.argument))
    })??;
    let (parameters, gives) = match name.strip_prefix('$') {
        Some(function) => jsonata::manual(function)?,
        None => intrinsic::Function::of(&name)?.manual(),
    };
    let label = format!("{name}({parameters})");
    let names = parameters.split(',').map(|name| name.trim_matches(['[', ']', ' ']).to_owned());
    let parameters: Vec<ParameterInformation> = names
        .filter(|name| !name.is_empty())
        .map(|name| ParameterInformation { label: ParameterInformationLabel::String(name), documentation: None })
        .collect();
    let last = parameters.len().saturating_sub(1);
    // What may be repeated stays the last.
    let active = ActiveParameter::Int(u32::try_from(argument.min(last)).unwrap_or_default());
    let documentation = Some(Documentation::String(gives.to_owned()));
    let signature = SignatureInformation { label, documentation, parameters: Some(parameters), active_parameter: None };
    Some(SignatureHelp { signatures: vec![signature], active_signature: Some(0), active_parameter: Some(active) })
}
