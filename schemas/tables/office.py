"""Who keeps the register, and what they did."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Index, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from schemas.tables.base import Base, Id, refers_to


class RegisterState(Base):
    """The one row about the register itself: its revision grows with every publication."""

    __tablename__ = "register_state"
    singleton: Mapped[bool] = mapped_column(
        Boolean, CheckConstraint("singleton"), primary_key=True, server_default="true"
    )
    revision: Mapped[int] = mapped_column(BigInteger, server_default="0")
    storage_srid: Mapped[int]


class Authority(Base):
    """A body that organises, appraises or approves plans."""

    __tablename__ = "authority"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(Text, unique=True)


class Account(Base):
    """Someone who may change the register."""

    __tablename__ = "account"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(Text, unique=True)
    role: Mapped[str]
    secret: Mapped[str | None]
    created_at: Mapped[datetime]
    disabled: Mapped[bool] = mapped_column(server_default="false")
    __table_args__ = (Index("account_name_any_case", func.lower(name), unique=True),)


class AccountSession(Base):
    """A browser signed in; ends 12 hours after it was last seen, and at `expires_at`."""

    __tablename__ = "account_session"
    id: Mapped[Id]
    account_id: Mapped[int] = refers_to("account.id", cascade=True)
    sha256: Mapped[str] = mapped_column(Text, unique=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class AccessToken(Base):
    """A bearer token for a program, good until it expires or is revoked."""

    __tablename__ = "access_token"
    id: Mapped[Id]
    account_id: Mapped[int] = refers_to("account.id", cascade=True)
    sha256: Mapped[str] = mapped_column(Text, unique=True)
    label: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class LoginAttempt(Base):
    """Failed sign-ins under one name or from one address (`subject`: the sha256 of either)."""

    __tablename__ = "login_attempt"
    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    failures: Mapped[int]
    last_failed_at: Mapped[datetime]
    locked_until: Mapped[datetime]


class AuditEvent(Base):
    """Who changed what and when, with the state before and after; append-only by trigger."""

    __tablename__ = "audit_event"
    id: Mapped[Id]
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
