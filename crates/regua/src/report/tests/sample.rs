//! A believable report without a portfolio: integers from a seed, names made up.

use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::{Day, LocalTime};
use regua_core::words::{Channel, DeferReason, SkipReason, Tone};

use super::super::data::*;

/// Knuth's MMIX generator: enough for a picture.
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap() % bound
    }
}

pub(super) fn day(text: &str) -> Day {
    Day::parse(text).expect("a date")
}

/// A report with something in every part.
pub(super) fn data(lang: Lang) -> ReportData {
    let mut draw = Draw(42);
    ReportData {
        lang,
        title: "Nuvem Clara Software".to_owned(),
        period: (day("2025-01-01"), day("2026-12-31")),
        policy: "SaaS Brasil".to_owned(),
        policy_hash: "5c0d9d0e6b7a41f2a3b8c94d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f7081".to_owned(),
        currency: Currency::BRL,
        notes: Vec::new(),
        figures: Figures {
            receivables: 7_412,
            customers: 412,
            billed_minor: 284_631_240,
            collected_minor: 269_480_415,
            open_minor: 13_902_110,
            overdue_minor: 5_832_099,
            contacts: 12_893,
            adverse: 486,
            followed_by_payment: 4_981,
        },
        receipts: 5_911,
        ladders: ladders(),
        cohorts: cohorts(&mut draw),
        aging: Aging {
            buckets: [(8_070_011, 201), (2_911_500, 74), (1_406_233, 31), (803_900, 17), (710_466, 12)]
                .map(|(open_minor, receivables)| Bucket { open_minor, receivables }),
        },
        weeks: weeks(&mut draw),
        skips: vec![
            (SkipReason::Closed, 6_210),
            (SkipReason::Condition, 3_988),
            (SkipReason::Superseded, 811),
            (SkipReason::Unreachable, 402),
            (SkipReason::Capped, 141),
            (SkipReason::NoLegalMoment, 96),
            (SkipReason::Stale, 73),
            (SkipReason::Frozen, 52),
            (SkipReason::NotBefore, 48),
            (SkipReason::NotApproved, 9),
            (SkipReason::Minimum, 3),
        ],
        defers: vec![
            (DeferReason::StaleSource, 2_904),
            (DeferReason::NoLegalMoment, 1_377),
            (DeferReason::Unannounced, 611),
            (DeferReason::Capped, 388),
            (DeferReason::Blackout, 97),
            (DeferReason::Frozen, 64),
            (DeferReason::InFlight, 41),
            (DeferReason::OnePerDay, 22),
            (DeferReason::Approval, 19),
        ],
        recovered: recovered(),
        hours: Hours { collection: hours(&mut draw, 5), informative: hours(&mut draw, 7) },
        debtors: debtors(&mut draw),
        plan: plan(&mut draw),
        messages: messages(),
        origin: Origin {
            versions: vec![
                ("régua".to_owned(), "0.1.0".to_owned()),
                ("rulebook".to_owned(), "br 2026-12".to_owned()),
                ("calendar".to_owned(), "br-banking".to_owned()),
            ],
            seed: Some(20_261_121),
            commands: vec!["regua demo --seed 20261121".to_owned()],
        },
    }
}

fn step(label: &str, at: &str, day: i32, kind: Kind, (done, skipped, deferred): (i64, i64, i64)) -> Step {
    let counts = Counts { done, skipped, deferred };
    Step { label: label.to_owned(), at: at.to_owned(), day, repeat: None, kind, counts }
}

