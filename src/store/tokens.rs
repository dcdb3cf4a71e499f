//! Tokens: who may do what. A token is shown once, when it is made; what is kept is its digest.

use super::error::{At, Result, StoreError, Trouble};
use super::{Reader, Store};
use crate::vocabulary::roles::Role;
use rusqlite::Row;
use sha2::{Digest, Sha256};
use std::fmt;

/// Whose a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A person, by the name that events know.
    Person(String),
    /// A desk, by its name.
    Desk(String),
}

/// What a token is given for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// What it may be used for.
    pub role: Role,
    /// In which office; in all if none.
    pub office: Option<String>,
    /// Whose it is.
    pub holder: Holder,
}

/// A token as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its number, by which it is revoked.
    pub id: i64,
    /// The SHA-256 of its text.
    pub digest: [u8; 32],
    /// What it was given for.
    pub grant: Grant,
    /// When it was made, in milliseconds since 1970.
    pub made: i64,
    /// When it was revoked; none if it is good.
    pub revoked: Option<i64>,
}

/// The text of a token. It is shown to whoever asked for it, once, and to nobody else.
pub struct Secret(String);

/// How every token begins, so that it is known where it does not belong.
const PREFIX: &str = "pk_";
/// How many random bytes it has.
const RANDOM: usize = 32;
/// What they are written with: each letter has five bits, none needs an escape in a header or a shell.
const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

impl Secret {
    fn new() -> std::result::Result<Secret, getrandom::Error> {
        let mut bytes = [0; RANDOM];
        getrandom::fill(&mut bytes)?;
        let mut text = PREFIX.to_owned();
        let (mut waiting, mut bits) = (0_u32, 0);
        for byte in bytes {
            waiting = waiting << 8 | u32::from(byte);
            bits += 8;
            while bits >= 5 {
                bits -= 5;
                text.push(char::from(LETTERS[(waiting >> bits & 31) as usize]));
            }
            waiting &= (1 << bits) - 1;
        }
        text.push(char::from(LETTERS[(waiting << (5 - bits) & 31) as usize]));
        Ok(Secret(text))
    }

    /// The text itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Shows nothing of it.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The tokens of a data file at some moment.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    list: Vec<Token>,
    /// The digest of each, and its place in the list; sorted.
    digests: Vec<([u8; 32], usize)>,
}

impl Tokens {
    /// Every token that was ever made, revoked ones included, in their order.
    pub fn list(&self) -> &[Token] {
        &self.list
    }

    /// Whether none was ever made. An office whose last token was revoked still asks for one: it does not open again.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The token of that text, unless it was revoked. Texts are compared by their digests, whose order says nothing
    /// about them, so that the time this takes says nothing either.
    pub fn find(&self, text: &str) -> Option<&Token> {
        let digest = digest(text);
        let at = self.digests.binary_search_by(|(one, _)| one.cmp(&digest));
        let token = &self.list[self.digests[at.ok()?].1];
        token.revoked.is_none().then_some(token)
    }
}

/// Which tokens somebody has seen; at first, those of a file that has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The database's own count of commits by others.
    commits: i64,
    /// How often the tokens were changed.
    changes: i64,
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

impl Reader {
    /// The tokens as they are.
    pub fn tokens(&self) -> Result<Tokens> {
        let mut query = self
            .db
            .prepare_cached(
                "SELECT id, hash, role, office, person, desk, made, revoked FROM tokens ORDER BY id",
            )
            .at(&self.path)?;
        let mut rows = query.query(()).at(&self.path)?;
        let mut tokens = Tokens::default();
        while let Some(row) = rows.next().at(&self.path)? {
            let token = self.token(row)?;
            tokens.digests.push((token.digest, tokens.list.len()));
            tokens.list.push(token);
        }
        tokens.digests.sort_unstable();
        Ok(tokens)
    }

    fn token(&self, row: &Row<'_>) -> Result<Token> {
        let id = row.get(0).at(&self.path)?;
        let role: String = row.get(2).at(&self.path)?;
        let holder = match (row.get(4).at(&self.path)?, row.get(5).at(&self.path)?) {
            (Some(person), None) => Some(Holder::Person(person)),
            (None, Some(desk)) => Some(Holder::Desk(desk)),
            _ => None,
        };
        match (Role::parse(&role), holder) {
            (Some(role), Some(holder)) => Ok(Token {
                id,
                digest: row.get(1).at(&self.path)?,
                grant: Grant {
                    role,
                    office: row.get(3).at(&self.path)?,
                    holder,
                },
                made: row.get(6).at(&self.path)?,
                revoked: row.get(7).at(&self.path)?,
            }),
            _ => Err(self.damaged(format!("token {id} is nobody's, or for `{role}`"))),
        }
    }

    /// Whether another process, or another connection of this one, has changed the tokens since; cheap enough to be
    /// asked for every request. Whoever is told so reads them again.
    pub fn tokens_changed(&self, seen: &mut Seen) -> Result<bool> {
        let number = |sql| {
            let mut query = self.db.prepare_cached(sql)?;
            query.query_row((), |row| row.get::<_, i64>(0))
        };
        let commits = number("PRAGMA data_version").at(&self.path)?;
        if commits == seen.commits {
            return Ok(false);
        }
        let changes = number("SELECT value FROM meta WHERE key = 'tokens'").at(&self.path)?;
        let changed = changes != seen.changes;
        *seen = Seen { commits, changes };
        Ok(changed)
    }
}

