//! What people are to do: ranked, taken by one of them at a time, and worked with the code of a call.

use regua_core::time::Instant;
use regua_engine::people::{Scope, Who};
use regua_engine::work::{Code, OVERFLOW_DAYS, Sorted, Task, Wanted, Worked};
use serde_json::{Value, json};

use super::acts::shared::placed;
use super::asked::{hex, id_of};
use super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN, bad_cursor, cursor_of};
use super::problem::Problem;
use super::reply::{self, Reply};
use super::shape::{Field, Kind, Schema, may, must};

/// What a customer asked of a person.
const REQUEST: &str = "request";
const KINDS: &[&str] = &["task", "mend", REQUEST];
const KINDS_DOC: &str =
    "task: a step put it on a queue, or a note wants somebody to look. mend: nobody can be reached. request: a customer asked.";
const STATES: &[&str] = &["open", "claimed", "waiting", "done"];
const CODES: &[&str] = &["promised", "no_answer", "wrong_number", "disputes", "pays_later", "paid_already", "other"];
const MODES: &[&str] = &["shadow", "redirect", "approve", "live"];
/// Ten thousand years, in microseconds.
const YEARS_MICROS: i64 = 10_000 * 366 * 86_400 * 1_000_000;
const COUNT: Kind = Kind::Int(0, i64::MAX);

static TASK: Schema = Schema {
    name: "Task",
    doc: "Something that a person is to do.",
    fields: &[
        must("id", Kind::Name, "Its id; of a request, the request's."),
        may("receivable", Kind::Name, "Our id of the receivable; a request or a note may be about none."),
        may("receivable_external_id", Kind::Name, "What the source calls the receivable."),
        must("customer", Kind::Name, "Our id of the customer."),
        may("customer_external_id", Kind::Name, "What the source calls the customer."),
        may("customer_name", Kind::Text(400), "What the customer is called; for whoever may read customers."),
        must("kind", Kind::Word(KINDS), KINDS_DOC),
        may("detail", Kind::Text(2_000), "The queue, what is to be mended, or what is asked: a word of `asks` of CustomerRequest."),
        may("request", Kind::Name, "Of a request, its id: list_customer_requests tells the words, close_customer_request ends it."),
        must("step", Kind::Text(100), "The step that asked for it; `portal` of a request, `note` of a note."),
        must("cycle", COUNT, "The cycle of the step."),
        must("occurrence", COUNT, "Which time, of a step that repeats."),
        must("mode", Kind::Word(MODES), "How real."),
        must("since", Kind::Moment, "Since when it waits."),
        must("state", Kind::Word(STATES), "open: waits for anybody. claimed: somebody has it. waiting: put off. done: over."),
        may("at_stake", Kind::Money, "What settles today what of the customer is overdue, in the currency of the receivable."),
        must("days_late", COUNT, "How late the oldest of it is."),
        may("claimed_by", Kind::Text(400), "Who has it."),
        must("mine", Kind::Bool, "Whether that is you."),
        may("claimed_until", Kind::Moment, "Until when nobody else can take it."),
        may("follow_up_on", Kind::Day, "The day that it was put off to."),
        must("attempts", COUNT, "How often nobody was reached."),
        may("last_code", Kind::Text(40), "What it came to last; `ended` when it ended with its receivable."),
        may("worked_by", Kind::Text(400), "By whom."),
        may("worked_at", Kind::Moment, "When."),
        must("overflow", Kind::Bool, "Whether nobody took it for three days."),
    ],
};

const QUERY: &[Field] = &[
    may("kind", Kind::Word(KINDS), "Which; task when nothing is said."),
    may("sort", Kind::Word(&["stake", "oldest"]), "stake: the largest amount first. oldest: who waits longest, when nothing is said."),
    may("queue", Kind::Text(200), "Only of this queue."),
    may("mine", Kind::Bool, "Only those that you have now, whatever `state` and `overflow` say."),
    may(
        "state",
        Kind::Word(STATES),
        "Only those that stand here; whatever waits for somebody, taken or not, when nothing is said. Those that are done come with what \
         was done last first, whatever `sort` says.",
    ),
    may("overflow", Kind::Bool, "Only what nobody took for so long that somebody else should look."),
    may("overflow_days", Kind::Int(0, 366), "How many days that is; 3 when nothing is said."),
];

