"""The log of changes: what the register answers otherwise since when, and on which ground."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from schemas.tables.base import Base, Geom, Id, MaybeGeom, geometry, refers_to


class Change(Base):
    """One change of what the register answers; `seq` is the order in which it became visible."""

    __tablename__ = "change"
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    revision: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime]
    kind: Mapped[str]
    plan_version_id: Mapped[int | None] = refers_to("plan_version.id")
    detail: Mapped[dict[str, Any]]
    extent: MaybeGeom = geometry("POLYGON", nullable=True)
    __table_args__ = (
        UniqueConstraint("revision"),
        Index("change_at", "at"),
        Index("change_version", "plan_version_id"),
        Index("change_extent", "extent", postgresql_using="gist"),
    )


class ChangeGround(Base):
    """A piece of ground that a change of a plan changed, with what stood and stands there."""

    __tablename__ = "change_ground"
    id: Mapped[Id]
    change_seq: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("change.seq", ondelete="CASCADE")
    )
    layer: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    geom: Geom = geometry("GEOMETRY")
    __table_args__ = (
        Index("change_ground_change", "change_seq"),
        Index("change_ground_geom", "geom", postgresql_using="gist"),
    )
