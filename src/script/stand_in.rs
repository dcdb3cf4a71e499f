//! Stands in for the scripts until they land.
#[derive(Debug)]
pub struct Scripts;
#[derive(Clone, Debug, PartialEq)]
pub enum ScriptValue {
    None,
    Bool(bool),
    Int(i64),
    Text(String),
    List(Vec<ScriptValue>),
    Map(Vec<(String, ScriptValue)>),
}
#[derive(Debug)]
pub struct ScriptError {
    pub message: String,
}
impl std::fmt::Display for ScriptError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}
impl Scripts {
    pub fn call(&self, _m: &str, _n: &str, _a: &[ScriptValue]) -> Result<ScriptValue, ScriptError> {
        Err(ScriptError {
            message: "stub".into(),
        })
    }
}
