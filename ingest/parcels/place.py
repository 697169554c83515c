"""Whether the first parcels of a file can lie where its CRS puts them."""

import shapely

from ingest.crs import misplaced
from ingest.parcels.file import ParcelBatch, ParcelTable
from schemas.crs import project
from schemas.errors import Refused
from schemas.words import Words

LOOKED_AT = 1000
"""Parcels looked at to see whether the file lies where it says."""


def check_place(batch: ParcelBatch, table: ParcelTable, storage_srid: int) -> None:
    """Raises Refused when the first parcels cannot lie where the file's CRS puts them, or when
    the register's own CRS is not made for that place."""
    drawn = batch.wkb.slice(0, LOOKED_AT).to_numpy(zero_copy_only=False)
    shapes = shapely.from_wkb(drawn, on_invalid="ignore")
    there = shapes[~shapely.is_missing(shapes)]
    for geoms, srid in (
        (there, table.srid),
        (project(there, table.srid, storage_srid), storage_srid),
    ):
        found = misplaced(geoms, srid, None) if len(geoms) else None
        if found is not None and found.count > len(geoms) / 2:
            raise Refused(
                Words(
                    f"Thửa đất trong {table.file} không thể nằm ở nơi mà EPSG:{srid} chỉ ra.",
                    f"The parcels of {table.file} cannot lie where EPSG:{srid} puts them.",
                ),
                remedy=Words(
                    "Kiểm tra hệ tọa độ của tệp (--crs EPSG:N) và SQH_STORAGE_SRID.",
                    "Check the file's CRS (--crs EPSG:N) and SQH_STORAGE_SRID.",
                ),
            )
