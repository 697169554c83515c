"""Extracts at work: what a paper says, for which day, and the key that finds it again."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    tables = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.execute(tables.replace(":", "\\:"))


def downgrade() -> None:
    raise NotImplementedError("papers are in people's hands; nothing here removes their record")
