//! panke (判客): a declarative policy engine for sales offices.
//!
//! The modules stand in reading order, and each may use only those above it (`tests/tidy` holds that). What may never
//! be true of the whole:
//!
//! 1. No clause of any rulebook is in Rust: the runtime knows agents, customers, visits, rotas, claims, windows and
//!    deals; it knows no office's rule about them.
//! 2. No clock, time zone of the machine, locale, random number, hash order or floating point reaches a decision.
//! 3. Nothing is dropped in silence.
//! 4. No rule that fails to evaluate counts as absent: it is `undecided`, and a person rules.
//! 5. A half-loaded policy is never visible.
//! 6. No amount is created or lost: parts add up to the commission, to the fen.
//! 7. A reload never restarts a running window and never rewrites what was decided.
//! 8. No event that was acknowledged is ever lost.
//! 9. No circles between modules; data flows one way.

// Time, money, fractions, names: the only place for calendars.
pub mod base;

// What can be said: events, facts, the words of answers.
pub mod vocabulary;

// What is wrong in a file, where, and how to mend it.
pub mod finding;

// Conditions and scripts: the only home of rhai.
pub mod script;

// A policy as it is meant: it exists only when it is valid.
pub mod policy;

// An event as the runtime meets it.
pub mod event;

// What comes out: decisions and the report.
pub mod decision;

// TOML files as their author wrote them: the only home of toml.
pub mod syntax;

// Folders of policy files: the one loader.
pub mod files;

// From what was written to what is meant, with every finding at once.
pub mod check;

// A pure step over policy, state and event.
pub mod runtime;

// Lines of a journal become events; what is malformed is named with its place.
pub mod journal;

// A journal through a policy, line by line.
pub mod replay;

// Stories that prove a policy.
pub mod scenario;

// Findings, decisions and reports as people and programs read them.
pub mod print;

// The scenarios of some policies: found, read, and played on every core.
pub mod suite;

// Entries, policies and tokens on disk: the only home of the database.
pub mod store;

// Folders that somebody edits, and when what they hold changes.
pub mod watching;

// The running office: events in, decisions out, over HTTP; rules that change while it runs.
pub mod server;

// The command line: the edge where the disk, the clock and the terminal are.
pub mod cli;
