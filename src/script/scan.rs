//! A script as words: its functions with their places, and what no script may say.

use std::ops::Range;

use rhai::Token;

use super::expression;
use super::fault::{ScriptFault, fatal, warning};
use super::place::{Places, extent, is_word};

/// What the words of a script tell.
#[derive(Default)]
pub(super) struct Scan {
    /// Its functions, as they stand.
    pub(super) functions: Vec<Function>,
    /// The scripts it names before `::`.
    pub(super) modules: Vec<(String, Range<usize>)>,
    /// What it may not say.
    pub(super) faults: Vec<ScriptFault>,
}

/// One function, as it stands.
pub(super) struct Function {
    /// Its name.
    pub(super) name: String,
    /// Where the name stands.
    pub(super) at: Range<usize>,
}

/// So many faults of one script are shown.
const ENOUGH: usize = 100;

struct Word {
    token: Token,
    at: Range<usize>,
}

/// Reads the words of one script.
pub(super) fn scan(module: &str, text: &str) -> Scan {
    let places = Places::new(text);
    let words = words(text, &places);
    let mut scan = Scan::default();
    let mut names = Names::default();
    for index in 0..words.len() {
        if scan.faults.len() >= ENOUGH {
            let message = format!("there are more than {ENOUGH} faults, the rest is not shown");
            scan.faults.push(fatal(
                module,
                "script-syntax",
                message,
                words[index].at.clone(),
            ));
            break;
        }
        scan.faults.extend(names.step(module, &words, index));
        let Word { token, at } = &words[index];
        if let Some(fault) = refusal(module, &words, index) {
            scan.faults.push(fault);
        }
        match (token, words.get(index + 1).map(|word| &word.token)) {
            (Token::Identifier(name), Some(Token::DoubleColon)) => {
                scan.modules.push((name.to_string(), at.clone()));
            }
            (Token::Fn, Some(_)) => function(module, text, &words, index, &mut scan),
            _ => {}
        }
    }
    scan
}

/// All words up to the end, or to where the lexer cannot go on.
fn words(text: &str, places: &Places<'_>) -> Vec<Word> {
    let inputs = [text];
    let (stream, _) = expression::engine().lex(&inputs);
    let mut words = Vec::new();
    for (token, position) in stream {
        if token == Token::EOF {
            break;
        }
        let last = matches!(token, Token::LexError(_) | Token::InterpolatedString(_));
        let at = extent(text, places.offset(position), &token);
        words.push(Word { token, at });
        if last {
            break;
        }
    }
    words
}

fn function(module: &str, text: &str, words: &[Word], index: usize, scan: &mut Scan) {
    let Word { token, at } = &words[index + 1];
    if words
        .get(index + 2)
        .is_some_and(|word| word.token == Token::Period)
    {
        let message = "a function cannot belong to a kind of value";
        let help = "give it the value as a parameter";
        scan.faults
            .push(fatal(module, "script-forbidden", message, at.clone()).help(help));
        return;
    }
    let Token::Identifier(name) = token else {
        return;
    };
    let private = index > 0 && words[index - 1].token == Token::Private;
    let start = words[if private { index - 1 } else { index }].at.start;
    if !documented(&text[..start]) {
        let message = format!("`{name}` does not say what it is for");
        let help = "put a line that starts with `///` above it";
        scan.faults
            .push(warning(module, "script-undocumented", message, at.clone()).help(help));
    }
    if scan
        .functions
        .iter()
        .any(|other| other.name == name.as_str())
    {
        let message = format!("there are two functions `{name}`");
        let help = "give one of them another name, also when their parameters differ";
        scan.faults
            .push(fatal(module, "script-duplicate-function", message, at.clone()).help(help));
    }
    scan.functions.push(Function {
        name: name.to_string(),
        at: at.clone(),
    });
}

/// Whether the last line before a function is a doc comment.
fn documented(before: &str) -> bool {
    let line = before
        .trim_end()
        .lines()
        .next_back()
        .unwrap_or("")
        .trim_start();
    line.starts_with("///") && !line.starts_with("////")
}

/// The variables in sight: rhai refuses to hide a name by `let`, but not by `for`.
#[derive(Default)]
struct Names {
    depth: usize,
    seen: Vec<(String, usize)>,
}

