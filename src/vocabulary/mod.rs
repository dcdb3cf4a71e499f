//! What can be said: the kinds of event and their fields, the facts that a condition may read, the words of answers.
//!
//! Everything here is true of every office. What one office adds (fields, events, facts, people, windows) is in its
//! policy and is checked against these tables.

pub mod events;
pub mod facts;
pub mod roles;
pub mod words;
