//! The fence from both sides: what scripts can do, and the edge of every limit.

use super::*;

fn sources<'a>(list: &[(&'a str, &'a str)]) -> Vec<ScriptSource<'a>> {
    list.iter()
        .map(|(module, text)| ScriptSource { module, text })
        .collect()
}

fn scripts(list: &[(&str, &str)]) -> Scripts {
    let (scripts, faults) = compile(&sources(list));
    scripts.unwrap_or_else(|| panic!("{faults:#?}"))
}

/// One script `s` with one function `f`, called without arguments.
fn run(text: &str) -> Result<ScriptValue, ScriptError> {
    scripts(&[("s", text)]).call("s", "f", &[])
}

/// The same of a body.
fn body(text: &str) -> Result<ScriptValue, ScriptError> {
    run(&format!("/// Test.\nfn f() {{ {text} }}"))
}

fn limit(text: &str) -> Limit {
    match body(text) {
        Err(ScriptError {
            kind: ScriptErrorKind::Limit(limit),
            ..
        }) => limit,
        other => panic!("{text}: {other:?}"),
    }
}

fn failure(text: &str) -> ScriptErrorKind {
    body(text).expect_err(text).kind
}

fn codes(text: &str) -> Vec<&'static str> {
    let (_, faults) = compile(&sources(&[("s", text)]));
    faults.into_iter().map(|fault| fault.code).collect()
}

fn small_stack(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(run)
        .unwrap()
        .join()
        .unwrap();
}

fn text(text: &str) -> ScriptValue {
    ScriptValue::Text(text.to_owned())
}

#[test]
fn scripts_can_be_shared_by_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Scripts>();
}

#[test]
fn a_function_answers_and_is_found() {
    let grade = "const ENOUGH = 2;\n\n/// How well a claim is supported.\nfn grade(contacts, supports) {\n    if contacts >= global::ENOUGH && supports > 0 { \"good\" } else { \"poor\" }\n}\n";
    let all = scripts(&[("evidence", grade)]);
    let info = all.function("evidence", "grade").unwrap();
    assert_eq!(info.params, ["contacts", "supports"]);
    assert_eq!(&grade[info.at.clone()], "grade");
    assert_eq!(all.functions("evidence").collect::<Vec<_>>(), ["grade"]);
    assert_eq!(all.modules().collect::<Vec<_>>(), ["evidence"]);
    let call = |a, b| {
        all.call(
            "evidence",
            "grade",
            &[ScriptValue::Int(a), ScriptValue::Int(b)],
        )
    };
    for _ in 0..3 {
        assert_eq!(call(2, 1), Ok(text("good")));
        assert_eq!(call(1, 1), Ok(text("poor")));
    }
    assert_eq!(
        all.call("evidence", "grade", &[]).unwrap_err().kind,
        ScriptErrorKind::UnknownFunction
    );
    assert_eq!(
        all.call("evidence", "nope", &[]).unwrap_err().kind,
        ScriptErrorKind::UnknownFunction
    );
}

#[test]
fn every_value_goes_in_and_comes_out() {
    let all = scripts(&[("s", "/// The same.\nfn same(x) { x }")]);
    let map = ScriptValue::Map(vec![
        ("a".into(), ScriptValue::None),
        (
            "客户".into(),
            ScriptValue::List(vec![ScriptValue::Bool(true), text("当场")]),
        ),
    ]);
    for value in [ScriptValue::None, ScriptValue::Int(i64::MIN), text(""), map] {
        assert_eq!(
            all.call("s", "same", std::slice::from_ref(&value)),
            Ok(value)
        );
    }
    let unsorted = ScriptValue::Map(vec![
        ("b".into(), ScriptValue::Int(1)),
        ("a".into(), ScriptValue::Int(2)),
    ]);
    let ScriptValue::Map(sorted) = all.call("s", "same", &[unsorted]).unwrap() else {
        panic!()
    };
    assert_eq!(sorted[0].0, "a");
    let nested = |depth| (0..depth).fold(ScriptValue::None, |v, _| ScriptValue::List(vec![v]));
    assert!(all.call("s", "same", &[nested(16)]).is_ok());
    assert_eq!(
        all.call("s", "same", &[nested(17)]).unwrap_err().kind,
        ScriptErrorKind::Limit(Limit::Nesting)
    );
    let long = |size| text(&"x".repeat(size));
    assert!(all.call("s", "same", &[long(LIMITS.text)]).is_ok());
    assert_eq!(
        all.call("s", "same", &[long(LIMITS.text + 1)])
            .unwrap_err()
            .kind,
        ScriptErrorKind::Limit(Limit::Text)
    );
    let many = |size| ScriptValue::List(vec![ScriptValue::None; size]);
    assert!(all.call("s", "same", &[many(LIMITS.list)]).is_ok());
    assert_eq!(
        all.call("s", "same", &[many(LIMITS.list + 1)])
            .unwrap_err()
            .kind,
        ScriptErrorKind::Limit(Limit::List)
    );
}

