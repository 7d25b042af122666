//! Turns `Parameters` or `Arguments` of a Task into the fields of the request that it sends.

use super::super::{Field, Language, State};
use crate::syntax::{Kind, Node};
use crate::text::Span;

/// A request that is written down: an object of which every key is known.
#[derive(Clone, Copy, Debug)]
pub struct Request<'t> {
    /// The object.
    pub node: Node<'t>,
}

/// A field of a request.
#[derive(Clone, Copy, Debug)]
pub struct RequestField<'t> {
    /// Its name: the key, without the `.$` of a payload template.
    pub name: &'t str,
    /// Key and value as written.
    pub member: Field<'t>,
    /// Whether the key ends in `.$`, so that the value is computed.
    pub is_dynamic: bool,
}

impl<'t> Request<'t> {
    /// The request of a Task; `None` where it is one expression, is not there, or may hold more than is seen.
    #[must_use]
    pub fn of(state: &State<'t>) -> Option<Self> {
        let name = match state.language {
            Language::JsonPath => "Parameters",
            Language::Jsonata => "Arguments",
        };
        let node = state.field(name).filter(|_| state.is_language_known)?.value;
        Self { node }.known()
    }

    /// The object in a field of this one.
    #[must_use]
    pub fn object(self, name: &str) -> Option<Self> {
        let field = self.field(name).filter(|field| !field.is_dynamic)?;
        Self { node: field.member.value }.known()
    }

    /// Itself, if every key is known: `Fn::If` and its like are replaced as a whole.
    fn known(self) -> Option<Self> {
        let node = self.node;
        let is_replaced = |key: Node<'_>| key.has_hole() || key.content().starts_with("Fn::");
        let is_reference = node.len() == 1 && node.member("Ref").is_some();
        let may_differ = node.is_open() || node.is_incomplete() || is_reference;
        let is_known =
            node.kind() == Kind::Object && !may_differ && !node.members().any(|member| is_replaced(member.key));
        is_known.then_some(self)
    }

    /// Its fields, in document order.
    pub fn fields(self) -> impl Iterator<Item = RequestField<'t>> {
        self.node.members().map(|member| {
            let key = member.name();
            // JSONata has no such keys, which is a mistake of its own.
            let bare = key.strip_suffix(".$");
            RequestField { name: bare.unwrap_or(key), member, is_dynamic: bare.is_some() }
        })
    }

    /// The field of this name; of several the last, as readers of JSON take it.
    #[must_use]
    pub fn field(self, name: &str) -> Option<RequestField<'t>> {
        self.fields().filter(|field| field.name == name).last()
    }
}

impl RequestField<'_> {
    /// Where the name stands in the source, without quotes and `.$`.
    #[must_use]
    pub fn span(&self) -> Span {
        self.member.key.source_span(Span::new(0, u32::try_from(self.name.len()).unwrap_or(u32::MAX)))
    }
}
