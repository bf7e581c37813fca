-- Requests that a caller may send again, and acts that wait for a second person.

-- The same request sent again is answered as the first time; a day later its key may be used anew.
CREATE TABLE requests (
    tenant {id} NOT NULL,
    -- The person or key that asks.
    caller {id} NOT NULL,
    -- A keyed hash of the key that the caller chose, which may say anything.
    mark {id} NOT NULL,
    -- SHA-256 of what was asked for: the same key with something else is refused.
    digest {bytes} NOT NULL,
    begun_at {at} NOT NULL,
    -- The answer, once there is one: its status, and the body sealed.
    finished_at {at},
    status {int},
    body {bytes},
    PRIMARY KEY (tenant, caller, mark),
    FOREIGN KEY (tenant) REFERENCES tenants (tenant)
) {strict};
CREATE INDEX requests_begun ON requests (tenant, begun_at);

-- Acts beyond the limit of whoever asked for them.
CREATE TABLE held_acts (
    tenant {id} NOT NULL,
    act {id} NOT NULL,
    -- Which operation, by the name that it has in the API.
    operation {text} NOT NULL,
    currency {text} NOT NULL,
    -- How much it is about, in minor units.
    stake {int} NOT NULL,
    -- The person or key that asked.
    asked_by {id} NOT NULL,
    -- waiting; running, done; refused; expired.
    state {text} NOT NULL,
    created_at {at} NOT NULL,
    -- The first moment at which nobody may approve it any more.
    expires_at {at} NOT NULL,
    -- When somebody approved or refused it, and when it was over.
    decided_at {at},
    ended_at {at},
    -- Who asked and who decided, with their reasons: JSON, sealed.
    asked {bytes} NOT NULL,
    decided {bytes},
    -- The request as it was asked for, sealed.
    request {bytes} NOT NULL,
    -- What carrying it out answered: its status, and the body sealed.
    answer_status {int},
    answer {bytes},
    PRIMARY KEY (tenant, act),
    FOREIGN KEY (tenant) REFERENCES tenants (tenant)
) {strict};
CREATE INDEX held_acts_state ON held_acts (tenant, state, act);
CREATE INDEX held_acts_ended ON held_acts (tenant, ended_at) WHERE ended_at IS NOT NULL;
