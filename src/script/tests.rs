//! The fence from both sides: what scripts can do, and the edge of every limit.

mod fence;
mod fuzz;
mod limits;

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
    for (text, expected) in LIBRARY.iter().copied() {
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

/// What a body answers.
const LIBRARY: &[(&str, &str)] = &[
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
];
