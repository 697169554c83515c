"""The parcel field profile: which column of a parcel file means what.

Only the named columns enter the register. Everything else in the file (owners, identity numbers,
telephone numbers …) stays outside, because nothing but a named column is ever read.

Keys are stored as printed on the map without leading zeros: sheet `005` and a numeric `5.0` are
both `5`, while `12-A` stays `12-A`. A commune code keeps its zeros (`00004`).
"""

import hashlib
from pathlib import Path
from typing import Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator

from schemas.crs import srid_of
from schemas.errors import ProfileInvalid
from schemas.profiles.reading import Unfit, mistakes, read_yaml
from schemas.words import Words

FieldName = Literal[
    "sheet", "number", "commune", "national_code", "area", "land_use", "address",
    "old_commune", "old_sheet", "old_number",
]  # fmt: skip
FIELD_NAMES: tuple[FieldName, ...] = get_args(FieldName)


class ParcelProfile(BaseModel):
    """How to read one parcel file.

    `layer`: its layer (needed when there are several); `crs`: overrides what the file says;
    `fields`: field → column; `constants`: field → one value for every parcel; `keep`: further
    columns, known to hold no personal data, that go into `attributes`; `invented`: sample data.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    layer: str | None = None
    crs: str | None = None
    fields: dict[FieldName, str] = {}
    constants: dict[FieldName, str] = {}
    keep: tuple[str, ...] = ()
    invented: bool = False

    @field_validator("crs")
    @classmethod
    def _known_crs(cls, crs: str | None) -> str | None:
        return None if crs is None else f"EPSG:{srid_of(crs)}"

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if twice := set(self.fields) & set(self.constants):
            names = ", ".join(sorted(twice))
            raise Unfit(
                f"vừa là cột vừa là hằng số: {names}", f"both a column and a constant: {names}"
            )
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns to read, each once."""
        return tuple(dict.fromkeys([*self.fields.values(), *self.keep]))

    @property
    def hash(self) -> str:
        """sha256 of what the profile says, whatever its file's layout."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @classmethod
    def from_fields(cls, text: str, *, crs: str | None = None, layer: str | None = None) -> Self:
        """Profile from `sheet=COL,number=COL,…` as typed on the command line.

        Raises ProfileInvalid, UnknownCrs.
        """
        fields: dict[str, str] = {}
        for pair in text.split(","):
            name, equals, column = (part.strip() for part in pair.partition("="))
            if not (name and equals and column):
                raise _invalid(f"Không hiểu “{pair}”.", f"“{pair}” is not understood.")
            if name not in FIELD_NAMES:
                raise _invalid(f"Không có trường “{name}”.", f"There is no field “{name}”.")
            if name in fields:
                raise _invalid(f"Trường “{name}” viết hai lần.", f"Field “{name}” stands twice.")
            fields[name] = column
        return cls.model_validate({"fields": fields, "crs": crs, "layer": layer})

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Profile from a YAML file. Raises ProfileInvalid, UnknownCrs."""
        try:
            return cls.model_validate(read_yaml(path))
        except ValidationError as error:
            raise mistakes(path, error) from error


_REMEDY = Words(
    f"Viết TRƯỜNG=CỘT, cách nhau bằng dấu phẩy; các trường: {', '.join(FIELD_NAMES)}.",
    f"Write FIELD=COLUMN, separated by commas; the fields: {', '.join(FIELD_NAMES)}.",
)


def _invalid(vi: str, en: str) -> ProfileInvalid:
    return ProfileInvalid(Words(vi, en), remedy=_REMEDY)
