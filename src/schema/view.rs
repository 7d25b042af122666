//! Shows a [`Node`] to the `jsonschema` crate as it stands: nothing is copied.

use std::borrow::Cow;

use jsonschema::JsonType;
use jsonschema::json;
use serde_json::{Number, Value};

use crate::syntax::{Items, Kind, Members, Node};

/// The representation of a [`Node`].
pub(super) struct Spanned;

/// A [`Node`], or the name of a member in the place of one.
#[derive(Clone, Copy)]
pub(super) enum View<'a> {
    Node(Node<'a>),
    Name(&'a str),
}

impl json::Json for Spanned {
    type Node<'a> = View<'a>;
    type PreparedKey = Box<str>;
    type StringBuffer = String;

    // A lookup walks the members.
    const KEYS_PER_LOOKUP: usize = 4;
    const ACYCLIC: bool = true;

    fn prepare_key(key: &str) -> Box<str> {
        key.into()
    }

    fn with_string_node<T>(buffer: &mut String, string: &str, f: impl FnOnce(View<'_>) -> T) -> T {
        buffer.clear();
        buffer.push_str(string);
        f(View::Name(buffer))
    }
}

impl<'a> json::Node<'a, Spanned> for View<'a> {
    type Object = Object<'a>;
    type Array = Array<'a>;
    type Number = Numeral<'a>;

    fn as_object(&self) -> Option<Object<'a>> {
        match self {
            Self::Node(node) if node.kind() == Kind::Object => Some(Object(*node)),
            _ => None,
        }
    }

    fn as_array(&self) -> Option<Array<'a>> {
        match self {
            Self::Node(node) if node.kind() == Kind::Array => Some(Array(*node)),
            _ => None,
        }
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        match self {
            Self::Node(node) => node.as_str().map(Cow::Borrowed),
            Self::Name(name) => Some(Cow::Borrowed(name)),
        }
    }

    fn as_number(&self) -> Option<Numeral<'a>> {
        match self {
            Self::Node(node) if node.kind() == Kind::Number => Some(Numeral(*node)),
            _ => None,
        }
    }

    fn as_boolean(&self) -> Option<bool> {
        match self {
            Self::Node(node) => node.as_bool(),
            Self::Name(_) => None,
        }
    }

    fn is_null(&self) -> bool {
        self.json_type() == JsonType::Null
    }

    /// Open nodes pass for `null`; errors at them are dropped later.
    fn json_type(&self) -> JsonType {
        match self {
            Self::Node(node) => match node.kind() {
                Kind::Null | Kind::Hole | Kind::Missing => JsonType::Null,
                Kind::Bool => JsonType::Boolean,
                Kind::Number => JsonType::Number,
                Kind::String => JsonType::String,
                Kind::Array => JsonType::Array,
                Kind::Object => JsonType::Object,
            },
            Self::Name(_) => JsonType::String,
        }
    }

    fn equals_value(&self, expected: &Value) -> bool {
        match (self, expected) {
            (_, Value::String(text)) => json::Node::as_string(self).is_some_and(|own| own == text.as_str()),
            (_, Value::Bool(flag)) => self.as_boolean() == Some(*flag),
            (_, Value::Null) => self.is_null(),
            (Self::Node(node), _) => node.to_value() == *expected,
            (Self::Name(_), _) => false,
        }
    }

    /// Only errors ask for it, and ours point at nodes.
    fn to_value(&self) -> Cow<'a, Value> {
        Cow::Owned(Value::Null)
    }

    /// Opts out of the detection of cycles: our schemas refer to nothing.
    fn identity(&self) -> Option<json::NodeIdentity> {
        None
    }
}

/// The members that JSON readers see: of several with one name, the last.
pub(super) struct Object<'a>(Node<'a>);

/// Iterator of [`Object`].
pub(super) struct Fields<'a>(Members<'a>);

impl<'a> Iterator for Fields<'a> {
    type Item = (&'a str, View<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let member = self.0.next()?;
            let name = member.name();
            // States have few fields; in what has many, an earlier duplicate may be looked at too.
            let is_shadowed = self.0.len() < 64 && self.0.clone().any(|later| later.name() == name);
            if !is_shadowed {
                return Some((name, View::Node(member.value)));
            }
        }
    }
}

impl<'a> json::Object<'a, Spanned> for Object<'a> {
    type Node = View<'a>;
    type MemberName = &'a str;
    type MembersIter = Fields<'a>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn get(&self, key: &Box<str>) -> Option<View<'a>> {
        self.0.get(key).map(View::Node)
    }

    fn members(&self) -> Fields<'a> {
        Fields(self.0.members())
    }
}

/// The items of an array.
pub(super) struct Array<'a>(Node<'a>);

/// Iterator of [`Array`].
pub(super) struct Elements<'a>(Items<'a>);

impl<'a> Iterator for Elements<'a> {
    type Item = View<'a>;

    fn next(&mut self) -> Option<View<'a>> {
        self.0.next().map(View::Node)
    }
}

impl<'a> json::Array<'a, Spanned> for Array<'a> {
    type Node = View<'a>;
    type ElementsIter = Elements<'a>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn elements(&self) -> Elements<'a> {
        Elements(self.0.items())
    }
}

/// A number as written.
pub(super) struct Numeral<'a>(Node<'a>);

impl json::JsonNumber for Numeral<'_> {
    fn as_u64(&self) -> Option<u64> {
        self.0.as_i64().and_then(|value| u64::try_from(value).ok())
    }

    fn as_i64(&self) -> Option<i64> {
        self.0.as_i64()
    }

    fn as_f64(&self) -> Option<f64> {
        self.0.as_f64()
    }

    fn as_str(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.0.content())
    }

    fn to_number(&self) -> Cow<'_, Number> {
        let whole = self.0.as_i64().map(Number::from);
        Cow::Owned(whole.or_else(|| self.0.as_f64().and_then(Number::from_f64)).unwrap_or_else(|| Number::from(0)))
    }

    fn is_integer(&self) -> bool {
        self.0.as_i64().is_some() || self.0.as_f64().is_some_and(|value| value.fract() == 0.0)
    }
}
