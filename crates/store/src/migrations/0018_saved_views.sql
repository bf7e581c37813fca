-- Ways in which people look at lists: filters and columns under a name. Nothing of a customer is in them.
CREATE TABLE saved_views (
    tenant {id} NOT NULL,
    view {id} NOT NULL,
    person {id} NOT NULL,
    -- What its author was called when it was saved.
    by_whom {text} NOT NULL,
    page {text} NOT NULL,
    name {text} NOT NULL,
    shared {bool} NOT NULL,
    -- Filters and columns: JSON.
    body {text} NOT NULL,
    saved_at {at} NOT NULL,
    PRIMARY KEY (tenant, view),
    UNIQUE (tenant, person, page, name),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, person)
) {strict};
CREATE INDEX saved_views_shared ON saved_views (tenant, view) WHERE shared;
