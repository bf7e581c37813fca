#!/usr/bin/env python3
"""A slow, naive reading of the specification's backtest: receivables and a policy in, `decisions.csv` out.

Written from the words of SPEC §2, §3, §4, §6 and §17 alone, without reading the engine; see README.md.
It walks time in small fixed steps and decides everything anew at each. This file reads the files, makes the moments and writes the rows.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from datetime import date, datetime, timedelta
from fractions import Fraction

import calendars
from facts import Customer, Payment, Receivable
from policy import Policy
from walk import Walk

HORIZON_DAYS = 120


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