#[test]
fn scripts_call_each_other_without_circles() {
    let a = "/// Twice.\nfn twice(x) { b::add(x, x) }";
    let b = "const NONE = 0;\n/// Sum.\nfn add(x, y) { x + y + global::NONE + hidden() }\n/// Hidden.\nprivate fn hidden() { c::zero() }";
    let c = "const NONE = 0;\n/// Nothing.\nfn zero() { global::NONE }";
    let all = scripts(&[("a", a), ("b", b), ("c", c)]);
    assert_eq!(
        all.call("a", "twice", &[ScriptValue::Int(21)]),
        Ok(ScriptValue::Int(42))
    );
    assert_eq!(all.function("b", "hidden"), None);

    let back = "/// Circle.\nfn zero() { a::twice(1) }";
    let (none, faults) = compile(&sources(&[("a", a), ("b", b), ("c", back)]));
    assert!(none.is_none());
    assert_eq!(
        faults
            .iter()
            .filter(|fault| fault.code == "script-cycle")
            .count(),
        3
    );
    assert_eq!(&back[faults.last().unwrap().at.clone()], "a");

    assert_eq!(codes("/// x\nfn f() { s::f() }"), ["script-cycle"]);
    assert_eq!(codes("/// x\nfn f() { t::f() }"), ["script-unknown-module"]);
    for call in ["b::hidden()", "b::nope(1)", "b::add(1)"] {
        let text = format!("/// x\nfn f() {{ {call} }}");
        let (_, faults) = compile(&sources(&[("b", b), ("c", c), ("z", &text)]));
        assert_eq!(faults[0].code, "script-unknown-function", "{call}");
        assert_eq!(faults[0].module, "z");
    }
}

#[test]
fn different_kinds_are_never_compared() {
    use ScriptErrorKind::WrongType;
    for text in [
        "let a = \"1\"; a == 1",
        "let a = \"1\"; a != 1",
        "let a = \"1\"; a < 1",
        "let a = true; a == 1",
        "let a = [1]; a == [\"1\"]",
        "let a = #{x: 1}; a == #{x: true}",
        "let a = [1]; a == 1",
        "let a = [\"1\"]; 1 in a",
        "let a = true; a < false",
        "let a = (); a < 1",
        "let a = 1..2; a == 1",
        "let a = \"a\"; a + 1",
        "let a = \"a\"; a + ()",
        "let a = \"a\"; a += (); a",
        "let a = \"a\"; a += 1; a",
        "let a = 1; a += \"a\"; a",
        "let a = \"a\"; a[0] == a",
        "let a = 1; if a { 2 }",
        "let a = 1; !a",
        "let a = 1; a && true",
        "min(1, \"a\")",
        "max([1, \"a\"])",
        "sorted([1, \"a\"])",
        "sorted([true])",
        "sum([1, \"a\"])",
        "len(1)",
        "\"a\" in 1",
        "1 in \"a\"",
        "let n = 5; for x in n { }",
        "let n = \"abc\"; for x in n { }",
        "let a = 5; a.b",
        "let a = [5]; a.len",
    ] {
        assert_eq!(failure(text), WrongType, "{text}");
    }
    assert_eq!(body("let a = 1; a == ()"), Ok(ScriptValue::Bool(false)));
    assert_eq!(
        body("let a = (); a == () && !(a != ())"),
        Ok(ScriptValue::Bool(true))
    );
    assert_eq!(
        body("[1, [2]] == [1, [2]] && #{a: 1} != #{b: 1}"),
        Ok(ScriptValue::Bool(true))
    );
    assert_eq!(
        codes("/// x\nfn f() { \"1\" == 1 }"),
        ["script-compare-types"]
    );
}

