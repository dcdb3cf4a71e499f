//! The search itself: names in literals and in identifiers, quantities in literals; never in comments or tests.

use std::sync::LazyLock;

use regex::Regex;

use super::names::{Kind, Names};
use crate::Finding;
use crate::rust::Source;

const NAME_CURE: &str =
    "the policy says it; let the runtime carry the policy's own word (an interned name) instead";
const QUANTITY_CURE: &str = "an amount of the policy says it; in a message write `n days`, or give the reason in `NO_RULE` of tests/tidy/rules/search.rs";

/// Literals that name a quantity and are no rule: the file, how the literal goes, and why it may. A file that is there
/// and no longer has it is a finding.
const NO_RULE: &[(&str, &str, &str)] = &[
    (
        "src/base/fraction.rs",
        "write it as in `1/3`, `20%`",
        "shows how a part is written",
    ),
    (
        "src/base/time/length.rs",
        "as in `45 days` or `1 month`",
        "shows how a length is written",
    ),
    (
        "src/base/time/length.rs",
        "lengths go up to 1000 years",
        "a limit of the program",
    ),
    (
        "src/base/time/read.rs",
        "have 28 to 31 days",
        "the calendar, the same in every office",
    ),
    (
        "src/script/expression/tokens.rs",
        "1/3 is 0 in whole numbers",
        "warns of what a script would compute",
    ),
];

/// Where the roles of tokens stand: words of the interface, which policies use for people too. Nowhere else may `src/`
/// name a role, so that no rule can hang on one.
const ROLES_OF_TOKENS: &[&str] = &["src/vocabulary/roles.rs", "src/server/roles.rs"];

fn is_role_of_tokens(source: &Source, word: &str, kind: Kind) -> bool {
    kind == Kind::Role
        && ROLES_OF_TOKENS.contains(&source.path.as_str())
        && panke::vocabulary::roles::Role::parse(word).is_some()
}

/// Waivers of `NO_RULE` that their file no longer needs.
pub fn stale_waivers(source: &Source) -> Vec<Finding> {
    let here = NO_RULE.iter().filter(|(file, ..)| *file == source.path);
    here.filter(|(_, phrase, _)| !source.literals.iter().any(|it| it.text.contains(phrase)))
        .map(|(_, phrase, _)| Finding {
            file: source.path.clone(),
            line: 1,
            what: format!("the tidy test waives `{phrase}`, which no longer stands here"),
            cure: "take the line out of `NO_RULE`",
        })
        .collect()
}

fn is_no_rule(source: &Source, literal: &str) -> bool {
    let mut waivers = NO_RULE.iter();
    waivers.any(|(file, phrase, _)| *file == source.path && literal.contains(phrase))
}

/// Names of the policies in one file.
pub fn names(source: &Source, names: &Names) -> Vec<Finding> {
    let mut findings = Vec::new();
    let literals = source
        .literals
        .iter()
        .filter(|literal| !source.is_test(literal.at));
    for literal in literals {
        for (word, kind, file) in names.iter() {
            if is_mentioned(&literal.text, word, kind) && !is_role_of_tokens(source, word, kind) {
                findings.push(named(source, literal.at, word, kind, file));
            }
        }
    }
    findings.extend(identifiers(source, names));
    findings
}

fn named(source: &Source, at: usize, word: &str, kind: Kind, file: &str) -> Finding {
    Finding {
        file: source.path.clone(),
        line: source.line(at),
        what: format!("`{word}` is a name of {file} ({kind:?})"),
        cure: NAME_CURE,
    }
}

/// A clause's id and a name of several words count wherever they stand by themselves. A plain word counts as the whole
/// literal or where it is quoted, not in a sentence: `later` and `agent` are English.
fn is_mentioned(literal: &str, word: &str, kind: Kind) -> bool {
    if literal == word {
        return true;
    }
    let mut places = literal.match_indices(word).map(|(at, _)| {
        let before = literal[..at].chars().next_back();
        let mut after = literal[at + word.len()..].chars();
        (before, after.next(), after.next())
    });
    if kind == Kind::Clause {
        places.any(|(before, after, next)| {
            let goes_on = after == Some('.') && next.is_some_and(char::is_alphanumeric);
            !is_word(before) && before != Some('.') && !is_word(after) && !goes_on
        })
    } else if word.contains('_') {
        places.any(|(before, after, _)| !is_word(before) && !is_word(after))
    } else {
        places.any(|(before, after, _)| {
            !is_word(before) && !is_word(after) && (is_mark(before) || is_quoted(before, after))
        })
    }
}

fn is_word(character: Option<char>) -> bool {
    character.is_some_and(|c| c == '_' || c.is_alphanumeric())
}

/// `role.agent`, `staff|agent`, `by=agent`.
fn is_mark(before: Option<char>) -> bool {
    matches!(before, Some('.' | '|' | '='))
}

/// `'agent'`, `"agent"` (a backslash when escaped), and in backticks.
fn is_quoted(before: Option<char>, after: Option<char>) -> bool {
    matches!(before, Some('"' | '\'' | '`')) && matches!(after, Some('"' | '\'' | '`' | '\\'))
}

