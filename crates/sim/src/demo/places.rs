//! Where the demo's customers live: states, their zones and area codes.

/// A city of the demo.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) city: &'static str,
    /// ISO 3166-2 subdivision without its country.
    pub(super) state: &'static str,
    /// Empty where it is the policy's own.
    pub(super) zone: &'static str,
    /// Area code of phone numbers.
    pub(super) area: &'static str,
}

const fn place(city: &'static str, state: &'static str, zone: &'static str, area: &'static str) -> Place {
    Place { city, state, zone, area }
}

/// Cities by how many customers live there.
pub(super) const PLACES: &[(Place, u64)] = &[
    (place("São Paulo", "SP", "", "11"), 24),
    (place("Campinas", "SP", "", "19"), 8),
    (place("Ribeirão Preto", "SP", "", "16"), 5),
    (place("Santos", "SP", "", "13"), 4),
    (place("Rio de Janeiro", "RJ", "", "21"), 9),
    (place("Niterói", "RJ", "", "21"), 3),
    (place("Belo Horizonte", "MG", "", "31"), 8),
    (place("Uberlândia", "MG", "", "34"), 4),
    (place("Curitiba", "PR", "", "41"), 6),
    (place("Londrina", "PR", "", "43"), 3),
    (place("Porto Alegre", "RS", "", "51"), 5),
    (place("Florianópolis", "SC", "", "48"), 4),
    (place("Joinville", "SC", "", "47"), 3),
    (place("Salvador", "BA", "America/Bahia", "71"), 4),
    (place("Recife", "PE", "America/Recife", "81"), 4),
    (place("Fortaleza", "CE", "America/Fortaleza", "85"), 4),
    (place("Brasília", "DF", "", "61"), 4),
    (place("Goiânia", "GO", "", "62"), 3),
    (place("Belém", "PA", "America/Belem", "91"), 3),
    (place("São Luís", "MA", "America/Fortaleza", "98"), 2),
    (place("Manaus", "AM", "America/Manaus", "92"), 5),
    (place("Cuiabá", "MT", "America/Cuiaba", "65"), 4),
    (place("Campo Grande", "MS", "America/Campo_Grande", "67"), 2),
    (place("Porto Velho", "RO", "America/Porto_Velho", "69"), 2),
    (place("Rio Branco", "AC", "America/Rio_Branco", "68"), 3),
    (place("Fernando de Noronha", "PE", "America/Noronha", "81"), 2),
];
