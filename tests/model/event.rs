//! Reading one event of a journal, field by field.

use serde_json::{Map, Value};

/// The fields of one event.
pub struct Event {
    fields: Map<String, Value>,
}

impl Event {
    /// Reads a line. Journals come from the generator or from a test: a malformed one is a fault.
    pub fn read(line: &str) -> Self {
        match serde_json::from_str(line) {
            Ok(Value::Object(fields)) => Event { fields },
            _ => panic!("not an event: {line}"),
        }
    }

    /// A required text.
    pub fn text(&self, field: &str) -> &str {
        self.maybe(field)
            .unwrap_or_else(|| panic!("no {field} in {:?}", self.fields))
    }

    /// An optional text.
    pub fn maybe(&self, field: &str) -> Option<&str> {
        self.fields.get(field).and_then(Value::as_str)
    }

    /// A flag, false by default.
    pub fn flag(&self, field: &str) -> bool {
        self.fields.get(field).and_then(Value::as_bool) == Some(true)
    }

    /// A list of texts, empty by default.
    pub fn list(&self, field: &str) -> Vec<String> {
        let items = self.fields.get(field).and_then(Value::as_array);
        items
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_string)
            .collect()
    }

    /// A list of objects, empty by default.
    pub fn objects(&self, field: &str) -> Vec<Map<String, Value>> {
        let items = self.fields.get(field).and_then(Value::as_array);
        items
            .into_iter()
            .flatten()
            .filter_map(Value::as_object)
            .cloned()
            .collect()
    }

    /// Whether two lines are the same event, field for field.
    pub fn same(&self, other: &Event) -> bool {
        self.fields == other.fields
    }
}
