//! The keys of a fake provider, and tokens signed with them.
//!
//! The RSA keys are the examples of RFC 7515 and RFC 7517, private parts included: everybody has them, and making one would need
//! another library. Keys of P-256 are new each time.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use ring::rand::SystemRandom;
use ring::rsa::{KeyPairComponents, PublicKeyComponents};
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};
use sha2::Sha256;

/// How tokens are signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Signs {
    /// RSA.
    Rs256,
    /// P-256.
    Es256,
}

impl Signs {
    /// Its name in a header.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }
}

/// Modulus, private exponent, both primes, both exponents of the remainder theorem, and its coefficient.
type Rsa = [&'static str; 7];

const RFC_7515_A2: Rsa = [
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
    "Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ",
    "4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc",
    "uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t62wDmpe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc",
    "BwKfV3Akq5_MFZDFZCnW-wzl-CCo83WoZvnLQwCTeDv8uzluRSnm71I3QCLdhrqE2e9YkxvuxdBfpT_PI7Yz-FOKnu1R6HsJeDCjn12Sk3vmAktV2zb34MCdy7cpdTh_YVr7tss2u6vneTwrA86rZtu5Mbr1C1XsmvkxHQAdYo0",
    "h_96-mK1R_7glhsum81dZxjTnYynPbZpHziZjeeHcXYsXaaMwkOlODsWa7I9xXDoRwbKgB719rrmI2oKr6N3Do9U0ajaHF-NKJnwgjMd2w9cjz3_-kyNlxAr2v4IKhGNpmM5iIgOS1VZnOZ68m6_pbLBSp3nssTdlqvd0tIiTHU",
    "IYd7DHOhrWvxkwPQsRM2tOgrjbcrfvtQJipd-DlcxyVuuM9sQLdgjVk2oy26F0EmpScGLq2MowX7fhd_QJQ3ydy5cY7YIBi87w93IKLEdfnbJtoOPLUW0ITrJReOgo1cq9SbsxYawBgfp_gh6A5603k2-ZQwVK0JKSHuLFkuQ3U",
];

const RFC_7517_A2: Rsa = [
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    "X4cTteJY_gn4FYPsXB8rdXix5vwsg1FLN5E3EaG6RJoVH-HLLKD9M7dx5oo7GURknchnrRweUkC7hT5fJLM0WbFAKNLWY2vv7B6NqXSzUvxT0_YSfqijwp3RTzlBaCxWp4doFk5N2o8Gy_nHNKroADIkJ46pRUohsXywbReAdYaMwFs9tv8d_cPVY3i07a3t8MN6TNwm0dSawm9v47UiCl3Sk5ZiG7xojPLu4sbg1U2jx4IBTNBznbJSzFHK66jT8bgkuqsk0GjskDJk19Z4qwjwbsnn4j2WBii3RL-Us2lGVkY8fkFzme1z0HbIkfz0Y6mqnOYtqc0X4jfcKoAC8Q",
    "83i-7IvMGXoMXCskv73TKr8637FiO7Z27zv8oj6pbWUQyLPQBQxtPVnwD20R-60eTDmD2ujnMt5PoqMrm8RfmNhVWDtjjMmCMjOpSXicFHj7XOuVIYQyqVWlWEh6dN36GVZYk93N8Bc9vY41xy8B9RzzOGVQzXvNEvn7O0nVbfs",
    "3dfOR9cuYq-0S-mkFLzgItgMEfFzB2q3hWehMuG0oCuqnb3vobLyumqjVZQO1dIrdwgTnCdpYzBcOfW5r370AFXjiWft_NGEiovonizhKpo9VVS78TzFgxkIdrecRezsZ-1kYd_s1qDbxtkDEgfAITAG9LUnADun4vIcb6yelxk",
    "G4sPXkc6Ya9y8oJW9_ILj4xuppu0lzi_H7VTkS8xj5SdX3coE0oimYwxIi2emTAue0UOa5dpgFGyBJ4c8tQ2VF402XRugKDTP8akYhFo5tAA77Qe_NmtuYZc3C3m3I24G2GvR5sSDxUyAN2zq8Lfn9EUms6rY3Ob8YeiKkTiBj0",
    "s9lAH9fggBsoFR8Oac2R_E2gw282rT2kGOAhvIllETE1efrA6huUUvMfBcMpn8lqeW6vzznYY5SSQF7pMdC_agI3nG8Ibp1BUb0JUiraRNqUfLhcQb_d9GF4Dh7e74WbRsobRonujTYN1xCaP6TO61jvWrX-L18txXw494Q_cgk",
    "GyM_p6JrXySiz1toFgKbWV-JdI3jQ4ypu9rbMWx3rQJBfmt0FoYzgUIZEVFEcOqwemRN81zoDAaa-Bk0KWNGDjJHZDdDmFhW3AN7lI-puxk_mHZGJ11rxyR8O55XLSe3SPmRfKwZI6yU24ZxvQKFYItdldUKGzO6Ia6zTKhAVRU",
];

#[derive(Debug)]
enum Pair {
    Rsa(RsaKeyPair, &'static str),
    Ec(EcdsaKeyPair),
}

/// One key and its name.
#[derive(Debug)]
struct Key {
    id: String,
    pair: Pair,
}

/// Every key that is published; the last signs.
#[derive(Debug)]
pub(crate) struct Keys {
    signs: Signs,
    made: usize,
    keys: Vec<Key>,
    random: SystemRandom,
}

/// How a token is made otherwise than it should be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Made<'a> {
    Truly,
    Unsigned,
    WithThePublished,
    Naming(&'a str),
    WithAnother,
}

impl Keys {
    pub(crate) fn new(signs: Signs) -> Result<Self, String> {
        let mut keys = Self { signs, made: 0, keys: Vec::new(), random: SystemRandom::new() };
        keys.rotate()?;
        Ok(keys)
    }

    pub(crate) fn signs(&self) -> Signs {
        self.signs
    }

    /// One more key, which signs from now on. There are two of RSA, which take turns under new names.
    pub(crate) fn rotate(&mut self) -> Result<(), String> {
        self.made += 1;
        let pair = self.pair(self.made)?;
        self.keys.push(Key { id: format!("key-{}", self.made), pair });
        Ok(())
    }

    /// Only the key that signs stays.
    pub(crate) fn withdraw(&mut self) {
        let old = self.keys.len().saturating_sub(1);
        self.keys.drain(..old);
    }

    fn pair(&self, turn: usize) -> Result<Pair, String> {
        match self.signs {
            Signs::Rs256 => {
                let parts = if turn.is_multiple_of(2) { RFC_7517_A2 } else { RFC_7515_A2 };
                Ok(Pair::Rsa(rsa(&parts)?, parts[0]))
            }
            Signs::Es256 => {
                let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &self.random);
                let made = made.map_err(|_unsaid| "no key could be made".to_owned())?;
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, made.as_ref(), &self.random);
                pair.map(Pair::Ec).map_err(|error| error.to_string())
            }
        }
    }

    /// The set as it is published, with a key of another kind and one for encryption beside, as providers have them.
    pub(crate) fn published(&self) -> Value {
        let mut set: Vec<Value> = vec![
            json!({"kty": "OKP", "crv": "Ed25519", "kid": "other-kind", "use": "sig",
                "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}),
            json!({"kty": "RSA", "kid": "encryption", "use": "enc", "alg": "RSA-OAEP", "n": RFC_7517_A2[0], "e": "AQAB"}),
        ];
        set.extend(self.keys.iter().map(|key| match &key.pair {
            Pair::Rsa(_, modulus) => json!({"kty": "RSA", "kid": key.id, "use": "sig", "alg": "RS256", "n": modulus, "e": "AQAB"}),
            Pair::Ec(pair) => {
                let (x, y) = coordinates(pair);
                json!({"kty": "EC", "crv": "P-256", "kid": key.id, "use": "sig", "alg": "ES256", "x": x, "y": y})
            }
        }));
        json!({"keys": set})
    }

    /// A token that says so.
    pub(crate) fn token(&self, claims: &Value, made: Made<'_>) -> Result<String, String> {
        let key = self.keys.last().ok_or("there is no key")?;
        let (name, id) = match made {
            Made::Unsigned => ("none", key.id.as_str()),
            Made::WithThePublished => ("HS256", key.id.as_str()),
            Made::Naming(id) => (self.signs.name(), id),
            Made::Truly | Made::WithAnother => (self.signs.name(), key.id.as_str()),
        };
        let header = json!({"alg": name, "kid": id, "typ": "JWT"});
        let signed = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()));
        let signature = match made {
            Made::Unsigned => Vec::new(),
            Made::WithThePublished => {
                let secret = match &key.pair {
                    Pair::Rsa(_, modulus) => (*modulus).to_owned(),
                    Pair::Ec(pair) => coordinates(pair).0,
                };
                let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|error| error.to_string())?;
                mac.chain_update(&signed).finalize().into_bytes().to_vec()
            }
            Made::WithAnother => self.sign(&self.pair(self.made + 1)?, &signed)?,
            Made::Truly | Made::Naming(_) => self.sign(&key.pair, &signed)?,
        };
        Ok(format!("{signed}.{}", BASE64.encode(signature)))
    }

    fn sign(&self, pair: &Pair, text: &str) -> Result<Vec<u8>, String> {
        let failed = |_unsaid| "it could not be signed".to_owned();
        match pair {
            Pair::Rsa(pair, _) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &self.random, text.as_bytes(), &mut signature).map_err(failed)?;
                Ok(signature)
            }
            Pair::Ec(pair) => Ok(pair.sign(&self.random, text.as_bytes()).map_err(failed)?.as_ref().to_vec()),
        }
    }
}

