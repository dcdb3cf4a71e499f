//! The functions that every script has: few, pure, and none that can make something huge.

use rhai::{Array, Dynamic, Engine, EvalAltResult, ImmutableString, Map, Position};

use super::limits::LIMITS;
use super::operators::{Answer, LIST, divisor, equal, fits, joined, list, mismatch, order, whole};
use super::value::kind;

/// Name and number of arguments of each function; `x.f(y)` is `f(x, y)`.
pub(super) const FUNCTIONS: [(&str, usize); 30] = [
    ("abs", 1),
    ("contains", 2),
    ("div_ceil", 2),
    ("div_floor", 2),
    ("div_round", 2),
    ("ends_with", 2),
    ("exists", 1),
    ("first", 1),
    ("index_of", 2),
    ("is_empty", 1),
    ("join", 2),
    ("keys", 1),
    ("last", 1),
    ("len", 1),
    ("max", 1),
    ("max", 2),
    ("min", 1),
    ("min", 2),
    ("push", 2),
    ("put", 3),
    ("reversed", 1),
    ("sorted", 1),
    ("split", 2),
    ("starts_with", 2),
    ("sub_text", 3),
    ("sum", 1),
    ("to_number", 1),
    ("to_text", 1),
    ("trim", 1),
    ("values", 1),
];

/// Those that change their first argument, which must be a plain variable.
pub(super) const CHANGING: [&str; 2] = ["push", "put"];

/// Registers all functions.
pub(super) fn register(engine: &mut Engine) {
    numbers(engine);
    texts(engine);
    lists(engine);
    engine
        .register_fn("exists", |value: Dynamic| !value.is_unit())
        .register_fn("len", |value: Dynamic| size(&value))
        .register_fn("is_empty", |value: Dynamic| {
            size(&value).map(|size| size == 0)
        })
        .register_fn("contains", |set: Dynamic, item: Dynamic| {
            contains(&set, &item)
        })
        .register_fn(
            "put",
            |map: &mut Map, key: ImmutableString, value: Dynamic| {
                map.insert(key.as_str().into(), value);
            },
        )
        .register_fn("keys", |map: Map| -> Array {
            map.keys()
                .map(|key| ImmutableString::from(key.as_str()).into())
                .collect()
        })
        .register_fn("values", |map: Map| -> Array {
            map.into_values().collect()
        });
    engine
        .register_iterator::<Array>()
        .register_iterator::<std::ops::Range<i64>>()
        .register_iterator::<std::ops::RangeInclusive<i64>>();
}

fn numbers(engine: &mut Engine) {
    engine
        .register_fn("abs", |value: i64| whole(value.checked_abs()))
        .register_fn("div_floor", div_floor)
        .register_fn("div_ceil", |a: i64, b: i64| {
            let down = div_floor(a, b)?;
            whole(down.checked_add(i64::from(a.checked_rem(b) != Some(0))))
        })
        .register_fn("div_round", div_round)
        .register_fn("min", |a: Dynamic, b: Dynamic| {
            order(&a, &b).map(|found| if found.is_gt() { b } else { a })
        })
        .register_fn("max", |a: Dynamic, b: Dynamic| {
            order(&a, &b).map(|found| if found.is_lt() { b } else { a })
        })
        .register_fn("to_text", |value: i64| {
            ImmutableString::from(value.to_string())
        })
        .register_fn("to_number", |text: ImmutableString| {
            let number = text.parse::<i64>();
            number.map_err(|_| mismatch(format!("{text:?} is no whole number")))
        });
}

/// The quotient rounded down, also below zero.
fn div_floor(a: i64, b: i64) -> Answer<i64> {
    let b = divisor(b)?;
    let quotient = whole(a.checked_div(b))?;
    let inexact = a.checked_rem(b) != Some(0);
    Ok(quotient - i64::from(inexact && (a < 0) != (b < 0)))
}

/// The quotient rounded to the nearest, halves away from zero.
fn div_round(a: i64, b: i64) -> Answer<i64> {
    let (wide_a, wide_b) = (i128::from(a), i128::from(divisor(b)?));
    let size = (2 * wide_a.abs() + wide_b.abs()) / (2 * wide_b.abs());
    let signed = if (a < 0) == (b < 0) { size } else { -size };
    whole(i64::try_from(signed).ok())
}

fn texts(engine: &mut Engine) {
    engine
        .register_fn(
            "starts_with",
            |text: ImmutableString, part: ImmutableString| text.starts_with(part.as_str()),
        )
        .register_fn(
            "ends_with",
            |text: ImmutableString, part: ImmutableString| text.ends_with(part.as_str()),
        )
        .register_fn("trim", |text: ImmutableString| {
            ImmutableString::from(text.trim())
        })
        .register_fn("sub_text", |text: ImmutableString, start: i64, len: i64| {
            let size = |value: i64| usize::try_from(value).unwrap_or(0);
            let part: String = text.chars().skip(size(start)).take(size(len)).collect();
            ImmutableString::from(part)
        })
        .register_fn(
            "split",
            |text: ImmutableString, mark: ImmutableString| -> Answer<Array> {
                if mark.is_empty() {
                    return Err(mismatch("`split` needs a text to split at".to_owned()));
                }
                fits(text.matches(mark.as_str()).count() + 1, LIMITS.list, LIST)?;
                let parts = text.split(mark.as_str());
                Ok(parts
                    .map(|part| ImmutableString::from(part).into())
                    .collect())
            },
        )
        .register_fn(
            "join",
            |items: Array, mark: ImmutableString| -> Answer<ImmutableString> {
                let texts: Vec<ImmutableString> = items.iter().map(text).collect::<Answer<_>>()?;
                let mut parts = Vec::with_capacity(texts.len() * 2);
                for (index, text) in texts.iter().enumerate() {
                    if index > 0 {
                        parts.push(mark.as_str());
                    }
                    parts.push(text.as_str());
                }
                joined(&parts)
            },
        );
}

