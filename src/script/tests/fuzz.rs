//! Scripts that nobody would write.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn no_heap_of_words_breaks_the_fence(words in prop::collection::vec(prop::sample::select(WORDS.as_slice()), 0..14)) {
        let text = format!("const C = 1;\n/// x\nfn f() {{ let a = 1; let l = [1]; let m = #{{}}; {} }}\n/// x\nfn g(x) {{ x }}", words.join(" "));
        let (all, faults) = compile(&sources(&[("s", &text)]));
        prop_assert_eq!(all.is_none(), faults.iter().any(|fault| fault.fatal));
        for fault in faults {
            prop_assert!(text.get(fault.at.clone()).is_some(), "{:?}", fault);
        }
        if let Some(all) = all {
            drop(all.call("s", "f", &[]));
        }
    }
}

/// Texts of expressions that mostly compile and mostly fail.
fn expressions() -> impl Strategy<Value = String> {
    prop::sample::select(ATOMS)
        .prop_map(str::to_owned)
        .prop_recursive(4, 24, 2, |inner| {
            (prop::sample::select(FRAMES), inner.clone(), inner)
                .prop_map(|(frame, x, y)| frame.replace('X', &x).replace('Y', &y))
        })
}

proptest! {
    #[test]
    fn no_expression_breaks_the_fence(all in prop::collection::vec((
        prop::sample::select(vec!["E;", "a = E;", "l.push(E);", "m.a = E;", "m.put(\"k\", E);", "l.put(0, E);",
            "for i in E { l.push(i); }", "while E { a += 1; }", "if E { throw E; }", "a += E;", "t += E;", "return E;"]),
        expressions(),
    ), 1..6)) {
        let body: String = all.iter().map(|(frame, text)| frame.replace('E', text)).collect();
        let text = format!("const C = [1];\n/// x\nfn f() {{ let a = 1; let l = [1]; let m = #{{}}; let t = \"x\"; {body} }}\n/// x\nfn g(x) {{ x }}");
        let (scripts, faults) = compile(&sources(&[("s", &text)]));
        prop_assert_eq!(scripts.is_none(), faults.iter().any(|fault| fault.fatal));
        if let Some(scripts) = scripts {
            prop_assert_eq!(scripts.call("s", "f", &[]), scripts.call("s", "f", &[]));
        }
    }
}

/// What the heaps above are made of.
const WORDS: [&str; 84] = [
    "a",
    "l",
    "m",
    "x",
    "f",
    "g",
    "(",
    ")",
    "()",
    "[",
    "]",
    "{",
    "}",
    "#{",
    ";",
    ";",
    ";",
    ",",
    ".",
    "..",
    "..=",
    "::",
    "=",
    "+=",
    "/=",
    "==",
    "<",
    "!",
    "-",
    "+",
    "*",
    "/",
    "%",
    "&&",
    "||",
    "in",
    "!in",
    "let",
    "const",
    "if",
    "else",
    "while",
    "loop",
    "for",
    "do",
    "until",
    "break",
    "continue",
    "return",
    "throw",
    "1",
    "-2",
    "\"t\"",
    "\"客\"",
    "true",
    "len",
    "push",
    "put",
    "sum",
    "split",
    "join",
    "min",
    "g(1)",
    "l.push(1)",
    "m.a",
    "global::C",
    "a[0]",
    "l[0]",
    "m.put(\"a\", 1)",
    "`",
    "${",
    "'",
    "\"",
    "//",
    "/*",
    "\n",
    "??",
    "?.",
    "|",
    "fn",
    "private",
    "switch",
    "=>",
    "i",
];

/// The smallest expressions.
const ATOMS: &[&str] = &[
    "a",
    "l",
    "m",
    "t",
    "0",
    "1",
    "-2",
    "9223372036854775807",
    "\"客\"",
    "true",
    "()",
    "[]",
    "[1, 2]",
    "#{a: 1}",
    "1..3",
    "0..=2",
    "global::C",
    "g",
];

/// Expressions of others, X and Y.
const FRAMES: &[&str] = &[
    "(X + Y)",
    "(X - Y)",
    "(X * Y)",
    "(X / Y)",
    "(X % Y)",
    "(X == Y)",
    "(X != Y)",
    "(X < Y)",
    "(X && Y)",
    "(X || Y)",
    "(X in Y)",
    "(X !in Y)",
    "(X ?? Y)",
    "(X)[Y]",
    "(X)?[Y]",
    "(X).a",
    "(X)?.a",
    "!(X)",
    "-(X)",
    "len(X)",
    "sum(X)",
    "min(X)",
    "max(X, Y)",
    "sorted(X)",
    "reversed(X)",
    "first(X)",
    "last(X)",
    "index_of(X, Y)",
    "keys(X)",
    "values(X)",
    "trim(X)",
    "split(X, Y)",
    "join(X, Y)",
    "sub_text(X, Y, 2)",
    "div_floor(X, Y)",
    "div_ceil(X, Y)",
    "div_round(X, Y)",
    "abs(X)",
    "to_text(X)",
    "to_number(X)",
    "exists(X)",
    "g(X)",
    "[X, Y]",
    "#{a: X, b: Y}",
    "(if X { Y } else { a })",
    "(X)..(Y)",
    "{ let z = X; z }",
    "starts_with(X, Y)",
    "(X).contains(Y)",
    "is_empty(X)",
];
