"""The themes of a parcel answer; none is ever left out of one."""

from schemas.words import Words

THEMES: dict[str, Words] = {
    "land_use": Words("Quy hoạch sử dụng đất, chức năng", "Planned land use"),
    "red_line": Words("Chỉ giới đường đỏ", "Red line (road reserve)"),
    "building_line": Words("Chỉ giới xây dựng", "Building line"),
    "corridor": Words("Hành lang an toàn", "Safety corridor"),
    "road": Words("Đường giao thông", "Road"),
    "heritage": Words("Di sản, di tích", "Heritage"),
    "infrastructure": Words("Hạ tầng kỹ thuật", "Technical infrastructure"),
}

LINE_THEMES = {
    "red_line": "red_line",
    "building_line": "building_line",
    "corridor": "corridor",
    "road": "road_axis",
}
"""Theme → kind of plan_line that answers it."""
