"""The legal day is the day in Viet Nam, whatever clock the server has."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from schemas.day import legal_day


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 6, 30, 16, 59, 59, tzinfo=UTC), date(2026, 6, 30)),
        (datetime(2026, 6, 30, 17, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 1, tzinfo=timezone(timedelta(hours=14))), date(2026, 6, 30)),
    ],
)
def test_the_day_turns_at_seventeen_hours_utc(moment: datetime, day: date) -> None:
    assert legal_day(moment) == day


def test_a_moment_without_a_zone_is_no_moment() -> None:
    with pytest.raises(ValueError, match="zone"):
        legal_day(datetime(2026, 6, 30, 17))  # noqa: DTZ001
