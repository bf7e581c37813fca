#!/usr/bin/env python3
"""Random small portfolios and policies through both `regua backtest` and the oracle; shows and shrinks the first difference."""

from __future__ import annotations

import argparse
import copy
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
from datetime import date, timedelta

import oracle
import walk

HERE = os.path.dirname(os.path.abspath(__file__))
POLICIES = os.path.join(HERE, "..", "..", "policies")
ZONES = ["America/Sao_Paulo", "America/Manaus", "America/Noronha", "America/Rio_Branco", "Europe/Lisbon", "America/New_York", "America/Santiago",
         "Pacific/Auckland", "Asia/Kolkata", ""]
COLUMNS = ["receivable_id", "customer_id", "issued_on", "due_on", "amount", "currency", "paid_on", "paid_at", "paid_amount", "method",
           "email", "phone", "whatsapp", "time_zone", "consent", "preferred_channel", "tier"]


class Case:
    def __init__(self, rows, payments, policy, downs, until=None):
        self.rows, self.payments, self.policy, self.downs, self.until = rows, payments, policy, downs, until

    def policy_text(self):
        return self.policy if isinstance(self.policy, str) else json.dumps(self.policy, indent=1)

    def copy(self):
        return copy.deepcopy(self)


def table(columns, rows):
    return "".join(",".join(str(r.get(c, "")) for c in columns) + "\n" for r in [dict(zip(columns, columns))] + rows)


# ---------------------------------------------------------------- making cases

def portfolio(g: random.Random):
    start = date(2026, 1, 5) + timedelta(days=g.randrange(0, 360))
    old = g.random() < 0.03
    rows, payments = [], []
    for c in range(g.randint(1, 3)):
        email = g.random() < 0.85
        consent = g.choice(["", "", "email;whatsapp", "email;sms", "whatsapp;sms", "email;sms;whatsapp", "none"])
        customer = {
            "customer_id": f"C{c}", "email": f"c{c}@example.com" if email else "", "phone": g.choice(["", "+5511987654321"]),
            "whatsapp": g.choice(["", "+5511987654321"]), "time_zone": g.choice(ZONES), "consent": consent,
            "preferred_channel": g.choice(["", "", "", "email", "sms", "whatsapp"]), "tier": g.choice(["", "", "gold", "silver"]),
        }
        base = start + timedelta(days=g.randrange(0, 20))
        for k in range(g.randint(1, 4)):
            issued = base + timedelta(days=g.randrange(0, 15))
            due = issued + timedelta(days=g.choice([0, 3, 5, 7, 10, 15, 20, 30, -10, -30] if g.random() < 0.5 else [5, 10, 15, 20]))
            if old and g.random() < 0.5:
                due = issued - timedelta(days=g.choice([1795, 1810, 1818, 1826]))
            amount = g.choice(["100.00", "100.00", "160.50", "1200.00", "0.90", "0.99", "1.00", "49.90"])
            r = dict(customer, receivable_id=f"R{c}{k}", issued_on=issued, due_on=due, amount=amount,
                     currency="USD" if g.random() < 0.1 else "BRL", method=g.choice(["", "boleto", "pix", "card"]))
            x = g.random()
            if x < 0.35:
                pass
            elif x < 0.75:
                paid = due + timedelta(days=g.choice([-40, -5, -1, 0, 0, 1, 2, 3, 5, 8, 12, 20, 40]))
                if g.random() < 0.75:
                    r["paid_on"] = paid
                else:
                    r["paid_at"] = f"{paid}T{g.choice(['08:00', '09:00', '12:30', '23:10'])}:00-03:00"
                if g.random() < 0.4:
                    r["paid_amount"] = g.choice([amount, "50.00", "0.50", "99.50"])
            else:
                for _ in range(g.randint(1, 3)):
                    paid = due + timedelta(days=g.randrange(-5, 40))
                    payments.append({"receivable_id": r["receivable_id"], "paid_on": paid, "amount": g.choice(["10.00", "40.00", "60.00", "99.50", "102.03"])})
            rows.append(r)
    return rows, payments


