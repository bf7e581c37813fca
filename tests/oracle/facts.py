"""What is known: customers, receivables, payments, and the occurrences of steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from policy import Step


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
