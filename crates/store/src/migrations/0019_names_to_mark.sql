-- How far the names of customers are marked that were known before names were: who comes later is marked when written.
CREATE TABLE names_to_mark (
    tenant {id} NOT NULL PRIMARY KEY,
    -- Behind whom the next begin; nothing before the first.
    behind {id},
    FOREIGN KEY (tenant) REFERENCES tenants (tenant)
) {strict};
INSERT INTO names_to_mark (tenant) SELECT tenant FROM tenants;
