"""Plans, their versions, and the days on which each version was the law."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from schemas.tables.base import Base, Id, MaybeGeom, geometry, refers_to


class Plan(Base):
    """A plan with its stable identifier; its content lives in versions."""

    __tablename__ = "plan"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    name_key: Mapped[str]
    kind: Mapped[str]
    level: Mapped[str]
    authority_id: Mapped[int | None] = refers_to("authority.id")
    __table_args__ = (
        Index(
            "plan_name_key",
            "name_key",
            postgresql_using="gin",
            postgresql_ops={"name_key": "gin_trgm_ops"},
        ),
    )


class PlanVersion(Base):
    """One approved state of a plan as a dossier delivered it.

    `scale`: denominator; `tolerance_m`: how far a drawn line may lie from the true one.
    `valid`: what the dossier declares; `recorded`: from publication to withdrawal.
    """

    __tablename__ = "plan_version"
    id: Mapped[Id]
    plan_id: Mapped[str] = mapped_column(Text, ForeignKey("plan.id"))
    dossier_id: Mapped[int] = refers_to("dossier.id")
    ordinal: Mapped[int]
    adjustment_kind: Mapped[str]
    decision_no: Mapped[str | None]
    decision_date: Mapped[date | None]
    national_status: Mapped[str | None]
    status: Mapped[str]
    valid: Mapped[Range[date]]
    recorded: Mapped[Range[datetime] | None]
    scale: Mapped[int | None]
    tolerance_m: Mapped[float | None]
    representation: Mapped[str]
    supersedes: Mapped[int | None] = refers_to("plan_version.id")
    invented: Mapped[bool] = mapped_column(server_default="false")
    attributes: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    boundary: MaybeGeom = geometry("MULTIPOLYGON", nullable=True)
    __table_args__ = (
        UniqueConstraint("plan_id", "ordinal"),
        Index("plan_version_dossier", "dossier_id"),
        Index("plan_version_boundary", "boundary", postgresql_using="gist"),
    )


class VersionPeriod(Base):
    """The days a version was in force (`valid`), as the register knew it (`recorded`)."""

    __tablename__ = "version_period"
    id: Mapped[Id]
    plan_id: Mapped[str] = mapped_column(Text, ForeignKey("plan.id"))
    plan_version_id: Mapped[int] = refers_to("plan_version.id")
    valid: Mapped[Range[date]]
    recorded: Mapped[Range[datetime]]
    __table_args__ = (
        ExcludeConstraint(
            ("plan_id", "="),
            ("valid", "&&"),
            ("recorded", "&&"),
            name="one_version_in_force_a_day",
        ),
        Index("version_period_version", "plan_version_id"),
    )
