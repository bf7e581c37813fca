//! Law, network and scheme rules as data with citations, compiled into checks.

crate::words::text_enum! {
    /// Whose law and good practice applies to contacts.
    RulebookName, "rulebook" { Br = "br", Us = "us", Eu = "eu", Uk = "uk", None = "none" }
}
