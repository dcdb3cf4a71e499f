//! The fence: a raw rhai engine with our own operators and functions, and every limit set.
//!
//! Nothing of rhai's packages is loaded, so there is no `print`, no `eval`, no clock, no file and
//! no function that allocates at will. There is no module resolver that could read anything.

use rhai::module_resolvers::DummyModuleResolver;
use rhai::{Engine, OptimizationLevel};

use super::limits::LIMITS;
use super::{library, operators};

/// The stack that is left at least when a script starts, in bytes. The deepest call that the
/// limits allow takes less than 0.7 MiB in release and less than 4 MiB in debug.
const STACK_LEFT: usize = if cfg!(debug_assertions) {
    6 << 20
} else {
    3 << 19
};
/// The stack that is made when less is left.
const STACK_MADE: usize = 8 << 20;

/// Runs something of rhai's with a stack that fits all limits.
pub(super) fn with_stack<T>(run: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(STACK_LEFT, STACK_MADE, run)
}

/// An engine inside the fence, without any script.
pub(super) fn build() -> Engine {
    let mut engine = Engine::new_raw();
    engine.set_optimization_level(OptimizationLevel::None);
    engine.set_module_resolver(DummyModuleResolver::new());
    engine
        .set_max_operations(LIMITS.operations)
        .set_max_call_levels(LIMITS.call_depth)
        .set_max_expr_depths(LIMITS.expression_depth, LIMITS.function_expression_depth)
        .set_max_variables(LIMITS.variables)
        .set_max_functions(LIMITS.functions)
        .set_max_modules(LIMITS.modules)
        .set_max_string_size(LIMITS.text)
        .set_max_array_size(LIMITS.list)
        .set_max_map_size(LIMITS.map)
        .set_max_strings_interned(LIMITS.interned);
    engine
        .set_strict_variables(true)
        .set_fail_on_invalid_map_property(true)
        .set_allow_shadowing(false)
        .set_allow_anonymous_fn(false)
        .set_fast_operators(false);
    for word in [
        "eval", "import", "export", "print", "debug", "Fn", "call", "curry",
    ] {
        engine.disable_symbol(word);
    }
    operators::register(&mut engine);
    library::register(&mut engine);
    engine
}
