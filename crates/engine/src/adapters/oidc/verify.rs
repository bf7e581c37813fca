//! The arithmetic of signatures, by `ring`.
//!
//! Deliberately absent: everything that decides which key and which algorithm; that was settled in `wire`.

use regua_wire::oidc::{Algorithm, Key, Material, Token};
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};

/// Whether a token's signature is this key's.
pub(super) fn holds(key: &Key, token: &Token<'_>) -> bool {
    match (&key.material, token.algorithm) {
        (Material::Rsa { modulus, exponent }, Algorithm::Rs256) => {
            let key = RsaPublicKeyComponents { n: modulus, e: exponent };
            key.verify(&RSA_PKCS1_2048_8192_SHA256, token.signed, &token.signature).is_ok()
        }
        (Material::P256(point), Algorithm::Es256) => {
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(token.signed, &token.signature).is_ok()
        }
        (Material::Rsa { .. }, Algorithm::Es256) | (Material::P256(_), Algorithm::Rs256) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use regua_wire::oidc::Jwks;

    /// RFC 7515 appendices A.2 and A.3: the public key and the token of each.
    const EXAMPLES: [(&str, &str); 2] = [
        (
            r#"{"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}"#,
            "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
        ),
        (
            r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
            "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
        ),
    ];

    fn key(jwk: &str) -> Key {
        Jwks::read(format!(r#"{{"keys":[{jwk}]}}"#).as_bytes()).unwrap().keys()[0].clone()
    }

    #[test]
    fn the_standards_examples_hold_and_no_altered_one_does() {
        for (jwk, text) in EXAMPLES {
            let (key, token) = (key(jwk), Token::read(text).unwrap());
            assert!(holds(&key, &token));
            let mut altered = token.clone();
            for place in 0..altered.signature.len() {
                altered.signature[place] ^= 1;
                assert!(!holds(&key, &altered), "{place}");
                altered.signature[place] ^= 1;
            }
            altered.signature.push(0);
            assert!(!holds(&key, &altered));
            altered.signature.clear();
            assert!(!holds(&key, &altered));
            let other = text.replacen("eyJpc3MiOiJqb2Ui", "eyJpc3MiOiJqb2Yi", 1);
            assert!(other != text && !holds(&key, &Token::read(&other).unwrap()));
        }
    }

    #[test]
    fn one_kind_of_key_answers_for_no_other() {
        let [(rsa, rs256), (ec, es256)] = EXAMPLES;
        assert!(!holds(&key(rsa), &Token::read(es256).unwrap()) && !holds(&key(ec), &Token::read(rs256).unwrap()));
        // A point that is not on the curve.
        let off = ec.replace("f83OJ3D2", "f83OJ3D3");
        assert!(!holds(&key(&off), &Token::read(es256).unwrap()));
    }
}
