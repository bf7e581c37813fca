"""What is owed on a day (SPEC §6)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from facts import Receivable
from policy import Policy


def half_up(value: Fraction) -> int:
    return (value.numerator * 2 + value.denominator) // (value.denominator * 2)


def account(policy: Policy, r: Receivable, payments: list, on: date):
    """(amount due on a day, whether it is settled), §6."""
    principal, paid_fine, paid_interest = r.amount, 0, 0
    fine_charged = None
    unit_days = Fraction(0)  # since interest was last entered
    entered = 0  # §1: interest is entered when a payment uses it, rounded once each time
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
        interest = entered + half_up(unit_days * policy.interest_per_day) - paid_interest
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
        entered += half_up(unit_days * policy.interest_per_day)
        unit_days = Fraction(0)
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
