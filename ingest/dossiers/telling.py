"""How far a check is: every step told at once, what goes on inside of one once a second."""

from datetime import datetime, timedelta

from ingest.dossiers.work import Desk
from schemas.numbers import spelt
from schemas.words import Words

EVERY = timedelta(seconds=1)
LOADING = Words("Nạp vào sổ", "Loading into the register")
REPORTING = Words("Viết báo cáo", "Writing the report")
AFTERWARDS = (LOADING, REPORTING)
"""The steps that follow those of the gate."""


class Telling:
    """The steps of one check: those of the gate, then AFTERWARDS."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._gate_steps = 0
        self._step = -1
        self._told_at: datetime | None = None

    def gate(self, words: Words, done: int, steps: int) -> None:
        """A step of the gate (`StepProgress`)."""
        self._gate_steps = steps
        self._tell(words, done)

    def begins(self, words: Words) -> None:
        """One of AFTERWARDS."""
        self._tell(words, self._gate_steps + AFTERWARDS.index(words))

    def loaded(self, done: int, total: int | None) -> None:
        """Rows that are in the register (`RowProgress`)."""
        count = spelt(done)
        if total is not None:
            count = Words(*(f"{n}/{of}" for n, of in zip(count, spelt(total), strict=True)))
        self._tell(Words(f"{LOADING.vi}: {count.vi}", f"{LOADING.en}: {count.en}"), self._step)

    def _tell(self, words: Words, step: int) -> None:
        now = self._desk.now
        if step == self._step and self._told_at is not None and now - self._told_at < EVERY:
            return
        self._step, self._told_at = step, now
        self._desk.tell(words, step, self._gate_steps + len(AFTERWARDS))
