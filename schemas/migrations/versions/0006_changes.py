"""The log of changes with the ground each of them changed, and public error reports at work."""

from pathlib import Path

from alembic import context, op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    srid = int(context.config.attributes["storage_srid"])
    tables = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.execute(tables.format(srid=srid).replace(":", "\\:"))


def downgrade() -> None:
    raise NotImplementedError("programs follow the log, people their reports; nothing removes them")
