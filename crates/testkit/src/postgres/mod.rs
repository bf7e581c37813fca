//! A PostgreSQL of the tests' own: one server for all test processes, one database per test.
//!
//! The server lives under the target folder, is started by whoever comes first and found by the others; a developer's is used
//! again the next time, the gate's is stopped at its end. Without PostgreSQL on the machine tests fail and say so: what is
//! skipped silently is not tested.

mod server;

use postgres::{Client, NoTls};
use server::Server;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// What a server is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Tests: nothing survives a crash of the machine, and nothing waits for a disk.
    Quick,
    /// Measurements: what is committed is on the disk.
    Durable,
}

/// The server of a kind, started when it is not there yet.
///
/// # Panics
/// When PostgreSQL is not installed or does not start; the message says what to do.
#[must_use]
pub fn cluster(kind: Kind) -> &'static Cluster {
    static QUICK: OnceLock<Cluster> = OnceLock::new();
    static DURABLE: OnceLock<Cluster> = OnceLock::new();
    let own = match kind {
        Kind::Quick => &QUICK,
        Kind::Durable => &DURABLE,
    };
    own.get_or_init(|| Cluster { server: server::find_or_start(kind).unwrap_or_else(|why| panic!("{why}")) })
}

/// A database for a test, as `prepare` made it the first time that it was asked for under this key.
///
/// * `key` — names what `prepare` does, such as a hash of the migrations: the database is made once per key and copied.
/// * `prepare` — is given the address of an empty database and must leave no connection open.
///
/// # Panics
/// As [`cluster`].
#[must_use]
pub fn database(key: &str, prepare: impl FnOnce(&str)) -> TempDatabase {
    cluster(Kind::Quick).database(key, prepare)
}

/// A running server.
#[derive(Debug)]
pub struct Cluster {
    server: Server,
}

impl Cluster {
    /// The address of one of its databases, for a user who owns databases and is no superuser.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        self.server.url("regua", database)
    }

    /// The same through TCP instead of the socket.
    #[must_use]
    pub fn tcp_url(&self, database: &str) -> String {
        format!("postgres://regua@127.0.0.1:{}/{database}", self.server.port)
    }

    /// A connection of the superuser.
    ///
    /// # Panics
    /// When the server is gone.
    #[must_use]
    pub fn superuser(&self, database: &str) -> Client {
        Client::connect(&self.server.url("postgres", database), NoTls).unwrap_or_else(|why| panic!("the tests' PostgreSQL is gone: {why}"))
    }

    /// An empty database.
    ///
    /// # Panics
    /// When the server is gone.
    #[must_use]
    pub fn blank(&self) -> TempDatabase {
        self.copy("template0")
    }

    /// A database as [`database`] gives it.
    ///
    /// # Panics
    /// When the server is gone, or `prepare` left a connection open.
    #[must_use]
    pub fn database(&self, key: &str, prepare: impl FnOnce(&str)) -> TempDatabase {
        let tidy = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
        let name: String = "t_".chars().chain(key.chars().map(tidy).take(48)).collect();
        let mut admin = self.superuser("postgres");
        // Whoever comes first makes the template; the others wait for it.
        run(&mut admin, "SELECT pg_advisory_lock(7234017283807667301)");
        let there = admin.query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name]).unwrap_or_else(|why| failed(&why));
        if there.is_none() {
            let raw = format!("raw_{name}");
            run(&mut admin, &format!("DROP DATABASE IF EXISTS {raw} WITH (FORCE)"));
            run(&mut admin, &format!("CREATE DATABASE {raw} OWNER regua TEMPLATE template0"));
            prepare(&self.url(&raw));
            alone(&mut admin, &raw);
            run(&mut admin, &format!("ALTER DATABASE {raw} RENAME TO {name}"));
        }
        drop(admin);
        self.copy(&name)
    }

    fn copy(&self, template: &str) -> TempDatabase {
        static NUMBERS: AtomicU32 = AtomicU32::new(0);
        let name = format!("r_{}_{}", std::process::id(), NUMBERS.fetch_add(1, Ordering::Relaxed));
        let mut admin = self.superuser("postgres");
        // A process of an earlier day may have had the same number.
        run(&mut admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        run(&mut admin, &format!("CREATE DATABASE {name} OWNER regua TEMPLATE {template}"));
        TempDatabase { url: self.url(&name), tcp_url: self.tcp_url(&name), admin: self.server.url("postgres", "postgres"), name }
    }

    /// Stops the server, keeping its files.
    ///
    /// # Panics
    /// When it does not stop.
    pub fn stop(&self) {
        self.server.stop().unwrap_or_else(|why| panic!("{why}"));
    }

    /// Stops the server as if the power had failed, and starts it again.
    ///
    /// # Panics
    /// When it does not start.
    pub fn crash(&self) {
        self.server.crash().unwrap_or_else(|why| panic!("{why}"));
    }
}

