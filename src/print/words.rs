//! The program's own words as people read them, in both languages.

use super::look::Lang;
use crate::vocabulary::words::{Question, ReceptionRole, ShareState, TurnEffect};

/// What a kind of event is called in Chinese.
const KINDS: &[(&str, &str)] = &[
    ("person", "人员"),
    ("person_left", "离职"),
    ("roster", "轮序表"),
    ("sign_in", "签到"),
    ("sign_out", "签退"),
    ("away", "离岗"),
    ("back", "回岗"),
    ("swap", "换轮"),
    ("inspection", "检查"),
    ("visit", "来访"),
    ("visit_end", "接待结束"),
    ("recognition", "认出"),
    ("replacement", "要求换人"),
    ("registration", "客户登记"),
    ("follow_up", "跟进"),
    ("deal", "成交"),
    ("deal_cancelled", "退房"),
    ("violation", "违规"),
    ("owner_contact", "联系归属人"),
    ("phone_inquiry", "来电"),
    ("claim_made", "主张归属"),
    ("assignment", "指派"),
    ("deal_stage", "成交进度"),
    ("calendar_mode", "营业状态"),
    ("agreement", "协议"),
    ("choice", "选定"),
    ("ruling", "裁定"),
    ("policy", "制度生效"),
    ("correction", "更正"),
    ("opening", "期初"),
    ("tick", "到时"),
];

/// What a field is called in Chinese.
const FIELDS: &[(&str, &str)] = &[
    ("person", "人员"),
    ("role", "角色"),
    ("successor", "接手人"),
    ("order", "次序"),
    ("desk", "轮序"),
    ("staff", "售楼员"),
    ("reason", "原因"),
    ("ordered_by", "指派人"),
    ("verified_by", "核实人"),
    ("counterpart", "对方"),
    ("approved_by", "批准人"),
    ("item", "项目"),
    ("passed", "合格"),
    ("inspector", "检查人"),
    ("visit", "来访"),
    ("customer", "客户"),
    ("returning", "曾来访"),
    ("remembers", "指名"),
    ("brings", "带来"),
    ("purpose", "来意"),
    ("channel", "渠道"),
    ("introduced_by", "介绍人"),
    ("by_whom", "由谁认出"),
    ("fault", "过错"),
    ("insists", "坚持"),
    ("priority", "优先"),
    ("name", "姓名"),
    ("phone", "电话"),
    ("method", "方式"),
    ("connected", "接通"),
    ("seconds", "秒数"),
    ("deal", "成交"),
    ("commission", "佣金"),
    ("closer", "签单人"),
    ("kind", "种类"),
    ("reported_by", "报告人"),
    ("level", "程度"),
    ("about", "关于"),
    ("plea", "申辩"),
    ("owner", "归属人"),
    ("outcome", "结果"),
    ("stand_in", "代接人"),
    ("call", "来电"),
    ("stage", "阶段"),
    ("received", "到账"),
    ("mode", "状态"),
    ("between", "各方"),
    ("shares", "分配"),
    ("chosen", "选定"),
    ("decided_by", "决定人"),
    ("question", "问题"),
    ("cites", "依据"),
    ("claim", "归属"),
    ("effect", "效果"),
    ("policy", "制度"),
    ("digest", "摘要"),
    ("files", "文件"),
    ("instead", "改为"),
    ("asleep", "休眠"),
    ("round", "轮次"),
    ("spent", "已用"),
    ("barred", "暂停"),
];

/// Why an event is impossible, by what comes after `input.`.
const INPUT: &[(&str, &str, &str)] = &[
    ("already_away", "already away", "已经离岗"),
    ("already_left", "has left the office already", "已经离职"),
    (
        "brings_oneself",
        "a customer cannot bring themselves",
        "客户不能带来自己",
    ),
    (
        "cannot_be_corrected",
        "an entry of this kind cannot be corrected",
        "这类记录不能更正",
    ),
    (
        "cannot_stand_instead",
        "an event of this kind cannot stand in place of that entry",
        "这类事件不能替代该记录",
    ),
    ("corrected", "follows from a correction", "因更正而改变"),
    (
        "customer_already_here",
        "the customer has a visit that is open or waiting",
        "该客户已有未结束的来访",
    ),
    (
        "customer_is_known_already",
        "the journal has named the customer already",
        "该客户已有记录",
    ),
    (
        "deal_already_cancelled",
        "the deal has been cancelled already",
        "该成交已经取消",
    ),
    (
        "desk_without_rounds",
        "the desk has no rounds",
        "该轮序不分轮次",
    ),
    (
        "duplicate_call",
        "the call has been recorded already",
        "来电编号重复",
    ),
    (
        "duplicate_deal",
        "the deal has been recorded already",
        "成交编号重复",
    ),
    (
        "duplicate_id",
        "the id belongs to another event",
        "事件编号已属于另一事件",
    ),
    (
        "duplicate_visit",
        "the visit has been recorded already",
        "来访编号重复",
    ),
    (
        "instead_does_not_fit",
        "what is to stand instead is no event of that day's policy",
        "替代的事件不合当时的制度",
    ),
    (
        "instead_has_another_id",
        "what stands instead keeps the id of the entry",
        "替代的事件须保留原编号",
    ),
    (
        "instead_is_later",
        "what is to stand instead is later than the correction",
        "替代的事件晚于更正",
    ),
    ("named_twice", "somebody is named twice", "有人被重复列出"),
    (
        "not_on_the_roster",
        "somebody does not stand on the roster",
        "有人不在名单上",
    ),
    (
        "opening",
        "stands so since the office moved in",
        "期初即如此",
    ),
    ("not_away", "not away", "并未离岗"),
    (
        "role_does_not_receive",
        "somebody's role does not receive visits",
        "有人的角色不接待客户",
    ),
    (
        "round_is_over",
        "the desk is in a later round already",
        "该轮次已过",
    ),
    (
        "since_is_later",
        "a claim cannot sleep since a time to come",
        "休眠时间晚于期初",
    ),
    ("swap_with_oneself", "a swap with oneself", "不能与自己换轮"),
    ("unknown_clause", "there is no such clause", "没有这一条"),
    (
        "unknown_customer",
        "there is no such customer",
        "没有这位客户",
    ),
    ("unknown_deal", "there is no such deal", "没有这笔成交"),
    ("unknown_desk", "there is no such desk", "没有这个轮序"),
    (
        "unknown_matter",
        "there is nothing of that name",
        "没有这个名称的事项",
    ),
    ("unknown_event", "there is no such entry", "没有这条记录"),
    ("unknown_person", "there is no such person", "没有这个人"),
    ("unknown_visit", "there is no such visit", "没有这次来访"),
    (
        "visit_already_ended",
        "the visit has ended already",
        "来访已经结束",
    ),
    (
        "visit_not_open",
        "the visit is not being received",
        "来访不在接待中",
    ),
];

