"""With what a dossier was read: the program, the profile and the settings, as hashes to compare."""

from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version

from schemas.profiles import profile_hash, shipped_profiles
from schemas.settings import Settings


def code_version() -> str:
    """The version of this program."""
    try:
        return version("soquyhoach")
    except PackageNotFoundError:  # run from a bare clone
        return "unversioned"


def settings_hash(settings: Settings) -> str:
    """Identity of the settings that shape stored rows (no paths, no passwords)."""
    return sha256(f"storage_srid={settings.storage_srid}".encode()).hexdigest()


def is_stale(profile: str, read_with: tuple[str, str, str], settings: Settings) -> bool:
    """Whether a reading would come out differently today.

    `read_with`: code version, profile hash and settings hash of the run. A profile that does not
    come with the program, or whose models a user brings, cannot have changed behind anyone's back.
    """
    shipped = shipped_profiles().get(profile)
    today = profile_hash(shipped) if shipped and not shipped.standards else read_with[1]
    return read_with != (code_version(), today, settings_hash(settings))
