"""Profiles whose rules are a standard's own model files, which a user has and nobody ships."""

from pathlib import Path

from schemas.errors import ProfileInvalid
from schemas.profiles.model import Profile
from schemas.settings import Settings
from schemas.standards.cnig import read_standards
from schemas.standards.model_files import has_models as _has_models
from schemas.words import Words

FOLDER = "standards"


def has_models(source: Path) -> bool:
    """Whether a path is a folder or zip with models of a standard."""
    known = source.is_dir() or (source.is_file() and source.suffix.lower() == ".zip")
    return known and _has_models(source)


def with_models(profile: Profile, model: str = "", source: Path | None = None) -> Profile:
    """The profile with the models of `source`, or of the state folder; `model`: one of them.

    A profile that needs none stays as it is. Raises ProfileInvalid, with where models belong.
    """
    if profile.standards is None:
        return profile
    models = read_standards(source or _installed(profile.standards))
    chosen = tuple(one for one in models if model in ("", one.name))
    if not chosen:
        names = ", ".join(one.name for one in models)
        raise ProfileInvalid(
            Words(f"Không có mô hình “{model}”.", f"There is no model “{model}”."),
            remedy=Words(f"Dùng một trong: {names}.", f"Use one of: {names}."),
        )
    return profile.model_copy(update={"models": chosen})


def _installed(family: str) -> Path:
    """The models in the state folder: a zip or a folder of the family's name."""
    home = Settings().state_dir / FOLDER
    places = (home / f"{family}.zip", home / family)
    found = next((place for place in places if place.exists()), None)
    if found is not None:
        return found
    raise ProfileInvalid(
        Words(
            f"Muốn kiểm tra theo chuẩn “{family}” phải có bộ tệp mô hình của chuẩn ấy.",
            f"To check against standard “{family}”, its model files are needed.",
        ),
        remedy=Words(
            "Đưa bộ tệp mô hình (gói zip hoặc thư mục có files.json) thay cho tên chuẩn, "
            f"hoặc nhờ người quản trị cài sẵn thành {FOLDER}/{family}.zip.",
            "Give the model files (a zip or folder with files.json) instead of the standard's "
            f"name, or ask the administrator to keep them as {FOLDER}/{family}.zip.",
        ),
    )