fn ladders() -> Vec<Ladder> {
    let [friendly, neutral, firm] = [Tone::Friendly, Tone::Neutral, Tone::Firm].map(Kind::Contact);
    let mut weekly = step("Fatura em aberto", "D+30 … D+60, a cada 7 d", 30, firm, (212, 94, 61));
    weekly.repeat = Some(Repeat { every_days: 7, until_day: 60 });
    let default = Ladder {
        name: "default".to_owned(),
        receivables: 6_204,
        steps: vec![
            step("Fatura emitida", "emissão", -10, friendly, (6_180, 24, 411)),
            step("Lembrete antes do vencimento", "D−5", -5, friendly, (5_102, 1_102, 212)),
            step("Vence hoje", "D", 0, friendly, (3_871, 2_201, 98)),
            step("Fatura em aberto", "D+2", 2, friendly, (1_204, 803, 377)),
            step("Fatura em aberto", "D+5 úteis", 7, neutral, (803, 412, 201)),
            step("Oferta de parcelamento", "D+10", 10, friendly, (331, 611, 44)),
            step("Acesso limitado", "D+12", 12, Kind::Adverse, (288, 97, 402)),
            step("Último aviso", "D+15", 15, firm, (402, 188, 77)),
            step("Acesso suspenso", "D+22", 22, Kind::Adverse, (141, 66, 190)),
            step("Tarefa: cobradores", "D+22", 22, Kind::Neutral, (61, 388, 0)),
            weekly,
            step("Serasa", "D+45", 45, Kind::Adverse, (18, 21, 39)),
            step("Baixa", "D+90", 90, Kind::Neutral, (9, 4, 13)),
        ],
        floating: vec![
            Floating { label: "Recibo de pagamento".to_owned(), counts: Counts { done: 5_911, skipped: 0, deferred: 0 } },
            Floating { label: "Promessa quebrada".to_owned(), counts: Counts { done: 12, skipped: 2, deferred: 1 } },
            Floating { label: "Aviso de acesso limitado".to_owned(), counts: Counts { done: 31, skipped: 4, deferred: 2 } },
        ],
    };
    let autopay = Ladder {
        name: "autopay".to_owned(),
        receivables: 1_208,
        steps: vec![
            step("Aviso de cobrança automática", "D−3", -3, friendly, (1_180, 28, 12)),
            step("Cobrança no cartão ou Pix", "D", 0, Kind::Charge, (1_171, 37, 0)),
            step("Fatura em aberto", "D+8", 8, neutral, (88, 1_010, 9)),
            step("Acesso limitado", "D+12", 12, Kind::Adverse, (31, 12, 40)),
            step("Último aviso", "D+15", 15, firm, (28, 9, 3)),
            step("Acesso suspenso", "D+22", 22, Kind::Adverse, (8, 3, 12)),
            step("Baixa", "D+90", 90, Kind::Neutral, (1, 0, 1)),
        ],
        floating: Vec::new(),
    };
    vec![default, autopay]
}

fn cohorts(draw: &mut Draw) -> Vec<Cohort> {
    let mut cohorts = Vec::new();
    for (index, label) in ["2025 T1", "2025 T2", "2025 T3", "2025 T4", "2026 T1", "2026 T2", "2026 T3", "2026 T4"].iter().enumerate() {
        let billed_minor = 30_000_000 + draw.below(9_000_000);
        let lived = if index == 7 { 21 } else { 90 };
        let target = 9_550 + draw.below(250) + i64::try_from(index).unwrap() * 12;
        let mut share = 300 + draw.below(200) + i64::try_from(index).unwrap() * 60;
        let mut paid = Vec::new();
        for day in -10..=lived {
            let left = target - share;
            share += match day {
                ..=-1 => left * (20 + draw.below(20)) / 1_000,
                0 => left * (480 + draw.below(90)) / 1_000,
                1..=5 => left * (120 + draw.below(80)) / 1_000,
                _ => left * (40 + draw.below(40)) / 1_000,
            };
            paid.push((day, billed_minor / 10_000 * share));
        }
        cohorts.push(Cohort { label: (*label).to_owned(), billed_minor, paid });
    }
    cohorts
}

fn weeks(draw: &mut Draw) -> Vec<Week> {
    let first = day("2024-12-30");
    let week = |index: i32| Week {
        monday: first.plus(index * 7),
        contacts: vec![
            (Channel::Email, 50 + i64::from(index) / 3 + draw.below(40)),
            (Channel::Whatsapp, 20 + i64::from(index) / 5 + draw.below(24)),
            (Channel::Sms, 3 + draw.below(9)),
        ],
    };
    (0..105).map(week).collect()
}

fn hours(draw: &mut Draw, days: usize) -> HourCounts {
    let mut hours = [[0; 24]; 7];
    for (day, counts) in hours.iter_mut().enumerate().take(days) {
        for (hour, count) in counts.iter_mut().enumerate() {
            *count = match (day, hour) {
                (0..=4, 9) => 1_700 + draw.below(500),
                (0..=4, 10..=18) => draw.below(180),
                (5, 9) => 420,
                (5, 10..=13) | (_, 7..=8 | 19..=20) => draw.below(30),
                _ => 0,
            };
        }
    }
    hours
}

const NAMES: [&str; 12] = [
    "Padaria Três Irmãos",
    "Lumen Contabilidade",
    "Oficina do Vale",
    "Clínica Bem-Estar",
    "Transportadora Rota Azul Logística e Armazéns Gerais",
    "Estúdio Maré",
    "Escola Pequeno Passo",
    "Mercado São Bento",
    "Ateliê Flor de Lis",
    "Engenharia Horizonte",
    "Pousada da Serra",
    "Café com Prosa",
];

fn plan(draw: &mut Draw) -> Plan {
    let planned = |draw: &mut Draw, index: i32| {
        let rows = (0..4).map(|_| row(draw)).collect();
        let steps = vec![("Lembrete antes do vencimento".to_owned(), 18), ("Fatura em aberto".to_owned(), 5)];
        PlanDay { on: day("2027-01-04").plus(index), steps, rows, total: 23 }
    };
    Plan { span: (day("2027-01-02"), day("2027-01-08")), days: (0..5).map(|index| planned(draw, index)).collect() }
}

