//! Late charges, discounts and the amount due at a moment.
