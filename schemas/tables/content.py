"""What a plan version draws and states: zones, lines, other layers, documents, coverage."""

from datetime import date

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from schemas.tables.base import (
    Base,
    Geom,
    Id,
    MaybeGeom,
    OfVersion,
    Sourced,
    geometry,
    refers_to,
)


class Coverage(Base):
    """A piece of where a version speaks about a theme; outside of all the answer is "no data"."""

    __tablename__ = "coverage"
    id: Mapped[Id]
    plan_version_id: Mapped[int] = refers_to("plan_version.id", cascade=True)
    theme: Mapped[str]
    geom: Geom = geometry("POLYGON")
    __table_args__ = (
        Index("coverage_version", "plan_version_id", "theme"),
        Index("coverage_geom", "geom", postgresql_using="gist"),
    )


class Zone(OfVersion, Sourced, Base):
    """A planned area (`level` area, cell or lot) with functions and norms.

    Norms: density in %, storeys, far (floor area ratio) as a number; min and max with the raw
    text beside them. `area_m2` is measured in the storage CRS.
    """

    __tablename__ = "zone"
    id: Mapped[Id]
    level: Mapped[str]
    symbol: Mapped[str | None]
    function_1: Mapped[str | None]
    function_2: Mapped[str | None]
    function_3: Mapped[str | None]
    land_use_code: Mapped[str | None]
    area_declared_m2: Mapped[float | None]
    area_m2: Mapped[float]
    density_min: Mapped[float | None]
    density_max: Mapped[float | None]
    density_text: Mapped[str | None]
    storeys_min: Mapped[float | None]
    storeys_max: Mapped[float | None]
    storeys_text: Mapped[str | None]
    far_min: Mapped[float | None]
    far_max: Mapped[float | None]
    far_text: Mapped[str | None]
    setback_m: Mapped[float | None]
    population: Mapped[int | None]
    geom: Geom = geometry("MULTIPOLYGON")
    __table_args__ = (
        Index("zone_version", "plan_version_id"),
        Index("zone_geom", "geom", postgresql_using="gist"),
    )


class ZoneCut(Base):
    """A piece of a zone with at most 128 vertices, for questions."""

    __tablename__ = "zone_cut"
    zone_id: Mapped[int] = refers_to("zone.id", cascade=True)
    plan_version_id: Mapped[int] = refers_to("plan_version.id", cascade=True)
    geom: Geom = geometry("POLYGON")
    __table_args__ = (
        Index("zone_cut_zone", "zone_id"),
        Index("zone_cut_geom", "geom", postgresql_using="gist"),
    )
    __mapper_args__ = {"primary_key": [zone_id, plan_version_id, geom]}  # noqa: RUF012


class PlanLine(OfVersion, Sourced, Base):
    """A red line, building line, corridor limit or road axis; `width_m` across, where stated."""

    __tablename__ = "plan_line"
    id: Mapped[Id]
    kind: Mapped[str]
    name: Mapped[str | None]
    setback_m: Mapped[float | None]
    width_m: Mapped[float | None]
    geom: Geom = geometry("MULTILINESTRING")
    __table_args__ = (
        Index("plan_line_version", "plan_version_id"),
        Index("plan_line_geom", "geom", postgresql_using="gist"),
    )


class PlanFeature(OfVersion, Sourced, Base):
    """Any other delivered feature, so that nothing delivered is lost."""

    __tablename__ = "plan_feature"
    id: Mapped[Id]
    layer: Mapped[str]
    theme: Mapped[str | None]
    name: Mapped[str | None]
    geom: MaybeGeom = geometry("GEOMETRY", nullable=True)
    __table_args__ = (
        Index("plan_feature_version", "plan_version_id"),
        Index(
            "plan_feature_theme_geom",
            "geom",
            postgresql_using="gist",
            postgresql_where=text("theme IS NOT NULL"),
        ),
    )


class Document(Base):
    """A decision, report, drawing or regulation delivered with a version."""

    __tablename__ = "document"
    id: Mapped[Id]
    plan_version_id: Mapped[int] = refers_to("plan_version.id", cascade=True)
    role: Mapped[str]
    title: Mapped[str]
    number: Mapped[str | None]
    date: Mapped["date | None"] = mapped_column()
    pages: Mapped[int | None]
    dossier_file_id: Mapped[int] = refers_to("dossier_file.id")
    __table_args__ = (Index("document_version", "plan_version_id"),)
