"""Accounts at work: sessions, bearer tokens, failed sign-ins."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    tables = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.execute(tables.replace(":", "\\:"))


def downgrade() -> None:
    raise NotImplementedError("people are signed in with these; nothing here removes them")
