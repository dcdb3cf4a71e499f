//! The running office from outside: the server as a process, a client, and desks that post.

#![allow(dead_code, reason = "each test uses a part of it")]

pub mod client;
pub mod crash;
pub mod schema;
pub mod server;
pub mod story;
pub mod wire;
