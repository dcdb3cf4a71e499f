//! What no script may say, and where the faults stand.

use super::*;

#[test]
fn the_fence_has_no_gate() {
    for (text, code) in GATES {
        let whole = format!("/// x\nfn f() {{ {text} }}");
        let found = codes(&whole);
        assert_eq!(found.first(), Some(code), "{text}: {found:?}");
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

/// What a body may not say, and the code of the fault.
const GATES: &[(&str, &str)] = &[
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
];
