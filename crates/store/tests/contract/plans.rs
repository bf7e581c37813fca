//! Every statement can be made ready on both databases, and none reads a table that grows from end to end.

use crate::common::{on_both_real, tenant};
use regua_store::db::{Db, Dialect, Scope, StoreError, Tx, Value};
use regua_store::statements;
use std::collections::BTreeMap;

/// Tables whose rows grow with customers, receivables or time.
const GROWING: &[&str] = &[
    "account_entries",
    "bank_files",
    "bank_lines",
    "carriages",
    "charges",
    "conversations",
    "customer_facts",
    "customer_files",
    "customer_keys",
    "customer_links",
    "customer_marks",
    "customer_notes",
    "customer_requests",
    "customers",
    "decisions",
    "deliveries",
    "dropped_items",
    "effects",
    "events",
    "feed",
    "gateway_customers",
    "gateway_payments",
    "held_acts",
    "in_app_seen",
    "inbox",
    "instruments",
    "invoice_receivables",
    "invoices",
    "ledger_entries",
    "letters",
    "link_letters",
    "log_pages",
    "messages",
    "methods",
    "mirrored",
    "opens",
    "payments",
    "people_failures",
    "reached",
    "receivables",
    "refunds",
    "replies",
    "requests",
    "sessions",
    "slips",
    "soft_bounces",
    "subscriptions",
    "suppressions",
    "tasks",
    "webhooks",
];
/// Tables that stay small.
const SMALL: &[&str] = &[
    // As many as a company has programs that ask.
    "api_keys",
    "bank_accounts",
    "brands",
    // As many as carriers have templates and numbers.
    "channel_states",
    "day_roots",
    "endpoints",
    "feeds",
    "gateways",
    // One that signs, and those that did until lately.
    "in_app_secrets",
    // One of a company at most.
    "names_to_mark",
    "pauses",
    // As many as a company has people.
    "people",
    "people_identities",
    "people_recovery",
    "people_tokens",
    "plans",
    "policies",
    "regua_migration",
    // A hundred of a person at most.
    "saved_views",
    "sources",
    // As many as a company's people have published.
    "template_texts",
    "tenants",
    // One more each time that weights are learnt.
    "timings",
    // As many as there are codes, not as there are attempts.
    "unmapped_codes",
];

/// Statements that read all rows of a tenant, or an index from its beginning, and why they may.
const EXCUSED: &[(&str, &str)] = &[
    ("outbox.next", "takes the first entry of an index that holds nothing but what is due some time"),
    ("due.next", "takes the first entry of an index"),
    ("billing.next", "takes the first entry of an index"),
    ("charges.next", "takes the first entry of an index that holds nothing but what is due some time"),
    ("instruments.next", "takes the first entry of such an index"),
    ("refunds.next", "takes the first entry of such an index"),
    ("webhooks.next", "takes the first entry of such an index"),
    ("endpoints.next", "takes the first entry of such an index"),
    ("channels.reached_count", "counts a range of an index: whom a channel reached within a day"),
    ("bank.sums", "a report over everything that banks told"),
    ("webhooks.counts", "counts what is kept, for a person who asks"),
    ("mirrored.counts", "counts what is mirrored, for a person who asks"),
    ("reports.effects", "an export of all effects"),
    ("collected.movements", "a report over the whole book"),
    ("collected.fates", "a report over the whole book"),
    ("collected.deliveries", "a report over every message"),
    ("collected.days", "a report over every message"),
    ("reports.aging", "a report over the whole book"),
    ("reports.decisions", "an export of all decisions"),
    ("lookup.counts", "counts the whole book, for a person who asks"),
    ("tenants.wake_all", "changes every customer, after what concerns all of them"),
    // Not right, only known: each reads all customers of a tenant to find few.
    ("due.next_wake", "wants an index that begins with tenant and wake_at"),
    ("lookup.due_before", "wants the same index"),
    ("waiting.deliveries", "has its partial index, which PostgreSQL does not always take; counting is bounded all the same"),
    ("lookup.parked", "has its partial index, which PostgreSQL does not always take for the join"),
];

