//! The policies that ship, compiled into the binary. A test holds this table against the folder `policies/`.

/// A shipped policy.
#[derive(Debug)]
pub(crate) struct Shipped {
    /// Its name on the command line: the file's, without `.yaml`.
    pub(crate) name: &'static str,
    /// The file's text.
    pub(crate) text: &'static str,
    /// Whether it is another product's published default schedule, kept for comparison.
    pub(crate) baseline: bool,
}

macro_rules! policies {
    ($($name:literal),+ $(,)?; $($baseline:literal),* $(,)?) => {
        /// Every shipped policy: the ready-made ones, then the baselines.
        pub(crate) const SHIPPED: &[Shipped] = &[
            $(Shipped { name: $name, text: include_str!(concat!("../../../policies/", $name, ".yaml")), baseline: false },)+
            $(Shipped { name: $baseline, text: include_str!(concat!("../../../policies/baselines/", $baseline, ".yaml")), baseline: true },)*
        ];
    };
}

policies!(
    "brasil-saas", "us-saas", "eu-saas", "uk-saas", "spec-example";
    "asaas", "gocardless", "odoo", "recurly-commerce", "recurly-monthly", "stripe", "xero",
);

/// The rule that `demo` and `bench` walk.
pub(crate) const BRAZIL: &str = "brasil-saas";

/// The shipped policy of a name; its file's name is one too.
pub(crate) fn find(name: &str) -> Option<&'static Shipped> {
    let name = name.strip_suffix(".yaml").unwrap_or(name);
    SHIPPED.iter().find(|shipped| shipped.name == name)
}

impl Shipped {
    /// What it is for: the first sentence of the comment that the file begins with.
    pub(crate) fn about(&self) -> String {
        let comment = self.text.lines().map_while(|line| line.strip_prefix('#')).map(str::trim);
        let words: Vec<&str> = comment.take_while(|line| !line.is_empty()).collect();
        let text = words.join(" ");
        text.split_once(". ").map_or(text.as_str(), |(first, _)| first).trim_end_matches('.').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_ships_and_nothing_else() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies");
        let names = |folder: &str| -> Vec<String> {
            let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
            let names = files.filter_map(|file| file.file_name().to_str()?.strip_suffix(".yaml").map(str::to_owned));
            let mut names: Vec<String> = names.collect();
            names.sort();
            names
        };
        let table = |baseline: bool| -> Vec<String> {
            let mut names: Vec<String> =
                SHIPPED.iter().filter(|shipped| shipped.baseline == baseline).map(|shipped| shipped.name.to_owned()).collect();
            names.sort();
            names
        };
        assert_eq!(table(false), names(folder));
        assert_eq!(table(true), names(&format!("{folder}/baselines")));
    }

    #[test]
    fn a_policy_is_found_by_its_name_and_its_files_name() {
        assert!(find("brasil-saas").is_some() && find("brasil-saas.yaml").is_some());
        assert!(find("brazil").is_none());
        for shipped in SHIPPED {
            assert!(!shipped.about().is_empty(), "{} says what it is for", shipped.name);
        }
    }
}
