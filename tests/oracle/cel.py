"""A small subset of CEL: names, strings, numbers, money('…'), comparisons, `in` nothing, && || ! ( )."""

from __future__ import annotations

import re
from fractions import Fraction

TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_][\w.]*)|'([^']*)'|(&&|\|\||==|!=|<=|>=|[<>!(),]))")


class CurrencyClash(Exception):
    """Two currencies were compared: the condition is neither true nor false."""


class Money:
    def __init__(self, minor: int, currency: str):
        self.minor, self.currency = minor, currency


def tokens(text: str):
    at, out = 0, []
    while at < len(text.rstrip()):
        m = TOKEN.match(text, at)
        if not m:
            raise ValueError(f"condition: {text[at:]}")
        number, name, string, op = m.groups()
        out.append(("num", Fraction(number)) if number is not None else ("name", name) if name is not None else ("str", string) if string is not None else ("op", op))
        at = m.end()
    return out


def evaluate(text: str, lookup, currency: str) -> bool:
    toks, pos = tokens(text), [0]

    def peek():
        return toks[pos[0]] if pos[0] < len(toks) else ("end", None)

    def take(expected=None):
        tok = peek()
        if expected is not None and tok != ("op", expected):
            raise ValueError(f"condition: expected {expected} in {text}")
        pos[0] += 1
        return tok

    def either():
        left = both()
        while peek() == ("op", "||"):
            take()
            right = both()
            left = truth(left) or truth(right)
        return left

    def both():
        left = compare()
        while peek() == ("op", "&&"):
            take()
            right = compare()
            left = truth(left) and truth(right)
        return left

    def compare():
        left = unary()
        if peek()[0] == "op" and peek()[1] in ("==", "!=", "<", "<=", ">", ">="):
            op = take()[1]
            right = unary()
            return relation(op, left, right)
        return left

    def unary():
        if peek() == ("op", "!"):
            take()
            return not truth(unary())
        if peek() == ("op", "("):
            take()
            inside = either()
            take(")")
            return inside
        kind, value = take()
        if kind in ("num", "str"):
            return value
        if kind == "name":
            if value == "money":
                take("(")
                amount = take()[1]
                code = currency
                if peek() == ("op", ","):
                    take()
                    code = take()[1]
                take(")")
                return Money(int(Fraction(amount) * 100), code)
            if value in ("true", "false"):
                return value == "true"
            return lookup(value)
        raise ValueError(f"condition: {text}")

    result = either()
    if pos[0] != len(toks):
        raise ValueError(f"condition: {text}")
    return truth(result)


def truth(value) -> bool:
    return value is True


def relation(op, left, right) -> bool:
    if left is None or right is None:
        return False
    if isinstance(left, Money) and isinstance(right, Money):
        if left.currency != right.currency:
            raise CurrencyClash
        left, right = left.minor, right.minor
    if op == "==":
        return left == right
    if op == "!=":
        return left != right
    if type(left) is str or type(right) is str:
        return False
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[op]
