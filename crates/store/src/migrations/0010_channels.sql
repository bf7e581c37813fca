-- Channels: how far messages came, what people answered, which addresses are left alone, and what channels count.

-- A message with whoever carries it, by the carrier's name of it. One that goes over two channels is two.
CREATE TABLE carriages (
    tenant {id} NOT NULL,
    channel {text} NOT NULL,
    -- The carrier's name; of a carrier that gives none, our id.
    reference {text} NOT NULL,
    message {id} NOT NULL,
    customer {id} NOT NULL,
    -- A keyed hash of the address.
    mark {id} NOT NULL,
    -- taken, sent, failed, delivered, read: the furthest that was told.
    standing {text} NOT NULL,
    -- The carrier's code of why it did not arrive.
    code {text},
    sent_at {at} NOT NULL,
    changed_at {at} NOT NULL,
    -- When its link was first followed.
    clicked_at {at},
    PRIMARY KEY (tenant, channel, reference),
    FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, customer)
) {strict};
CREATE INDEX carriages_message ON carriages (tenant, message);
CREATE INDEX carriages_mark ON carriages (tenant, mark, sent_at);

-- What people wrote to us, once each. The words are sealed: under the customer's key, or the installation's when nobody is known
-- by that address.
CREATE TABLE replies (
    tenant {id} NOT NULL,
    -- Made of the channel and the carrier's name of it.
    reply {id} NOT NULL,
    channel {text} NOT NULL,
    customer {id},
    mark {id} NOT NULL,
    -- The message of ours that it answers, when that is known.
    message {id},
    -- stop, start, help.
    wish {text},
    received_at {at} NOT NULL,
    -- open: a person shall look. done: somebody has, or there was nothing to do.
    status {text} NOT NULL,
    done_at {at},
    done_by {text},
    sealed {bytes} NOT NULL,
    PRIMARY KEY (tenant, reply),
    FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, customer)
) {strict};
CREATE INDEX replies_received ON replies (tenant, received_at, reply);
CREATE INDEX replies_open ON replies (tenant, received_at, reply) WHERE status = 'open';
CREATE INDEX replies_customer ON replies (tenant, customer, received_at) WHERE customer IS NOT NULL;

-- When somebody wrote last from an address: within a day free text may be sent there.
CREATE TABLE conversations (
    tenant {id} NOT NULL,
    channel {text} NOT NULL,
    mark {id} NOT NULL,
    customer {id},
    wrote_at {at} NOT NULL,
    PRIMARY KEY (tenant, channel, mark)
) {strict};
CREATE INDEX conversations_newest ON conversations (tenant, wrote_at, channel, mark);

-- Addresses that are left alone. Only a person takes one away, but for an opt-out that its own person takes back, and for one that
-- did not work and from which somebody writes.
CREATE TABLE suppressions (
    tenant {id} NOT NULL,
    channel {text} NOT NULL,
    mark {id} NOT NULL,
    -- bounced, complaint, opted_out, person.
    why {text} NOT NULL,
    -- Who had the address then.
    customer {id},
    begun_at {at} NOT NULL,
    PRIMARY KEY (tenant, channel, mark)
) {strict};
CREATE INDEX suppressions_begun ON suppressions (tenant, begun_at, channel, mark);

-- Whom a channel wrote to outside a conversation within a day: carriers count people.
CREATE TABLE reached (
    tenant {id} NOT NULL,
    channel {text} NOT NULL,
    mark {id} NOT NULL,
    at {at} NOT NULL,
    PRIMARY KEY (tenant, channel, mark)
) {strict};
CREATE INDEX reached_at ON reached (tenant, channel, at);

-- What carriers tell of themselves: templates, their categories, numbers, tiers, and what stopped a channel.
CREATE TABLE channel_states (
    tenant {id} NOT NULL,
    channel {text} NOT NULL,
    -- template, category, number, tier, trouble.
    kind {text} NOT NULL,
    name {text} NOT NULL,
    state {text} NOT NULL,
    detail {text},
    at {at} NOT NULL,
    PRIMARY KEY (tenant, channel, kind, name),
    FOREIGN KEY (tenant) REFERENCES tenants (tenant)
) {strict};
