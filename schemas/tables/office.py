"""Who keeps the register, and what they did."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from schemas.tables.base import Base, Id


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
