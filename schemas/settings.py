"""Settings of one deployment, read from the environment (`SQH_*`)."""

from functools import cached_property
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where this register lives and which CRS it stores geometry in.

    `home`: state folder (private cluster, blobs); two homes are two registers.
    `storage_srid`: the one projected CRS (EPSG code) of every stored geometry; metres.
    `database_url`: a PostgreSQL with PostGIS; unset means a private cluster under `home`.
    `read_database_url`: a streaming replica for questions; unset means `database_url`.
    `max_upload_bytes`: the largest file that the web page takes in.
    `trusted_proxies`: addresses (with commas) whose X-Forwarded-* headers are believed; unset:
    nobody's, and the request's own scheme and address count.
    `public_url`: address of this register as papers print it; unset: that of the request.
    `signing_key`: certificate and key that sign extracts, PKCS#12 or PEM; unset: a self-made one,
    which every paper then says. `signing_password`: opens it.
    """

    model_config = SettingsConfigDict(env_prefix="SQH_", extra="ignore")

    home: Path = Field(default=Path(".sqh"))
    storage_srid: int = 9210
    database_url: str | None = None
    read_database_url: str | None = None
    trusted_proxies: str | None = None
    max_upload_bytes: int = Field(default=2 << 30, gt=0)
    public_url: str | None = Field(default=None, pattern=r"^https?://[^\s/?#]+$")
    signing_key: Path | None = None
    signing_password: SecretStr | None = None

    @cached_property
    def state_dir(self) -> Path:
        """Absolute path of the state folder."""
        return self.home.expanduser().resolve()

    @property
    def blob_dir(self) -> Path:
        """Folder of the originals, named by their sha256."""
        return self.state_dir / "blobs"

    @property
    def boundary_file(self) -> Path:
        """Copy of the commune boundaries in force, for checks that have no database."""
        return self.state_dir / "boundaries.fgb"

    @property
    def quarantine_dir(self) -> Path:
        """Folder of what was delivered over the web and is not checked yet."""
        return self.state_dir / "quarantine"

    @property
    def report_dir(self) -> Path:
        """Folder of the reports about dossiers, one folder each."""
        return self.state_dir / "reports"

    @property
    def key_dir(self) -> Path:
        """Folder of the keys that sign extracts."""
        return self.state_dir / "keys"
