//! What is counted, as Prometheus reads it.

use regua_engine::people::Scope;

use super::op::{Answer, Needs, Op, PLAIN};
use super::problem::Problem;
use super::reply::Reply;
use crate::metrics::CONTENT_TYPE;

pub(super) const OPS: &[Op] = &[Op {
    path: "/metrics",
    id: "metrics",
    tag: "Self",
    summary: "Counts and gauges, as Prometheus reads them",
    doc: "Requests by operation and status, how long they took, and what waits. There is no personal data in it.",
    needs: Needs::Scope(Scope::ReportsRead),
    answer: Answer::File(CONTENT_TYPE),
    run: |call| {
        // What waits is the company's whose settings these are.
        let standing = if call.tenant == call.host.tenant() { call.host.standing() } else { None };
        let text = call.around.metrics.text(standing).ok_or_else(Problem::bug)?;
        Ok(Reply::File { kind: CONTENT_TYPE, name: "metrics.txt".to_owned(), bytes: text.into_bytes() })
    },
    ..PLAIN
}];
