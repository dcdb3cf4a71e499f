//! Who is speaking, and whether they may: tokens found in memory, rights looked up in the table of [`super::roles`].
//!
//! Decisions never read tokens: what is refused here is not stored, what is stored needs no token to be replayed.

use super::problem::{self, Problem};
use super::roles::{Right, may, right_of};
use crate::journal::{Field, RawValue, scan};
use crate::vocabulary::roles::Role;
use arc_swap::ArcSwap;
use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use tokio::sync::watch;

/// What a token begins with.
pub const TOKEN_START: &str = "pk_";
/// A longer text is no token.
const LONGEST_TOKEN: usize = 200;

/// What is kept of a token: its SHA-256.
pub type TokenHash = [u8; 32];

/// A token as the server knows it; the token itself is nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// Its id in the store, by which it is listed and revoked.
    pub id: String,
    /// Its hash.
    pub hash: TokenHash,
    /// As what its holder speaks.
    pub role: Role,
    /// The person whose it is; a desk, a program or an operator is nobody's.
    pub person: Option<String>,
    /// The only office that it opens; none: every office.
    pub office: Option<String>,
    /// Whether it has been revoked.
    pub revoked: bool,
}

/// Who is speaking.
#[derive(Clone, Debug)]
pub enum Who {
    /// There is no token in the store: whoever reaches the address may do everything.
    Everybody,
    /// The holder of a token.
    Holder(Arc<Pass>),
}

impl Who {
    /// The role, for the log.
    pub fn role(&self) -> &'static str {
        match self {
            Who::Everybody => "everybody",
            Who::Holder(pass) => pass.role.text(),
        }
    }

    /// The id of the token, for the log; empty without one.
    pub fn token(&self) -> &str {
        match self {
            Who::Everybody => "",
            Who::Holder(pass) => &pass.id,
        }
    }
}

/// How an office wants approvals to be recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Approvals {
    /// A desk may record that a named person approved.
    #[default]
    Desk,
    /// Whoever approves speaks with a token of their own.
    OwnToken,
}

/// The decisions that somebody may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All.
    All,
    /// Those that concern this person.
    Of(String),
}

/// The tokens that are good now.
#[derive(Debug, Default)]
struct Passes {
    by_hash: BTreeMap<TokenHash, Arc<Pass>>,
    /// Whether tokens are asked for: from the first that was ever made, so that the last one's end opens nothing.
    asked: bool,
}

/// The gate: which tokens there are, followed as the store changes.
pub struct Access {
    passes: ArcSwap<Passes>,
    changed: watch::Sender<u64>,
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Access({} tokens)", self.passes.load().by_hash.len())
    }
}

/// The hash of a token, as the store keeps it.
pub fn hash(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}

impl Access {
    /// The gate, with every token that the store has; revoked ones count as having been there.
    pub fn new(passes: Vec<Pass>) -> Access {
        Access {
            passes: ArcSwap::from_pointee(Passes::of(passes)),
            changed: watch::Sender::new(0),
        }
    }

    /// Takes what the store has now; whoever waits on [`Access::changes`] looks again.
    pub fn replace(&self, passes: Vec<Pass>) {
        self.passes.store(Arc::new(Passes::of(passes)));
        self.changed.send_modify(|times| *times += 1);
    }

    /// Whether tokens are asked for.
    pub fn asks(&self) -> bool {
        self.passes.load().asked
    }

    /// Tells of each change; an event stream asks [`Access::is_good`] again after one.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Whether whoever was let in still is.
    pub fn is_good(&self, who: &Who) -> bool {
        let passes = self.passes.load();
        match who {
            Who::Everybody => !passes.asked,
            Who::Holder(pass) => passes.by_hash.get(&pass.hash) == Some(pass),
        }
    }

    /// Who is speaking, by the header of the request.
    pub fn who(&self, headers: &HeaderMap) -> Result<Who, Problem> {
        let passes = self.passes.load();
        let Some(header) = headers.get(header::AUTHORIZATION) else {
            return if passes.asked {
                Err(Problem::new(
                    &problem::TOKEN_NEEDED,
                    "send `Authorization: Bearer pk_…`; `panke token add` makes one",
                ))
            } else {
                Ok(Who::Everybody)
            };
        };
        let token = bearer(header.as_bytes());
        let known = token.map(|token| passes.by_hash.get(&hash(token)));
        match known {
            Some(Some(pass)) => Ok(Who::Holder(Arc::clone(pass))),
            // Where nobody is asked, a token of another server need not be wrong.
            _ if !passes.asked => Ok(Who::Everybody),
            Some(None) => Err(Problem::new(
                &problem::TOKEN_UNKNOWN,
                "the token is not known here, or has been revoked; `panke token list` shows those that are good",
            )),
            None => Err(Problem::new(
                &problem::TOKEN_UNREADABLE,
                "the header reads `Authorization: Bearer pk_…`, with the token as it was shown once",
            )),
        }
    }

