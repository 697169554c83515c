"""The land-balance table against the zones: area of each function, the total, and the shares."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from ingest.gate.audit.balance import FUNCTIONS, Balance, Drawn, is_total, land_name
from ingest.gate.audit.balance_sheet import BalanceRow
from ingest.gate.audit.rounding import half_units
from ingest.gate.audit.zones import number
from ingest.gate.checks.gravest import gravest
from schemas.issues import Issue

SHOWN = 5
ABOUT, DECIMALS = 0.1, 6


def check_balance(balance: Balance) -> Iterator[Issue]:
    """Lines that are not what is drawn, what is drawn and in no line, and shares that are wrong."""
    lines = [row for row in balance.table.rows if not is_total(row)]
    known = [row for row in lines if land_name(row.name) in balance.drawn]
    if not known:
        first = balance.table.rows[0]
        yield balance.finding(first, "BALANCE_NOT_COMPARED")
        return
    wrong = [row for row in known if balance.differs(row, _found(balance, row))]
    wrong.sort(key=lambda row: -_off(balance, row))
    yield from gravest(wrong, partial(_differs, balance))
    unknown = [row for row in lines if land_name(row.name) not in balance.drawn]
    if unknown:
        names = _first_few([row.name for row in unknown])
        issue = balance.finding(unknown[0], "BALANCE_ROW_UNKNOWN", names=names)
        yield replace(issue, count=len(unknown))
    yield from _missing(balance, known)
    yield from _total(balance)
    yield from _shares(balance)


def _found(balance: Balance, row: BalanceRow) -> list[float]:
    drawn = balance.drawn[land_name(row.name)]
    return [area for one in drawn for area in (one.area_m2, one.stated_m2)]


def _nearest(balance: Balance, row: BalanceRow) -> Drawn:
    stated = (row.area or 0.0) * balance.unit_m2
    return min(balance.drawn[land_name(row.name)], key=lambda one: abs(one.area_m2 - stated))


def _off(balance: Balance, row: BalanceRow) -> float:
    return abs((row.area or 0.0) * balance.unit_m2 - _nearest(balance, row).area_m2)


def _differs(balance: Balance, row: BalanceRow) -> Issue:
    drawn = _nearest(balance, row)
    return balance.finding(
        row,
        "BALANCE_DIFFERS",
        unit=_unit_name(balance),
        drawn=number(drawn.area_m2 / balance.unit_m2, 4),
        zones=balance.zones.names(drawn.rows),
        n_zones=len(drawn.rows),
    )


def _unit_name(balance: Balance) -> str:
    return "m²" if balance.unit_m2 == 1 else "ha"


def _missing(balance: Balance, known: list[BalanceRow]) -> Iterator[Issue]:
    """Zones whose functions stand in no line of the table."""
    listed = {land_name(row.name) for row in known}
    frame = balance.zones.frame
    lost = [
        int(row)
        for row in balance.rows
        if not any(land_name(str(frame[f].iat[row] or "")) in listed for f in FUNCTIONS)
    ]
    if not lost:
        return
    functions = dict.fromkeys(str(frame["function_1"].iat[row]) for row in lost)
    detail = {"file": balance.file, "functions": _first_few([*functions])}
    issue = balance.zones.finding(lost[0], "BALANCE_FUNCTION_MISSING", "function_1", detail=detail)
    yield replace(issue, count=len(lost))


def _first_few(names: list[str]) -> str:
    return ", ".join([*names[:SHOWN], "…"] if len(names) > SHOWN else names)


def _total(balance: Balance) -> Iterator[Issue]:
    whole = balance.summed(balance.rows)
    found = [whole.area_m2, whole.stated_m2, balance.boundary_m2]
    for row in balance.table.rows:
        if is_total(row) and balance.differs(row, found):
            yield balance.finding(
                row,
                "BALANCE_TOTAL_DIFFERS",
                unit=_unit_name(balance),
                drawn=number(whole.area_m2 / balance.unit_m2, 4),
                boundary=number(balance.boundary_m2 / balance.unit_m2, 4),
            )


def _shares(balance: Balance) -> Iterator[Issue]:
    """Shares over 100 %, or other than the line's part of the table's own total.

    A cell in percent format holds 0.95 for 95 %: shares that are parts of one are told in percent.
    """
    totals = [row.area for row in balance.table.rows if is_total(row)]
    whole = max((area for area in totals if area), default=None)
    stated = _in_percent([row for row in balance.table.rows if row.share is not None])
    wrong = [row for row in stated if (row.share or 0.0) > 100 + 1e-9]
    yield from gravest(wrong, lambda row: balance.finding(row, "SHARE_OVER_HUNDRED", share=True))
    if whole is None:
        return
    off = [row for row in stated if row not in wrong and _wrong_share(row, whole)]
    yield from gravest(off, partial(_share_issue, balance, whole))


def _in_percent(rows: list[BalanceRow]) -> list[BalanceRow]:
    """Lines with a share; those of a table whose whole is about one, a hundred times as large.

    None where all are below one and nothing tells of what.
    """
    shares = [row.share or 0.0 for row in rows]
    totals = [row.share or 0.0 for row in rows if is_total(row)]
    if any(abs(whole - 1) <= ABOUT for whole in totals or [sum(shares)]):
        return [replace(row, share=round(100 * (row.share or 0.0), DECIMALS)) for row in rows]
    return rows if max(shares, default=0.0) > 1 else []


def _wrong_share(row: BalanceRow, whole: float) -> bool:
    percent = 100 * (row.area or 0.0) / whole
    rounding = float(half_units([row.share or 0.0])[0])
    return abs((row.share or 0.0) - percent) > max(0.5, rounding)


def _share_issue(balance: Balance, whole: float, row: BalanceRow) -> Issue:
    right = number(100 * (row.area or 0.0) / whole, 2)
    return balance.finding(row, "SHARE_DIFFERS", share=True, right=right)