impl Names {
    fn step(&mut self, module: &str, words: &[Word], index: usize) -> Option<ScriptFault> {
        let next = words.get(index + 1).map(|word| &word.token);
        match (&words[index].token, next) {
            (Token::LeftBrace | Token::MapStart, _) => self.depth += 1,
            (Token::RightBrace, _) => {
                self.depth = self.depth.saturating_sub(1);
                self.seen.retain(|(_, depth)| *depth <= self.depth);
            }
            (Token::Let, Some(Token::Identifier(name))) => {
                self.seen.push((name.to_string(), self.depth));
            }
            (Token::Fn, _) => {
                let params = words[index + 1..].iter().skip(1);
                let params = params.take_while(|word| !ends_params(&word.token));
                for word in params {
                    if let Token::Identifier(name) = &word.token {
                        self.seen.push((name.to_string(), self.depth + 1));
                    }
                }
            }
            (Token::For, _) => return self.loop_variables(module, &words[index + 1..]),
            _ => {}
        }
        None
    }

    fn loop_variables(&mut self, module: &str, words: &[Word]) -> Option<ScriptFault> {
        let mut fault = None;
        for word in words
            .iter()
            .take_while(|word| word.token != Token::In)
            .take(5)
        {
            let Token::Identifier(name) = &word.token else {
                continue;
            };
            if self.seen.iter().any(|(other, _)| other == name.as_str()) {
                let message = format!("`{name}` hides another variable");
                let found = fatal(module, "script-shadowed", message, word.at.clone());
                fault = Some(found.help("choose another name"));
            }
            self.seen.push((name.to_string(), self.depth + 1));
        }
        fault
    }
}

fn ends_params(token: &Token) -> bool {
    matches!(token, Token::RightParen | Token::LeftBrace | Token::Unit)
}

/// The fault of a word that scripts may not use.
fn refusal(module: &str, words: &[Word], index: usize) -> Option<ScriptFault> {
    let Word { token, at } = &words[index];
    let (code, message, help) = match token {
        Token::LexError(error) => {
            return Some(fatal(
                module,
                "script-syntax",
                error.to_string(),
                at.clone(),
            ));
        }
        Token::Reserved(word) if is_word(word) => (
            "script-reserved-word",
            format!("`{word}` is a word that the script language keeps for itself"),
            reserved_help(word),
        ),
        Token::Import | Token::Export => (
            "script-import",
            format!("`{token}` has no place in a script"),
            "call a function of another script of this policy as `script::function(a)`",
        ),
        Token::Divide | Token::DivideAssign => {
            let message = format!("`{token}` fails when the result is no whole number");
            let help = "say how to round: div_floor(a, b), div_ceil(a, b) or div_round(a, b)";
            return Some(warning(module, "script-division", message, at.clone()).help(help));
        }
        token => ("script-forbidden", forbidden(token)?.0, forbidden(token)?.1),
    };
    Some(fatal(module, code, message, at.clone()).help(help))
}

fn reserved_help(word: &str) -> &'static str {
    match word {
        "print" | "debug" => "return what is to be seen",
        "eval" | "Fn" | "call" | "curry" => "call the function by its name",
        "this" => "give the value as a parameter",
        _ => "choose another name",
    }
}

/// What a forbidden word is, and what to write instead.
fn forbidden(token: &Token) -> Option<(String, &'static str)> {
    let help = match token {
        Token::Switch => "write `if` and `else if`: `switch` lets values of another kind pass",
        Token::Try | Token::Catch => "let the failure be seen: the verdict is then undecided",
        Token::InterpolatedString(_) => {
            return Some((
                "a text with values inside has no place in a script".to_owned(),
                "use `+` and to_text(number)",
            ));
        }
        Token::CharConstant(_) => {
            return Some((
                "a single character has no place in a script".to_owned(),
                "write texts in \"double quotes\"",
            ));
        }
        Token::Pipe => "write `||` for or; functions have names",
        Token::Ampersand => "write `&&` for and",
        Token::PowerOf
        | Token::LeftShift
        | Token::RightShift
        | Token::XOr
        | Token::PowerOfAssign
        | Token::LeftShiftAssign
        | Token::RightShiftAssign
        | Token::XOrAssign
        | Token::AndAssign
        | Token::OrAssign
        | Token::ModuloAssign => "use `+`, `-`, `*` and `%`",
        _ => return None,
    };
    Some((format!("`{token}` has no place in a script"), help))
}
