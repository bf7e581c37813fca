-- The living system. Every key begins with the tenant, so that a sharded table keeps a tenant together.
-- What is due is found by `customer_facts_wake` and `messages_due` alone, whatever the number of tenants.

CREATE TABLE tenants (
    tenant {id} NOT NULL PRIMARY KEY,
    name {text} NOT NULL,
    -- How real decisions are: shadow, redirect, approve or live.
    mode {text} NOT NULL,
    -- Where everything goes in redirect mode: an address of the company's own.
    redirect_to {bytes},
    created_at {at} NOT NULL,
    -- Length and last hash of the tenant's own chain of events.
    seq {int} NOT NULL,
    head {bytes} NOT NULL
) {strict};

-- Versions of the régua file, in the order of publication; never changed.
CREATE TABLE policies (
    tenant {id} NOT NULL,
    number {int} NOT NULL,
    hash {text} NOT NULL,
    name {text} NOT NULL,
    body {text} NOT NULL,
    -- The share of customers that enter under it, in basis points of the customer's sticky bucket.
    share_bp {int} NOT NULL,
    published_at {at} NOT NULL,
    PRIMARY KEY (tenant, number),
    FOREIGN KEY (tenant) REFERENCES tenants (tenant)
) {strict};

-- Pauses of the whole tenant or of what a filter matches.
CREATE TABLE pauses (
    tenant {id} NOT NULL,
    pause {id} NOT NULL,
    -- A condition in CEL; none pauses the whole tenant.
    filter {text},
    reason {text} NOT NULL,
    from_at {at} NOT NULL,
    until_at {at} NOT NULL,
    PRIMARY KEY (tenant, pause),
    FOREIGN KEY (tenant) REFERENCES tenants (tenant)
) {strict};

-- What reports payments; steps on overdue amounts wait until it was read.
CREATE TABLE sources (
    tenant {id} NOT NULL,
    source {text} NOT NULL,
    read_at {at} NOT NULL,
    PRIMARY KEY (tenant, source),
    FOREIGN KEY (tenant) REFERENCES tenants (tenant)
) {strict};

-- Who owes. The profile (name, contact points, attributes …) is sealed under the customer's key.
CREATE TABLE customers (
    tenant {id} NOT NULL,
    customer {id} NOT NULL,
    external_id {text} NOT NULL,
    source {text} NOT NULL,
    profile {bytes} NOT NULL,
    created_at {at} NOT NULL,
    erased_at {at},
    PRIMARY KEY (tenant, customer),
    UNIQUE (tenant, external_id),
    FOREIGN KEY (tenant, source) REFERENCES sources (tenant, source)
) {strict};

-- One key per customer, wrapped by the installation's master key. Deleting it erases the person.
CREATE TABLE customer_keys (
    tenant {id} NOT NULL,
    customer {id} NOT NULL,
    wrapped {bytes} NOT NULL,
    PRIMARY KEY (tenant, customer),
    FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, customer)
) {strict};

-- What changes with every pass over a customer, apart from what hardly ever does. Its row is the customer's lock.
CREATE TABLE customer_facts (
    tenant {id} NOT NULL,
    customer {id} NOT NULL,
    -- When something can change without a new fact.
    wake_at {at} NOT NULL,
    -- Receivables that a decision must look at: what a batch is bounded by.
    live {int} NOT NULL,
    -- Whether something waits for the source of payments to be read.
    awaits_source {bool} NOT NULL,
    -- Whether something waits for a person to release it.
    awaits_release {bool} NOT NULL,
    facts {bytes} NOT NULL,
    -- Length and last hash of the customer's chain of events.
    seq {int} NOT NULL,
    head {bytes} NOT NULL,
    -- Why the customer could not be decided; then nothing happens until somebody looks.
    parked {text},
    PRIMARY KEY (tenant, customer),
    FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, customer)
) {strict};
CREATE INDEX customer_facts_wake ON customer_facts (wake_at, tenant, customer);
CREATE INDEX customer_facts_source ON customer_facts (tenant) WHERE awaits_source;
CREATE INDEX customer_facts_release ON customer_facts (tenant, customer) WHERE awaits_release;
CREATE INDEX customer_facts_parked ON customer_facts (tenant, customer) WHERE parked IS NOT NULL;

