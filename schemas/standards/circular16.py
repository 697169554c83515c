"""Circular 16/2025 Appendix II in the terms of a standard: geodatabases of typed tables.

What the profile `vn_circular16` says in its YAML and its list of classes, said as pieces and
tables, so that the rules of tables hold for it as for any other standard.
"""

from schemas.profiles.model import LayerRule, Profile
from schemas.profiles.package import Package
from schemas.standards.model import Column, ColumnType, Piece, Shape, Standard, Table

CONTAINERS = ("gdb", "gpkg", "shp", "geojson", "fgb")
_TYPES: dict[str, ColumnType] = {
    "float": "number",
    "double": "number",
    "int": "integer",
    "date": "date",
}
_SHAPES: dict[str, Shape] = {"A": "multiarea", "L": "multiline", "P": "multipoint"}


def package_standard(profile: Profile, package: Package) -> Standard:
    """The profile's geodatabases as pieces, each of its classes as a table of one."""
    return Standard(
        name=profile.id,
        title=profile.title,
        pieces=tuple(
            Piece(
                name=one.name,
                kind="table",
                path=f"HoSoGIS/{one.name}",
                extensions=CONTAINERS,
                article=one.article,
            )
            for one in package.geodatabases
        ),
        tables=tuple(_table(rule, package) for rule in profile.layers if rule.attributes),
        levels={"CELL_TYPE": "WARNING"},
    )


def table_name(rule: LayerRule) -> str:
    """What a class is called among the tables: two geodatabases may have one of the same name."""
    return f"{rule.container}.{rule.layer}"


def _table(rule: LayerRule, package: Package) -> Table:
    """One class as a table: typed columns, lengths and required codes, its kind of shapes."""
    columns = [_column(rule, name, package) for name in rule.attributes]
    if rule.geometry is not None:
        shape = _SHAPES[rule.geometry]
        columns.append(Column(name="geometry", type="geometry", geometry=shape, required=True))
    return Table(
        name=table_name(rule),
        piece=rule.container or "",
        layer=rule.layer,
        columns=tuple(columns),
    )


def _column(rule: LayerRule, name: str, package: Package) -> Column:
    field = next((one for one in package.fields if one.name == name), None)
    if field is None:
        return Column(name=name, type=_TYPES.get(rule.types.get(name, ""), "text"))
    return Column(
        name=name,
        column=field.missing,
        required=field.required,
        max_length=field.max_length,
        article=field.article,
    )
