//! Reading files of cases: `{family, ops, cases: [...]}` in JSON.

use serde_json::Value;

use crate::Case;
use crate::given::text;

/// The cases of a file.
///
/// # Errors
/// The sentence that says what is wrong with it.
pub fn cases(json: &str) -> Result<Vec<Case>, String> {
    let file: Value = serde_json::from_str(json).map_err(|error| format!("it is no JSON: {error}"))?;
    let list = file.get("cases").unwrap_or(&file);
    let list = list.as_array().ok_or("it has no list of cases")?;
    let family = field(&file, "family");
    Ok(list.iter().zip(1..).map(|(case, number)| case_of(case, &family, number)).collect())
}

fn case_of(case: &Value, family: &str, number: usize) -> Case {
    let or = |key: &str, other: String| Some(field(case, key)).filter(|text| !text.is_empty()).unwrap_or(other);
    Case {
        id: or("id", format!("case {number}")),
        family: or("family", family.to_owned()),
        op: field(case, "op"),
        recommended: case.get("recommended") == Some(&Value::Bool(true)),
        given: case.get("given").cloned().unwrap_or_default(),
        when: case.get("when").and_then(Value::as_array).cloned().unwrap_or_default(),
        expect: case.get("expect").cloned().unwrap_or_default(),
    }
}

fn field(value: &Value, key: &str) -> String {
    value.get(key).filter(|value| !value.is_null()).map(text).unwrap_or_default()
}
