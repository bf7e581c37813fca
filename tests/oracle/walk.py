"""The decision of one customer, moment by moment (SPEC §3).

Every rule cites its sentence as `§section`. Nothing is remembered beyond what was decided, sent and for what each step waits.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import calendars
import cel
from facts import Customer, Message, Occurrence, Receivable
from law import legal_from, prescribed
from money import account
from policy import STATES, TONES, Policy, Step, moment

# Where the words leave a choice the oracle takes the literal one; the names below switch to the engine's (see README.md).
READINGS = {
    "notice-beside-superseded": "a notice goes out in the same decision in which its step is superseded by another receivable's",
}
READ = set()

# §3.11: at the end of a window the last deferral's reason, if it is one of these, else `stale`.
FINAL = ("frozen", "no_legal_moment", "capped", "not_approved")


def attribute(text):
    """A further column of the file: true or false, a number or a text."""
    if text in (None, ""):
        return None
    if text in ("true", "false"):
        return text == "true"
    try:
        return Fraction(text)
    except ValueError:
        return text


def by_instant(o: Occurrence):
    return (o.instant is None, o.instant or 0, o.order, o.number)


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

    def legal_release(self, now: int, minutes: int, kind: str, channel: str) -> int | None:
        """When the rulebook lets a waiting step go: its local hour of the first permitted day if that is permitted, else the first permitted moment."""
        legal = legal_from(self.policy, self.zone, now, kind, channel)
        if legal == now:
            return None
        later = self.release(legal, minutes)
        return later if legal_from(self.policy, self.zone, later, kind, channel) == later else legal

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
            nb = moment(segment["not_before"])
            r.not_before = self.at(nb.day(p.calendar, r.due), nb.minutes or 0)
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
        paid = bool(self.visible(r, now)) and account(p, r, self.visible(r, now), self.day(now))[1]
        ends = [o for o in r.occurrences if o.step.do == "write_off" and o.instant is not None and r.entry <= o.instant <= now]
        closed_at_entry = paid or any(not self.judge(r, o, now) and not self.too_small(r, now) for o in ends)
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
            for o in r.occurrences:  # what a write-off closes at this instant is not carried out beside it (§3.5, §3.10)
                if o.step.do == "write_off" and not r.closed and o.outcome is None and o.instant is not None and o.instant <= now:
                    self.neutral(r, o, now)
        contacts = []
        for r in sorted(known, key=lambda r: r.id):
            self.react(r, now)
            if r.closed:
                continue
            self.follow(r, now)
            contacts += self.open_contacts(r, now)
        self.before_this = self.state_in_force() if any(r.entered for r in known) else -1
        self.act(known, contacts, now)
        for r in known:
            self.close(r, now)
        contacts = [(r, o) for r, o in contacts if o.outcome is None and not r.closed]
        for r in known:
            if not r.closed:
                contacts += [(r, o) for o in r.notices.values() if o.outcome is None]
        self.send(contacts, now)
        for r in known:
            for o in r.notices.values():
                if o.outcome is None and o.notice_of.outcome is not None:
                    o.outcome = "dropped"

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
            elif prescribed(self.policy, r, self.day(now)):
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
        until = self.legal_release(now, minutes, kind, channel)
        return ("no_legal_moment", until) if until else None

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
        groups = [[item] for item in ready]
        if self.policy.consolidate:
            # §3.8 the most severe item gives the channel; §4 what the rulebook does not allow on it leads a message of its own
            groups, rest = [], ready
            while rest:
                channel = self.channel(rest[0][1], self.is_overdue_contact(*rest[0]))
                joins = lambda x: legal_from(self.policy, self.zone, now, "collection" if self.is_overdue_contact(*x) else "informative", channel) == now
                groups.append([x for x in rest if x is rest[0] or joins(x)])
                rest = [x for x in rest if x is not rest[0] and not joins(x)]
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
            for r, name, _ in named:
                if not r.announced.get(name) or r.announced[name][-1][0] != now:
                    r.announced.setdefault(name, []).append((now, None))
            for r, name, target in named:
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
            if r.paid:  # §8: restored at once on payment
                continue
            for o in r.occurrences:
                if o.step.do == "access" and o.outcome == "done":
                    level = max(level, STATES.index(o.step.state))
        return level

    def act(self, known, contacts, now):
        """What is no contact: receivable by receivable, in the order of raw instants, then of the file."""
        due = lambda o: o.outcome is None and o.instant is not None and o.instant <= now and not o.step.contact
        todo = [(r, o) for r in known if not r.closed for o in r.occurrences if due(o)]
        for r, o in sorted(todo, key=lambda x: (x[0].id.encode(), x[1].instant, x[1].order, x[1].number)):
            if r.closed or o.outcome is not None:
                continue
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
            being_sent = any(c.outcome is None and q is r and o.step.id in c.step.announces for q, c in contacts)
            if notice is None and not being_sent and not r.announced.get(o.step.id) and not self.too_small(r, now):
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
            o.wait = ("unannounced", None)
            return
        if notice is not None and notice.outcome is None:
            notice.outcome = "dropped"  # another contact has announced it since
        if o.wait and o.wait[1] is not None and now < o.wait[1]:
            return
        today = self.day(now)
        named = max(day for _, day in sent)
        start = self.at(named, o.minutes)
        if now < max(start, self.release(r.overdue_from, o.minutes)):
            return
        taken = {self.day(x.decided) for x in r.occurrences if x.step.adverse and x.outcome == "done"}
        if any(x.outcome is None for x in self.planned_before(r, o)):
            o.wait = ("one_per_day", None)
            return
        if o.wait == ("one_per_day", None) and now < self.at(today, o.minutes):
            o.wait = ("one_per_day", self.at(today, o.minutes))  # §3.5: its local hour that day, when that is later
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
            until = self.legal_release(now, o.minutes, kind, "voice")
            if until:
                o.wait = ("no_legal_moment", until)
                return
        self.done(r, o, now)
        if o.step.do == "write_off":
            r.closed = "written_off"
            self.close(r, now)
