-- Who may come in: people of the company, how they prove it, their sessions, and keys of programs. Of every secret there is a
-- hash only; what must be read again (the shared secret of one-time codes) is sealed with the installation's key.

-- People of the company.
CREATE TABLE people (
    tenant {id} NOT NULL,
    person {id} NOT NULL,
    -- In lower case.
    email {text} NOT NULL,
    name {text} NOT NULL,
    -- owner, manager, collector, analyst, reader.
    role {text} NOT NULL,
    -- How much they may decide alone, in minor units; nothing is without limit.
    limit_minor {int},
    -- 1 for the first one, whom nobody invited: a tenant has one such row at most.
    founder {int},
    created_at {at} NOT NULL,
    disabled_at {at},
    -- Argon2id in PHC form; nothing until they choose one.
    password {text},
    -- The secret of one-time codes, sealed; it counts once a code has confirmed it.
    totp {bytes},
    totp_at {at},
    -- The last step of which a code was used: a code is good once.
    totp_step {int} NOT NULL,
    PRIMARY KEY (tenant, person),
    UNIQUE (tenant, email),
    UNIQUE (tenant, founder),
    FOREIGN KEY (tenant) REFERENCES tenants (tenant)
) {strict};

-- Invitations and resets: one of a person is open at most, and it is gone when it was used.
CREATE TABLE people_tokens (
    tenant {id} NOT NULL,
    person {id} NOT NULL,
    -- invite or reset.
    kind {text} NOT NULL,
    hash {bytes} NOT NULL,
    made_at {at} NOT NULL,
    expires_at {at} NOT NULL,
    PRIMARY KEY (tenant, person),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, person)
) {strict};

-- Codes for who has lost the other factor, as keyed hashes; gone when used.
CREATE TABLE people_recovery (
    tenant {id} NOT NULL,
    person {id} NOT NULL,
    mark {id} NOT NULL,
    PRIMARY KEY (tenant, person, mark),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, person)
) {strict};

-- What other systems call our people (OpenID Connect). One person has one identity of an issuer.
CREATE TABLE people_identities (
    tenant {id} NOT NULL,
    issuer {text} NOT NULL,
    subject {text} NOT NULL,
    person {id} NOT NULL,
    linked_at {at} NOT NULL,
    PRIMARY KEY (tenant, issuer, subject),
    UNIQUE (tenant, person, issuer),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, person)
) {strict};

-- Failed sign-ins by what was typed, as a keyed hash: of addresses that nobody has, too.
CREATE TABLE people_failures (
    tenant {id} NOT NULL,
    mark {id} NOT NULL,
    failures {int} NOT NULL,
    failed_at {at} NOT NULL,
    -- Nobody is let try before.
    until_at {at} NOT NULL,
    PRIMARY KEY (tenant, mark),
    FOREIGN KEY (tenant) REFERENCES tenants (tenant)
) {strict};
CREATE INDEX people_failures_failed ON people_failures (tenant, failed_at);

-- People at browsers.
CREATE TABLE sessions (
    tenant {id} NOT NULL,
    session {id} NOT NULL,
    person {id} NOT NULL,
    hash {bytes} NOT NULL,
    made_at {at} NOT NULL,
    seen_at {at} NOT NULL,
    expires_at {at} NOT NULL,
    -- A keyed hash of day and address: equal for sessions that began on one day at one place, and nothing else.
    place {id} NOT NULL,
    PRIMARY KEY (tenant, session),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, person)
) {strict};
CREATE INDEX sessions_person ON sessions (tenant, person, seen_at);

-- Keys of programs.
CREATE TABLE api_keys (
    tenant {id} NOT NULL,
    api_key {id} NOT NULL,
    name {text} NOT NULL,
    -- Words with spaces between them.
    scopes {text} NOT NULL,
    limit_minor {int},
    -- Who answers for it: it never may more than this person.
    person {id} NOT NULL,
    hash {bytes} NOT NULL,
    -- The one before, while programs still change over.
    old_hash {bytes},
    old_until {at},
    made_at {at} NOT NULL,
    expires_at {at},
    revoked_at {at},
    used_at {at},
    PRIMARY KEY (tenant, api_key),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, person)
) {strict};
