//! What an office has recorded, on disk: entries, policies, tokens. The only home of the database.
