//! The part of JSON Schema that the served description uses: whether a value conforms, and values that do.

#![allow(dead_code, reason = "each test uses a part of it")]

use super::story::{Random, agent};
use serde_json::{Map, Value, json};

/// Keywords that say nothing about whether a value conforms.
const SILENT: &[&str] = &[
    "title",
    "description",
    "example",
    "examples",
    "default",
    "deprecated",
    "format",
    "contentMediaType",
    "contentEncoding",
    "readOnly",
    "writeOnly",
    "xml",
    "externalDocs",
    "discriminator",
];

/// The whole description, in which schemas are found by name.
pub struct Schemas<'a>(pub &'a Value);

impl<'a> Schemas<'a> {
    /// A part of the document; `{"$ref": "#/…"}` stands for what it names.
    #[must_use]
    pub fn resolved(&self, part: &'a Value) -> &'a Value {
        let mut part = part;
        while let Some(name) = part.get("$ref").and_then(Value::as_str) {
            let pointer = name.strip_prefix('#').expect("within the document");
            part = self
                .0
                .pointer(pointer)
                .unwrap_or_else(|| panic!("{name} is not there"));
        }
        part
    }

    /// What is wrong with a value; nothing if it conforms.
    #[must_use]
    pub fn faults(&self, schema: &'a Value, value: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        self.check(schema, value, "", &mut faults);
        faults
    }

    fn conforms(&self, schema: &'a Value, value: &Value) -> bool {
        self.faults(schema, value).is_empty()
    }

    fn check(&self, schema: &'a Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        let schema = self.resolved(schema);
        let Some(keywords) = schema.as_object() else {
            if schema == &Value::Bool(false) {
                faults.push(format!("{at}: nothing may stand here"));
            }
            return;
        };
        for (keyword, wanted) in keywords {
            let good = match keyword.as_str() {
                "type" => is_of(wanted, value),
                "enum" => wanted.as_array().expect("a list").contains(value),
                "const" => wanted == value,
                "minimum" => number(value).is_none_or(|number| number >= whole(wanted)),
                "maximum" => number(value).is_none_or(|number| number <= whole(wanted)),
                "minLength" => value
                    .as_str()
                    .is_none_or(|text| text.chars().count() >= size(wanted)),
                "maxLength" => value
                    .as_str()
                    .is_none_or(|text| text.chars().count() <= size(wanted)),
                "minItems" => value
                    .as_array()
                    .is_none_or(|list| list.len() >= size(wanted)),
                "maxItems" => value
                    .as_array()
                    .is_none_or(|list| list.len() <= size(wanted)),
                "pattern" => value.as_str().is_none_or(|text| matches(wanted, text)),
                "oneOf" => self.how_many(wanted, value) == 1,
                "anyOf" => self.how_many(wanted, value) >= 1,
                "allOf" => self.how_many(wanted, value) == wanted.as_array().expect("a list").len(),
                "required" | "properties" | "additionalProperties" | "items" | "propertyNames" => {
                    self.inside(keywords, keyword, wanted, (value, at), faults);
                    true
                }
                other => {
                    assert!(
                        SILENT.contains(&other),
                        "`{other}` of {schema} is not understood here"
                    );
                    true
                }
            };
            if !good {
                let shown: String = value.to_string().chars().take(300).collect();
                faults.push(format!(
                    "{at}: {shown} is not as `{keyword}` says: {wanted}"
                ));
            }
        }
    }

    fn how_many(&self, schemas: &'a Value, value: &Value) -> usize {
        let schemas = schemas.as_array().expect("a list");
        schemas
            .iter()
            .filter(|schema| self.conforms(schema, value))
            .count()
    }

    /// Keywords about what is in an object or a list.
    fn inside(
        &self,
        keywords: &'a Map<String, Value>,
        keyword: &str,
        wanted: &'a Value,
        (value, at): (&Value, &str),
        faults: &mut Vec<String>,
    ) {
        if let (Some(list), "items") = (value.as_array(), keyword) {
            for (number, item) in list.iter().enumerate() {
                self.check(wanted, item, &format!("{at}/{number}"), faults);
            }
        }
        let Some(object) = value.as_object() else {
            return;
        };
        let declared = keywords.get("properties").and_then(Value::as_object);
        match keyword {
            "required" => {
                for key in wanted.as_array().expect("a list") {
                    let key = key.as_str().expect("a name");
                    if !object.contains_key(key) {
                        faults.push(format!("{at}: `{key}` is missing"));
                    }
                }
            }
            "properties" => {
                for (key, schema) in wanted.as_object().expect("an object") {
                    if let Some(value) = object.get(key) {
                        self.check(schema, value, &format!("{at}/{key}"), faults);
                    }
                }
            }
            "propertyNames" => {
                for key in object.keys() {
                    self.check(wanted, &json!(key), &format!("{at}/{key}"), faults);
                }
            }
            "additionalProperties" => {
                for (key, value) in object {
                    if declared.is_none_or(|declared| !declared.contains_key(key)) {
                        self.check(wanted, value, &format!("{at}/{key}"), faults);
                    }
                }
            }
            _ => {}
        }
    }

    /// A value that conforms, or nearly: formats and patterns are not obeyed.
    #[must_use]
    pub fn some(&self, schema: &'a Value, random: &mut Random, depth: u64) -> Value {
        let schema = self.resolved(schema);
        for choice in ["oneOf", "anyOf"] {
            if let Some(choices) = schema.get(choice).and_then(Value::as_array) {
                return self.some(&choices[pick(random, choices.len())], random, depth);
            }
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            return values[pick(random, values.len())].clone();
        }
        if let Some(value) = schema.get("const") {
            return value.clone();
        }
        if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
            let mut all = Map::new();
            for part in parts {
                if let Value::Object(part) = self.some(part, random, depth) {
                    all.extend(part);
                }
            }
            return Value::Object(all);
        }
        let kinds = match schema.get("type") {
            Some(Value::String(kind)) => vec![kind.as_str()],
            Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
            _ => vec!["object"],
        };
        match kinds[pick(random, kinds.len())] {
            "object" => self.some_object(schema, random, depth),
            "array" => {
                let items = schema.get("items").unwrap_or(&Value::Bool(true));
                let count = if depth == 0 { 1 } else { 1 + random.below(3) };
                (0..count)
                    .map(|_| self.some(items, random, depth.saturating_sub(1)))
                    .collect()
            }
            "integer" | "number" => {
                let least = schema.get("minimum").and_then(Value::as_u64).unwrap_or(0);
                json!(least + random.below(5))
            }
            "boolean" => json!(random.percent(50)),
            "null" => Value::Null,
            _ => json!(text(random)),
        }
    }