#[test]
fn numbers_are_whole_and_never_lost() {
    use ScriptErrorKind::Arithmetic;
    for text in [
        "let a = 1; a / 3",
        "let a = 1; a /= 3; a",
        "1 / 0",
        "1 % 0",
        "9223372036854775807 + 1",
        "let a = 9223372036854775807; a += 1; a",
        "let a = 9223372036854775807; a *= 2; a",
        "-9223372036854775807 - 2",
        "9223372036854775807 * 2",
        "let a = -9223372036854775807 - 1; -a",
        "let a = -9223372036854775807 - 1; abs(a)",
        "let a = -9223372036854775807 - 1; a / -1",
        "let a = -9223372036854775807 - 1; a % -1",
        "let a = -9223372036854775807 - 1; div_floor(a, -1)",
        "let a = -9223372036854775807 - 1; div_round(a, -1)",
        "div_floor(1, 0)",
        "div_ceil(1, 0)",
        "div_round(1, 0)",
        "sum([9223372036854775807, 1])",
    ] {
        assert_eq!(failure(text), Arithmetic, "{text}");
    }
    let numbers = "[6 / 3, div_floor(7, 2), div_floor(-7, 2), div_ceil(7, 2), div_ceil(-7, 2), div_round(5, 2), div_round(-5, 2), div_round(7, 3), 7 % 3, abs(-3), div_ceil(6, 3), -7 % 3]";
    let found = body(numbers).unwrap();
    assert_eq!(
        found.to_string(),
        "[2, 3, -4, 4, -3, 3, -3, 2, 1, 3, 2, -1]"
    );
    assert_eq!(codes("/// x\nfn f(a) { a / 3 }"), ["script-division"]);
    assert!(
        scripts(&[("s", "/// x\nfn f(a) { a / 3 }")])
            .function("s", "f")
            .is_some()
    );
}

