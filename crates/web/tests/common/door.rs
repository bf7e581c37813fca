//! People at browsers: cookies, the token that forms repeat, and one-time codes.

use regua_core::ids::PersonId;
use regua_engine::people::{Credentials, Limit, NewPerson, Role, SignIn, SignedIn, Standing};
use regua_web::Host as _;
use serde_json::{Value, json};

use super::common::{Answer, Site};

/// A password that will do.
pub(crate) const PASSWORD: &str = "tapir-lua-goiaba-7";

/// Somebody at a browser.
pub(crate) struct Browser {
    /// The cookie's value.
    pub(crate) cookie: String,
    /// What forms repeat.
    pub(crate) csrf: String,
}

/// The value that an answer sets a cookie to; nothing when it sets none.
pub(crate) fn set_cookie(answer: &Answer, name: &str) -> Option<String> {
    let own = |(header, value): &(String, String)| {
        let (known, rest) = value.split_once('=')?;
        (header == "set-cookie" && known == name).then(|| rest.split(';').next().unwrap_or_default().to_owned())
    };
    answer.headers.iter().find_map(own)
}

/// Asks as nobody, JSON in.
pub(crate) fn stranger(site: &Site, method: &str, path: &str, body: &Value) -> Answer {
    site.send(method, path, &[("Content-Type", "application/json")], body.to_string().as_bytes())
}

/// Signs in over HTTP.
pub(crate) fn sign_in(site: &Site, email: &str, password: &str) -> Answer {
    stranger(site, "POST", "/v1/session", &json!({"email": email, "password": password}))
}

impl Browser {
    /// Of an answer that signed somebody in.
    pub(crate) fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{}", answer.text());
        let cookie = set_cookie(answer, "regua_session").expect("a cookie");
        let csrf = answer.json()["csrf_token"].as_str().expect("a token").to_owned();
        Self { cookie, csrf }
    }

    /// Signs in, and must come in.
    pub(crate) fn signed_in(site: &Site, email: &str) -> Self {
        Self::of(&sign_in(site, email, PASSWORD))
    }

    /// Looks.
    pub(crate) fn get(&self, site: &Site, path: &str) -> Answer {
        site.send("GET", path, &[("Cookie", &self.cookie_header())], b"")
    }

    /// Does something.
    pub(crate) fn act(&self, site: &Site, method: &str, path: &str, body: &Value) -> Answer {
        self.act_with(site, method, path, &[], body)
    }

    /// Does something, with headers besides.
    pub(crate) fn act_with(&self, site: &Site, method: &str, path: &str, more: &[(&str, &str)], body: &Value) -> Answer {
        let cookie = self.cookie_header();
        let mut headers = vec![("Cookie", cookie.as_str()), ("X-CSRF-Token", self.csrf.as_str()), ("Content-Type", "application/json")];
        headers.extend_from_slice(more);
        site.send(method, path, &headers, body.to_string().as_bytes())
    }

    /// The header with the session.
    pub(crate) fn cookie_header(&self) -> String {
        format!("regua_session={}", self.cookie)
    }
}

/// Sets the first owner up, without HTTP: Ana.
pub(crate) fn set_up(site: &Site) -> PersonId {
    let new = NewPerson { name: "Ana", email: "ana@nuvem.example" };
    let mut rng = site.program.random();
    site.engine().set_up(site.tenant(), new, PASSWORD, site.program.now(), &mut rng).expect("the first owner")
}

/// Somebody of the company, without HTTP; Ana must be there.
pub(crate) fn hire(site: &Site, name: &str, role: Role, limit: Option<i64>) -> PersonId {
    let (email, mut rng, now) = (format!("{}@nuvem.example", name.to_lowercase()), site.program.random(), site.program.now());
    let owner = came_in(site, "ana@nuvem.example").caller;
    let standing = Standing { role, limit: limit.and_then(Limit::new) };
    let new = NewPerson { name, email: &email };
    let (id, token) = site.engine().invite(&owner, new, standing, now, &mut rng).expect("an invitation");
    site.engine().accept(token.expose(), PASSWORD, now, &mut rng).expect("a password");
    id
}

/// Signs somebody in, without HTTP.
pub(crate) fn came_in(site: &Site, email: &str) -> Box<SignedIn> {
    let typed = Credentials { email, password: PASSWORD, code: None };
    let mut rng = site.program.random();
    match site.engine().sign_in(site.tenant(), typed, "127.0.0.1", site.program.now(), &mut rng).expect("it is looked at") {
        SignIn::Done(signed) => signed,
        SignIn::NeedsCode | SignIn::Refused | SignIn::Throttled { .. } => panic!("{email} does not come in"),
    }
}
