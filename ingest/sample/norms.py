"""What planners write about a zone: its function, its symbol, its indicators.

Function names follow Appendix I of Circular 16/2025 (zoning plan). Indicators are texts, written in
the several habits that real tables show: "40-60", "3÷5", "≤ 7", "8,4", "200%", "-", "0", "".
"""

from dataclasses import dataclass
from random import Random

CIVIL, OUTSIDE, OTHER = "Đất dân dụng", "Đất ngoài dân dụng", "Đất nông nghiệp và chức năng khác"


@dataclass(frozen=True)
class Function:
    """A land-use function: three levels, prefix of its symbol, colour on the drawing (RGB)."""

    level1: str
    level2: str
    level3: str | None
    prefix: str
    colour: str


@dataclass(frozen=True)
class Norms:
    """Indicators of a zone, as text; None = the cell of the table is empty."""

    density: str | None
    storeys: str | None
    far: str | None


F = Function
FUNCTIONS = {
    "housing": F(CIVIL, "Nhóm nhà ở", "Nhóm nhà ở hiện hữu cải tạo, chỉnh trang", "OCH", "#cc9900"),
    "new_housing": F(CIVIL, "Nhóm nhà ở", "Nhóm nhà ở xây dựng mới", "OXM", "#d9ad33"),
    "mixed": F(CIVIL, "Hỗn hợp nhóm nhà ở và dịch vụ", None, "HH", "#cc3200"),
    "village": F(CIVIL, "Làng xóm", None, "LX", "#7f7f40"),
    "health": F(CIVIL, "Y tế", None, "YT", "#ff00bf"),
    "culture": F(CIVIL, "Văn hóa", None, "VH", "#cc667f"),
    "sport": F(CIVIL, "Thể dục thể thao", None, "TDTT", "#009900"),
    "school": F(CIVIL, "Trường MN, TH, THCS", None, "GD", "#994c4c"),
    "high_school": F(CIVIL, "Trường THPT", None, "THPT", "#992600"),
    "park": F(CIVIL, "Cây xanh công cộng", None, "CX", "#66cc00"),
    "green_strip": F(OUTSIDE, "Cây xanh chuyên dụng", "Cây xanh ven rạch", "CXCD", "#007f5f"),
    "industry": F(OUTSIDE, "Công nghiệp, kho", "Kho tàng", "CN", "#6600cc"),
    "office": F(CIVIL, "Cơ quan, trụ sở", None, "CQ", "#994c00"),
    "service": F(CIVIL, "Dịch vụ", None, "DV", "#cc0000"),
    "religion": F(OUTSIDE, "Di tích, tôn giáo", None, "DTTG", "#7f0000"),
    "road": F(CIVIL, "Đường giao thông", None, "GT", "#5b5b5b"),
    "parking": F(CIVIL, "Bãi đỗ xe", None, "P", "#a0a0a0"),
    "cemetery": F(OUTSIDE, "Nghĩa trang", None, "NT", "#8a8a8a"),
    "works": F(CIVIL, "Hạ tầng kỹ thuật khác", "Trạm xử lý nước thải", "HTKT", "#39264c"),
    "farmland": F(OTHER, "Sản xuất nông nghiệp", None, "NN", "#b8e6a0"),
    "ponds": F(OTHER, "Nuôi trồng thủy sản", None, "TS", "#007fff"),
    "idle": F(OTHER, "Chưa sử dụng", None, "CSD", "#c0c0c0"),
    "water": F(OTHER, "Sông suối", "Rạch Minh Họa", "SS", "#0066cc"),
}

_BY_FABRIC = {
    "D": "housing housing housing housing mixed mixed new_housing school park service health "
    "culture",
    "V": "new_housing new_housing housing mixed school park high_school sport office religion "
    "parking",
    "G": "village village new_housing park farmland industry works",
    "A": "ponds ponds farmland idle",
    "N": "cemetery farmland",
}

_NORMS = {
    "housing": (
        ("40-60", "60", "≤ 80", "50÷70"),
        ("3÷5", "1-5", "≤ 5", "5"),
        ("2,4", "≤ 3,0", "-"),
    ),
    "new_housing": (("50-60", "≤ 60", "60%"), ("3-4", "≤ 4", "4"), ("2,0-2,4", "≤ 2,4")),
    "mixed": (("≤ 60", "45÷60", "50"), ("≤ 17", "12÷17", "12-20"), ("8,4", "≤ 8,5", "≤ 6,5")),
    "village": (("≤ 50", "40"), ("1-3", "≤ 3"), ("0", "-", "")),
    "school": (("≤ 40", "40%"), ("≤ 4", "1÷4"), ("1,6", "-")),
    "high_school": (("≤ 40",), ("≤ 5",), ("2,0",)),
    "park": (("≤ 5", "5"), ("1",), ("0,05", "0", "-")),
    "industry": (("60-70", "≤ 70"), ("1-2",), ("1,4",)),
    "road": (("", "-"), ("", "0"), ("",)),
    "water": (("",), ("",), ("",)),
    "green_strip": (("-", "0"), ("-",), ("-", "0")),
}
_PUBLIC = (("≤ 40", "40", "30÷40"), ("≤ 5", "3÷5", "1-5"), ("200%", "≤ 2,0", "-"))
_OPEN = (("-", "0", ""), ("-", "0", ""), ("-", ""))
_OPEN_KEYS = frozenset({"farmland", "ponds", "idle", "cemetery", "parking"})


def choose_function(fabric: str, rng: Random) -> str:
    """Key of a function that suits the settlement of a grid cell."""
    return rng.choice(_BY_FABRIC["D" if fabric == "T" else fabric].split())


def choose_norms(function: str, rng: Random) -> Norms:
    """Indicators of one zone, one writing habit for each."""
    kinds = _NORMS.get(function, _OPEN if function in _OPEN_KEYS else _PUBLIC)
    density, storeys, far = (rng.choice(kind) for kind in kinds)
    return Norms(density, storeys, far)


def population(function: str, area_m2: float) -> int | None:
    """Planned residents, people; None where nobody lives."""
    per_hectare = {"housing": 210, "new_housing": 150, "mixed": 330, "village": 70}.get(function)
    return None if per_hectare is None else round(area_m2 / 10_000 * per_hectare)
