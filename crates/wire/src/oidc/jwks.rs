//! A provider's keys (RFC 7517): those that verify signatures of the two kinds read here; every other is passed over.
//!
//! Deliberately absent: certificates beside keys (`x5c`, `x5u`): what is trusted is the address that the set came from.

use serde::Deserialize;
use serde_json::Value;

use super::{Algorithm, What, Wrong, decode, json};

/// Keys of a set that are looked at.
const KEYS_MAX: usize = 64;
/// Bytes of a key's name.
const ID_BYTES_MAX: usize = 512;
/// Bits of an RSA modulus.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2_048..=8_192;
/// Bytes of a coordinate of P-256.
const COORDINATE: usize = 32;

/// A key that verifies signatures.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Key {
    /// Its name (`kid`).
    pub id: Option<String>,
    /// What it is made of.
    pub material: Material,
}

/// The public numbers of a key, most significant byte first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Material {
    /// RSA of 2048 to 8192 bits; no byte of either begins with nought.
    Rsa {
        /// The modulus.
        modulus: Vec<u8>,
        /// The exponent: odd, 3 at least.
        exponent: Vec<u8>,
    },
    /// A point of P-256, uncompressed: 4, then 32 bytes of each coordinate. Whether it is on the curve is not known yet.
    P256(Vec<u8>),
}

impl Material {
    /// What it verifies.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        match self {
            Self::Rsa { .. } => Algorithm::Rs256,
            Self::P256(_) => Algorithm::Es256,
        }
    }
}

/// The keys of a set that can be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Jwks(Vec<Key>);

#[derive(Deserialize)]
struct Raw {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct RawKey {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Jwks {
    /// Reads a set. A key of another kind, for another use or of a size that is not good is passed over.
    ///
    /// # Errors
    /// [`Wrong::NoKeys`] when none is left.
    pub fn read(bytes: &[u8]) -> Result<Self, Wrong> {
        let raw: Raw = json(What::Keys, bytes)?;
        let keys = raw.keys.into_iter().take(KEYS_MAX);
        let keys: Vec<Key> = keys.filter_map(|key| serde_json::from_value(key).ok()).filter_map(usable).collect();
        if keys.is_empty() { Err(Wrong::NoKeys) } else { Ok(Self(keys)) }
    }

    /// Those that may have signed a token: of its kind and its key's name. A token without a name is the only key's of its
    /// kind, or nobody's.
    #[must_use]
    pub fn candidates(&self, algorithm: Algorithm, id: Option<&str>) -> Vec<&Key> {
        let fitting = self.0.iter().filter(|key| key.material.algorithm() == algorithm);
        match id {
            Some(id) => fitting.filter(|key| key.id.as_deref() == Some(id)).collect(),
            None => {
                let all: Vec<&Key> = fitting.collect();
                if all.len() == 1 { all } else { Vec::new() }
            }
        }
    }

