-- Lists that people and programs page through. What lies in the order of its id has it by its key already.

-- By the day on which they are due: one walk for each status and currency, merged by whoever asks. All of them are in it; the
-- condition, which a statement has to repeat, keeps what looks for a customer's on the index that has the customer.
CREATE INDEX receivables_listed ON receivables (tenant, status, currency, due_on, receivable) WHERE policy > 0;
CREATE INDEX payments_known ON payments (tenant, known_at, receivable, external_id);
-- Those that were not sent: few beside those that were, so that sending writes nothing here.
CREATE INDEX messages_unsent_ends ON messages (tenant, status, message) WHERE status IN ('failed', 'cancelled');
-- All of them; the condition keeps what looks for those of a payment on the index that has the payment.
CREATE INDEX refunds_ordered ON refunds (tenant, ordered_at, refund) WHERE amount > 0;
