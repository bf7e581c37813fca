"""The rulebook `br` without the rows of single states, and `none` (SPEC §4)."""

from __future__ import annotations

from datetime import date, timedelta

import calendars
from facts import Receivable
from policy import Policy

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
