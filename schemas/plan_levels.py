"""Plan levels from the coarsest to the finest, and what they are called."""

from schemas.words import Words

PLAN_LEVELS: dict[str, Words] = {
    "other": Words("Quy hoạch khác", "Other plan"),
    "land_use": Words("Quy hoạch, kế hoạch sử dụng đất", "Land-use plan"),
    "general": Words("Quy hoạch chung", "General plan"),
    "zoning": Words("Quy hoạch phân khu", "Zoning plan"),
    "detailed": Words("Quy hoạch chi tiết", "Detailed plan"),
    "site": Words("Quy hoạch tổng mặt bằng", "General site plan"),
}


def fineness(level: str) -> int:
    """Rank of a plan level: the finer, the greater."""
    return list(PLAN_LEVELS).index(level)
