//! Stripe's own description of its interface, and whether a request or an answer is as it says. The file is not ours and
//! not in this project: it comes with the crate stripe-sdk, which nothing here is built with.

use std::path::PathBuf;
use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::recorder::Request;

const CRATE: &str = "stripe-sdk-0.3.0";
const FILE: &str = "spec/openapi.spec3.json";

static SPEC: LazyLock<Value> = LazyLock::new(|| serde_json::from_slice(&std::fs::read(file()).unwrap()).unwrap());

/// Where it lies: as `cargo xtask test` says, or where cargo unpacks crates.
fn file() -> PathBuf {
    if let Ok(named) = std::env::var("QUITTANCE_TEST_STRIPE_OPENAPI") {
        return PathBuf::from(named);
    }
    let home = std::env::var("CARGO_HOME").map(PathBuf::from);
    let home = home.unwrap_or_else(|_| PathBuf::from(std::env::var("HOME").unwrap()).join(".cargo"));
    let sources = std::fs::read_dir(home.join("registry/src")).into_iter().flatten().flatten();
    let mut files = sources.map(|source| source.path().join(CRATE).join(FILE));
    files.find(|file| file.exists()).unwrap_or_else(|| {
        panic!(
            "Stripe's description is missing: run `cargo fetch --manifest-path e2e/stripe-openapi/Cargo.toml`, as \
             `cargo xtask test` does"
        )
    })
}

/// The version it describes.
pub fn version() -> String {
    SPEC.pointer("/info/version").unwrap().as_str().unwrap().to_owned()
}

/// Panics where Stripe would not understand the request.
pub fn check_request(request: &Request) {
    assert_eq!(request.header("stripe-version"), Some(version().as_str()), "{}", request.line());
    let (_, operation) = operation(request);
    let schema = if request.method == "GET" { of_query(operation) } else { of_form(operation).clone() };
    let sent = tree(&request.pairs);
    let mut wrong = Vec::new();
    check(&schema, &sent, "", Sent::AsText, &mut wrong);
    if let Some(paths) = sent.get("expand").and_then(Value::as_array) {
        wrong.extend(paths.iter().filter_map(|path| not_expandable(operation, path.as_str().unwrap())));
    }
    assert!(wrong.is_empty(), "{}: {wrong:#?}", request.line());
}

/// Panics where Stripe would not answer like this: names that it doesn't know, values that aren't among its own.
pub fn check_answer(request: &Request, answer: &Value) {
    let (_, operation) = operation(request);
    let mut wrong = Vec::new();
    check(answer_of(operation), answer, "", Sent::AsJson, &mut wrong);
    assert!(wrong.is_empty(), "the answer to {}: {wrong:#?}", request.line());
}

/// Panics where an object in an event is none of Stripe's.
pub fn check_object(name: &str, object: &Value) {
    let mut wrong = Vec::new();
    check(&json!({ "$ref": format!("#/components/schemas/{name}") }), object, "", Sent::AsJson, &mut wrong);
    assert!(wrong.is_empty(), "{name}: {wrong:#?}");
}

/// The path as it is described, and what is said of it.
fn operation(request: &Request) -> (&'static str, &'static Value) {
    let fits = |path: &str| {
        let (described, sent): (Vec<&str>, Vec<&str>) = (path.split('/').collect(), request.path.split('/').collect());
        described.len() == sent.len()
            && described.iter().zip(&sent).all(|(described, sent)| described == sent || described.starts_with('{'))
    };
    let paths = SPEC.get("paths").unwrap().as_object().unwrap();
    // A word beats a placeholder: /v1/charges/search is no charge.
    let exact = paths.iter().find(|(path, _)| path.as_str() == request.path);
    let found = exact
        .or_else(|| paths.iter().find(|(path, said)| fits(path) && said.get(request.method.to_lowercase()).is_some()));
    let (path, said) = found.unwrap_or_else(|| panic!("{}: there is no such path", request.line()));
    (path, said.get(request.method.to_lowercase()).unwrap_or_else(|| panic!("{}: no such method", request.line())))
}

fn of_form(operation: &Value) -> &Value {
    operation.pointer("/requestBody/content/application~1x-www-form-urlencoded/schema").unwrap()
}

/// The parameters of a query as a schema like that of a form.
fn of_query(operation: &Value) -> Value {
    let listed = operation.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default();
    let listed: Vec<&Value> = listed.iter().filter(|one| one.get("in") == Some(&json!("query"))).collect();
    let name = |one: &Value| one.get("name").unwrap().as_str().unwrap().to_owned();
    let properties: Map<String, Value> =
        listed.iter().map(|one| (name(one), one.get("schema").unwrap().clone())).collect();
    let required: Vec<String> =
        listed.iter().filter(|one| one.get("required") == Some(&json!(true))).map(|one| name(one)).collect();
    json!({ "type": "object", "properties": properties, "required": required })
}

fn answer_of(operation: &Value) -> &Value {
    operation.pointer("/responses/200/content/application~1json/schema").unwrap()
}

/// Pairs with brackets in their names as a tree: `a[b][0]`.
fn tree(pairs: &[(String, String)]) -> Value {
    let mut root = Value::Null;
    for (name, value) in pairs {
        let (first, rest) = name.split_once('[').map_or((name.as_str(), None), |(first, rest)| (first, Some(rest)));
        let mut steps = vec![first];
        if let Some(rest) = rest {
            steps.extend(rest.trim_end_matches(']').split("]["));
        }
        put(&mut root, &steps, value);
    }
    if root.is_null() { json!({}) } else { root }
}