fn text(value: &Dynamic) -> Answer<ImmutableString> {
    let found = value.as_immutable_string_ref().map(|text| text.clone());
    found.map_err(|_| mismatch(format!("expected a text, found {}", kind(value))))
}

fn lists(engine: &mut Engine) {
    engine
        .register_fn("push", |items: &mut Array, item: Dynamic| {
            fits(items.len() + 1, LIMITS.list, LIST).map(|()| items.push(item))
        })
        .register_fn("put", put)
        .register_fn("first", |items: Array| {
            items.into_iter().next().unwrap_or(Dynamic::UNIT)
        })
        .register_fn("last", |items: Array| {
            items.into_iter().next_back().unwrap_or(Dynamic::UNIT)
        })
        .register_fn("index_of", |items: Array, item: Dynamic| {
            position(&items, &item)
        })
        .register_fn("sum", |items: Array| {
            items
                .iter()
                .try_fold(0, |sum, item| whole(number(item)?.checked_add(sum)))
        })
        .register_fn("min", |items: Array| best(items, std::cmp::Ordering::is_lt))
        .register_fn("max", |items: Array| best(items, std::cmp::Ordering::is_gt))
        .register_fn("reversed", |items: Array| -> Array {
            items.into_iter().rev().collect()
        })
        .register_fn("sorted", sorted);
}

/// Replaces an entry that is there.
fn put(items: &mut Array, index: i64, value: Dynamic) -> Answer<()> {
    let size = items.len();
    let entry = usize::try_from(index)
        .ok()
        .and_then(|index| items.get_mut(index));
    let outside = EvalAltResult::ErrorArrayBounds(size, index, Position::NONE);
    entry
        .map(|entry| *entry = value)
        .ok_or_else(|| outside.into())
}

fn number(value: &Dynamic) -> Answer<i64> {
    value
        .as_int()
        .map_err(|_| mismatch(format!("expected a number, found {}", kind(value))))
}

/// The first of those than which none is better; `()` of an empty list.
fn best(items: Array, better: fn(std::cmp::Ordering) -> bool) -> Answer<Dynamic> {
    let mut items = items.into_iter();
    let Some(first) = items.next() else {
        return Ok(Dynamic::UNIT);
    };
    order(&first, &first)?;
    items.try_fold(first, |best, item| {
        Ok(if better(order(&item, &best)?) {
            item
        } else {
            best
        })
    })
}

fn sorted(items: Array) -> Answer<Array> {
    if let Some(first) = items.first() {
        items
            .iter()
            .try_for_each(|item| order(first, item).map(|_| ()))?;
    }
    let mut items = items;
    items.sort_by(|a, b| order(a, b).unwrap_or(std::cmp::Ordering::Equal));
    Ok(items)
}

/// Where an equal item is, or `-1`.
fn position(items: &[Dynamic], item: &Dynamic) -> Answer<i64> {
    for (index, other) in items.iter().enumerate() {
        if equal(other, item)? {
            return Ok(i64::try_from(index).unwrap_or(i64::MAX));
        }
    }
    Ok(-1)
}

/// Entries of a list or a map, characters of a text.
fn size(value: &Dynamic) -> Answer<i64> {
    let size = if let Ok(text) = value.as_immutable_string_ref() {
        text.chars().count()
    } else if let Ok(map) = value.as_map_ref() {
        map.len()
    } else {
        list(value)?.len()
    };
    Ok(i64::try_from(size).unwrap_or(i64::MAX))
}

/// What `in` asks: an item of a list, a key of a map, a part of a text, a number of a range.
fn contains(set: &Dynamic, item: &Dynamic) -> Answer<bool> {
    if let Ok(items) = set.as_array_ref() {
        return position(&items, item).map(|found| found >= 0);
    }
    if let Ok(map) = set.as_map_ref() {
        return Ok(map.contains_key(text(item)?.as_str()));
    }
    if let Ok(whole) = set.as_immutable_string_ref() {
        return Ok(whole.contains(text(item)?.as_str()));
    }
    if let Some(range) = set.read_lock::<std::ops::Range<i64>>() {
        return Ok(range.contains(&number(item)?));
    }
    if let Some(range) = set.read_lock::<std::ops::RangeInclusive<i64>>() {
        return Ok(range.contains(&number(item)?));
    }
    Err(mismatch(format!("nothing can be in {}", kind(set))))
}