    /// All of them.
    #[must_use]
    pub fn keys(&self) -> &[Key] {
        &self.0
    }
}

fn usable(raw: RawKey) -> Option<Key> {
    let verifies = raw.usage.is_none_or(|usage| usage == "sig") && raw.key_ops.is_none_or(|ops| ops.iter().any(|op| op == "verify"));
    let named = raw.kid.as_ref().is_none_or(|id| id.len() <= ID_BYTES_MAX);
    if !verifies || !named {
        return None;
    }
    let material = match raw.kty.as_str() {
        "RSA" => rsa(&raw.n?, &raw.e?)?,
        "EC" if raw.crv.as_deref() == Some("P-256") => point(&raw.x?, &raw.y?)?,
        _ => return None,
    };
    let fits = raw.alg.is_none_or(|alg| Algorithm::parse(&alg) == Some(material.algorithm()));
    fits.then_some(Key { id: raw.kid, material })
}

fn rsa(modulus: &str, exponent: &str) -> Option<Material> {
    let (modulus, exponent) = (number(modulus)?, number(exponent)?);
    let first = modulus.first()?;
    let bits = 8 * modulus.len() - usize::try_from(first.leading_zeros()).ok()?;
    let odd = |bytes: &[u8]| bytes.last().is_some_and(|last| last & 1 == 1);
    let good = RSA_BITS.contains(&bits) && odd(&modulus) && odd(&exponent) && exponent.len() <= 4 && exponent != [1];
    good.then_some(Material::Rsa { modulus, exponent })
}

fn point(x: &str, y: &str) -> Option<Material> {
    let (x, y) = (decode(x)?, decode(y)?);
    if x.len() != COORDINATE || y.len() != COORDINATE {
        return None;
    }
    let mut point = vec![4];
    point.extend_from_slice(&x);
    point.extend_from_slice(&y);
    Some(Material::P256(point))
}

/// A number without the noughts that some write in front of it.
fn number(text: &str) -> Option<Vec<u8>> {
    let bytes = decode(text)?;
    let start = bytes.iter().position(|byte| *byte != 0)?;
    bytes.get(start..).map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::encode;
    use serde_json::json;

    /// The example set of RFC 7517 appendix A.1.
    const A1: &str = r#"{"keys":[
        {"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"enc","kid":"1"},
        {"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}]}"#;

    fn read(keys: &Value) -> Result<Jwks, Wrong> {
        Jwks::read(json!({"keys": keys}).to_string().as_bytes())
    }

    fn rsa_key(bits: usize, exponent: &[u8]) -> Value {
        let mut modulus = vec![0xff; bits.div_ceil(8)];
        modulus[0] = if bits.is_multiple_of(8) { 0x80 } else { 1 << (bits % 8 - 1) };
        json!({"kty": "RSA", "kid": "a", "n": encode(&modulus), "e": encode(exponent)})
    }

    #[test]
    fn of_the_standards_example_the_key_for_signatures_is_taken() {
        let set = Jwks::read(A1.as_bytes()).unwrap();
        let [key] = set.keys() else { panic!("one is for encryption") };
        let Material::Rsa { modulus, exponent } = &key.material else { panic!("it is RSA") };
        assert_eq!((modulus.len(), exponent.as_slice(), key.id.as_deref()), (256, &[1, 0, 1][..], Some("2011-04-29")));
        assert_eq!(set.candidates(Algorithm::Rs256, Some("2011-04-29")).len(), 1);
        assert_eq!(set.candidates(Algorithm::Rs256, None).len(), 1);
        assert!(set.candidates(Algorithm::Rs256, Some("1")).is_empty());
        assert!(set.candidates(Algorithm::Es256, Some("2011-04-29")).is_empty(), "a key of one kind verifies no other");
    }

    #[test]
    fn small_and_odd_keys_are_passed_over() {
        for (bits, taken) in [(512, false), (2_047, false), (2_048, true), (2_049, true), (8_192, true), (8_193, false)] {
            assert_eq!(read(&json!([rsa_key(bits, &[1, 0, 1])])).is_ok(), taken, "{bits}");
        }
        for (exponent, taken) in [(&[][..], false), (&[1], false), (&[2], false), (&[3], true), (&[0, 3], true), (&[1, 0, 0, 0, 1], false)]
        {
            assert_eq!(read(&json!([rsa_key(2_048, exponent)])).is_ok(), taken, "{exponent:?}");
        }
        let point = |x: usize, curve: &str| json!({"kty": "EC", "crv": curve, "x": encode(&vec![7; x]), "y": encode(&[7; 32])});
        assert!(read(&json!([point(32, "P-256")])).is_ok());
        assert_eq!(read(&json!([point(31, "P-256"), point(33, "P-256"), point(32, "P-384")])), Err(Wrong::NoKeys));
    }

    #[test]
    fn a_key_for_another_use_is_passed_over_and_the_others_stay() {
        let mut keys = vec![json!({"kty": "OKP", "crv": "Ed25519", "x": "AA"}), json!({"kty": "oct", "k": "AA"}), json!(7), json!({})];
        for (field, value) in
            [("use", json!("enc")), ("key_ops", json!(["encrypt"])), ("alg", json!("PS256")), ("alg", json!("ES256")), ("n", json!("="))]
        {
            let mut key = rsa_key(2_048, &[1, 0, 1]);
            key[field] = value;
            keys.push(key);
        }
        assert_eq!(read(&json!(keys)), Err(Wrong::NoKeys));
        keys.push(rsa_key(2_048, &[1, 0, 1]));
        assert_eq!(read(&json!(keys)).unwrap().keys().len(), 1);
        assert_eq!(Jwks::read(b"{}"), Err(Wrong::NotJson(What::Keys)));
    }

    #[test]
    fn a_token_without_a_name_is_the_only_keys_or_nobodys() {
        let keys = [rsa_key(2_048, &[1, 0, 1]), rsa_key(3_072, &[1, 0, 1])];
        assert_eq!(read(&json!(keys)).unwrap().candidates(Algorithm::Rs256, None).len(), 0);
        assert_eq!(read(&json!([keys[0]])).unwrap().candidates(Algorithm::Rs256, None).len(), 1);
    }
}
