use super::*;
use crate::syntax::{Format, parse};

/// Fills in a template from `{"a":{"b":[1,2]},"t":"x"}`, the context `{"State":{"Name":"Here"}}` and the variable `$v`, `7`.
fn fill(text: &str) -> Result<Value, (String, String, String)> {
    let tree = parse(&text.into(), Format::Json);
    let template = Template::new(tree.root());
    let json = |text| Value::from_json(text).unwrap();
    let (document, context) = (json(r#"{"a":{"b":[1,2]},"t":"x"}"#), json(r#"{"State":{"Name":"Here"}}"#));
    let variables = |name: &str| (name == "v").then(|| Value::from(7));
    let roots = Roots { document: &document, context: &|| context.clone(), variables: &variables };
    let filled = template.fill(&roots, &mut Random::new(1), &mut Budget::new(1000));
    assert_eq!(filled, template.fill(&roots, &mut Random::new(1), &mut Budget::new(1000)), "the same again");
    filled.map_err(|Located { node, fault }| {
        let node = tree.root().descendants().find(|found| found.index() == node).unwrap();
        (node.content().to_owned(), fault.span.of(node.content()).to_owned(), fault.message)
    })
}

#[test]
fn keys_that_end_in_dollar_are_filled_in() {
    for (template, expected) in [
        ("{}", "{}"),
        (r#"{"x":"$.a","y":[1,null]}"#, r#"{"x":"$.a","y":[1,null]}"#),
        (r#"{"x.$":"$.a.b","y":1}"#, r#"{"x":[1,2],"y":1}"#),
        (r#"{"x.$":"$"}"#, r#"{"x":{"a":{"b":[1,2]},"t":"x"}}"#),
        (r#"{"x":{"y.$":"$$.State.Name"}}"#, r#"{"x":{"y":"Here"}}"#),
        (r#"{"x":[{"y.$":"$v"},"z"]}"#, r#"{"x":[{"y":7},"z"]}"#),
        (r#"{"x.$":"States.Format('{}-{}', $.t, $v)"}"#, r#"{"x":"x-7"}"#),
        (r#"{"x.$":"$.none[*]"}"#, r#"{"x":[]}"#),
        // Values in arrays are no templates of their own, and neither are keys that hold something else than a text.
        (r#"["$.a"]"#, r#"["$.a"]"#),
        (r#"{"x.$":1}"#, r#"{"x.$":1}"#),
        (r#"{"x":1,"x.$":"$v"}"#, r#"{"x":7}"#),
    ] {
        assert_eq!(fill(template).map(|value| value.to_json()).as_deref(), Ok(expected), "{template}");
    }
}

#[test]
fn a_fault_lies_in_the_string_that_fails() {
    for (template, node, at, message) in [
        (r#"{"x":[{"y.$":"$.a.c"}]}"#, "$.a.c", ".c", "there is no member `c` here"),
        (
            r#"{"x.$":"States.ArrayLength($.t)"}"#,
            "States.ArrayLength($.t)",
            "$.t",
            "`States.ArrayLength` takes an array here, and this is a string",
        ),
        (r#"{"x.$":"$.a["}"#, "$.a[", "[", "this `[` is never closed"),
        (r#"{"x.$":"text"}"#, "text", "", "this is neither a path nor a call of an intrinsic function"),
        (r#"{"x.$":"States.Nope()"}"#, "States.Nope()", "States.Nope", "there is no intrinsic function `States.Nope`"),
        (r#"{"x.$":"States.Array($.a"}"#, "States.Array($.a", "(", "this `(` is never closed"),
        (r#"{"x.$":"${Path}"}"#, "${Path}", "", "a placeholder stands here, and nothing has filled it in"),
    ] {
        let expected = (node.to_owned(), at.to_owned(), message.to_owned());
        assert_eq!(fill(template), Err(expected), "{template}");
    }
}

#[test]
fn what_does_not_change_is_shared() {
    let tree = parse(&r#"{"big":{"list":[1,2,3]},"x.$":"$"}"#.into(), Format::Json);
    let template = Template::new(tree.root());
    let roots = Roots { document: &Value::from(true), context: &|| Value::Null, variables: &|_| None };
    let filled = || template.fill(&roots, &mut Random::new(1), &mut Budget::new(5)).unwrap();
    let (one, other) = (filled(), filled());
    let (Some(Value::Object(one)), Some(Value::Object(other))) = (one.get("big"), other.get("big")) else {
        panic!("objects");
    };
    assert!(Arc::ptr_eq(one, other));
}

#[test]
fn each_part_is_charged_that_is_put_together_anew() {
    let tree = parse(&r#"{"a":[1,2,3],"b":[1,{"x.$":"$"},3]}"#.into(), Format::Json);
    let template = Template::new(tree.root());
    let roots = Roots { document: &Value::from(true), context: &|| Value::Null, variables: &|_| None };
    let fill = |units| template.fill(&roots, &mut Random::new(1), &mut Budget::new(units));
    // Seven parts and the path.
    assert_eq!(fill(8).unwrap().to_json(), r#"{"a":[1,2,3],"b":[1,{"x":true},3]}"#);
    assert_eq!(fill(6).unwrap_err().node, tree.root().index());
}