fn rsa(parts: &Rsa) -> Result<RsaKeyPair, String> {
    let [n, d, p, q, d_p, d_q, q_inv] = parts.map(|part| BASE64.decode(part).unwrap_or_default());
    let public_key = PublicKeyComponents { n, e: vec![1, 0, 1] };
    RsaKeyPair::from_components(&KeyPairComponents { public_key, d, p, q, dP: d_p, dQ: d_q, qInv: q_inv })
        .map_err(|error| error.to_string())
}

/// Both coordinates of the public point, behind the byte that says that both are there.
fn coordinates(pair: &EcdsaKeyPair) -> (String, String) {
    let point = pair.public_key().as_ref();
    let part = |from: usize| BASE64.encode(point.get(from..from + 32).unwrap_or_default());
    (part(1), part(33))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};

    #[test]
    fn the_standards_key_signs_as_the_standard_does() {
        let keys = Keys::new(Signs::Rs256).unwrap();
        // RFC 7515 appendix A.2.3: what is signed, and how the signature begins and ends.
        let text = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let signature = BASE64.encode(keys.sign(&keys.pair(1).unwrap(), text).unwrap());
        assert!(signature.starts_with("cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7"), "{signature}");
        assert!(signature.ends_with("p0igcN_IoypGlUPQGe77Rw"), "{signature}");
    }

    #[test]
    fn what_is_published_verifies_what_is_signed_and_an_old_key_stays_until_it_is_withdrawn() {
        let mut keys = Keys::new(Signs::Rs256).unwrap();
        keys.rotate().unwrap();
        let token = keys.token(&json!({"sub": "1"}), Made::Truly).unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let published = keys.published();
        let names: Vec<&str> = published["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap()).collect();
        assert_eq!(names, ["other-kind", "encryption", "key-1", "key-2"]);
        let n = BASE64.decode(published["keys"][3]["n"].as_str().unwrap()).unwrap();
        let key = RsaPublicKeyComponents { n, e: vec![1, 0, 1] };
        key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &BASE64.decode(signature).unwrap()).unwrap();
        keys.withdraw();
        assert_eq!(keys.published()["keys"].as_array().unwrap().len(), 3);
    }
}
