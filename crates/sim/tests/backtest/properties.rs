//! What holds for every portfolio.
