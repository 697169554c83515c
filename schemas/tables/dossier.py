"""Deliveries: what came in, how it was read, and what was found."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from schemas.tables.base import Base, Id, MaybeGeom, geometry, refers_to


class Dossier(Base):
    """One delivery, known by the sha256 of its bytes."""

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