/// Statements that are run in the scope of the claim, where no condition on the tenant is added.
const CLAIMS: &[&str] = &[
    "due.claim",
    "due.claim_others",
    "billing.claim",
    "outbox.take",
    "charges.take",
    "instruments.take",
    "refunds.take",
    "webhooks.take",
    "feed.next_tenant",
    "endpoints.take",
    "waiting.customers",
];

/// How a plan reads a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Reads {
    /// From end to end, the table or an index.
    All,
    /// Every row of a tenant: on a machine with one tenant that is all.
    Tenant,
}

/// Fills every table of PostgreSQL: its planner takes any index of an empty table. SQLite's goes by the shape of the keys.
const FILL: &str = "DO $$ DECLARE t record; BEGIN
    FOR t IN SELECT conrelid::regclass AS name, conname FROM pg_constraint WHERE contype = 'f' LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', t.name, t.conname);
    END LOOP;
    FOR t IN SELECT table_name, string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) AS columns,
        string_agg(CASE WHEN column_name = 'tenant' THEN 'md5((g % 2)::text)::uuid' ELSE CASE data_type
            WHEN 'uuid' THEN 'md5(g::text)::uuid' WHEN 'bigint' THEN 'g' WHEN 'text' THEN '''x'' || g' WHEN 'boolean' THEN 'g % 50 = 0'
            WHEN 'timestamp with time zone' THEN 'timestamptz ''2026-01-01'' + g * interval ''1 hour'''
            WHEN 'date' THEN 'date ''2026-01-01'' + g::int' WHEN 'jsonb' THEN '''{}''' WHEN 'bytea' THEN 'sha256(g::text::bytea)' END END,
            ', ' ORDER BY ordinal_position) AS filling
        FROM information_schema.columns WHERE table_schema = current_schema() AND table_name NOT IN ('tenants', 'regua_migration', 'feeds', 'names_to_mark')
        GROUP BY table_name
    LOOP
        EXECUTE format('INSERT INTO %I (%s) SELECT %s FROM generate_series(1::bigint, 5000) g', t.table_name, t.columns, t.filling);
        EXECUTE format('ANALYZE %I', t.table_name);
    END LOOP;
    END $$";

fn on_filled(test: impl Fn(&Db)) {
    on_both_real(|db| {
        if db.dialect() == Dialect::Postgres {
            db.write(Scope::Owner, |tx: &mut Tx<'_>| tx.batch(FILL)).expect("the tables take anything");
        }
        test(db);
    });
}

/// What the database would do, as whoever runs the statement.
fn plan(db: &Db, name: &str, sql: &'static str) -> Vec<String> {
    let explain = |scope| {
        db.write(scope, |tx: &mut Tx<'_>| {
            if tx.dialect() == Dialect::Postgres {
                // Tables of a test are small, so that a scan would be right; it must not be the only way.
                tx.batch("SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_generic_plan")?;
            }
            tx.explain(sql)
        })
    };
    let own = Scope::Tenant(tenant(1));
    let order = if CLAIMS.contains(&name) { [Scope::Claim, own, Scope::Owner] } else { [own, Scope::Claim, Scope::Owner] };
    let tried = order.map(explain);
    let first = tried.iter().find_map(|tried| tried.as_ref().ok());
    first.unwrap_or_else(|| panic!("{sql}\n{tried:?}")).clone()
}

/// An index's first column, and whether the index holds only some rows.
type Indexes = BTreeMap<String, (String, bool)>;

fn indexes(db: &Db) -> Indexes {
    let sql = match db.dialect() {
        Dialect::Sqlite => {
            "SELECT i.name, c.name, i.partial = 1 FROM sqlite_master m JOIN pragma_index_list(m.name) i JOIN pragma_index_info(i.name) c
             WHERE m.type = 'table' AND c.seqno = 0"
        }
        Dialect::Postgres => {
            "SELECT i.relname::text, a.attname::text, x.indpred IS NOT NULL FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
             JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0] WHERE i.relnamespace = current_schema()::regnamespace"
        }
    };
    let found = db
        .read(Scope::Owner, |tx| tx.rows(sql, &[], |row| Ok((row.text(0)?, (row.text(1)?, row.bool(2)?)))))
        .expect("the catalogue can be read");
    found.into_iter().collect()
}

