//! Placeholder tests to come.