-- One amount due on one date.
CREATE TABLE receivables (
    tenant {id} NOT NULL,
    receivable {id} NOT NULL,
    customer {id} NOT NULL,
    external_id {text} NOT NULL,
    currency {text} NOT NULL,
    amount {int} NOT NULL,
    issued_on {date} NOT NULL,
    due_on {date} NOT NULL,
    method {text},
    -- The version of the policy that it walks.
    policy {int} NOT NULL,
    -- open, paid, void, written_off or assigned.
    status {text} NOT NULL,
    balance {int} NOT NULL,
    -- How many ledger entries it has: those beyond the charge are loaded with it.
    entries {int} NOT NULL,
    entered_at {at} NOT NULL,
    closed_at {at},
    -- Nothing can happen to it without a new fact: decisions do not load it.
    resting {bool} NOT NULL,
    walk {bytes} NOT NULL,
    PRIMARY KEY (tenant, receivable),
    UNIQUE (tenant, external_id),
    FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, customer),
    FOREIGN KEY (tenant, policy) REFERENCES policies (tenant, number)
) {strict};
CREATE INDEX receivables_customer ON receivables (tenant, customer, resting);

-- Immutable movements; their sum is the balance.
CREATE TABLE ledger_entries (
    tenant {id} NOT NULL,
    receivable {id} NOT NULL,
    number {int} NOT NULL,
    kind {text} NOT NULL,
    amount {int} NOT NULL,
    counts_on {date} NOT NULL,
    known_at {at} NOT NULL,
    -- 0: it happened; n: it happened to entry n - 1; null: it follows from the others and the terms.
    origin {int},
    PRIMARY KEY (tenant, receivable, number),
    FOREIGN KEY (tenant, receivable) REFERENCES receivables (tenant, receivable)
) {strict};

-- Payments as their source tells them, so that none is taken twice.
CREATE TABLE payments (
    tenant {id} NOT NULL,
    receivable {id} NOT NULL,
    -- The source's id, or the content and which of its equals it is.
    external_id {text} NOT NULL,
    amount {int},
    paid_on {date} NOT NULL,
    known_at {at} NOT NULL,
    PRIMARY KEY (tenant, receivable, external_id),
    FOREIGN KEY (tenant, receivable) REFERENCES receivables (tenant, receivable)
) {strict};

-- Final decisions: the key is what makes a step happen once.
CREATE TABLE decisions (
    tenant {id} NOT NULL,
    receivable {id} NOT NULL,
    mode {text} NOT NULL,
    step {text} NOT NULL,
    cycle {int} NOT NULL,
    occurrence {int} NOT NULL,
    -- done, or why it was skipped.
    outcome {text} NOT NULL,
    decided_at {at} NOT NULL,
    message {id},
    -- The rule of law that was looked at or that forbade it.
    rule {text},
    policy {int} NOT NULL,
    -- The event of the customer's chain that holds the receipt: versions, and what was known.
    seq {int} NOT NULL,
    PRIMARY KEY (tenant, receivable, mode, step, cycle, occurrence),
    FOREIGN KEY (tenant, receivable) REFERENCES receivables (tenant, receivable)
) {strict};

-- Messages, which are their own outbox: `due_at` is when somebody looks at one next.
CREATE TABLE messages (
    tenant {id} NOT NULL,
    -- Made of the moment and of what the message is about, so that it cannot be ordered twice.
    message {id} NOT NULL,
    customer {id} NOT NULL,
    mode {text} NOT NULL,
    -- The channels it was decided for, joined by `;`, and the one that carried it last.
    channels {text} NOT NULL,
    channel {text},
    tone {text} NOT NULL,
    class {text} NOT NULL,
    -- What was decided, with what a last look needs.
    plan {bytes} NOT NULL,
    -- queued, sending, sent, failed, unknown, cancelled.
    status {text} NOT NULL,
    decided_at {at} NOT NULL,
    due_at {at},
    -- Who works on it until when; an effect found `sending` after that is unknown.
    lease_until {at},
    tries {int} NOT NULL,
    finished_at {at},
    reply {text},
    PRIMARY KEY (tenant, message),
    FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, customer)
) {strict};
CREATE INDEX messages_due ON messages (due_at, tenant, message) WHERE due_at IS NOT NULL;
CREATE INDEX messages_customer ON messages (tenant, customer);
-- What a decision may not count on yet. Few at any time.
CREATE INDEX messages_unsent ON messages (tenant, customer) WHERE status IN ('queued', 'sending', 'unknown');
CREATE INDEX messages_unknown ON messages (tenant, status) WHERE status IN ('unknown', 'failed');

