#!/usr/bin/env python3
"""A slow, naive reading of the specification's backtest: receivables and a policy in, `decisions.csv` out.

Written from the words of SPEC §2, §3, §4, §6 and §17 alone, without reading the engine; see README.md.
Every rule below cites its sentence as `§section`. It walks time in small fixed steps and decides everything anew at each.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction

import calendars
import cel
from policy import STATES, TONES, Policy, Step

HORIZON_DAYS = 120

# Where the words leave a choice the oracle takes the literal one; the names below switch to the other (see README.md).
READINGS = {
    "notice-yields": "a notice of its own that still waits is dropped when a contact that announces its step opens later",
    "written-off-restores": "access restricted for a receivable is no longer in force once that receivable is written off",
    "reaction-hour": "a reaction's window ends at its step's local hour, not at the event's",
    "write-off-last": "a contact whose instant lies before a write-off goes out with it, when both are decided at once",
    "notice-beside-superseded": "a notice goes out in the same decision in which its step is superseded by another receivable's",
    "hourless-on-waking": "an adverse step that slept through its first permitted day happens at any hour of a later permitted one",
    "announce-in-turn": "of several steps announced by one message the dates are computed one by one, in the order named",
}
READ = set()


# ---------------------------------------------------------------- facts

@dataclass
class Payment:
    day: date
    visible: int
    amount: int | None  # None settles in full


@dataclass
class Customer:
    id: str
    zone: str
    points: dict = field(default_factory=dict)  # channel -> usable for us
    attributes: dict = field(default_factory=dict)
    preferred: str | None = None
    receivables: list = field(default_factory=list)


@dataclass
class Occurrence:
    """One step of one receivable, once or one of its repetitions."""

    step: Step
    number: int
    instant: int | None
    notice_of: "Occurrence | None" = None
    outcome: str | None = None
    reason: str = ""
    decided: int | None = None
    wait: tuple | None = None  # reason, until
    message: "Message | None" = None
    minutes: int | None = None  # its local hour
    yields: bool = False

    def __post_init__(self):
        if self.minutes is None:
            self.minutes = self.step.minutes

    @property
    def name(self):
        return self.step.id + ".notice" if self.notice_of else self.step.id

    @property
    def order(self):
        return (self.step.place, 0 if self.notice_of else 1)

    @property
    def cycle(self):
        return f"0.{self.number}" if self.number else "0"


@dataclass
class Receivable:
    id: str
    customer: Customer
    issued: date
    due_on: date
    amount: int
    currency: str
    method: str
    payments: list = field(default_factory=list)
    due: date = None
    entry: int = 0
    overdue_from: int = 0
    entered: bool = False
    sequence: int = 0
    not_before: int | None = None
    occurrences: list = field(default_factory=list)
    notices: dict = field(default_factory=dict)  # adverse step id -> occurrence
    reactions: list = field(default_factory=list)
    announced: dict = field(default_factory=dict)  # adverse step id -> [(instant, day named)]
    closed: str | None = None
    paid: bool = False
    closed_row: bool = False
    paid_event: bool = False


@dataclass
class Message:
    channel: str
    items: list
    instant: int


# ---------------------------------------------------------------- money

def half_up(value: Fraction) -> int:
    return (value.numerator * 2 + value.denominator) // (value.denominator * 2)


def account(policy: Policy, r: Receivable, payments: list, on: date):
    """(amount due on a day, whether it is settled), §6."""
    principal, paid_fine, paid_interest = r.amount, 0, 0
    fine_charged = None
    unit_days = Fraction(0)
    since = r.due
    settled = False

    def advance(to: date):
        nonlocal unit_days, since, fine_charged
        if to > r.due:
            if fine_charged is None:
                fine_charged = half_up(principal * policy.fine)
            unit_days += principal * max(0, (to - since).days)
            since = max(since, to)

    def owed():
        fine = (fine_charged or 0) - paid_fine
        interest = half_up(unit_days * policy.interest_per_day) - paid_interest
        return fine, interest

    def discount(day: date):
        for percent, until in policy.early:
            if day <= until.day(policy.calendar, r.due):
                return half_up(principal * percent)
        return 0

    for p in sorted(payments, key=lambda p: p.day):
        advance(p.day)
        fine, interest = owed()
        total = principal + fine + interest - discount(p.day)
        if settled:
            continue
        if p.amount is None or p.amount >= total:
            settled = True
            continue
        left = p.amount
        use = min(left, interest)
        paid_interest += use
        left -= use
        use = min(left, fine)
        paid_fine += use
        left -= use
        principal -= left
        if principal + fine + interest <= 0:
            settled = True
    if settled:
        return 0, True
    advance(on)
    fine, interest = owed()
    return principal + fine + interest - discount(on), False


# ---------------------------------------------------------------- the rulebook

ALL_DAYS = {d: (7 * 60, 21 * 60) for d in range(7)}
HOURS = {  # (class, channel) -> (weekday -> from, to), closed on holidays
    ("informative", "email"): (ALL_DAYS, False),
    ("informative", "sms"): (ALL_DAYS, False),
    ("informative", "whatsapp"): (ALL_DAYS, False),
    ("informative", "voice"): (ALL_DAYS, False),
    ("collection", "email"): ({d: (7 * 60, 21 * 60) for d in range(6)}, True),
    ("collection", "sms"): ({d: (9 * 60, 19 * 60) for d in range(5)}, True),
    ("collection", "whatsapp"): ({d: (9 * 60, 19 * 60) for d in range(5)}, True),
    ("collection", "voice"): ({d: (9 * 60, 19 * 60) for d in range(5)}, True),
}


def legal_from(policy: Policy, zone: str, now: int, kind: str, channel: str) -> int:
    """The first instant from now on at which this contact is allowed (§4)."""
    if policy.rulebook == "none":
        return now
    week, closed_on_holidays = HOURS["informative" if kind == "receipt" else kind, channel]
    day = calendars.day_of(zone, now)
    while True:
        span = week.get(day.weekday())
        if span and not (closed_on_holidays and calendars.is_br_holiday(day)):
            if now < calendars.at(zone, day, span[1]):
                return max(now, calendars.at(zone, day, span[0]))
        day += timedelta(days=1)


def prescribed(policy: Policy, r: Receivable, today: date) -> bool:
    if policy.rulebook != "br":
        return False
    return (today.year - r.due.year, today.month, today.day) >= (5, r.due.month, r.due.day) if today.year - r.due.year == 5 else today.year - r.due.year > 5


# ---------------------------------------------------------------- one customer

class Walk:
    def __init__(self, policy: Policy, customer: Customer, rows: list):
        self.policy, self.customer, self.zone, self.rows = policy, customer, customer.zone, rows
        self.sent_days = []  # local days of the messages that count under the caps
        self.entered = 0

    # ---- helpers of time

    def at(self, day: date, minutes: int) -> int:
        return calendars.at(self.zone, day, minutes)

    def midnight(self, day: date) -> int:
        return calendars.at(self.zone, day, 0)

    def day(self, instant: int) -> date:
        return calendars.day_of(self.zone, instant)

    def release(self, until: int, minutes: int) -> int:
        """§3.5: a deferral ends at its instant or at the step's local hour that day, whichever is later."""
        return max(until, self.at(self.day(until), minutes))

    # ---- entry

    def enter(self, r: Receivable, now: int):
        p = self.policy
        r.entered = True
        self.entered += 1
        r.sequence = self.entered
        segment = None
        for s in p.segments:
            if "when" not in s or self.holds(s["when"], r, now):
                segment = s
                break
        ladder = p.ladders.get(segment.get("ladder", segment["name"]), p.ladders.get("default"))
        if "not_before" in segment:
            nb = moment_of(segment["not_before"])
            r.not_before = self.at(nb.day(p.calendar, r.due), nb.minutes if nb.minutes is not None else p.minutes)
        clearing = p.clearing.get(r.method)
        day = r.due
        if clearing:
            day = calendars.plus_open(p.calendar, day, clearing[0]) if clearing[1] == "bd" else day + timedelta(days=clearing[0])
        r.overdue_from = self.midnight(day + timedelta(days=1))
        for step in ladder:
            if step.follows:
                r.occurrences.append(Occurrence(step, 0, None))
                continue
            if step.at.anchor not in ("I", "D"):
                continue  # what no file can tell never comes
            base = r.issued if step.at.anchor == "I" else r.due
            if step.every:
                day, k, last = step.at.day(p.calendar, base), 1, self.until(step, r)
                while day <= last:
                    r.occurrences.append(Occurrence(step, k, self.at(day, step.minutes)))
                    k += 1
                    day = calendars.plus_open(p.calendar, day, step.every[0]) if step.every[1] == "bd" else day + timedelta(days=step.every[0])
            elif step.at.unit == "h":
                o = Occurrence(step, 0, self.at(base, p.minutes) + step.at.amount * 3600)
                o.minutes = calendars.minutes_of(self.zone, o.instant)
                r.occurrences.append(o)
            else:
                r.occurrences.append(Occurrence(step, 0, self.at(step.at.day(p.calendar, base), step.minutes)))
        # §3.4: adverse and neutral steps whose raw instant precedes the entry are `before_entry`
        # … and of a receivable that enters closed, the steps behind the one `closed` row get none (§3.11).
        closed_at_entry = bool(self.visible(r, now)) and account(p, r, self.visible(r, now), self.day(now))[1]
        for o in sorted(r.occurrences, key=by_instant):
            if closed_at_entry and not (o.instant is not None and o.instant < r.entry and not o.step.contact and o.step.do != "charge"):
                break
            if o.instant is not None and o.instant < r.entry and (o.step.adverse or o.step.do in ("task", "write_off")):
                self.skip(r, o, "before_entry", now)

    def until(self, step: Step, r: Receivable) -> date:
        return step.until.day(self.policy.calendar, r.issued if step.until.anchor == "I" else r.due)

    # ---- facts as of now

    def visible(self, r: Receivable, now: int):
        return [p for p in r.payments if p.visible <= now]

    def amount_due(self, r: Receivable, now: int) -> int:
        return account(self.policy, r, self.visible(r, now), self.day(now))[0]

    def holds(self, condition: str, r: Receivable, now: int) -> bool:
        def lookup(name: str):
            if name.startswith("customer.attributes."):
                return attribute(self.customer.attributes.get(name[len("customer.attributes."):]))
            if name == "receivable.amount_due":
                return cel.Money(self.amount_due(r, now), r.currency)
            if name == "receivable.amount":
                return cel.Money(r.amount, r.currency)
            if name == "receivable.days_late":
                return Fraction(max(0, (self.day(now) - r.due).days))
            if name == "receivable.method":
                return r.method or None
            if name == "receivable.sequence":
                return Fraction(r.sequence)
            if name == "receivable.currency":
                return r.currency
            if name.split(".")[0] in ("subscription", "last_failure", "risk"):
                return None
            raise ValueError(f"the oracle does not know {name}")

        return cel.evaluate(condition, lookup, self.policy.currency)

    def judge(self, r: Receivable, o: Occurrence, now: int) -> str:
        """'' when the step's `if` is true, else the reason to skip."""
        if o.step.condition is None:
            return ""
        try:
            return "" if self.holds(o.step.condition, r, now) else "condition"
        except cel.CurrencyClash:
            return "currency"

    def too_small(self, r: Receivable, now: int) -> bool:
        return r.currency in self.policy.minimum and self.amount_due(r, now) < self.policy.minimum[r.currency]

    # ---- outcomes

    def done(self, r, o, now, message=None):
        o.outcome, o.decided, o.message, o.wait = "done", now, message, None
        self.rows.append((now, r, o))

    def skip(self, r, o, reason, now):
        o.outcome, o.reason, o.decided, o.wait = "skipped", reason, now, None
        self.rows.append((now, r, o))

    # ---- channels

    def order(self, o: Occurrence, overdue: bool) -> list:
        preferred = [self.customer.preferred] if self.customer.preferred else []
        if o.step.contact and o.step.channels:
            names = []
            for c in o.step.channels:
                names += preferred if c == "preferred" else [c]
        else:
            # §2 the policy's order is for who stated no preference; §4 overdue defaults to e-mail
            names = preferred + (["email"] if overdue else []) + self.policy.channels
        return names

    def channel(self, o: Occurrence, overdue: bool) -> str | None:
        for c in self.order(o, overdue):
            if self.customer.points.get(c):
                return c
        return None

    # ---- one decision

    def tick(self, now: int):
        for _ in range(50):
            before = len(self.rows)
            self.pass_once(now)
            if len(self.rows) == before:
                return

    def pass_once(self, now: int):
        p = self.policy
        known = []
        for r in sorted(self.customer.receivables, key=lambda r: (r.entry, r.id)):
            if r.entry <= now:
                if not r.entered:
                    self.enter(r, now)
                known.append(r)
        for r in known:
            self.close(r, now)
        contacts = []
        for r in sorted(known, key=lambda r: r.id):
            self.react(r, now)
            if r.closed:
                continue
            self.follow(r, now)
            contacts += self.open_contacts(r, now)
        self.last = []
        self.before_this = self.state_in_force() if any(r.entered for r in known) else -1
        self.act(known, contacts, now)
        for r in known:
            self.close(r, now)
        contacts = [(r, o) for r, o in contacts if o.outcome is None and not r.closed]
        for r in known:
            if not r.closed:
                contacts += [(r, o) for o in r.notices.values() if o.outcome is None and not o.yields]
        self.send(contacts, now)
        for r in known:
            for o in r.notices.values():
                if o.outcome is None and o.notice_of.outcome is not None:
                    o.outcome = "dropped"
        late, self.last = self.last, None
        for r, o in late:
            self.neutral(r, o, now)

    def close(self, r: Receivable, now: int):
        """§3.5 paid and written-off receivables end their ladder at once; §3.11 `closed` is one row."""
        if not r.paid:
            payments = self.visible(r, now)
            if payments and account(self.policy, r, payments, self.day(now))[1]:
                r.paid = True
                r.closed = r.closed or "paid"
        if r.closed and not r.closed_row:
            r.closed_row = True
            open_steps = [o for o in r.occurrences if o.outcome is None]
            if open_steps:
                first = min(open_steps, key=by_instant)
                self.skip(r, first, "closed", now)
            for o in r.occurrences + list(r.notices.values()):
                if o.outcome is None:
                    o.outcome = "closed"

    def react(self, r: Receivable, now: int):
        """§2: a reaction follows its event; its window is `max_delay`; `paid` also runs on a closed receivable."""
        if r.paid and not r.paid_event:
            r.paid_event = True
            visible = min(p.visible for p in self.visible(r, now) if account(self.policy, r, self.visible(r, p.visible), self.day(now))[1])
            for event, step in self.policy.reactions:
                if event == "paid":
                    r.reactions.append(Occurrence(step, 0, max(visible, r.entry)))
        for o in r.reactions:
            if o.outcome is not None:
                continue
            wrong = self.judge(r, o, now)
            channel = self.channel(o, False)
            wall = calendars.local(self.zone, o.instant)
            end = self.at(wall.date() + timedelta(days=self.policy.max_delay), wall.hour * 60 + wall.minute) + wall.second
            if "reaction-hour" in READ:
                end = self.at(wall.date() + timedelta(days=self.policy.max_delay), o.minutes)
            if wrong:
                self.skip(r, o, wrong, now)
            elif channel is None:
                self.skip(r, o, "unreachable", now)
            elif now >= end:
                self.skip(r, o, o.wait[0] if o.wait and o.wait[0] in FINAL else "stale", now)
            elif o.wait and now < o.wait[1]:
                continue
            else:
                wait = self.obstacle(r, o, channel, "receipt", now)
                if wait:
                    o.wait = wait
                else:
                    self.done(r, o, now, Message(channel, [r], now))

    def follow(self, r: Receivable, now: int):
        """§2 `after: step+offset`."""
        for o in r.occurrences:
            if not o.step.follows or o.outcome is not None:
                continue
            named = [x for x in r.occurrences if x.step.id == o.step.follows]
            done = [x.decided for x in named if x.outcome == "done"]
            if done:
                last = max(done)
                if o.step.at.unit == "h":
                    o.instant = last + o.step.at.amount * 3600
                    o.minutes = calendars.minutes_of(self.zone, o.instant)
                else:
                    o.instant = self.at(o.step.at.day(self.policy.calendar, self.day(last)), o.minutes)
            elif named and all(x.outcome == "skipped" for x in named):
                self.skip(r, o, "condition", now)

    def overdue(self, r: Receivable, now: int) -> bool:
        return self.day(now) > r.due

    def is_overdue_contact(self, r: Receivable, o: Occurrence) -> bool:
        return o.notice_of is not None or self.day(o.instant) > r.due

    def window_end(self, r: Receivable, o: Occurrence) -> tuple:
        """(the step's local hour `max_delay` civil days later, the end of day D or None)."""
        wall = calendars.local(self.zone, o.instant)
        late = self.at(wall.date() + timedelta(days=self.policy.max_delay), wall.hour * 60 + wall.minute)
        return late, (self.midnight(r.due + timedelta(days=1)) if wall.date() <= r.due else None)

    def open_contacts(self, r: Receivable, now: int) -> list:
        steps = [o for o in r.occurrences if o.step.contact and o.instant is not None and o.instant <= now]
        steps.sort(key=lambda o: (o.instant, o.order, o.number))
        judged = {}
        for o in steps:
            if r.not_before is not None and self.is_overdue_contact(r, o) and o.instant < r.not_before:
                judged[id(o)] = ""
                continue
            judged[id(o)] = (o.reason if o.reason in ("condition", "currency") else "") if o.outcome else self.judge(r, o, now)
        found = []
        for i, o in enumerate(steps):
            if o.outcome is not None:
                continue
            late, end_of_due = self.window_end(r, o)
            following = next((x for x in steps[i + 1:] if not judged[id(x)]), None)
            channel = self.channel(o, self.is_overdue_contact(r, o))
            reason = None
            if r.not_before is not None and self.is_overdue_contact(r, o) and o.instant < r.not_before:
                reason = "not_before"
            elif judged[id(o)]:
                reason = judged[id(o)]
            elif following and following.instant <= late:
                reason = "superseded"
            elif self.too_small(r, now):
                reason = "minimum"
            elif channel is None:
                reason = "unreachable"
            elif self.is_overdue_contact(r, o) and prescribed(self.policy, r, self.day(now)):
                reason = "forbidden"
            elif now >= late or (end_of_due is not None and now >= end_of_due):
                reason = o.wait[0] if o.wait and o.wait[0] in FINAL else "stale"
            if reason:
                self.skip(r, o, reason, now)
            else:
                found.append((r, o))
        return found

    # ---- waiting

    def obstacle(self, r, o, channel, kind, now):
        """The first thing for which a contact has to wait: (reason, until)."""
        minutes = o.minutes
        if kind == "collection" and now < r.overdue_from:
            return ("in_flight", self.release(r.overdue_from, minutes))
        day = self.day(now)
        if kind != "receipt" and self.policy.blacked_out(day, "contacts"):  # §3.7: receipts do not wait
            while self.policy.blacked_out(day, "contacts"):
                day += timedelta(days=1)
            return ("blackout", self.release(self.midnight(day), minutes))
        legal = legal_from(self.policy, self.zone, now, kind, channel)
        if legal > now:
            return ("no_legal_moment", self.release(legal, minutes))
        return None

    def cap_free(self, today: date) -> bool:
        return all(sum(today - timedelta(days=days - 1) <= d <= today for d in self.sent_days) < count for count, days in self.policy.caps)

    def severity(self, r, o, now):
        """§3.7: tone, then days past due, then file order, then id."""
        tone = "firm" if o.notice_of else o.step.tone
        return (-TONES.index(tone), -(self.day(now) - r.due).days, o.order, o.number, r.id.encode())

    def send(self, contacts: list, now: int):
        ready = []
        for r, o in contacts:
            if o.outcome is not None:
                continue
            overdue = self.is_overdue_contact(r, o)
            channel = self.channel(o, overdue)
            if o.notice_of:
                if self.too_small(r, now):
                    self.skip(r, o, "minimum", now)
                    continue
                if channel is None:
                    self.skip(r, o, "unreachable", now)
                    continue
                if prescribed(self.policy, r, self.day(now)):
                    self.skip(r, o, "forbidden", now)
                    continue
            if o.wait and now < o.wait[1]:
                continue
            wait = self.obstacle(r, o, channel, "collection" if overdue else "informative", now)
            if wait:
                o.wait = wait
                continue
            o.wait = None
            ready.append((r, o))
        ready.sort(key=lambda x: self.severity(x[0], x[1], now))
        if self.policy.consolidate and ready:
            groups = [ready]
        else:
            groups = [[item] for item in ready]
        today = self.day(now)
        for group in groups:
            if not self.cap_free(today):
                day = today
                while not self.cap_free(day):
                    day += timedelta(days=1)
                for r, o in group:
                    o.wait = ("capped", self.release(self.midnight(day), o.minutes))
                continue
            first, step = group[0]
            channel = self.channel(step, self.is_overdue_contact(first, step))
            self.sent_days.append(today)
            message = Message(channel, [r for r, _ in group], now)
            message.group = group
            for r, o in group:
                self.done(r, o, now, message)
            named = []
            for r, o in group:
                for name in ([o.step.id] if o.notice_of else o.step.announces):
                    target = next((x for x in r.occurrences if x.step.id == name), None)
                    if target is not None and target.outcome is None:
                        named.append((r, name, target))
            if "announce-in-turn" not in READ:
                for r, name, _ in named:
                    r.announced.setdefault(name, []).append((now, None))
                for r, name, target in named:
                    r.announced[name][-1] = (now, self.plan(r, target, now))
            else:
                for r, name, target in named:
                    r.announced.setdefault(name, []).append((now, None))
                    r.announced[name][-1] = (now, self.plan(r, target, now))

    # ---- adverse steps

    def planned_before(self, r, o):
        key = (o.instant, o.order)
        return [x for x in r.occurrences if x.step.adverse and x is not o and x.instant is not None and (x.instant, x.order) < key]

    def allowed_day(self, r, o, day, taken) -> bool:
        if self.policy.blacked_out(day, "adverse"):
            return False
        if not calendars.is_open(self.policy.calendar, day):  # "the next day that blackout, business day and one-per-day allow"
            return False
        return day not in taken

    def plan(self, r, o, now) -> date:
        """§3.4: the local day of an adverse step by what is known now."""
        first = self.noticed_day(r, o, now)
        taken = {self.day(x.decided) for x in r.occurrences if x.step.adverse and x.outcome == "done"}
        day = max(self.day(o.instant), first)
        for x in self.planned_before(r, o):
            if x.outcome is None:
                before = self.plan(r, x, now)
                taken.add(before)
                day = max(day, before)
        while not self.allowed_day(r, o, day, taken):
            day += timedelta(days=1)
        return day

    def noticed_day(self, r, o, now) -> date:
        sent = [t for t, _ in r.announced.get(o.step.id, [])]
        base = self.day(min(sent)) if sent else self.day(max(now, o.instant))
        count, unit = o.step.notice
        return calendars.plus_open(self.policy.calendar, base, count) if unit == "bd" else base + timedelta(days=count)

    def state_in_force(self) -> int:
        level = -1
        for r in self.customer.receivables:
            if r.paid or ("written-off-restores" in READ and (r.closed or any(q is r for q, _ in self.last or ()))):  # §8: restored at once on payment
                continue
            for o in r.occurrences:
                if o.step.do == "access" and o.outcome == "done":
                    level = max(level, STATES.index(o.step.state))
        return level

    def act(self, known, contacts, now):
        """What is no contact, of each receivable in the order of raw instants, then of the file."""
        for r in sorted(known, key=lambda r: r.id.encode()):
            todo = [o for o in r.occurrences if o.outcome is None and o.instant is not None and o.instant <= now and not o.step.contact]
            for o in sorted(todo, key=by_instant):
                if r.closed:
                    break
                if o.step.adverse:
                    self.adverse(r, o, contacts, now)
                else:
                    self.neutral(r, o, now)

    def adverse(self, r, o, contacts, now):
        reason = None
        wrong = self.judge(r, o, now)
        if r.not_before is not None and o.instant < r.not_before:
            reason = "not_before"
        elif wrong:
            reason = wrong
        elif o.step.do == "access" and STATES.index(o.step.state) <= self.state_in_force():
            reason = "superseded"
        elif self.too_small(r, now):
            reason = "minimum"
        elif prescribed(self.policy, r, self.day(now)):
            reason = "forbidden"
        notice = r.notices.get(o.step.id)
        if reason == "superseded" and "notice-beside-superseded" in READ and STATES.index(o.step.state) > self.before_this:
            self.skip(r, o, reason, now)
            if notice is None and not r.announced.get(o.step.id) and not self.too_small(r, now):
                r.notices[o.step.id] = Occurrence(o.step, 0, o.instant, notice_of=o, minutes=o.minutes)
            return
        if reason:
            self.skip(r, o, reason, now)
            if notice is not None and notice.outcome is None:
                notice.outcome = "dropped"
            return
        sent = r.announced.get(o.step.id, [])
        if not sent:
            being_sent = any(c.outcome is None and q is r and o.step.id in c.step.announces for q, c in contacts)
            if not being_sent and notice is None:
                r.notices[o.step.id] = Occurrence(o.step, 0, o.instant, notice_of=o, minutes=o.minutes)
            if notice is not None:
                notice.yields = being_sent and "notice-yields" in READ
            o.wait = ("unannounced", None)
            return
        if notice is not None and notice.outcome is None:
            notice.outcome = "dropped"  # another contact has announced it since
        if o.wait and o.wait[1] is not None and now < o.wait[1]:
            return
        today = self.day(now)
        named = max(day for _, day in sent)
        start = self.at(named, o.minutes)
        if "hourless-on-waking" in READ:
            if now < max(o.instant, self.at(self.noticed_day(r, o, now), o.minutes)):
                return
            if not self.allowed_day(r, o, today, ()) or today < named:
                while not self.allowed_day(r, o, today, ()) or today < named:
                    today += timedelta(days=1)
                o.wait = ("shift", self.at(today, o.minutes))
                return
            start = now
        if now < max(start, self.release(r.overdue_from, o.minutes)):
            return
        taken = {self.day(x.decided) for x in r.occurrences if x.step.adverse and x.outcome == "done"}
        if any(x.outcome is None for x in self.planned_before(r, o)):
            o.wait = ("one_per_day", None)
            return
        good = self.allowed_day(r, o, today, taken)
        if good and o.step.do == "access":
            hour = calendars.minutes_of(self.zone, now)
            if hour < 9 * 60:
                o.wait = ("no_legal_moment", self.at(today, max(9 * 60, o.minutes)))
                return
            good = hour < 16 * 60
        if good:
            self.done(r, o, now)
            return
        day = today + timedelta(days=1)
        while not self.allowed_day(r, o, day, taken):
            day += timedelta(days=1)
        o.wait = ("shift", self.at(day, o.minutes))

    # ---- charges, tasks, write-offs

    def neutral(self, r, o, now):
        wrong = self.judge(r, o, now)
        if wrong:
            self.skip(r, o, wrong, now)
            return
        if self.too_small(r, now):
            self.skip(r, o, "minimum", now)
            return
        if o.step.do == "charge":
            wall = calendars.local(self.zone, o.instant)
            if now >= self.at(wall.date() + timedelta(days=self.policy.charge_late), wall.hour * 60 + wall.minute):
                self.skip(r, o, "stale", now)
                return
        if o.wait and now < o.wait[1]:
            return
        if o.step.do == "charge" and self.policy.blacked_out(self.day(now), "charges"):
            day = self.day(now)
            while self.policy.blacked_out(day, "charges"):
                day += timedelta(days=1)
            o.wait = ("blackout", self.release(self.midnight(day), o.minutes))
            return
        if o.step.do == "task":
            kind = "collection" if self.day(now) > r.due else "informative"
            legal = legal_from(self.policy, self.zone, now, kind, "voice")
            if legal > now:
                o.wait = ("no_legal_moment", self.release(legal, o.minutes))
                return
        if o.step.do == "write_off" and "write-off-last" in READ and self.last is not None:
            self.last.append((r, o))
            return
        self.done(r, o, now)
        if o.step.do == "write_off":
            r.closed = "written_off"
            self.close(r, now)


