-- Links by which customers come in without a password, and what they ask for behind them.

-- What has happened to the links of a customer. Who was never asked about has no row.
CREATE TABLE customer_links (
    tenant {id} NOT NULL,
    customer {id} NOT NULL,
    -- Links that say an earlier one were taken back.
    epoch {int} NOT NULL,
    -- The last day (UTC) on which a new link was asked for, and how often on that day.
    asked_on {date},
    asked {int} NOT NULL,
    PRIMARY KEY (tenant, customer),
    FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, customer)
) {strict};

-- New links that were asked for and are to be sent, each once.
CREATE TABLE link_letters (
    tenant {id} NOT NULL,
    letter {id} NOT NULL,
    customer {id} NOT NULL,
    -- A keyed hash of the contact point that it goes to.
    point {id} NOT NULL,
    -- waiting; sending; sent, failed, dropped, unknown.
    status {text} NOT NULL,
    asked_at {at} NOT NULL,
    -- When it may be sent; nothing once it was begun.
    due_at {at},
    finished_at {at},
    PRIMARY KEY (tenant, letter),
    FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, customer)
) {strict};
CREATE INDEX link_letters_due ON link_letters (tenant, due_at) WHERE due_at IS NOT NULL;

-- What customers ask of a person.
CREATE TABLE customer_requests (
    tenant {id} NOT NULL,
    request {id} NOT NULL,
    customer {id} NOT NULL,
    receivable {id},
    -- paid, split, question, dispute, pay_day, erase, not_me, survey.
    what {text} NOT NULL,
    -- open, done.
    state {text} NOT NULL,
    asked_at {at} NOT NULL,
    done_at {at},
    -- What they wrote: JSON, sealed under the customer's key.
    body {bytes} NOT NULL,
    PRIMARY KEY (tenant, request),
    FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, customer)
) {strict};
CREATE INDEX customer_requests_state ON customer_requests (tenant, state, request);
CREATE INDEX customer_requests_of ON customer_requests (tenant, customer, request);

-- What they sent with it, sealed under the customer's key.
CREATE TABLE customer_files (
    tenant {id} NOT NULL,
    file {id} NOT NULL,
    request {id} NOT NULL,
    customer {id} NOT NULL,
    -- pdf, png, jpeg.
    kind {text} NOT NULL,
    -- Its length before it was sealed.
    size {int} NOT NULL,
    body {bytes} NOT NULL,
    PRIMARY KEY (tenant, file),
    FOREIGN KEY (tenant, request) REFERENCES customer_requests (tenant, request)
) {strict};
CREATE INDEX customer_files_request ON customer_files (tenant, request);
CREATE INDEX customer_files_of ON customer_files (tenant, customer);
