//! The edge of every limit, and that nothing hangs or aborts there.

use super::*;

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