pub(super) const OPS: &[Op] = &[
    Op {
        path: "/tasks",
        id: "list_tasks",
        tag: "Work",
        summary: "Tasks that are open",
        doc: "By what is at stake, or who waits longest first. Those of receivables that are closed end by themselves. The amount that they \
              are sorted by is as it was when something last happened to the customer; the one that is shown is of today.",
        needs: Needs::Scope(Scope::ReceivablesRead),
        query: QUERY,
        answer: Answer::Page(&TASK),
        run: list,
        ..PLAIN
    },
    Op {
        path: "/tasks/{task}",
        id: "get_task",
        tag: "Work",
        summary: "A task",
        needs: Needs::Scope(Scope::ReceivablesRead),
        answer: Answer::One(&TASK),
        run: |call| Ok(Reply::one(view(call, &call.engine().task(call.tenant, id_of(call, "task")?, call.now)?)?)),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/tasks/{task}/claim",
        id: "claim_task",
        tag: "Work",
        summary: "Take a task",
        doc: "For half an hour, in which nobody else can, nor any other task of the customer; asking again keeps it for as long again. 409 \
              says who has it.",
        needs: Needs::Scope(Scope::ReceivablesAct),
        answer: Answer::One(&TASK),
        problems: &[409],
        run: |call| {
            let task = call.engine().claim_task(call.tenant, id_of(call, "task")?, call.who()?, call.now)?;
            Ok(Reply::one(view(call, &task)?))
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/tasks/{task}/release",
        id: "release_task",
        tag: "Work",
        summary: "Give a task back",
        doc: "Owners and managers take it from somebody else so.",
        needs: Needs::Scope(Scope::ReceivablesAct),
        answer: Answer::One(&TASK),
        problems: &[409],
        run: |call| {
            let task = call.engine().release_task(call.tenant, id_of(call, "task")?, call.who()?, call.now)?;
            Ok(Reply::one(view(call, &task)?))
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/tasks/{task}/close",
        id: "close_task",
        tag: "Work",
        summary: "Enter what a call came to",
        doc: "The code says what follows. promised: the promise for `on` is entered, and the task is over. no_answer: it comes back on the \
              next open day, and is counted. wrong_number: the number is used no more, on no channel; the task waits again where there is \
              another number, and is over where there is none. disputes: the receivable stands still as disputed. pays_later: it comes back \
              after three open days. paid_already: the ladder waits as for money on its way. `follow_up_on` says another day on which it \
              comes back, whatever the code. Messages that wait are looked at again before they go. wrong_number and a note need \
              customers:act besides.",
        needs: Needs::Scope(Scope::ReceivablesAct),
        body: Body::Json(&[
            must("code", Kind::Word(CODES), "What it came to."),
            may("on", Kind::Day, "The day for which payment is promised; with `promised` only."),
            may("follow_up_on", Kind::Day, "The day on which somebody is to look again."),
            may("note", Kind::Text(4_000), "What there is to note of the customer."),
            may("number", Kind::Text(254), "Of a wrong number, which, as it is stored; the first that works when nothing is said."),
        ]),
        answer: Answer::One(&TASK),
        problems: &[409],
        run: close,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/tasks/{task}/reopen",
        id: "reopen_task",
        tag: "Work",
        summary: "Let a task wait again that was ended or put off",
        doc: "What became known with it stays: a promise, a dispute, a note.",
        needs: Needs::Scope(Scope::ReceivablesAct),
        answer: Answer::One(&TASK),
        problems: &[409],
        run: |call| {
            let task = call.engine().reopen_task(call.tenant, id_of(call, "task")?, call.who()?, call.now)?;
            Ok(Reply::one(view(call, &task)?))
        },
        ..PLAIN
    },
];

fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let state = call.query.text("state");
    let overflow = call.query.is("overflow");
    let days = call.query.int("overflow_days").unwrap_or(OVERFLOW_DAYS);
    let wanted = Wanted {
        kind: call.query.text("kind").unwrap_or("task"),
        queue: call.query.text("queue"),
        state: state.unwrap_or("ready"),
        left_since: overflow.then(|| call.now.plus_hours(-24 * days)),
        now: call.now,
    };
    let by_stake = call.query.text("sort") == Some("stake");
    let mine = call.query.is("mine");
    let sorted = match (state, by_stake) {
        (Some("done"), _) if !mine => Sorted::Done(moment_place(call)?),
        (_, true) => Sorted::ByStake(place(call)?),
        (_, false) => Sorted::Oldest(moment_place(call)?),
    };
    let limit = call.limit();
    let mut tasks = if mine {
        call.engine().tasks_of(call.tenant, call.who()?, wanted, sorted, limit + 1)?
    } else {
        call.engine().tasks(call.tenant, wanted, sorted, limit + 1)?
    };
    let most = usize::try_from(limit).unwrap_or(0);
    let more = tasks.len() > most;
    tasks.truncate(most);
    let next = tasks.last().filter(|_| more).map(|last| {
        let sorts = match sorted {
            Sorted::ByStake(_) => last.row.stake,
            Sorted::Oldest(_) => last.row.due_at.micros(),
            Sorted::Done(_) => last.row.worked_at.map_or(0, Instant::micros),
        };
        cursor_of(&[sorts.to_be_bytes().as_slice(), last.row.task.as_slice()].concat())
    });
    Ok(Reply::Page(tasks.iter().map(|task| view(call, task)).collect::<Result<_, _>>()?, next))
}

/// The place that the cursor names: a number and an id.
fn place(call: &Call<'_>) -> Result<Option<(i64, [u8; 16])>, Problem> {
    let Some(bytes) = call.cursor_bytes()? else { return Ok(None) };
    let (number, id) = bytes.split_at_checked(8).ok_or_else(bad_cursor)?;
    let number = <[u8; 8]>::try_from(number).map_err(|_short| bad_cursor())?;
    Ok(Some((i64::from_be_bytes(number), <[u8; 16]>::try_from(id).map_err(|_other| bad_cursor())?)))
}

/// The same, where the number is a moment.
fn moment_place(call: &Call<'_>) -> Result<Option<(Instant, [u8; 16])>, Problem> {
    // No task is of other years, and not every database tells of all.
    let range = -YEARS_MICROS..=YEARS_MICROS;
    let told =
        place(call)?.map(|(micros, id)| if range.contains(&micros) { Ok((Instant::from_micros(micros), id)) } else { Err(bad_cursor()) });
    told.transpose()
}

/// Whoever asks, as tasks name them.
pub(super) fn me(call: &Call<'_>) -> Result<[u8; 16], Problem> {
    Ok(match call.who()?.who {
        Who::Person(id) => id.to_bytes(),
        Who::Key(id) => id.to_bytes(),
    })
}

fn close(call: &Call<'_>) -> Result<Reply, Problem> {
    let worked = Worked {
        code: Code::parse(call.body.must_text("code")?).ok_or_else(Problem::bug)?,
        on: call.body.day("on"),
        follow_up_on: call.body.day("follow_up_on"),
        note: call.body.text("note"),
        number: call.body.text("number"),
    };
    if (worked.code == Code::WrongNumber || worked.note.is_some()) && !call.who()?.allows(Scope::CustomersAct) {
        return Err(Problem::forbidden("a wrong number or a note needs `customers:act`; an owner can give it"));
    }
    let mut rng = call.host.rng();
    let task = call.engine().work_task(call.tenant, id_of(call, "task")?, worked, call.who()?, call.now, rng.as_mut());
    let places = [
        ("promise_day", "/on"),
        ("follow_up_day", "/follow_up_on"),
        ("no_receivable", "/code"),
        ("no_number", if worked.number.is_some() { "/number" } else { "/code" }),
        ("empty_note", "/note"),
        ("long_note", "/note"),
    ];
    let task = task.map_err(|error| placed(error, &places))?;
    call.host.ring();
    Ok(Reply::one(view(call, &task)?))
}

/// Who did something, without their id.
pub(super) fn name_of(by: &str) -> &str {
    by.rsplit_once(" (").filter(|(_, id)| id.ends_with(')')).map_or(by, |(name, _)| name)
}

fn view(call: &Call<'_>, task: &Task) -> Result<Value, Problem> {
    let row = &task.row;
    let held = row.held_at(call.now).filter(|_| row.state == "open");
    let mine = me(call)?;
    let state = match (row.state.as_str(), held) {
        ("done", _) => "done",
        (_, Some(_)) => "claimed",
        (_, None) if row.due_at > call.now => "waiting",
        (_, None) => "open",
    };
    let named = task.name.as_deref().filter(|_| call.caller.is_some_and(|caller| caller.allows(Scope::CustomersRead)));
    let detail = Some(row.queue.as_str()).filter(|queue| !queue.is_empty());
    Ok(json!({
        "id": hex(&row.task),
        "receivable": row.receivable.map(|id| id.to_string()),
        "receivable_external_id": task.receivable_external_id,
        "customer": row.customer.to_string(),
        "customer_external_id": task.customer_external_id,
        "customer_name": named,
        "kind": row.kind,
        "detail": detail,
        "request": (row.kind == REQUEST).then(|| hex(&row.task)),
        "step": row.step,
        "cycle": row.cycle,
        "occurrence": row.occurrence,
        "mode": row.mode,
        "since": reply::moment(row.since),
        "state": state,
        "at_stake": task.at_stake.map(reply::money),
        "days_late": task.days_late,
        "claimed_by": held.map(|(_, name)| name),
        "mine": held.is_some_and(|(id, _)| *id == mine),
        "claimed_until": held.and(row.claimed_until).map(reply::moment),
        "follow_up_on": reply::opt_day(row.follow_up_on.filter(|_| state == "waiting")),
        "attempts": row.attempts,
        "last_code": row.code,
        "worked_by": row.worked_by.as_deref().map(name_of),
        "worked_at": reply::opt_moment(row.worked_at),
        "overflow": state == "open" && row.due_at <= call.now.plus_hours(-24 * OVERFLOW_DAYS),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use regua_core::words::Mode;
    use regua_engine::work::CLAIM_MINUTES;

    #[test]
    fn the_words_are_the_engines() {
        assert_eq!(CODES, Code::ALL.map(Code::as_str));
        assert_eq!(MODES, [Mode::Shadow, Mode::Redirect, Mode::Approve, Mode::Live].map(Mode::as_str));
        // The documentation says half an hour and three days.
        assert_eq!((CLAIM_MINUTES, OVERFLOW_DAYS), (30, 3));
    }

    #[test]
    fn a_name_is_told_without_its_id() {
        assert_eq!(name_of("Ana (Financeiro) (per_01)"), "Ana (Financeiro)");
        assert_eq!(name_of("Ana"), "Ana");
    }
}
