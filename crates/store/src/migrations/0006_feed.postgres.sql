-- Numbers in the order in which they are asked for, whoever commits first.
CREATE SEQUENCE log_page_order;
ALTER TABLE log_pages ALTER COLUMN unfed SET DEFAULT nextval('log_page_order');
GRANT USAGE ON SEQUENCE log_page_order TO regua_app;

-- Who claims sees which tenants have something to feed, and which endpoints are due, and locks these; see 0001.
GRANT SELECT (tenant, unfed) ON log_pages TO regua_claim;
CREATE POLICY regua_claim_finds ON log_pages FOR SELECT TO regua_claim USING (true);

GRANT SELECT (tenant, endpoint, due_at), UPDATE (due_at) ON endpoints TO regua_claim;
CREATE POLICY regua_claim_finds ON endpoints FOR SELECT TO regua_claim USING (true);
CREATE POLICY regua_claim_locks ON endpoints FOR UPDATE TO regua_claim USING (true) WITH CHECK (false);
