"""Copies what pages and PDFs use of the npm packages to where they use it: static/vendor and assets/fonts."""

import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
FONTS = ROOT / "assets" / "fonts"

# Where a file goes below static/vendor, and what of node_modules it is; a pattern fills a folder.
SERVED = {
    "any-ascii/": ["any-ascii/any-ascii.js", "any-ascii/block.js"],
    "bootstrap/": ["bootstrap/dist/css/bootstrap.min.css", "bootstrap/dist/css/bootstrap-reboot.min.css"],
    "hls/": ["hls.js/dist/hls.light.min.mjs"],
    "idb/": ["idb/build/index.js"],
    "inter/": [
        "@fontsource-variable/inter/index.css",
        "@fontsource-variable/inter/wght.css",
        "@fontsource-variable/inter/wght-italic.css",
    ],
    "inter/files/": ["@fontsource-variable/inter/files/*-wght-*.woff2"],
    "lucide/": ["lucide-static/icons/*.svg"],
    "source-serif-4/": [
        "@fontsource-variable/source-serif-4/index.css",
        "@fontsource-variable/source-serif-4/wght.css",
        "@fontsource-variable/source-serif-4/wght-italic.css",
    ],
    "source-serif-4/files/": ["@fontsource-variable/source-serif-4/files/*-wght-*.woff2"],
    # The reader imports ../share.js, so the folders keep their names.
    "zxing/": ["zxing-wasm/dist/es/share.js"],
    "zxing/reader/": ["zxing-wasm/dist/es/reader/index.js", "zxing-wasm/dist/reader/zxing_reader.wasm"],
}

# Each licence asks to travel with its files.
SERVED_LICENCES = {
    "any-ascii": "any-ascii",
    "bootstrap": "bootstrap",
    "hls": "hls.js",
    "idb": "idb",
    "inter": "@fontsource-variable/inter",
    "lucide": "lucide-static",
    "source-serif-4": "@fontsource-variable/source-serif-4",
    "zxing": "zxing-wasm",
}

# Full static TTFs by script. Symbols come without a bold; the text families cover Latin, Greek and Cyrillic.
PDF_FAMILIES = [
    "noto-sans",
    "noto-sans-arabic",
    "noto-sans-hebrew",
    "noto-sans-jp",
    "noto-sans-kr",
    "noto-sans-sc",
    "noto-sans-symbols-2",
]
PDF_WEIGHTS = ["400Regular", "700Bold"]

# Bootstrap in a cascade layer, so that our own rules win whatever their specificity, without a second request.
LAYERED = ("bootstrap/bootstrap.min.css", "bootstrap/bootstrap.layer.css", "bootstrap")


def main() -> int:
    """Fill both folders beside the old ones and swap them in, so that a running server finds files all the time."""
    try:
        _replace(VENDOR, _fill_vendor)
        _replace(FONTS, _fill_fonts)
    except FileNotFoundError as missing:
        print(f"{missing} is not in node_modules: run make setup again after rm -rf node_modules", file=sys.stderr)
        return 1
    return 0


def _fill_vendor(target: Path) -> None:
    for folder, patterns in SERVED.items():
        for pattern in patterns:
            for source in _found(pattern):
                _copy(source, target / folder / source.name)
    for folder, package in SERVED_LICENCES.items():
        _copy(_found(f"{package}/LICENSE")[0], target / folder / "LICENSE")
    plain, layered, layer = LAYERED
    css = (target / plain).read_text(encoding="utf-8").removeprefix('@charset "UTF-8";')
    (target / layered).write_text(f'@charset "UTF-8";@layer {layer}{{{css}\n}}\n', encoding="utf-8")
    for text in [*target.rglob("*.css"), *target.rglob("*.js"), *target.rglob("*.mjs")]:
        _drop_source_map(text)


def _fill_fonts(target: Path) -> None:
    for family in PDF_FAMILIES:
        package = f"@expo-google-fonts/{family}"
        for weight in PDF_WEIGHTS:
            for source in PACKAGES.glob(f"{package}/{weight}/*.ttf"):
                _copy(source, target / source.name)
        if not list(target.glob(f"{_file_stem(family)}_400Regular.ttf")):
            raise FileNotFoundError(package)
        _copy(_found(f"{package}/LICENSE_FONT")[0], target / f"{_file_stem(family)}-OFL.txt")


def _file_stem(family: str) -> str:
    """Name of the family in its files: noto-sans-jp is NotoSansJP, noto-sans-arabic NotoSansArabic."""
    return "".join(word.upper() if len(word) == 2 else word.capitalize() for word in family.split("-"))


def _found(pattern: str) -> list[Path]:
    found = sorted(PACKAGES.glob(pattern))
    if not found:
        raise FileNotFoundError(pattern)
    return found


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _drop_source_map(path: Path) -> None:
    """The maps stay in node_modules: a browser's tools would ask for them here and get a 404."""
    text = path.read_text(encoding="utf-8")
    if "# sourceMappingURL=" in text:
        path.write_text(re.sub(r"^(//|/\*)# sourceMappingURL=.*$", "", text, flags=re.MULTILINE), encoding="utf-8")


def _replace(target: Path, fill: Callable[[Path], None]) -> None:
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    fill(fresh)
    old = target.with_name(target.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
