//! What is planted in a Choice is proved, and for the right reason: twelve kinds, five machines each, in both languages, through
//! `aslint prove`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::folder::Folder;

/// Kind, where to look (`rule 1`, `no_match`), the reason, the machine.
const PLANTED: &str = include_str!("planted.tsv");

/// What someone vouches for in the kind `enum`.
const SCHEMA: &str = r#"{"type": "object", "required": ["s"], "properties": {"s": {"enum": ["a", "b", "c"]}}}"#;

#[test]
fn what_is_planted_is_proved_for_the_right_reason() {
    let cases: Vec<[&str; 4]> = PLANTED
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split('\t').collect::<Vec<_>>().try_into().expect("four columns"))
        .collect();
    let config = "machines: [{path: 'enum-*.asl.json', input: schema.json}]";
    let folder = Folder::new([("aslint.yaml", config), ("schema.json", SCHEMA)]);
    let name = |number: usize, kind: &str| format!("{kind}-{number:02}.asl.json");
    for (number, [kind, _, _, machine]) in cases.iter().enumerate() {
        folder.write(name(number, kind), machine);
    }
    let report = folder.aslint("prove --format json --fail-on never .").json();
    let machines = report["machines"].as_array().expect("machines");
    let machines: BTreeMap<&str, &Value> =
        machines.iter().filter_map(|machine| Some((machine["file"].as_str()?, machine))).collect();
    let mut wrong = Vec::new();
    let mut kinds: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for (number, [kind, place, because, machine]) in cases.iter().enumerate() {
        kinds.entry(kind).or_default()[usize::from(machine.contains("JSONata"))] += 1;
        let file = name(number, kind);
        let choices = machines[file.as_str()]["choices"].as_array().expect("Choices");
        let choice = choices.iter().find(|choice| choice["state"] == "C").expect("the Choice");
        let (judged, verdict) = match place.strip_prefix("rule ") {
            Some(rule) => (&choice["rules"][rule.parse::<usize>().expect("a number")], "dead"),
            None => (&choice[*place], "impossible"),
        };
        let premises = if *kind == "enum" { json!(["the input fits `schema.json`"]) } else { Value::Null };
        let found = (&judged["verdict"], &judged["because"], judged["premises"].clone());
        if found != (&json!(verdict), &json!(because), premises) {
            wrong.push(format!("{kind}: {judged}, and not {because}\n{machine}"));
        }
        // Nothing else is dead: the reason is none that would do for any rule.
        let others = choice["rules"].as_array().expect("rules").iter();
        let dead = others.filter(|rule| rule["verdict"] == "dead").count();
        if dead != usize::from(verdict == "dead") {
            wrong.push(format!("{kind}: {dead} rules are dead\n{machine}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(kinds.len(), 12);
    assert!(kinds.values().all(|[paths, jsonata]| paths + jsonata >= 5 && *jsonata >= 2), "{kinds:?}");
}
