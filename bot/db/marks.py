"""What the figures count of a ticket, as columns that the database keeps itself: right whoever changes the row.

A year of a large house is counted off one index of these, where reading the rows took seconds. Each thing that is
counted is one bit of `marks`, with the stars of the reporter above them; the times are counted into steps that grow (a
minute, a quarter of an hour, an hour, six), because steps add up where medians do not, and both databases can count.
"""

from __future__ import annotations

from typing import Any

OPEN = "open"
MARKS = {
    "taken": "acknowledged_at IS NOT NULL",
    "in_time": "coalesce(acknowledged_at <= acknowledge_by, false)",
    "resolved": "resolved_at IS NOT NULL",
    "resolved_in_time": "coalesce(resolved_at <= resolve_by, false)",
    "reopened": "reopened > 0",
    "rated": "rating IS NOT NULL",
    "judged": "acknowledged_at IS NOT NULL AND first_office <> ''",
    "kept": "acknowledged_at IS NOT NULL AND first_office <> '' AND first_office = office AND first_type = type "
    "AND first_urgency = urgency",
    OPEN: "",
    "waiting": "status = 'waiting_for_reporter'",
}
BIT = {name: 2**bit for bit, name in enumerate(MARKS)}
STARS = 2 ** len(MARKS)
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
LONGEST = 90 * DAY  # longer is "longer"
FINE, MIDDLE, LONG = 60, 152, 296  # steps before the first hour has passed, the first day, the first week


def marked(open_: str) -> str:
    """The SQL of `marks`, given that of an open ticket."""
    bits = [f"CASE WHEN {MARKS[name] or open_} THEN {bit} ELSE 0 END" for name, bit in BIT.items()]
    return " + ".join([*bits, f"coalesce(rating, 0) * {STARS}"])


def stepped(until: str) -> str:
    """The SQL of the step in which the time from opening to a moment lies."""
    taken, quarter, watch = f"({until} - opened_at)", 15 * MINUTE, 6 * HOUR
    return (
        f"CASE WHEN {taken} < 0 THEN NULL WHEN {taken} < {HOUR} THEN {taken} / {MINUTE} WHEN {taken} < {DAY} THEN "
        f"{FINE - HOUR // quarter} + {taken} / {quarter} WHEN {taken} < {7 * DAY} THEN "
        f"{MIDDLE - 24} + {taken} / {HOUR} WHEN {taken} < {LONGEST} THEN {LONG - 7 * DAY // watch} + {taken} / {watch} "
        f"WHEN {taken} IS NOT NULL THEN {LONG + (LONGEST - 7 * DAY) // watch} END"
    )


def upper(step: int) -> float:
    """The middle of a step, in hours."""
    if step < FINE:
        return (step + 0.5) / 60
    if step < MIDDLE:
        return 1 + (step - FINE + 0.5) / 4
    if step < LONG:
        return 24 + step - MIDDLE + 0.5
    return 7 * 24 + (step - LONG + 0.5) * 6


def counted(marks: int, many: int) -> dict[str, Any]:
    """What so many tickets with these marks add to each number."""
    numbers = {name: many if marks & bit else 0 for name, bit in BIT.items()}
    return {**numbers, "opened": many, "stars": marks // STARS * many}
