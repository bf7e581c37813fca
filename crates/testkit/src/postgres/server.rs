//! The server process: where its files are, how it starts, who it runs as.

use super::Kind;
use postgres::{Client, NoTls};
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The file in the target folder that names where servers keep their files; the gate reads it to stop them.
const WHERE: &str = "postgres.where";

const MISSING: &str = "PostgreSQL is not installed, and tests need its server programs: run scripts/setup (on Debian it installs the \
    package postgresql)";

/// A server's files and programs.
#[derive(Debug)]
pub(super) struct Server {
    kind: Kind,
    /// Its folder, with `data`, `log` and its socket.
    folder: PathBuf,
    programs: PathBuf,
    pub(super) port: u16,
}

/// Connects to the server if it runs, and starts it otherwise.
pub(super) fn find_or_start(kind: Kind) -> Result<Server, String> {
    let target = target()?;
    // One process at a time looks and starts; the lock goes with the file.
    let lock = File::create(target.join("postgres.lock")).map_err(|why| format!("cannot write into {}: {why}", target.display()))?;
    lock.lock().map_err(|why| format!("cannot lock a file in {}: {why}", target.display()))?;
    let base = base(&target)?;
    let name = match kind {
        Kind::Quick => "quick",
        Kind::Durable => "durable",
    };
    let mut server = Server { kind, folder: base.join(name), programs: programs()?, port: 0 };
    server.port = fs::read_to_string(server.folder.join("port")).ok().and_then(|port| port.trim().parse().ok()).unwrap_or(0);
    if server.port != 0 && server.answers() {
        server.sweep();
        return Ok(server);
    }
    if !server.folder.join("data/PG_VERSION").is_file() {
        server.make()?;
    }
    server.port = free_port().map_err(|why| format!("no free port on 127.0.0.1: {why}"))?;
    server.start()?;
    fs::write(server.folder.join("port"), server.port.to_string()).map_err(|why| why.to_string())?;
    server.users()?;
    Ok(server)
}

impl Server {
    pub(super) fn url(&self, user: &str, database: &str) -> String {
        let folder = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://{user}@{folder}:{}/{database}", self.port)
    }

    fn answers(&self) -> bool {
        let url = self.url("postgres", "postgres");
        let Ok(mut client) = Client::connect(&url, NoTls) else { return false };
        // Another server may have taken the port since; the socket is in a folder of ours, so it is this one.
        client.batch_execute("SELECT FROM pg_roles WHERE rolname = 'regua'").is_ok()
    }

    /// Makes the files of a new server.
    fn make(&self) -> Result<(), String> {
        let _ = fs::remove_dir_all(&self.folder);
        own_folder(&self.folder)?;
        let data = self.folder.join("data");
        let mut command = self.command("initdb");
        // Sorted as no program of ours should rely on, see the test beside.
        command.args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale"]);
        command.args(["--locale-provider=icu", "--icu-locale=en-US", "--no-instructions", "--no-sync", "-D"]).arg(&data);
        finish(command, "initdb")
    }

    fn start(&self) -> Result<(), String> {
        let folder = self.folder.display();
        let mut options =
            format!("-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c max_connections=200", self.port);
        options.push_str(match self.kind {
            // Autovacuum would connect to templates while they are copied.
            Kind::Quick => " -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off -c shared_buffers=128MB",
            Kind::Durable => " -c fsync=on -c synchronous_commit=on -c shared_buffers=512MB -c max_wal_size=4GB",
        });
        let mut command = self.command("pg_ctl");
        command
            .arg("-D")
            .arg(self.folder.join("data"))
            .arg("-l")
            .arg(self.folder.join("log"))
            .args(["-w", "-t", "60", "-o", &options, "start"]);
        // The server would keep the test's own pipes open.
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(format!("the tests' PostgreSQL does not start; its reasons are in {}", self.folder.join("log").display())),
            Err(why) => Err(format!("cannot start pg_ctl: {why}; {MISSING}")),
        }
    }

    /// Makes the user that tests connect as: like a real one, it owns its databases, may make roles, and is no superuser.
    fn users(&self) -> Result<(), String> {
        let url = self.url("postgres", "postgres");
        let made = Client::connect(&url, NoTls).and_then(|mut client| {
            client.batch_execute(
                "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'regua') THEN
                   CREATE ROLE regua LOGIN CREATEDB CREATEROLE; END IF; END $$",
            )
        });
        made.map_err(|why| format!("the tests' PostgreSQL started and refuses its first connection: {why}"))
    }

    /// Drops the databases of tests that were killed.
    fn sweep(&self) {
        let Ok(mut client) = Client::connect(&self.url("postgres", "postgres"), NoTls) else { return };
        let names = client.query("SELECT datname::text FROM pg_database WHERE datname LIKE 'r\\_%'", &[]).unwrap_or_default();
        for name in names.iter().filter_map(|row| row.try_get::<_, String>(0).ok()) {
            let process = name.split('_').nth(1).unwrap_or("");
            if !Path::new("/proc").join(process).exists() {
                // Another process may be doing the same.
                let _ = client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
            }
        }
    }

    pub(super) fn stop(&self) -> Result<(), String> {
        self.halt("fast")
    }

    pub(super) fn crash(&self) -> Result<(), String> {
        self.halt("immediate")?;
        self.start()
    }

    fn halt(&self, mode: &str) -> Result<(), String> {
        let mut command = self.command("pg_ctl");
        command.arg("-D").arg(self.folder.join("data")).args(["-w", "-m", mode, "stop"]);
        finish(command, "pg_ctl stop")
    }

    /// A program of PostgreSQL, run by a user who may: the server refuses root.
    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // The current folder may be closed to that user.
        command.current_dir("/");
        command
    }
}

