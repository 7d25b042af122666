//! States, and the scopes that they make up.

use serde_json::{Value, json};

use super::values::{Notation, Sort, placed};
use super::{Fields, Flavour, Scene, Writer};

/// Names of errors that states fail with.
const ERRORS: &[&str] = &["Boom", "Custom.Error", "E1"];

/// Names that people give as well.
const PREFIXES: &[&str] = &["S", "S", "S", "S", "Prüfe ", "状态", "😀 ", "a/b~", "say \"", "two words "];

/// A scope on its way.
#[derive(Debug)]
struct Draft {
    states: Fields,
    scene: Scene,
    /// How many scopes lie around it.
    depth: usize,
}

/// A state on its way.
#[derive(Debug)]
struct State<'n> {
    name: &'n str,
    /// The states behind it.
    rest: &'n [String],
    fields: Fields,
    is_jsonata: bool,
    /// What it is sure to assign.
    assigned: Vec<(String, Value)>,
}

impl State<'_> {
    fn put(&mut self, name: &str, value: impl Into<Value>) {
        self.fields.insert(name.into(), value.into());
    }
}

impl Writer {
    /// A scope that starts with the document of the scene, and a sample of its output.
    pub(super) fn scope(&mut self, scene: &Scene, depth: usize) -> (Value, Value) {
        let n = if depth == 0 { self.between(2, 8) } else { self.between(1, 3) };
        let names: Vec<String> = (0..n).map(|_| self.name()).collect();
        let mut draft = Draft { states: Fields::new(), scene: scene.clone(), depth };
        for i in 0..n {
            self.state(&names[i], &names[i + 1..], &mut draft);
        }
        (json!({"StartAt": names[0], "States": draft.states}), draft.scene.document)
    }

    fn name(&mut self) -> String {
        self.n_states += 1;
        format!("{}{}", self.dice.pick(PREFIXES), self.n_states)
    }

    fn state(&mut self, name: &str, rest: &[String], draft: &mut Draft) {
        let is_jsonata = match self.flavour {
            Flavour::Paths => false,
            Flavour::Mixed => self.happens(30),
            Flavour::Jsonata => true,
        };
        let mut state = State { name, rest, fields: Fields::new(), is_jsonata, assigned: Vec::new() };
        if is_jsonata && self.flavour == Flavour::Mixed {
            state.put("QueryLanguage", "JSONata");
        }
        let is_last = rest.is_empty();
        let (may_nest, may_wait) = (draft.depth < 2, self.flavour != Flavour::Paths);
        let output = match self.dice.below(100) {
            0..4 if is_last => return self.fail(state, draft),
            4..30 if is_last => self.succeed(&mut state, draft),
            0..20 if !is_last => return self.choice(state, draft),
            20..26 if !is_last && !is_jsonata && draft.scene.document.is_object() => {
                return self.counting(state, draft);
            }
            30..40 if may_nest => self.map(&mut state, draft),
            40..50 if may_nest => self.parallel(&mut state, draft),
            50..65 if may_wait => self.task(&mut state, draft),
            65..72 if may_wait => self.wait(&mut state, draft),
            _ => self.pass(&mut state, draft),
        };
        if !state.fields.contains_key("End") && state.fields["Type"] != "Succeed" {
            go(&mut state);
        }
        draft.scene.document = output;
        draft.scene.variables.extend(state.assigned);
        draft.states.insert(name.into(), state.fields.into());
    }

    fn pass(&mut self, state: &mut State<'_>, draft: &Draft) -> Value {
        state.put("Type", "Pass");
        let document = &draft.scene.document;
        if state.is_jsonata {
            return self.jsonata_output(state, &draft.scene, None, document);
        }
        let effective = self.input_path(state, &draft.scene);
        let result = match self.dice.below(10) {
            0..2 => {
                let sort = self.dice.pick(&[Sort::Object, Sort::Any]);
                let result = self.sample(sort);
                state.put("Result", result.clone());
                result
            }
            2..8 => {
                let (template, result) = self.template(&draft.scene.with(effective), 1);
                state.put("Parameters", template);
                result
            }
            _ => effective,
        };
        self.hand_on(state, &draft.scene, result)
    }