def ladder(g: random.Random):
    steps = []
    wild = g.choice(["", "", " 07:00", " 18:30", " 20:30", " 00:00", " 23:30"])

    def tone():
        return g.choice(["friendly", "neutral", "firm"])

    def extra(step, overdue):
        if g.random() < 0.25:
            step["channels"] = g.choice([["email"], ["sms", "email"], ["whatsapp"], ["preferred", "email"], ["sms"], ["whatsapp", "sms"]])
        if g.random() < 0.2:
            step["if"] = g.choice(["receivable.amount_due > money('60.00')", "receivable.days_late < 10", "customer.attributes.tier == 'gold'",
                                   "receivable.amount_due < money('101.00')", "receivable.method == 'boleto'", "receivable.days_late >= 7"])
        return step

    def hour(text):
        return text + g.choice(["", "", "", "", " 10:30", " 14:00", " 14:00", wild])

    if g.random() < 0.6:
        steps.append({"id": "issued", "at": "I", "do": "notify", "template": "invoice_issued", "tone": tone()})
    for n in sorted(g.sample([10, 7, 5, 3, 2, 1], g.randint(0, 2)), reverse=True):
        steps.append(extra({"id": f"pre{n}", "at": hour(f"D-{n}" + g.choice(["", "", "bd"])), "do": "notify", "template": "upcoming", "tone": tone()}, False))
    if g.random() < 0.6:
        steps.append(extra({"id": "due", "at": hour("D"), "do": "notify", "template": "due_today", "tone": tone()}, False))
    late = []
    for n in sorted(g.sample([1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 22], g.randint(1, 6))):
        unit = g.choice(["", "", "", "bd", "h"])
        at = f"D+{n * 24 + g.choice([0, 5])}h" if unit == "h" else hour(f"D+{n}{unit}")
        step = extra({"id": f"late{n}", "at": at, "do": g.choice(["notify"] * 5 + ["offer"]), "template": "overdue", "tone": tone()}, True)
        if step["do"] == "offer":
            step["terms"] = {"instalments": 3}
            del step["template"]
        late.append(step)
    steps += late
    if g.random() < 0.3:
        steps.append(extra({"id": "rep", "at": f"D+{g.choice([7, 14, 20])}", "every": g.choice(["2d", "5d", "7d", "3bd"]), "until": f"D+{g.choice([25, 30, 34])}",
                            "do": g.choice(["notify", "notify", "task"]), "template": "overdue", "tone": tone()}, True))
        if steps[-1]["do"] == "task":
            for k in ("template", "tone", "channels"):
                steps[-1].pop(k, None)
            steps[-1]["queue"] = "collectors"
    adverse = []
    if g.random() < 0.8:
        for n in sorted(g.sample([3, 6, 10, 12, 12, 15, 20, 20, 22], g.randint(1, 3))):
            kind = g.choice(["access", "access", "access", "fee", "report"])
            step = {"id": f"adv{len(adverse)}", "at": hour(f"D+{n}" + g.choice(["", "", "bd"])), "do": kind}
            if kind == "access":
                step["state"] = g.choice(["limited", "suspended", "grace"])
            elif kind == "fee":
                step["amount"] = "5.00"
            else:
                step["bureau"] = "serasa"
            if g.random() < 0.3:
                step["notice"] = g.choice(["1d", "5d", "2bd", "10d", "1bd"])
            if g.random() < 0.1:
                step["if"] = "receivable.amount_due > money('60.00')"
            if g.random() < 0.1:
                step["approval"] = True
            adverse.append(step)
        candidates = [s for s in steps if s["do"] == "notify" and (s["id"].startswith("late") or s["id"] == "rep")]
        for a in adverse:
            who = g.choice(candidates) if candidates else None
            if who is None or "if" in who:
                who = {"id": f"ann_{a['id']}", "at": f"D+{g.choice([1, 7, 13, 17])} 11:00", "do": "notify", "template": "overdue", "tone": "firm"}
                steps.append(who)
            who.setdefault("announces", []).append(a["id"])
        steps += adverse
    if g.random() < 0.35:
        steps.append(extra({"id": "call", "at": hour(f"D+{g.choice([2, 5, 11, 16])}"), "do": "task", "queue": "collectors"}, True))
        steps[-1].pop("channels", None)
    if g.random() < 0.1:
        steps = [s for s in steps if s.get("template") not in ("upcoming", "due_today", "overdue", "offer") and s["do"] != "offer"]
        steps = [s for s in steps if s["do"] not in ("access", "fee", "report")]
        steps.append({"id": "charge", "at": hour(f"D{g.choice(['', '+1', '-1', '+2bd'])}"), "do": "charge"})
        steps.append({"id": "after", "after": f"charge+{g.choice(['1d', '3d', '2bd'])}", "do": "notify", "template": "update_method", "tone": tone()})
        return steps
    if g.random() < 0.15:
        followed = g.choice([s for s in steps if "every" not in s])
        steps.append({"id": "follow", "after": f"{followed['id']}+{g.choice(['0d', '1d', '2d', '4d', '1bd', '3bd'])}", "do": "notify", "template": "overdue", "tone": tone()})
        if followed["at"].startswith("I") or followed["at"].startswith("D-"):
            steps[-1]["template"] = "upcoming"
    if g.random() < 0.4:
        steps.append({"id": "end", "at": f"D+{g.choice([35, 40, 60])}", "do": "write_off", "approval": True})
    if g.random() < 0.3:
        head, tail = steps[:-1], steps[-1:]
        if not any("after" in s for s in steps):
            g.shuffle(head)
        steps = head + tail
    return steps


