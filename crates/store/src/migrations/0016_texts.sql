-- Texts of a company's own in place of those that ship, and what messages are listed by.

-- Versions of template files, in the order of publication; never changed. The newest of a language and name counts.
CREATE TABLE template_texts (
    tenant {id} NOT NULL,
    -- Counts the versions of all of them, from 1.
    number {int} NOT NULL,
    language {text} NOT NULL,
    name {text} NOT NULL,
    -- The file; nothing when from then on the text that ships counts again.
    body {text},
    -- Who published it, as the record names them, and why.
    by_whom {text} NOT NULL,
    reason {text},
    published_at {at} NOT NULL,
    PRIMARY KEY (tenant, number),
    FOREIGN KEY (tenant) REFERENCES tenants (tenant)
) {strict};
CREATE INDEX template_texts_of ON template_texts (tenant, language, name, number);

-- The step that leads the message: its most severe item. Of messages from before, the first of its steps by name.
ALTER TABLE messages ADD COLUMN step {text};
UPDATE messages SET step = v.step
  FROM (SELECT tenant, message, MIN(step) AS step FROM decisions WHERE message IS NOT NULL GROUP BY tenant, message) AS v
 WHERE messages.tenant = v.tenant AND messages.message = v.message;
CREATE INDEX messages_step ON messages (tenant, step, message);
CREATE INDEX messages_channel ON messages (tenant, channel, message) WHERE channel IS NOT NULL;
