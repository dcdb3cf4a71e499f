//! The people of the office and what the log says about each of them.

use std::collections::BTreeSet;

/// The role that receives customers.
pub const AGENT: &str = "agent";
/// 现场销售负责人: approves swaps (3.3) and inspects (2.1, 2.5).
pub const SITE_MANAGER: &str = "site_manager";
/// 销售经理: finds fault (3.10) and rules.
pub const SALES_MANAGER: &str = "sales_manager";
/// 项目经理: verifies assignments (3.4).
pub const PROJECT_MANAGER: &str = "project_manager";

/// An absence from the post (3.4).
#[derive(Clone, Debug)]
pub struct Absence {
    /// The reason given is work ordered by a superior.
    pub assigned: bool,
    /// A project manager verified it in the `away` itself.
    pub verified: bool,
    /// It has cost a turn.
    pub cost: bool,
}

/// One person.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// The role given last.
    pub role: String,
    /// Has left the office for good.
    pub left: bool,
    /// Away from the post.
    pub absence: Option<Absence>,
    /// Signed out.
    pub signed_out: bool,
    /// The items whose last inspection failed (2.5).
    pub failed: BTreeSet<String>,
    /// Turns used, less byes and those returned.
    pub turns_used: i64,
    /// Turns forfeited, less those given back.
    pub turns_forfeited: i64,
    /// Receptions begun and not handed over or replaced.
    pub receptions: i64,
}
