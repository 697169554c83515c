"""The permit desk, issued extracts and public error reports."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from schemas.tables.base import Base, Id, MaybeGeom, geometry, refers_to


class Application(Base):
    """A building application, judged by the law of the day it was filed."""

    __tablename__ = "application"
    id: Mapped[Id]
    file_no: Mapped[str] = mapped_column(Text, unique=True)
    parcel_id: Mapped[int | None] = refers_to("parcel.id")
    filed_on: Mapped[date]
    works: Mapped[dict[str, Any]]
    state: Mapped[str]
    footprint: MaybeGeom = geometry("MULTIPOLYGON", nullable=True)
    __table_args__ = (Index("application_footprint", "footprint", postgresql_using="gist"),)


class ApplicationEvent(Base):
    """One step in the life of an application."""

    __tablename__ = "application_event"
    id: Mapped[Id]
    application_id: Mapped[int] = refers_to("application.id")
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    detail: Mapped[dict[str, Any]]
    __table_args__ = (Index("application_event_application", "application_id"),)


class CheckResult(Base):
    """What one rule said about an application."""

    __tablename__ = "check_result"
    id: Mapped[Id]
    application_id: Mapped[int] = refers_to("application.id")
    rule: Mapped[str]
    verdict: Mapped[str]
    detail: Mapped[dict[str, Any]]
    geom: MaybeGeom = geometry("GEOMETRY", nullable=True)
    __table_args__ = (
        Index("check_result_application", "application_id"),
        Index("check_result_geom", "geom", postgresql_using="gist"),
    )


class Extract(Base):
    """A parcel sheet as it was issued."""

    __tablename__ = "extract"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    parcel_id: Mapped[int] = refers_to("parcel.id")
    issued_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    signature: Mapped[bytes | None] = mapped_column(LargeBinary)
    answer: Mapped[dict[str, Any]]
    __table_args__ = (Index("extract_parcel", "parcel_id"),)


class Ticket(Base):
    """A public error report; it cannot be closed without an answer."""

    __tablename__ = "ticket"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    opened_at: Mapped[datetime]
    subject: Mapped[str]
    message: Mapped[str]
    state: Mapped[str]
    answer: Mapped[str | None]
    geom: MaybeGeom = geometry("POINT", nullable=True)
    __table_args__ = (
        CheckConstraint("state <> 'closed' OR answer IS NOT NULL", name="closed_means_answered"),
        Index("ticket_geom", "geom", postgresql_using="gist"),
    )
