//! What a script may use, each limit set by hand and equal in debug and release.

/// The stack of a thread on which scripts may run, in bytes: they may call deeply.
pub const STACK: usize = 64 << 20;

/// The limits of scripts. There is one set of them, [`LIMITS`], for every office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Steps of one call: each statement, operand and function call is one or more.
    pub operations: u64,
    /// Calls within calls.
    pub call_depth: usize,
    /// Nesting of a top-level expression; an operator in a row of operators counts as one.
    pub expression_depth: usize,
    /// Nesting inside a function: blocks, brackets, and operators in a row.
    pub function_expression_depth: usize,
    /// Variables alive at once.
    pub variables: usize,
    /// Functions of one script.
    pub functions: usize,
    /// Parameters of one function.
    pub parameters: usize,
    /// Scripts of one policy.
    pub modules: usize,
    /// Bytes of one script.
    pub script: usize,
    /// Bytes of a text, or of all texts in one list or map.
    pub text: usize,
    /// Entries of a list, those of lists inside it included.
    pub list: usize,
    /// Entries of a map, those of maps inside it included.
    pub map: usize,
    /// Lists and maps inside each other, in what goes in, comes out or is compared.
    pub value_depth: usize,
    /// Texts that the engine keeps to share them.
    pub interned: usize,
}

/// The limits that hold everywhere.
pub const LIMITS: Limits = Limits {
    operations: 100_000,
    call_depth: 16,
    expression_depth: 32,
    function_expression_depth: 32,
    variables: 64,
    functions: 64,
    parameters: 16,
    modules: 16,
    script: 64 * 1024,
    text: 16 * 1024,
    list: 1024,
    map: 256,
    value_depth: 16,
    interned: 1024,
};
