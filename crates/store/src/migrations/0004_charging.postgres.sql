-- Who claims sees of all tenants what says that something is due, and locks it; see 0001.
GRANT SELECT (tenant, charge, customer, due_at), UPDATE (due_at) ON charges TO regua_claim;
CREATE POLICY regua_claim_finds ON charges FOR SELECT TO regua_claim USING (true);
CREATE POLICY regua_claim_locks ON charges FOR UPDATE TO regua_claim USING (true) WITH CHECK (false);

GRANT SELECT (tenant, instrument, customer, due_at), UPDATE (due_at) ON instruments TO regua_claim;
CREATE POLICY regua_claim_finds ON instruments FOR SELECT TO regua_claim USING (true);
CREATE POLICY regua_claim_locks ON instruments FOR UPDATE TO regua_claim USING (true) WITH CHECK (false);

GRANT SELECT (tenant, refund, customer, due_at), UPDATE (due_at) ON refunds TO regua_claim;
CREATE POLICY regua_claim_finds ON refunds FOR SELECT TO regua_claim USING (true);
CREATE POLICY regua_claim_locks ON refunds FOR UPDATE TO regua_claim USING (true) WITH CHECK (false);

GRANT SELECT (tenant, gateway, hook, due_at), UPDATE (due_at) ON webhooks TO regua_claim;
CREATE POLICY regua_claim_finds ON webhooks FOR SELECT TO regua_claim USING (true);
CREATE POLICY regua_claim_locks ON webhooks FOR UPDATE TO regua_claim USING (true) WITH CHECK (false);

-- Sealed bytes do not become smaller: the server need not try.
ALTER TABLE webhooks ALTER COLUMN body SET STORAGE EXTERNAL;
