//! Answers as written: the shapes that `then.…` can have.

use super::cells::cell;
use super::read::Reader;
use super::tree::{Entry, Node, Text, Value};
use super::written::{
    WrittenAllow, WrittenAnswers, WrittenAsk, WrittenIdentify, WrittenOwn, WrittenPart,
    WrittenParts, WrittenReceive, WrittenSanction, WrittenShare, WrittenTurn,
};
use crate::finding::{Code, Finding, Place};
use crate::vocabulary::words::Question;

/// Reads `then`.
pub fn read(entry: Entry, asked: &[String], findings: &mut Vec<Finding>) -> WrittenAnswers {
    let Some(mut reader) = Reader::of(entry.node, "`then`".to_owned(), "then", findings) else {
        return WrittenAnswers::default();
    };
    let answers = of_row(&mut reader, asked);
    reader.finish();
    answers
}

/// Reads the answers that stand in a table beside other keys; `asked` are the questions that the policy declares.
pub fn of_row(reader: &mut Reader<'_>, asked: &[String]) -> WrittenAnswers {
    let mut asks = Vec::new();
    WrittenAnswers {
        allow: answer(reader, "allow", allow),
        identify: answer(reader, "identify", identify),
        recognise: answer(reader, "recognise", |node, reader| {
            text(&node, reader, "recognise", "a person")
        }),
        own: answer(reader, "own", own),
        receive: answer(reader, "receive", receive),
        turn: answer_or_ask(reader, Question::Turn, turn, &mut asks),
        sanction: answer_or_ask(reader, Question::Sanction, sanction, &mut asks),
        share: answer(reader, "share", share),
        levy: answer(reader, "levy", levy),
        pay: answer(reader, "pay", |node, reader| {
            text(
                &node,
                reader,
                "pay",
                "\"all\", \"nothing\", \"amount.…\" or \"n%\"",
            )
        }),
        bar: answer(reader, "bar", |node, reader| {
            text(&node, reader, "bar", "a reason, as a word")
        }),
        asked: asked
            .iter()
            .filter_map(|name| {
                let entry = reader.take_named(name)?;
                let cell = cell(&entry.node, name, false, reader)?;
                Some((entry.key, cell))
            })
            .collect(),
        asks,
    }
}

