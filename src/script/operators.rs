//! The operators of scripts: those of rhai that answer something for every pair are replaced.
//!
//! In rhai `"1" == 1` is `false`, `1 < "a"` is `false`, `1 / 3` is `0` and `"a" + ()` is `"a"`.
//! Here each of these is an error. `()` may be compared with everything, by `==` and `!=` only.

use std::cmp::Ordering;

use rhai::{Array, Dynamic, Engine, EvalAltResult, ImmutableString, Position};

use super::limits::LIMITS;
use super::value::kind;

/// What a native function of the fence answers.
pub(super) type Answer<T> = Result<T, Box<EvalAltResult>>;

/// Registers all operators.
pub(super) fn register(engine: &mut Engine) {
    engine.register_fn("!", |value: bool| !value);
    engine.register_fn("-", |value: i64| whole(value.checked_neg()));
    arithmetic(engine);
    comparisons(engine);
}

fn arithmetic(engine: &mut Engine) {
    engine
        .register_fn("+", |a: i64, b: i64| whole(a.checked_add(b)))
        .register_fn("-", |a: i64, b: i64| whole(a.checked_sub(b)))
        .register_fn("*", |a: i64, b: i64| whole(a.checked_mul(b)))
        .register_fn("/", divide)
        .register_fn("%", |a: i64, b: i64| {
            divisor(b).and_then(|b| whole(a.checked_rem(b)))
        })
        .register_fn("+", add)
        .register_fn("-", |a: Dynamic, b: Dynamic| refuse("-", &a, &b))
        .register_fn("*", |a: Dynamic, b: Dynamic| refuse("*", &a, &b))
        .register_fn("/", |a: Dynamic, b: Dynamic| refuse("/", &a, &b))
        .register_fn("%", |a: Dynamic, b: Dynamic| refuse("%", &a, &b));
    // Without these rhai has shortcuts of its own for `+=` and its kin.
    engine
        .register_fn("+=", |a: &mut i64, b: i64| {
            whole(a.checked_add(b)).map(|sum| *a = sum)
        })
        .register_fn("-=", |a: &mut i64, b: i64| {
            whole(a.checked_sub(b)).map(|sum| *a = sum)
        })
        .register_fn("*=", |a: &mut i64, b: i64| {
            whole(a.checked_mul(b)).map(|sum| *a = sum)
        })
        .register_fn("/=", |a: &mut i64, b: i64| {
            divide(*a, b).map(|sum| *a = sum)
        })
        .register_fn("+=", |a: &mut Dynamic, b: Dynamic| {
            add(a.clone(), b).map(|sum| *a = sum)
        })
        .register_fn("-=", |a: &mut Dynamic, b: Dynamic| refuse("-=", a, &b))
        .register_fn("*=", |a: &mut Dynamic, b: Dynamic| refuse("*=", a, &b))
        .register_fn("/=", |a: &mut Dynamic, b: Dynamic| refuse("/=", a, &b));
}

fn comparisons(engine: &mut Engine) {
    engine
        .register_fn("==", |a: i64, b: i64| a == b)
        .register_fn("!=", |a: i64, b: i64| a != b)
        .register_fn("<", |a: i64, b: i64| a < b)
        .register_fn("<=", |a: i64, b: i64| a <= b)
        .register_fn(">", |a: i64, b: i64| a > b)
        .register_fn(">=", |a: i64, b: i64| a >= b)
        .register_fn("==", |a: ImmutableString, b: ImmutableString| a == b)
        .register_fn("!=", |a: ImmutableString, b: ImmutableString| a != b)
        .register_fn("==", |a: Dynamic, b: Dynamic| equal(&a, &b))
        .register_fn("!=", |a: Dynamic, b: Dynamic| {
            equal(&a, &b).map(|same| !same)
        })
        .register_fn("<", |a: Dynamic, b: Dynamic| {
            order(&a, &b).map(Ordering::is_lt)
        })
        .register_fn("<=", |a: Dynamic, b: Dynamic| {
            order(&a, &b).map(Ordering::is_le)
        })
        .register_fn(">", |a: Dynamic, b: Dynamic| {
            order(&a, &b).map(Ordering::is_gt)
        })
        .register_fn(">=", |a: Dynamic, b: Dynamic| {
            order(&a, &b).map(Ordering::is_ge)
        });
}

/// Whether two values are equal; values of different kinds cannot be asked.
pub(super) fn equal(a: &Dynamic, b: &Dynamic) -> Answer<bool> {
    equal_within(a, b, LIMITS.value_depth)
}

