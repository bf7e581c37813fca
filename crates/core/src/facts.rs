//! The facts of one customer.
