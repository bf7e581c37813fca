"""Reads the part of a régua file that the oracle understands, every scalar as text."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

import calendars

CONTACTS = ("notify", "offer")
ADVERSE = ("access", "fee", "report", "assign")
TONES = ("friendly", "neutral", "firm")
STATES = ("grace", "limited", "suspended", "cancelled")


@dataclass
class Moment:
    """An anchor (or the step it follows), an offset and perhaps an hour."""

    anchor: str
    amount: int
    unit: str  # d, bd, h
    minutes: int | None

    def day(self, calendar: str, base: date) -> date:
        if self.unit == "bd":
            return calendars.plus_open(calendar, base, self.amount)
        return base + timedelta(days=self.amount)


MOMENT = re.compile(r"^([A-Za-z0-9_-]*?)(?:([+-]\d+)(bd|d|h)?)?(?:\s+(\d\d):(\d\d))?$")


def moment(text: str) -> Moment:
    m = MOMENT.match(text.strip())
    if not m:
        raise ValueError(f"moment {text}")
    minutes = int(m[4]) * 60 + int(m[5]) if m[4] else None
    return Moment(m[1], int(m[2] or 0), m[3] or "d", minutes)


def length(text: str):
    m = re.match(r"^(\d+)(bd|d)$", text)
    return int(m[1]), m[2]


def hour(text: str) -> int:
    h, m = text.split(":")
    return int(h) * 60 + int(m)


@dataclass
class Step:
    id: str
    at: Moment
    do: str
    place: int
    follows: str | None = None
    every: tuple | None = None
    until: Moment | None = None
    condition: str | None = None
    tone: str = "friendly"
    template: str = ""
    channels: list | None = None
    announces: list = field(default_factory=list)
    state: str = ""
    notice: tuple = (3, "bd")
    minutes: int = 540

    @property
    def contact(self):
        return self.do in CONTACTS

    @property
    def adverse(self):
        return self.do in ADVERSE


class Policy:
    def __init__(self, text: str):
        try:
            raw = json.loads(text)
        except ValueError:
            import yaml  # only for files that are not JSON

            raw = yaml.load(text, Loader=yaml.BaseLoader)
        self.currency = raw["currency"]
        self.timezone = raw["timezone"]
        self.calendar = raw.get("calendar", "none")
        self.minutes = hour(raw.get("time", "09:00"))
        self.max_delay = length(raw.get("max_delay", "3d"))[0]
        self.notice = length(raw.get("notice", "3bd"))
        self.minimum = {code: int(Fraction(str(amount)) * 100) for code, amount in raw.get("minimum", {}).items()}
        self.clearing = {rail: length(text) for rail, text in raw.get("clearing", {}).items()}
        late = raw.get("late_charges", {})
        percent = lambda t: Fraction(str(t).rstrip("%")) / 100
        self.fine = percent(late.get("fine", "0%"))
        interest = late.get("interest")
        self.interest_per_day = Fraction(0)
        if interest:
            base = int(interest.get("base", {"day": 1, "month": 30, "year": 365}[interest["per"]]))
            self.interest_per_day = percent(interest["rate"]) / base
        self.early = [(percent(tier["percent"]), moment(tier["until"])) for tier in raw.get("early_discount", [])]
        contact = raw.get("contact", {})
        self.rulebook = contact.get("rulebook", "none")
        self.caps = []
        for cap in contact.get("caps", []):
            count, per = cap.split("/")
            self.caps.append((int(count), {"day": 1, "week": 7, "month": 30}[per]))
        self.channels = contact.get("channels", ["email"])
        self.consolidate = str(contact.get("consolidate", "true")).lower() == "true"
        self.blackouts = [(b["from"], b["to"], b["stop"]) for b in raw.get("blackouts", [])]
        retry = raw.get("retry") or {}
        self.charge_late = length(retry["window"])[0] if "window" in retry else self.max_delay
        self.segments = raw["segments"]
        self.ladders = {name: [self.step(s, i) for i, s in enumerate(steps)] for name, steps in raw["ladders"].items()}
        self.reactions = []
        for i, raw_reaction in enumerate(raw.get("reactions", [])):
            reaction = dict(raw_reaction)
            reaction.setdefault("id", f"on.{reaction['on']}")
            reaction.setdefault("at", "E")
            step = self.step(reaction, 1000 + i)
            self.reactions.append((reaction["on"], step))

    def step(self, raw: dict, place: int) -> Step:
        after = raw.get("after")
        if after:
            m = re.match(r"^(.*?)([+-]\d+(?:bd|d|h)?(?:\s+\d\d:\d\d)?)?$", after)
            follows, at = m[1], moment("A" + (m[2] or ""))
        else:
            follows, at = None, moment(raw["at"])
        step = Step(raw["id"], at, raw["do"], place, follows)
        if "every" in raw:
            step.every, step.until = length(raw["every"]), moment(raw["until"])
        step.condition = raw.get("if")
        step.tone = raw.get("tone", "friendly")
        step.template = raw.get("template", "offer" if raw["do"] == "offer" else "")
        step.channels = raw.get("channels")
        step.announces = raw.get("announces", [])
        step.state = raw.get("state", "")
        step.notice = length(raw["notice"]) if "notice" in raw else self.notice
        step.minutes = at.minutes if at.minutes is not None else self.minutes
        return step

    def blacked_out(self, day: date, what: str) -> bool:
        for start, end, stop in self.blackouts:
            if what not in stop:
                continue
            key = f"{day.month:02d}-{day.day:02d}"
            if (start <= key <= end) if start <= end else (key >= start or key <= end):
                return True
        return False