    fn succeed(&mut self, state: &mut State<'_>, draft: &Draft) -> Value {
        state.put("Type", "Succeed");
        if state.is_jsonata {
            let (output, sample) = self.form(&draft.scene, 1);
            state.put("Output", output);
            return sample;
        }
        let effective = self.input_path(state, &draft.scene);
        self.output_path(state, &draft.scene, effective)
    }

    fn fail(&mut self, mut state: State<'_>, draft: &mut Draft) {
        state.put("Type", "Fail");
        if self.happens(95) {
            self.dynamic_text(&mut state, "Error", &draft.scene);
        }
        if self.happens(70) {
            self.dynamic_text(&mut state, "Cause", &draft.scene);
        }
        draft.states.insert(state.name.into(), state.fields.into());
    }

    fn dynamic_text(&mut self, state: &mut State<'_>, field: &str, scene: &Scene) {
        if self.happens(65) {
            let text = self.dice.pick(ERRORS);
            state.put(field, text);
        } else if state.is_jsonata {
            let (text, _) = self.embedded(scene, Sort::Text);
            state.put(field, text);
        } else if self.happens(30) {
            state.put(&format!("{field}Path"), "States.Format('{}!', $.n)");
        } else if let Some((path, _)) = self.reference(scene, Sort::Text) {
            state.put(&format!("{field}Path"), path);
        }
    }

    fn choice(&mut self, mut state: State<'_>, draft: &mut Draft) {
        state.put("Type", "Choice");
        let scene = match state.is_jsonata {
            true => draft.scene.clone(),
            false => {
                let effective = self.input_path(&mut state, &draft.scene);
                draft.scene.with(effective)
            }
        };
        let has_default = self.happens(90);
        let mut rules = Vec::new();
        for i in 0..self.between(1, 3) {
            let mut rule = if state.is_jsonata {
                let (condition, _) = self.embedded(&scene, Sort::Bool);
                Fields::from_iter([("Condition".into(), condition)])
            } else {
                self.rule(&scene, 2)
            };
            let next = match self.dice.below(3) {
                _ if i == 0 && !has_default => state.rest[0].clone(),
                0 => state.rest[0].clone(),
                1 => state.rest[self.dice.below(state.rest.len())].clone(),
                _ => self.side(state.rest, draft),
            };
            rule.insert("Next".into(), next.into());
            if self.happens(12) {
                let (name, value, _) = self.variable(&scene, state.is_jsonata);
                rule.insert("Assign".into(), json!({name: value}));
            }
            rules.push(Value::Object(rule));
        }
        state.put("Choices", rules);
        if has_default {
            state.put("Default", state.rest[0].as_str());
        }
        if self.happens(12) {
            self.assign(&mut state, &scene);
        }
        if !state.is_jsonata {
            draft.scene.document = self.output_path(&mut state, &draft.scene, scene.document);
        }
        draft.states.insert(state.name.into(), state.fields.into());
    }

    /// Three states that count to a number: a start, a step, a test.
    fn counting(&mut self, mut state: State<'_>, draft: &mut Draft) {
        let (step, test) = (self.name(), self.name());
        let place = format!("loop{}", self.n_states);
        let path = format!("$.{place}");
        state.put("Type", "Pass");
        state.put("Result", json!({"n": 0}));
        state.put("ResultPath", path.as_str());
        state.put("Next", step.as_str());
        draft.states.insert(state.name.into(), state.fields.into());
        let n = self.between(1, 4);
        let count = json!({"n.$": format!("States.MathAdd({path}.n, 1)")});
        let step_state = json!({"Type": "Pass", "Parameters": count, "ResultPath": path, "Next": test});
        let again = json!({"Variable": format!("{path}.n"), "NumericLessThan": n, "Next": step});
        draft.states.insert(step, step_state);
        draft.states.insert(test, json!({"Type": "Choice", "Choices": [again], "Default": state.rest[0]}));
        draft.scene.document[place] = json!({"n": n});
    }

