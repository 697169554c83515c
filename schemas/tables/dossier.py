"""Deliveries: what came in, how it was read, and what was found."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from schemas.tables.base import Base, Id, MaybeGeom, geometry, refers_to


class Dossier(Base):
    """One delivery, known by the sha256 of its bytes.

    `uploader_id`: who brought it over the web; `wishes`: how it is to be read (profile, CRS,
    repairs, and who asked); `work`: what is being done with it, as `asked`, and which
    `attempt` at it is the last; `failure`: why the last work came to no end.
    """

    __tablename__ = "dossier"
    id: Mapped[Id]
    sha256: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    profile: Mapped[str]
    state: Mapped[str]
    invented: Mapped[bool] = mapped_column(server_default="false")
    received_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    uploader_id: Mapped[int | None] = refers_to("account.id")
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    wishes: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    work: Mapped[str | None]
    attempt: Mapped[int] = mapped_column(server_default="0")
    asked: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    failure: Mapped[dict[str, Any] | None]
    __table_args__ = (
        Index("dossier_uploader", "uploader_id"),
        Index("dossier_work", "work", postgresql_where=text("work IS NOT NULL")),
    )


class DossierEvent(Base):
    """One thing that happened to a dossier, for whoever watches; numbered without gaps."""

    __tablename__ = "dossier_event"
    dossier_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("dossier.id", ondelete="CASCADE"), primary_key=True
    )
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    step: Mapped[int | None]
    steps: Mapped[int | None]
    vi: Mapped[str]
    en: Mapped[str]


class DossierFile(Base):
    """One delivered file; its bytes lie in the blob store under their sha256."""

    __tablename__ = "dossier_file"
    id: Mapped[Id]
    dossier_id: Mapped[int] = refers_to("dossier.id", cascade=True)
    path: Mapped[str]
    sha256: Mapped[str]
    role: Mapped[str]
    media_type: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (UniqueConstraint("dossier_id", "path"),)


class IngestRun(Base):
    """One passage through the gate: which code, profile and settings, with which counts."""

    __tablename__ = "ingest_run"
    id: Mapped[Id]
    dossier_id: Mapped[int] = refers_to("dossier.id", cascade=True)
    code_version: Mapped[str]
    profile_hash: Mapped[str]
    settings_hash: Mapped[str]
    counts: Mapped[dict[str, Any]]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]
    __table_args__ = (Index("ingest_run_dossier", "dossier_id"),)


class IssueRow(Base):
    """A finding of the gate with its place."""

    __tablename__ = "issue"
    id: Mapped[Id]
    run_id: Mapped[int] = refers_to("ingest_run.id", cascade=True)
    code: Mapped[str]
    level: Mapped[str]
    file: Mapped[str | None]
    layer: Mapped[str | None]
    row_no: Mapped[int | None] = mapped_column(BigInteger)
    column_name: Mapped[str | None]
    value: Mapped[str | None]
    count: Mapped[int] = mapped_column(BigInteger, server_default="1")
    detail: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    geom: MaybeGeom = geometry("GEOMETRY", nullable=True)
    __table_args__ = (
        Index("issue_run", "run_id"),
        Index("issue_geom", "geom", postgresql_using="gist"),
    )
