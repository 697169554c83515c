"""Reports that the check of a dossier wrote: `<reports>/<dossier>/…`."""

from pathlib import Path

from schemas.errors import NotFound
from schemas.settings import Settings


def reports_of(settings: Settings, dossier_id: int) -> list[str]:
    """Names of the reports there are."""
    folder = settings.report_dir / str(dossier_id)
    files = (path.name for path in folder.glob("*") if path.is_file())
    return sorted(name for name in files if not name.startswith("."))


def report_path(settings: Settings, dossier_id: int, name: str) -> Path:
    """One report. Raises NotFound for anything that is not one of them."""
    if name not in reports_of(settings, dossier_id):
        raise NotFound
    return settings.report_dir / str(dossier_id) / name
