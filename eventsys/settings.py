"""What the environment may decide, read once and refused loudly when it makes no sense."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, available_timezones

ROOT = Path(__file__).resolve().parent.parent
SHORTEST_KEY = 12


class SettingRefused(SystemExit):
    """A setting that cannot be used; the process ends with one sentence on stderr and status 1."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings, typed. `base_url` never ends in a slash; `data_dir` exists and is absolute."""

    database_url: str
    data_dir: Path
    secret_key: str
    base_url: str
    timezone: str
    mail_url: str
    mail_from: str
    storage_url: str
    has_rate_limits: bool
    clock_offset: float
    proxy_hops: int
    site_name: str
    is_testing: bool

    @property
    def is_secure(self) -> bool:
        """Whether people reach us by HTTPS, which decides about Secure cookies and HSTS."""
        return self.base_url.startswith("https://")


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read `EVENTSYS_*`; raises SettingRefused naming the variable, what it holds and what it may hold."""
    env = os.environ if environ is None else environ
    data_dir = _data_dir(env.get("EVENTSYS_DATA_DIR") or "./instance")
    is_testing = env.get("EVENTSYS_TESTING") == "1"
    return Settings(
        database_url=_database_url(env.get("EVENTSYS_DATABASE_URL") or f"sqlite:///{data_dir / 'eventsys.sqlite3'}"),
        data_dir=data_dir,
        secret_key=_secret_key(env.get("EVENTSYS_SECRET_KEY"), data_dir),
        base_url=_base_url(env.get("EVENTSYS_BASE_URL") or f"http://127.0.0.1:{env.get('PORT') or '8000'}"),
        timezone=_timezone(env.get("EVENTSYS_TIMEZONE") or "Europe/Brussels"),
        mail_url=_mail_url(env.get("EVENTSYS_MAIL_URL") or "file:"),
        mail_from=_mail_from(env.get("EVENTSYS_MAIL_FROM") or "eventsys@localhost"),
        storage_url=_storage_url(env.get("EVENTSYS_STORAGE_URL") or "file:"),
        has_rate_limits=_switch("EVENTSYS_RATE_LIMITS", env.get("EVENTSYS_RATE_LIMITS") or "on"),
        clock_offset=_clock_offset(env.get("EVENTSYS_CLOCK_OFFSET") or "0", is_testing=is_testing),
        proxy_hops=_proxy_hops(env.get("EVENTSYS_PROXY_HOPS") or "0"),
        site_name=env.get("EVENTSYS_SITE_NAME") or "Security Research Events",
        is_testing=is_testing,
    )


def _refuse(name: str, value: str, must: str) -> SettingRefused:
    return SettingRefused(f"{name} is {value!r}, but it must be {must}.")


def _data_dir(value: str) -> Path:
    path = Path(value).expanduser().resolve()
    try:
        # It holds addresses of people and letters with personal links: no other user of the machine may look in.
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _refuse("EVENTSYS_DATA_DIR", value, f"a folder that can be written ({error.strerror})") from error
    return path


def _database_url(value: str) -> str:
    scheme = value.split(":", 1)[0]
    if scheme in ("postgres", "postgresql"):
        return "postgresql+psycopg" + value[len(scheme) :]
    if scheme not in ("sqlite", "postgresql+psycopg"):
        raise _refuse("EVENTSYS_DATABASE_URL", scheme + ":…", "an sqlite:///… or postgresql+psycopg://… address")
    return value if scheme != "sqlite" else _sqlite_url(value)


def _sqlite_url(value: str) -> str:
    """The same file for every part of the program, also where the address is relative to where it was started."""
    path, mark, options = value.removeprefix("sqlite:///").partition("?")
    if not value.startswith("sqlite:///") or path in ("", ":memory:"):
        raise _refuse("EVENTSYS_DATABASE_URL", value, "sqlite:/// and a file, since several processes share it")
    return f"sqlite:///{Path(path).expanduser().resolve()}{mark}{options}"


def _secret_key(value: str | None, data_dir: Path) -> str:
    if value is not None and value != "":
        if len(value) < SHORTEST_KEY:
            raise SettingRefused(
                f"EVENTSYS_SECRET_KEY is too short: it must have at least {SHORTEST_KEY} characters, better 32."
            )
        return value
    path = data_dir / "secret-key"
    try:
        # O_EXCL lets exactly one of several processes that start together make the key.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _kept_secret(path)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return _kept_secret(path)


def _kept_secret(path: Path) -> str:
    for _ in range(1000):
        key = path.read_text().strip()
        if len(key) >= SHORTEST_KEY:
            return key
    raise SettingRefused(
        f"{path} holds no usable key: delete the file to have a new one made, or set EVENTSYS_SECRET_KEY."
    )


def _parts_of(value: str) -> SplitResult:
    """The address in its parts; no parts where it is none. `urlsplit` drops line breaks without a word."""
    try:
        parts = urlsplit(value)
        is_address = value.isprintable() and " " not in value and (parts.port or 1) > 0
    except ValueError:
        is_address = False
    return parts if is_address else urlsplit("")


def _base_url(value: str) -> str:
    parts = _parts_of(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise _refuse("EVENTSYS_BASE_URL", value, "an address such as https://events.example.org")
    return value.rstrip("/")


def _timezone(value: str) -> str:
    if value not in available_timezones():
        raise _refuse("EVENTSYS_TIMEZONE", value, "the name of a time zone such as Europe/Brussels")
    return ZoneInfo(value).key


def _mail_url(value: str) -> str:
    parts = _parts_of(value)
    if parts.scheme == "file" or (parts.scheme in ("smtp", "smtps", "smtp+starttls") and parts.hostname):
        return value
    raise _refuse(
        "EVENTSYS_MAIL_URL", value.split(":", 1)[0] + ":…", "file: or smtp://, smtps://, smtp+starttls:// with a host"
    )


def _mail_from(value: str) -> str:
    if "@" not in value or any(c in value for c in "\r\n"):
        raise _refuse("EVENTSYS_MAIL_FROM", value, "one e-mail address")
    return value


def _storage_url(value: str) -> str:
    parts = _parts_of(value)
    if parts.scheme == "file" or (parts.scheme == "s3" and parts.netloc):
        return value
    raise _refuse("EVENTSYS_STORAGE_URL", value, "file: or s3://bucket?endpoint=…")


def _proxy_hops(value: str) -> int:
    if not value.isdecimal() or int(value) > 10:
        raise _refuse("EVENTSYS_PROXY_HOPS", value, "the number of proxies in front of us, 0 to 10")
    return int(value)


def _switch(name: str, value: str) -> bool:
    if value not in ("on", "off"):
        raise _refuse(name, value, "on or off")
    return value == "on"


def _clock_offset(value: str, *, is_testing: bool) -> float:
    try:
        offset = float(value)
    except ValueError as error:
        raise _refuse("EVENTSYS_CLOCK_OFFSET", value, "a number of seconds") from error
    if offset and not is_testing:
        raise SettingRefused("EVENTSYS_CLOCK_OFFSET is refused unless EVENTSYS_TESTING=1.")
    return offset