/// The tables that a plan reads without a condition that narrows it down.
fn wide(dialect: Dialect, plan: &[String], indexes: &Indexes) -> Vec<(String, Reads)> {
    let partial = |index: &str| indexes.get(index).is_some_and(|(_, partial)| *partial);
    let mut found = Vec::new();
    for (number, line) in plan.iter().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let after = |word: &str| words.iter().position(|found| *found == word).and_then(|at| words.get(at + 1)).map_or("", |word| *word);
        let (table, reads) = match dialect {
            // `SCAN t`, `SCAN t USING INDEX i`, `SEARCH t USING INDEX i (tenant=?)`.
            Dialect::Sqlite if words.first() == Some(&"SCAN") => (after("SCAN"), Some(Reads::All)),
            Dialect::Sqlite => {
                let only = line.ends_with("(tenant=?)") && !partial(after("INDEX"));
                (after("SEARCH"), only.then_some(Reads::Tenant))
            }
            Dialect::Postgres if line.contains("Seq Scan on ") => (after("on"), Some(Reads::All)),
            Dialect::Postgres if line.contains("Index Scan") || line.contains("Index Only Scan") => {
                let bitmap = line.contains("Bitmap Index Scan on ");
                let index = if bitmap { after("on") } else { after("using") };
                // The lines about this node: deeper, up to the next node.
                let indent = |line: &str| line.len() - line.trim_start().len();
                let mut about = plan.iter().skip(number + 1).take_while(|next| indent(next) > indent(line) && !next.contains("->"));
                let condition = about.find_map(|next| next.trim_start().strip_prefix("Index Cond: ")).unwrap_or("");
                let first = indexes.get(index).map_or("", |(first, _)| first);
                let searched = condition.contains(&format!("({first} ")) || condition.contains(&format!("ROW({first},"));
                let only = condition.starts_with("(tenant = ") && !condition.contains(") AND (") && !partial(index);
                // A bitmap names its index alone; the index is named after the table.
                let table = if bitmap { index } else { after("on") };
                (table, if !searched { Some(Reads::All) } else { only.then_some(Reads::Tenant) })
            }
            Dialect::Postgres => continue,
        };
        found.extend(reads.map(|reads| (table.to_owned(), reads)));
    }
    found
}

/// Whether a name in a plan is a table that grows: by its name, by the start of an index's, or by another name in the text.
fn grows(sql: &str, name: &str) -> bool {
    let words: Vec<&str> = sql.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).collect();
    let table = words.windows(2).find(|pair| pair[1] == name && GROWING.contains(&pair[0])).map_or(name, |pair| pair[0]);
    GROWING.iter().any(|growing| table == *growing || table.starts_with(&format!("{growing}_")))
}

#[test]
fn no_statement_reads_a_growing_table_from_end_to_end() {
    on_filled(|db| {
        let indexes = indexes(db);
        let mut bad = Vec::new();
        for (excused, _) in EXCUSED {
            assert!(statements::all().iter().any(|(name, _)| name == excused), "{excused} is gone");
        }
        for (name, sql) in statements::all() {
            let plan = plan(db, name, sql);
            let mut wide = wide(db.dialect(), &plan, &indexes);
            wide.retain(|(table, _)| grows(sql, table));
            if !wide.is_empty() && !EXCUSED.iter().any(|(excused, _)| *excused == name) {
                bad.push(format!("{name} reads {wide:?}:\n    {}", plan.join("\n    ")));
            }
        }
        assert!(bad.is_empty(), "{:?}:\n{}", db.dialect(), bad.join("\n"));
    });
}

