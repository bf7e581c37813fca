use std::sync::Arc;

use regua_wire::channels::answer::{Next, Refusal};

use super::*;
use crate::adapters::post::Memory;
use crate::ports::EffectKey;

/// Takes everything at once, says in which order, and closes the line at what it is told to.
struct Takes {
    seen: Arc<Mutex<Vec<(u64, String)>>>,
    began: Clock,
    alerts_at: &'static str,
}

impl Carries for Takes {
    fn send(&mut self, parcel: &Parcel) -> Sent {
        locked(&self.seen).push((micros(self.began), parcel.to.clone()));
        assert_ne!(parcel.to, "panic");
        if parcel.to == self.alerts_at {
            return Sent::of_refusal(&Refusal { code: "190".to_owned(), next: Next::Alert, why: "the key is not right".to_owned() });
        }
        Sent::Accepted { reply: format!("taken as {}", parcel.to) }
    }

    fn check(&mut self) -> Result<String, String> {
        Ok("it takes everything".to_owned())
    }
}

type Seen = Arc<Mutex<Vec<(u64, String)>>>;

fn line(channel: Channel, carriers: usize, per_second: u32, alerts_at: &'static str) -> (Line, Seen) {
    let (seen, began) = (Seen::default(), Clock::now());
    let one = || -> Box<dyn Carries> { Box::new(Takes { seen: Arc::clone(&seen), began, alerts_at }) };
    (Line::new(Channels::of(channel), (0..carriers).map(|_| one()).collect(), per_second), seen)
}

fn parcel(channel: Channel, to: &str) -> Parcel {
    let (key, to) = (EffectKey(to.to_owned()), to.to_owned());
    Parcel { key, channel, to, subject: None, text: "Oi".to_owned(), mail: None, template: None, whose: None }
}

fn replies(sent: &[Sent]) -> Vec<&str> {
    sent.iter()
        .map(|sent| match sent {
            Sent::Accepted { reply } | Sent::Refused { reply, .. } | Sent::Later { reply, .. } | Sent::Unknown { why: reply } => {
                reply.as_str()
            }
        })
        .collect()
}

#[test]
fn each_channel_has_its_own_way_and_answers_keep_the_order_of_parcels() {
    let ((sms, by_sms), (push, by_push)) = (line(Channel::Sms, 2, 0, "-"), line(Channel::Push, 1, 0, "-"));
    let mut board = Switchboard::new(Some(Box::new(Memory::default())), vec![sms, push]);
    assert!(board.carries().meets(Channels::of(Channel::Sms)) && board.carries().meets(Channels::of(Channel::Email)));
    let all = [(Channel::Push, "p1"), (Channel::Sms, "s1"), (Channel::Email, "e1"), (Channel::Sms, "s2")].map(|(of, to)| parcel(of, to));
    let sent = board.send(&all.iter().collect::<Vec<_>>());
    assert_eq!(replies(&sent), ["taken as p1", "taken as s1", "captured", "taken as s2"]);
    assert_eq!((locked(&by_sms).len(), locked(&by_push).len()), (2, 1));
    let mut bare = Switchboard::new(None, vec![]);
    assert!(bare.carries().is_empty());
    assert!(matches!(bare.send(&[&all[0]])[..], [Sent::Refused { .. }]));
}

#[test]
fn a_rate_is_kept_the_first_go_first_and_the_rest_wait_outside() {
    let (sms, seen) = line(Channel::Sms, 4, 20, "-");
    let mut board = Switchboard::new(None, vec![sms]);
    let all: Vec<Parcel> = (0..50).map(|number| parcel(Channel::Sms, &format!("{number:02}"))).collect();
    let sent = board.send(&all.iter().collect::<Vec<_>>());
    let waiting = sent.iter().filter(|sent| sent.says() == Says::Rate).count();
    assert_eq!(waiting, 10, "two seconds' worth go, the rest are no try");
    assert!(sent[40..].iter().all(|sent| sent.wait_secs() == Some(1)), "{:?}", &sent[40..]);
    let seen = locked(&seen);
    let mut order: Vec<&str> = seen.iter().map(|(_, to)| to.as_str()).collect();
    order.sort_unstable();
    assert_eq!(order, (0..40).map(|number| format!("{number:02}")).collect::<Vec<_>>());
    let mut moments: Vec<u64> = seen.iter().map(|(at, _)| *at).collect();
    moments.sort_unstable();
    for (place, from) in moments.iter().enumerate() {
        // Between its turn and its first byte a thread may be put aside for a moment.
        let within = moments[place..].iter().take_while(|at| **at < from + 950_000).count();
        assert!(within <= 20, "{within} within a second");
    }
}

#[test]
fn a_far_side_that_needs_a_person_closes_its_channel_and_no_other() {
    let ((sms, by_sms), (push, _)) = (line(Channel::Sms, 1, 0, "s2"), line(Channel::Push, 1, 0, "-"));
    let mut board = Switchboard::new(None, vec![sms, push]);
    let all = ["s1", "s2", "s3", "s4"].map(|to| parcel(Channel::Sms, to));
    let sent = board.send(&all.iter().collect::<Vec<_>>());
    assert_eq!(sent.iter().map(Sent::says).collect::<Vec<_>>(), [Says::Nothing, Says::Alert, Says::Closed, Says::Closed]);
    assert_eq!(locked(&by_sms).len(), 2, "what came behind it was not tried");
    assert!(!board.carries().meets(Channels::of(Channel::Sms)) && board.carries().meets(Channels::of(Channel::Push)));
    assert!(board.closed().meets(Channels::of(Channel::Sms)) && !board.closed().meets(Channels::of(Channel::Push)));
    assert_eq!(board.send(&[&all[3]])[0].says(), Says::Closed);
    assert_eq!(locked(&by_sms).len(), 2);
}

#[test]
fn a_carrier_that_panics_makes_nothing_known_that_is_not() {
    let (sms, _) = line(Channel::Sms, 1, 0, "-");
    let mut board = Switchboard::new(None, vec![sms]);
    let all = ["s1", "panic", "s3"].map(|to| parcel(Channel::Sms, to));
    let sent = board.send(&all.iter().collect::<Vec<_>>());
    assert_eq!(sent.len(), 3);
    assert!(sent.iter().all(|sent| matches!(sent, Sent::Unknown { .. })), "its whole work is in doubt: {sent:?}");
}