-- Messages as they were sent, sealed under the customer's key. Apart from `messages`, whose rows change several times on
-- their way: a letter is written once.
CREATE TABLE letters (
    tenant {id} NOT NULL,
    message {id} NOT NULL,
    sealed {bytes} NOT NULL,
    PRIMARY KEY (tenant, message),
    FOREIGN KEY (tenant, message) REFERENCES messages (tenant, message)
) {strict};

-- Items that fell out of a message between its decision and its sending.
CREATE TABLE dropped_items (
    tenant {id} NOT NULL,
    message {id} NOT NULL,
    receivable {id} NOT NULL,
    step {text} NOT NULL,
    reason {text} NOT NULL,
    at {at} NOT NULL,
    PRIMARY KEY (tenant, message, receivable, step),
    FOREIGN KEY (tenant, message) REFERENCES messages (tenant, message)
) {strict};

-- Everything else that decisions ordered: access changes, tasks, charges, fees, reports, assignments, write-offs.
CREATE TABLE effects (
    tenant {id} NOT NULL,
    receivable {id} NOT NULL,
    mode {text} NOT NULL,
    step {text} NOT NULL,
    cycle {int} NOT NULL,
    occurrence {int} NOT NULL,
    customer {id} NOT NULL,
    -- access, task, charge, fee, report, assign, write_off, mend (data that nobody can be reached by).
    kind {text} NOT NULL,
    detail {text} NOT NULL,
    at {at} NOT NULL,
    -- recorded, or for a task open and done.
    status {text} NOT NULL,
    PRIMARY KEY (tenant, receivable, mode, step, cycle, occurrence),
    FOREIGN KEY (tenant, receivable) REFERENCES receivables (tenant, receivable)
) {strict};
CREATE INDEX effects_open ON effects (tenant, kind, at) WHERE status = 'open';

-- Versions of a plan with its prices, in the order of publication; never changed. What a subscription took of it is its own.
CREATE TABLE plans (
    tenant {id} NOT NULL,
    plan {text} NOT NULL,
    version {int} NOT NULL,
    -- JSON, as it was published.
    body {text} NOT NULL,
    published_at {at} NOT NULL,
    PRIMARY KEY (tenant, plan, version),
    FOREIGN KEY (tenant) REFERENCES tenants (tenant)
) {strict};

-- What is billed in cycles. Where it stands on a day is read from the body, so that no column contradicts it.
CREATE TABLE subscriptions (
    tenant {id} NOT NULL,
    subscription {id} NOT NULL,
    customer {id} NOT NULL,
    -- The caller's name for it, and the beginning of its invoices' keys.
    external_id {text} NOT NULL,
    -- The key of the plan that held when something happened to it last.
    plan {text} NOT NULL,
    -- The rail on which its receivables are expected.
    method {text},
    -- When a document is due next: 00:00 of the customer's day; infinity when none is to come.
    bill_at {at} NOT NULL,
    -- The next renewal, seen from when something happened to it last.
    renews_on {date},
    created_at {at} NOT NULL,
    body {bytes} NOT NULL,
    -- Why it could not be billed; then nothing is billed until it is changed or somebody says so.
    parked {text},
    PRIMARY KEY (tenant, subscription),
    UNIQUE (tenant, external_id),
    FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, customer)
) {strict};
CREATE INDEX subscriptions_bill ON subscriptions (bill_at, tenant, customer) WHERE parked IS NULL;
CREATE INDEX subscriptions_parked ON subscriptions (tenant, subscription) WHERE parked IS NOT NULL;
CREATE INDEX subscriptions_customer ON subscriptions (tenant, customer);

