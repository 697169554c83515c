"""Health and numbers for whoever runs the service."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import PlainTextResponse

from api.deps import Database
from api.params import Asked
from schemas.db import head_revision
from schemas.errors import DatabaseUnavailable
from schemas.words import Words

router = APIRouter(tags=["ops"])

COUNTS = """
SELECT (SELECT revision FROM register_state) AS revision,
       (SELECT count(*) FROM plan_version WHERE status = 'published') AS versions,
       (SELECT greatest(reltuples, 0)::bigint FROM pg_class
         WHERE oid = 'parcel'::regclass) AS parcels
"""


@router.get("/health/live")
async def live(_: Annotated[Asked, Query()]) -> dict[str, str]:
    """Chương trình đang chạy / the program runs."""
    return {"status": "live"}


@router.get("/health/ready")
async def ready(_: Annotated[Asked, Query()], database: Database) -> dict[str, str]:
    """Cơ sở dữ liệu trả lời và đúng phiên bản / the database answers and is up to date."""
    version = await database.fetchval("SELECT version_num FROM alembic_version")
    if version != head_revision():
        raise DatabaseUnavailable(
            Words(
                f"Cơ sở dữ liệu ở phiên bản {version}, chương trình cần {head_revision()}.",
                f"The database is at {version}, the program needs {head_revision()}.",
            ),
            remedy=Words("Chạy `sqh db migrate`.", "Run `sqh db migrate`."),
        )
    return {"status": "ready", "database": str(version)}


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(_: Annotated[Asked, Query()], database: Database) -> str:
    """Số liệu dạng Prometheus / the register in numbers, Prometheus text format."""
    row = await database.fetchrow(COUNTS)
    values = dict(row) if row else {}
    lines = (f"# TYPE sqh_{name} gauge\nsqh_{name} {value}" for name, value in values.items())
    return "\n".join(lines) + "\n"
