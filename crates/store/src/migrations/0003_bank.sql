-- Money that comes by the bank: the company's accounts, the slips that it issued, and what banks told.

-- Accounts of the company's, by the name that people use.
CREATE TABLE bank_accounts (
    tenant {id} NOT NULL,
    account {text} NOT NULL,
    -- Bank, branch, number, wallet, agreement, formats, JSON.
    body {text} NOT NULL,
    added_at {at} NOT NULL,
    -- The next number of a slip, and of a file to the bank.
    next_number {int} NOT NULL,
    next_file {int} NOT NULL,
    PRIMARY KEY (tenant, account),
    FOREIGN KEY (tenant) REFERENCES tenants (tenant)
) {strict};

-- Bank slips (boletos) of receivables. The number is what banks call one.
CREATE TABLE slips (
    tenant {id} NOT NULL,
    account {text} NOT NULL,
    -- The bank's number of it (nosso número): digits without its check digit and without zeros in front.
    number {text} NOT NULL,
    receivable {id} NOT NULL,
    customer {id} NOT NULL,
    -- As it was issued, in minor units of BRL.
    amount {int} NOT NULL,
    due_on {date} NOT NULL,
    issued_at {at} NOT NULL,
    -- The file to the bank that it went out in.
    file {int},
    -- issued, sent, registered, rejected, paid, closed.
    status {text} NOT NULL,
    PRIMARY KEY (tenant, account, number),
    FOREIGN KEY (tenant, account) REFERENCES bank_accounts (tenant, account),
    FOREIGN KEY (tenant, receivable) REFERENCES receivables (tenant, receivable)
) {strict};
CREATE INDEX slips_receivable ON slips (tenant, receivable);
CREATE INDEX slips_file ON slips (tenant, account, file, issued_at, number) WHERE file IS NOT NULL;
CREATE INDEX slips_unsent ON slips (tenant, account, issued_at, number) WHERE status = 'issued';

-- Files that were read, each once whatever it is called.
CREATE TABLE bank_files (
    tenant {id} NOT NULL,
    digest {bytes} NOT NULL,
    name {text} NOT NULL,
    format {text} NOT NULL,
    read_at {at} NOT NULL,
    lines {int} NOT NULL,
    refused {int} NOT NULL,
    -- Read to its end: one that was not is read again.
    complete {bool} NOT NULL,
    PRIMARY KEY (tenant, digest),
    FOREIGN KEY (tenant) REFERENCES tenants (tenant)
) {strict};

-- Lines of those files, each once whatever the number of files that tell it. Its id is made of what makes it the same.
CREATE TABLE bank_lines (
    tenant {id} NOT NULL,
    line {id} NOT NULL,
    account {text} NOT NULL,
    -- The file that told it first, and its place there.
    digest {bytes} NOT NULL,
    place {int} NOT NULL,
    event {text} NOT NULL,
    currency {text} NOT NULL,
    -- Minor units; nothing where no money moved.
    amount {int},
    paid_on {date},
    posted_on {date},
    -- From a return of slips or debits, which a statement later tells of again in sums.
    from_return {bool} NOT NULL,
    -- booked, waiting, kept, undone, taken_back, set_aside.
    status {text} NOT NULL,
    -- By what it was booked, or why a person is asked.
    reason {text} NOT NULL,
    percent {int},
    customer {id},
    receivable {id},
    -- Of a return: the statement's line that has its money; of a statement: that it is a sum of such.
    summed {id},
    -- The line as it was read, sealed for nobody but the tenant; gone once its customer is erased.
    body {bytes},
    PRIMARY KEY (tenant, line),
    FOREIGN KEY (tenant, account) REFERENCES bank_accounts (tenant, account),
    FOREIGN KEY (tenant, digest) REFERENCES bank_files (tenant, digest)
) {strict};
CREATE INDEX bank_lines_waiting ON bank_lines (tenant, posted_on, line) WHERE status = 'waiting';
CREATE INDEX bank_lines_unsummed ON bank_lines (tenant, account, posted_on) WHERE from_return AND summed IS NULL;
CREATE INDEX bank_lines_customer ON bank_lines (tenant, customer);

-- Whom a payer may be: keyed hashes of tax ids and names, which say nothing to whoever has not the installation's key.
CREATE TABLE customer_marks (
    tenant {id} NOT NULL,
    mark {id} NOT NULL,
    customer {id} NOT NULL,
    PRIMARY KEY (tenant, mark, customer),
    FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, customer)
) {strict};
CREATE INDEX customer_marks_customer ON customer_marks (tenant, customer);