    fn map(&mut self, state: &mut State<'_>, draft: &mut Draft) -> Value {
        let items = match state.is_jsonata {
            true => Some(self.embedded(&draft.scene, Sort::Array)),
            false => self.reference(&draft.scene, Sort::Array).map(|(path, items)| (json!(path), items)),
        };
        let Some((source, items)) = items else { return self.pass(state, draft) };
        state.put("Type", "Map");
        state.put(if state.is_jsonata { "Items" } else { "ItemsPath" }, source);
        let n_items = items.as_array().map_or(1, Vec::len);
        let item = items[0].clone();
        let inner = Scene { item: Some(item.clone()), ..draft.scene.clone() };
        let mut start = inner.with(item);
        if self.happens(35) {
            let (selector, sample) = if state.is_jsonata { self.form(&inner, 1) } else { self.template(&inner, 1) };
            let old = !state.is_jsonata && self.happens(15);
            state.put(if old { "Parameters" } else { "ItemSelector" }, selector);
            start.document = sample;
        }
        if self.flavour == Flavour::Paths {
            state.put("MaxConcurrency", 1);
        } else if self.happens(40) {
            state.put("MaxConcurrency", self.between(0, 3));
        }
        let is_distributed = self.flavour != Flavour::Paths && self.happens(25);
        if is_distributed {
            start.variables.clear();
            if self.happens(40) {
                state.put("ToleratedFailureCount", self.between(0, 2));
            }
        }
        let (mut processor, output) = self.scope(&start, draft.depth + 1);
        if is_distributed {
            processor["ProcessorConfig"] = json!({"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"});
        }
        let old = !is_distributed && self.happens(10);
        state.put(if old { "Iterator" } else { "ItemProcessor" }, processor);
        self.handlers(state, draft);
        self.finish(state, &draft.scene, vec![output; n_items].into())
    }

    fn parallel(&mut self, state: &mut State<'_>, draft: &mut Draft) -> Value {
        state.put("Type", "Parallel");
        let mut start = draft.scene.clone();
        if self.happens(30) {
            let (arguments, sample) = if state.is_jsonata { self.form(&start, 1) } else { self.template(&start, 1) };
            state.put(if state.is_jsonata { "Arguments" } else { "Parameters" }, arguments);
            start.document = sample;
        }
        let branches = (0..self.between(1, 3)).map(|_| self.scope(&start, draft.depth + 1));
        let (branches, outputs): (Vec<Value>, Vec<Value>) = branches.collect();
        state.put("Branches", branches);
        self.handlers(state, draft);
        self.finish(state, &draft.scene, outputs.into())
    }

    fn task(&mut self, state: &mut State<'_>, draft: &mut Draft) -> Value {
        state.put("Type", "Task");
        state.put("Resource", "arn:aws:lambda:us-east-1:123456789012:function:work");
        if state.is_jsonata && self.happens(60) {
            let (arguments, _) = self.form(&draft.scene, 1);
            state.put("Arguments", arguments);
        } else if !state.is_jsonata && self.happens(60) {
            let (template, _) = self.template(&draft.scene, 1);
            state.put("Parameters", template);
        }
        if self.happens(20) {
            state.put("TimeoutSeconds", self.between(2, 9));
        }
        if self.happens(20) {
            let (error, n) = (self.dice.pick(ERRORS), self.between(1, 3));
            self.fails(state.name, error, n);
        }
        let result = self.sample(Sort::Any);
        let seconds = if self.happens(50) { 0 } else { self.between(1, 4) };
        self.answers(state.name, &result, seconds);
        self.handlers(state, draft);
        self.finish(state, &draft.scene, result)
    }