fn row(draw: &mut Draw) -> PlanRow {
    let (step, kind, channel) = match draw.below(6) {
        0 => ("Acesso limitado", Kind::Adverse, None),
        1 => ("Último aviso", Kind::Contact(Tone::Firm), Some(Channel::Email)),
        2 => ("Fatura em aberto", Kind::Contact(Tone::Neutral), Some(Channel::Email)),
        3 => ("Tarefa: cobradores", Kind::Neutral, None),
        _ => ("Lembrete antes do vencimento", Kind::Contact(Tone::Friendly), Some(Channel::Whatsapp)),
    };
    PlanRow {
        at: LocalTime::hour(9),
        customer: NAMES[usize::try_from(draw.below(12)).unwrap()].to_owned(),
        step: step.to_owned(),
        kind,
        channel,
        amount: Money::new(9_900 + draw.below(600_000), Currency::BRL),
    }
}

fn debtors(draw: &mut Draw) -> Vec<Debtor> {
    let mut debtors: Vec<Debtor> = NAMES
        .iter()
        .take(10)
        .map(|name| {
            let open_minor = 90_000 + draw.below(900_000);
            Debtor {
                customer: (*name).to_owned(),
                receivables: 1 + draw.below(4),
                open_minor,
                overdue_minor: open_minor - draw.below(80_000),
                oldest_days: draw.below(120),
            }
        })
        .collect();
    debtors.sort_by_key(|debtor| std::cmp::Reverse(debtor.open_minor));
    debtors
}

fn recovered() -> Recovered {
    let step = |label: &str, done, followed, paid_minor| RecoveredStep { label: label.to_owned(), done, followed, paid_minor };
    Recovered {
        within_days: 5,
        steps: vec![
            step("Fatura emitida", 6_180, 911, 31_240_000),
            step("Lembrete antes do vencimento", 5_102, 2_704, 98_120_400),
            step("Vence hoje", 3_871, 2_990, 110_932_000),
            step("Fatura em aberto D+2", 1_204, 611, 20_411_050),
            step("Fatura em aberto D+5 úteis", 803, 288, 9_870_000),
            step("Oferta de parcelamento", 331, 90, 5_120_000),
            step("Acesso limitado", 288, 121, 4_011_000),
            step("Último aviso", 402, 101, 3_420_500),
            step("Acesso suspenso", 141, 39, 1_204_000),
            step("Serasa", 18, 2, 40_000),
        ],
    }
}

fn messages() -> Vec<Message> {
    let message = |on: &str, channel, tone, subject: Option<&str>, body: &str, why: &str| Message {
        on: day(on),
        at: LocalTime::hour(9),
        channel,
        tone,
        from: "Nuvem Clara <cobranca@nuvemclara.example>".to_owned(),
        to: "Marina Prado, Padaria Três Irmãos".to_owned(),
        subject: subject.map(str::to_owned),
        body: body.to_owned(),
        why: why.to_owned(),
    };
    vec![
        message(
            "2026-12-09",
            Channel::Email,
            Tone::Friendly,
            Some("Um lembrete da sua assinatura Nuvem Clara"),
            "Olá, Marina.\n\nSua fatura vence nos próximos dias. Mandamos este lembrete para você se programar com calma:\n\n• Plano Profissional, dezembro: R$ 219,90, vence em 14/12/2026\n\nPagar: https://nuvemclara.example/f/9x2k\n\nSe o pagamento já está agendado, não precisa fazer mais nada.\n\nNuvem Clara Software Ltda. · CNPJ 11.222.333/0001-81 · São Paulo",
            "Cinco dias antes do vencimento, em dia útil, pelo canal que a cliente escolheu.",
        ),
        message(
            "2026-12-16",
            Channel::Whatsapp,
            Tone::Friendly,
            None,
            "Nuvem Clara: talvez tenha passado despercebido, mas ainda não identificamos um pagamento. Valor: R$ 224,37. Vencimento: 14/12/2026. Se já pagou, obrigado.\n\nPagar ou falar com a gente: https://nuvemclara.example/f/9x2k",
            "Dois dias de atraso; o extrato do dia 15 já tinha sido lido.",
        ),
        message(
            "2026-12-29",
            Channel::Email,
            Tone::Firm,
            Some("Uma mudança prevista na sua assinatura Nuvem Clara"),
            "Olá, Marina.\n\nA fatura abaixo continua em aberto. Queremos que a sua assinatura siga sem interrupções e, para isso, precisamos de um retorno seu: pague, conteste ou combine conosco uma data.\n\n• Plano Profissional, dezembro: R$ 225,40\n\nSe nada mudar, o acesso será suspenso em 5 de janeiro de 2027.\n\nhttps://nuvemclara.example/f/9x2k",
            "Quinze dias de atraso; anuncia a suspensão com a antecedência de três dias úteis.",
        ),
    ]
}
