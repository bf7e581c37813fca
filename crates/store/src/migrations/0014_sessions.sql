-- Sessions that nobody uses any more are found by when they were seen, whosever they were.

CREATE INDEX sessions_seen ON sessions (tenant, seen_at);
