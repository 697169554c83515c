"""The page for planners that explains every issue code, made from the catalogue.

python -m ingest.report.codes_page >docs/ma-loi.md
"""

import re
import sys
from collections.abc import Iterator

from ingest.report.outcome import LEVEL_WORDS
from schemas.issues import IssueKind, themes
from schemas.words import Words

TITLE = Words("Mã lỗi của cửa kiểm tra hồ sơ", "Issue codes of the gate")
THEMES: dict[str, Words] = {
    "crs": Words("Hệ tọa độ", "Coordinate systems"),
    "dates": Words("Ngày tháng và hiệu lực", "Dates and validity"),
    "delivery": Words("Thành phần hồ sơ", "What a dossier consists of"),
    "files": Words("Tệp và gói nén", "Files and archives"),
    "geometry": Words("Hình học", "Shapes"),
    "numbers": Words("Con số và chỉ tiêu", "Numbers and norms"),
    "papers": Words("Văn bản và bản vẽ", "Papers and drawings"),
    "parcels": Words("Thửa đất", "Parcels"),
    "plan": Words("Đồ án và phiên bản", "Plans and their versions"),
    "standard": Words("Đối chiếu với mô hình của chuẩn", "Against the models of a standard"),
    "topology": Words("Chồng lấn, khe hở, trùng lặp", "Overlaps, gaps and duplicates"),
    "text": Words("Chữ và bảng mã", "Text and its encodings"),
}
LEVELS = {
    "FATAL": Words("công cụ hỏng, hồ sơ chưa được xét", "the tool failed; nothing is said"),
    "ERROR": Words("phải sửa, không công bố được", "must be put right before publication"),
    "WARNING": Words("nên xem, vẫn công bố được", "should be looked at; publication is possible"),
    "INFO": Words("cho biết", "for your information"),
}
_PLACEHOLDER = re.compile(r"\{\w+\}")
_SPECIAL = re.compile(r"([\\`*_<>|\[\]#])")


def codes_page() -> str:
    """The page in Markdown; every code is an anchor of its own name in small letters."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield f"# {TITLE.vi}"
    yield f"\n*{TITLE.en}*\n"
    yield (
        "Trang này do chương trình tạo ra từ danh mục mã lỗi (`make docs`). Mã không bao giờ đổi "
        "nghĩa. Dấu “…” là chỗ chương trình điền tên tệp, lớp, dòng, cột hoặc giá trị.\n\n"
        "*Made from the catalogue. A code never changes its meaning; “…” stands for the file, "
        "layer, row, column or value.*\n"
    )
    for level, words in LEVEL_WORDS.items():
        yield f"- **{words.vi}** ({level}): {LEVELS[level].vi}. *{LEVELS[level].en}*"
    for theme, kinds in themes().items():
        words = THEMES[theme]
        yield f"\n## {words.vi}\n\n*{words.en}*"
        for code, kind in kinds.items():
            yield from _code(code, kind)
    yield ""


def _code(code: str, kind: IssueKind) -> Iterator[str]:
    level = LEVEL_WORDS[kind.level]
    repair = " · máy sửa được nếu bạn đồng ý / *can be repaired if you agree*"
    yield f'\n<a id="{code.lower()}"></a>\n\n### {code}\n'
    yield f"**{level.vi}** ({kind.level}){repair if kind.repairable else ''}\n"
    for label, sentence in (("", kind.message), ("Vì sao: ", kind.why), ("Cách sửa: ", kind.fix)):
        start = f"**{label.strip()}** " if label else ""
        yield f"{start}{_plain(sentence.vi)}\\\n*{_plain(sentence.en)}*\n"


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", _PLACEHOLDER.sub("…", text))


if __name__ == "__main__":
    sys.stdout.write(codes_page())
