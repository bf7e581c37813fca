//! What each language calls a currency, where it is not the three-letter code.
//!
//! Source: Unicode CLDR 48, as Node 20.20 (ICU 78) prints it; tests/messages/vectors/SOURCE.md.

use regua_core::words::Language;

const PT_BR: &str = "\
    AUD=AU$ BRL=R$ CAD=CA$ CNY=CN¥ EUR=€ GBP=£ HKD=HK$ ILS=₪ INR=₹ JPY=JP¥ KRW=₩ MXN=MX$ NZD=NZ$ THB=฿ TWD=NT$ USD=US$ VND=₫ \
    XAF=FCFA XCD=EC$ XCG=Cg. XOF=F\u{a0}CFA XPF=CFPF";
const EN: &str = "\
    AUD=A$ BRL=R$ CAD=CA$ CNY=CN¥ EUR=€ GBP=£ HKD=HK$ ILS=₪ INR=₹ JPY=¥ KRW=₩ MXN=MX$ NZD=NZ$ PHP=₱ TWD=NT$ USD=$ VND=₫ \
    XAF=FCFA XCD=EC$ XCG=Cg. XOF=F\u{a0}CFA XPF=CFPF";
const ES: &str = "\
    EUR=€ THB=฿ USD=US$ VND=₫ XCG=Cg. XPF=CFPF";
const IT: &str = "\
    AUD=A$ CAD=CA$ CNY=CN¥ EUR=€ GBP=£ ILS=₪ NZD=NZ$ PHP=₱ THB=฿ XAF=FCFA XCD=EC$ XCG=Cf XOF=F\u{a0}CFA XPF=CFPF";
const FR: &str = "\
    ARS=$AR AUD=$AU BMD=$BM BND=$BN BRL=R$ BZD=$BZ CAD=$CA CLP=$CL COP=$CO EUR=€ FJD=$FJ FKP=£FK GBP=£GB GIP=£GI ILS=₪ INR=₹ \
    KRW=₩ LBP=£LB MXN=$MX NAD=$NA NZD=$NZ SBD=$SB SGD=$SG SRD=$SR TTD=$TT USD=$US UYU=$UY VND=₫ WST=$WS XAF=FCFA XCG=Cg. \
    XOF=F\u{a0}CFA XPF=FCFP";
const DE: &str = "\
    AUD=AU$ BRL=R$ CAD=CA$ CNY=CN¥ EUR=€ GBP=£ HKD=HK$ ILS=₪ INR=₹ JPY=¥ KRW=₩ MXN=MX$ NZD=NZ$ THB=฿ TWD=NT$ USD=$ VND=₫ \
    XAF=FCFA XCD=EC$ XCG=Cg. XOF=F\u{a0}CFA XPF=CFPF";

/// The symbol, or the code itself.
pub(super) fn symbol(language: Language, code: &'static str) -> &'static str {
    let table = match language {
        Language::PtBr => PT_BR,
        Language::En => EN,
        Language::Es => ES,
        Language::It => IT,
        Language::Fr => FR,
        Language::De => DE,
    };
    table.split(' ').find_map(|entry| entry.strip_prefix(code)?.strip_prefix('=')).unwrap_or(code)
}