/// A word as it stands, its parts separated.
pub fn spaced(word: &str) -> String {
    word.replace('_', " ")
}

fn found(list: &[(&str, &'static str)], word: &str, lang: Lang) -> String {
    let chinese = list
        .iter()
        .find(|(known, _)| *known == word)
        .filter(|_| lang == Lang::Zh);
    chinese.map_or_else(|| spaced(word), |(_, text)| (*text).into())
}

/// A kind of event.
pub fn kind(word: &str, lang: Lang) -> String {
    found(KINDS, word, lang)
}

/// A field of an event.
pub fn field(word: &str, lang: Lang) -> String {
    found(FIELDS, word, lang)
}

/// Why an event is impossible.
pub fn input(code: &str, lang: Lang) -> String {
    let known = INPUT.iter().find(|(known, ..)| *known == code);
    known.map_or_else(|| spaced(code), |(_, en, zh)| lang.pick(en, zh).into())
}

/// As what somebody receives.
pub const fn received_as(role: ReceptionRole, lang: Lang) -> &'static str {
    match role {
        ReceptionRole::Duty => lang.pick("on duty", "当值"),
        ReceptionRole::Owner => lang.pick("as the owner", "归属人"),
        ReceptionRole::Helper => lang.pick("in the owner's place", "代归属人接待"),
        ReceptionRole::Original => lang.pick("taking the customer back", "原接待人接回"),
        ReceptionRole::Replacement => lang.pick("as replacement", "换人后接待"),
    }
}

/// What becomes of a turn.
pub const fn effect(effect: TurnEffect, lang: Lang) -> &'static str {
    match effect {
        TurnEffect::Used => lang.pick("is used", "已使用"),
        TurnEffect::NotUsed => lang.pick("is not used", "不占用"),
        TurnEffect::Forfeited => lang.pick("is forfeited", "作废，不予补接"),
        TurnEffect::Kept => lang.pick("is kept", "保留，可补接"),
        TurnEffect::Open => lang.pick("stays open", "保持待接"),
        TurnEffect::Returned => lang.pick("is returned", "退还"),
        TurnEffect::Bye => lang.pick("counts as a bye", "计为轮空"),
        TurnEffect::Expired => lang.pick("is over: nobody used it in time", "逾期作废"),
        TurnEffect::Priority => lang.pick("becomes a priority turn", "转为优先轮次"),
    }
}

/// State of a deal.
pub const fn share_state(state: ShareState, lang: Lang) -> &'static str {
    match state {
        ShareState::Provisional => lang.pick("provisional", "暂定"),
        ShareState::Final => lang.pick("final", "最终"),
        ShareState::Undecided => lang.pick("undecided", "待裁定"),
        ShareState::Cancelled => lang.pick("cancelled", "已取消"),
    }
}

/// A question that waits for a ruling.
pub const fn question(question: Question, lang: Lang) -> &'static str {
    match question {
        Question::Allow => lang.pick("whether the event may take effect", "事件是否允许"),
        Question::Identify => lang.pick("who the customer is", "客户身份"),
        Question::Recognise => lang.pick("whether this is a recognition", "是否认出"),
        Question::Own => lang.pick("whose customer it is", "客户归属"),
        Question::Receive => lang.pick("who receives", "由谁接待"),
        Question::Turn => lang.pick("what becomes of the turn", "轮次如何处理"),
        Question::Sanction => lang.pick("what it costs", "如何处罚"),
        Question::Share => lang.pick("how the commission is shared", "佣金如何分配"),
        Question::Levy => lang.pick("what comes off the commission", "佣金先扣多少"),
        Question::Pay => lang.pick("what is due now", "现在应付多少"),
        Question::Bar => lang.pick("whether somebody may receive", "能否接待"),
    }
}

/// A word of the report, in Chinese where the program knows it.
pub fn state(word: &str, lang: Lang) -> String {
    const STATES: &[(&str, &str)] = &[
        ("waiting", "等候"),
        ("open", "接待中"),
        ("ended", "已结束"),
        ("not_received", "不予接待"),
        ("provisional", "暂定"),
        ("final", "最终"),
        ("undecided", "待裁定"),
        ("cancelled", "已取消"),
        ("active", "有效"),
        ("sleeping", "休眠"),
        ("lapsed", "失效"),
        ("void", "作废"),
        ("owner", "归属"),
        ("share", "分成"),
        ("duty", "当值"),
        ("helper", "代接"),
        ("original", "原接待人"),
        ("replacement", "换人"),
    ];
    found(STATES, word, lang)
}