impl Store {
    /// Makes a token; `now` in milliseconds since 1970. What is returned is kept nowhere.
    pub fn add_token(&mut self, grant: &Grant, now: i64) -> Result<(i64, Secret)> {
        let secret = Secret::new().map_err(|error| {
            let what = format!("no random numbers: {error}");
            StoreError::new(&self.path, Trouble::Failed(what))
        })?;
        let (person, desk) = match &grant.holder {
            Holder::Person(name) => (Some(name), None),
            Holder::Desk(name) => (None, Some(name)),
        };
        let id = self.change_tokens(
            "INSERT INTO tokens (hash, role, office, person, desk, made) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            (
                digest(secret.reveal()),
                grant.role.text(),
                &grant.office,
                person,
                desk,
                now,
            ),
        )?;
        id.map(|id| (id, secret))
            .ok_or_else(|| self.damaged("a token was not written".into()))
    }

    /// Revokes a token; false if there is none of that number that is good.
    pub fn revoke_token(&mut self, id: i64, now: i64) -> Result<bool> {
        let changed = self.change_tokens(
            "UPDATE tokens SET revoked = ?2 WHERE id = ?1 AND revoked IS NULL",
            (id, now),
        )?;
        Ok(changed.is_some())
    }

    /// Changes one token, and counts that; the id of the last that was made, if anything was changed.
    fn change_tokens(&mut self, sql: &str, values: impl rusqlite::Params) -> Result<Option<i64>> {
        let path = self.disk.path.clone();
        let change = |db: &mut rusqlite::Connection| -> rusqlite::Result<Option<i64>> {
            let writing = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            let changed = writing.execute(sql, values)?;
            writing.execute("UPDATE meta SET value = value + 1 WHERE key = 'tokens'", ())?;
            let id = writing.last_insert_rowid();
            writing.commit()?;
            Ok((changed > 0).then_some(id))
        };
        change(&mut self.disk.db).at(&path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(role: Role, office: Option<&str>, holder: Holder) -> Grant {
        Grant {
            role,
            office: office.map(str::to_owned),
            holder,
        }
    }

    #[test]
    fn a_token_is_found_until_it_is_revoked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("panke.db");
        let mut store = Store::open(&path).unwrap();
        assert!(store.tokens().unwrap().is_empty());
        let desk = grant(Role::Desk, Some("east"), Holder::Desk("walk_in".into()));
        let person = grant(Role::Finance, None, Holder::Person("Liu".into()));
        let (first, secret) = store.add_token(&desk, 5).unwrap();
        let (second, other) = store.add_token(&person, 6).unwrap();
        let tokens = store.tokens().unwrap();
        assert_eq!(tokens.find(secret.reveal()).unwrap().grant, desk);
        assert_eq!(tokens.find(other.reveal()).unwrap().grant, person);
        assert_eq!(tokens.find("pk_"), None);
        assert_eq!(tokens.find(""), None);

        assert!(store.revoke_token(first, 7).unwrap());
        assert!(!store.revoke_token(first, 8).unwrap());
        assert!(!store.revoke_token(99, 8).unwrap());
        let tokens = store.tokens().unwrap();
        assert_eq!(tokens.find(secret.reveal()), None);
        assert_eq!(tokens.find(other.reveal()).unwrap().id, second);
        assert_eq!(tokens.list()[0].revoked, Some(7));
        assert!(store.revoke_token(second, 9).unwrap());
        assert!(!store.tokens().unwrap().is_empty());
    }

    #[test]
    fn a_running_server_sees_a_change_of_another_process_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("panke.db");
        let mut store = Store::open(&path).unwrap();
        let reader = store.reader().unwrap();
        let mut seen = Seen::default();
        assert!(!reader.tokens_changed(&mut seen).unwrap());
        let mut beside = Store::join(&path).unwrap();
        let person = grant(Role::Author, None, Holder::Person("Liu".into()));
        let (id, _) = beside.add_token(&person, 1).unwrap();
        assert!(reader.tokens_changed(&mut seen).unwrap());
        assert!(!reader.tokens_changed(&mut seen).unwrap());
        // What the server itself writes is no change of tokens.
        store.office("east").unwrap();
        assert!(!reader.tokens_changed(&mut seen).unwrap());
        beside.revoke_token(id, 2).unwrap();
        assert!(reader.tokens_changed(&mut seen).unwrap());
    }

    #[test]
    fn the_text_of_a_token_is_nowhere_but_in_the_hand_that_asked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("panke.db");
        let mut store = Store::open(&path).unwrap();
        let person = grant(Role::Author, None, Holder::Person("Liu".into()));
        let (_, secret) = store.add_token(&person, 1).unwrap();
        let text = secret.reveal().to_owned();
        assert_eq!(text.len(), 3 + 52);
        assert!(text.starts_with(PREFIX));
        assert!(!format!("{secret:?} {:?}", store.tokens().unwrap()).contains(&text[3..]));
        let (_, another) = store.add_token(&person, 1).unwrap();
        assert_ne!(another.reveal(), text);
        store.close().unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let found = bytes
            .windows(20)
            .any(|part| part == &text.as_bytes()[3..23]);
        assert!(!found, "the file has the token");
    }
}
