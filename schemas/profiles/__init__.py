"""Dossier profiles: the shipped ones by id, a user's own from a YAML file, models of a standard."""

import csv
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from schemas.errors import ProfileInvalid, Refused
from schemas.profiles.model import LayerRule, Profile, SecrecyRule
from schemas.profiles.models import has_models, with_models
from schemas.profiles.reading import mistakes, read_yaml, unreadable
from schemas.profiles.sources import Source
from schemas.words import Words

FOLDER = Path(__file__).parent
SECRECY = FOLDER.parent / "secrecy.yaml"


@cache
def shipped_profiles() -> dict[str, Profile]:
    """Every profile that comes with the program, by id."""
    profiles = (_load(path) for path in sorted(FOLDER.glob("*.yaml")))
    return {profile.id: profile for profile in profiles}


def find_profile(name: str | Path) -> Profile:
    """A shipped profile by id, the profile in a YAML file, or that of a folder or zip of models.

    Of several models, `SOURCE#NAME` means one. Raises ProfileInvalid.
    """
    shipped = shipped_profiles()
    source, _, model = str(name).partition("#")
    if source in shipped:
        return with_models(shipped[source], model)
    path = Path(name)
    if path.suffix.lower() in (".yaml", ".yml") and path.is_file():
        return _load(path)
    family = next((f for f in shipped.values() if f.standards and has_models(Path(source))), None)
    if family is not None:
        return with_models(family, model, Path(source))
    known = ", ".join(shipped)
    raise ProfileInvalid(
        Words(f"Không có profile “{name}”.", f"There is no profile “{name}”."),
        remedy=Words(
            f"Dùng một trong: {known}, hoặc đường dẫn tới tệp .yaml hay bộ mô hình của chuẩn.",
            f"Use one of: {known}, or the path of a .yaml file or of a standard's models.",
        ),
    )


def refuse_checks_only(name: str | Path | None) -> None:
    """Raises Refused where a profile describes dossiers that never enter the register."""
    profile = None if name is None else find_profile(name)
    if profile is not None and profile.checks_only:
        raise Refused(
            Words(
                f"Hồ sơ theo “{profile.id}” chỉ được kiểm tra, không nạp vào sổ.",
                f"Dossiers of “{profile.id}” are only checked and never loaded.",
            ),
            remedy=Words("Dùng sqh check.", "Use sqh check."),
        )


def profile_hash(profile: Profile) -> str:
    """sha256 of what the profile says, whatever its file's layout."""
    return hashlib.sha256(profile.model_dump_json().encode()).hexdigest()


def _load(path: Path) -> Profile:
    data = read_yaml(path)
    try:
        profile = _with_secrecy(Profile.model_validate(data))
    except ValidationError as error:
        raise mistakes(path, error) from error
    if profile.classes is None:
        return profile
    table = path.parent / profile.classes
    try:
        return _with_classes(profile, table)
    except ValidationError as error:
        raise mistakes(table, error) from error
    except (OSError, UnicodeDecodeError, KeyError, AttributeError) as error:
        told = Words(f"bảng lớp không đọc được ({error})", f"no table of classes ({error})")
        raise unreadable(table, told) from error


@cache
def common_secrecy() -> SecrecyRule:
    """The marks that tell a state secret, a defence or a security plan, whatever the profile."""
    return SecrecyRule.model_validate(yaml.safe_load(SECRECY.read_text(encoding="utf-8")))


def _with_secrecy(profile: Profile) -> Profile:
    """The profile with the marks of state secrets that every profile knows."""
    own, common = profile.secrecy, common_secrecy()
    rule = SecrecyRule(
        words=own.words if own.marks else common.words,
        marks=own.marks or common.marks,
        names=own.names or common.names,
        kinds=own.kinds or common.kinds,
        plans=own.plans or common.plans,
        kind_sources=own.kind_sources or tuple(_untranslated(profile.plan.kind)),
        name_sources=own.name_sources or tuple(_untranslated(profile.plan.name)),
    )
    return profile.model_copy(update={"secrecy": rule})


def _untranslated(sources: tuple[Source, ...]) -> Iterator[Source]:
    """The sources as delivered: a code table would hide the words."""
    return (source.model_copy(update={"codes": None}) for source in sources)


def _with_classes(profile: Profile, table: Path) -> Profile:
    """The profile with the standard's class list behind its own layer rules."""
    own = {(rule.container, rule.layer): rule for rule in profile.layers}
    with table.open(encoding="utf-8", newline="") as lines:
        classes = [_class_rule(row) for row in csv.DictReader(lines)]
    rules = [_merged(own.get((rule.container, rule.layer)), rule) for rule in classes]
    listed = {(rule.container, rule.layer) for rule in classes}
    further = [rule for key, rule in own.items() if key not in listed]
    return profile.model_copy(update={"layers": (*rules, *further)})


def _class_rule(row: dict[str, str]) -> LayerRule:
    """One line of the class list; an attribute is text unless its type follows: `caoDo:float`."""
    typed = {name: kind for name, _, kind in (a.partition(":") for a in row["attributes"].split())}
    return LayerRule.model_validate(
        {
            "container": row["container"],
            "dataset": row["dataset"],
            "layer": row["layer"],
            "geometry": row["geometry"],
            "label": row["label"],
            "theme": row["theme"] or None,
            "columns": {"name": "tenDoiTuong"},
            "required": (),
            "attributes": tuple(typed),
            "types": {name: kind for name, kind in typed.items() if kind},
        }
    )


def _merged(own: LayerRule | None, listed: LayerRule) -> LayerRule:
    if own is None:
        return listed
    kept = ("dataset", "geometry", "label", "attributes", "types")
    return own.model_copy(update={name: getattr(listed, name) for name in kept})
