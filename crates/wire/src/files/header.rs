//! What a header may mean: the canonical columns of SPEC §17 and what people call them.

/// Declares the fields with their canonical names and synonyms, which are compared in normal form.
macro_rules! fields {
    ($($(#[$meta:meta])* $name:ident = $text:literal [$($synonym:literal),* $(,)?]),+ $(,)?) => {
        /// A column with a meaning of its own.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub enum Field { $($(#[$meta])* $name),+ }

        impl Field {
            /// Every field, in the order in which a row is read.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The canonical name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// Other headers that mean the same, in lower case, without accents, words joined by `_`.
            #[must_use]
            pub const fn synonyms(self) -> &'static [&'static str] {
                match self { $(Self::$name => &[$($synonym),*]),+ }
            }
        }
    };
}

fields! {
    /// The receivable's id, unique in the file.
    ReceivableId = "receivable_id" [
        "receivable", "invoice_id", "invoice", "invoice_number", "invoice_no", "bill_id", "bill_number", "id",
        "id_recebivel", "recebivel", "titulo", "id_titulo", "numero_titulo", "numero_do_titulo", "fatura", "id_fatura",
        "numero_fatura", "numero_da_fatura", "cobranca", "id_cobranca", "duplicata", "numero_documento", "numero_do_documento",
    ],
    /// The customer's id.
    CustomerId = "customer_id" [
        "customer", "customer_number", "cust_number", "client_id", "client", "account_id", "debtor_id", "debtor",
        "cliente", "id_cliente", "cliente_id", "codigo_cliente", "codigo_do_cliente", "cod_cliente", "sacado", "pagador", "devedor",
    ],
    /// The date of issue.
    IssuedOn = "issued_on" [
        "issue_date", "issued", "date_issued", "invoice_date", "posting_date", "emissao", "data_emissao", "data_de_emissao",
        "data_da_emissao", "dt_emissao", "data_emissao_documento", "emitido_em",
    ],
    /// The moment of issue, with an offset.
    IssuedAt = "issued_at" [],
    /// The due date.
    DueOn = "due_on" [
        "due_date", "due", "date_due", "due_in_date", "vencimento", "data_vencimento", "data_de_vencimento", "data_do_vencimento",
        "dt_vencimento", "vencto", "dt_vencto", "vence_em",
    ],
    /// What was billed.
    Amount = "amount" [
        "amount_due", "invoice_amount", "total_amount", "total_open_amount", "value", "total", "valor", "valor_a_pagar",
        "valor_titulo", "valor_do_titulo", "valor_da_fatura", "valor_fatura", "valor_total", "valor_original", "valor_nominal", "montante",
    ],
    /// The amount's currency.
    Currency = "currency" ["currency_code", "invoice_currency", "moeda"],
    /// The date of payment.
    PaidOn = "paid_on" [
        "paid_date", "payment_date", "date_paid", "pay_date", "clear_date", "pagamento", "data_pagamento", "data_de_pagamento",
        "data_do_pagamento", "dt_pagamento", "liquidacao", "data_liquidacao", "data_de_liquidacao", "baixa", "data_baixa",
    ],
    /// The moment of payment, with an offset.
    PaidAt = "paid_at" ["pago_em"],
    /// What was paid; everything when absent.
    PaidAmount = "paid_amount" ["amount_paid", "payment_amount", "valor_pago", "valor_recebido", "valor_do_pagamento"],
    /// The payment's own id, in a payments file.
    PaymentId = "payment_id" ["transaction_id", "id_pagamento", "pagamento_id", "id_transacao"],
    /// The payment rail.
    Method = "method" [
        "payment_method", "metodo", "metodo_de_pagamento", "forma_pagamento", "forma_de_pagamento", "meio_pagamento", "meio_de_pagamento",
    ],
    /// The customer's name.
    Name = "name" ["customer_name", "client_name", "name_customer", "nome", "nome_cliente", "nome_do_cliente", "razao_social"],
    /// An e-mail address.
    Email = "email" ["e_mail", "mail", "email_address", "customer_email", "email_cliente", "email_do_cliente", "correio_eletronico"],
    /// A phone number, for SMS and calls.
    Phone = "phone" ["phone_number", "mobile", "cell_phone", "telefone", "celular", "fone", "tel"],
    /// A phone number on WhatsApp.
    Whatsapp = "whatsapp" ["whats_app", "whatsapp_number", "numero_whatsapp", "zap"],
    /// A tax id.
    TaxId = "tax_id" ["tax_number", "vat_id", "vat_number", "cpf", "cnpj", "cpf_cnpj", "cnpj_cpf", "cpf_ou_cnpj", "nif"],
    /// The language of messages.
    Language = "language" ["idioma", "lingua", "locale"],
    /// The IANA time zone.
    TimeZone = "time_zone" ["timezone", "tz", "fuso", "fuso_horario"],
    /// Which channels the customer consented to.
    Consent = "consent" ["consents", "opt_in", "consentimento"],
    /// The ISO 3166-2 subdivision.
    State = "state" ["uf", "estado"],
    /// The channel that the customer prefers.
    PreferredChannel = "preferred_channel" ["canal_preferido"],
}

impl Field {
    /// The field of a canonical name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.as_str() == name)
    }

    /// Whether the field tells of the customer.
    #[must_use]
    pub const fn is_of_customer(self) -> bool {
        match self {
            Self::ReceivableId
            | Self::CustomerId
            | Self::IssuedOn
            | Self::IssuedAt
            | Self::DueOn
            | Self::Amount
            | Self::Currency
            | Self::PaidOn
            | Self::PaidAt
            | Self::PaidAmount
            | Self::PaymentId
            | Self::Method => false,
            Self::Name
            | Self::Email
            | Self::Phone
            | Self::Whatsapp
            | Self::TaxId
            | Self::Language
            | Self::TimeZone
            | Self::Consent
            | Self::State
            | Self::PreferredChannel => true,
        }
    }
}

