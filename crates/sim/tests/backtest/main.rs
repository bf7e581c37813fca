//! Backtests of small portfolios: the worked example, the facts file, and what holds for every portfolio.

mod examples;
mod facts;
mod properties;
mod report;
mod town;