/// A name of several words as a variable, a field, a type or a variant: `site_manager`, `SiteManager`. People and facts
/// are left out: `same_day` is also what a function of time is called.
fn identifiers(source: &Source, names: &Names) -> Vec<Finding> {
    static WORD: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\b[A-Za-z_][A-Za-z0-9_]*\b").expect("valid"));
    let wanted: Vec<_> = names
        .iter()
        .filter(|(word, kind, _)| {
            word.contains('_')
                && is_searched_as_identifier(*kind)
                && !is_role_of_tokens(source, word, *kind)
        })
        .collect();
    let mut findings = Vec::new();
    for found in WORD.find_iter(&source.code) {
        if source.is_test(found.start()) {
            continue;
        }
        let snake = snake_case(found.as_str());
        if let Some((word, kind, file)) = wanted.iter().find(|(word, ..)| *word == snake) {
            findings.push(named(source, found.start(), word, *kind, file));
        }
    }
    findings
}

fn is_searched_as_identifier(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Amount | Kind::Reason | Kind::Role | Kind::Violation | Kind::Window
    )
}

fn snake_case(identifier: &str) -> String {
    let is_constant = !identifier.chars().any(char::is_lowercase);
    let mut snake = String::new();
    for (at, character) in identifier.char_indices() {
        if character.is_uppercase() && at > 0 && !is_constant {
            snake.push('_');
        }
        snake.extend(character.to_lowercase());
    }
    snake
}

/// Fractions, percentages and lengths of time in one file's literals.
pub fn quantities(source: &Source) -> Vec<Finding> {
    static QUANTITY: LazyLock<Regex> = LazyLock::new(|| {
        let fraction = r"(?:^|[^\w./])(\d+/\d+)(?:$|[^\w/])";
        let percentage = r"(?:^|[^\w.])([1-9]\d?\s*%)";
        let length = r"(?:^|[^\w.])(\d+[ -](?:minute|hour|day|week|month|year)s?)\b";
        let chinese = r"([\d一二两三四五六七八九十半]+\s*(?:个月|个星期|个小时|天|周|小时|分钟))";
        Regex::new(&[fraction, percentage, length, chinese].join("|")).expect("valid")
    });
    let literals = source
        .literals
        .iter()
        .filter(|literal| !source.is_test(literal.at) && !is_no_rule(source, &literal.text));
    literals
        .filter_map(|literal| {
            let found = QUANTITY.captures(&literal.text)?;
            let quantity = found.iter().skip(1).flatten().next()?;
            Some(Finding {
                file: source.path.clone(),
                line: source.line(literal.at),
                what: format!("`{}` reads like a rule", quantity.as_str()),
                cure: QUANTITY_CURE,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::File;

    fn policy() -> Names {
        let text = "[role.agent]\n[role.site_chief]\n[people.later]\n[window.recall_month]\n[[clause]]\nid = \"3.7.g\"\n";
        Names::of(&[File {
            path: "policies/p/policy.toml".to_owned(),
            text: text.to_owned(),
        }])
    }

    fn found(code: &str) -> Vec<String> {
        let findings = names(&Source::new("src/a.rs", code), &policy());
        findings.into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn a_name_in_src_is_found() {
        let bad = [
            "if role == \"agent\" {}",
            "f(\"see 3.7.g, then\")",
            "f(\"the site_chief decides\")",
            "f(\"role.agent\")",
            "f(\"is it 'agent' or not\")",
            "f(r#\"a \"later\" b\"#)",
            "enum Role { SiteChief }",
            "let recall_month = 1;",
            "const RECALL_MONTH: u8 = 1;",
        ];
        for code in bad {
            assert_eq!(found(code).len(), 1, "{code}: {:?}", found(code));
        }
    }

    #[test]
    fn a_sentence_a_comment_a_longer_id_and_a_test_are_not() {
        let good = [
            "f(\"sooner or later an agent, not somebody else.\")",
            "// 3.7.g\n/// `site_chief`\nfn f() {}",
            "f(\"13.7.g 3.7.gh 3.7.g.1\")",
            "#[cfg(test)]\nmod tests { const A: &str = \"3.7.g\"; }",
            "let site_chiefs = agent;",
        ];
        for code in good {
            assert_eq!(found(code), [] as [&str; 0], "{code}");
        }
    }

    #[test]
    fn the_roles_of_tokens_stand_in_their_own_files_only() {
        let code = "f(\"agent\", \"site_chief\")";
        let found = |path: &str| names(&Source::new(path, code), &policy()).len();
        assert_eq!(found("src/a.rs"), 2);
        assert_eq!(found(ROLES_OF_TOKENS[0]), 1, "a role that no token has");
    }

    #[test]
    fn quantities_are_found_and_formats_are_not() {
        let bad = [
            "1/2",
            "a 1/3 b",
            "30 days",
            "45-day",
            "1 month",
            "20%",
            "30天",
            "一个月",
        ];
        for text in bad {
            let source = Source::new("src/a.rs", format!("f(\"{text}\")"));
            assert_eq!(quantities(&source).len(), 1, "{text}");
        }
        let good = "f(\"{a}/{b}\", \"{n} days\", \"application/2\", \"100%\", \"{:>3}%\", \"{n}天\"); // 1/2";
        assert_eq!(quantities(&Source::new("src/a.rs", good)), []);
    }

    #[test]
    fn a_waiver_holds_in_its_file_only_and_ends_with_what_it_waives() {
        let (file, phrase, _) = NO_RULE[0];
        let code = format!("f(\"{phrase}\")");
        assert_eq!(quantities(&Source::new(file, code.as_str())), []);
        assert_eq!(quantities(&Source::new("src/a.rs", code.as_str())).len(), 1);
        assert_eq!(stale_waivers(&Source::new(file, code)), []);
        assert_eq!(stale_waivers(&Source::new(file, "f()")).len(), 1);
    }
}
