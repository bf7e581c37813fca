//! Made-up documents of made-up tenants. Deliberately absent: real persons, companies and banks; every number is computed
//! and every address ends in `example`.

use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::party::TaxId;
use regua_core::rate::Rate;
use regua_core::time::Day;
use regua_core::words::{Language, Rail};
use regua_paper::{
    Adjustment, Brand, Colour, Instalment, Invoice, InvoiceLine, Logo, Movement, Paid, Party, Receipt, Slip, SlipBank, Statement, TaxLine,
};

use regua_wire::boleto::{BankCode, Barcode, FreeField};
use regua_wire::pix::{BrCode, Initiation, Location, Merchant, Payment};

use super::logo;

fn brl(minor: i64) -> Money {
    Money::new(minor, Currency::BRL)
}

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

fn texts(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

/// A subscription software house: a logo, and blue.
pub(crate) fn aurora() -> Brand {
    Brand {
        name: "Aurora Gestão".to_owned(),
        legal_name: "Aurora Sistemas de Gestão Ltda.".to_owned(),
        tax_id: TaxId::parse("12.ABC.345/01DE-35", "BR").ok(),
        address: texts(&["Rua dos Ipês, 1450, sala 82", "01310-100 São Paulo, SP"]),
        colour: Colour::new(32, 84, 176),
        logo: Some(Logo::Png(logo::bars([32, 84, 176]))),
        contact: texts(&["financeiro@aurora.example", "+55 11 4000-0000", "aurora.example"]),
    }
}

/// A box of vegetables each week: a light green that no text can be read in.
pub(crate) fn horta() -> Brand {
    Brand {
        name: "Horta Viva".to_owned(),
        legal_name: "Horta Viva Orgânicos S.A.".to_owned(),
        tax_id: TaxId::parse("11.222.333/0001-81", "BR").ok(),
        address: texts(&["Estrada do Sabiá, km 12", "13560-000 São Carlos, SP"]),
        colour: Colour::new(142, 190, 62),
        logo: Some(Logo::Png(logo::leaf([112, 160, 44]))),
        contact: texts(&["ola@hortaviva.example", "hortaviva.example"]),
    }
}

/// A school without a logo: its name stands there.
pub(crate) fn atelie() -> Brand {
    Brand {
        name: "Ateliê Jacarandá".to_owned(),
        legal_name: "Jacarandá Escola de Artes ME".to_owned(),
        tax_id: TaxId::parse("AB.12C.D34/0001-84", "BR").ok(),
        address: texts(&["Largo da Matriz, 7", "35400-000 Ouro Preto, MG"]),
        colour: Colour::new(122, 63, 152),
        logo: None,
        contact: texts(&["secretaria@jacaranda.example"]),
    }
}

pub(crate) fn customer() -> Party {
    Party {
        name: "Padaria do Porto Comércio de Alimentos Ltda.".to_owned(),
        tax_id: TaxId::parse("00.000.000/000A-04", "BR").ok(),
        address: texts(&["Avenida Beira-Mar, 220, loja 3", "88015-600 Florianópolis, SC"]),
    }
}

pub(crate) fn person() -> Party {
    Party {
        name: "Ana Lúcia Exemplo da Conceição".to_owned(),
        tax_id: TaxId::parse("529.982.247-25", "BR").ok(),
        address: texts(&["Rua das Laranjeiras, 45, ap. 12", "22240-003 Rio de Janeiro, RJ"]),
    }
}

/// The code of a charge that a payer's bank would read at an address.
pub(crate) fn pix(name: &str) -> String {
    let location = Location::parse("pix.bancoexemplo.example/qr/v2/cobv/1e6c54d3ec9449b7a7fc53b6b0f998e7").expect("an address");
    let merchant = Merchant::new(name, "São Paulo").expect("a short name");
    let code = BrCode { initiation: Some(Initiation::Once), ..BrCode::new(Payment::Dynamic(location), merchant) };
    code.encode().expect("a code")
}

/// A slip of an amount, due on 10 December 2026.
pub(crate) fn slip(language: Language, brand: &Brand, payer: Party, cents: u32) -> Slip {
    let due_on = day("2026-12-10");
    let amount = brl(i64::from(cents));
    let bank = BankCode::parse("999").expect("three digits");
    let free = FreeField::parse("1234091234567890100123450").expect("25 digits");
    let barcode = Barcode::new(bank, Some(due_on), Some(amount), free).expect("a slip's numbers");
    Slip {
        language,
        bank: SlipBank { name: "Banco Exemplo".to_owned(), code: "999-9".to_owned() },
        barcode: barcode.to_string(),
        line: barcode.line(),
        pix: Some(pix(&brand.name)),
        place_of_payment: "Pagável em qualquer banco ou pelo Pix, mesmo depois do vencimento".to_owned(),
        beneficiary: Party { name: brand.legal_name.clone(), tax_id: brand.tax_id.clone(), address: brand.address.clone() },
        agency_and_code: "1234-5 / 0678901-2".to_owned(),
        our_number: "09/12345678901-0".to_owned(),
        document_number: "2026-0184".to_owned(),
        document_on: day("2026-12-01"),
        processed_on: day("2026-12-01"),
        due_on,
        document_kind: "DM".to_owned(),
        is_accepted: false,
        portfolio: "09".to_owned(),
        amount,
        instructions: texts(&[
            "Após o vencimento, cobrar multa de 2,00% e juros de 1,00% ao mês.",
            "Até 05/12/2026, conceder desconto de R$ 10,00.",
            "Não receber depois de 60 dias do vencimento.",
        ]),
        payer,
        guarantor: None,
    }
}

/// A month of a subscription in words of a language, in reais.
pub(crate) fn invoice(language: Language) -> Invoice {
    let (from, to) = (day("2026-12-01"), day("2026-12-31"));
    let named = |pt: &str, en: &str, es: &str, it: &str| {
        match language {
            Language::PtBr => pt,
            Language::En | Language::Fr | Language::De => en,
            Language::Es => es,
            Language::It => it,
        }
        .to_owned()
    };
    let line = |description: String, detail: Option<String>, quantity: u64, unit: i64| InvoiceLine {
        description,
        detail,
        period: Some((from, to)),
        quantity,
        unit_price: Some(brl(unit)),
        amount: brl(unit * i64::try_from(quantity).unwrap_or(0)),
    };
    let mut invoice = Invoice::new(language, "2026-0184", customer(), day("2026-12-01"), day("2026-12-10"), brl(121_540));
    invoice.period = Some((from, to));
    invoice.purchase_order = Some("PO 4711-B".to_owned());
    invoice.lines = vec![
        line(named("Plano Time", "Team plan", "Plan Equipo", "Piano Team"), None, 12, 8_990),
        line(
            named("Mensagens de WhatsApp", "WhatsApp messages", "Mensajes de WhatsApp", "Messaggi WhatsApp"),
            Some(named("1.420 enviadas em novembro", "1,420 sent in November", "1420 enviados en noviembre", "1420 inviati a novembre")),
            1_420,
            12,
        ),
    ];
    invoice.discounts = vec![Adjustment { label: "BEMVINDA".to_owned(), amount: brl(-3_380) }];
    let iss = Tax { rate: Rate::from_bps(290), amount: brl(3_525) };
    invoice.taxes = vec![TaxLine { name: "ISS".to_owned(), rate: iss.rate, amount: iss.amount, is_contained: true }];
    invoice.total = brl(12 * 8_990 + 1_420 * 12 - 3_380);
    invoice
}

struct Tax {
    rate: Rate,
    amount: Money,
}

/// An invoice of sixty lines in three instalments, with notes: several pages.
pub(crate) fn long_invoice() -> Invoice {
    let mut invoice = invoice(Language::PtBr);
    let crops = ["Alface crespa", "Tomate italiano", "Cenoura com folhas", "Abóbora cabotiá", "Manjericão", "Batata-doce roxa"];
    let line = |at: u32| {
        let crop = crops[usize::try_from(at).unwrap_or(0) % crops.len()];
        let quantity = u64::from(at % 7 + 1);
        let unit = i64::from(390 + at * 17 % 640);
        InvoiceLine {
            description: format!("{crop}, caixa {}", at + 1),
            detail: (at % 9 == 4).then(|| {
                "Colhida na véspera da entrega; devolva a caixa vazia na próxima semana para receber o desconto combinado \
                 no contrato de fornecimento."
                    .to_owned()
            }),
            period: None,
            quantity,
            unit_price: Some(brl(unit)),
            amount: brl(unit * i64::try_from(quantity).unwrap_or(0)),
        }
    };
    invoice.number = "2026-0207".to_owned();
    invoice.period = None;
    invoice.lines = (0..60).map(line).collect();
    invoice.discounts = Vec::new();
    invoice.taxes = Vec::new();
    let total: i64 = invoice.lines.iter().map(|line| line.amount.minor()).sum();
    invoice.total = brl(total);
    let third = total / 3;
    invoice.instalments = [("2026-12-10", third), ("2027-01-10", third), ("2027-02-10", total - 2 * third)]
        .map(|(due, minor)| Instalment { due_on: day(due), amount: brl(minor) })
        .to_vec();
    invoice.how_to_pay =
        texts(&["Transferência: Banco Exemplo (999), agência 1234-5, conta 67890-1", "Envie o comprovante para ola@hortaviva.example"]);
    invoice.notes = texts(&[
        "As caixas são entregues às terças e sextas, das 7h às 11h. Se não houver ninguém para receber, deixamos com o vizinho indicado.",
        "Dúvidas sobre esta fatura? Escreva para nós até o vencimento: as parcelas que ninguém contesta seguem como estão.",
    ]);
    invoice
}

/// A payment of two invoices that leaves a credit.
pub(crate) fn receipt(language: Language) -> Receipt {
    let paid = |document: &str, description: &str, due: &str, minor| Paid {
        document: document.to_owned(),
        description: description.to_owned(),
        due_on: day(due),
        amount: brl(minor),
    };
    Receipt {
        language,
        number: "R-2026-0911".to_owned(),
        payer: person(),
        issued_on: day("2026-12-08"),
        paid_on: day("2026-12-07"),
        amount: brl(48_000),
        rail: Rail::Pix,
        reference: Some("E99999999202612071432a1b2c3d4e5f".to_owned()),
        paid: vec![
            paid("2026-0091", "Aquarela I, novembro", "2026-11-10", 22_990),
            paid("2026-0120", "Aquarela I, dezembro", "2026-12-10", 22_990),
        ],
        credit: Some(brl(2_020)),
        notes: Vec::new(),
    }
}

/// Two years of an account.
pub(crate) fn statement(language: Language, months: u32) -> Statement {
    let mut movements = Vec::new();
    let mut closing = 4_500_i64;
    for month in 0..months {
        let on = day("2025-01-05").plus(i32::try_from(month * 30).unwrap_or(0));
        let number = format!("{}-{:04}", on.civil().year(), 100 + month * 7);
        let charge = 21_990 + i64::from(month % 5) * 1_250;
        let paid = if month % 6 == 5 { charge - 5_000 } else { charge };
        for (days, what, amount) in [(0, "Mensalidade Aquarela I", charge), (8, "Pix recebido", -paid)] {
            movements.push(Movement {
                on: on.plus(days),
                description: what.to_owned(),
                document: Some(number.clone()),
                amount: brl(amount),
            });
            closing += amount;
        }
        if month % 6 == 5 {
            let fine = 480;
            movements.push(Movement {
                on: on.plus(20),
                description: "Multa e juros".to_owned(),
                document: Some(number),
                amount: brl(fine),
            });
            closing += fine;
        }
    }
    Statement {
        language,
        customer: person(),
        issued_on: day("2026-12-15"),
        from: day("2025-01-01"),
        to: day("2026-12-14"),
        opening: brl(4_500),
        movements,
        closing: brl(closing),
        notes: Vec::new(),
    }
}
