-- Charging by itself: gateways, stored methods, attempts, what waits for the payer, money that gateways took, and what they
-- tell. What ends with `_due` finds work whatever the number of tenants.

-- Gateways by the name that people use. Keys and secrets are settings, not rows.
CREATE TABLE gateways (
    tenant {id} NOT NULL,
    gateway {text} NOT NULL,
    -- sandbox, stripe, asaas, pix, manual.
    kind {text} NOT NULL,
    -- owner: Régua charges by it. mirror: another system does, and Régua reads it.
    role {text} NOT NULL,
    added_at {at} NOT NULL,
    -- Its listing was read up to here: a moment, and the gateway's own place in what lies behind it.
    listed_at {at} NOT NULL,
    place {text},
    -- Of a biller's account that is mirrored: what changed until then is known, and how far a reading has got that is not done.
    synced_at {at},
    sync_place {text},
    PRIMARY KEY (tenant, gateway),
    FOREIGN KEY (tenant) REFERENCES tenants (tenant)
) {strict};

-- What gateways call our customers and theirs. The mark is a keyed hash of the token, to find it by.
CREATE TABLE gateway_customers (
    tenant {id} NOT NULL,
    gateway {text} NOT NULL,
    mark {id} NOT NULL,
    customer {id} NOT NULL,
    -- The token, sealed under the customer's key.
    token {bytes} NOT NULL,
    PRIMARY KEY (tenant, gateway, mark),
    FOREIGN KEY (tenant, gateway) REFERENCES gateways (tenant, gateway),
    FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, customer)
) {strict};
CREATE INDEX gateway_customers_customer ON gateway_customers (tenant, customer, gateway);

-- Stored ways to charge: never a card number.
CREATE TABLE methods (
    tenant {id} NOT NULL,
    method {id} NOT NULL,
    customer {id} NOT NULL,
    gateway {text} NOT NULL,
    -- A keyed hash of the token, to find it by.
    mark {id} NOT NULL,
    scheme {text} NOT NULL,
    -- What the scheme counts by: a keyed hash of the gateway's fingerprint of the card or account.
    credential {id} NOT NULL,
    -- active, pending, broken, dead, removed.
    status {text} NOT NULL,
    expires_on {date},
    added_at {at} NOT NULL,
    changed_at {at} NOT NULL,
    -- Token, last digits, consent: JSON, sealed under the customer's key.
    body {bytes} NOT NULL,
    PRIMARY KEY (tenant, method),
    UNIQUE (tenant, gateway, mark),
    FOREIGN KEY (tenant, gateway) REFERENCES gateways (tenant, gateway),
    FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, customer)
) {strict};
CREATE INDEX methods_customer ON methods (tenant, customer);

