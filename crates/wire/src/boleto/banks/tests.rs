//! What a contract must be, and that every one that is has a free field for each number. Published slips: `tests/vectors.rs`.
use super::*;
use proptest::prelude::*;

fn contract(bank: Bank) -> Contract<'static> {
    let (branch, post) = ("0811", "");
    match bank {
        Bank::BancoDoBrasil => Contract { branch, account: "1448-6", wallet: "17", agreement: "1238798", post },
        Bank::Santander => Contract { branch, account: "", wallet: "101", agreement: "1899775", post },
        Bank::Caixa => Contract { branch, account: "", wallet: "RG", agreement: "245274-0", post },
        Bank::Bradesco => Contract { branch, account: "0019669-P", wallet: "09", agreement: "", post },
        Bank::Itau => Contract { branch, account: "53678-8", wallet: "109", agreement: "", post },
        Bank::Sicredi => Contract { branch, account: "", wallet: "1", agreement: "12345", post: "18" },
        Bank::Sicoob => Contract { branch, account: "", wallet: "1", agreement: "19", post },
    }
}

#[test]
fn a_bank_that_is_not_known_is_never_guessed() {
    let error = Bank::of(BankCode::parse("260").unwrap()).unwrap_err().to_string();
    assert_eq!(
        error,
        "boletos of bank 260 cannot be made here, only those of 001, 033, 104, 237, 341, 748 and 756: let the bank or a gateway \
             make them"
    );
    for bank in Bank::ALL {
        assert_eq!(Bank::of(BankCode::parse(bank.code()).unwrap()), Ok(*bank));
        assert_eq!(bank.printed_code().split_once('-').map(|(code, _)| code), Some(bank.code()));
        assert!(error.contains(bank.code()), "the refusal names every bank that is known");
    }
}

#[test]
fn each_number_of_a_contract_is_checked() {
    use Bank::{BancoDoBrasil, Bradesco, Caixa, Itau, Santander, Sicoob, Sicredi};
    let of = contract;
    for (bank, contract, expected) in [
        (
            BancoDoBrasil,
            Contract { agreement: "123879", ..of(BancoDoBrasil) },
            "Banco do Brasil: the agreement (convênio, código do beneficiário) is written with the 7 digits of a convênio, none \
                 shorter",
        ),
        (
            BancoDoBrasil,
            Contract { account: "1448-7", ..of(BancoDoBrasil) },
            "Banco do Brasil: the check digit of the account (conta) is wrong: compare both with the contract",
        ),
        (BancoDoBrasil, Contract { wallet: "7", ..of(BancoDoBrasil) }, "Banco do Brasil: the wallet (carteira) is written with 2 digits"),
        (Santander, Contract { wallet: "1", ..of(Santander) }, "Banco Santander: the wallet (carteira) is written with 101, 102 or 201"),
        (
            Santander,
            Contract { branch: "0811-3", ..of(Santander) },
            "Banco Santander: write the branch (agência) without a hyphen and check digit",
        ),
        (
            Caixa,
            Contract { agreement: "245274-1", ..of(Caixa) },
            "Caixa Econômica Federal: the check digit of the agreement (convênio, código do beneficiário) is wrong: compare \
                 both with the contract",
        ),
        (
            Caixa,
            Contract { agreement: "0245274", ..of(Caixa) },
            "Caixa Econômica Federal: the agreement (convênio, código do beneficiário) is written with the 6 digits of a código \
                 do beneficiário, or 7 from 1100001 on",
        ),
        (Bradesco, Contract { account: "12345678", ..of(Bradesco) }, "Banco Bradesco: the account (conta) is written with 1 to 7 digits"),
        (
            Itau,
            Contract { wallet: "112", ..of(Itau) },
            "Itaú Unibanco: the wallet (carteira) is written with 3 digits, such as 109; wallets with rules of their own, such \
                 as 112, are not known here",
        ),
        (
            Itau,
            Contract { branch: "0810", ..of(Itau) },
            "Itaú Unibanco: the check digit of the account (conta) is wrong: compare both with the contract",
        ),
        (Sicredi, Contract { post: "", ..of(Sicredi) }, "Sicredi: the post (posto) is written with 1 or 2 digits"),
        (Sicoob, Contract { branch: "08x1", ..of(Sicoob) }, "Sicoob: the branch (agência) is written with 1 to 4 digits"),
    ] {
        assert_eq!(Beneficiary::new(bank, &contract).unwrap_err().to_string(), expected);
    }
}

#[test]
fn a_slip_s_number_fits_its_bank() {
    for (bank, number) in [
        (Bank::Itau, "000"),
        (Bank::Itau, "123456789"),
        (Bank::Itau, "12a"),
        (Bank::Itau, ""),
        (Bank::Sicredi, "26100001"),
        (Bank::Sicredi, "1"),
    ] {
        let refused = BadBeneficiary::OurNumber { bank, len: bank.our_number_len() };
        assert_eq!(OurNumber::new(bank, number), Err(refused), "{number}");
    }
    let (company, number) = (Beneficiary::new(Bank::Itau, &contract(Bank::Itau)).unwrap(), OurNumber::new(Bank::Sicoob, "1").unwrap());
    let refused = BadBeneficiary::OtherBank { number: Bank::Sicoob, company: Bank::Itau };
    assert_eq!((free_field(&company, &number), printed_our_number(&company, &number)), (Err(refused), Err(refused)));
}

#[test]
fn a_long_code_of_caixa_has_no_digit_in_the_free_field_and_one_in_print() {
    let company = Beneficiary::new(Bank::Caixa, &Contract { agreement: "1234567", ..contract(Bank::Caixa) }).unwrap();
    let free = free_field(&company, &OurNumber::new(Bank::Caixa, "1").unwrap()).unwrap();
    assert!(free.as_str().starts_with("12345670001000400000000"), "{free}");
    assert!(printed_beneficiary(&company).starts_with("0811 / 1234567-"));
}

proptest! {
    #[test]
    fn two_slips_of_a_contract_differ_in_their_free_fields(which in 0..Bank::ALL.len(), a in 1..99_999_u32, b in 1..99_999_u32) {
        let bank = Bank::ALL[which];
        let company = Beneficiary::new(bank, &contract(bank)).unwrap();
        let free = |number: u32| {
            let number = if bank == Bank::Sicredi { format!("262{number:05}") } else { number.to_string() };
            free_field(&company, &OurNumber::new(bank, &number).unwrap()).unwrap()
        };
        prop_assert_eq!(free(a) == free(b), a == b);
    }

    #[test]
    fn any_contract_is_answered(
        text in prop::collection::vec("[0-9XP-]{0,9}|\\PC{0,6}", 5), which in 0..Bank::ALL.len(), number in "[0-9]{0,18}",
    ) {
        let contract = Contract { branch: &text[0], account: &text[1], wallet: &text[2], agreement: &text[3], post: &text[4] };
        let _ = (Beneficiary::new(Bank::ALL[which], &contract), OurNumber::new(Bank::ALL[which], &number));
    }
}
