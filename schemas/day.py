"""The legal day: plans and units change at midnight in Viet Nam, wherever the server stands."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def legal_day(moment: datetime) -> date:
    """The day in Viet Nam at a moment. Raises ValueError for one without a time zone."""
    if moment.utcoffset() is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(VIETNAM).date()