/// An answer for each person, or `{ ask = …, reason = … }` for the question as a whole.
fn answer_or_ask<T>(
    reader: &mut Reader<'_>,
    question: Question,
    read: impl Fn(Node, &mut Reader<'_>) -> Option<T>,
    asks: &mut Vec<(Question, Place, WrittenAsk)>,
) -> Option<(Place, T)> {
    let entry = reader.take(question.text())?;
    let place = entry.key.place;
    match ask(&entry.node, question.text(), reader) {
        Some(ask) => {
            asks.extend(ask.map(|ask| (question, place, ask)));
            None
        }
        None => read(entry.node, reader).map(|answer| (place, answer)),
    }
}

fn answer<T>(
    reader: &mut Reader<'_>,
    key: &'static str,
    read: impl Fn(Node, &mut Reader<'_>) -> Option<T>,
) -> Option<(Place, T)> {
    let entry = reader.take(key)?;
    let place = entry.key.place;
    read(entry.node, reader).map(|answer| (place, answer))
}

fn text(node: &Node, reader: &mut Reader<'_>, key: &str, wanted: &str) -> Option<Text> {
    let text = node.text();
    if text.is_none() {
        reader.wrong(node, key, wanted);
    }
    text
}

/// The text, if it is that word; another word is a finding.
fn is_word(node: &Node, reader: &mut Reader<'_>, key: &str, words: &str, word: &str) -> bool {
    match node.text() {
        Some(text) if text.value == word => true,
        _ => {
            let finding = super::read::wrong_type(node, key, words);
            reader.findings().push(finding);
            false
        }
    }
}

fn allow(node: Node, reader: &mut Reader<'_>) -> Option<WrittenAllow> {
    if !matches!(node.value, Value::Table(_)) {
        let words = "\"yes\" or { refuse = \"…\" }";
        return is_word(&node, reader, "allow", words, "yes").then_some(WrittenAllow::Yes);
    }
    let mut table = Reader::of(node, "`allow`".to_owned(), "allow", reader.findings())?;
    let reason = table.must_text("refuse", "\"not_approved\"");
    table.finish();
    reason.map(WrittenAllow::Refuse)
}

/// `{ ask = "role", reason = "word" }`, if the table has `ask`.
fn ask(node: &Node, key: &str, reader: &mut Reader<'_>) -> Option<Option<WrittenAsk>> {
    let Value::Table(table) = &node.value else {
        return None;
    };
    table.get("ask")?;
    let mut table = Reader::new(
        table.clone(),
        node.place.clone(),
        format!("`{key}`"),
        reader.findings(),
    );
    let (role, reason) = (
        table.must_text("ask", "\"a_role\""),
        table.must_text("reason", "\"a_reason\""),
    );
    table.finish();
    Some(
        role.zip(reason)
            .map(|(role, reason)| WrittenAsk { role, reason }),
    )
}

fn identify(node: Node, reader: &mut Reader<'_>) -> Option<WrittenIdentify> {
    if let Some(ask) = ask(&node, "identify", reader) {
        return ask.map(WrittenIdentify::Ask);
    }
    if !matches!(node.value, Value::Table(_)) {
        let words = "\"new\", { same_as = \"record\" } or { household_of = \"record\" }";
        return is_word(&node, reader, "identify", words, "new").then_some(WrittenIdentify::New);
    }
    let mut table = Reader::of(node, "`identify`".to_owned(), "identify", reader.findings())?;
    let household = table.text("household_of");
    let same = match household {
        None => table.must_text("same_as", "\"record\""),
        Some(_) => None,
    };
    table.finish();
    household
        .map(WrittenIdentify::HouseholdOf)
        .or(same.map(WrittenIdentify::SameAs))
}

fn own(node: Node, reader: &mut Reader<'_>) -> Option<WrittenOwn> {
    if let Some(ask) = ask(&node, "own", reader) {
        return ask.map(WrittenOwn::Ask);
    }
    let Value::Table(table) = node.value else {
        let words = "\"unchanged\" or { person = \"active\" }";
        return is_word(&node, reader, "own", words, "unchanged").then_some(WrittenOwn::Unchanged);
    };
    let mut each = Vec::new();
    for entry in table.entries {
        if let Some(state) = entry.node.text() {
            each.push((entry.key, state, None));
            continue;
        }
        let what = format!("what `{}` gets", entry.key.value);
        let Some(mut to) = Reader::of(entry.node, what, &entry.key.value, reader.findings()) else {
            continue;
        };
        let (state, rests_on) = (to.must_text("claim", "\"sharing\""), to.text("rests_on"));
        to.finish();
        each.extend(state.map(|state| (entry.key, state, rests_on)));
    }
    Some(WrittenOwn::Each(each))
}

fn receive(node: Node, reader: &mut Reader<'_>) -> Option<WrittenReceive> {
    if let Some(ask) = ask(&node, "receive", reader) {
        return ask.map(WrittenReceive::Ask);
    }
    if !matches!(node.value, Value::Table(_)) {
        let words = "\"nobody\" or { by = \"rota\", as = \"duty\" }";
        return is_word(&node, reader, "receive", words, "nobody")
            .then_some(WrittenReceive::Nobody);
    }
    let mut table = Reader::of(node, "`receive`".to_owned(), "receive", reader.findings())?;
    let by = table.text_or_texts("by");
    if by.is_empty() {
        table.need("by", "\"rota\"");
    }
    let role = table.must_text("as", "\"duty\"");
    let regardless = table.flag("regardless").is_some_and(|(yes, _)| yes);
    table.finish();
    role.filter(|_| !by.is_empty())
        .map(|role| WrittenReceive::By {
            by,
            role,
            regardless,
        })
}

fn turn(node: Node, reader: &mut Reader<'_>) -> Option<Vec<(Text, WrittenTurn)>> {
    let Value::Table(table) = node.value else {
        reader.wrong(&node, "turn", "{ person = \"used\" }");
        return None;
    };
    let mut turns = Vec::new();
    for entry in table.entries {
        let turn = one_turn(entry.node, &entry.key, reader);
        turns.extend(turn.map(|turn| (entry.key, turn)));
    }
    Some(turns)
}

/// `"used"`, or a table that says more.
fn one_turn(node: Node, who: &Text, reader: &mut Reader<'_>) -> Option<WrittenTurn> {
    if !matches!(node.value, Value::Table(_)) {
        let wanted = "what becomes of the turn, as a word";
        let effect = text(&node, reader, &who.value, wanted)?;
        return Some(WrittenTurn {
            effect,
            desk: None,
            kind: None,
            valid: None,
        });
    }
    let what = format!("what becomes of the turn of `{}`", who.value);
    let mut table = Reader::of(node, what, &who.value, reader.findings())?;
    let effect = table.must_text("effect", "\"priority\"");
    let (desk, kind, valid) = (table.text("desk"), table.text("kind"), table.text("valid"));
    table.finish();
    Some(WrittenTurn {
        effect: effect?,
        desk,
        kind,
        valid,
    })
}

fn sanction(node: Node, reader: &mut Reader<'_>) -> Option<Vec<(Text, WrittenSanction)>> {
    let Value::Table(table) = node.value else {
        reader.wrong(&node, "sanction", "{ person = { points = \"amount.…\" } }");
        return None;
    };
    let mut sanctions = Vec::new();
    for entry in table.entries {
        if let Some(fact) = entry.node.text() {
            sanctions.push((entry.key, WrittenSanction::Fact(fact)));
            continue;
        }
        let what = format!("what `{}` pays", entry.key.value);
        let Some(mut parts) = Reader::of(entry.node, what, &entry.key.value, reader.findings())
        else {
            continue;
        };
        let written = WrittenSanction::Parts(Box::new(WrittenParts {
            place: parts.place(),
            fine: parts.text("fine"),
            pay_back: parts.text("pay_back"),
            points: parts.text("points"),
            suspend: parts.text("suspend"),
            desk: parts.text("desk"),
            warning: parts.flag("warning").is_some_and(|(yes, _)| yes),
            dismiss: parts.flag("dismiss").is_some_and(|(yes, _)| yes),
            paid_by: parts.text("paid_by"),
        }));
        parts.finish();
        sanctions.push((entry.key, written));
    }
    Some(sanctions)
}

fn share(node: Node, reader: &mut Reader<'_>) -> Option<WrittenShare> {
    if let Some(ask) = ask(&node, "share", reader) {
        return ask.map(WrittenShare::Ask);
    }
    let Value::Table(table) = node.value else {
        if node.text().is_some_and(|text| text.value == "held") {
            return Some(WrittenShare::Held);
        }
        let words = "\"nothing\", \"held\" or { person = \"all\" }";
        return is_word(&node, reader, "share", words, "nothing").then_some(WrittenShare::Nothing);
    };
    let (mut parts, mut others) = (Vec::new(), None);
    for entry in table.entries {
        match (entry.key.value.as_str(), entry.node.value) {
            ("others", Value::Whole(0)) => others = Some(entry.node.place),
            ("others", _) => {
                let message = "`others` is 0: whoever is not named gets nothing";
                reader.findings().push(Finding::new(
                    Code::WrongType,
                    message,
                    entry.node.place,
                    "0 is needed",
                ));
            }
            (_, Value::Whole(number)) => {
                parts.push((entry.key, WrittenPart::Whole(number, entry.node.place)))
            }
            (_, Value::Text(value, inner)) => {
                let text = Text {
                    value,
                    inner,
                    place: entry.node.place,
                };
                parts.push((entry.key, WrittenPart::Text(text)));
            }
            (_, value) => {
                let node = Node {
                    place: entry.node.place,
                    value,
                };
                reader.wrong(
                    &node,
                    &entry.key.value,
                    "a part, as in \"amount.…\", \"all\" or \"n%\"",
                );
            }
        }
    }
    Some(WrittenShare::Parts { parts, others })
}

fn levy(node: Node, reader: &mut Reader<'_>) -> Option<Vec<(Text, Text)>> {
    let Value::Table(table) = node.value else {
        reader.wrong(&node, "levy", "{ account = \"amount.…\" }");
        return None;
    };
    let mut levies = Vec::new();
    for entry in table.entries {
        let part = text(
            &entry.node,
            reader,
            &entry.key.value,
            "a part or money, as in \"amount.…\" or \"n%\"",
        );
        levies.extend(part.map(|part| (entry.key, part)));
    }
    Some(levies)
}
