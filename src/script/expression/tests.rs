//! What conditions may say, what they may not, and where they say it.

use proptest::prelude::*;

use super::*;

fn ok(text: &str) -> Expr {
    parse(text).unwrap_or_else(|fault| panic!("{text}: {fault} at {:?}", fault.at()))
}

fn node(text: &str) -> Node {
    ok(text).node
}

fn names(text: &str) -> Vec<String> {
    match node(text) {
        Node::Path(segments) => segments.into_iter().map(|segment| segment.name).collect(),
        other => panic!("{text}: {other:?}"),
    }
}

/// The same tree without places.
fn bare(mut expr: Expr) -> Expr {
    fn strip(expr: &mut Expr) {
        expr.at = 0..0;
        match &mut expr.node {
            Node::Path(segments) => segments.iter_mut().for_each(|segment| segment.at = 0..0),
            Node::Text(_) | Node::Int(_) | Node::Bool(_) => {}
            Node::Not(inner) | Node::Negative(inner) => strip(inner),
            Node::List(parts) | Node::All(parts) | Node::Any(parts) => {
                parts.iter_mut().for_each(strip);
            }
            Node::Call { args, at, .. } => {
                *at = 0..0;
                args.iter_mut().for_each(strip);
            }
            Node::Compare { left, right, .. } | Node::Arithmetic { left, right, .. } => {
                strip(left);
                strip(right);
            }
            Node::In { item, set, .. } => {
                strip(item);
                strip(set);
            }
        }
    }
    strip(&mut expr);
    expr
}

#[test]
fn conditions_of_the_language_print_as_they_were_written() {
    for text in [
        "recognition.at in actor.recognition_month && !(visit.purpose in amount.received_purposes)",
        "owner.exists",
        "replacement.fault == \"serious\" || replacement.insists",
        "x !in y",
        "deal.at.day == actor.slept.day",
        "it.place > actor.place",
        "a.b - c.d >= amount.x",
        "evidence::grade(it.contacts, it.supports) == \"good\"",
        "visit.kind in [\"a\", \"b\"]",
        "actor.slept.day == recognition.day && owner.first_visit == actor.slept_in",
        "owner.last_follow_up in registration.week_before || owner.registered in registration.week_before",
        "a.b.c.d.e.f.g.h",
        "a - (b - c) * -d",
        "-5 < a && b <= -6",
        "(a || b) && c",
        "(a == b) == true",
        "!inside.exists",
        "!(!a)",
        "f()",
        "客户.存在 == \"当场成交\"",
        "x in []",
        "a && (b == c || !d) || e",
    ] {
        assert_eq!(ok(text).to_string(), text);
    }
}

#[test]
fn nothing_is_folded() {
    assert_eq!(ok("1 + 2 * 3 == 7").to_string(), "1 + 2 * 3 == 7");
    assert_eq!(ok("true && false").to_string(), "true && false");
    assert_eq!(
        ok("!true || \"a\" == \"a\"").to_string(),
        "!true || \"a\" == \"a\""
    );
    assert!(matches!(node("[1, 2]"), Node::List(items) if items.len() == 2));
}

#[test]
fn and_and_or_are_flat() {
    assert!(matches!(node("a && (b && c) && d"), Node::All(parts) if parts.len() == 4));
    assert!(matches!(node("(a || b) || (c || d)"), Node::Any(parts) if parts.len() == 4));
    assert!(matches!(node("a || b && c"), Node::Any(parts) if parts.len() == 2));
}

#[test]
fn in_is_known_by_how_it_is_written() {
    assert!(matches!(node("a in b"), Node::In { negated: false, .. }));
    assert!(matches!(node("a !in b"), Node::In { negated: true, .. }));
    assert!(matches!(node("!(a in b)"), Node::Not(_)));
    assert!(matches!(node("a !in b == true"), Node::Compare { .. }));
    let Node::In { item, set, .. } = node("a.x in b.y") else {
        panic!()
    };
    assert_eq!(
        (item.to_string(), set.to_string()),
        ("a.x".into(), "b.y".into())
    );
    assert!(
        matches!(node("contains(b, a)"), Node::Call { function, args, .. } if function == "contains" && args.len() == 2)
    );
}

