"""The register's tables as SQLAlchemy models. The migrations make them; a test keeps both equal."""

from schemas.tables.admin import AdminSuccession, AdminUnit
from schemas.tables.base import Base
from schemas.tables.content import Coverage, Document, PlanFeature, PlanLine, Zone, ZoneCut
from schemas.tables.desk import Application, ApplicationEvent, CheckResult, Extract, Ticket
from schemas.tables.dossier import Dossier, DossierFile, IngestRun, IssueRow
from schemas.tables.office import Account, AuditEvent, Authority, RegisterState
from schemas.tables.parcel import Parcel, ParcelAlias
from schemas.tables.plan import Plan, PlanVersion, VersionPeriod

metadata = Base.metadata

__all__ = [
    "Account",
    "AdminSuccession",
    "AdminUnit",
    "Application",
    "ApplicationEvent",
    "AuditEvent",
    "Authority",
    "Base",
    "CheckResult",
    "Coverage",
    "Document",
    "Dossier",
    "DossierFile",
    "Extract",
    "IngestRun",
    "IssueRow",
    "Parcel",
    "ParcelAlias",
    "Plan",
    "PlanFeature",
    "PlanLine",
    "PlanVersion",
    "RegisterState",
    "Ticket",
    "VersionPeriod",
    "Zone",
    "ZoneCut",
    "metadata",
]
