-- Work of people: what they note of customers, and the list of what they are to do.

-- What somebody noted of a customer; gone when the person is erased.
CREATE TABLE customer_notes (
    tenant {id} NOT NULL,
    note {id} NOT NULL,
    customer {id} NOT NULL,
    receivable {id},
    at {at} NOT NULL,
    -- Who noted it, as the record names them.
    by_whom {text} NOT NULL,
    -- The day on which somebody is to look again.
    follow_up_on {date},
    -- The text, sealed under the customer's key.
    body {bytes} NOT NULL,
    PRIMARY KEY (tenant, note),
    FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, customer)
) {strict};
CREATE INDEX customer_notes_of ON customer_notes (tenant, customer, note);

-- What a person is to do. That a decision asked for it stands in `effects`, and what was done about it in the customer's chain.
CREATE TABLE tasks (
    tenant {id} NOT NULL,
    task {id} NOT NULL,
    -- task: a step, or a note, wants somebody to look; mend: nobody can be reached; request: a customer asked.
    kind {text} NOT NULL,
    customer {id} NOT NULL,
    receivable {id},
    -- The decision behind it; `portal` of a request, `note` of a note.
    step {text} NOT NULL,
    mode {text} NOT NULL,
    cycle {int} NOT NULL,
    occurrence {int} NOT NULL,
    -- The queue, what is to be mended, or what is asked.
    queue {text} NOT NULL,
    since {at} NOT NULL,
    -- open, done.
    state {text} NOT NULL,
    -- From when on it waits for somebody: since, or the day that it was put off to.
    due_at {at} NOT NULL,
    follow_up_on {date},
    -- What is open and overdue of the customer in the currency of the receivable, in minor units, as it was when something last
    -- happened: lists are sorted by it. No currency where nothing is owed.
    currency {text} NOT NULL,
    stake {int} NOT NULL,
    -- Who is at it, and until when nobody else is.
    claimed_by {id},
    claimed_name {text},
    claimed_until {at},
    -- How often nobody was reached.
    attempts {int} NOT NULL,
    -- What it came to last, by whom and when.
    code {text},
    worked_by {text},
    worked_at {at},
    PRIMARY KEY (tenant, task),
    FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, customer)
) {strict};
CREATE INDEX tasks_stake ON tasks (tenant, kind, stake DESC, task) WHERE state = 'open';
CREATE INDEX tasks_queue ON tasks (tenant, kind, queue, stake DESC, task) WHERE state = 'open';
CREATE INDEX tasks_since ON tasks (tenant, kind, due_at, task) WHERE state = 'open';
CREATE INDEX tasks_done ON tasks (tenant, kind, worked_at DESC, task) WHERE state = 'done';
CREATE INDEX tasks_customer ON tasks (tenant, customer) WHERE state = 'open';
CREATE INDEX tasks_receivable ON tasks (tenant, receivable) WHERE state = 'open' AND receivable IS NOT NULL;
CREATE INDEX tasks_claimed ON tasks (tenant, claimed_by) WHERE state = 'open' AND claimed_by IS NOT NULL;

INSERT INTO tasks (tenant, task, kind, customer, receivable, step, mode, cycle, occurrence, queue, since, state, due_at, currency, stake, attempts)
SELECT q.tenant, q.request, 'request', q.customer, q.receivable, 'portal', 'live', 0, 0, q.what, q.asked_at, 'open', q.asked_at, '', 0, 0
  FROM customer_requests q
 WHERE q.state = 'open';
