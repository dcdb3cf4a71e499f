//! The words of a condition, by rhai's own lexer, and those that have no place in one.

use std::ops::Range;

use rhai::Token;

use super::super::place::{Places, extent, is_word};
use super::{ExpressionFault, MAX_DEPTH, engine};

/// One word or sign of a condition.
pub(super) struct Piece {
    /// What it is.
    pub(super) token: Token,
    /// Where it stands, in bytes.
    pub(super) at: Range<usize>,
    /// For a bracket, where in the list its partner is.
    pub(super) partner: Option<usize>,
}

/// Reads all words of a condition and refuses those that have no place in one.
pub(super) fn read(text: &str, places: &Places<'_>) -> Result<Vec<Piece>, ExpressionFault> {
    let mut pieces = split(text, places)?;
    let mut depth = Depth::default();
    for index in 0..pieces.len() {
        admit(text, &pieces, index)?;
        if let Some(open) = depth.step(&pieces, index)? {
            pieces[index].partner = Some(open);
            pieces[open].partner = Some(index);
        }
    }
    Ok(pieces)
}

/// Whether rhai keeps a word for itself.
pub(super) fn is_reserved(word: &str) -> bool {
    let inputs = [word];
    let (mut stream, _) = engine().lex(&inputs);
    match stream.next() {
        Some((Token::Reserved(found), _)) => found.as_str() == word,
        Some((token, _)) => keyword(&token) == Some(word),
        None => false,
    }
}

fn split(text: &str, places: &Places<'_>) -> Result<Vec<Piece>, ExpressionFault> {
    let mut pieces: Vec<Piece> = Vec::new();
    let inputs = [text];
    let (stream, _) = engine().lex(&inputs);
    let mut end = 0;
    for (token, position) in stream {
        let last = matches!(
            token,
            Token::EOF | Token::LexError(_) | Token::InterpolatedString(_)
        );
        let start = if token == Token::EOF {
            text.len()
        } else {
            places.offset(position)
        };
        no_comment(text, end, start)?;
        if token == Token::EOF {
            break;
        }
        let at = extent(text, start, &token);
        end = at.end;
        pieces.push(Piece {
            token,
            at,
            partner: None,
        });
        if last {
            break;
        }
    }
    Ok(pieces)
}

/// The lexer skips comments; between two words there may only be space.
fn no_comment(text: &str, end: usize, start: usize) -> Result<(), ExpressionFault> {
    let gap = text.get(end..start).unwrap_or("");
    match gap.find(|c: char| !c.is_whitespace()) {
        Some(skip) if gap[skip..].starts_with('/') => {
            let end = end + gap.trim_end().len();
            let start = end - gap.trim().len();
            Err(refuse(
                "a comment",
                start..end,
                "put it into a TOML comment (#) above",
            ))
        }
        _ => Ok(()),
    }
}

/// How deep the reading is inside brackets, signs and dots.
#[derive(Default)]
struct Depth {
    open: Vec<usize>,
    dots: usize,
    signs: usize,
}

impl Depth {
    /// Takes one piece; for a closing bracket, where the opening one is.
    fn step(&mut self, pieces: &[Piece], index: usize) -> Result<Option<usize>, ExpressionFault> {
        let piece = &pieces[index];
        let mut partner = None;
        match piece.token {
            Token::LeftParen | Token::LeftBracket => self.open.push(index),
            Token::RightParen | Token::RightBracket => partner = self.open.pop(),
            _ => {}
        }
        match piece.token {
            Token::Period => self.dots += 1,
            Token::Identifier(_) => {}
            _ => self.dots = 0,
        }
        match piece.token {
            Token::Bang | Token::Minus | Token::UnaryMinus => self.signs += 1,
            _ => self.signs = 0,
        }
        let deepest = self.open.len().max(self.dots).max(self.signs);
        if deepest > MAX_DEPTH {
            let message = format!("the condition is nested deeper than {MAX_DEPTH}");
            return Err(ExpressionFault::TooLarge {
                message,
                at: piece.at.clone(),
            });
        }
        Ok(partner)
    }
}

