//! Other people's fakes, run beside ours as independent witnesses: localstripe, and a mock made from a description.
//!
//! Each is a process of its own on loopback. Deliberately absent: installing them, which `scripts/setup` does.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::client::Answer;

/// How long an oracle may take to answer.
const START: Duration = Duration::from_secs(60);
/// Between two looks whether it answers.
const LOOK: Duration = Duration::from_millis(100);

/// The program that starts localstripe on loopback.
const LOCALSTRIPE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/oracles/localstripe.py");

/// A process that ends with its owner.
#[derive(Debug)]
struct Oracle {
    child: Child,
    address: SocketAddr,
}

impl Oracle {
    /// Waits until it listens.
    fn ready(mut child: Child, address: SocketAddr) -> Result<Self, String> {
        let began = Instant::now();
        loop {
            if TcpStream::connect_timeout(&address, LOOK).is_ok() {
                return Ok(Self { child, address });
            }
            if let Ok(Some(status)) = child.try_wait() {
                return Err(format!("it ended before it listened: {status}"));
            }
            if began.elapsed() > START {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("it does not listen after {} s", START.as_secs()));
            }
            // A refused connection answers at once: this is what keeps the loop from spinning.
            std::thread::park_timeout(LOOK);
        }
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A running localstripe. What it lacks: `docs/fakes.md`.
#[derive(Debug)]
pub struct Localstripe {
    oracle: Oracle,
}

impl Localstripe {
    /// Starts one with a Python that has it, on a free port.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(python: &Path) -> Result<Self, String> {
        let mut child = Command::new(python)
            // Isolated: the folder of the program would hide the package of the same name.
            .arg("-I")
            .arg(LOCALSTRIPE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{} does not start: {error}", python.display()))?;
        // It binds its own port and says which: nobody can take it in between.
        let mut line = String::new();
        let told = child.stdout.take().map(|stdout| BufReader::new(stdout).read_line(&mut line));
        let address =
            line.trim().parse().map_err(|_bad: std::net::AddrParseError| format!("localstripe says no address ({told:?}): {line}"));
        match address {
            Ok(address) => Ok(Self { oracle: Oracle::ready(child, address)? }),
            Err(error) => {
                let _ = child.kill();
                let _ = child.wait();
                Err(error)
            }
        }
    }

    /// `http://127.0.0.1:port`; paths begin with `/v1`, and `/_config` for its webhooks.
    #[must_use]
    pub fn base(&self) -> String {
        format!("http://{}", self.oracle.address)
    }
}

/// A mock that validates each request by a description and answers with its examples.
#[derive(Debug)]
pub struct Prism {
    oracle: Oracle,
}

impl Prism {
    /// Starts one for a description (OpenAPI, unpacked).
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(prism: &Path, description: &Path) -> Result<Self, String> {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let address = free.map_err(|error| format!("no free port: {error}"))?;
        let child = Command::new(prism)
            .args(["mock", "--host", "127.0.0.1", "--port", &address.port().to_string()])
            .arg(description)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{} does not start: {error}", prism.display()))?;
        Ok(Self { oracle: Oracle::ready(child, address)? })
    }

    /// `http://127.0.0.1:port`.
    #[must_use]
    pub fn base(&self) -> String {
        format!("http://{}", self.oracle.address)
    }

    /// What the mock finds wrong with a request, from its answer. What it finds wrong with the description's own examples,
    /// which it answers with, is left out.
    #[must_use]
    pub fn violations(answer: &Answer) -> Vec<String> {
        let told: Value = answer.header("sl-violations").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let all = told.as_array().into_iter().flatten().filter(|one| one["location"][0] == "request");
        all.map(|one| one["message"].as_str().unwrap_or_default().to_owned()).collect()
    }
}
