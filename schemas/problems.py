"""Error documents: RFC 9457 `application/problem+json`, in Vietnamese and English."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from schemas.issues import Bilingual
from schemas.words import Words


class Problem(BaseModel):
    """One problem. `type` is stable; `candidates` are what the caller may have meant."""

    model_config = ConfigDict(extra="forbid")

    type: str
    title: str
    status: int
    detail: str
    message: Bilingual
    remedy: Bilingual | None = None
    errors: list[dict[str, Any]] = []
    candidates: list[dict[str, Any]] = []


PROBLEMS: dict[str, tuple[int, Words]] = {
    "bad-parameter": (400, Words("Tham số không hợp lệ", "Invalid parameter")),
    "sign-in-needed": (401, Words("Cần đăng nhập", "Sign-in needed")),
    "not-allowed": (403, Words("Không được phép", "Not allowed")),
    "not-found": (404, Words("Không tìm thấy", "Not found")),
    "method-not-allowed": (405, Words("Phương thức không được phép", "Method not allowed")),
    "too-large": (413, Words("Tệp quá lớn", "File too large")),
    "refused": (409, Words("Sổ từ chối thay đổi", "Change refused")),
    "too-many-attempts": (429, Words("Quá nhiều yêu cầu", "Too many requests")),
    "several-match": (300, Words("Nhiều kết quả khớp", "Several match")),
    "busy": (503, Words("Đang bận", "Busy")),
    "database-unavailable": (503, Words("Tạm thời không tra cứu được", "Look-up unavailable")),
    "failed": (500, Words("Hệ thống gặp lỗi", "The program failed")),
}


def problem(
    kind: str,
    detail: Words,
    *,
    remedy: Words | None = None,
    errors: list[dict[str, Any]] | None = None,
    candidates: list[dict[str, Any]] | None = None,
) -> Problem:
    """A problem of a known kind."""
    status, title = PROBLEMS[kind]
    return Problem(
        type=f"/problems/{kind}",
        title=str(title),
        status=status,
        detail=str(detail),
        message=Bilingual(vi=detail.vi, en=detail.en),
        remedy=Bilingual(vi=remedy.vi, en=remedy.en) if remedy else None,
        errors=errors or [],
        candidates=candidates or [],
    )


PROBLEM_STATUSES = {
    str(status): words for status, words in PROBLEMS.values() if status in (300, 400, 404, 503)
}
"""The problems that any route may answer."""

GUARDED_STATUSES = {
    str(status): words for status, words in PROBLEMS.values() if status in (401, 403)
}
"""The problems of a route that asks who calls."""


def problem_schema() -> dict[str, Any]:
    """JSON Schema of a problem, for the OpenAPI document."""
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    bilingual = schema.pop("$defs")["Bilingual"]
    text = schema["properties"]
    text["message"] = bilingual
    text["remedy"] = {"anyOf": [bilingual, {"type": "null"}]}
    return schema
