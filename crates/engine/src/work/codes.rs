//! What a call came to, and what follows from it: decided here from what is known, and carried out elsewhere.

use regua_core::calendar::Calendar;
use regua_core::facts::{Cause, Fact};
use regua_core::time::Day;

/// Days ahead to which a task is put off at most.
pub const FOLLOW_UP_DAYS_MAX: i32 = 366;
/// Open days after which somebody asks again who said that they pay later, when nothing else is said.
const LATER_DAYS: i32 = 3;

/// What a call came to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Code {
    /// They promised to pay on a day.
    Promised,
    /// Nobody was reached.
    NoAnswer,
    /// The number is somebody else's.
    WrongNumber,
    /// They contest the debt.
    Disputes,
    /// They pay later, and say no day.
    PaysLater,
    /// They say that they paid.
    PaidAlready,
    /// Whatever else.
    Other,
}

impl Code {
    /// Every one.
    pub const ALL: [Self; 7] =
        [Self::Promised, Self::NoAnswer, Self::WrongNumber, Self::Disputes, Self::PaysLater, Self::PaidAlready, Self::Other];

    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Promised => "promised",
            Self::NoAnswer => "no_answer",
            Self::WrongNumber => "wrong_number",
            Self::Disputes => "disputes",
            Self::PaysLater => "pays_later",
            Self::PaidAlready => "paid_already",
            Self::Other => "other",
        }
    }

    /// The code of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == word)
    }

    /// Whether something becomes known of the receivable with it.
    #[must_use]
    pub const fn is_of_receivable(self) -> bool {
        match self {
            Self::Promised | Self::Disputes | Self::PaidAlready => true,
            Self::NoAnswer | Self::WrongNumber | Self::PaysLater | Self::Other => false,
        }
    }
}

/// What is known when a call is over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    pub(super) code: Code,
    /// The day promised.
    pub(super) on: Option<Day>,
    /// The day on which somebody is to look again, if the caller said one.
    pub(super) follow_up_on: Option<Day>,
    /// Whether the task is of a receivable.
    pub(super) of_receivable: bool,
    /// Whether the customer has a number that works besides the one that was called.
    pub(super) other_number: bool,
    pub(super) today: Day,
    pub(super) calendar: Calendar,
}

/// Where the task stands then.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Then {
    /// It is over.
    Over,
    /// It waits for somebody now, whoever comes first.
    Now,
    /// It comes back on a day.
    Back(Day),
}

/// What follows from a call.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Next {
    /// What becomes known of the receivable.
    pub(super) fact: Option<Fact>,
    /// Whether the number that was called is used no more.
    pub(super) ends_number: bool,
    /// Whether it counts as nobody reached.
    pub(super) counts: bool,
    pub(super) then: Then,
}

/// What of the input does not fit: a code of [`crate::Error`] and the mend.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Misfit(pub(super) &'static str, pub(super) String);

