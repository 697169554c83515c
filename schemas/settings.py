"""Settings of one deployment, read from the environment (`SQH_*`)."""

from functools import cached_property
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where this register lives and which CRS it stores geometry in.

    `home`: state folder (private cluster, blobs); two homes are two registers.
    `storage_srid`: the one projected CRS (EPSG code) of every stored geometry; metres.
    `database_url`: a PostgreSQL with PostGIS; unset means a private cluster under `home`.
    `read_database_url`: a streaming replica for questions; unset means `database_url`.
    """

    model_config = SettingsConfigDict(env_prefix="SQH_", extra="ignore")

    home: Path = Field(default=Path(".sqh"))
    storage_srid: int = 9210
    database_url: str | None = None
    read_database_url: str | None = None

    @cached_property
    def state_dir(self) -> Path:
        """Absolute path of the state folder."""
        return self.home.expanduser().resolve()

    @property
    def blob_dir(self) -> Path:
        """Folder of the originals, named by their sha256."""
        return self.state_dir / "blobs"