/// A database that is dropped with this value.
#[derive(Debug)]
pub struct TempDatabase {
    url: String,
    tcp_url: String,
    admin: String,
    name: String,
}

impl TempDatabase {
    /// Its address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its address through TCP.
    #[must_use]
    pub fn tcp_url(&self) -> &str {
        &self.tcp_url
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A copy of it as it is now, on the same server, which is the quick one.
    ///
    /// # Panics
    /// When somebody stays connected to it.
    #[must_use]
    pub fn copied(&self) -> Self {
        let own = cluster(Kind::Quick);
        alone(&mut own.superuser("postgres"), &self.name);
        own.copy(&self.name)
    }
}

impl Drop for TempDatabase {
    fn drop(&mut self) {
        // The next run drops what this one could not.
        if let Ok(mut admin) = Client::connect(&self.admin, NoTls) {
            let _ = admin.batch_execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        }
    }
}

/// Waits until nobody is connected to a database: a connection that was closed is gone a moment later.
fn alone(admin: &mut Client, database: &str) {
    for _ in 0..2000 {
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1";
        let busy: i64 = admin.query_one(sql, &[&database]).and_then(|row| row.try_get(0)).unwrap_or_else(|why| failed(&why));
        if busy == 0 {
            return;
        }
        run(admin, "SELECT pg_sleep(0.005)");
    }
    panic!("preparing the database `{database}` left a connection open");
}

fn run(client: &mut Client, sql: &str) {
    client.batch_execute(sql).unwrap_or_else(|why| failed(&why));
}

fn failed(why: &postgres::Error) -> ! {
    let told = why.as_db_error().map_or_else(|| why.to_string(), |told| told.message().to_owned());
    panic!("the tests' PostgreSQL says: {told}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_prepared_once_and_copied() {
        let key = format!("kit_{}", std::process::id());
        let prepare = |url: &str| run(&mut Client::connect(url, NoTls).unwrap(), "CREATE TABLE t (a int)");
        let (one, two) = (database(&key, prepare), database(&key, |_| panic!("prepared twice")));
        for own in [&one, &two] {
            for url in [own.url(), own.tcp_url()] {
                run(&mut Client::connect(url, NoTls).unwrap(), "INSERT INTO t VALUES (1)");
            }
        }
        let name = two.name().to_owned();
        drop((one, two));
        let mut admin = cluster(Kind::Quick).superuser("postgres");
        run(&mut admin, &format!("DROP DATABASE t_{key}"));
        assert!(admin.query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name]).unwrap().is_none(), "it drops itself");
    }

    #[test]
    fn texts_do_not_sort_by_bytes_unless_a_column_says_so() {
        // The default collation is one that a German or Brazilian server might have: a test that passes here does not
        // rely on a server that happens to sort as SQLite does.
        let own = cluster(Kind::Quick).blank();
        let mut client = Client::connect(own.url(), NoTls).unwrap();
        let sorted: bool = client.query_one("SELECT 'a' < 'B'", &[]).unwrap().get(0);
        assert!(sorted);
    }
}
