//! The values that go into a script and come out of it.

use std::fmt::{self, Display, Formatter};

use rhai::{Array, Dynamic, ImmutableString, Map};

use super::limits::LIMITS;

/// A value of a script, free of rhai's types.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScriptValue {
    /// `()`: there is no value.
    None,
    /// `true` or `false`
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<ScriptValue>),
    /// A map; what comes out of a script is sorted by key.
    Map(Vec<(String, ScriptValue)>),
}

impl ScriptValue {
    /// What a script writer calls this kind of value.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::None => "()",
            Self::Bool(_) => "true or false",
            Self::Int(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }

    /// Into rhai; `None` when it is nested too deeply.
    pub(super) fn to_dynamic(&self) -> Option<Dynamic> {
        enter(self, LIMITS.value_depth)
    }

    /// Out of rhai.
    pub(super) fn from_dynamic(value: &Dynamic) -> Result<Self, Foreign> {
        leave(value, LIMITS.value_depth)
    }
}

/// Why a value of rhai's cannot leave a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Foreign {
    /// It is of a kind that has no meaning outside.
    Kind(&'static str),
    /// It is nested too deeply.
    Deep,
}

fn enter(value: &ScriptValue, depth: usize) -> Option<Dynamic> {
    let inside = |value: &ScriptValue| enter(value, depth.checked_sub(1)?);
    Some(match value {
        ScriptValue::None => Dynamic::UNIT,
        ScriptValue::Bool(value) => Dynamic::from_bool(*value),
        ScriptValue::Int(value) => Dynamic::from_int(*value),
        ScriptValue::Text(text) => ImmutableString::from(text.as_str()).into(),
        ScriptValue::List(items) => {
            let items: Option<Array> = items.iter().map(inside).collect();
            Dynamic::from_array(items?)
        }
        ScriptValue::Map(entries) => {
            let entries: Option<Map> = entries
                .iter()
                .map(|(key, value)| Some((key.as_str().into(), inside(value)?)))
                .collect();
            Dynamic::from_map(entries?)
        }
    })
}

fn leave(value: &Dynamic, depth: usize) -> Result<ScriptValue, Foreign> {
    if let Ok(value) = value.as_int() {
        return Ok(ScriptValue::Int(value));
    }
    if let Ok(value) = value.as_bool() {
        return Ok(ScriptValue::Bool(value));
    }
    if let Ok(text) = value.as_immutable_string_ref() {
        return Ok(ScriptValue::Text(text.to_string()));
    }
    let below = depth.checked_sub(1).ok_or(Foreign::Deep);
    if let Ok(items) = value.as_array_ref() {
        let below = below?;
        let items = items.iter().map(|item| leave(item, below));
        return Ok(ScriptValue::List(items.collect::<Result<_, _>>()?));
    }
    if let Ok(entries) = value.as_map_ref() {
        let below = below?;
        let entries = entries
            .iter()
            .map(|(key, value)| Ok((key.to_string(), leave(value, below)?)));
        return Ok(ScriptValue::Map(entries.collect::<Result<_, _>>()?));
    }
    if value.is_unit() {
        Ok(ScriptValue::None)
    } else {
        Err(Foreign::Kind(kind(value)))
    }
}

/// What a script writer calls the kind of a rhai value.
pub(super) fn kind(value: &Dynamic) -> &'static str {
    match value {
        value if value.is_unit() => "()",
        value if value.is_bool() => "true or false",
        value if value.is_int() => "a number",
        value if value.is_string() => "a text",
        value if value.is_array() => "a list",
        value if value.is_map() => "a map",
        value if value.is_char() => "a single character",
        value if value.is_fnptr() => "a function",
        _ => "a range",
    }
}

impl Display for ScriptValue {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("()"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::List(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if index > 0 { ", " } else { "" })?;
                }
                f.write_str("]")
            }
            Self::Map(entries) => {
                f.write_str("#{")?;
                for (index, (key, value)) in entries.iter().enumerate() {
                    write!(f, "{}{key}: {value}", if index > 0 { ", " } else { "" })?;
                }
                f.write_str("}")
            }
        }
    }
}