def make_policy(g: random.Random):
    p = {
        "regua": 1, "name": "random", "currency": "BRL", "timezone": "America/Sao_Paulo",
        "calendar": g.choice(["br-banking", "br-banking", "none"]), "time": g.choice(["09:00", "09:00", "09:00", "10:00", "08:00", "15:30"]),
        "max_delay": g.choice(["3d", "3d", "1d", "5d", "12d"]),
        "contact": {"rulebook": g.choice(["br", "br", "none"]), "channels": g.choice([["email"], ["whatsapp", "email", "sms"], ["sms", "email"]]),
                    "consolidate": g.choice([True, True, False])},
        "segments": [{"name": "default"}],
        "ladders": {"default": ladder(g)},
    }
    if g.random() < 0.5:
        p["minimum"] = {"BRL": "1.00"}
    if g.random() < 0.5:
        p["clearing"] = {"boleto": g.choice(["1bd", "2bd", "2d"])}
    if g.random() < 0.6:
        p["late_charges"] = {"fine": "2%", "interest": {"rate": "1%", "per": "month", "method": "simple", "base": "30"}}
    if g.random() < 0.15:
        p["early_discount"] = [{"percent": "5%", "until": "D-3"}]
    if g.random() < 0.6:
        p["contact"]["caps"] = g.choice([["1/day"], ["1/day", "3/week"], ["2/day", "2/week"], ["1/week"], ["1/day", "5/month"]])
    if g.random() < 0.3:
        p["notice"] = g.choice(["2bd", "5d", "1d"])
    if g.random() < 0.5:
        p["blackouts"] = [{"from": "12-24", "to": "01-01", "stop": g.choice([["adverse"], ["adverse", "contacts"], ["adverse", "charges"]]), "then": "shift"}]
        if g.random() < 0.6:
            m = g.randint(1, 11)
            p["blackouts"].append({"from": f"{m:02d}-05", "to": f"{m:02d}-{g.choice(['08', '20'])}", "stop": g.choice([["adverse"], ["contacts"]]), "then": "shift"})
    if g.random() < 0.3:
        p["segments"].insert(0, {"name": "strategic", "when": "customer.attributes.tier == 'gold'", "not_before": f"D+{g.choice([3, 10])}"})
        if g.random() < 0.4:
            p["ladders"]["strategic"] = ladder(g)
    if g.random() < 0.6:
        p["reactions"] = [{"on": "paid", "do": "notify", "template": "receipt"}]
    return p


def make(seed: int) -> Case:
    g = random.Random(seed)
    rows, payments = portfolio(g)
    x = g.random()
    if x < 0.1:
        policy = open(os.path.join(POLICIES, "spec-example.yaml"), encoding="utf-8").read()
    elif x < 0.2:
        policy = open(os.path.join(POLICIES, "brasil-saas.yaml"), encoding="utf-8").read()
    else:
        policy = make_policy(g)
    downs = []
    if g.random() < 0.45:
        first = min(r["issued_on"] for r in rows)
        for _ in range(g.randint(1, 2)):
            a = first + timedelta(days=g.randrange(0, 60))
            b = a + timedelta(days=g.choice([1, 2, 5, 10, 16, 40]))
            if g.random() < 0.3:
                downs.append((f"{a}T15:00:00-03:00", f"{b}T11:20:00-03:00"))
            else:
                downs.append((str(a), str(b)))
        if len(downs) == 2 and not (downs[0][1] < downs[1][0] or downs[1][1] < downs[0][0]):
            downs.pop()
    until = str(min(r["issued_on"] for r in rows) + timedelta(days=g.randrange(20, 90))) if g.random() < 0.1 else None
    return Case(rows, payments, policy, downs, until)