-- Documents of subscriptions. Whether one is paid is what its receivables are, so it does not stand here.
CREATE TABLE invoices (
    tenant {id} NOT NULL,
    invoice {id} NOT NULL,
    customer {id} NOT NULL,
    subscription {id} NOT NULL,
    -- Subscription, period and purpose: what makes billing twice one invoice.
    key {text} NOT NULL,
    -- invoice, or credit when it gives money back.
    kind {text} NOT NULL,
    currency {text} NOT NULL,
    -- Minor units; below zero for a credit.
    total {int} NOT NULL,
    -- What of a credit was not applied to a receivable yet.
    credit_left {int} NOT NULL,
    issued_on {date} NOT NULL,
    due_on {date} NOT NULL,
    -- When it was taken back as a whole.
    voided_at {at},
    -- The document with its lines, JSON.
    body {text} NOT NULL,
    created_at {at} NOT NULL,
    PRIMARY KEY (tenant, invoice),
    UNIQUE (tenant, key),
    FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, customer),
    FOREIGN KEY (tenant, subscription) REFERENCES subscriptions (tenant, subscription)
) {strict};
CREATE INDEX invoices_customer ON invoices (tenant, customer);
CREATE INDEX invoices_credit ON invoices (tenant, subscription) WHERE credit_left > 0;

-- The parts in which an invoice is due.
CREATE TABLE invoice_receivables (
    tenant {id} NOT NULL,
    invoice {id} NOT NULL,
    number {int} NOT NULL,
    receivable {id} NOT NULL,
    PRIMARY KEY (tenant, invoice, number),
    UNIQUE (tenant, receivable),
    FOREIGN KEY (tenant, invoice) REFERENCES invoices (tenant, invoice),
    FOREIGN KEY (tenant, receivable) REFERENCES receivables (tenant, receivable)
) {strict};

-- The append-only log: one chain per customer, one for the tenant itself.
CREATE TABLE events (
    tenant {id} NOT NULL,
    -- The customer, or the tenant for what concerns all.
    stream {id} NOT NULL,
    seq {int} NOT NULL,
    at {at} NOT NULL,
    kind {text} NOT NULL,
    payload {text} NOT NULL,
    -- Personal data of the event, sealed under the customer's key.
    sealed {bytes},
    hash {bytes} NOT NULL,
    PRIMARY KEY (tenant, stream, seq),
    FOREIGN KEY (tenant) REFERENCES tenants (tenant)
) {strict};

-- What each transaction added to the log: its events, and a digest over them. A chain that is cut short together with
-- its head is missed by its page.
CREATE TABLE log_pages (
    tenant {id} NOT NULL,
    digest {bytes} NOT NULL,
    -- Which events: runs of chain, first place and count.
    runs {bytes} NOT NULL,
    -- The day whose root is over it; none until a day ends.
    day {date},
    PRIMARY KEY (tenant, digest),
    FOREIGN KEY (tenant) REFERENCES tenants (tenant)
) {strict};
CREATE INDEX log_pages_day ON log_pages (tenant, day, digest);

-- Each day's root, over its pages and the root before.
CREATE TABLE day_roots (
    tenant {id} NOT NULL,
    day {date} NOT NULL,
    pages {int} NOT NULL,
    root {bytes} NOT NULL,
    PRIMARY KEY (tenant, day),
    FOREIGN KEY (tenant) REFERENCES tenants (tenant)
) {strict};

-- Bounces and complaints that came in, by what makes each the same.
CREATE TABLE inbox (
    tenant {id} NOT NULL,
    digest {bytes} NOT NULL,
    received_at {at} NOT NULL,
    kind {text} NOT NULL,
    message {id},
    outcome {text} NOT NULL,
    PRIMARY KEY (tenant, digest),
    FOREIGN KEY (tenant) REFERENCES tenants (tenant)
) {strict};
