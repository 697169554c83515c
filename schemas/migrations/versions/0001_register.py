"""The register: extensions, VN-2000 rows of spatial_ref_sys, and every table."""

from pathlib import Path

from alembic import context, op

from schemas.crs import crs_of
from schemas.db import write_vn2000

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

EXTENSIONS = ("postgis", "btree_gist", "pg_trgm", "unaccent")


def upgrade() -> None:
    for extension in EXTENSIONS:
        op.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    write_vn2000(op.get_bind())
    srid = int(context.config.attributes["storage_srid"])
    crs_of(srid)
    tables = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.execute(tables.format(srid=srid).replace(":", "\\:"))


def downgrade() -> None:
    raise NotImplementedError("the first migration has nothing before it")
