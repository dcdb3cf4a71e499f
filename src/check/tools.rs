//! What every part of the check uses: findings, words, bilingual texts, dates, limits.

use super::Checker;
use crate::base::names::nearest;
use crate::base::time::{Day, Instant};
use crate::finding::{Code, Finding, Place};
use crate::policy::{self, Bilingual, WordId};
use crate::syntax::{Text, WrittenText};

/// The most that a policy may declare of one sort, and the most clauses it may have.
const MOST: usize = 4000;
/// The most different words.
const MOST_WORDS: usize = 60_000;

impl Checker<'_> {
    /// Adds a finding.
    pub fn push(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Adds an error at a place.
    pub fn error(
        &mut self,
        code: Code,
        message: impl Into<String>,
        place: &Place,
        label: impl Into<String>,
    ) {
        self.push(Finding::new(code, message, place.clone(), label));
    }

    /// Adds an error with a help line.
    pub fn helped(
        &mut self,
        code: Code,
        message: impl Into<String>,
        place: &Place,
        label: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(Finding::new(code, message, place.clone(), label).help(help));
    }

    /// The number of a word.
    pub fn word(&mut self, word: &str) -> WordId {
        if let Some(id) = self.word_ids.get(word) {
            return *id;
        }
        let id = WordId(number(self.words.len()));
        self.words.push(word.to_owned());
        self.word_ids.insert(word.to_owned(), id);
        id
    }

    /// A word that any event may carry; what is not snake_case is a finding.
    pub fn free_word(&mut self, text: &Text) -> WordId {
        if !is_snake_case(&text.value) {
            let help = "write small letters, digits and `_`";
            self.helped(
                Code::BadName,
                format!("`{}` is not a word", text.value),
                &text.place,
                "not snake_case",
                help,
            );
        }
        self.word(&text.value)
    }

    /// A role of the title page.
    pub fn role_word(&mut self, role: &Text) -> WordId {
        match self.roles.iter_mut().find(|known| known.name == role.value) {
            Some(known) => known.used = true,
            None => {
                let names: Vec<String> =
                    self.roles.iter().map(|known| known.name.clone()).collect();
                let message = format!("there is no role `{}`", role.value);
                let help = did_you_mean(&role.value, names.iter().map(String::as_str), "roles");
                self.helped(
                    Code::UnknownName,
                    message,
                    &role.place,
                    "no such role",
                    help,
                );
            }
        }
        self.word(&role.value)
    }

    /// The first instant of a day of the office that a file names.
    pub fn date(&mut self, text: &Text) -> Option<Instant> {
        match text.value.parse::<Day>() {
            Ok(day) => Some(self.calendar.start_of(day)),
            Err(error) => {
                let help = error.help();
                self.helped(
                    Code::BadDate,
                    error.sentence(),
                    &text.place,
                    "not a date",
                    help,
                );
                None
            }
        }
    }

    /// One of a few words that a key takes.
    pub fn one_of<T: Copy>(&mut self, text: &Text, words: &[(&str, T)], what: &str) -> Option<T> {
        let found = words
            .iter()
            .find(|(word, _)| *word == text.value)
            .map(|(_, value)| *value);
        if found.is_none() {
            let help = did_you_mean(&text.value, words.iter().map(|(word, _)| *word), what);
            let message = format!("`{}` is not among {what}", text.value);
            self.helped(
                Code::UnknownWord,
                message,
                &text.place,
                "another word is needed",
                help,
            );
        }
        found
    }

    /// Whether something stands in the policy's own folder, not in one that it extends.
    pub fn is_own(&self, place: &Place) -> bool {
        self.read.is_own(place.file)
    }

    /// A place as the policy keeps it.
    pub fn kept_place(&self, place: &Place) -> policy::Place {
        let (line, _) = self.sources.line_column(place);
        let file = self.read.path(place.file).to_owned();
        policy::Place {
            file,
            line: u32::try_from(line).unwrap_or(u32::MAX),
        }
    }

    /// Whether the policy holds no more than it may.
    pub fn limits(&mut self) -> bool {
        let before = self.findings.len();
        let written = self.written;
        let counts = [
            ("amounts", written.amounts.len()),
            ("facts", written.facts.len()),
            ("people", written.people.len()),
            ("windows", written.windows.len()),
            ("events", written.events.len()),
            (
                "fields of events",
                written.events.iter().map(|event| event.fields.len()).sum(),
            ),
            ("kinds of violation", written.violations.len()),
            ("accounts", written.accounts.len()),
            ("roles", written.title.roles.len()),
            (
                "permissions",
                written.title.roles.iter().map(|role| role.may.len()).sum(),
            ),
            (
                "rows of rotas",
                written
                    .title
                    .rotas
                    .iter()
                    .map(|rota| rota.passed_over.len())
                    .sum(),
            ),
            (
                "clauses",
                written
                    .clauses
                    .iter()
                    .map(|clause| 1 + clause.rows.len())
                    .sum(),
            ),
        ];
        for (what, count) in counts {
            if count > MOST {
                self.too_much(format!("the policy has {count} {what}, more than {MOST}"));
            }
        }
        self.findings.len() == before
    }

    /// Words are numbered; their number is bounded too.
    pub fn too_many_words(&mut self) {
        let count = self.words.len();
        if count > MOST_WORDS {
            self.too_much(format!(
                "the policy uses {count} words, more than {MOST_WORDS}"
            ));
        }
    }

    fn too_much(&mut self, message: String) {
        let place = self.page();
        self.helped(Code::TooMuch, message, &place, "", "divide the policy");
    }

    /// Where the title page stands.
    pub fn page(&self) -> Place {
        self.written.title.place.clone().unwrap_or(Place {
            file: 0,
            span: 0..0,
        })
    }
}

/// A number of something; more than fit are a finding ([`Checker::limits`]).
pub fn number(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

/// The text in both languages, empty where it is missing (a finding has said so).
pub fn bilingual(text: Option<&WrittenText>) -> Bilingual {
    text.map_or_else(Bilingual::default, |text| Bilingual {
        en: text.en.value.clone(),
        zh: text.zh.value.clone(),
    })
}

/// A hint to the nearest name, or to all of them if they are few.
pub fn did_you_mean<'n>(
    word: &str,
    names: impl IntoIterator<Item = &'n str>,
    what: &str,
) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    match nearest(word, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => format!("this policy declares no {what}"),
        None if names.len() > 24 => format!("there are {} {what}; none is near", names.len()),
        None => format!("{what}: {}", names.join(", ")),
    }
}

/// Small ASCII letters, digits and `_`, beginning with a letter.
pub fn is_snake_case(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && name.len() <= 64
}
