"""The job queue: Procrastinate's own tables and functions, in the same database."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Straight to the driver: the queue's SQL is full of signs that mean something to SQLAlchemy.
    cursor = op.get_bind().connection.cursor()
    cursor.execute(SchemaManager.get_schema())
    cursor.close()


def downgrade() -> None:
    raise NotImplementedError("the queue may hold work; nothing here removes it")
