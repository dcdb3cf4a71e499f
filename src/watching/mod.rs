//! Folders that somebody edits: what they hold now, and when that changes. The only home of notify.
