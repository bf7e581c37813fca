//! Names that sound like the customers of a small Brazilian software company, all made up.

/// Trades, each with the word that its address begins with.
pub(super) const TRADES: &[(&str, &str)] = &[
    ("Clínica Odontológica", "clinica"),
    ("Clínica Veterinária", "vet"),
    ("Padaria", "padaria"),
    ("Academia", "academia"),
    ("Estúdio de Pilates", "pilates"),
    ("Escola de Idiomas", "idiomas"),
    ("Barbearia", "barbearia"),
    ("Salão", "salao"),
    ("Pet Shop", "pet"),
    ("Oficina Mecânica", "oficina"),
    ("Contabilidade", "contabil"),
    ("Advocacia", "adv"),
    ("Arquitetura", "arq"),
    ("Imobiliária", "imoveis"),
    ("Restaurante", "restaurante"),
    ("Pousada", "pousada"),
    ("Farmácia", "farmacia"),
    ("Ótica", "otica"),
    ("Livraria", "livraria"),
    ("Floricultura", "flores"),
    ("Marcenaria", "marcenaria"),
    ("Laboratório", "lab"),
    ("Transportadora", "transportes"),
    ("Agência", "agencia"),
];

/// What follows the trade.
pub(super) const BRANDS: &[&str] = &[
    "Aurora",
    "Boa Vista",
    "Horizonte",
    "Sorriso Novo",
    "Dois Irmãos",
    "Raízes",
    "Vila Nova",
    "Equilíbrio",
    "Bela Manhã",
    "Ponto Certo",
    "Rio Claro",
    "Santa Clara",
    "Sol Nascente",
    "Maré Alta",
    "Serra Azul",
    "Ipê Amarelo",
    "Jequitibá",
    "Mandacaru",
    "Araucária",
    "Pantanal",
    "Bem-te-vi",
    "Beija-flor",
    "Três Marias",
    "Estação Central",
    "Praça da Matriz",
    "Nova Aliança",
    "Primavera",
    "Canto da Ema",
    "Pedra Branca",
    "Casa Amarela",
];

/// Family names.
pub(super) const FAMILIES: &[&str] = &[
    "Almeida",
    "Andrade",
    "Araújo",
    "Barbosa",
    "Batista",
    "Cardoso",
    "Carvalho",
    "Castro",
    "Costa",
    "Dias",
    "Farias",
    "Fernandes",
    "Ferraz",
    "Freitas",
    "Gomes",
    "Gonçalves",
    "Lima",
    "Machado",
    "Magalhães",
    "Martins",
    "Mendes",
    "Moraes",
    "Nogueira",
    "Oliveira",
    "Pacheco",
    "Pereira",
    "Pinto",
    "Prado",
    "Queiroz",
    "Ramos",
    "Ribeiro",
    "Rocha",
    "Santana",
    "Siqueira",
    "Souza",
    "Teixeira",
    "Vieira",
];

/// Given names.
pub(super) const GIVEN: &[&str] = &[
    "Adriana",
    "Aline",
    "Amanda",
    "Ana",
    "André",
    "Antônio",
    "Beatriz",
    "Bruno",
    "Camila",
    "Carlos",
    "Cecília",
    "Daniela",
    "Diego",
    "Edson",
    "Eduardo",
    "Fábio",
    "Fernanda",
    "Gabriel",
    "Gustavo",
    "Helena",
    "Igor",
    "Isabela",
    "João",
    "Juliana",
    "Larissa",
    "Leandro",
    "Lúcia",
    "Luiz",
    "Marcela",
    "Márcio",
    "Mariana",
    "Mateus",
    "Natália",
    "Otávio",
    "Patrícia",
    "Paulo",
    "Rafael",
    "Renata",
    "Ricardo",
    "Rosa",
    "Sérgio",
    "Simone",
    "Tatiana",
    "Thiago",
    "Vanessa",
    "Vinícius",
];

/// A name as part of an address: lower case, without accents, words joined by `-`.
pub(super) fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase) {
        let plain = match letter {
            'á' | 'à' | 'â' | 'ã' => 'a',
            'é' | 'ê' => 'e',
            'í' => 'i',
            'ó' | 'ô' | 'õ' => 'o',
            'ú' | 'ü' => 'u',
            'ç' => 'c',
            letter if letter.is_ascii_alphanumeric() => letter,
            _ => '-',
        };
        if plain != '-' || !slug.ends_with('-') {
            slug.push(plain);
        }
    }
    slug.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_plain_addresses() {
        for (name, expected) in
            [("Clínica Sorriso Novo", "clinica-sorriso-novo"), ("Bem-te-vi & Cia.", "bem-te-vi-cia"), ("Araucária", "araucaria")]
        {
            assert_eq!(slug(name), expected);
        }
        for name in TRADES.iter().map(|(_, word)| word).chain(BRANDS).chain(FAMILIES).chain(GIVEN) {
            assert!(slug(name).bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{name}");
        }
    }
}