-- Attempts to take money, whoever made them.
CREATE TABLE charges (
    tenant {id} NOT NULL,
    -- Also the idempotency key. Of an attempt that a decision ordered it is made of what was decided.
    charge {id} NOT NULL,
    customer {id} NOT NULL,
    receivable {id} NOT NULL,
    gateway {text} NOT NULL,
    -- None when another system made it with a method that we do not know.
    method {id},
    scheme {text} NOT NULL,
    credential {id} NOT NULL,
    -- schedule, retry, new_method, operator, payer, biller.
    trigger {text} NOT NULL,
    -- The step and its place, when a decision ordered it.
    step {text},
    cycle {int} NOT NULL,
    occurrence {int} NOT NULL,
    -- The try of the same thing, from 0, and what makes it the same for a scheme.
    retry {int} NOT NULL,
    series {id} NOT NULL,
    currency {text} NOT NULL,
    amount {int} NOT NULL,
    -- ordered, sending, pending, unknown; settled, declined, dropped, lost.
    status {text} NOT NULL,
    -- The gateway's name of it.
    reference {text},
    ordered_at {at} NOT NULL,
    sent_at {at},
    -- When somebody looks at it next.
    due_at {at},
    tries {int} NOT NULL,
    finished_at {at},
    -- Of a failed one: the normalised reason, and every code that came with it, JSON.
    reason {text},
    signals {text},
    -- Why it was dropped, or what the gateway said.
    said {text},
    -- The share of tries at that moment that the chooser would have made, in hundredths of a percent; none for a fixed plan.
    propensity {int},
    -- What the chooser saw of the moment, JSON: to learn from.
    features {text},
    -- What the progressive discount for automatic payment took off, once it was granted; minor units.
    discount {int} NOT NULL,
    PRIMARY KEY (tenant, charge),
    FOREIGN KEY (tenant, receivable) REFERENCES receivables (tenant, receivable)
) {strict};
-- Scheduled, operator's and payer's attempts exclude each other: at most one of a receivable is under way.
CREATE UNIQUE INDEX charges_under_way ON charges (tenant, receivable) WHERE status IN ('ordered', 'sending', 'pending', 'unknown');
CREATE UNIQUE INDEX charges_reference ON charges (tenant, gateway, reference) WHERE reference IS NOT NULL;
CREATE INDEX charges_due ON charges (due_at, tenant, charge) WHERE due_at IS NOT NULL;
CREATE INDEX charges_customer ON charges (tenant, customer, ordered_at);
CREATE INDEX charges_credential ON charges (tenant, credential, sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX charges_discounted ON charges (tenant, finished_at) WHERE discount > 0;
CREATE INDEX charges_unknown ON charges (tenant, status) WHERE status IN ('unknown', 'lost');

-- What waits for the payer: a charge of a Pix, a boleto at a gateway, a page, an authentication.
CREATE TABLE instruments (
    tenant {id} NOT NULL,
    instrument {id} NOT NULL,
    customer {id} NOT NULL,
    receivable {id} NOT NULL,
    gateway {text} NOT NULL,
    -- pix, boleto, card.
    rail {text} NOT NULL,
    -- Our idempotency key, and the gateway's name of it.
    key {text} NOT NULL,
    reference {text},
    currency {text} NOT NULL,
    amount {int} NOT NULL,
    valid_until {date} NOT NULL,
    -- ordered, sending, open; closing; paid, closed, refused.
    status {text} NOT NULL,
    issued_at {at} NOT NULL,
    due_at {at},
    tries {int} NOT NULL,
    finished_at {at},
    said {text},
    -- What it is paid by (code, line, link): JSON, sealed under the customer's key.
    body {bytes},
    PRIMARY KEY (tenant, instrument),
    UNIQUE (tenant, gateway, key),
    FOREIGN KEY (tenant, receivable) REFERENCES receivables (tenant, receivable)
) {strict};
CREATE INDEX instruments_reference ON instruments (tenant, gateway, reference) WHERE reference IS NOT NULL;
CREATE INDEX instruments_receivable ON instruments (tenant, receivable);
CREATE INDEX instruments_due ON instruments (due_at, tenant, instrument) WHERE due_at IS NOT NULL;

-- Money that a gateway took: once each, whoever tells of it.
CREATE TABLE gateway_payments (
    tenant {id} NOT NULL,
    gateway {text} NOT NULL,
    reference {text} NOT NULL,
    customer {id} NOT NULL,
    receivable {id} NOT NULL,
    rail {text} NOT NULL,
    currency {text} NOT NULL,
    amount {int} NOT NULL,
    fee {int},
    paid_on {date} NOT NULL,
    known_at {at} NOT NULL,
    -- kept: it pays. second: nothing was owed any more, and what is done with it stands in `fate`.
    kind {text} NOT NULL,
    -- kept, credited, refunding, refunded, charged_back.
    fate {text} NOT NULL,
    -- What of it went back until now.
    returned {int} NOT NULL,
    PRIMARY KEY (tenant, gateway, reference),
    FOREIGN KEY (tenant, gateway) REFERENCES gateways (tenant, gateway),
    FOREIGN KEY (tenant, receivable) REFERENCES receivables (tenant, receivable)
) {strict};
CREATE INDEX gateway_payments_receivable ON gateway_payments (tenant, receivable);
CREATE INDEX gateway_payments_second ON gateway_payments (tenant, known_at) WHERE kind = 'second';

-- Money that goes back, ordered by us or told by the gateway: once each.
CREATE TABLE refunds (
    tenant {id} NOT NULL,
    -- Ours: also the idempotency key. Of what a gateway told it is made of its name.
    refund {id} NOT NULL,
    gateway {text} NOT NULL,
    -- The payment that goes back, and the gateway's name of the refund or dispute.
    payment {text} NOT NULL,
    reference {text},
    customer {id} NOT NULL,
    receivable {id} NOT NULL,
    -- refund, chargeback, dispute_won.
    kind {text} NOT NULL,
    currency {text} NOT NULL,
    amount {int} NOT NULL,
    counts_on {date} NOT NULL,
    -- ordered, sending, pending, unknown; done, refused.
    status {text} NOT NULL,
    ordered_at {at} NOT NULL,
    due_at {at},
    tries {int} NOT NULL,
    finished_at {at},
    said {text},
    PRIMARY KEY (tenant, refund),
    FOREIGN KEY (tenant, gateway, payment) REFERENCES gateway_payments (tenant, gateway, reference)
) {strict};
CREATE UNIQUE INDEX refunds_reference ON refunds (tenant, gateway, kind, reference) WHERE reference IS NOT NULL;
CREATE INDEX refunds_payment ON refunds (tenant, gateway, payment);
CREATE INDEX refunds_due ON refunds (due_at, tenant, refund) WHERE due_at IS NOT NULL;

-- What gateways told, stored before it was acknowledged.
CREATE TABLE webhooks (
    tenant {id} NOT NULL,
    gateway {text} NOT NULL,
    -- Made of the gateway's id of the event: the same one twice is one row.
    hook {id} NOT NULL,
    event {text} NOT NULL,
    kind {text} NOT NULL,
    received_at {at} NOT NULL,
    -- waiting, done, nothing, poison.
    status {text} NOT NULL,
    due_at {at},
    tries {int} NOT NULL,
    done_at {at},
    -- Why it is poison.
    said {text},
    -- As it came, sealed for the tenant; gone once it is done.
    body {bytes},
    PRIMARY KEY (tenant, gateway, hook),
    FOREIGN KEY (tenant, gateway) REFERENCES gateways (tenant, gateway)
) {strict};
CREATE INDEX webhooks_due ON webhooks (due_at, tenant, gateway, hook) WHERE due_at IS NOT NULL;
CREATE INDEX webhooks_poison ON webhooks (tenant, received_at) WHERE status = 'poison';
CREATE INDEX webhooks_done ON webhooks (tenant, done_at) WHERE done_at IS NOT NULL;

-- Objects of a biller that is mirrored: what the mirror knows of each.
CREATE TABLE mirrored (
    tenant {id} NOT NULL,
    gateway {text} NOT NULL,
    -- customer, invoice, subscription, and the biller's name of it.
    object {text} NOT NULL,
    reference {text} NOT NULL,
    customer {id},
    receivable {id},
    -- Whether the biller itself still charges or reminds for it.
    biller_acts {bool} NOT NULL,
    -- SHA-256 of what was understood: an unchanged one is not taken in again.
    digest {bytes} NOT NULL,
    seen_at {at} NOT NULL,
    PRIMARY KEY (tenant, gateway, object, reference),
    FOREIGN KEY (tenant, gateway) REFERENCES gateways (tenant, gateway)
) {strict};
CREATE INDEX mirrored_receivable ON mirrored (tenant, receivable) WHERE receivable IS NOT NULL;
CREATE INDEX mirrored_customer ON mirrored (tenant, customer) WHERE customer IS NOT NULL;

-- Codes of failed attempts that no row of the table of decline codes fits: counted and shown.
CREATE TABLE unmapped_codes (
    tenant {id} NOT NULL,
    space {text} NOT NULL,
    code {text} NOT NULL,
    first_at {at} NOT NULL,
    last_at {at} NOT NULL,
    seen {int} NOT NULL,
    PRIMARY KEY (tenant, space, code),
    FOREIGN KEY (tenant) REFERENCES tenants (tenant)
) {strict};

-- Weights that the moments of retries are chosen by, learnt from the tenant's own attempts; the newest counts.
CREATE TABLE timings (
    tenant {id} NOT NULL,
    version {int} NOT NULL,
    -- JSON, as `core::charging::timing` reads it.
    body {text} NOT NULL,
    -- Of how many attempts it was learnt.
    attempts {int} NOT NULL,
    learnt_at {at} NOT NULL,
    PRIMARY KEY (tenant, version),
    FOREIGN KEY (tenant) REFERENCES tenants (tenant)
) {strict};
