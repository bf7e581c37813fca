//! Phrases that a message must not hold, per language, and why.
//!
//! A phrase is matched in whole words, without regard to case and accents; a `*` at its end stands for any ending.
//!
//! Sources: for threats, shame and exposure CDC art. 42 and 71 (Brazil; facts/brazil.md §6.4), Directive 2005/29/EC art. 8
//! and 9 (aggressive practices, EU), 15 USC 1692d and 1692e (US, as good practice for creditors), the Italian Garante's
//! decision of 30 November 2005 and its 2016 guide (facts/international.md §5.1), CONC 7.9 (UK). For bureaus CDC art. 43 §2
//! and STJ Súmula 359: the bureau gives its own notice, and naming it elsewhere is pressure. For subjects and push previews
//! LGPD minimisation (facts/brazil.md §7) and the Garante: nothing that others may read says that money is open.

use regua_core::words::Language;

/// Why a phrase is banned.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Ban {
    /// Courts, police, seizure, lawyers, protest: a threat, whether it can be carried out or not.
    Threat,
    /// Names for people who pay late.
    Shame,
    /// Countdowns and last chances.
    Pressure,
    /// Telling others.
    Exposure,
    /// A credit bureau, outside the notice of a report to it.
    Bureau,
    /// In a subject or a push text: a word that gives the debt away.
    Debt,
}

impl Ban {
    /// Every ban, in order.
    pub const ALL: [Self; 6] = [Self::Threat, Self::Shame, Self::Pressure, Self::Exposure, Self::Bureau, Self::Debt];

    /// What a finding says.
    #[must_use]
    pub const fn why(self) -> &'static str {
        match self {
            Self::Threat => "is a threat: say what happens next and when, with the part `announced`",
            Self::Shame => "puts the reader to shame: write to a customer in a good relationship",
            Self::Pressure => "is pressure: give a date and let the reader decide",
            Self::Exposure => "speaks of telling others: a message is between us and the reader",
            Self::Bureau => "names a credit bureau: only the notice of a report does, with the name from `step.to`",
            Self::Debt => "gives the debt away where others may read it: subjects and push texts stay neutral",
        }
    }
}

/// The phrases of a language under one ban.
#[must_use]
pub const fn phrases(language: Language, ban: Ban) -> &'static [&'static str] {
    let table = match language {
        Language::PtBr => &PT_BR,
        Language::En => &EN,
        Language::Es => &ES,
        Language::It => &IT,
        Language::Fr => &FR,
        Language::De => &DE,
    };
    match ban {
        Ban::Threat => table.threat,
        Ban::Shame => table.shame,
        Ban::Pressure => table.pressure,
        Ban::Exposure => table.exposure,
        Ban::Bureau => BUREAUS,
        Ban::Debt => table.debt,
    }
}

/// The first banned phrase of a kind in a text.
///
/// ```
/// # use regua_core::words::Language;
/// # use regua_wire::messages::forbidden::{Ban, find};
/// assert_eq!(find(Language::PtBr, Ban::Pressure, "Esta é a sua ULTIMA  CHANCE."), Some("última chance"));
/// assert_eq!(find(Language::PtBr, Ban::Threat, "Conforme a política de pagamento."), None);
/// ```
#[must_use]
pub fn find(language: Language, ban: Ban, text: &str) -> Option<&'static str> {
    let text = words(text);
    phrases(language, ban).iter().copied().find(|phrase| {
        let (stem, open) = phrase.strip_suffix('*').map_or((*phrase, false), |stem| (stem, true));
        let mut wanted = words(stem);
        if open {
            wanted.truncate(wanted.trim_end().len());
        }
        text.contains(&wanted)
    })
}

/// Lower case, without accents, words divided and surrounded by single spaces.
fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(' ');
    for c in text.chars().flat_map(char::to_lowercase).map(plain) {
        if c.is_alphanumeric() {
            out.push(c);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
    out
}

const fn plain(c: char) -> char {
    match c {
        'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
        'ç' => 'c',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ñ' => 'n',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        _ => c,
    }
}

struct Table {
    threat: &'static [&'static str],
    shame: &'static [&'static str],
    pressure: &'static [&'static str],
    exposure: &'static [&'static str],
    debt: &'static [&'static str],
}

/// Credit bureaus by name, in any language.
const BUREAUS: &[&str] = &[
    "spc",
    "serasa",
    "scpc",
    "boa vista",
    "quod",
    "cadin",
    "asnef",
    "badexcug",
    "rai",
    "buro de credito",
    "crif",
    "eurisc",
    "ctc",
    "experian",
    "equifax",
    "transunion",
    "schufa",
    "creditreform",
    "ficp",
    "banque de france",
];

