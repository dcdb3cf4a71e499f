//! The one place that says which decisions somebody may see who may only see what concerns them.

use crate::server::access::Scope;
use serde_json::Value;

/// The fields by which a decision names somebody whom it concerns.
const NAMING: &[&str] = &["staff", "to", "paid_by", "counterpart"];

/// Whether a stored decision may be seen.
pub fn is_visible(scope: &Scope, decision: &str) -> bool {
    match scope {
        Scope::All => true,
        Scope::Of(person) => {
            serde_json::from_str::<Value>(decision).is_ok_and(|decision| names(&decision, person))
        }
    }
}

/// Whether a value names a person in one of those fields, however deep.
fn names(value: &Value, person: &str) -> bool {
    match value {
        Value::Object(fields) => fields.iter().any(|(key, value)| {
            let is_named = NAMING.contains(&key.as_str()) && value.as_str() == Some(person);
            is_named || names(value, person)
        }),
        Value::Array(items) => items.iter().any(|item| names(item, person)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_sees_what_names_them() {
        let scope = Scope::Of("chen".into());
        let share =
            r#"{"decision":"share","deal":"chen","shares":[{"staff":"li"},{"staff":"chen"}]}"#;
        assert!(is_visible(&scope, share));
        assert!(is_visible(&scope, r#"{"decision":"notify","to":"chen"}"#));
        assert!(!is_visible(
            &scope,
            r#"{"decision":"receive","visit":"chen","staff":"li"}"#
        ));
        assert!(is_visible(&Scope::All, "{}"));
    }
}