/// Refuses a word that has no place in a condition, or not there.
fn admit(text: &str, pieces: &[Piece], index: usize) -> Result<(), ExpressionFault> {
    let Piece { token, at, .. } = &pieces[index];
    let before = index.checked_sub(1).map(|before| &pieces[before].token);
    let after = pieces.get(index + 1).map(|piece| &piece.token);
    match token {
        Token::Identifier(_) => method(pieces, index),
        Token::True | Token::False | Token::In if before == Some(&Token::Period) => {
            Err(reserved(&token.to_string(), at))
        }
        Token::IntegerConstant(_) => number(text, pieces, index),
        Token::StringConstant(_) if !text[at.start..].starts_with('"') => Err(refuse(
            "a text in these quotes",
            at.clone(),
            "write texts in \"double quotes\"",
        )),
        Token::LeftBracket if before.is_some_and(ends_value) => Err(refuse(
            "an index in square brackets",
            at.clone(),
            "name the person or the value with a fact or a group (first, last)",
        )),
        Token::Unit if !matches!(before, Some(Token::Identifier(_))) => Err(refuse(
            "`()`",
            at.clone(),
            "ask `.exists` or `.happened` whether there is a value",
        )),
        Token::Bang if matches!(before, Some(Token::Identifier(_))) => Err(refuse(
            "`!` after a name",
            at.clone(),
            "write `!` before what it denies",
        )),
        Token::Reserved(word) if is_word(word) => Err(reserved(word, at)),
        Token::Reserved(sign) => Err(ExpressionFault::Syntax {
            message: format!("`{sign}` is not an operator"),
            at: at.clone(),
        }),
        Token::LexError(error) => Err(ExpressionFault::Syntax {
            message: error.to_string(),
            at: at.clone(),
        }),
        token if plain(token) => Ok(()),
        token => Err(unwanted(token, at, before, after)),
    }
}

/// The signs of which conditions are made.
fn plain(token: &Token) -> bool {
    use Token::{
        And, Bang, Comma, DoubleColon, EqualsTo, False, GreaterThan, GreaterThanEqualsTo, In,
        LeftBracket, LeftParen, LessThan, LessThanEqualsTo, Minus, Multiply, NotEqualsTo, NotIn,
        Or, Period, Plus, RightBracket, RightParen, StringConstant, True, UnaryMinus, Unit,
    };
    matches!(
        token,
        True | False
            | StringConstant(_)
            | LeftParen
            | RightParen
            | LeftBracket
            | RightBracket
            | Unit
            | Plus
            | Minus
            | UnaryMinus
            | Multiply
            | LessThan
            | LessThanEqualsTo
            | GreaterThan
            | GreaterThanEqualsTo
            | EqualsTo
            | NotEqualsTo
            | Bang
            | And
            | Or
            | In
            | NotIn
            | Comma
            | Period
            | DoubleColon
    )
}

/// Whether this word only stands behind a value, so that the word before it was meant as a name.
fn follows_value(token: &Token) -> bool {
    let opens = matches!(
        token,
        Token::LeftParen | Token::LeftBracket | Token::Unit | Token::Bang | Token::UnaryMinus
    );
    plain(token)
        && !opens
        && !matches!(token, Token::True | Token::False | Token::StringConstant(_))
}

/// Whether a value may end with this word, so that `[` after it would be an index.
fn ends_value(token: &Token) -> bool {
    matches!(
        token,
        Token::Identifier(_)
            | Token::StringConstant(_)
            | Token::IntegerConstant(_)
            | Token::RightParen
            | Token::RightBracket
            | Token::True
            | Token::False
            | Token::Unit
    )
}

fn method(pieces: &[Piece], index: usize) -> Result<(), ExpressionFault> {
    let dot = index > 0 && pieces[index - 1].token == Token::Period;
    let after = pieces.get(index + 1).map(|piece| &piece.token);
    if dot && matches!(after, Some(Token::LeftParen | Token::Unit)) {
        return Err(refuse(
            "a method call",
            pieces[index].at.clone(),
            "read a fact (`a.b`), or call a function of a script (`module::function(a)`)",
        ));
    }
    Ok(())
}

