CREATE TABLE offices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- key: the office's id, shifted left by 40, and the seq. So the journal of an office is one range of keys, and an
-- entry is written to one tree only.
CREATE TABLE entries (
    key INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    chain BLOB NOT NULL,
    line BLOB NOT NULL,
    decisions BLOB NOT NULL
) STRICT;

-- files: [[path, text], …], sorted by path.
CREATE TABLE policies (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    digest TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    files TEXT NOT NULL
) STRICT;

-- hash: SHA-256 of the token, which itself is kept nowhere. office: null for all. One of person and desk.
CREATE TABLE tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL UNIQUE,
    role TEXT NOT NULL,
    office TEXT,
    person TEXT,
    desk TEXT,
    made INTEGER NOT NULL,
    revoked INTEGER
) STRICT;

-- What a server must notice although another process changes it: `tokens` counts the changes of that table.
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('tokens', 0);
