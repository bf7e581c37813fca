//! What is asked for, written and read again, and any bytes at all.

use proptest::prelude::*;
use regua_core::time::Day;
use regua_wire::gateways::pix::cob::{CobBody, CobChange, Expiry, Info, Original};
use regua_wire::gateways::pix::cobr::{CobrBody, CobrCalendar, retry_reference};
use regua_wire::gateways::pix::cobv::{CobvBody, CobvChange, Discount, DueCalendar, DueValue, Modal, Until};
use regua_wire::gateways::pix::rec::{Bond, Every, RecBody, RecCalendar, RecValue, Retries};
use regua_wire::gateways::pix::{Debtor, Figure, Hook, listed};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{charge, dialect, reais, refund, reply};

fn again<T: Serialize + DeserializeOwned>(value: &T) -> T {
    serde_json::from_slice(&serde_json::to_vec(value).unwrap()).unwrap()
}

fn figure() -> impl Strategy<Value = Figure> {
    (0..1_000_000_000_000_i64).prop_map(|cents| Figure::of(reais(cents)).unwrap())
}

fn some_day() -> impl Strategy<Value = Day> {
    (Day::MIN.epoch()..=Day::MAX.epoch()).prop_map(Day::from_epoch)
}

fn debtor() -> impl Strategy<Value = Debtor> {
    (any::<bool>(), "\\PC{1,40}").prop_map(|(person, nome)| {
        let (cpf, cnpj) = if person { (Some("52998224725".to_owned()), None) } else { (None, Some("12ABC34501DE35".to_owned())) };
        Debtor { cpf, cnpj, nome }
    })
}

fn modal() -> impl Strategy<Value = Option<Modal>> {
    prop::option::of((1..=8_u8, figure()).prop_map(|(modalidade, valor_perc)| Modal { modalidade, valor_perc }))
}

fn discount() -> impl Strategy<Value = Option<Discount>> {
    let until = (some_day(), figure()).prop_map(|(data, valor_perc)| Until { data, valor_perc });
    let fixed = (1..=2_u8, prop::collection::vec(until, 1..=3)).prop_map(|(modalidade, days)| Discount {
        modalidade,
        desconto_data_fixa: Some(days),
        valor_perc: None,
    });
    let ahead =
        (3..=6_u8, figure()).prop_map(|(modalidade, each)| Discount { modalidade, desconto_data_fixa: None, valor_perc: Some(each) });
    prop::option::of(prop_oneof![fixed, ahead])
}

fn due_value() -> impl Strategy<Value = DueValue> {
    (figure(), modal(), modal(), modal(), discount()).prop_map(|(original, multa, juros, abatimento, desconto)| DueValue {
        original,
        multa,
        juros,
        abatimento,
        desconto,
    })
}

proptest! {
    #[test]
    fn a_charge_that_is_written_is_read_again(
        (secs, original, debtor) in (1..=u32::MAX, figure(), prop::option::of(debtor())),
        (words, info) in (prop::option::of("\\PC{1,40}"), prop::collection::vec(("\\PC{0,9}", "\\PC{0,9}"), 0..3)),
    ) {
        let body = CobBody {
            calendario: Expiry { expiracao: secs },
            devedor: debtor,
            valor: Original { original },
            chave: "k".to_owned(),
            solicitacao_pagador: words,
            info_adicionais: info.into_iter().map(|(nome, valor)| Info { nome, valor }).collect(),
        };
        prop_assert_eq!(again(&body), body);
        let change = CobChange { calendario: None, valor: Some(Original { original }) };
        prop_assert_eq!(again(&change), change);
    }

    #[test]
    fn a_charge_with_a_due_date_that_is_written_is_read_again(
        (due_on, validity, debtor) in (some_day(), any::<u16>(), debtor()),
        valor in due_value(),
    ) {
        let calendario = DueCalendar { data_de_vencimento: due_on, validade_apos_vencimento: validity };
        let change = CobvChange { calendario: Some(calendario), valor: Some(valor.clone()) };
        let body = CobvBody {
            calendario, devedor: debtor, valor, chave: "k".to_owned(), solicitacao_pagador: None, info_adicionais: Vec::new(),
        };
        prop_assert_eq!(again(&body), body);
        prop_assert_eq!(again(&change), change);
    }

    #[test]
    fn a_recurring_charge_and_its_authorisation_that_are_written_are_read_again(
        (on, original, fixed, debtor) in (some_day(), figure(), any::<bool>(), debtor()),
        loc in prop::option::of(any::<u64>()),
    ) {
        let body = CobrBody {
            id_rec: charge().method_token,
            info_adicional: None,
            calendario: CobrCalendar { data_de_vencimento: on },
            valor: Original { original },
            ajuste_dia_util: true,
            recebedor: dialect().account.unwrap(),
        };
        prop_assert_eq!(again(&body), body);
        let rec = RecBody {
            vinculo: Bond { contrato: "c".to_owned(), devedor: debtor, objeto: None },
            calendario: RecCalendar { data_inicial: on, data_final: None, periodicidade: Every::Quarter },
            valor: Some(if fixed { RecValue::Fixed(original) } else { RecValue::Variable(original) }),
            politica_retentativa: Retries::ThreeInSeven,
            loc,
            ativacao: None,
        };
        prop_assert_eq!(again(&rec), rec);
    }

    #[test]
    fn a_validity_is_the_longest_that_ends_in_time(due_on in some_day(), ahead in -10..400_i32) {
        let last_on = due_on.plus(ahead);
        let calendar = DueCalendar::until(due_on, last_on);
        let payable = calendar.payable();
        prop_assert!(payable.last_on <= last_on || calendar.validade_apos_vencimento == 0);
        let longer = DueCalendar { validade_apos_vencimento: calendar.validade_apos_vencimento + 1, ..calendar };
        prop_assert!(longer.payable().last_on > last_on || longer.payable().last_on == Day::MAX);
    }

    #[test]
    fn any_bytes_are_answered(body in prop::collection::vec(any::<u8>(), 0..200), status in 100..600_u16) {
        let text = String::from_utf8_lossy(&body).into_owned();
        let response = reply(status, &text);
        let _ = (dialect().issued(&response), dialect().looked(&response), dialect().cancelled(&response));
        let _ = (dialect().asked(&charge(), &response), dialect().refunded(&refund(), &response, true));
        for hook in Hook::ALL {
            let _ = hook.read(&body);
        }
        for place in [None, Some("charges:0"), Some("recs:0")] {
            let _ = listed(place, &response, true);
        }
    }

    #[test]
    fn the_name_of_a_further_try_begins_with_the_charge(on in some_day()) {
        let name = retry_reference("chg01kb7z8s9ceq4tqv7e3k5m6n7px0", on);
        prop_assert_eq!(name.split('/').next(), Some("chg01kb7z8s9ceq4tqv7e3k5m6n7px0"));
    }
}
