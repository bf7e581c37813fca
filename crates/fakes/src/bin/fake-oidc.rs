//! A fake identity provider to be asked by hand: prints its issuer, and a client's id and secret.
//!
//! Deliberately absent: faults and lies by argument; tests script them.

use regua_fakes::args::Args;
use regua_fakes::oidc::{Client, FakeOidc, Script, Signs, User};

#[expect(clippy::print_stdout, reason = "a program tells its address")]
#[expect(clippy::disallowed_methods, reason = "a program that is used by hand lives in the present")]
fn main() -> Result<(), String> {
    let known = ["port", "now", "client", "secret", "redirect", "email", "name"];
    let args = Args::read(std::env::args().skip(1), &known, &["es256", "thin", "unverified"])?;
    let present = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (client, user) = (Client::default(), User::default());
    let said = |name: &str, otherwise: String| args.value(name).map_or(otherwise, str::to_owned);
    let client = Client {
        id: said("client", client.id),
        secret: said("secret", "fake-secret".to_owned()),
        redirects: args.value("redirect").map_or(client.redirects, |redirect| vec![redirect.to_owned()]),
    };
    let user = User { email: said("email", user.email), name: said("name", user.name), verified: !args.flag("unverified"), ..user };
    let script = Script {
        now: args.number("now", i64::try_from(present).unwrap_or(0))?,
        running: true,
        port: args.number("port", 0)?,
        signs: if args.flag("es256") { Signs::Es256 } else { Signs::Rs256 },
        thin: args.flag("thin"),
        clients: vec![client.clone()],
        users: vec![user.clone()],
        ..Script::default()
    };
    let fake = FakeOidc::start(script).map_err(|error| format!("it does not start: {error}"))?;
    println!("{}  client {} with secret {}, returns to {}", fake.issuer(), client.id, client.secret, client.redirects.join(" "));
    println!("whoever comes is {} <{}>", user.name, user.email);
    loop {
        std::thread::park();
    }
}
