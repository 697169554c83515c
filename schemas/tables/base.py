"""What all tables share: column types, provenance, and geometry in the storage CRS."""

from datetime import date, datetime
from typing import Annotated, Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, DateTime, Double, ForeignKey, Identity, Text
from sqlalchemy.dialects.postgresql import DATERANGE, JSONB, TSTZRANGE, Range
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

type_map: dict[Any, Any] = {
    str: Text,
    float: Double,
    datetime: DateTime(timezone=True),
    dict[str, Any]: JSONB,
    Range[date]: DATERANGE,
    Range[datetime]: TSTZRANGE,
}


class Base(DeclarativeBase):
    """Root of all models."""

    type_annotation_map = type_map


Id = Annotated[int, mapped_column(BigInteger, Identity(always=True), primary_key=True)]


def refers_to(target: str, *, cascade: bool = False) -> Any:
    """A foreign-key column to a bigint key; `cascade` where the row lives and dies with it."""
    return mapped_column(BigInteger, ForeignKey(target, ondelete="CASCADE" if cascade else None))


def geometry(kind: str, *, nullable: bool = False) -> Any:
    """A geometry column; the migration fixes its SRID, and its index is declared explicitly."""
    return mapped_column(Geometry(kind, srid=-1, spatial_index=False), nullable=nullable)


class Sourced:
    """Every content row cites the file, layer and row it came from, with its raw attributes."""

    attributes: Mapped[dict[str, Any]]
    source_file_id: Mapped[int] = refers_to("dossier_file.id")
    source_layer: Mapped[str]
    source_row: Mapped[int] = mapped_column(BigInteger)


class OfVersion:
    """A row drawn by one plan version and delivered by the dossier of `origin_version_id`."""

    plan_version_id: Mapped[int] = refers_to("plan_version.id", cascade=True)
    origin_version_id: Mapped[int] = refers_to("plan_version.id")


Geom = Mapped[WKBElement]
MaybeGeom = Mapped[WKBElement | None]
