-- Of e-mails: whether they were seen to be opened, and mailboxes that did not take one for a while.

-- Only where the settings say that e-mails hold a picture for it.
CREATE TABLE opens (
    tenant {id} NOT NULL,
    message {id} NOT NULL,
    customer {id} NOT NULL,
    -- When its reader first fetched the picture, as far as that can be told.
    opened_at {at},
    -- When a program fetched it before any reader.
    prefetched_at {at},
    PRIMARY KEY (tenant, message),
    FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, customer)
) {strict};

-- How often in a row an address did not take an e-mail for a reason that may pass.
CREATE TABLE soft_bounces (
    tenant {id} NOT NULL,
    -- A keyed hash of the address.
    mark {id} NOT NULL,
    -- On so many days.
    count {int} NOT NULL,
    -- When the last one was counted.
    counted_at {at} NOT NULL,
    PRIMARY KEY (tenant, mark),
    FOREIGN KEY (tenant) REFERENCES tenants (tenant)
) {strict};
