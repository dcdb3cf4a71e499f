//! Amounts, facts, people, windows, events, kinds of violation and accounts, as written.

use super::cells::cell;
use super::read::{Reader, bilingual_of, wrong_type};
use super::tree::{Entry, Node, Text, Value};
use super::written::{
    WrittenAmount, WrittenCase, WrittenEvent, WrittenFact, WrittenField, WrittenHow, WrittenPeople,
    WrittenPick, WrittenStory, WrittenText, WrittenValue, WrittenWindow,
};
use crate::finding::{Code, Finding};

/// `[amount.x]`
pub fn amount(entry: Entry, findings: &mut Vec<Finding>) -> Option<WrittenAmount> {
    let what = format!("the amount `{}`", entry.key.value);
    let mut reader = Reader::of(entry.node, what, &entry.key.value, findings)?;
    let mut values = Vec::new();
    match reader.take("is") {
        None => reader.need("is", "{ 2020-01-01 = \"n days\" }"),
        Some(is) => match is.node.value {
            Value::Table(table) => {
                if table.entries.is_empty() {
                    let message = format!("the amount `{}` has no value", entry.key.value);
                    let finding =
                        Finding::new(Code::BadAmount, message, is.node.place.clone(), "no value");
                    let help = "write is = { 2020-01-01 = \"…\" }";
                    reader.findings().push(finding.help(help));
                }
                for dated in table.entries {
                    values.extend(value(dated.node, &mut reader).map(|value| (dated.key, value)));
                }
            }
            _ => reader.wrong(
                &is.node,
                "is",
                "a table of dates, as in { 2020-01-01 = \"n days\" }",
            ),
        },
    }
    let amount = WrittenAmount {
        values,
        source: reader.must_text("source", "\"R.name\""),
        text: reader.must_bilingual("text"),
        name: entry.key,
    };
    reader.finish();
    Some(amount)
}

fn value(node: Node, reader: &mut Reader<'_>) -> Option<WrittenValue> {
    if let Some(text) = node.text() {
        return Some(WrittenValue::Text(text));
    }
    if let Value::List(_) = node.value {
        let words = reader.texts_of(&node, "is");
        return Some(WrittenValue::Words(words, node.place));
    }
    let help = "write the unit with it, as in \"n days\", \"2 visits\" or \"50.00 yuan\"";
    reader
        .findings()
        .push(wrong_type(&node, "is", "a text or a list of words").help(help));
    None
}

/// `[fact.x]`
pub fn fact(entry: Entry, findings: &mut Vec<Finding>) -> Option<WrittenFact> {
    let what = format!("the fact `{}`", entry.key.value);
    let mut reader = Reader::of(entry.node, what, &entry.key.value, findings)?;
    let of = reader.must_text("of", "\"deal\"");
    let text = reader.must_bilingual("text");
    let source = reader.must_text("source", "\"R.name\"");
    let is_a = reader.text("type");
    let is = reader.text("is");
    let absent = reader.flag("absent");
    let story = story(&mut reader);
    let script = reader.text("script");
    let reads = reader.texts("reads");
    let cases = cases(&mut reader);
    let customers = reader.texts("customers");
    let customers = (!customers.is_empty()).then_some(customers);
    let ways = usize::from(is.is_some())
        + usize::from(customers.is_some())
        + usize::from(story.is_some())
        + usize::from(script.is_some())
        + usize::from(cases.is_some());
    if ways > 1 {
        two_ways(&mut reader);
    } else if ways == 0 {
        reader.need(
            "is",
            "'…', or `cases`, `customers`, `count`, `sum`, `first`, `last` or `script`",
        );
    }
    reader.finish();
    let how = is
        .map(|is| WrittenHow::Is(is, absent))
        .or(story.map(WrittenHow::Story))
        .or(script.map(|script| WrittenHow::Script(script, reads)))
        .or(cases.map(WrittenHow::Cases))
        .or(customers.map(WrittenHow::Customers));
    Some(WrittenFact {
        name: entry.key,
        of,
        text,
        source,
        is_a,
        how,
    })
}

/// `[question.x]`
pub fn question(entry: Entry, findings: &mut Vec<Finding>) -> Option<WrittenFact> {
    let what = format!("the question `{}`", entry.key.value);
    let mut reader = Reader::of(entry.node, what, &entry.key.value, findings)?;
    let of = reader.must_text("of", "\"claim\"");
    let text = reader.must_bilingual("text");
    let source = reader.must_text("source", "\"R.name\"");
    let answer = reader.must_text("answer", "\"word\"");
    let absent = match reader.take("absent") {
        Some(absent) => cell(&absent.node, "absent", false, &mut reader),
        None => None,
    };
    reader.finish();
    Some(WrittenFact {
        name: entry.key,
        of,
        text,
        source,
        is_a: None,
        how: Some(WrittenHow::Question { answer, absent }),
    })
}

