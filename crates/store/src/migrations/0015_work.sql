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