    fn wait(&mut self, state: &mut State<'_>, draft: &Draft) -> Value {
        state.put("Type", "Wait");
        let scene = &draft.scene;
        match self.dice.below(4) {
            0 => state.put("Timestamp", "2027-01-01T00:00:00Z"),
            1 if state.is_jsonata => {
                let (seconds, _) = self.expression(scene, Sort::Whole, 2);
                state.put("Seconds", format!("{{% $abs({seconds}) %}}"));
            }
            1 => {
                let (field, sort) = self.dice.pick(&[("SecondsPath", Sort::Whole), ("TimestampPath", Sort::Timestamp)]);
                match self.reference(scene, sort) {
                    Some((path, _)) => state.put(field, path),
                    None => state.put("Seconds", 1),
                }
            }
            _ => state.put("Seconds", self.between(0, 1000)),
        }
        if self.happens(20) {
            self.assign(state, scene);
        }
        if state.is_jsonata {
            return self.jsonata_output(state, scene, None, &scene.document);
        }
        let effective = self.input_path(state, scene);
        self.output_path(state, scene, effective)
    }

    /// What a state that gave a result hands on.
    fn finish(&mut self, state: &mut State<'_>, scene: &Scene, result: Value) -> Value {
        if state.is_jsonata {
            return self.jsonata_output(state, scene, Some(&result), &result);
        }
        let mut result = result;
        if self.happens(20) {
            let (selector, sample) = self.template(&scene.with(result), 1);
            state.put("ResultSelector", selector);
            result = sample;
        }
        self.hand_on(state, scene, result)
    }

    /// `Output` and `Assign`.
    fn jsonata_output(
        &mut self,
        state: &mut State<'_>,
        scene: &Scene,
        result: Option<&Value>,
        otherwise: &Value,
    ) -> Value {
        if self.happens(25) {
            self.assign(state, scene);
        }
        if let Some(result) = result
            && scene.document.is_object()
            && self.happens(50)
        {
            state.put("Output", "{% $merge([$states.input, {'result': $states.result}]) %}");
            return placed(scene.document.clone(), &["result"], result.clone());
        }
        if self.happens(70) {
            let (output, sample) = self.form(scene, 2);
            state.put("Output", output);
            return sample;
        }
        otherwise.clone()
    }

    fn input_path(&mut self, state: &mut State<'_>, scene: &Scene) -> Value {
        let (path, value) = match self.dice.below(100) {
            0..2 => (Value::Null, json!({})),
            2..10 => match self.path(scene, Sort::Object, Notation::JsonPath) {
                Some((path, value)) => (json!(path), value),
                None => return scene.document.clone(),
            },
            10..13 => match self.selecting(scene) {
                Some((path, value)) => (json!(path), value),
                None => return scene.document.clone(),
            },
            _ => return scene.document.clone(),
        };
        // Whether `$` of null is null here, as it is without the field, is not known.
        if path != "$" {
            state.put("InputPath", path);
        }
        value
    }

    fn output_path(&mut self, state: &mut State<'_>, scene: &Scene, document: Value) -> Value {
        let (path, value) = match self.dice.below(100) {
            0 => (Value::Null, json!({})),
            1..8 => match self.path(&scene.with(document.clone()), Sort::Any, Notation::JsonPath) {
                Some((path, value)) => (json!(path), value),
                None => return document,
            },
            _ => return document,
        };
        if path != "$" {
            state.put("OutputPath", path);
        }
        value
    }

    /// `ResultPath`, `OutputPath` and `Assign`.
    fn hand_on(&mut self, state: &mut State<'_>, scene: &Scene, result: Value) -> Value {
        if self.happens(20) {
            self.assign(state, &scene.with(result.clone()));
        }
        let document = scene.document.clone();
        let is_object = document.is_object();
        let path: &[&str] = match self.dice.below(10) {
            0..5 if is_object => &["r"],
            5 if is_object => &["obj", "r"],
            6 if is_object => &["made", "new"],
            7 => {
                state.put("ResultPath", Value::Null);
                return self.output_path(state, scene, document);
            }
            _ => return self.output_path(state, scene, result),
        };
        state.put("ResultPath", format!("$.{}", path.join(".")));
        self.output_path(state, scene, placed(document, path, result))
    }

