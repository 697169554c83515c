"""Administrative units with history: codes are reused, so a unit is (level, code, valid)."""

from datetime import date

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from schemas.tables.base import Base, Id, MaybeGeom, geometry, refers_to


class AdminUnit(Base):
    """A province, former district, or commune (ward, special zone), and the days it existed."""

    __tablename__ = "admin_unit"
    id: Mapped[Id]
    code: Mapped[str]
    level: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str]
    full_name: Mapped[str]
    name_en: Mapped[str | None]
    name_key: Mapped[str]
    parent_code: Mapped[str | None]
    parent_name: Mapped[str | None]
    valid: Mapped[Range[date]]
    source: Mapped[str]
    invented: Mapped[bool] = mapped_column(server_default="false")
    geom: MaybeGeom = geometry("MULTIPOLYGON", nullable=True)
    __table_args__ = (
        ExcludeConstraint(
            ("level", "="), ("code", "="), ("valid", "&&"), name="admin_unit_one_meaning_a_day"
        ),
        Index(
            "admin_unit_name_key",
            "name_key",
            postgresql_using="gin",
            postgresql_ops={"name_key": "gin_trgm_ops"},
        ),
        Index("admin_unit_geom", "geom", postgresql_using="gist"),
    )


class AdminSuccession(Base):
    """A former unit went into a new one, whole or in part; `is_main` marks the main successor."""

    __tablename__ = "admin_succession"
    id: Mapped[Id]
    old_unit_id: Mapped[int] = refers_to("admin_unit.id")
    new_unit_id: Mapped[int] = refers_to("admin_unit.id")
    share: Mapped[str]
    is_main: Mapped[bool]
    resolution: Mapped[str | None]
    __table_args__ = (
        UniqueConstraint("old_unit_id", "new_unit_id"),
        Index("admin_succession_new_unit", "new_unit_id"),
    )
