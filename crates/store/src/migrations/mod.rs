//! The schema, as the steps that made it. A step that was released is never edited: the next one mends it.
//!
//! `NNNN_name.sql` runs on both databases, with type words for the kinds of columns (see [`Dialect`](crate::db::Dialect)); what one
//! database needs besides stands in `NNNN_name.sqlite.sql` or `NNNN_name.postgres.sql` and runs after it. On PostgreSQL
//! every table with a column `tenant` gets row security by itself, see [`crate::migrate`].

use crate::migrate::Migration;

/// A migration whose files stand beside this one; the words behind the name say which databases have a file of their own.
macro_rules! migration {
    ($number:literal, $name:literal $(, $dialect:ident)*) => {
        {
            let one = Migration { number: $number, name: $name, common: include_str!(concat!($name, ".sql")), ..Migration::EMPTY };
            $(let one = Migration { $dialect: include_str!(concat!($name, ".", stringify!($dialect), ".sql")), ..one };)*
            one
        }
    };
}

/// Every step, oldest first.
pub const MIGRATIONS: &[Migration] = &[
    migration!(1, "0001_first", postgres),
    migration!(2, "0002_account"),
    migration!(3, "0003_bank"),
    migration!(4, "0004_charging", postgres),
    migration!(5, "0005_people"),
    migration!(6, "0006_feed", sqlite, postgres),
    migration!(7, "0007_requests"),
    migration!(8, "0008_brands"),
    migration!(9, "0009_lists"),
    migration!(10, "0010_channels"),
    migration!(11, "0011_portal"),
    migration!(12, "0012_in_app"),
    migration!(13, "0013_opens"),
    migration!(14, "0014_sessions"),
    migration!(15, "0015_work", sqlite, postgres),
    migration!(16, "0016_texts"),
    migration!(17, "0017_sorted"),
    migration!(18, "0018_saved_views"),
    migration!(19, "0019_names_to_mark"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_file_is_in_the_list_and_numbers_count_from_one() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/migrations");
        let files: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".sql"))
            .collect();
        let mut listed = BTreeSet::new();
        for (migration, number) in MIGRATIONS.iter().zip(1..) {
            assert_eq!(migration.number, number, "{}", migration.name);
            assert!(migration.name.starts_with(&format!("{number:04}_")), "{}", migration.name);
            listed.insert(format!("{}.sql", migration.name));
            listed.extend((!migration.sqlite.is_empty()).then(|| format!("{}.sqlite.sql", migration.name)));
            listed.extend((!migration.postgres.is_empty()).then(|| format!("{}.postgres.sql", migration.name)));
        }
        assert_eq!(files, listed);
    }
}
