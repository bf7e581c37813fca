//! The texts that ship, compiled into the binary. A test holds this table against the folder `templates/`.

/// One language's files: the common parts and one file per template.
macro_rules! folder {
    ($language:literal) => {
        folder!(
                        $language: "_parts", "access_limited", "access_restored", "adverse_notice", "dispute_opened",
            "due_today", "final_notice", "invoice_issued", "offer", "overdue", "payment_failed", "promise_broken",
            "promise_kept", "promise_made", "receipt", "renewal", "upcoming", "upcoming_charge", "update_method"
        )
    };
    ($language:literal: $($name:literal),+) => {
        &[$((
            concat!($language, "/", $name, ".txt"),
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../templates/", $language, "/", $name, ".txt")),
        )),+]
    };
}

const FOLDERS: &[&[(&str, &str)]] = &[folder!("pt-BR"), folder!("en"), folder!("es"), folder!("it"), folder!("fr"), folder!("de")];

/// `(path, text)` of every shipped template file, e.g. `pt-BR/overdue.txt`.
pub fn shipped_texts() -> impl Iterator<Item = (&'static str, &'static str)> {
    FOLDERS.iter().flat_map(|folder| folder.iter().copied())
}
