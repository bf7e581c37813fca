//! Message templates by language, tone and channel: facts → text.
