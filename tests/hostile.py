"""Hostile files made for the tests: drawings that explode, bombs in XML, GeoPackages with code."""

import sqlite3
from pathlib import Path


def dxf(blocks: dict[str, str], entities: str) -> str:
    """An ASCII DXF of blocks by name, and the drawing itself."""
    defined = "".join(
        f"0\nBLOCK\n2\n{name}\n70\n0\n{body}0\nENDBLK\n" for name, body in blocks.items()
    )
    return (
        f"0\nSECTION\n2\nBLOCKS\n{defined}0\nENDSEC\n"
        f"0\nSECTION\n2\nENTITIES\n{entities}0\nENDSEC\n0\nEOF\n"
    )


def insert(name: str, columns: int = 1, rows: int = 1) -> str:
    return f"0\nINSERT\n8\n0\n2\n{name}\n70\n{columns}\n71\n{rows}\n"


def block_bomb(levels: int, times: int) -> str:
    """Blocks that each insert the next so many times; the last is one line."""
    blocks = {f"B{level}": insert(f"B{level + 1}") * times for level in range(levels)}
    return dxf(blocks | {f"B{levels}": "0\nLINE\n8\n0\n"}, insert("B0"))


BILLION_LAUGHS = (
    "<!DOCTYPE l [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9))
    + "]>"
)


def poison(path: Path, *statements: str) -> Path:
    """A GeoPackage with more SQL in it than its maker wrote."""
    with sqlite3.connect(path) as database:
        for statement in statements:
            database.execute(statement)
    database.close()
    return path
