-- What a company's own app shows to its customers.

-- With what the company's server signs for whom its app shows something: one that signs, and those before it for a while.
CREATE TABLE in_app_secrets (
    tenant {id} NOT NULL,
    secret {id} NOT NULL,
    -- Sealed for its tenant and itself.
    sealed {bytes} NOT NULL,
    made_at {at} NOT NULL,
    -- The first moment at which it does not count any more; none for the one that signs now.
    ends_at {at},
    PRIMARY KEY (tenant, secret),
    FOREIGN KEY (tenant) REFERENCES tenants (tenant)
) {strict};

-- What a customer has put away, and for which of its days. Another day, or something stricter, is shown again.
CREATE TABLE in_app_seen (
    tenant {id} NOT NULL,
    customer {id} NOT NULL,
    -- notice, banner.
    state {text} NOT NULL,
    seen_on {date} NOT NULL,
    PRIMARY KEY (tenant, customer),
    FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, customer)
) {strict};
