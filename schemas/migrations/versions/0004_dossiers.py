"""Dossiers over the web: who brought them, the work under way, and how far it is."""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    tables = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.execute(tables.replace(":", "\\:"))


def downgrade() -> None:
    raise NotImplementedError("a dossier's history is not thrown away")