/// `cases = [{ when = ['…'], is = "word" }, { is = "other" }]`
fn cases(reader: &mut Reader<'_>) -> Option<Vec<WrittenCase>> {
    let entry = reader.take("cases")?;
    let Value::List(items) = entry.node.value else {
        reader.wrong(&entry.node, "cases", "a list of cases");
        return None;
    };
    let mut cases = Vec::new();
    for item in items {
        let place = item.place.clone();
        let what = "a case".to_owned();
        let Some(mut case) = Reader::of(item, what, "cases", reader.findings()) else {
            continue;
        };
        let (when, unless) = (case.texts("when"), case.texts("unless"));
        let is = match case.take("is") {
            Some(is) => cell(&is.node, "is", false, &mut case),
            None => {
                case.need("is", "\"word\"");
                None
            }
        };
        case.finish();
        cases.push(WrittenCase {
            place,
            when,
            unless,
            is,
        });
    }
    Some(cases)
}

fn two_ways(reader: &mut Reader<'_>) {
    let finding = Finding::new(
        Code::WrongType,
        "a fact is found in one way",
        reader.place(),
        "two ways",
    );
    reader.findings().push(
        finding.help(
            "keep one of `is`, `cases`, `customers`, `count`, `sum`, `first`, `last`, `script`",
        ),
    );
}

/// `count`, `sum`, `first` or `last`, with what narrows it.
fn story(reader: &mut Reader<'_>) -> Option<WrittenStory> {
    let keeps = ["count", "sum", "first", "last"].map(|keeps| (keeps, reader.text(keeps)));
    let mut found = keeps
        .into_iter()
        .filter_map(|(keeps, moment)| Some((keeps, moment?)));
    let first = found.next();
    if found.next().is_some() {
        two_ways(reader);
    }
    let (filter, same) = (reader.texts("where"), reader.texts("same"));
    let (period, value, whose) = (
        reader.text("period"),
        reader.text("value"),
        reader.text("whose"),
    );
    let Some((keeps, moment)) = first else {
        for text in filter
            .into_iter()
            .chain(same)
            .chain(period)
            .chain(value)
            .chain(whose)
        {
            let message = "`where`, `whose`, `same`, `period` and `value` belong to `count`, `sum`, `first` or `last`";
            reader.findings().push(Finding::new(
                Code::UnknownKey,
                message,
                text.place,
                "reads no story",
            ));
        }
        return None;
    };
    Some(WrittenStory {
        keeps,
        moment,
        filter,
        whose,
        same,
        period,
        value,
    })
}

/// `[people.x]`
pub fn people(entry: Entry, findings: &mut Vec<Finding>) -> Option<WrittenPeople> {
    let what = format!("the people `{}`", entry.key.value);
    let mut reader = Reader::of(entry.node, what, &entry.key.value, findings)?;
    let (from, is, filter) = (
        reader.text("from"),
        reader.texts("is"),
        reader.texts("where"),
    );
    let each = reader
        .flag("each")
        .and_then(|(each, _)| each.then_some(WrittenPick::Each));
    let mut keys = |key| Some(reader.text_or_texts(key)).filter(|keys| !keys.is_empty());
    let first = keys("first").map(WrittenPick::First);
    let last = keys("last").map(WrittenPick::Last);
    let picks: Vec<WrittenPick> = each.into_iter().chain(first).chain(last).collect();
    let place = reader.place();
    match (from.is_some(), is.is_empty(), picks.len()) {
        (true, true, 1) | (false, false, 0) => {}
        (false, true, _) => reader.need("from", "\"claims\", or `is = [\"heir_of\", \"owner\"]`"),
        (true, false, _) | (false, false, _) => {
            let message = "`is` lists people of whom the first who exists is meant; nothing else goes with it";
            reader
                .findings()
                .push(Finding::new(Code::WrongType, message, place, "two ways"));
        }
        (true, true, 0) => reader.need(
            "each",
            "true, or `first = \"it.opened\"`, `last = \"it.opened\"`",
        ),
        (true, true, _) => {
            let message = "people are all of them, or the first, or the last";
            let finding = Finding::new(Code::WrongType, message, place, "more than one of these");
            reader
                .findings()
                .push(finding.help("keep one of `each`, `first`, `last`"));
        }
    }
    reader.finish();
    Some(WrittenPeople {
        name: entry.key,
        from,
        is,
        filter,
        pick: picks.into_iter().next(),
    })
}

