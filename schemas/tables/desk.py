"""The permit desk, issued extracts and public error reports."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, Text, true
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
    """A parcel sheet as it was issued; its file lies in the blob store under `sha256`."""

    __tablename__ = "extract"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    parcel_id: Mapped[int] = refers_to("parcel.id")
    issued_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    signature: Mapped[bytes | None] = mapped_column(LargeBinary)
    answer: Mapped[dict[str, Any]]
    issue_key: Mapped[str | None]
    valid_at: Mapped[date | None]
    known_at: Mapped[datetime | None]
    lang: Mapped[str] = mapped_column(Text, server_default="vi")
    answer_sha256: Mapped[str | None]
    facts: Mapped[bytes | None] = mapped_column(LargeBinary)
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    signer: Mapped[str | None]
    test_signer: Mapped[bool] = mapped_column(server_default=true())
    __table_args__ = (
        Index("extract_parcel", "parcel_id"),
        Index("extract_issue_key", "issue_key", unique=True),
        Index("extract_sha256", "sha256"),
    )


class Ticket(Base):
    """A public error report; it cannot be closed without an answer.

    `about`: the object by its public name; `reader`: sha256 of the key in the reporter's own link.
    """

    __tablename__ = "ticket"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    opened_at: Mapped[datetime]
    subject: Mapped[str]
    message: Mapped[str]
    state: Mapped[str]
    answer: Mapped[str | None]
    geom: MaybeGeom = geometry("POINT", nullable=True)
    about: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    authority_id: Mapped[int | None] = refers_to("authority.id")
    reader: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("state <> 'closed' OR answer IS NOT NULL", name="closed_means_answered"),
        Index("ticket_geom", "geom", postgresql_using="gist"),
        Index("ticket_state", "state", "opened_at"),
        Index("ticket_authority", "authority_id"),
    )


class TicketEvent(Base):
    """One step in the life of a report. `actor`: of the office; nobody for the reporter's own."""

    __tablename__ = "ticket_event"
    id: Mapped[Id]
    ticket_id: Mapped[str] = mapped_column(Text, ForeignKey("ticket.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    action: Mapped[str]
    actor: Mapped[str | None]
    answer: Mapped[str | None]
    __table_args__ = (Index("ticket_event_ticket", "ticket_id", "id"),)


class TicketPhoto(Base):
    """A photo of a report: waiting as it came, or the clean copy that alone is shown."""

    __tablename__ = "ticket_photo"
    ticket_id: Mapped[str] = mapped_column(
        Text, ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True
    )
    state: Mapped[str]
    original: Mapped[bytes | None] = mapped_column(LargeBinary)
    image: Mapped[bytes | None] = mapped_column(LargeBinary)
    why: Mapped[dict[str, Any] | None]
