-- What waited before there was a list: of receivables that are open still.
INSERT INTO tasks (tenant, task, kind, customer, receivable, step, mode, cycle, occurrence, queue, since, state, due_at, currency, stake, attempts)
SELECT e.tenant, randomblob(16), e.kind, e.customer, e.receivable, e.step, e.mode, e.cycle, e.occurrence, e.detail, e.at, 'open', e.at,
       r.currency, r.balance, 0
  FROM effects e JOIN receivables r ON r.tenant = e.tenant AND r.receivable = e.receivable
 WHERE e.status = 'open' AND e.kind IN ('task', 'mend') AND r.status = 'open';