/// `[window.x]`
pub fn window(entry: Entry, findings: &mut Vec<Finding>) -> Option<WrittenWindow> {
    let what = format!("the window `{}`", entry.key.value);
    let mut reader = Reader::of(entry.node, what, &entry.key.value, findings)?;
    let (starts, ends) = (reader.text_or_texts("starts"), reader.text("ends"));
    if starts.is_empty() && ends.is_none() {
        reader.need("starts", "\"claim.slept\", or `ends` if it looks back");
    }
    if let (Some(first), Some(ends)) = (starts.first(), &ends) {
        let finding = Finding::new(
            Code::WrongType,
            "a window starts from a time, or looks back from one",
            ends.place.clone(),
            "both",
        );
        let finding = finding.other(first.place.clone(), "starts here");
        reader
            .findings()
            .push(finding.help("keep `starts` or `ends`"));
    }
    let to_end_of = reader.text("to_end_of");
    let length = match &to_end_of {
        Some(_) => reader.text("length"),
        None => reader.must_text("length", "\"amount.some_days\""),
    };
    let days = [reader.text("first_day"), reader.text("last_day")];
    if let Some(period) = &to_end_of {
        let stray = length.iter().chain(days.iter().flatten()).chain(&ends);
        for text in stray {
            let message = "a window that lasts to the end of a day, week, month, quarter or year counts nothing";
            let finding = Finding::new(Code::WrongType, message, text.place.clone(), "not with it");
            let finding = finding.other(period.place.clone(), "lasts to the end of this");
            reader
                .findings()
                .push(finding.help("leave one of them out; what looks back has a length"));
        }
    }
    let [first_day, last_day] = days;
    let window = WrittenWindow {
        of: reader.must_text("of", "\"claim\""),
        text: reader.must_bilingual("text"),
        source: reader.must_text("source", "\"R.name\""),
        starts,
        ends,
        closed_by: reader.text_or_texts("closed_by"),
        length,
        to_end_of,
        first_day,
        last_day,
        changes: reader.text("changes"),
        name: entry.key,
    };
    reader.finish();
    Some(window)
}

/// `[event.x]`
pub fn event(entry: Entry, findings: &mut Vec<Finding>) -> Option<WrittenEvent> {
    let what = format!("the event `{}`", entry.key.value);
    let mut reader = Reader::of(entry.node, what, &entry.key.value, findings)?;
    let about = reader.text_or_texts("about");
    let fields = reader.named_tables("fields");
    reader.finish();
    let fields = fields
        .into_iter()
        .filter_map(|entry| field(entry, findings))
        .collect();
    Some(WrittenEvent {
        name: entry.key,
        about,
        fields,
    })
}

/// `stage = ["talking", "left"]`, `amount = "money"` or `stage = { type = "word", words = […], required = true }`.
fn field(entry: Entry, findings: &mut Vec<Finding>) -> Option<WrittenField> {
    let name = entry.key;
    if let Some(is_a) = entry.node.text() {
        return Some(WrittenField {
            name,
            is_a: Some(is_a),
            words: Vec::new(),
            required: false,
        });
    }
    if let Value::List(items) = &entry.node.value {
        let mut words: Vec<Text> = Vec::new();
        for item in items {
            match item.text() {
                Some(word) => words.push(word),
                None => findings.push(wrong_type(item, &name.value, "a word")),
            }
        }
        return Some(WrittenField {
            name,
            is_a: None,
            words,
            required: false,
        });
    }
    let what = format!("the field `{}`", name.value);
    let mut reader = Reader::of(entry.node, what, &name.value, findings)?;
    let (is_a, words) = (reader.text("type"), reader.texts("words"));
    let required = reader
        .flag("required")
        .is_some_and(|(required, _)| required);
    reader.finish();
    Some(WrittenField {
        name,
        is_a,
        words,
        required,
    })
}

/// `x = { en = "…", zh = "…" }` under `[violation]`
pub fn violation(entry: Entry, findings: &mut Vec<Finding>) -> Option<(Text, WrittenText)> {
    let text = bilingual_of(entry.node, &entry.key.value, findings)?;
    Some((entry.key, text))
}

/// `[account.x]`
pub fn account(entry: Entry, findings: &mut Vec<Finding>) -> Option<(Text, Option<WrittenText>)> {
    let what = format!("the account `{}`", entry.key.value);
    let mut reader = Reader::of(entry.node, what, &entry.key.value, findings)?;
    let title = reader.must_bilingual("title");
    reader.finish();
    Some((entry.key, title))
}