fn equal_within(a: &Dynamic, b: &Dynamic, depth: usize) -> Answer<bool> {
    if a.is_unit() || b.is_unit() {
        return Ok(a.is_unit() && b.is_unit());
    }
    if let (Ok(a), Ok(b)) = (a.as_int(), b.as_int()) {
        return Ok(a == b);
    }
    if let (Ok(a), Ok(b)) = (a.as_bool(), b.as_bool()) {
        return Ok(a == b);
    }
    if let (Ok(a), Ok(b)) = (a.as_immutable_string_ref(), b.as_immutable_string_ref()) {
        return Ok(*a == *b);
    }
    let below = depth.checked_sub(1).ok_or_else(|| too_large("nesting"));
    if let (Ok(a), Ok(b)) = (a.as_array_ref(), b.as_array_ref()) {
        let below = below?;
        return all_equal(a.len() == b.len(), a.iter().zip(b.iter()), below);
    }
    if let (Ok(a), Ok(b)) = (a.as_map_ref(), b.as_map_ref()) {
        let below = below?;
        return all_equal(a.keys().eq(b.keys()), a.values().zip(b.values()), below);
    }
    Err(mismatch(format!(
        "cannot compare {} with {}",
        kind(a),
        kind(b)
    )))
}

fn all_equal<'a>(
    alike: bool,
    mut pairs: impl Iterator<Item = (&'a Dynamic, &'a Dynamic)>,
    depth: usize,
) -> Answer<bool> {
    if !alike {
        return Ok(false);
    }
    pairs.try_fold(true, |same, (a, b)| Ok(equal_within(a, b, depth)? && same))
}

/// Which of two numbers or texts comes first; texts go by their code points.
pub(super) fn order(a: &Dynamic, b: &Dynamic) -> Answer<Ordering> {
    if let (Ok(a), Ok(b)) = (a.as_int(), b.as_int()) {
        return Ok(a.cmp(&b));
    }
    if let (Ok(a), Ok(b)) = (a.as_immutable_string_ref(), b.as_immutable_string_ref()) {
        return Ok(a.as_str().cmp(b.as_str()));
    }
    Err(mismatch(format!(
        "cannot order {} and {}",
        kind(a),
        kind(b)
    )))
}

fn add(a: Dynamic, b: Dynamic) -> Answer<Dynamic> {
    if let (Ok(a), Ok(b)) = (a.as_immutable_string_ref(), b.as_immutable_string_ref()) {
        return joined(&[a.as_str(), b.as_str()]).map(Dynamic::from);
    }
    if a.is_array() && b.is_array() {
        let mut all = a.into_array().unwrap_or_default();
        let more = b.into_array().unwrap_or_default();
        fits(all.len() + more.len(), LIMITS.list, LIST)?;
        all.extend(more);
        return Ok(Dynamic::from_array(all));
    }
    if let (Ok(a), Ok(b)) = (a.as_int(), b.as_int()) {
        return whole(a.checked_add(b)).map(Dynamic::from_int);
    }
    refuse("+", &a, &b)
}

/// Texts one after the other, within the limit.
pub(super) fn joined(parts: &[&str]) -> Answer<ImmutableString> {
    fits(parts.iter().map(|part| part.len()).sum(), LIMITS.text, TEXT)?;
    Ok(parts.concat().into())
}

fn divide(a: i64, b: i64) -> Answer<i64> {
    let b = divisor(b)?;
    match a.checked_rem(b) {
        Some(0) => whole(a.checked_div(b)),
        Some(_) => Err(arithmetic_error(&format!(
            "{a} / {b} is no whole number: say how to round (div_floor, div_ceil, div_round)"
        ))),
        None => whole(None),
    }
}

/// A number to divide by.
pub(super) fn divisor(b: i64) -> Answer<i64> {
    if b == 0 {
        Err(arithmetic_error("division by zero"))
    } else {
        Ok(b)
    }
}

/// A number that may have been too large for its 64 bits.
pub(super) fn whole(value: Option<i64>) -> Answer<i64> {
    value.ok_or_else(|| arithmetic_error("the number is too large"))
}

fn refuse(op: &str, a: &Dynamic, b: &Dynamic) -> Answer<Dynamic> {
    Err(mismatch(format!(
        "`{op}` cannot take {} and {}",
        kind(a),
        kind(b)
    )))
}

/// The list of a value.
pub(super) fn list(value: &Dynamic) -> Answer<Array> {
    value
        .as_array_ref()
        .map(|items| items.clone())
        .map_err(|_| mismatch(format!("expected a list, found {}", kind(value))))
}

/// What rhai's own checks call a text in [`EvalAltResult::ErrorDataTooLarge`].
pub(super) const TEXT: &str = "Length of string";
/// What rhai's own checks call a list.
pub(super) const LIST: &str = "Size of array/BLOB";

/// Refuses a size before anything of that size exists.
pub(super) fn fits(size: usize, limit: usize, what: &str) -> Answer<()> {
    if size > limit {
        Err(too_large(what))
    } else {
        Ok(())
    }
}

pub(super) fn too_large(what: &str) -> Box<EvalAltResult> {
    EvalAltResult::ErrorDataTooLarge(what.to_owned(), Position::NONE).into()
}

/// An error about kinds of values, with its whole message.
pub(super) fn mismatch(message: String) -> Box<EvalAltResult> {
    EvalAltResult::ErrorMismatchDataType(message, String::new(), Position::NONE).into()
}

fn arithmetic_error(message: &str) -> Box<EvalAltResult> {
    EvalAltResult::ErrorArithmetic(message.to_owned(), Position::NONE).into()
}