    fn assign(&mut self, state: &mut State<'_>, scene: &Scene) {
        let (name, value, sample) = self.variable(scene, state.is_jsonata);
        let bare = name.trim_end_matches(".$").to_owned();
        state.put("Assign", json!({name: value}));
        state.assigned.push((bare, sample));
    }

    /// A member of `Assign`, and a sample of the value.
    fn variable(&mut self, scene: &Scene, is_jsonata: bool) -> (String, Value, Value) {
        self.n_variables += 1;
        let name = format!("v{}", self.n_variables);
        if is_jsonata {
            let (value, sample) = self.form(scene, 1);
            return (name, value, sample);
        }
        match self.dice.below(3) {
            0 => {
                let (template, sample) = self.template(scene, 0);
                (name, template, sample)
            }
            1 => {
                let (call, sample) = self.call(scene, 1);
                (format!("{name}.$"), json!(call), sample)
            }
            _ => match self.path(scene, Sort::Any, Notation::JsonPath) {
                Some((path, sample)) => (format!("{name}.$"), json!(path), sample),
                None => (name, json!(1), json!(1)),
            },
        }
    }

    /// `Retry` and `Catch`.
    fn handlers(&mut self, state: &mut State<'_>, draft: &mut Draft) {
        // Where something else runs at the same time, the time between attempts decides which failure comes first.
        if self.happens(25) && (self.flavour != Flavour::Paths || draft.depth == 0) {
            let most = self.between(0, 2);
            let seconds = self.between(1, 60);
            let mut retrier = json!({"ErrorEquals": [self.error()], "IntervalSeconds": seconds, "MaxAttempts": most});
            if self.happens(30) {
                retrier["JitterStrategy"] = json!("FULL");
            }
            state.put("Retry", json!([retrier]));
        }
        if self.happens(45) {
            let mut catchers = Vec::new();
            for _ in 0..self.between(1, 2) {
                let error = self.error();
                let is_all = error == "States.ALL";
                let next = self.side(state.rest, draft);
                let mut catcher = json!({"ErrorEquals": [error], "Next": next});
                match self.dice.below(10) {
                    _ if state.is_jsonata && draft.scene.document.is_object() => {
                        catcher["Output"] =
                            json!("{% $merge([$states.input, {'error': $states.errorOutput.Error}]) %}");
                    }
                    _ if state.is_jsonata => {}
                    0..7 if draft.scene.document.is_object() => catcher["ResultPath"] = json!("$.error"),
                    7 => catcher["ResultPath"] = Value::Null,
                    _ => {}
                }
                catchers.push(catcher);
                if is_all {
                    break;
                }
            }
            state.put("Catch", catchers);
        }
    }

    fn error(&mut self) -> &'static str {
        if self.happens(50) { self.dice.pick(ERRORS) } else { self.dice.pick(&["States.ALL", "States.TaskFailed"]) }
    }

    /// A state beside the way: it ends, or leads back to it.
    fn side(&mut self, rest: &[String], draft: &mut Draft) -> String {
        if let Some(next) = rest.first()
            && self.happens(30)
        {
            return next.clone();
        }
        let name = self.name();
        let is_jsonata = self.flavour == Flavour::Jsonata;
        let mut state = State { name: &name, rest, fields: Fields::new(), is_jsonata, assigned: Vec::new() };
        match self.dice.below(10) {
            0..2 => {
                self.fail(state, draft);
                return name;
            }
            2..4 => state.put("Type", "Succeed"),
            _ => {
                state.put("Type", "Pass");
                if is_jsonata && draft.scene.document.is_object() {
                    state.put("Output", "{% $merge([{'side': true}, $states.input]) %}");
                } else if !is_jsonata && draft.scene.document.is_object() {
                    state.put("Result", true);
                    state.put("ResultPath", "$.side");
                }
                go(&mut state);
            }
        }
        draft.states.insert(name.clone(), state.fields.into());
        name
    }
}

/// Leads a state to the next, or ends it.
fn go(state: &mut State<'_>) {
    match state.rest.first() {
        Some(next) => state.put("Next", next.as_str()),
        None => state.put("End", true),
    }
}