const PT_BR: Table = Table {
    threat: &[
        "processo judicial",
        "ação judicial",
        "acao de cobranca",
        "medidas judiciais",
        "medidas legais",
        "medidas cabíveis",
        "via judicial",
        "justiça",
        "tribunal",
        "juiz",
        "oficial de justiça",
        "advogad*",
        "polícia",
        "policial",
        "prisão",
        "crime",
        "penhora*",
        "bloqueio de bens",
        "protesto em cartório",
        "protestad*",
        "cartório",
        "execução judicial",
        "negativar",
        "negativad*",
        "negativação",
        "sujar*",
        "sob pena de",
    ],
    shame: &[
        "nome sujo",
        "caloteir*",
        "calote",
        "inadimplen*",
        "devedor*",
        "mau pagador",
        "má fé",
        "vergonha",
        "irresponsa*",
        "desonest*",
        "golpe",
        "honre",
        "honrar seus compromissos",
        "falta de compromisso",
    ],
    pressure: &[
        "última chance",
        "última oportunidade",
        "último aviso",
        "ultimato",
        "urgente",
        "urgência",
        "só hoje",
        "somente hoje",
        "últimas horas",
        "restam apenas",
        "não perca",
        "evite transtornos",
        "evite constrangimento*",
        "imediatamente",
        "antes que seja tarde",
        "agora ou nunca",
    ],
    exposure: &[
        "seu chefe",
        "seu empregador",
        "seus familiares",
        "sua família",
        "seus vizinhos",
        "seus colegas",
        "seu trabalho",
        "lista pública",
    ],
    debt: &[
        "dívida*",
        "débito*",
        "devend*",
        "atras*",
        "cobrança*",
        "vencid*",
        "pendên*",
        "pendente*",
        "em aberto",
        "multa",
        "juros",
        "inadimpl*",
        "não pag*",
        "negociação",
        "acordo",
        "quitar",
        "quitação",
    ],
};

const EN: Table = Table {
    threat: &[
        "legal action",
        "legal proceedings",
        "legal steps",
        "court",
        "lawsuit",
        "sue",
        "judge",
        "attorney*",
        "lawyer*",
        "solicitor*",
        "police",
        "arrest*",
        "prison",
        "jail",
        "crime",
        "criminal",
        "bailiff*",
        "seiz*",
        "garnish*",
        "wages",
        "repossess*",
        "lien",
        "or else",
        "credit score",
        "credit rating",
        "ruin*",
        "debt collector*",
        "collection agency",
    ],
    shame: &[
        "deadbeat*",
        "delinquen*",
        "defaulter*",
        "debtor*",
        "bad payer",
        "shame*",
        "dishonest*",
        "irresponsib*",
        "honor your",
        "honour your",
        "freeload*",
        "excuse for",
    ],
    pressure: &[
        "last chance",
        "final chance",
        "last warning",
        "final warning",
        "final demand",
        "ultimatum",
        "urgent*",
        "immediately",
        "act now",
        "today only",
        "only hours",
        "hours left",
        "don t miss",
        "before it is too late",
        "before it s too late",
        "time is running out",
        "now or never",
    ],
    exposure: &[
        "your employer",
        "your boss",
        "your family",
        "your neighbo*",
        "your colleagues",
        "your friends",
        "your workplace",
        "public list",
    ],
    debt: &[
        "debt*",
        "overdue",
        "past due",
        "late",
        "arrears",
        "delinquen*",
        "collection*",
        "unpaid",
        "owe*",
        "owing",
        "outstanding",
        "balance due",
        "default*",
        "in default",
        "dunning",
        "fee*",
        "penalt*",
        "interest",
        "settle*",
        "still open",
    ],
};

const ES: Table = Table {
    threat: &[
        "acciones legales",
        "medidas legales",
        "vía judicial",
        "judicial*",
        "juicio",
        "juzgado*",
        "tribunal*",
        "demanda*",
        "juez",
        "abogad*",
        "policía",
        "cárcel",
        "prisión",
        "delito",
        "embarg*",
        "denuncia*",
        "notario",
        "so pena de",
        "fichero de morosos",
        "lista de morosos",
    ],
    shame: &["moros*", "deudor*", "mal pagador", "vergüenza", "irresponsab*", "deshonest*", "estafa*", "incumplidor*", "mala fe"],
    pressure: &[
        "última oportunidad",
        "último aviso",
        "ultimátum",
        "urgente",
        "urgencia",
        "solo hoy",
        "sólo hoy",
        "últimas horas",
        "quedan solo",
        "no pierda",
        "inmediatamente",
        "antes de que sea tarde",
        "ahora o nunca",
        "evite molestias",
    ],
    exposure: &["su jefe", "su empleador", "su familia", "sus familiares", "sus vecinos", "sus compañeros", "su trabajo", "lista pública"],
    debt: &[
        "deuda*",
        "mora",
        "moros*",
        "impag*",
        "vencid*",
        "cobro*",
        "cobranza*",
        "atras*",
        "retras*",
        "pendiente*",
        "adeud*",
        "recargo*",
        "intereses",
        "sin pagar",
        "reclamación*",
    ],
};