#[test]
fn the_test_of_plans_sees_what_it_should() {
    use Reads::{All, Tenant};
    on_filled(|db| {
        let indexes = indexes(db);
        for (sql, expected) in [
            ("SELECT COUNT(*) FROM receivables", Some(All)),
            ("SELECT r.receivable FROM receivables r WHERE r.amount = $1", Some(All)),
            ("UPDATE events SET seq = 1 WHERE seq = $1", Some(All)),
            ("SELECT external_id FROM receivables ORDER BY tenant, receivable", Some(All)),
            ("SELECT amount FROM receivables WHERE tenant = $1", Some(Tenant)),
            ("SELECT amount FROM receivables WHERE tenant = $1 AND amount > $2", Some(Tenant)),
            ("SELECT name FROM tenants", None),
            ("SELECT amount FROM receivables WHERE tenant = $1 AND receivable = $2", None),
            ("SELECT customer FROM customer_facts WHERE tenant = $1 AND parked IS NOT NULL", None),
            ("SELECT customer FROM customer_facts WHERE wake_at < $1", None),
        ] {
            // The owner's scope: row security adds a condition on the tenant to all of them.
            let plan: Vec<String> = db
                .write(Scope::Owner, |tx: &mut Tx<'_>| {
                    if tx.dialect() == Dialect::Postgres {
                        tx.batch("SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_generic_plan")?;
                    }
                    tx.explain(sql)
                })
                .unwrap();
            let seen = wide(db.dialect(), &plan, &indexes).into_iter().find(|(table, _)| grows(sql, table)).map(|(_, reads)| reads);
            assert_eq!(seen, expected, "{sql}\n{}", plan.join("\n"));
        }
    });
}

#[test]
fn every_bulk_insert_can_be_made_ready() {
    on_both_real(|db| {
        for insert in statements::inserts() {
            let none: [&[Value<'_>]; 0] = [];
            let done: Result<u64, StoreError> = db.write(Scope::Tenant(tenant(1)), |tx| tx.insert(insert, none));
            assert_eq!(done, Ok(0), "{}", insert.table);
        }
    });
}

#[test]
fn every_table_is_known_to_grow_or_to_stay_small() {
    on_both_real(|db| {
        let sql = match db.dialect() {
            Dialect::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
            Dialect::Postgres => {
                "SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace ORDER BY relname"
            }
        };
        let tables = db.read(Scope::Owner, |tx| tx.rows(sql, &[], |row| row.text(0))).unwrap();
        let mut known: Vec<&str> = [GROWING, SMALL].concat();
        known.sort_unstable();
        assert_eq!(tables, known, "say in plans.rs whether the table grows");
    });
}

#[test]
fn every_statement_in_the_source_is_in_the_list() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let folders = [folder.clone(), folder.join("charging"), folder.join("lists"), folder.join("people")];
    for entry in folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap()) {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        // The runner of migrations works on what is not there yet.
        if !name.ends_with(".rs") || name == "migrate.rs" {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let list = |kind: &str| {
            text.split_once(kind).and_then(|(_, rest)| rest.split_once("];")).map_or(String::new(), |(list, _)| list.to_owned())
        };
        let (statements, inserts) = (list("const STATEMENTS: &[Statement] ="), list("const INSERTS: &[&Insert] ="));
        let word = |list: &str, name: &str| list.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == name);
        for line in text.lines() {
            if let Some((constant, rest)) = line.strip_prefix("const ").and_then(|rest| rest.split_once(": &str")) {
                let sql = text.split_once(&format!("const {constant}: &str{rest}")).map_or("", |(_, after)| after);
                let begins = format!("{rest}{}", sql.lines().nth(1).unwrap_or(""));
                let verb = ["SELECT ", "INSERT ", "UPDATE ", "DELETE "].iter().any(|verb| begins.contains(verb));
                assert!(!verb || word(&statements, constant), "{name}: {constant} is not in STATEMENTS");
            }
            if let Some((constant, _)) = line.strip_prefix("static ").and_then(|rest| rest.split_once(": Insert ")) {
                assert!(word(&inserts, constant), "{name}: {constant} is not in INSERTS");
            }
            let inline =
                ["rows(\"", "one(\"", "each(\"", "execute(\"", "update(\""].iter().any(|call| line.contains(&format!("tx.{call}")));
            assert!(!inline, "{name}: a statement inside a call; give it a name: {line}");
        }
    }
}