    fn some_object(&self, schema: &'a Value, random: &mut Random, depth: u64) -> Value {
        let required = schema.get("required").and_then(Value::as_array);
        let is_required = |key: &str| {
            required.is_some_and(|keys| keys.iter().any(|one| one.as_str() == Some(key)))
        };
        let mut object = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object);
        for (key, schema) in properties.into_iter().flatten() {
            if is_required(key) || (depth > 0 && random.percent(40)) {
                object.insert(
                    key.clone(),
                    self.some(schema, random, depth.saturating_sub(1)),
                );
            }
        }
        if object.contains_key("event") && random.percent(80) {
            return event(random);
        }
        Value::Object(object)
    }
}

/// An event that is probably well-formed.
#[must_use]
pub fn event(random: &mut Random) -> Value {
    let staff = agent(random.below(40));
    let number = random.below(60);
    let (customer, visit) = (format!("c{number}"), format!("v{number}"));
    let mut event = match random.below(9) {
        0 | 1 => json!({"event": "visit", "visit": visit, "customer": customer}),
        2 => json!({"event": "visit_end", "visit": visit}),
        3 => json!({"event": "recognition", "customer": customer, "staff": staff}),
        4 => json!({"event": "follow_up", "customer": customer, "staff": staff, "seconds": number}),
        5 => {
            json!({"event": "deal", "deal": format!("d{number}"), "customer": customer, "commission": "100.01"})
        }
        6 => json!({"event": "away", "staff": staff, "reason": "lunch"}),
        7 => {
            json!({"event": "correction", "about": format!("e{number}"), "reason": "slip", "approved_by": "sales"})
        }
        _ => json!({"event": "person", "person": staff, "role": "agent"}),
    };
    if random.percent(50) {
        event["id"] = json!(format!("e{}", random.below(200)));
    }
    event
}

/// A text: a name that is known, one that is not, or something odd.
#[must_use]
pub fn text(random: &mut Random) -> String {
    const ODD: &[&str] = &[
        "",
        " ",
        "客户",
        "a/b",
        "..",
        "%",
        "\u{0}",
        "\u{202e}x",
        "\u{1f600}",
        "0",
        "-1",
        "null",
        "'\"<>&",
        "c1",
        "v1",
        "d1",
        "agent-01",
        "changsha-vanke",
    ];
    match random.below(4) {
        0 => ODD[pick(random, ODD.len())].to_owned(),
        1 => format!("c{}", random.below(60)),
        2 => agent(random.below(40)),
        _ => "x".repeat(random.below(300) as usize),
    }
}

/// Changes something somewhere in a value.
pub fn mutate(value: &mut Value, random: &mut Random) {
    let other = match random.below(8) {
        0 => Value::Null,
        1 => json!(random.below(1000)),
        2 => json!(true),
        3 => json!([]),
        4 => json!({}),
        5 => json!(-1),
        _ => json!(text(random)),
    };
    match value {
        Value::Object(object) if !object.is_empty() && random.percent(85) => {
            let at = pick(random, object.len());
            let key = object.keys().nth(at).expect("one of them").clone();
            match random.below(4) {
                0 => drop(object.remove(&key)),
                1 => drop(object.insert(text(random), other)),
                2 => drop(object.insert(key, other)),
                _ => mutate(object.get_mut(&key).expect("it is there"), random),
            }
        }
        Value::Array(list) if !list.is_empty() && random.percent(85) => {
            let at = pick(random, list.len());
            mutate(&mut list[at], random);
        }
        _ => *value = other,
    }
}

fn pick(random: &mut Random, count: usize) -> usize {
    random.below(count as u64) as usize
}

fn is_of(wanted: &Value, value: &Value) -> bool {
    if let Some(kinds) = wanted.as_array() {
        return kinds.iter().any(|kind| is_of(kind, value));
    }
    match wanted.as_str().expect("the name of a type") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        other => panic!("there is no type `{other}`"),
    }
}

fn number(value: &Value) -> Option<i128> {
    let unsigned = value.as_u64().map(i128::from);
    unsigned.or_else(|| value.as_i64().map(i128::from))
}

fn whole(value: &Value) -> i128 {
    number(value).expect("a limit is a whole number")
}

fn size(value: &Value) -> usize {
    usize::try_from(whole(value)).expect("a size")
}

fn matches(pattern: &Value, text: &str) -> bool {
    let pattern = pattern.as_str().expect("a pattern");
    regex::Regex::new(pattern)
        .expect("a pattern")
        .is_match(text)
}
