-- Who claims sees of all tenants what says that something is due, and locks it; the check keeps it from changing a row.
-- What follows for a customer or a message runs under the tenant's own row security.
GRANT SELECT (tenant, customer, live, wake_at), UPDATE (wake_at) ON customer_facts TO regua_claim;
CREATE POLICY regua_claim_finds ON customer_facts FOR SELECT TO regua_claim USING (true);
CREATE POLICY regua_claim_locks ON customer_facts FOR UPDATE TO regua_claim USING (true) WITH CHECK (false);

GRANT SELECT (tenant, message, customer, mode, channels, plan, status, decided_at, tries, due_at), UPDATE (due_at) ON messages TO regua_claim;
CREATE POLICY regua_claim_finds ON messages FOR SELECT TO regua_claim USING (true);
CREATE POLICY regua_claim_locks ON messages FOR UPDATE TO regua_claim USING (true) WITH CHECK (false);

GRANT SELECT (tenant, customer, bill_at, parked) ON subscriptions TO regua_claim;
CREATE POLICY regua_claim_finds ON subscriptions FOR SELECT TO regua_claim USING (true);

-- Sealed bytes do not become smaller: the server need not try.
ALTER TABLE letters ALTER COLUMN sealed SET STORAGE EXTERNAL;
