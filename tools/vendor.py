"""Copy the pinned browser files from npm into maps/static/vendor, with their licences and hashes.

    python tools/vendor.py            write maps/static/vendor and maps/static/vendor.json
    python tools/vendor.py --check    write nothing; exit 1 where the committed files differ

The files are committed, so that installing or running the program needs neither npm nor network.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
STATIC = HERE.parent / "maps" / "static"

SUBSETS = ("vietnamese", "latin-ext", "latin")
WEIGHTS = ("400", "600")
WANTED: dict[str, tuple[str, ...]] = {
    "maplibre-gl": (
        "dist/maplibre-gl.mjs",
        "dist/maplibre-gl-worker.mjs",
        "dist/maplibre-gl.css",
        "LICENSE.txt",
    ),
    "leaflet": (
        "dist/leaflet.js",
        "dist/leaflet.css",
        "dist/images/layers.png",
        "dist/images/layers-2x.png",
        "dist/images/marker-icon.png",
        "LICENSE",
    ),
    "@fontsource/be-vietnam-pro": (
        *(f"files/be-vietnam-pro-{s}-{w}-normal.woff2" for w in WEIGHTS for s in SUBSETS),
        "LICENSE",
    ),
}


def install(folder: Path) -> Path:
    """Install what the lock file names (npm checks its hashes); return node_modules."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder / name)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=folder, check=True)
    return folder / "node_modules"


def font_css(package: Path) -> str:
    """The package's own @font-face rules (they know the character ranges), woff2 alone."""
    rules: list[str] = []
    for weight in WEIGHTS:
        css = (package / f"{weight}.css").read_text(encoding="utf-8")
        rules += [
            re.sub(r", url\([^)]*\.woff\) format\('woff'\)", "", rule)
            for rule in re.findall(r"@font-face \{.*?\n\}", css, re.DOTALL)
            if any(f"pro-{subset}-{weight}-normal" in rule for subset in SUBSETS)
        ]
    return "\n\n".join(rules) + "\n"


def copy_package(name: str, modules: Path, static: Path) -> dict[str, object]:
    """Copy one package's files to `vendor/<name>@<version>/`; return its line of the list."""
    package = modules / name
    about = json.loads((package / "package.json").read_text(encoding="utf-8"))
    short = name.rsplit("/", 1)[-1]
    folder = static / "vendor" / f"{short}@{about['version']}"
    for wanted in WANTED[name]:
        target = folder / wanted.removeprefix("dist/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(package / wanted, target)
    if name.startswith("@fontsource/"):
        (folder / f"{short}.css").write_text(font_css(package), encoding="utf-8")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        "name": short,
        "npm": name,
        "version": about["version"],
        "licence": about["license"],
        "files": {
            path.relative_to(static).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in files
        },
    }


def vendor(static: Path) -> None:
    """Write `vendor/` and `vendor.json` under `static`, from scratch."""
    shutil.rmtree(static / "vendor", ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        modules = install(Path(folder))
        packages = [copy_package(name, modules, static) for name in sorted(WANTED)]
    text = json.dumps(packages, indent=2, ensure_ascii=False) + "\n"
    (static / "vendor.json").write_text(text, encoding="utf-8")


def contents(static: Path) -> dict[str, bytes]:
    """Every vendored file by its path under `static`."""
    paths = [static / "vendor.json", *(static / "vendor").rglob("*")]
    return {p.relative_to(static).as_posix(): p.read_bytes() for p in paths if p.is_file()}


def check(static: Path) -> bool:
    """Whether the files under `static` are those of the lock file."""
    with tempfile.TemporaryDirectory() as folder:
        vendor(Path(folder))
        return contents(Path(folder)) == contents(static)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    if not parser.parse_args().check:
        vendor(STATIC)
    elif not check(STATIC):
        sys.exit("maps/static/vendor: khác tệp khóa / differs from the lock file")
    return 0


if __name__ == "__main__":
    sys.exit(main())