/// What follows from a call.
pub(super) fn next(call: &Call) -> Result<Next, Misfit> {
    let misfit = |code, what: &str| Err(Misfit(code, what.to_owned()));
    if let Some(day) = call.follow_up_on
        && (day <= call.today || day.since(call.today) > FOLLOW_UP_DAYS_MAX)
    {
        return Err(Misfit("follow_up_day", format!("write a day after today, at most {FOLLOW_UP_DAYS_MAX} days ahead")));
    }
    if call.code.is_of_receivable() && !call.of_receivable {
        return misfit("no_receivable", "this task is about no receivable; enter it on the receivable, and end the task as `other`");
    }
    let promised = match (call.code, call.on) {
        (Code::Promised, None) => return misfit("promise_day", "write the day for which payment is promised"),
        (Code::Promised, Some(day)) if day < call.today => return misfit("promise_day", "write today or a later day"),
        (Code::Promised, day) => day,
        (_, None) => None,
        (_, Some(_)) => return misfit("promise_day", "a day is promised with the code `promised` only; write follow_up_on"),
    };
    let fact = match call.code {
        Code::Promised => promised.map(|on| Fact::Promised { on }),
        Code::Disputes => Some(Fact::Froze { cause: Cause::Dispute }),
        // As when they say so behind their link: the ladder waits as for money on its way.
        Code::PaidAlready => Some(Fact::Initiated { rail: None }),
        Code::NoAnswer | Code::WrongNumber | Code::PaysLater | Code::Other => None,
    };
    let unsaid = match call.code {
        Code::NoAnswer => Then::Back(call.calendar.add_open_days(call.today, 1)),
        Code::PaysLater => Then::Back(call.calendar.add_open_days(call.today, LATER_DAYS)),
        Code::WrongNumber if call.other_number => Then::Now,
        Code::WrongNumber | Code::Promised | Code::Disputes | Code::PaidAlready | Code::Other => Then::Over,
    };
    Ok(Next {
        fact,
        ends_number: call.code == Code::WrongNumber,
        counts: call.code == Code::NoAnswer,
        then: call.follow_up_on.map_or(unsaid, Then::Back),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn call(code: Code) -> Call {
        Call {
            code,
            on: None,
            follow_up_on: None,
            of_receivable: true,
            other_number: false,
            // A Friday.
            today: day("2026-12-04"),
            calendar: Calendar::BrBanking,
        }
    }

    #[test]
    fn every_code_sets_the_next_state() {
        let on = day("2026-12-11");
        let back = |text: &str| Then::Back(day(text));
        let cases = [
            (Call { on: Some(on), ..call(Code::Promised) }, Some(Fact::Promised { on }), Then::Over),
            (call(Code::NoAnswer), None, back("2026-12-07")),
            (call(Code::WrongNumber), None, Then::Over),
            (Call { other_number: true, ..call(Code::WrongNumber) }, None, Then::Now),
            (call(Code::Disputes), Some(Fact::Froze { cause: Cause::Dispute }), Then::Over),
            (call(Code::PaysLater), None, back("2026-12-09")),
            (call(Code::PaidAlready), Some(Fact::Initiated { rail: None }), Then::Over),
            (call(Code::Other), None, Then::Over),
        ];
        for (call, fact, then) in cases {
            let next = next(&call).unwrap();
            assert_eq!((next.fact, next.then), (fact, then), "{:?}", call.code);
            assert_eq!(next.counts, call.code == Code::NoAnswer);
            assert_eq!(next.ends_number, call.code == Code::WrongNumber);
        }
    }

    #[test]
    fn a_day_that_is_said_holds_for_every_code() {
        for code in Code::ALL {
            let on = (code == Code::Promised).then(|| day("2026-12-20"));
            let said = Call { on, follow_up_on: Some(day("2026-12-24")), ..call(code) };
            assert_eq!(next(&said).unwrap().then, Then::Back(day("2026-12-24")), "{code:?}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let refused = |call: Call| next(&call).unwrap_err().0;
        assert_eq!(refused(call(Code::Promised)), "promise_day");
        assert_eq!(refused(Call { on: Some(day("2026-12-03")), ..call(Code::Promised) }), "promise_day");
        assert_eq!(refused(Call { on: Some(day("2026-12-11")), ..call(Code::Other) }), "promise_day");
        assert_eq!(refused(Call { follow_up_on: Some(day("2026-12-04")), ..call(Code::NoAnswer) }), "follow_up_day");
        assert_eq!(refused(Call { follow_up_on: Some(day("2027-12-06")), ..call(Code::NoAnswer) }), "follow_up_day");
        for code in [Code::Disputes, Code::PaidAlready] {
            assert_eq!(refused(Call { of_receivable: false, ..call(code) }), "no_receivable");
        }
    }

    #[test]
    fn words_are_read_back() {
        for code in Code::ALL {
            assert_eq!(Code::parse(code.as_str()), Some(code));
        }
        assert_eq!(Code::parse("Promised"), None);
    }
}