/// A header in normal form: lower case, no accents, words joined by `_`: `Data de Emissão` is `data_de_emissao`.
pub(super) fn normal(header: &str) -> String {
    let mut normal = String::with_capacity(header.len());
    for letter in header.trim().chars().flat_map(char::to_lowercase) {
        match plain(letter) {
            Some(plain) => normal.push_str(plain),
            None if letter.is_alphanumeric() => normal.push(letter),
            None if !normal.ends_with('_') && !normal.is_empty() => normal.push('_'),
            None => {}
        }
    }
    normal.truncate(normal.trim_end_matches('_').len());
    normal
}

/// An accented letter of the languages we speak, without its accent.
const fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'á' | 'à' | 'â' | 'ã' | 'ä' => "a",
        'é' | 'è' | 'ê' | 'ë' => "e",
        'í' | 'ì' | 'î' | 'ï' => "i",
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => "o",
        'ú' | 'ù' | 'û' | 'ü' => "u",
        'ç' => "c",
        'ñ' => "n",
        'ß' => "ss",
        _ => return None,
    })
}

/// An attribute's key: the header as it stands when conditions can name it so, else in normal form.
pub(super) fn attribute_key(header: &str, column: usize) -> Box<str> {
    let header = header.trim();
    if name_fits(header) {
        return header.into();
    }
    let normal = normal(header);
    if name_fits(&normal) { normal.into() } else { format!("column_{}", column + 1).into() }
}

/// Whether conditions can use a text as a name.
pub(super) fn name_fits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') && text.bytes().next().is_some_and(|byte| !byte.is_ascii_digit())
}

/// The fields that a kind of file may have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Content {
    Receivables,
    Payments,
}

impl Content {
    /// The fields, in order.
    pub(super) fn fields(self) -> impl Iterator<Item = Field> {
        Field::ALL.iter().copied().filter(move |&field| match self {
            Self::Receivables => field != Field::PaymentId,
            Self::Payments => {
                matches!(field, Field::ReceivableId | Field::PaidOn | Field::PaidAt | Field::Amount | Field::PaymentId | Field::Currency)
            }
        })
    }

    /// What a header may be called for `field` in this file, beside the canonical name.
    pub(super) fn synonyms(self, field: Field) -> impl Iterator<Item = &'static str> {
        // In a payments file `amount` is what was paid, and `id` is whose id?
        let further: &[&str] = match (self, field) {
            (Self::Payments, Field::Amount) => {
                &["paid_amount", "amount_paid", "payment_amount", "valor_pago", "valor_recebido", "valor_do_pagamento"]
            }
            (Self::Payments, Field::PaidOn) => &["date", "data"],
            _ => &[],
        };
        field.synonyms().iter().chain(further).copied().filter(move |&name| !(self == Self::Payments && name == "id"))
    }

    /// The field that a header means by itself; a unit as in `Valor (R$)` does not count.
    pub(super) fn field(self, header: &str) -> Option<Field> {
        let header = header.trim();
        let bare = header.strip_suffix(')').and_then(|open| open.rsplit_once('(')).map_or(header, |(name, _)| name);
        let normal = normal(bare.trim().trim_end_matches("R$").trim_end_matches("US$"));
        let canonical = self.fields().find(|field| field.as_str() == normal);
        canonical.or_else(|| self.fields().find(|&field| self.synonyms(field).any(|synonym| synonym == normal)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_compared_without_case_accents_and_blanks() {
        for (header, field) in [
            ("receivable_id", Some(Field::ReceivableId)),
            ("  Receivable ID ", Some(Field::ReceivableId)),
            ("Data de Emissão", Some(Field::IssuedOn)),
            ("VENCIMENTO", Some(Field::DueOn)),
            ("Valor (R$)", Some(Field::Amount)),
            ("Valor R$", Some(Field::Amount)),
            ("Valor", Some(Field::Amount)),
            ("E-mail", Some(Field::Email)),
            ("CPF/CNPJ", Some(Field::TaxId)),
            ("Fuso horário", Some(Field::TimeZone)),
            ("tier", None),
            ("", None),
        ] {
            assert_eq!(Content::Receivables.field(header), field, "{header}");
        }
    }

    #[test]
    fn no_word_means_two_fields() {
        for content in [Content::Receivables, Content::Payments] {
            let mut words: Vec<&str> = content.fields().flat_map(|field| content.synonyms(field).chain([field.as_str()])).collect();
            words.sort_unstable();
            assert!(words.windows(2).all(|pair| pair[0] != pair[1]), "{words:?}");
            assert!(words.iter().all(|word| normal(word) == *word));
        }
    }

    #[test]
    fn an_attribute_keeps_a_name_that_conditions_can_use() {
        for (header, key) in [
            ("tier", "tier"),
            ("annualRevenue", "annualRevenue"),
            ("Tamanho da empresa", "tamanho_da_empresa"),
            ("", "column_3"),
            ("2024", "column_3"),
        ] {
            assert_eq!(&*attribute_key(header, 2), key);
        }
    }
}
