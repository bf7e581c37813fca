//! That what is measured by itself can be: at sizes too small to say anything, so that a measurement on a quiet machine is not the
//! first time that it runs.

use clap::Parser as _;

use super::{Args, alone};

fn measured(args: &[&str]) {
    let args = Args::parse_from(["regua-bench"].iter().chain(args));
    alone(&args).expect("something is asked for").expect("it is measured");
}

/// A hundred requests for pages, of 25 visitors among 200 customers.
const FEW: [&str; 7] = ["--only-portal", "--receivables", "800", "--requests", "20", "--seconds", "1"];

#[test]
fn pages_of_the_portal_are_measured_on_sqlite() {
    measured(&[&FEW[..], &["--only", "sqlite"]].concat());
}

#[test]
fn pages_of_the_portal_are_measured_on_postgresql() {
    measured(&[&FEW[..], &["--only", "postgresql"]].concat());
}

#[test]
fn too_few_customers_for_so_many_first_views_are_refused() {
    let args = Args::parse_from(["regua-bench", "--only-portal", "--receivables", "40", "--requests", "20", "--only", "sqlite"]);
    let refused = alone(&args).expect("something is asked for").expect_err("each visitor needs a link of their own");
    assert!(refused.to_string().contains("more receivables"), "{refused:#}");
}

#[test]
fn every_channel_is_measured() {
    measured(&["--only-channels", "--messages", "48"]);
}