#[test]
fn the_library_is_small_and_works() {
    for (text, expected) in [
        ("len(\"客户\") + len([1]) + len(#{a: 1})", "4"),
        (
            "[is_empty(\"\"), is_empty([1]), [].is_empty()]",
            "[true, false, true]",
        ),
        (
            "[1 in [1], \"a\" in #{a: 1}, \"户\" in \"客户\", 3 in 1..3, 3 in 1..=3, 2 !in [1]]",
            "[true, true, true, false, true, true]",
        ),
        ("keys(#{b: 1, a: 2})", "[\"a\", \"b\"]"),
        ("values(#{b: 1, a: 2})", "[2, 1]"),
        ("let l = [1]; l.push(2); push(l, 3); l", "[1, 2, 3]"),
        ("[sum([1, 2]), sum([])]", "[3, 0]"),
        (
            "[min(2, 1), max(\"a\", \"b\"), min([3, 1]), max([3, 1]), max([])]",
            "[1, \"b\", 1, 3, ()]",
        ),
        ("sorted([3, 1, 2]) + reversed([1, 2])", "[1, 2, 3, 2, 1]"),
        ("[first([1, 2]), last([1, 2]), first([])]", "[1, 2, ()]"),
        ("[index_of([5, 6], 6), index_of([], 6)]", "[1, -1]"),
        (
            "[starts_with(\"客户\", \"客\"), \"abc\".ends_with(\"c\"), trim(\" a \")]",
            "[true, true, \"a\"]",
        ),
        (
            "[sub_text(\"当场成交\", 1, 2), sub_text(\"a\", 5, -1)]",
            "[\"场成\", \"\"]",
        ),
        (
            "[split(\"a,b\", \",\"), join([\"a\", \"b\"], \"、\")]",
            "[[\"a\", \"b\"], \"a、b\"]",
        ),
        ("[to_text(-5), to_number(\"-5\")]", "[\"-5\", -5]"),
        ("[exists(()), exists(0)]", "[false, true]"),
        ("let s = 0; for i in 0..4 { s += i } s", "6"),
        (
            "let s = \"\"; for x in [\"a\", \"b\"] { s += x } s",
            "\"ab\"",
        ),
        (
            "let m = #{}; m.a = 1; m.put(\"b\", 2); m.a += 5; m",
            "#{a: 6, b: 2}",
        ),
        ("let l = [1, 2]; l.put(0, 5); l[0] + l[-1]", "7"),
        ("let x = (); x ?? 5", "5"),
        (
            "let i = 0; while i < 5 { i += 1; if i == 3 { break; } } i",
            "3",
        ),
        ("return 5;", "5"),
        ("let 客户 = 5; 客户", "5"),
        ("`a\nb`", "\"a\\nb\""),
    ] {
        let found = body(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(found.to_string(), expected, "{text}");
    }
    for text in [
        "to_number(\"1.5\")",
        "split(\"a\", \"\")",
        "join([1], \",\")",
    ] {
        assert_eq!(failure(text), ScriptErrorKind::WrongType, "{text}");
    }
}

#[test]
fn what_is_missing_is_an_error() {
    for text in [
        "let m = #{a: 1}; m.b",
        "let m = #{a: 1}; m[\"b\"]",
        "let m = #{a: #{}}; m.a.b",
        "let l = [1]; l[1]",
        "let l = [1]; l[-2]",
        "let l = []; l.put(0, 1); l",
        "let t = \"a\"; t[5]",
    ] {
        assert_eq!(failure(text), ScriptErrorKind::Missing, "{text}");
    }
}

#[test]
fn nothing_runs_for_ever() {
    for text in [
        "loop { }",
        "while true { }",
        "do { } while true",
        "for i in 0..9223372036854775807 { }",
        "for i in 0..=9223372036854775807 { let x = i; }",
        "let x = 1; loop { x = 1; }",
        "loop { continue; }",
    ] {
        assert_eq!(limit(text), Limit::Operations, "{text}");
    }
    assert!(body("for i in 0..20000 { }").is_ok());
}

#[test]
fn deep_recursion_ends_on_a_small_stack() {
    small_stack(|| {
        let text =
            "/// x\nfn f(n) { f(n + 1) }\n/// x\nfn g(n) { if n == 0 { 0 } else { 1 + g(n - 1) } }";
        let all = scripts(&[("s", text)]);
        let error = all.call("s", "f", &[ScriptValue::Int(0)]).unwrap_err();
        assert_eq!(error.kind, ScriptErrorKind::Limit(Limit::CallDepth));
        assert_eq!(
            (error.module.as_str(), error.line, error.column),
            ("s", 2, 4)
        );
        let deep = |depth| all.call("s", "g", &[ScriptValue::Int(depth)]);
        let limit = i64::try_from(LIMITS.call_depth).unwrap();
        assert_eq!(deep(limit - 2), Ok(ScriptValue::Int(limit - 2)));
        assert!(deep(limit).is_err());
    });
}

#[test]
fn the_deepest_allowed_script_fits_a_small_stack() {
    small_stack(|| {
        // Each call stands as deep in brackets, blocks and lists as the parser lets it.
        for (open, close) in [
            ("(0 + ", ")"),
            ("[0, ", "][1]"),
            ("if true { ", " } else { 0 }"),
            ("-(", ")"),
            ("#{a: ", "}.a"),
            ("{ ", " }"),
            ("(0 + [-", "][0])"),
        ] {
            let deepest = (1..=LIMITS.function_expression_depth)
                .rev()
                .map(|n| {
                    format!(
                        "/// x\nfn f(n) {{ {}f(n + 1){} }}",
                        open.repeat(n),
                        close.repeat(n)
                    )
                })
                .find_map(|text| compile(&sources(&[("s", &text)])).0)
                .unwrap();
            let error = deepest.call("s", "f", &[ScriptValue::Int(0)]).unwrap_err();
            assert_eq!(
                error.kind,
                ScriptErrorKind::Limit(Limit::CallDepth),
                "{open}"
            );
        }
    });
}

#[test]
fn texts_cannot_grow_without_end() {
    for text in [
        "let a = \"xx\"; loop { a += a; }",
        "let a = \"xx\"; loop { a = a + a; }",
        "let a = \"客户\"; loop { a += \"客户\"; }",
        "let a = \"xxxxxxxxxxxxxxxx\"; let l = []; loop { l.push(a); }",
        "let a = \"xxxxxxxxxxxxxxxx\"; loop { a = join([a, a, a], a); }",
        "let a = \"x\"; let m = #{}; loop { a += a; m.a = a; }",
    ] {
        assert!(matches!(limit(text), Limit::Text | Limit::List), "{text}");
    }
    let full = format!(
        "let a = \"\"; for i in 0..{} {{ a += \"x\"; }} len(a)",
        LIMITS.text
    );
    assert_eq!(
        limit(&full.replace(" { a += \"x\"; }", " { a += \"xx\"; }")),
        Limit::Text
    );
    assert_eq!(
        codes(&format!(
            "/// x\nfn f() {{ \"{}\" }}",
            "x".repeat(LIMITS.text + 1)
        )),
        ["script-too-large"; 1]
    );
}

#[test]
fn lists_and_maps_cannot_grow_without_end() {
    for text in [
        "let a = [1]; loop { a += a; }",
        "let a = [1]; loop { a = a + a; }",
        "let a = []; loop { a.push(1); }",
        "let a = [1]; loop { a = [a, a]; }",
        "let a = [1]; loop { let b = a; a.push(b); }",
        "let a = []; loop { push(a, [1, 2, 3]); }",
        "let a = [1]; loop { let b = [a, a]; a.put(0, b); }",
    ] {
        assert_eq!(limit(text), Limit::List, "{text}");
    }
    for text in [
        "let m = #{}; let i = 0; loop { m.put(to_text(i), i); i += 1; }",
        "let m = #{}; loop { m = #{a: m, b: m}; }",
        "let m = #{a: 1}; loop { m.a = #{a: m, b: m}; }",
    ] {
        assert_eq!(limit(text), Limit::Map, "{text}");
    }
    assert_eq!(
        body(&format!(
            "let a = []; for i in 0..{} {{ a.push(i); }} len(a)",
            LIMITS.list
        )),
        Ok(ScriptValue::Int(i64::try_from(LIMITS.list).unwrap()))
    );
    assert_eq!(
        limit(&format!(
            "let a = []; for i in 0..={} {{ a.push(i); }}",
            LIMITS.list
        )),
        Limit::List
    );
    let commas = ",".repeat(LIMITS.text);
    assert_eq!(
        limit(&format!("split(\"{}\", \",\")", &commas[..2000])),
        Limit::List
    );
    assert_eq!(
        limit("let a = [1]; for i in 0..17 { a = [a]; } a"),
        Limit::Nesting
    );
    assert_eq!(
        limit("let a = [1]; for i in 0..17 { a = [a]; } a == a"),
        Limit::Nesting
    );
}

#[test]
fn deep_values_fit_a_small_stack() {
    small_stack(|| {
        assert_eq!(limit("let a = [1]; loop { a = [a]; }"), Limit::List);
        assert_eq!(limit("let m = #{}; loop { m = #{a: m}; }"), Limit::Map);
        assert_eq!(
            limit("let a = [1]; for i in 0..1000 { a = [a]; } a == a"),
            Limit::Nesting
        );
        assert_eq!(
            limit("let a = [1]; for i in 0..1000 { a = [a]; } a"),
            Limit::Nesting
        );
        let thrown = failure("let a = [1]; for i in 0..1000 { a = [a]; } throw a");
        assert_eq!(thrown, ScriptErrorKind::Threw("a list".to_owned()));
    });
}

#[test]
fn variables_functions_and_scripts_are_counted() {
    let lets: String = (0..=LIMITS.variables)
        .map(|i| format!("let x{i} = 1; "))
        .collect();
    assert_eq!(limit(&lets), Limit::Variables);
    let many = |count: usize| -> String {
        (0..count)
            .map(|i| format!("/// x\nfn f{i}() {{ 1 }}\n"))
            .collect()
    };
    assert!(codes(&many(LIMITS.functions)).is_empty());
    assert_eq!(codes(&many(LIMITS.functions + 1)), ["script-too-large"]);
    let params = |count: usize| -> String {
        let names: Vec<String> = (0..count).map(|i| format!("p{i}")).collect();
        format!("/// x\nfn f({}) {{ 1 }}", names.join(", "))
    };
    let all = scripts(&[("s", &params(LIMITS.parameters))]);
    let args = vec![ScriptValue::None; LIMITS.parameters];
    assert_eq!(all.call("s", "f", &args), Ok(ScriptValue::Int(1)));
    assert_eq!(codes(&params(LIMITS.parameters + 1)), ["script-too-large"]);
    let names: Vec<String> = (0..=LIMITS.modules).map(|i| format!("m{i}")).collect();
    let list: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    assert!(compile(&sources(&list[1..])).0.is_some());
    assert_eq!(compile(&sources(&list)).1[0].code, "script-too-large");
}

#[test]
fn reading_a_script_never_overflows_or_hangs() {
    small_stack(|| {
        let five = " ".repeat(5 << 20);
        assert_eq!(codes(&five), ["script-too-large"]);
        let room = LIMITS.script - 100;
        for text in [
            "(".repeat(room),
            "{".repeat(room),
            "[".repeat(room),
            "#{a:".repeat(room / 4),
            "!".repeat(room),
            "-(".repeat(room / 2),
            "if true {".repeat(room / 9),
            "if true {} else ".repeat(room / 16),
            "while true {".repeat(room / 12),
            "fn f() {".repeat(room / 8),
            "f(".repeat(room / 2),
            "a.".repeat(room / 2),
            "a[".repeat(room / 2),
            "1+".repeat(room / 2),
            "1&&".repeat(room / 3),
            "/*".repeat(room / 2),
            "\n".repeat(room),
            "\"".repeat(room),
            "a::".repeat(room / 3),
        ] {
            let text = format!("/// x\nfn f() {{ {text} }}");
            let (_, faults) = compile(&sources(&[("s", &text)]));
            assert!(text.contains("\n\n\n") || !faults.is_empty(), "{text:.40}");
            assert!(
                faults
                    .iter()
                    .all(|fault| text.get(fault.at.clone()).is_some())
            );
        }
    });
}

#[test]
fn the_fence_has_no_gate() {
    for (text, code) in [
        ("import \"/etc/passwd\" as x;", "script-import"),
        ("import \"../x\" as x;", "script-import"),
        ("import \"other\" as x;", "script-import"),
        ("export const A = 1;", "script-import"),
        ("eval(\"1\")", "script-reserved-word"),
        ("print(1)", "script-reserved-word"),
        ("debug(1)", "script-reserved-word"),
        ("Fn(\"f\")", "script-reserved-word"),
        ("type_of(1)", "script-reserved-word"),
        ("is_def_fn(\"f\", 0)", "script-reserved-word"),
        ("this", "script-reserved-word"),
        ("1.call()", "script-reserved-word"),
        ("f.curry(1)", "script-reserved-word"),
        ("new", "script-reserved-word"),
        ("timestamp()", "script-unknown-function"),
        ("sleep(1)", "script-unknown-function"),
        ("exit()", "script-unknown-function"),
        ("blob(1000000)", "script-unknown-function"),
        (
            "let a = []; a.pad(20_000_000, \"x\")",
            "script-unknown-function",
        ),
        (
            "let a = \"\"; a.pad(20_000_000, \"x\")",
            "script-unknown-function",
        ),
        ("range(0, 1, 2)", "script-unknown-function"),
        ("rand()", "script-unknown-function"),
        ("parse_json(\"1\")", "script-unknown-function"),
        ("let a = 1; a.f()", "script-unknown-function"),
        ("f(1)", "script-unknown-function"),
        ("len()", "script-unknown-function"),
        ("|x| x", "script-forbidden"),
        ("`a${1}`", "script-forbidden"),
        ("'a'", "script-forbidden"),
        ("try { 1 } catch { 2 }", "script-forbidden"),
        ("switch 1 { 1 => 2 }", "script-forbidden"),
        ("1 ** 2", "script-forbidden"),
        ("1 << 2", "script-forbidden"),
        ("1 & 2", "script-forbidden"),
        ("1.5", "script-syntax"),
        ("1e5", "script-syntax"),
        ("|| 1", "script-syntax"),
        ("x", "script-unknown-variable"),
        ("x + 1", "script-unknown-variable"),
        ("global::X", "script-unknown-constant"),
        ("let a = 1; let a = 2;", "script-shadowed"),
        ("let a = 1; { let a = 2; }", "script-shadowed"),
        ("let a = 1; for a in [1] { }", "script-shadowed"),
        ("for a in [1] { for a in [1] { } }", "script-shadowed"),
        ("for a in [1] { let a = 1; }", "script-shadowed"),
    ] {
        let whole = format!("/// x\nfn f() {{ {text} }}");
        let found = codes(&whole);
        assert_eq!(found.first(), Some(&code), "{text}: {found:?}");
    }
    assert_eq!(
        codes("/// x\nfn f(a) { for a in [1] { } }"),
        ["script-shadowed"]
    );
    assert!(body("for a in [1] { } for a in [2] { } let a = 1; a").is_ok());
    assert!(body("if true { let a = 1; } let a = 2; a").is_ok());
}

#[test]
fn only_functions_and_constants_stand_at_the_top() {
    for text in [
        "let a = 1;",
        "const A = 1 + 2;",
        "const A = f();\n/// x\nfn f() { 1 }",
        "f();\n/// x\nfn f() { 1 }",
        "if true { 1 }",
        "loop { }",
        "{ }",
        "1",
        "throw 1;",
    ] {
        assert_eq!(codes(text), ["script-top-level"], "{text}");
    }
    let constants = "const A = -1; const B = \"x\"; const C = [1, [true]]; const D = #{a: 1}; const E = ();\n/// x\nfn f() { [global::A, global::B, global::C, global::D, global::E] }";
    assert_eq!(
        run(constants).unwrap().to_string(),
        "[-1, \"x\", [1, [true]], #{a: 1}, ()]"
    );
    assert!(codes("").is_empty());
    assert_eq!(codes("const A = 1; const A = 2;"), ["script-shadowed"]);
    let (_, faults) = compile(&sources(&[("s", "const A = 1;\n/// x\nfn f() { A }")]));
    assert_eq!(
        faults[0].help.as_deref(),
        Some("in a function a constant is `global::A`")
    );
}

#[test]
fn lints_warn_without_stopping() {
    for (text, code) in [
        ("fn f() { 1 }", "script-undocumented"),
        ("//// no\nfn f() { 1 }", "script-undocumented"),
        ("// no\nfn f() { 1 }", "script-undocumented"),
        ("/// x\nfn f() { 6 / 3 }", "script-division"),
    ] {
        let (all, faults) = compile(&sources(&[("s", text)]));
        assert!(all.is_some(), "{text}");
        assert_eq!((faults[0].code, faults[0].fatal), (code, false), "{text}");
    }
    assert!(codes("/// x\nprivate fn f() { 1 }").is_empty());
    assert_eq!(
        codes("/// x\nfn f() { 1 }\n/// x\nfn f(a) { 1 }"),
        ["script-duplicate-function"]
    );
    assert_eq!(codes("/// x\nfn len(a) { 1 }"), ["script-shadowed"]);
    assert_eq!(codes("/// x\nfn int.f() { 1 }"), ["script-forbidden"]);
    let (_, faults) = compile(&sources(&[(
        "s",
        "/// x\nfn f() { start_with(\"a\", \"b\") }",
    )]));
    assert_eq!(
        faults[0].help.as_deref(),
        Some("did you mean `starts_with`?")
    );
}

#[test]
fn names_of_scripts_are_plain() {
    for name in ["", "new", "A", "a-b", "global", "客户", "1a", "a/b", ".."] {
        assert_eq!(
            compile(&sources(&[(name, "")])).1[0].code,
            "script-name",
            "{name}"
        );
    }
    assert_eq!(
        compile(&sources(&[("a", ""), ("a", "")])).1[0].code,
        "script-name"
    );
    assert!(compile(&[]).0.is_some());
}

#[test]
fn faults_stand_in_the_right_place_behind_chinese_text() {
    let text = "/// 说明：当场成交\nfn f() {\n    let 客户 = \"当场成交\"; 客户 === 1\n}";
    let (_, faults) = compile(&sources(&[("s", text)]));
    assert_eq!(faults[0].code, "script-syntax");
    assert_eq!(faults[0].at.start, text.find("===").unwrap());
    let text = "/// x\nfn f() { \"当场\" ; nope(1) }";
    let (_, faults) = compile(&sources(&[("s", text)]));
    assert_eq!(&text[faults[0].at.clone()], "nope");
    let text = "/// x\nfn f() { \"当场\" nope }";
    let (_, faults) = compile(&sources(&[("s", text)]));
    assert_eq!(&text[faults[0].at.clone()], "nope");
}

#[test]
fn errors_tell_the_script_the_line_and_the_character() {
    let low = "/// x\nfn divide(a, b) {\n    let 说明 = \"除\"; a / b\n}";
    let high = "/// x\nfn f(b) { low::divide(1, b) + 1 }";
    let all = scripts(&[("low", low), ("high", high)]);
    let error = all.call("high", "f", &[ScriptValue::Int(0)]).unwrap_err();
    assert_eq!(error.kind, ScriptErrorKind::Arithmetic);
    assert_eq!(
        (error.module.as_str(), error.line, error.column),
        ("low", 3, 21)
    );
    assert_eq!(error.to_string(), "low.rhai:3:21: division by zero");
    let error = run("/// x\nfn f() {\n  let m = #{a: 1};\n  m.客户\n}").unwrap_err();
    assert_eq!((error.line, error.column), (4, 5));
    assert_eq!(error.message, "there is no `客户` in the map");
    let error = run("/// x\nfn f() {\n  loop { }\n}").unwrap_err();
    assert_eq!(
        (error.module.as_str(), error.line, error.column),
        ("s", 2, 4)
    );
}

#[test]
fn whatever_is_thrown_is_told() {
    for (thrown, told) in [
        ("throw \"没有证据\"", "没有证据"),
        ("throw #{b: 1, a: [\"x\"]}", "#{a: [\"x\"], b: 1}"),
        ("throw 5", "5"),
        ("throw", "()"),
        ("throw 1..2", "a range"),
    ] {
        assert_eq!(
            failure(thrown),
            ScriptErrorKind::Threw(told.to_owned()),
            "{thrown}"
        );
    }
}

#[test]
fn what_has_no_meaning_outside_does_not_leave() {
    for text in ["1..2", "let t = \"a\"; t[0]", "[1, 1..2]", "#{a: 1..2}"] {
        assert_eq!(failure(text), ScriptErrorKind::WrongType, "{text}");
    }
    let pointer = run("/// x\nfn g() { 1 }\n/// x\nfn f() { g }").unwrap_err();
    assert_eq!(pointer.kind, ScriptErrorKind::WrongType);
    assert_eq!(body(""), Ok(ScriptValue::None));
}

#[test]
fn a_call_leaves_nothing_behind() {
    let all = scripts(&[(
        "s",
        "const L = [1];\n/// x\nfn f(l) { l.push(2); let c = global::L; c.push(3); [l, c] }",
    )]);
    let arg = [ScriptValue::List(vec![])];
    for _ in 0..3 {
        assert_eq!(
            all.call("s", "f", &arg).unwrap().to_string(),
            "[[2], [1, 3]]"
        );
    }
}

#[test]
fn only_what_is_measured_can_be_changed() {
    for text in [
        "let l = [1]; l[0] = 2;",
        "let l = [[1]]; l[0][0] = 2;",
        "let m = #{}; m[\"a\"] = 2;",
        "let m = #{a: #{}}; m.a.b = 2;",
        "let m = #{a: []}; m.a.push(1);",
        "let l = [[]]; l[0].push(1);",
        "let m = #{a: []}; push(m.a, 1);",
        "let m = #{a: []}; put(m.a, 0, 1);",
        "[1].push(2)",
        "push([1], 2)",
        "global::L.push(2)",
    ] {
        let whole = format!("const L = [1];\n/// x\nfn f() {{ {text} }}");
        assert_eq!(codes(&whole), ["script-nested-change"], "{text}");
    }
}
