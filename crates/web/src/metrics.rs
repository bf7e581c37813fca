//! What is counted: requests by operation and status, how long they took, and where the program around stands.
//!
//! Labels come from tables of ours only, so that nobody outside makes more of them. Deliberately absent: whose request it was.

use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, prometheus_text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// How metrics are written.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4";
/// Bounds of the histogram, in seconds.
const BOUNDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 20.0];

/// Where the program around stands, as far as it is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Standing {
    /// Messages that wait to be sent.
    pub queued_messages: i64,
    /// Customers whose moment has come and who were not looked at yet.
    pub due_customers: i64,
    /// Pages of the log that are not in the event feed yet.
    pub unfed_pages: i64,
    /// Deliveries to endpoints that wait.
    pub deliveries_waiting: i64,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Answered {
    operation: &'static str,
    status: u32,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Asked {
    operation: &'static str,
}

/// What was counted since the process began.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    seconds: Family<Asked, Histogram, fn() -> Histogram>,
    streams: Gauge,
    queued: Gauge,
    due: Gauge,
    unfed: Gauge,
    deliveries: Gauge,
}

impl Metrics {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("regua");
        let requests = Family::<Answered, Counter>::default();
        let seconds = Family::<Asked, Histogram, fn() -> Histogram>::new_with_constructor(|| Histogram::new(BOUNDS));
        let (streams, queued, due) = (Gauge::default(), Gauge::default(), Gauge::default());
        let (unfed, deliveries) = (Gauge::default(), Gauge::default());
        registry.register("http_requests", "Requests that were answered, by operation and status", requests.clone());
        registry.register("http_request_seconds", "Seconds until a request was answered, by operation", seconds.clone());
        registry.register("event_streams", "Event streams that are open", streams.clone());
        registry.register("queued_messages", "Messages that wait to be sent", queued.clone());
        registry.register("due_customers", "Customers whose moment has come", due.clone());
        registry.register("unfed_pages", "Pages of the log that are not in the event feed yet", unfed.clone());
        registry.register("deliveries_waiting", "Deliveries to endpoints that wait", deliveries.clone());
        Self { registry, requests, seconds, streams, queued, due, unfed, deliveries }
    }

    /// Counts a request that was answered. The operation is one of a table of ours.
    pub(crate) fn answered(&self, operation: &'static str, status: u16, took: Duration) {
        self.requests.get_or_create(&Answered { operation, status: u32::from(status) }).inc();
        self.seconds.get_or_create(&Asked { operation }).observe(took.as_secs_f64());
    }

    /// How many event streams are open.
    pub(crate) fn streams(&self, open: usize) {
        self.streams.set(i64::try_from(open).unwrap_or(i64::MAX));
    }

    /// Everything as Prometheus reads it, version 0.0.4 of its text; none when it cannot be written.
    pub(crate) fn text(&self, standing: Option<Standing>) -> Option<String> {
        if let Some(standing) = standing {
            self.queued.set(standing.queued_messages);
            self.due.set(standing.due_customers);
            self.unfed.set(standing.unfed_pages);
            self.deliveries.set(standing.deliveries_waiting);
        }
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.registry).ok()?;
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_written_as_prometheus_reads_it() {
        let metrics = Metrics::new();
        metrics.answered("list_people", 200, Duration::from_millis(3));
        metrics.answered("list_people", 200, Duration::from_millis(700));
        metrics.answered("list_people", 403, Duration::from_millis(1));
        metrics.streams(2);
        let standing = Standing { queued_messages: 5, due_customers: 7, unfed_pages: 0, deliveries_waiting: 11 };
        let text = metrics.text(Some(standing)).expect("text");
        for line in [
            "# TYPE regua_http_requests_total counter",
            "regua_http_requests_total{operation=\"list_people\",status=\"200\"} 2",
            "regua_http_requests_total{operation=\"list_people\",status=\"403\"} 1",
            "regua_http_request_seconds_bucket{operation=\"list_people\",le=\"0.005\"} 2",
            "regua_http_request_seconds_count{operation=\"list_people\"} 3",
            "regua_event_streams 2",
            "regua_queued_messages 5",
            "regua_due_customers 7",
            "regua_deliveries_waiting 11",
        ] {
            assert!(text.lines().any(|written| written == line), "{line} is not in\n{text}");
        }
    }
}