def by_instant(o: Occurrence):
    return (o.instant is None, o.instant or 0, o.order, o.number)


FINAL = ("frozen", "no_legal_moment", "capped", "not_approved")


def attribute(text):
    if text in (None, ""):
        return None
    if text in ("true", "false"):
        return text == "true"
    try:
        return Fraction(text)
    except ValueError:
        return text


def moment_of(text):
    from policy import moment

    return moment(text)


# ---------------------------------------------------------------- files and the run

def minor(text: str) -> int:
    return int(Fraction(text) * 100)


def instant(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


COLUMNS = {"receivable_id", "customer_id", "issued_on", "due_on", "amount", "currency", "paid_on", "paid_at", "paid_amount", "method",
           "name", "email", "phone", "whatsapp", "tax_id", "language", "time_zone", "consent", "preferred_channel"}


def payment(row: dict, amount: str, zone: str) -> Payment | None:
    if row.get("paid_at"):
        at = instant(row["paid_at"])
        return Payment(calendars.day_of(zone, at), at, minor(amount) if amount else None)
    if row.get("paid_on"):
        day = date.fromisoformat(row["paid_on"])
        return Payment(day, calendars.at(zone, day + timedelta(days=1), 0), minor(amount) if amount else None)
    return None


def read(policy: Policy, receivables: str, payments: str | None) -> list:
    rows = list(csv.DictReader(io.StringIO(receivables)))
    customers, facts = {}, {}
    for row in rows:
        known = facts.setdefault(row["customer_id"], {})
        for column, value in row.items():
            if value and not known.get(column):
                known[column] = value
    by_id = {}
    for row in rows:
        known = facts[row["customer_id"]]
        c = customers.get(row["customer_id"])
        if c is None:
            c = customers[row["customer_id"]] = Customer(row["customer_id"], known.get("time_zone") or policy.timezone)
            consent = known.get("consent", "").split(";") if known.get("consent") else []
            c.preferred = known.get("preferred_channel") or None
            nothing = consent == ["none"]
            c.points = {
                "email": bool(known.get("email")) and not nothing,
                "sms": bool(known.get("phone")) and "sms" in consent,
                "whatsapp": bool(known.get("whatsapp")) and "whatsapp" in consent,
            }
            c.attributes = {k: v for k, v in known.items() if k not in COLUMNS}
        r = Receivable(row["receivable_id"], c, date.fromisoformat(row["issued_on"]), date.fromisoformat(row["due_on"]), minor(row["amount"]), row["currency"], row.get("method") or "")
        r.due = calendars.roll(policy.calendar, r.due_on)
        r.entry = calendars.at(c.zone, r.issued, policy.minutes)
        paid = payment(row, row.get("paid_amount") or "", c.zone)
        if paid:
            r.payments.append(paid)
        c.receivables.append(r)
        by_id[r.id] = r
    if payments:
        for row in csv.DictReader(io.StringIO(payments)):
            r = by_id[row["receivable_id"]]
            r.payments.append(payment(row, row["amount"], r.customer.zone))
    return list(customers.values())


def edge(policy: Policy, text: str) -> int:
    if len(text) == 10:
        return calendars.at(policy.timezone, date.fromisoformat(text), 0)
    return instant(text)


def run(policy_text: str, receivables: str, payments: str | None = None, downs: list = (), until: str | None = None) -> str:
    policy = Policy(policy_text)
    customers = read(policy, receivables, payments)
    spans = sorted((edge(policy, a), edge(policy, b)) for a, b in downs)
    stop = edge(policy, until) if until else None
    rows = []
    for customer in customers:
        walk_customer(policy, customer, spans, stop, rows)
    return render(rows)


def walk_customer(policy, customer, spans, stop, rows):
    walk = Walk(policy, customer, rows)
    zone = customer.zone
    minutes = {0, 7 * 60, 8 * 60, 9 * 60, 14 * 60, 16 * 60, 19 * 60, 20 * 60, 21 * 60, policy.minutes}
    for ladder in policy.ladders.values():
        minutes |= {s.minutes for s in ladder}
    for _, s in policy.reactions:
        minutes.add(s.minutes)
    first = min(r.entry for r in customer.receivables)
    last_day = max([r.due for r in customer.receivables] + [r.issued for r in customer.receivables] + [p.day for r in customer.receivables for p in r.payments])
    last_day += timedelta(days=HORIZON_DAYS)
    ticks = {first}
    for r in customer.receivables:
        ticks.add(r.entry)
        if policy.rulebook == "br":
            ticks.add(calendars.at(zone, r.due.replace(year=r.due.year + 5) if (r.due.month, r.due.day) != (2, 29) else date(r.due.year + 5, 3, 1), 0))
        for p in r.payments:
            ticks |= {p.visible, p.visible + policy.max_delay * 86400}
        for ladder in policy.ladders.values():
            for s in ladder:
                if s.at.unit == "h" and s.at.anchor in "ID":
                    base = r.due if s.at.anchor == "D" else r.issued
                    t = calendars.at(zone, base, policy.minutes) + s.at.amount * 3600
                    wall = calendars.local(zone, t)
                    minutes.add(wall.hour * 60 + wall.minute)
    day = calendars.day_of(zone, first)
    while day <= last_day:
        for m in minutes:
            ticks.add(calendars.at(zone, day, m))
        day += timedelta(days=1)
    for _, end in spans:
        ticks.add(end)
    for now in sorted(ticks):
        if now < first or any(a <= now < b for a, b in spans) or (stop is not None and now >= stop):
            continue
        if idle(customer, now):
            continue
        walk.tick(now)


def idle(customer, now) -> bool:
    """Only a short cut: nothing of this customer can be decided now."""
    for r in customer.receivables:
        if not r.entered:
            if r.entry <= now:
                return False
            continue
        if any(o.outcome is None for o in r.reactions):
            return False
        if not r.paid and any(p.visible <= now for p in r.payments):
            return False
        if not r.closed:
            if any(o.outcome is None and (o.instant is None or o.instant <= now) for o in r.occurrences):
                return False
    return True


def render(rows: list) -> str:
    rows = [x for x in rows]
    key = lambda x: (x[0], x[1].id.encode(), x[2].order, x[2].number)
    rows.sort(key=key)
    names = {}
    for _, r, o in rows:
        if o.message is not None and id(o.message) not in names:
            names[id(o.message)] = f"{r.id}/{o.name}/{o.cycle}"
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow("receivable_id,customer_id,step,cycle,outcome,reason,instant,channel,message_id,items".split(","))
    for now, r, o in rows:
        m = o.message
        writer.writerow([
            r.id, r.customer.id, o.name, o.cycle, o.outcome if o.outcome in ("done", "skipped") else "skipped", o.reason,
            calendars.rfc3339(r.customer.zone, now),
            m.channel if m else "", names[id(m)] if m else "",
            ";".join(sorted({x.id for x in m.items}, key=str.encode)) if m else "",
        ])
    return out.getvalue()


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("receivables")
    args.add_argument("policy")
    args.add_argument("--payments")
    args.add_argument("--down", action="append", default=[], metavar="FROM..TO")
    args.add_argument("--until")
    args.add_argument("--out", help="the file to write (default: standard output)")
    a = args.parse_args()
    load = lambda path: open(path, encoding="utf-8", newline="").read()
    text = run(load(a.policy), load(a.receivables), load(a.payments) if a.payments else None, [tuple(d.split("..")) for d in a.down], a.until)
    if a.out:
        open(a.out, "w", encoding="utf-8", newline="").write(text)
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
