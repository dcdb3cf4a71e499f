//! A small policy made by hand, for the tests of this module and of those that read and print journals.

use crate::base::time::Calendar;
use crate::policy::*;
use crate::vocabulary::events::{FIELDS, FieldId, FieldType, KINDS, KindId, Words, field, kind};

fn text(en: &str, zh: &str) -> Bilingual {
    Bilingual {
        en: en.into(),
        zh: zh.into(),
    }
}

fn clause(id: &str, en: &str, zh: &str) -> Clause {
    Clause {
        id: id.into(),
        key: id.into(),
        kind: ClauseKind::Rule,
        title: text(en, zh),
        says: None,
        on: Vec::new(),
        when: Vec::new(),
        unless: Vec::new(),
        otherwise: false,
        answers: Answers::default(),
        also: Also::default(),
        overrides: Vec::new(),
        until: Vec::new(),
        ask: None,
        in_force: (None, None),
        place: Place::default(),
        reads_receiver: false,
    }
}

/// A policy of an office in Shanghai with two roles, two kinds of violation, three clauses, a field more for
/// `recognition`, an item more for `inspection` and an event `filing` of its own.
pub fn policy(name: &str) -> Policy {
    let words = ["agent", "site_manager", "sales_manager", "walk_in"];
    Policy {
        name: name.into(),
        digest: "0123456789abcdef".repeat(4),
        title: text("A book", "制度"),
        calendar: Calendar::new("Asia/Shanghai", 0).expect("a zone"),
        words: words.map(String::from).to_vec(),
        roles: roles(),
        permissions: Vec::new(),
        rotas: vec![Rota {
            desk: WordId(3),
            channels: Vec::new(),
            order: RotaOrder::By(Line::Roster),
            round: RotaRound::OneEach,
            unit: None,
            day: RotaDay::CarriesOver,
            passed_over: Vec::new(),
        }],
        amounts: Vec::new(),
        people: Vec::new(),
        facts: Vec::new(),
        windows: Vec::new(),
        accounts: Vec::new(),
        violations: vec![
            ("late_greeting".into(), text("greeting late", "未及时迎接")),
            (
                "picking_customers".into(),
                text("picking customers", "挑客"),
            ),
        ],
        fields: vec!["stage_seen".into(), "agency".into()],
        events: declared(),
        clauses: clauses(),
        index: ClauseIndex::default(),
        keys: Vec::new(),
        remainder: Vec::new(),
        undecided: Undecided {
            asks: WordId(2),
            clause: ClauseId(2),
        },
        while_brought: None,
        deals_change: Reach::NewCases,
        scripts: None,
    }
}

fn roles() -> Vec<Role> {
    let role = |index: u16, en: &str, zh: &str| Role {
        name: WordId(index),
        title: text(en, zh),
        receives: u32::from(index == 0),
        may: Vec::new(),
    };
    vec![
        role(0, "agent", "置业顾问"),
        role(1, "site manager", "现场主管"),
        role(2, "sales manager", "销售经理"),
    ]
}

fn clauses() -> Vec<Clause> {
    vec![
        clause(
            "3.1",
            "Agents receive customers in turn, by the roster.",
            "按轮次顺序接待客户。",
        ),
        clause(
            "3.1",
            "The receiver owns the customer.",
            "接待者为客户归属人。",
        ),
        clause(
            "3.7",
            "Whoever remembers nobody counts as new.",
            "记不清售楼员的视同新客户。",
        ),
    ]
}

fn declared() -> Vec<DeclaredEvent> {
    let own = |number: u16| FieldId(FIELDS.len() as u16 + number);
    let row = |field: FieldId, name: &str, holds: FieldType, words: &[&str], required: bool| {
        DeclaredField {
            field,
            name: name.into(),
            holds,
            words: words.iter().map(|word| (*word).into()).collect(),
            required,
        }
    };
    let any = FieldType::Word(Words::Any);
    vec![
        DeclaredEvent {
            kind: kind::RECOGNITION,
            name: "recognition".into(),
            fields: vec![row(own(0), "stage_seen", any, &["talking", "paid"], false)],
        },
        DeclaredEvent {
            kind: kind::INSPECTION,
            name: "inspection".into(),
            fields: vec![row(field::ITEM, "item", any, &["name_badge"], false)],
        },
        DeclaredEvent {
            kind: KindId(KINDS.len() as u16),
            name: "filing".into(),
            fields: vec![
                row(field::CUSTOMER, "customer", FieldType::Customer, &[], true),
                row(own(1), "agency", FieldType::Text, &[], true),
            ],
        },
    ]
}
