-- The credit of customers: immutable movements, in the order of becoming known; their sum is what a customer has.
CREATE TABLE account_entries (
    tenant {id} NOT NULL,
    customer {id} NOT NULL,
    -- Its place, from 1.
    seq {int} NOT NULL,
    -- ISO 4217.
    currency {text} NOT NULL,
    -- overpaid, received, applied, refunded.
    kind {text} NOT NULL,
    -- Minor units; what gives the customer more credit is positive.
    amount {int} NOT NULL,
    -- The receivable that was overpaid or that it paid on.
    receivable {id},
    -- What its source calls the payment, of money that no receivable took.
    payment {text},
    counts_on {date} NOT NULL,
    known_at {at} NOT NULL,
    PRIMARY KEY (tenant, customer, seq),
    FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, customer),
    FOREIGN KEY (tenant, receivable) REFERENCES receivables (tenant, receivable)
) {strict};
