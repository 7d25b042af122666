//! Turns `ItemReader` and `ResultWriter` of a Map into the calls of S3 that they make.
//!
//! Nothing comes out where a placeholder, a wrong type or text that breaks off leaves open what is called, or with what.

use super::resource::{self, MapS3, Resource};
use super::{Field, Language, State};
use crate::syntax::{Kind, Node};

/// A call of S3.
#[derive(Clone, Copy, Debug)]
pub struct Call<'t> {
    /// What is called.
    pub api: MapS3,
    /// What it is called with; `None` where that is an expression, or not known in full.
    pub request: Option<Node<'t>>,
    language: Language,
}

impl<'t> Call<'t> {
    /// The field of the request with this name, be its value written out or a path; `None` where none is seen.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<Field<'t>> {
        let is_named = |written: &str| match self.language {
            Language::JsonPath => written.strip_suffix(".$").unwrap_or(written) == name,
            Language::Jsonata => written == name,
        };
        self.request?.members().filter(|field| is_named(field.name())).last()
    }
}

/// The call that `part`, which is `ItemReader` or `ResultWriter`, makes: one that this part can make.
#[must_use]
pub fn call<'t>(state: &State<'t>, part: &str) -> Option<Call<'t>> {
    let value = state.node.get(part).filter(|_| state.is_language_known)?;
    let resource = value.get("Resource")?;
    let text = resource.as_str()?;
    // A string that was never closed: open, and neither for a tag nor for a placeholder, which are read below.
    if resource.is_open() && resource.tag().is_none() && !text.contains("${") {
        return None;
    }
    let (Resource::MapS3(api), errors) = resource::parse(text) else { return None };
    let fits = (part == "ResultWriter") == (api == MapS3::PutObject);
    let name = match state.language {
        Language::JsonPath => "Parameters",
        Language::Jsonata => "Arguments",
    };
    let request = value.get(name).filter(|request| request.kind() == Kind::Object && !request.may_have_more());
    (fits && errors.is_empty()).then_some(Call { api, request, language: state.language })
}