# ---------------------------------------------------------------- running both

class Refused(Exception):
    pass


def run_regua(regua, case: Case, folder):
    path = lambda name: os.path.join(folder, name)
    write = lambda name, text: open(path(name), "w", encoding="utf-8", newline="").write(text)
    write("receivables.csv", table(COLUMNS, case.rows))
    write("policy.yaml", case.policy_text())
    command = [regua, "backtest", "--receivables", path("receivables.csv"), "--policy", path("policy.yaml"), "--out", path("out"), "--threads", "1"]
    if case.payments:
        write("payments.csv", table(["receivable_id", "paid_on", "amount"], case.payments))
        command += ["--payments", path("payments.csv")]
    for a, b in case.downs:
        command += ["--down", f"{a}..{b}"]
    if case.until:
        command += ["--until", case.until]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise Refused(done.stderr + done.stdout[-300:])
    return open(path("out/decisions.csv"), encoding="utf-8", newline="").read(), command


def run_oracle(case: Case):
    return oracle.run(case.policy_text(), table(COLUMNS, case.rows), table(["receivable_id", "paid_on", "amount"], case.payments) if case.payments else None,
                      case.downs, case.until)


def differ(regua, case, folder):
    theirs, _ = run_regua(regua, case, folder)
    ours = run_oracle(case)
    return None if theirs == ours else (theirs, ours)


# ---------------------------------------------------------------- shrinking

def signature(theirs, ours):
    """What kind of difference the first one is: step family, outcomes and reasons."""
    a, b = theirs.splitlines(), ours.splitlines()
    ka = {tuple(l.split(",")[:4]): l for l in a}
    kb = {tuple(l.split(",")[:4]): l for l in b}
    for key in sorted(set(ka) | set(kb), key=lambda k: (min(x.split(",")[6] for x in (ka.get(k), kb.get(k)) if x), k)):
        x, y = ka.get(key), kb.get(key)
        if x != y:
            part = lambda l: "absent" if l is None else "/".join(l.split(",")[4:6])
            same = "same" if x and y and x.split(",")[:6] == y.split(",")[:6] else "other"
            what = ""
            if same == "same":
                fx, fy = x.split(","), y.split(",")
                what = "instant" if fx[6] != fy[6] else "message"
            return f"{part(x)}|{part(y)}|{what}"
    return "order"


def stopped(e) -> str | None:
    """The kind of a run that regua itself calls a failure of the program, not of the input."""
    for words in ("round in circles", "does not", "panicked", "bug"):
        if words in str(e):
            return "stopped: " + words
    return None


def shrink(regua, case, folder, kind):
    def fails(c):
        try:
            found = differ(regua, c, folder)
        except Refused as e:
            return kind == stopped(e)
        except Exception:
            return False
        return found is not None and signature(*found) == kind

    progress = True
    while progress:
        progress = False
        for i in range(len(case.rows)):
            if len(case.rows) == 1:
                break
            c = case.copy()
            gone = c.rows.pop(i)["receivable_id"]
            c.payments = [p for p in c.payments if p["receivable_id"] != gone]
            if fails(c):
                case, progress = c, True
                break
        for i in range(len(case.payments)):
            c = case.copy()
            c.payments.pop(i)
            if fails(c):
                case, progress = c, True
                break
        for i in range(len(case.downs)):
            c = case.copy()
            c.downs.pop(i)
            if fails(c):
                case, progress = c, True
                break
        if case.until:
            c = case.copy()
            c.until = None
            if fails(c):
                case, progress = c, True
        for row in range(len(case.rows)):
            for column, value in (("paid_on", ""), ("paid_at", ""), ("paid_amount", ""), ("method", ""), ("time_zone", ""), ("preferred_channel", ""), ("tier", ""), ("phone", ""), ("whatsapp", ""), ("consent", "")):
                if case.rows[row].get(column):
                    c = case.copy()
                    c.rows[row][column] = value
                    if fails(c):
                        case, progress = c, True
        if isinstance(case.policy, dict):
            for key in list(case.policy):
                if key in ("minimum", "clearing", "late_charges", "blackouts", "reactions", "notice", "max_delay", "calendar"):
                    c = case.copy()
                    del c.policy[key]
                    if fails(c):
                        case, progress = c, True
            if "caps" in case.policy["contact"]:
                c = case.copy()
                del c.policy["contact"]["caps"]
                if fails(c):
                    case, progress = c, True
            if len(case.policy["segments"]) > 1:
                c = case.copy()
                c.policy["segments"].pop(0)
                c.policy["ladders"].pop("strategic", None)
                if fails(c):
                    case, progress = c, True
            for name in list(case.policy["ladders"]):
                i = 0
                while i < len(case.policy["ladders"][name]):
                    c = case.copy()
                    gone = c.policy["ladders"][name].pop(i)
                    for s in c.policy["ladders"][name]:
                        if gone["id"] in s.get("announces", []):
                            s["announces"].remove(gone["id"])
                            if not s["announces"]:
                                del s["announces"]
                    if fails(c):
                        case, progress = c, True
                    else:
                        i += 1
                for i, s in enumerate(case.policy["ladders"][name]):
                    for key in ("if", "channels", "notice", "approval"):
                        if key in s:
                            c = case.copy()
                            del c.policy["ladders"][name][i][key]
                            if fails(c):
                                case, progress = c, True
    return case


