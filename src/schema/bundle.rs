//! The schema of whole definitions, for editors: the small ones of `schemas/asl` tied together.
//!
//! `schemas/asl.json` is generated, and checked in so that an editor can be pointed at it. What this tool reports comes from
//! the small ones alone: they are chosen in code, so that one mistake is one finding.

/// The text of `schemas/asl.json`.
#[must_use]
pub fn bundle() -> &'static str {
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/asl.json"))
}

#[cfg(test)]
mod generate {
    use serde_json::{Map, Value, json};

    use super::super::part::{SCHEMAS, common};
    use crate::asl::{Language, StateType};

    /// The suffix of the files of a language.
    fn suffix(language: Language) -> &'static str {
        match language {
            Language::JsonPath => "jsonpath",
            Language::Jsonata => "jsonata",
        }
    }

    fn reference(name: &str) -> Value {
        json!({"$ref": format!("#/$defs/{name}")})
    }

    /// A file, its references led to the definitions of the bundle.
    fn file(stem: &str) -> Value {
        fn relink(value: &mut Value) {
            match value {
                Value::Array(items) => items.iter_mut().for_each(relink),
                Value::Object(members) => {
                    if let Some(Value::String(to)) = members.get_mut("$ref") {
                        *to = to.replace("common.json#", "#");
                    }
                    members.values_mut().for_each(relink);
                }
                _ => {}
            }
        }
        let schema = SCHEMAS.iter().find(|schema| schema.stem == stem).expect("a file of this name");
        let mut value: Value = serde_json::from_str(schema.text).expect("JSON");
        value.as_object_mut().expect("an object").remove("$schema");
        relink(&mut value);
        value
    }

    /// `stem` with the schemas of what it holds: `[]` behind a name stands for each item, `{}` for each member.
    fn linked(stem: &str, links: &[(&str, String)]) -> Value {
        let mut value = file(stem);
        for (field, target) in links {
            let (name, keyword) = match (field.strip_suffix("[]"), field.strip_suffix("{}")) {
                (Some(name), _) => (name, "items"),
                (_, Some(name)) => (name, "additionalProperties"),
                _ => (*field, "$ref"),
            };
            let field = value["properties"][name].as_object_mut().expect("a field that the file lists");
            if let Some(Value::String(shared)) = field.remove("$ref") {
                let definition = &common()[shared.rsplit('/').next().expect("a pointer")];
                *field = definition.as_object().expect("an object").clone();
            }
            let target = reference(target);
            field.insert(keyword.to_owned(), if keyword == "$ref" { target["$ref"].clone() } else { target });
        }
        value
    }

    /// A state in `language` inside a machine in `default`; nested machines read `default`.
    fn state(kind: StateType, language: Language, default: Language) -> Value {
        let own = suffix(language);
        let top = suffix(default);
        let stem = format!("{}.{own}", kind.as_str().to_lowercase());
        let retries = [("Retry[]", "retrier".to_owned()), ("Catch[]", format!("catcher.{own}"))];
        let links: Vec<(&str, String)> = match kind {
            StateType::Task => vec![("Credentials", format!("credentials.{own}"))],
            StateType::Parallel => vec![("Branches[]", format!("branch.{top}"))],
            StateType::Map => vec![
                ("ItemProcessor", format!("item-processor.{top}")),
                ("Iterator", format!("item-processor.{top}")),
                ("ItemReader", format!("item-reader.{own}")),
                ("ItemBatcher", format!("item-batcher.{own}")),
                ("ResultWriter", format!("result-writer.{own}")),
            ],
            StateType::Choice => vec![("Choices[]", format!("choice-rule.{own}"))],
            _ => Vec::new(),
        };
        let has_retries = matches!(kind, StateType::Task | StateType::Parallel | StateType::Map);
        linked(&stem, &links.into_iter().chain(retries.into_iter().filter(|_| has_retries)).collect::<Vec<_>>())
    }

    fn when(condition: &Value, then: &str) -> Value {
        let mut names: Vec<&String> = condition.as_object().expect("an object").keys().collect();
        names.sort_unstable();
        json!({"if": {"properties": condition, "required": names}, "then": reference(then)})
    }

    pub(super) fn generate() -> String {
        let mut defs: Map<String, Value> = common().clone();
        let (path, jsonata) = (Language::JsonPath, Language::Jsonata);
        for (language, default) in [(path, path), (jsonata, path), (jsonata, jsonata)] {
            for kind in StateType::ALL {
                let name = format!("{}.{}", kind.as_str().to_lowercase(), suffix(language));
                let name = if language == default { name } else { format!("{name}.in-jsonpath") };
                defs.insert(name, state(kind, language, default));
            }
        }
        for default in [path, jsonata] {
            let own = suffix(default);
            let mut state = file("state");
            let mut cases = Vec::new();
            for kind in StateType::ALL {
                let name = kind.as_str().to_lowercase();
                let of_type = json!({"Type": {"const": kind.as_str()}});
                if default == jsonata {
                    cases.push(when(&of_type, &format!("{name}.jsonata")));
                    continue;
                }
                let other = json!({"Type": {"const": kind.as_str()}, "QueryLanguage": {"const": "JSONata"}});
                cases.push(when(&other, &format!("{name}.jsonata.in-jsonpath")));
                let mut own = when(&of_type, &format!("{name}.jsonpath"));
                own["if"]["properties"]["QueryLanguage"] = json!({"const": "JSONPath"});
                cases.push(own);
            }
            if default == jsonata {
                state["properties"]["QueryLanguage"] = json!({
                    "description": "In a JSONata machine every state is in JSONata.",
                    "const": "JSONata",
                });
            }
            state["allOf"] = Value::Array(cases);
            defs.insert(format!("state.{own}"), state);
            let states = ("States{}", format!("state.{own}"));
            for stem in ["machine", "branch"] {
                defs.insert(format!("{stem}.{own}"), linked(stem, std::slice::from_ref(&states)));
            }
            let config = ("ProcessorConfig", "processor-config".to_owned());
            defs.insert(format!("item-processor.{own}"), linked("item-processor", &[states, config]));
            for stem in ["catcher", "reader-config", "item-batcher", "credentials"] {
                defs.insert(format!("{stem}.{own}"), file(&format!("{stem}.{own}")));
            }
            let reader = [("ReaderConfig", format!("reader-config.{own}"))];
            defs.insert(format!("item-reader.{own}"), linked(&format!("item-reader.{own}"), &reader));
            let writer = [("WriterConfig", "writer-config".to_owned())];
            defs.insert(format!("result-writer.{own}"), linked(&format!("result-writer.{own}"), &writer));
        }
        let nested = ["And[]", "Or[]", "Not"].map(|field| (field, "nested-rule.jsonpath".to_owned()));
        for stem in ["choice-rule.jsonpath", "nested-rule.jsonpath"] {
            defs.insert(stem.to_owned(), linked(stem, &nested));
        }
        for stem in ["choice-rule.jsonata", "retrier", "processor-config", "writer-config"] {
            defs.insert(stem.to_owned(), file(stem));
        }
        let bundle = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Amazon States Language",
            "description": "Definitions of AWS Step Functions state machines. Generated from schemas/asl; do not edit.",
            "if": {"properties": {"QueryLanguage": {"const": "JSONata"}}, "required": ["QueryLanguage"]},
            "then": reference("machine.jsonata"),
            "else": reference("machine.jsonpath"),
            "$defs": defs,
        });
        let mut text = String::new();
        write(&bundle, 0, 0, &mut text);
        text + "\n"
    }

    /// Keys in order, and on one line what fits.
    fn write(value: &Value, depth: usize, column: usize, out: &mut String) {
        let flat = flat(value);
        let n_characters = flat.chars().count();
        match value {
            Value::Object(members) if column + n_characters > 120 && !members.is_empty() => {
                let mut names: Vec<&String> = members.keys().collect();
                names.sort_unstable();
                let lines = names.into_iter().map(|name| (format!("{}: ", Value::from(name.as_str())), &members[name]));
                lines_between("{", lines, "}", depth, out);
            }
            Value::Array(items) if column + n_characters > 120 && !items.is_empty() => {
                lines_between("[", items.iter().map(|item| (String::new(), item)), "]", depth, out);
            }
            _ => out.push_str(&flat),
        }
    }

    fn lines_between<'v>(
        open: &str,
        lines: impl Iterator<Item = (String, &'v Value)>,
        close: &str,
        depth: usize,
        out: &mut String,
    ) {
        out.push_str(open);
        for (i, (name, value)) in lines.enumerate() {
            out.push_str(if i == 0 { "\n" } else { ",\n" });
            let indent = "  ".repeat(depth + 1);
            out.push_str(&indent);
            out.push_str(&name);
            write(value, depth + 1, indent.len() + name.len() + 1, out);
        }
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
        out.push_str(close);
    }

    fn flat(value: &Value) -> String {
        match value {
            Value::Object(members) => {
                let mut names: Vec<&String> = members.keys().collect();
                names.sort_unstable();
                let members =
                    names.into_iter().map(|name| format!("{}: {}", Value::from(name.as_str()), flat(&members[name])));
                format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
            }
            Value::Array(items) => format!("[{}]", items.iter().map(flat).collect::<Vec<_>>().join(", ")),
            _ => value.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    #[expect(clippy::disallowed_methods, reason = "UPDATE=1 rewrites the generated file")]
    fn the_bundle_is_fresh() {
        let fresh = super::generate::generate();
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/asl.json");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, fresh).expect("the folder is there");
        } else {
            assert_eq!(super::bundle(), fresh, "schemas/asl.json is stale: run with UPDATE=1");
        }
    }
}