#[test]
fn dots_chain_to_any_depth_that_is_allowed() {
    assert_eq!(names("owner"), ["owner"]);
    assert_eq!(names("a.b.c.d"), ["a", "b", "c", "d"]);
    assert_eq!(names("(a.b).c"), ["a", "b", "c"]);
    let deepest = ["x"; MAX_DEPTH + 1].join(".");
    assert_eq!(names(&deepest).len(), MAX_DEPTH + 1);
    assert!(matches!(
        parse(&format!("{deepest}.x")),
        Err(ExpressionFault::TooLarge { .. })
    ));
}

#[test]
fn calls_name_their_script() {
    let Node::Call {
        module,
        function,
        args,
        at,
    } = node("evidence::grade(it.a, 1)")
    else {
        panic!()
    };
    assert_eq!(module.as_deref(), Some("evidence"));
    assert_eq!((function.as_str(), args.len(), at), ("grade", 2, 0..15));
    assert_eq!(ok("evidence::grade(it.a, 1) == 2").at, 0..29);
    assert!(matches!(node("g(1)"), Node::Call { module: None, .. }));
}

#[test]
fn places_are_bytes_also_behind_chinese_text() {
    let text = "a.b == \"当场成交\" && deal.during.exists";
    let found = ok(text);
    let at: Vec<_> = paths(&found)
        .into_iter()
        .map(|path| &text[path[0].at.start..path[path.len() - 1].at.end])
        .collect();
    assert_eq!(at, ["a.b", "deal.during.exists"]);
    assert_eq!(found.at, 0..text.len());
    let Node::All(parts) = &found.node else {
        panic!()
    };
    assert_eq!(&text[parts[0].at.clone()], "a.b == \"当场成交\"");
    assert_eq!(&text[parts[1].at.clone()], "deal.during.exists");

    let lines = "a == \"一\\\"二\"\n  || 客.b.c in [\"三\"]";
    let found = ok(lines);
    let Node::Any(parts) = &found.node else {
        panic!()
    };
    let Node::In { item, set, .. } = &parts[1].node else {
        panic!()
    };
    assert_eq!(&lines[item.at.clone()], "客.b.c");
    assert_eq!(&lines[set.at.clone()], "[\"三\"]");
}

#[test]
fn places_take_the_brackets_along() {
    let text = "!(a || b) && ((c) || d)";
    let found = ok(text);
    assert_eq!(found.at, 0..text.len());
    let Node::All(parts) = &found.node else {
        panic!()
    };
    assert_eq!(&text[parts[0].at.clone()], "!(a || b)");
    assert_eq!(&text[parts[1].at.clone()], "(c) || d");
    assert_eq!(ok("f((a) + (b))").at, 0..12);
    assert_eq!(ok("- 5").at, 0..3);
}

#[test]
fn faults_stand_where_the_trouble_is() {
    let text = "x == \"客户\" && y = 3";
    let fault = parse(text).unwrap_err();
    assert_eq!(&text[fault.at()], "=");
    let text = "x == \"客户\" && \"开";
    let fault = parse(text).unwrap_err();
    assert!(matches!(fault, ExpressionFault::Syntax { .. }), "{fault:?}");
    assert!(fault.at().start >= text.len() - 4, "{fault:?}");
    let text = "客户.a == 2 3";
    assert_eq!(&text[parse(text).unwrap_err().at()], "3");
}

