//! Where events are delivered: it takes everything in and remembers by which ids it came.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant as Clock};

/// A receiver on this machine.
pub(crate) struct Receiver {
    address: String,
    ids: Arc<Mutex<Vec<String>>>,
}

impl Receiver {
    /// Begins to listen, until the test ends.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let ids = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&ids);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let seen = Arc::clone(&seen);
                std::thread::spawn(move || take(stream, &seen));
            }
        });
        Self { address, ids }
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/events", self.address)
    }

    /// The ids that came, each as often as it came.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.ids.lock().unwrap().clone()
    }

    /// Waits until so many came.
    pub(crate) fn until(&self, count: usize, most: Duration) {
        let begun = Clock::now();
        while self.ids().len() < count {
            assert!(begun.elapsed() < most, "{} of {count} came in {:?}", self.ids().len(), begun.elapsed());
            std::thread::park_timeout(Duration::from_millis(50));
        }
    }
}

/// Takes requests of one connection, until it is closed.
fn take(stream: TcpStream, seen: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream);
    loop {
        let (mut id, mut length, mut signed) = (String::new(), 0, false);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            let Some((name, value)) = line.split_once(':') else { continue };
            match name.to_ascii_lowercase().as_str() {
                "webhook-id" => value.trim().clone_into(&mut id),
                "webhook-signature" => signed = value.trim().starts_with("v1,"),
                "content-length" => length = value.trim().parse().unwrap(),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        assert!(signed, "every delivery is signed");
        if !id.is_empty() {
            seen.lock().unwrap().push(id);
        }
        if reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").is_err() {
            return;
        }
    }
}
