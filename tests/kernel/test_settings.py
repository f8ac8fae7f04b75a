"""What the environment may decide: what makes no sense is refused with a sentence that names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from eventsys.settings import SettingRefused, read_settings


def refusal(tmp_path: Path, **environ: str) -> str:
    with pytest.raises(SettingRefused) as refused:
        read_settings({"EVENTSYS_DATA_DIR": str(tmp_path), **environ})
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EVENTSYS_DATABASE_URL", "mysql://root@localhost/x"),
        ("EVENTSYS_SECRET_KEY", "short"),
        ("EVENTSYS_BASE_URL", "events.example.org"),
        ("EVENTSYS_BASE_URL", "https://events.example.org/\r\nX: y"),
        ("EVENTSYS_BASE_URL", "https://events.example.org:port"),
        ("EVENTSYS_TIMEZONE", "Mars/Olympus"),
        ("EVENTSYS_MAIL_URL", "carrier-pigeon://coop"),
        ("EVENTSYS_MAIL_URL", "smtp://[mail.example.org"),
        ("EVENTSYS_MAIL_URL", "smtp://mail.example.org:99999"),
        ("EVENTSYS_MAIL_FROM", "nobody"),
        ("EVENTSYS_STORAGE_URL", "ftp://files"),
        ("EVENTSYS_RATE_LIMITS", "maybe"),
        ("EVENTSYS_CLOCK_OFFSET", "soon"),
        ("EVENTSYS_CLOCK_OFFSET", "60"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_by_name(tmp_path: Path, name: str, value: str) -> None:
    assert name in refusal(tmp_path, **{name: value})


def test_a_refused_address_does_not_show_its_password(tmp_path: Path) -> None:
    said = refusal(tmp_path, EVENTSYS_DATABASE_URL="mysql://root:hunter2@localhost/x")
    said += refusal(tmp_path, EVENTSYS_MAIL_URL="smtp://bo:hunter2@[mail")
    assert "hunter2" not in said


def test_a_relative_database_is_one_file_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    environ = {"EVENTSYS_DATA_DIR": str(tmp_path), "EVENTSYS_DATABASE_URL": "sqlite:///here.sqlite3"}
    assert read_settings(environ).database_url == f"sqlite:///{tmp_path / 'here.sqlite3'}"


def test_a_database_in_memory_is_refused(tmp_path: Path) -> None:
    assert "EVENTSYS_DATABASE_URL" in refusal(tmp_path, EVENTSYS_DATABASE_URL="sqlite:///:memory:")


def test_a_data_folder_of_ours_is_closed_to_other_users(tmp_path: Path) -> None:
    made = read_settings({"EVENTSYS_DATA_DIR": str(tmp_path / "data")}).data_dir
    assert made.stat().st_mode & 0o777 == 0o700


def test_the_secret_is_made_once_and_kept_to_its_owner(tmp_path: Path) -> None:
    first = read_settings({"EVENTSYS_DATA_DIR": str(tmp_path)}).secret_key
    again = read_settings({"EVENTSYS_DATA_DIR": str(tmp_path)}).secret_key
    assert (first, len(first) >= 43) == (again, True)
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


def test_the_clock_is_shifted_only_for_tests(tmp_path: Path) -> None:
    environ = {"EVENTSYS_DATA_DIR": str(tmp_path), "EVENTSYS_CLOCK_OFFSET": "-90", "EVENTSYS_TESTING": "1"}
    assert read_settings(environ).clock_offset == -90


def test_the_base_url_follows_the_port(tmp_path: Path) -> None:
    assert read_settings({"EVENTSYS_DATA_DIR": str(tmp_path), "PORT": "9000"}).base_url == "http://127.0.0.1:9000"
