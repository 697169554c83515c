"""The register's tables as SQLAlchemy models. The migrations make them; a test keeps both equal."""

from schemas.tables.admin import AdminSuccession, AdminUnit
from schemas.tables.base import Base
from schemas.tables.changes import Change, ChangeGround
from schemas.tables.content import Coverage, Document, PlanFeature, PlanLine, Zone, ZoneCut
from schemas.tables.desk import (
    Application,
    ApplicationEvent,
    CheckResult,
    Extract,
    Ticket,
    TicketEvent,
    TicketPhoto,
)
from schemas.tables.dossier import Dossier, DossierEvent, DossierFile, IngestRun, IssueRow
from schemas.tables.office import (
    AccessToken,
    Account,
    AccountSession,
    AuditEvent,
    Authority,
    LoginAttempt,
    RegisterState,
)
from schemas.tables.parcel import Parcel, ParcelAlias
from schemas.tables.plan import Plan, PlanVersion, VersionPeriod

metadata = Base.metadata

__all__ = [
    "AccessToken",
    "Account",
    "AccountSession",
    "AdminSuccession",
    "AdminUnit",
    "Application",
    "ApplicationEvent",
    "AuditEvent",
    "Authority",
    "Base",
    "Change",
    "ChangeGround",
    "CheckResult",
    "Coverage",
    "Document",
    "Dossier",
    "DossierEvent",
    "DossierFile",
    "Extract",
    "IngestRun",
    "IssueRow",
    "LoginAttempt",
    "Parcel",
    "ParcelAlias",
    "Plan",
    "PlanFeature",
    "PlanLine",
    "PlanVersion",
    "RegisterState",
    "Ticket",
    "TicketEvent",
    "TicketPhoto",
    "VersionPeriod",
    "Zone",
    "ZoneCut",
    "metadata",
]