fn number(text: &str, pieces: &[Piece], index: usize) -> Result<(), ExpressionFault> {
    let at = &pieces[index].at;
    let written = text[at.clone()].trim_start_matches('-');
    if written
        .chars()
        .nth(1)
        .is_some_and(|c| c.is_ascii_alphabetic())
    {
        return Err(refuse(
            "a number to another base",
            at.clone(),
            "write it in decimal digits",
        ));
    }
    let after = pieces.get(index + 1).map(|piece| &piece.token);
    let digits = pieces.get(index + 2).map(|piece| &piece.token);
    match (after, digits) {
        (Some(Token::Period), Some(Token::IntegerConstant(_)) | None) => Err(refuse(
            "a number with a decimal point",
            at.start..pieces[(index + 2).min(pieces.len() - 1)].at.end,
            "declare it as an amount and use its name",
        )),
        _ => Ok(()),
    }
}

/// The refusal of a word that rhai knows and conditions do not.
fn unwanted(
    token: &Token,
    at: &Range<usize>,
    before: Option<&Token>,
    after: Option<&Token>,
) -> ExpressionFault {
    if let Some(word) = keyword(token) {
        let named = after.is_none_or(follows_value);
        let statement = matches!(token, Token::If | Token::Switch | Token::Do | Token::Loop);
        if before == Some(&Token::Period) || (named && !statement) {
            return reserved(word, at);
        }
    }
    let (what, help) = describe(token);
    refuse(&what, at.clone(), help)
}

/// What a refused word is, and what to write instead.
fn describe(token: &Token) -> (String, &'static str) {
    let fact = "say it with `&&`, `||` and `!`, or declare a fact or a script function";
    let known = match token {
        Token::Divide | Token::Modulo => {
            return (
                format!("`{token}`"),
                "1/3 is 0 in whole numbers: multiply the other side, or use a part (\"1/3\")",
            );
        }
        Token::Equals => ("an assignment", "to compare, write `==`"),
        Token::SemiColon => ("a second statement", "a condition is one expression"),
        Token::InterpolatedString(_) => (
            "a text with values inside",
            "write texts in \"double quotes\"",
        ),
        Token::CharConstant(_) => (
            "a text in single quotes",
            "write texts in \"double quotes\"",
        ),
        Token::MapStart => ("a map", "compare with single values"),
        Token::LeftBrace | Token::RightBrace => ("a block", fact),
        Token::If | Token::Else | Token::Switch => ("a choice", fact),
        Token::While | Token::Until | Token::Loop | Token::Do | Token::For => ("a loop", fact),
        Token::Pipe => ("`|`", "write `||` for or; functions belong into a script"),
        Token::Ampersand => ("`&`", "write `&&` for and"),
        Token::DoubleQuestion => ("`??`", "ask `.exists` first"),
        Token::Elvis | Token::QuestionBracket => ("`?`", "ask `.exists` first"),
        Token::UnaryPlus => ("`+` before a value", "leave it out"),
        Token::ExclusiveRange | Token::InclusiveRange => {
            ("a range", "compare with both ends: `x >= a && x < b`")
        }
        token if token.is_op_assignment() => ("an assignment", "a condition changes nothing"),
        other => return (format!("`{other}`"), "a condition is one expression"),
    };
    (known.0.to_owned(), known.1)
}

/// The text of a token that is a word of rhai's own.
fn keyword(token: &Token) -> Option<&'static str> {
    if !token.is_literal() || matches!(token, Token::LexError(_)) {
        return None;
    }
    Some(token.literal_syntax()).filter(|word| is_word(word))
}

fn reserved(word: &str, at: &Range<usize>) -> ExpressionFault {
    ExpressionFault::Reserved {
        word: word.to_owned(),
        at: at.clone(),
    }
}

/// A refusal with its help.
pub(super) fn refuse(what: &str, at: Range<usize>, help: &str) -> ExpressionFault {
    ExpressionFault::NotAnExpression {
        what: what.to_owned(),
        at,
        help: help.to_owned(),
    }
}
