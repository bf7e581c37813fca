//! HTTP at our side: webhooks in. Deliberately absent: writing to the store, which `engine` does when asked.