/// Runs a command that says nothing when it succeeds.
fn finish(mut command: Command, name: &str) -> Result<(), String> {
    let done = command.stdin(Stdio::null()).output().map_err(|why| format!("cannot start {name}: {why}; {MISSING}"))?;
    if done.status.success() {
        return Ok(());
    }
    Err(format!("{name} failed: {}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr)))
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// User and group of `postgres`.
fn postgres_user() -> Result<(u32, u32), String> {
    let users = fs::read_to_string("/etc/passwd").map_err(|why| format!("cannot read /etc/passwd: {why}"))?;
    let line = users.lines().find_map(|line| line.strip_prefix("postgres:")).ok_or(MISSING)?;
    let mut numbers = line.split(':').skip(1).map_while(|field| field.parse().ok());
    numbers.next().zip(numbers.next()).ok_or_else(|| "the user postgres in /etc/passwd has no number".to_owned())
}

/// Makes a folder that the server's user owns and others cannot look into.
fn own_folder(folder: &Path) -> Result<(), String> {
    let failed = |why: io::Error| format!("cannot make the folder {}: {why}", folder.display());
    fs::create_dir_all(folder).map_err(failed)?;
    if is_root() {
        let (user, group) = postgres_user()?;
        chown(folder, Some(user), Some(group)).map_err(failed)?;
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(failed)
}

/// The target folder that this test was built into.
fn target() -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|why| format!("cannot find the test's own file: {why}"))?;
    let found = own.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file());
    found.map(Path::to_path_buf).ok_or_else(|| format!("{} is not in a target folder of cargo", own.display()))
}

/// Where servers keep their files: in the target folder, or in the system's temporary one if the server's user cannot enter
/// the former or if a socket's path would become too long.
fn base(target: &Path) -> Result<PathBuf, String> {
    const PATH_MAX: usize = 70;
    let inside = target.join("postgres");
    own_folder(&inside)?;
    let base = if inside.as_os_str().len() <= PATH_MAX && server_can_enter(&inside) {
        inside
    } else {
        let mut hash = DefaultHasher::new();
        target.hash(&mut hash);
        let outside = std::env::temp_dir().join(format!("regua-postgres-{:016x}", hash.finish()));
        own_folder(&outside)?;
        outside
    };
    fs::write(target.join(WHERE), base.display().to_string()).map_err(|why| format!("cannot write into {}: {why}", target.display()))?;
    Ok(base)
}

fn server_can_enter(folder: &Path) -> bool {
    if !is_root() {
        return true;
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--", "test", "-w"]).arg(folder);
    command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// The folder of `initdb` and `pg_ctl`, the newest if there are several.
fn programs() -> Result<PathBuf, String> {
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for entry in fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten() {
        let version = entry.file_name().to_str().and_then(|name| name.parse().ok());
        found.extend(version.map(|version| (version, entry.path().join("bin"))));
    }
    found.sort();
    let debian = found.into_iter().rev().map(|(_, folder)| folder);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let other = std::env::split_paths(&path);
    debian.chain(other).find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file()).ok_or_else(|| MISSING.to_owned())
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