    /// Whether somebody has a right, in an office if the request is about one.
    pub fn allow(&self, who: &Who, right: Right, office: Option<&str>) -> Result<(), Problem> {
        let Who::Holder(pass) = who else {
            return Ok(());
        };
        if !may(pass.role, right) {
            return Err(missing(pass.role, right));
        }
        own_office(pass, office)
    }

    /// Whether somebody may record one event, given as the text of its JSON object. What is no event passes here: it is
    /// malformed, and is told so by whoever reads it.
    pub fn may_record(
        &self,
        who: &Who,
        office: &str,
        approvals: Approvals,
        event: &str,
    ) -> Result<(), Problem> {
        if let (Who::Everybody, Approvals::Desk) = (who, approvals) {
            return Ok(());
        }
        let fields = scan(event).unwrap_or_default();
        if let Who::Holder(pass) = who {
            own_office(pass, Some(office))?;
            may_record_fields(pass.role, &fields)?;
        }
        if approvals == Approvals::OwnToken {
            let person = match who {
                Who::Everybody => None,
                Who::Holder(pass) => pass.person.as_deref(),
            };
            own_approvals(person, &fields)?;
        }
        Ok(())
    }

    /// Which decisions somebody may read.
    pub fn scope(&self, who: &Who, office: &str) -> Result<Scope, Problem> {
        let Who::Holder(pass) = who else {
            return Ok(Scope::All);
        };
        own_office(pass, Some(office))?;
        if may(pass.role, Right::ReadAllDecisions) {
            return Ok(Scope::All);
        }
        match &pass.person {
            Some(person) if may(pass.role, Right::ReadOwn) => Ok(Scope::Of(person.clone())),
            _ => Err(missing(pass.role, Right::ReadAllDecisions)),
        }
    }
}

impl Passes {
    fn of(passes: Vec<Pass>) -> Passes {
        let asked = !passes.is_empty();
        let good = passes.into_iter().filter(|pass| !pass.revoked);
        let by_hash = good.map(|pass| (pass.hash, Arc::new(pass))).collect();
        Passes { by_hash, asked }
    }
}

/// The token of a header; none if it has another shape.
fn bearer(header: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(header).ok()?;
    let (scheme, token) = text.split_once(' ')?;
    let token = token.trim();
    let is_token = scheme.eq_ignore_ascii_case("bearer")
        && token.starts_with(TOKEN_START)
        && token.len() <= LONGEST_TOKEN;
    is_token.then_some(token)
}

fn own_office(pass: &Pass, office: Option<&str>) -> Result<(), Problem> {
    match (&pass.office, office) {
        (Some(own), Some(office)) if own != office => Err(Problem::new(
            &problem::OTHER_OFFICE,
            format!("this token is for the office `{own}`"),
        )),
        _ => Ok(()),
    }
}

/// Says which right is missing, and who has it.
fn missing(role: Role, right: Right) -> Problem {
    let holders: Vec<&str> = right.holders().iter().map(|role| role.text()).collect();
    let detail = format!(
        "a token of the role `{role}` lacks the right `{}` ({}) It is held by {}.",
        right.word(),
        right.text(),
        holders.join(", ")
    );
    Problem::new(&problem::RIGHT_MISSING, detail)
}

