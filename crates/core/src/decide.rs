//! One pure function: facts, policies, rulebook, now → decisions and the next instant.