def show(case, theirs, ours, command=None):
    print("--- policy\n" + (case.policy_text() if isinstance(case.policy, dict) else case.policy.splitlines()[0]))
    print("--- receivables\n" + table([c for c in COLUMNS if any(r.get(c) for r in case.rows)], case.rows), end="")
    if case.payments:
        print("--- payments\n" + table(["receivable_id", "paid_on", "amount"], case.payments), end="")
    print("--- down", case.downs, "until", case.until)
    import difflib

    print("--- `-` regua, `+` oracle, around each difference")
    for line in difflib.unified_diff(theirs.splitlines(), ours.splitlines(), lineterm="", n=4):
        print(line)


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--cases", type=int, default=200)
    args.add_argument("--seed", type=int, default=1, help="of a run; case N of seed S is S * 1000000 + N")
    args.add_argument("--from", type=int, default=0, dest="start", help="the first N")
    args.add_argument("--regua", required=True)
    args.add_argument("--show", type=int, default=1, help="how many different kinds to shrink and print")
    args.add_argument("--skip", action="append", default=[], help="kinds (as printed) to pass over")
    args.add_argument("--keep", help="a folder where shrunk cases are written")
    args.add_argument("--no-shrink", action="store_true")
    args.add_argument("--reading", action="append", default=[], choices=["all"] + sorted(walk.READINGS), help="take the other reading of a sentence")
    a = args.parse_args()
    walk.READ.update(walk.READINGS if "all" in a.reading else a.reading)
    counts, kinds, refused = {"agree": 0, "differ": 0, "refused": 0, "rows": 0}, {}, {}
    shown = 0
    with tempfile.TemporaryDirectory() as folder:
        for n in range(a.start, a.start + a.cases):
            seed = a.seed * 1_000_000 + n
            case = make(seed)
            try:
                found = differ(a.regua, case, folder)
            except Refused as e:
                if stopped(e):
                    counts["differ"] += 1
                    kind = stopped(e)
                    kinds.setdefault(kind, []).append(seed)
                    if kind not in a.skip and len(kinds[kind]) == 1 and shown < a.show:
                        shown += 1
                        print(f"=== seed {seed}: {kind}: {str(e).strip()}")
                        case = shrink(a.regua, case, folder, kind)
                        show(case, "", run_oracle(case))
                        sys.stdout.flush()
                    continue
                counts["refused"] += 1
                lines = [l for l in str(e).splitlines() if "error" in l]
                why = lines[0].split("error:")[-1][:70] if lines else str(e)[:70]
                why = why if lines else why + f" seed {seed}"
                refused[why] = refused.get(why, 0) + 1
                continue
            if found is None:
                counts["agree"] += 1
                continue
            counts["differ"] += 1
            kind = signature(*found)
            kinds.setdefault(kind, []).append(seed)
            if kind in a.skip or len(kinds[kind]) > 1 or shown >= a.show:
                continue
            shown += 1
            print(f"=== seed {seed}: {kind}")
            if not a.no_shrink:
                case = shrink(a.regua, case, folder, kind)
            theirs, ours = differ(a.regua, case, folder)
            show(case, theirs, ours)
            sys.stdout.flush()
    print(counts)
    for kind, seeds in sorted(kinds.items(), key=lambda x: -len(x[1])):
        print(f"{len(seeds):5} {kind}   e.g. {seeds[:3]}")
    for why, count in sorted(refused.items(), key=lambda x: -x[1]):
        print(f"{count:5} refused: {why}")
    return 1 if counts["differ"] else 0


if __name__ == "__main__":
    sys.exit(main())
