//! How a server ends that holds its program alone, with the last connections to the database.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use regua_core::ids::TenantId;
use regua_core::time::Instant;
use regua_engine::Engine;
use regua_engine::ports::Rng;
use regua_store::db::{Db, Options, Scope};
use regua_store::seal::MasterKey;
use regua_store::tenants;
use regua_web::{Hooks, Host, Settings, Stop, Taken, serve_api};

const NOW: Instant = Instant::from_secs(1_772_449_200);

struct Zeros;

impl Rng for Zeros {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

/// A program that nobody else holds.
struct Alone {
    engine: Engine,
    tenant: TenantId,
}

impl Hooks for Alone {
    fn take(&self, _tenant: &str, _gateway: &str, _path: &str, _headers: &[(String, String)], _body: &[u8]) -> Taken {
        Taken::NotFound
    }

    fn ready(&self) -> bool {
        self.engine.db().read(Scope::Tenant(self.tenant), |tx| tenants::one(tx, self.tenant)).is_ok()
    }
}

impl Host for Alone {
    fn engine(&self) -> &Engine {
        &self.engine
    }

    fn now(&self) -> Instant {
        NOW
    }

    fn rng(&self) -> Box<dyn Rng> {
        Box::new(Zeros)
    }

    fn tenant(&self) -> TenantId {
        self.tenant
    }

    fn ring(&self) {}
}

fn open(url: &str) -> Db {
    let db = Db::open(url, &Options::default()).expect("the kit's databases open");
    db.migrate(NOW).expect("the steps run");
    db
}

/// Dropping a connection to PostgreSQL inside of a runtime panics, and a panic while a server ends hides why it ended.
#[test]
fn the_last_connections_are_closed_where_that_is_allowed() {
    let key = regua_store::migrate::fingerprint(regua_store::migrations::MIGRATIONS);
    let begin = |url: &str| {
        let engine = Engine::new(open(url), MasterKey::new([7; 32]));
        let tenant = engine.add_tenant("Nuvem", NOW, &mut Zeros).expect("a tenant");
        let host: Arc<dyn Host> = Arc::new(Alone { engine, tenant });
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let stop = Stop::default();
        let own = stop.clone();
        let server = std::thread::spawn(move || serve_api(listener, host, Settings::default(), &own));
        std::thread::park_timeout(Duration::from_millis(50));
        stop.stop();
        server.join().expect("it does not panic").expect("it ends well");
    };
    regua_testkit::on_both(&format!("web-ending-{key}"), |url| drop(open(url)), begin);
}
