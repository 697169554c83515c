"""Parcels and the keys they once had. No personal data, ever."""

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Mapped

from schemas.tables.base import Base, Geom, Id, Sourced, geometry, refers_to


class Parcel(Sourced, Base):
    """A land parcel; its key (commune, sheet, number) may repeat or be missing in real data."""

    __tablename__ = "parcel"
    id: Mapped[Id]
    national_code: Mapped[str | None]
    commune_code: Mapped[str | None]
    sheet: Mapped[str | None]
    number: Mapped[str | None]
    land_code: Mapped[str | None]
    address: Mapped[str | None]
    area_legal_m2: Mapped[float | None]
    valid: Mapped[Range[date]]
    recorded: Mapped[Range[datetime]]
    geom: Geom = geometry("MULTIPOLYGON")
    __table_args__ = (
        Index("parcel_key", "commune_code", "sheet", "number"),
        Index(
            "parcel_national_code",
            "national_code",
            postgresql_where=text("national_code IS NOT NULL"),
        ),
        Index("parcel_geom", "geom", postgresql_using="gist"),
    )


class ParcelAlias(Base):
    """The key a parcel had under a former commune, sheet or number."""

    __tablename__ = "parcel_alias"
    id: Mapped[Id]
    parcel_id: Mapped[int] = refers_to("parcel.id", cascade=True)
    commune_code: Mapped[str]
    sheet: Mapped[str]
    number: Mapped[str]
    __table_args__ = (
        Index("parcel_alias_key", "commune_code", "sheet", "number"),
        Index("parcel_alias_parcel", "parcel_id"),
    )