/// An event within a correction is recorded too; how deep one may stand in another is limited by [`scan`].
fn may_record_fields(role: Role, fields: &[Field<'_>]) -> Result<(), Problem> {
    let right = match text_of(fields, "event") {
        Some(kind) => right_of(kind),
        None => right_of(""),
    };
    if !may(role, right) {
        return Err(missing(role, right));
    }
    match instead(fields) {
        Some(inner) => may_record_fields(role, inner),
        None => Ok(()),
    }
}

/// The fields by which an event names who approved, ruled, verified or inspected.
pub const APPROVERS: [&str; 4] = ["approved_by", "decided_by", "verified_by", "inspector"];

fn own_approvals(person: Option<&str>, fields: &[Field<'_>]) -> Result<(), Problem> {
    for field in fields
        .iter()
        .filter(|field| APPROVERS.contains(&&*field.key))
    {
        let RawValue::Text(named) = &field.value else {
            continue;
        };
        if person != Some(named) {
            let detail = format!(
                "`{}` names `{named}`, and this office takes that from a token of `{named}` only; nothing is stored",
                field.key
            );
            let mut problem = Problem::new(&problem::APPROVAL_NEEDS_OWN_TOKEN, detail);
            problem.field = Some(field.key.to_string());
            return Err(problem);
        }
    }
    match instead(fields) {
        Some(inner) => own_approvals(person, inner),
        None => Ok(()),
    }
}

fn text_of<'f>(fields: &'f [Field<'_>], key: &str) -> Option<&'f str> {
    let field = fields.iter().find(|field| field.key == key)?;
    match &field.value {
        RawValue::Text(text) => Some(text),
        _ => None,
    }
}

fn instead<'f, 'a>(fields: &'f [Field<'a>]) -> Option<&'f [Field<'a>]> {
    let field = fields.iter().find(|field| field.key == "instead")?;
    match &field.value {
        RawValue::Table(inner) => Some(inner),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    const DESK: &str = "pk_desk";
    const AGENT: &str = "pk_agent";
    const EAST: &str = "pk_manager-of-east";

    fn pass(token: &str, role: Role, person: Option<&str>, office: Option<&str>) -> Pass {
        Pass {
            id: token.replace(TOKEN_START, ""),
            hash: hash(token),
            role,
            person: person.map(str::to_owned),
            office: office.map(str::to_owned),
            revoked: false,
        }
    }

    fn passes() -> Vec<Pass> {
        vec![
            pass(DESK, Role::Desk, None, None),
            pass(AGENT, Role::Agent, Some("an"), None),
            pass(EAST, Role::SiteManager, Some("mo"), Some("east")),
        ]
    }

    fn headers(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        headers
    }

    fn holder(access: &Access, token: &str) -> Who {
        access.who(&headers(&format!("Bearer {token}"))).unwrap()
    }

    fn code<T>(result: Result<T, Problem>) -> &'static str {
        result.err().map_or("let in", |problem| problem.code)
    }

    #[test]
    fn without_a_token_in_the_store_everybody_may() {
        let access = Access::new(Vec::new());
        let who = access.who(&HeaderMap::new()).unwrap();
        assert!(matches!(who, Who::Everybody) && access.is_good(&who));
        for right in Right::ALL {
            assert_eq!(code(access.allow(&who, *right, Some("east"))), "let in");
        }
        assert!(matches!(holder(&access, "pk_of-elsewhere"), Who::Everybody));
        access.replace(passes());
        assert!(
            !access.is_good(&who),
            "from the first token on, one is asked for"
        );
    }

    #[test]
    fn a_header_is_a_token_or_says_what_is_wrong() {
        let access = Access::new(passes());
        assert_eq!(code(access.who(&HeaderMap::new())), "token-needed");
        let long = format!("Bearer pk_{}", "x".repeat(LONGEST_TOKEN));
        for bad in [
            "",
            "pk_desk",
            "Basic pk_desk",
            "Bearer desk",
            "Bearer",
            &long,
        ] {
            assert_eq!(code(access.who(&headers(bad))), "token-unreadable", "{bad}");
        }
        assert_eq!(
            code(access.who(&headers("Bearer pk_desks"))),
            "token-unknown"
        );
        for good in ["Bearer pk_desk", "bearer  pk_desk "] {
            assert_eq!(access.who(&headers(good)).unwrap().token(), "desk");
        }
    }

    #[test]
    fn a_revoked_token_stops_at_once_and_the_last_one_opens_nothing() {
        let access = Access::new(passes());
        let who = holder(&access, DESK);
        let mut changes = access.changes();
        assert!(access.is_good(&who) && !changes.has_changed().unwrap());
        let mut all = passes();
        all.iter_mut().for_each(|pass| pass.revoked = true);
        access.replace(all);
        assert!(changes.has_changed().unwrap());
        changes.mark_unchanged();
        assert!(!access.is_good(&who) && access.asks());
        assert_eq!(
            code(access.who(&headers("Bearer pk_desk"))),
            "token-unknown"
        );
        assert_eq!(code(access.who(&HeaderMap::new())), "token-needed");
    }

    #[test]
    fn what_is_missing_is_said_with_who_has_it() {
        let access = Access::new(passes());
        let agent = holder(&access, AGENT);
        let problem = access.allow(&agent, Right::Backup, None).unwrap_err();
        assert_eq!((problem.status, problem.code), (403, "right-missing"));
        assert!(problem.detail.contains("`backup`") && problem.detail.contains("operator"));
    }

    #[test]
    fn a_token_of_one_office_opens_no_other() {
        let access = Access::new(passes());
        let manager = holder(&access, EAST);
        let event = r#"{"event":"sign_in","staff":"an"}"#;
        let record = |office| code(access.may_record(&manager, office, Approvals::Desk, event));
        assert_eq!((record("east"), record("west")), ("let in", "other-office"));
        let allow = |office| code(access.allow(&manager, Right::ReadReport, office));
        assert_eq!(
            (allow(Some("east")), allow(Some("west"))),
            ("let in", "other-office")
        );
        assert_eq!(code(access.scope(&manager, "west")), "other-office");
    }

    #[test]
    fn an_agent_reads_own_decisions_and_records_nothing() {
        let access = Access::new(passes());
        let agent = holder(&access, AGENT);
        assert_eq!(
            access.scope(&agent, "east").unwrap(),
            Scope::Of("an".into())
        );
        assert_eq!(
            access.scope(&holder(&access, DESK), "east").unwrap(),
            Scope::All
        );
        for event in [
            r#"{"event":"sign_in","staff":"an"}"#,
            "{}",
            "no event",
            r#"{"event":"of_theirs"}"#,
        ] {
            let recorded = access.may_record(&agent, "east", Approvals::Desk, event);
            assert_eq!(code(recorded), "right-missing", "{event}");
        }
        let mut nobody = passes();
        nobody[1].person = None;
        access.replace(nobody);
        assert_eq!(
            code(access.scope(&holder(&access, AGENT), "east")),
            "right-missing"
        );
    }

    #[test]
    fn what_stands_in_a_correction_is_recorded_too() {
        let finance = pass("pk_finance", Role::Finance, Some("fei"), None);
        let author = pass("pk_integration", Role::Integration, None, None);
        let access = Access::new(vec![finance, author]);
        let record = |token, event| {
            code(access.may_record(&holder(&access, token), "east", Approvals::Desk, event))
        };
        assert_eq!(record("pk_finance", r#"{"event":"deal"}"#), "let in");
        assert_eq!(
            record("pk_finance", r#"{"event":"visit"}"#),
            "right-missing"
        );
        assert_eq!(
            record("pk_integration", r#"{"ev\u0065nt":"ruling"}"#),
            "right-missing"
        );
        let within = r#"{"event":"correction","instead":{"event":"deal"}}"#;
        assert_eq!(record("pk_finance", within), "right-missing");
        // Whoever may correct may still not put in its place what the role may not record.
        let nested = r#"{"event":"deal","instead":{"event":"deal","instead":{"event":"visit"}}}"#;
        assert_eq!(record("pk_finance", nested), "right-missing");
    }

    #[test]
    fn an_approval_needs_the_own_token_where_the_office_says_so() {
        let access = Access::new(passes());
        let (desk, manager) = (holder(&access, DESK), holder(&access, EAST));
        let own = Approvals::OwnToken;
        for field in APPROVERS {
            let event = format!("{{\"event\":\"swap\",\"staff\":\"an\",\"{field}\":\"mo\"}}");
            assert_eq!(
                code(access.may_record(&desk, "east", Approvals::Desk, &event)),
                "let in"
            );
            let refused = access.may_record(&desk, "east", own, &event).unwrap_err();
            assert_eq!(
                (refused.status, refused.code),
                (403, "approval-needs-own-token")
            );
            assert_eq!(refused.field.as_deref(), Some(field));
            assert_eq!(
                code(access.may_record(&manager, "east", own, &event)),
                "let in"
            );
            let other = event.replace("mo", "li");
            assert_eq!(
                code(access.may_record(&manager, "east", own, &other)),
                "approval-needs-own-token"
            );
            let within = format!("{{\"event\":\"correction\",\"instead\":{event}}}");
            assert_eq!(
                code(access.may_record(&desk, "east", own, &within)),
                "approval-needs-own-token"
            );
        }
        let plain = r#"{"event":"sign_in","staff":"an"}"#;
        assert_eq!(code(access.may_record(&desk, "east", own, plain)), "let in");
        let open = Access::new(Vec::new());
        let event = r#"{"event":"swap","approved_by":"mo"}"#;
        let recorded = open.may_record(&Who::Everybody, "east", own, event);
        assert_eq!(
            code(recorded),
            "approval-needs-own-token",
            "nobody has a token"
        );
    }
}