const IT: Table = Table {
    threat: &[
        "vie legali",
        "azione legale",
        "azioni legali",
        "legale rappresentante della controparte",
        "tribunale",
        "giudic*",
        "decreto ingiuntivo",
        "pignor*",
        "ufficiale giudiziario",
        "avvocat*",
        "polizia",
        "carabinieri",
        "prigione",
        "carcere",
        "reato",
        "denuncia*",
        "diffida*",
        "messa in mora",
        "pena di",
        "cattivi pagatori",
        "protest*",
    ],
    shame: &["moros*", "debitor*", "insolvent*", "cattivo pagatore", "vergogna", "irresponsab*", "disonest*", "truffa*", "malafede"],
    pressure: &[
        "ultima possibilità",
        "ultima occasione",
        "ultimo avviso",
        "ultimatum",
        "urgente",
        "urgenza",
        "solo oggi",
        "ultime ore",
        "restano solo",
        "non perda",
        "immediatamente",
        "prima che sia troppo tardi",
        "ora o mai più",
        "senza indugio",
    ],
    exposure: &["suo datore di lavoro", "suo capo", "sua famiglia", "suoi familiari", "suoi vicini", "suoi colleghi", "lista pubblica"],
    debt: &[
        "debit*",
        "scadut*",
        "insolut*",
        "mora",
        "moros*",
        "sollecit*",
        "recupero crediti",
        "arretrat*",
        "ritard*",
        "non pagat*",
        "mancato pagamento",
        "penale",
        "interessi",
        "ancora apert*",
    ],
};

const FR: Table = Table {
    threat: &[
        "poursuite*",
        "action en justice",
        "voie judiciaire",
        "judiciaire*",
        "tribunal*",
        "juge",
        "huissier*",
        "commissaire de justice",
        "saisie*",
        "avocat*",
        "police",
        "prison",
        "délit",
        "plainte",
        "mise en demeure",
        "injonction",
        "sous peine de",
        "contentieux",
    ],
    shame: &["mauvais payeur*", "débiteur*", "insolvable*", "honte*", "irresponsab*", "malhonnête*", "mauvaise foi", "escroc*"],
    pressure: &[
        "dernière chance",
        "dernier avertissement",
        "dernier avis",
        "ultimatum",
        "urgent*",
        "urgence",
        "aujourd hui seulement",
        "dernières heures",
        "plus que quelques",
        "immédiatement",
        "sans délai",
        "avant qu il ne soit trop tard",
        "maintenant ou jamais",
    ],
    exposure: &["votre employeur", "votre patron", "votre famille", "vos proches", "vos voisins", "vos collègues", "liste publique"],
    debt: &[
        "dette*",
        "impayé*",
        "retard*",
        "recouvrement",
        "relance*",
        "créance*",
        "arriéré*",
        "échu*",
        "pénalité*",
        "intérêts",
        "en attente de paiement",
        "à régler",
        "montant dû",
        "somme due",
        "solde dû",
        "non payé*",
    ],
};

const DE: Table = Table {
    threat: &[
        "gericht*",
        "klage",
        "verklag*",
        "rechtliche schritte",
        "rechtsweg",
        "rechtsanwalt*",
        "anwalt*",
        "anwält*",
        "mahnbescheid*",
        "mahnverfahren",
        "vollstreck*",
        "gerichtsvollzieher*",
        "pfänd*",
        "polizei",
        "gefängnis",
        "haft",
        "straftat*",
        "anzeige",
        "strafrechtlich*",
        "inkasso*",
        "bonität",
        "andernfalls sehen wir uns gezwungen",
    ],
    shame: &[
        "schuldner*",
        "säumig*",
        "zahlungsmoral",
        "schlechter zahler",
        "schande",
        "unverantwortlich*",
        "unehrlich*",
        "betrug",
        "betrüger*",
    ],
    pressure: &[
        "letzte chance",
        "letzte gelegenheit",
        "letzte warnung",
        "letzte mahnung",
        "ultimatum",
        "dringend*",
        "nur heute",
        "letzte stunden",
        "sofort zahlen",
        "unverzüglich",
        "umgehend",
        "bevor es zu spät ist",
        "jetzt oder nie",
    ],
    exposure: &["ihr arbeitgeber", "ihren arbeitgeber", "ihr chef", "ihre familie", "ihre nachbarn", "ihre kollegen", "öffentliche liste"],
    debt: &[
        "schuld*",
        "mahn*",
        "überfällig*",
        "verzug*",
        "rückst*",
        "inkasso*",
        "unbezahlt*",
        "säumig*",
        "offen*",
        "fällig*",
        "zahlungserinnerung*",
        "gebühr*",
        "zinsen",
        "verspät*",
    ],
};