fn put(node: &mut Value, steps: &[&str], value: &str) {
    let Some((step, rest)) = steps.split_first() else {
        assert!(node.is_null(), "{value:?} is sent twice");
        *node = json!(value);
        return;
    };
    if step.is_empty() || step.bytes().all(|byte| byte.is_ascii_digit()) {
        if node.is_null() {
            *node = json!([]);
        }
        let list = node.as_array_mut().unwrap();
        let place = step.parse().unwrap_or(list.len());
        while list.len() <= place {
            list.push(Value::Null);
        }
        put(list.get_mut(place).unwrap(), rest, value);
    } else {
        if node.is_null() {
            *node = json!({});
        }
        put(node.as_object_mut().unwrap().entry(step.to_string()).or_insert(Value::Null), rest, value);
    }
}

/// How values are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sent {
    /// All are text, as in a form; everything that is required must be there.
    AsText,
    /// As they are; an answer may leave out what nobody reads.
    AsJson,
}

/// Notes everything about a value that its schema doesn't allow.
fn check(schema: &Value, value: &Value, at: &str, sent: Sent, wrong: &mut Vec<String>) {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        return check(SPEC.pointer(name.trim_start_matches('#')).unwrap(), value, at, sent, wrong);
    }
    if value.is_null() && sent == Sent::AsJson {
        return;
    }
    if let Some(variants) = schema.get("anyOf").and_then(Value::as_array) {
        let tries = variants.iter().map(|variant| {
            let mut wrong = Vec::new();
            check(variant, value, at, sent, &mut wrong);
            wrong
        });
        return wrong.extend(tries.min_by_key(Vec::len).unwrap_or_default());
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("object") => check_fields(schema, value, at, sent, wrong),
        Some("array") => match value.as_array() {
            Some(list) => {
                for (item, place) in list.iter().zip(0..) {
                    check(schema.get("items").unwrap(), item, &format!("{at}[{place}]"), sent, wrong);
                }
            }
            None => wrong.push(format!("{at} is no list: {value}")),
        },
        Some(kind) => check_leaf(schema, kind, value, at, sent, wrong),
        None => {}
    }
}

fn check_fields(schema: &Value, value: &Value, at: &str, sent: Sent, wrong: &mut Vec<String>) {
    let Some(fields) = value.as_object() else { return wrong.push(format!("{at} is no object: {value}")) };
    let none = Map::new();
    let known = schema.get("properties").and_then(Value::as_object).unwrap_or(&none);
    for (name, value) in fields {
        match known.get(name).or_else(|| schema.get("additionalProperties").filter(|more| more.is_object())) {
            Some(schema) => check(schema, value, &format!("{at}.{name}"), sent, wrong),
            None => wrong.push(format!("{at}.{name} is unknown")),
        }
    }
    let required = schema.get("required").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for name in required.iter().filter_map(Value::as_str) {
        if sent == Sent::AsText && !fields.contains_key(name) {
            wrong.push(format!("{at}.{name} is missing"));
        }
    }
}

fn check_leaf(schema: &Value, kind: &str, value: &Value, at: &str, sent: Sent, wrong: &mut Vec<String>) {
    let text = value.as_str();
    let fits = match (kind, sent) {
        ("string", _) => text.is_some(),
        ("integer", Sent::AsText) => text.is_some_and(|text| text.parse::<i64>().is_ok()),
        ("integer", Sent::AsJson) => value.is_i64(),
        ("number", Sent::AsText) => text.is_some_and(|text| text.parse::<f64>().is_ok()),
        ("number", Sent::AsJson) => value.is_number(),
        ("boolean", Sent::AsText) => matches!(text, Some("true" | "false")),
        ("boolean", Sent::AsJson) => value.is_boolean(),
        _ => true,
    };
    if !fits {
        wrong.push(format!("{at} is no {kind}: {value}"));
    }
    if let Some(allowed) = schema.get("enum").and_then(Value::as_array)
        && !allowed.contains(value)
    {
        wrong.push(format!("{at} can't be {value}"));
    }
    let longest = schema.get("maxLength").and_then(Value::as_u64).unwrap_or(u64::MAX);
    if text.is_some_and(|text| u64::try_from(text.chars().count()).unwrap() > longest) {
        wrong.push(format!("{at} is longer than {longest}"));
    }
}

/// Why a path of `expand` leads nowhere; nothing where it is right.
fn not_expandable(operation: &Value, path: &str) -> Option<String> {
    let mut here: Vec<&Value> = vec![answer_of(operation)];
    for step in path.split('.') {
        here = here
            .into_iter()
            .flat_map(whole)
            .filter_map(|schema| schema.pointer(&format!("/properties/{step}")))
            .collect();
        if here.is_empty() {
            return Some(format!("expand {path}: there is no {step}"));
        }
    }
    let is_expandable = here.iter().any(|schema| schema.get("x-expansionResources").is_some());
    (!is_expandable).then(|| format!("expand {path}: it can't be expanded"))
}

/// The objects that a schema may be: those it refers to, and what its list holds.
fn whole(schema: &Value) -> Vec<&Value> {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        return vec![SPEC.pointer(name.trim_start_matches('#')).unwrap()];
    }
    if let Some(variants) = schema.get("anyOf").and_then(Value::as_array) {
        return variants.iter().flat_map(whole).collect();
    }
    match schema.get("items") {
        Some(items) => whole(items),
        None => vec![schema],
    }
}
