-- The event feed of a tenant, made of the log after the fact, and webhooks to its endpoints.

-- A number while the page is not in the feed yet, then none. Pages of one chain have theirs in the order of the chain: a
-- transaction gets it while it holds the chain's lock. What was written before there was a feed does not come into it.
ALTER TABLE log_pages ADD COLUMN unfed {int};
CREATE INDEX log_pages_unfed ON log_pages (tenant, unfed) WHERE unfed IS NOT NULL;

-- How far a tenant's feed goes. Whoever adds to it holds the row.
CREATE TABLE feeds (
    tenant {id} NOT NULL,
    position {int} NOT NULL,
    PRIMARY KEY (tenant),
    FOREIGN KEY (tenant) REFERENCES tenants (tenant)
) {strict};

-- What happened, one thing after the other, as it is told outside.
CREATE TABLE feed (
    tenant {id} NOT NULL,
    -- From 1, without gaps.
    position {int} NOT NULL,
    -- The event of the log that says it: its chain and its place there; one event may say several things.
    stream {id} NOT NULL,
    seq {int} NOT NULL,
    part {int} NOT NULL,
    type {text} NOT NULL,
    at {at} NOT NULL,
    -- JSON: ids, amounts, days and words, and nothing of persons.
    data {text} NOT NULL,
    PRIMARY KEY (tenant, position),
    -- Not to the tenants: who writes a feed waits for nobody who changes its tenant.
    FOREIGN KEY (tenant) REFERENCES feeds (tenant)
) {strict};
-- Nothing is told twice.
CREATE UNIQUE INDEX feed_event ON feed (tenant, stream, seq, part);

-- Where webhooks go.
CREATE TABLE endpoints (
    tenant {id} NOT NULL,
    endpoint {id} NOT NULL,
    url {text} NOT NULL,
    -- What is told there: words of types with blanks between; empty for everything.
    types {text} NOT NULL,
    description {text} NOT NULL,
    -- active, paused, disabled, removed.
    state {text} NOT NULL,
    -- Why it is disabled.
    reason {text},
    -- Sealed for the tenant. The one before signs too until a rotation is over.
    secret {bytes} NOT NULL,
    old_secret {bytes},
    old_until {at},
    added_at {at} NOT NULL,
    changed_at {at} NOT NULL,
    -- Since when nothing arrived.
    failing_since {at},
    -- When somebody looks next at what has to go there; none when nothing has.
    due_at {at},
    PRIMARY KEY (tenant, endpoint),
    FOREIGN KEY (tenant) REFERENCES tenants (tenant)
) {strict};
CREATE INDEX endpoints_due ON endpoints (due_at, tenant, endpoint) WHERE due_at IS NOT NULL;

-- What has to go to an endpoint, went, or could not.
CREATE TABLE deliveries (
    tenant {id} NOT NULL,
    endpoint {id} NOT NULL,
    -- Of the feed: the same thing told again is the same row.
    position {int} NOT NULL,
    -- waiting, sending, delivered, failed.
    status {text} NOT NULL,
    created_at {at} NOT NULL,
    -- When it goes next; of one that is being sent, when it is taken for lost.
    due_at {at},
    tries {int} NOT NULL,
    tried_at {at},
    finished_at {at},
    -- What the last try came to: a status of HTTP, or why there was none. Never what the other side wrote.
    code {int},
    error {text},
    PRIMARY KEY (tenant, endpoint, position),
    FOREIGN KEY (tenant, endpoint) REFERENCES endpoints (tenant, endpoint),
    FOREIGN KEY (tenant, position) REFERENCES feed (tenant, position)
) {strict};
CREATE INDEX deliveries_due ON deliveries (tenant, endpoint, due_at, position) WHERE due_at IS NOT NULL;
CREATE INDEX deliveries_sending ON deliveries (tenant, endpoint) WHERE status = 'sending';
CREATE INDEX deliveries_status ON deliveries (tenant, endpoint, status, position);
CREATE INDEX deliveries_finished ON deliveries (tenant, finished_at) WHERE finished_at IS NOT NULL;
