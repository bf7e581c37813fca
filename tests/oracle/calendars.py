"""Local time and business days, from the words of the specification and `facts/brazil.md` §1.7."""

from __future__ import annotations

import functools
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)


@functools.lru_cache(maxsize=None)
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@functools.lru_cache(maxsize=None)
def at(zone_name: str, day: date, minutes: int) -> int:
    """The instant (seconds of UTC) of a local wall-clock time; a time that does not exist moves behind the gap."""
    wall = datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=zone(zone_name))
    return int(wall.timestamp())


@functools.lru_cache(maxsize=200_000)
def local(zone_name: str, instant: int) -> datetime:
    return datetime.fromtimestamp(instant, zone(zone_name))


def day_of(zone_name: str, instant: int) -> date:
    return local(zone_name, instant).date()


def minutes_of(zone_name: str, instant: int) -> int:
    wall = local(zone_name, instant)
    return wall.hour * 60 + wall.minute


def rfc3339(zone_name: str, instant: int) -> str:
    text = local(zone_name, instant).isoformat(timespec="seconds")
    return text


@functools.lru_cache(maxsize=None)
def easter(y: int) -> date:
    a, b, c = y % 19, y // 100, y % 100
    d, e = b // 4, b % 4
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    l = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * l) // 451
    return date(y, (h + l - 7 * m + 114) // 31, (h + l - 7 * m + 114) % 31 + 1)


@functools.lru_cache(maxsize=None)
def br_holidays(y: int) -> frozenset:
    e = easter(y)
    days = {date(y, 1, 1), date(y, 4, 21), date(y, 5, 1), date(y, 9, 7), date(y, 10, 12), date(y, 11, 2), date(y, 11, 15), date(y, 12, 25)}
    days |= {e + timedelta(days=n) for n in (-48, -47, -2, 60)}
    if y >= 2024:
        days.add(date(y, 11, 20))
    return frozenset(days)


def is_br_holiday(day: date) -> bool:
    return day in br_holidays(day.year)


def is_open(calendar: str, day: date) -> bool:
    if calendar == "none":
        return True
    if calendar == "br-banking":
        return day.weekday() < 5 and not is_br_holiday(day)
    raise ValueError(f"the oracle knows no calendar {calendar}")


def roll(calendar: str, day: date) -> date:
    while not is_open(calendar, day):
        day += ONE_DAY
    return day


def plus_open(calendar: str, day: date, n: int) -> date:
    """The nth open day strictly after (before) a date; the date itself for 0."""
    step = ONE_DAY if n > 0 else -ONE_DAY
    left = abs(n)
    while left:
        day += step
        if is_open(calendar, day):
            left -= 1
    return day
