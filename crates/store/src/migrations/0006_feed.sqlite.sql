-- Pages are never deleted, so that SQLite's own numbers of rows only grow.
CREATE TRIGGER log_pages_order AFTER INSERT ON log_pages WHEN new.unfed IS NULL
BEGIN
    UPDATE log_pages SET unfed = new.rowid WHERE rowid = new.rowid;
END;