#[test]
fn what_is_no_condition_is_refused() {
    for (text, what) in REFUSED.iter().copied() {
        match parse(text) {
            Err(ExpressionFault::NotAnExpression {
                what: found,
                at,
                help,
            }) => {
                assert_eq!(found, what, "{text}");
                assert!(at.end > at.start && at.end <= text.len(), "{text}: {at:?}");
                assert!(!help.is_empty());
            }
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn what_is_not_rhai_is_a_syntax_fault() {
    for text in [
        "",
        "   ",
        "a ==",
        "(a",
        "a)",
        "a b",
        "== a",
        "a.",
        ".a",
        "f(a",
        "[a",
        "a === b",
        "a && ",
        "1 && a",
        "@",
        "a # b",
        "a -> b",
        "a ++ b",
        "99999999999999999999",
        "\"abc",
        "\"\\q\"",
        "''",
        "1a",
        "a,b",
        "x::",
        "::x",
        "a.b::c(1)",
        "a == 'abc'",
    ] {
        let fault = parse(text).expect_err(text);
        assert!(
            matches!(fault, ExpressionFault::Syntax { .. }),
            "{text}: {fault:?}"
        );
        assert!(fault.at().end <= text.len(), "{text}: {fault:?}");
    }
}

/// The words that rhai 1.27 keeps for itself, as its book and its lexer list them.
const WORDS: [&str; 86] = [
    "true",
    "false",
    "let",
    "const",
    "if",
    "else",
    "switch",
    "do",
    "while",
    "until",
    "loop",
    "for",
    "in",
    "continue",
    "break",
    "return",
    "throw",
    "try",
    "catch",
    "fn",
    "private",
    "import",
    "export",
    "as",
    "this",
    "var",
    "static",
    "is",
    "goto",
    "exit",
    "match",
    "case",
    "default",
    "void",
    "null",
    "nil",
    "public",
    "protected",
    "new",
    "use",
    "with",
    "module",
    "package",
    "super",
    "thread",
    "spawn",
    "go",
    "await",
    "async",
    "sync",
    "yield",
    "shared",
    "print",
    "debug",
    "type_of",
    "eval",
    "Fn",
    "call",
    "curry",
    "is_def_fn",
    "is_def_var",
    "is_shared",
    "begin",
    "end",
    "unless",
    "owner",
    "actor",
    "it",
    "deal",
    "claim",
    "visit",
    "amount",
    "receiver",
    "current",
    "chosen",
    "named",
    "closer",
    "holder",
    "passed",
    "staff",
    "customer",
    "exists",
    "day",
    "at",
    "count",
    "state",
];

#[test]
fn reserved_words_are_those_that_rhai_refuses() {
    let rhai = rhai::Engine::new_raw();
    let mut kept = 0;
    for word in WORDS {
        let literal = word == "true" || word == "false";
        let root = literal || rhai.compile_expression(word).is_err();
        let segment = rhai.compile_expression(format!("a.{word}")).is_err();
        assert_eq!(is_reserved(word), root || segment, "{word}");
        kept += usize::from(is_reserved(word));
    }
    assert!(kept > 50, "{kept}");
    for word in [
        "new", "with", "void", "default", "match", "case", "shared", "until", "go",
    ] {
        assert!(is_reserved(word), "{word}");
    }
    for word in [
        "",
        " ",
        "a b",
        "owner",
        "+",
        "1",
        "\"a\"",
        "客户",
        "new_customer",
        "inn",
        "`${",
    ] {
        assert!(!is_reserved(word), "{word}");
    }
}

#[test]
fn reserved_words_are_named() {
    for word in WORDS.into_iter().filter(|word| is_reserved(word)) {
        let text = format!("客.{word} == 1");
        match parse(&text) {
            Err(ExpressionFault::Reserved { word: found, at }) => {
                assert_eq!((found.as_str(), &text[at]), (word, word));
            }
            other => panic!("{text}: {other:?}"),
        }
    }
    for text in [
        "new.exists",
        "a == default",
        "until.at in b",
        "return == 1",
        "this.a",
        "eval(1)",
    ] {
        assert!(
            matches!(parse(text), Err(ExpressionFault::Reserved { .. })),
            "{text}"
        );
    }
}

#[test]
fn size_and_depth_have_an_end_on_a_small_stack() {
    let small = std::thread::Builder::new().stack_size(2 << 20);
    let run = small.spawn(|| {
        let long = format!("a == \"{}\"", "x".repeat(MAX_TEXT));
        assert!(matches!(
            parse(&long),
            Err(ExpressionFault::TooLarge { .. })
        ));
        for text in [
            "(".repeat(100_000),
            "(".repeat(4000),
            "[".repeat(4000),
            format!("{}a", "!".repeat(4000)),
            format!("{}a", "- ".repeat(2000)),
            "f(".repeat(1365),
            format!("a{}", ".a".repeat(2000)),
            format!("a{}", "&&a".repeat(1300)),
            format!("a{}", "+a".repeat(2000)),
            format!("a{}", "+a".repeat(MAX_DEPTH)),
            format!("{}a{}", "(".repeat(33), ")".repeat(33)),
        ] {
            assert!(
                matches!(parse(&text), Err(ExpressionFault::TooLarge { .. })),
                "{text:.20}"
            );
        }
        assert!(parse(&format!("{}a{}", "(".repeat(32), ")".repeat(32))).is_ok());
        let worst = "a+a*!-(a||a&&a==a<".repeat(30);
        assert!(parse(&format!("{worst}a{}", ")".repeat(30))).is_err());
        assert!(parse(&format!("a{}", "&&a".repeat(200))).is_ok());
        assert!(parse(&format!("a{}", "+a".repeat(MAX_DEPTH - 1))).is_ok());
    });
    run.unwrap().join().unwrap();
}

fn trees() -> impl Strategy<Value = Expr> {
    let plain = |node| Expr { node, at: 0..0 };
    let name = "[a-z][a-z_]{0,5}|客户".prop_filter("reserved", |name| !is_reserved(name));
    let segment = name.prop_map(|name| Segment { name, at: 0..0 });
    let path = prop::collection::vec(segment, 1..4);
    let leaf = prop_oneof![
        path.clone().prop_map(Node::Path),
        any::<String>().prop_map(Node::Text),
        (i64::MIN + 1..=i64::MAX).prop_map(Node::Int),
        any::<bool>().prop_map(Node::Bool),
    ]
    .prop_map(plain);
    leaf.prop_recursive(4, 40, 4, move |inner| {
        let boxed = inner.clone().prop_map(Box::new);
        let some = prop::collection::vec(inner.clone(), 0..4);
        let logical = path.clone().prop_map(move |path| plain(Node::Path(path)));
        let two = prop::collection::vec(logical, 2..4);
        let compare = prop_oneof![Just(CompareOp::Equal), Just(CompareOp::LessOrEqual)];
        let sum = prop_oneof![
            Just(ArithmeticOp::Add),
            Just(ArithmeticOp::Subtract),
            Just(ArithmeticOp::Multiply)
        ];
        prop_oneof![
            some.clone().prop_map(Node::List),
            boxed.clone().prop_map(Node::Not),
            boxed
                .clone()
                .prop_filter("a sign is part of a number", |e| !matches!(
                    e.node,
                    Node::Int(_)
                ))
                .prop_map(Node::Negative),
            two.clone().prop_map(Node::All),
            two.prop_map(Node::Any),
            (compare, boxed.clone(), boxed.clone()).prop_map(|(op, left, right)| Node::Compare {
                op,
                left,
                right
            }),
            (sum, boxed.clone(), boxed.clone()).prop_map(|(op, left, right)| Node::Arithmetic {
                op,
                left,
                right
            }),
            (boxed.clone(), boxed, any::<bool>()).prop_map(|(item, set, negated)| Node::In {
                item,
                set,
                negated
            }),
            some.prop_map(|args| Node::Call {
                module: Some("m".to_owned()),
                function: "f".to_owned(),
                args,
                at: 0..0,
            }),
        ]
        .prop_map(plain)
    })
}

/// Every range lies in the text, and every path's range holds its last name.
fn well_placed(expr: &Expr, text: &str) {
    assert!(
        text.get(expr.at.clone())
            .is_some_and(|part| !part.is_empty()),
        "{expr:?}"
    );
    for path in paths(expr) {
        for segment in path {
            assert_eq!(&text[segment.at.clone()], segment.name);
        }
    }
}

proptest! {
    #[test]
    fn what_is_printed_is_read_back(tree in trees()) {
        let text = tree.to_string();
        prop_assume!(text.len() <= MAX_TEXT);
        let read = parse(&text).map_err(|fault| TestCaseError::fail(format!("{text}: {fault}")))?;
        well_placed(&read, &text);
        prop_assert_eq!(bare(read), tree);
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        if let Err(fault) = parse(&text) {
            prop_assert!(text.get(fault.at()).is_some());
        }
    }

    #[test]
    fn no_heap_of_words_panics(words in prop::collection::vec(prop::sample::select(vec![
        "a", "b.c", ".", "(", ")", "[", "]", "!", "-", "+", "*", "==", "<", "&&", "||", " in ",
        " !in ", ",", "::", "f", "()", "\"x\"", "\"客\"", "1", "-2", " ", "\n", "`", "${", "}", "'",
        "#", "{", "if", "this", "call", "/*", "//", "\\", "|", "=", ";", "?", "..", "\"", "_", "0x",
        "\r", "true", "switch", "=>", "new", "#\"", "curry", "Fn",
    ]), 0..12)) {
        let text = words.concat();
        match parse(&text) {
            Ok(expr) => well_placed(&expr, &text),
            Err(fault) => prop_assert!(text.get(fault.at()).is_some(), "{}: {:?}", text, fault),
        }
    }
}

/// What is rhai but no condition, and what it is called.
const REFUSED: &[(&str, &str)] = &[
    ("a = b", "an assignment"),
    ("a += 1", "an assignment"),
    ("a; b", "a second statement"),
    ("a;", "a second statement"),
    ("{ a }", "a block"),
    ("if a { b } else { c }", "a choice"),
    ("switch a { 1 => 2 }", "a choice"),
    ("while a { }", "a loop"),
    ("loop { }", "a loop"),
    ("for x in y { }", "a loop"),
    ("|x| x + 1", "`|`"),
    ("a | b", "`|`"),
    ("a & b", "`&`"),
    ("a[0]", "an index in square brackets"),
    ("\"abc\"[0]", "an index in square brackets"),
    ("a?[0]", "`?`"),
    ("#{ a: 1 }", "a map"),
    ("`a ${b} c`", "a text with values inside"),
    ("`a`", "a text in these quotes"),
    ("#\"a\"#", "a text in these quotes"),
    ("a.b(c)", "a method call"),
    ("a.b()", "a method call"),
    ("a.len() > 1", "a method call"),
    ("1.5 < a", "a number with a decimal point"),
    ("a > 1.", "a number with a decimal point"),
    ("0xff", "a number to another base"),
    ("'a'", "a text in single quotes"),
    ("a ?? b", "`??`"),
    ("a?.b", "`?`"),
    ("a / 3", "`/`"),
    ("a % 3", "`%`"),
    ("a ** 3", "`**`"),
    ("a << 3", "`<<`"),
    ("a ^ b", "`^`"),
    ("1..3", "a range"),
    ("a in 1..=3", "a range"),
    ("()", "`()`"),
    ("a == ()", "`()`"),
    ("+a", "`+` before a value"),
    ("f!(a)", "`!` after a name"),
    ("a::b", "a name in a module"),
    ("a::b::c(1)", "a module in a module"),
    ("\"a\".b", "a dot after this"),
    ("f(a).b", "a dot after this"),
    ("a // b", "a comment"),
    ("/* a */ b", "a comment"),
    ("a /* 客户 */ == b", "a comment"),
    ("let x = 1", "`let`"),
    ("fn f() { 1 }", "`fn`"),
    ("return a", "`return`"),
    ("import \"a\" as b", "`import`"),
];
