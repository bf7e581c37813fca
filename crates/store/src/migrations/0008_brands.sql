-- The names under which a company writes to its customers.
CREATE TABLE brands (
    tenant {id} NOT NULL,
    brand {id} NOT NULL,
    -- What a customer's attribute `brand` says to choose it.
    key {text} NOT NULL,
    -- default: the brand of customers that choose none. other.
    standing {text} NOT NULL,
    added_at {at} NOT NULL,
    changed_at {at} NOT NULL,
    -- Name, legal data, sender, looks: JSON.
    body {text} NOT NULL,
    PRIMARY KEY (tenant, brand),
    UNIQUE (tenant, key),
    FOREIGN KEY (tenant) REFERENCES tenants (tenant)
) {strict};
CREATE UNIQUE INDEX brands_default ON brands (tenant) WHERE standing = 'default';
