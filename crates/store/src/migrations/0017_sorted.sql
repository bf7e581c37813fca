-- Receivables in every order in which people list them: by due date, by entry, by what is open. One walk for each status and
-- currency; what is compared beside the order (due date, balance) stands behind it, so that a walk reads nothing but the index.

-- As before, with the balance behind it. `policy` stands last so that the condition is met without looking at the row.
DROP INDEX receivables_listed;
CREATE INDEX receivables_listed ON receivables (tenant, status, currency, due_on, receivable, balance, policy) WHERE policy > 0;
CREATE INDEX receivables_newest ON receivables (tenant, status, currency, receivable, due_on, balance, policy) WHERE policy > 0;
CREATE INDEX receivables_balance ON receivables (tenant, status, currency, balance, receivable, due_on, policy) WHERE policy > 0;
-- Who owes, and how much.
CREATE INDEX receivables_owed ON receivables (tenant, customer, currency, balance, status) WHERE status = 'open';
CREATE INDEX customers_erased ON customers (tenant, customer) WHERE erased_at IS NOT NULL;
