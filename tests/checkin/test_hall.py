"""The hall's certificate: made once, renewed in time, good for this machine's networks alone; and served for real."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
import zxingcpp
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from eventsys import serving
from eventsys.checkin import hall
from eventsys.checkin.hall.saying import blocks
from tests.missing import skip_or_fail

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
LAN, OTHER_LAN, PUBLIC = IPv4Address("192.168.1.20"), IPv4Address("10.20.0.7"), IPv4Address("131.155.2.3")
DAY = timedelta(days=1)


def prepare(folder: Path, *addresses: IPv4Address, now: datetime = NOW, hostname: str = "door") -> hall.Papers:
    return hall.prepare(folder, addresses=addresses or (LAN,), hostname=hostname, now=now)


def leaf_of(papers: hall.Papers) -> x509.Certificate:
    return x509.load_pem_x509_certificate(papers.certificate.read_bytes())


def names_of(papers: hall.Papers) -> list[str]:
    named = leaf_of(papers).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [str(one.value) for one in named]


def test_the_papers_are_made_once_and_read_by_their_owner_alone(tmp_path: Path) -> None:
    first = prepare(tmp_path)
    kept = {file.name: file.read_bytes() for file in (tmp_path / "hall").iterdir()}
    second = prepare(tmp_path, now=NOW + 40 * DAY)
    assert {file.name: file.read_bytes() for file in (tmp_path / "hall").iterdir()} == kept
    assert (first.is_replaced, second.is_replaced) == (False, False)
    assert set(kept) == {"authority.pem", "authority.key", "certificate.pem", "certificate.key"}
    assert {stat.S_IMODE((tmp_path / "hall" / name).stat().st_mode) for name in kept} == {0o600}
    assert stat.S_IMODE((tmp_path / "hall").stat().st_mode) == 0o700


def test_the_certificate_names_every_address_and_the_machine(tmp_path: Path) -> None:
    found = names_of(prepare(tmp_path, LAN, OTHER_LAN))
    assert found == ["10.20.0.7", "127.0.0.1", "192.168.1.20", "door", "door.local", "localhost"]
    assert names_of(prepare(tmp_path / "nameless", LAN, hostname="")) == ["127.0.0.1", "192.168.1.20", "localhost"]


def test_no_browser_finds_it_too_long(tmp_path: Path) -> None:
    leaf = leaf_of(prepare(tmp_path))
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= 397 * DAY
    assert leaf.not_valid_before_utc < NOW - timedelta(hours=23)


@pytest.mark.parametrize(
    ("days", "addresses", "is_new_leaf", "is_new_authority"),
    [(0, [LAN], False, False), (365, [LAN], False, False), (367, [LAN], True, False), (699, [LAN], True, False),
     (701, [LAN], True, True), (0, [OTHER_LAN], True, False), (0, [LAN, OTHER_LAN], True, False),
     (0, [PUBLIC], True, True), (-2, [LAN], True, True)],
)  # fmt: skip
def test_what_is_renewed_by_the_clock_and_by_another_network(
    tmp_path: Path, days: int, addresses: list[IPv4Address], is_new_leaf: bool, is_new_authority: bool
) -> None:
    before, serial = prepare(tmp_path), leaf_of(prepare(tmp_path)).serial_number
    after = prepare(tmp_path, *addresses, now=NOW + days * DAY)
    assert (leaf_of(after).serial_number != serial) == is_new_leaf
    assert (after.authority.fingerprint != before.authority.fingerprint) == after.is_replaced == is_new_authority


def test_a_certificate_never_outlives_who_vouches_for_it(tmp_path: Path) -> None:
    prepare(tmp_path)
    late = prepare(tmp_path, now=NOW + 600 * DAY)
    assert leaf_of(late).not_valid_after_utc == late.authority.certificate.not_valid_after_utc


@pytest.mark.parametrize("broken", ["authority.pem", "authority.key", "certificate.pem", "certificate.key"])
def test_what_is_broken_or_lost_is_made_anew(tmp_path: Path, broken: str) -> None:
    prepare(tmp_path)
    file = tmp_path / "hall" / broken
    for ruin in (file.unlink, lambda: file.write_text("no such thing"), lambda: shutil.copy(__file__, file)):
        ruin()
        papers = prepare(tmp_path)
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(papers.certificate, papers.key)
        leaf_of(papers).verify_directly_issued_by(papers.authority.certificate)


def test_addresses_of_a_public_network_are_vouched_for_where_a_hall_gives_them_out(tmp_path: Path) -> None:
    authority = prepare(tmp_path, PUBLIC).authority
    assert authority.covers([PUBLIC, IPv4Address("131.155.9.9"), LAN], ["door.local", "localhost"])
    assert not authority.covers([IPv4Address("8.8.8.8")], [])
    assert not authority.covers([], ["example.org"])


def forged(authority: hall.Authority, name: x509.GeneralName) -> bytes:
    """A certificate for `name`, signed with a stolen key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "forged")])
    builder = x509.CertificateBuilder(authority.certificate.subject, subject, key.public_key())
    builder = builder.serial_number(1).not_valid_before(NOW).not_valid_after(NOW + DAY)
    builder = builder.add_extension(x509.SubjectAlternativeName([name]), critical=False)
    return builder.sign(authority.key(), hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@pytest.mark.parametrize(
    ("name", "is_ours"),
    [(x509.DNSName("bank.example"), False), (x509.IPAddress(IPv4Address("8.8.8.8")), False),
     (x509.IPAddress(IPv4Address("192.168.7.7")), True), (x509.DNSName("desk.local"), True)],
)  # fmt: skip
def test_a_stolen_authority_vouches_for_nothing_on_the_internet(
    tmp_path: Path, name: x509.GeneralName, is_ours: bool
) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        skip_or_fail("openssl is missing: apt-get install openssl")
    authority, made = prepare(tmp_path).authority, tmp_path / "forged.pem"
    made.write_bytes(forged(authority, name))
    instant = str(int((NOW + DAY / 2).timestamp()))
    command = [openssl, "verify", "-attime", instant, "-CAfile", str(authority.folder / "authority.pem"), str(made)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (said.returncode == 0, "permitted subtree violation" in said.stderr) == (is_ours, not is_ours)


def test_the_qr_in_the_terminal_is_read_by_a_scanner() -> None:
    lines = blocks("https://192.168.1.20:8000/checkin/trust").splitlines()
    assert len({len(line) for line in lines}) == 1
    light = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}
    rows = [[light[letter][half] for letter in line] for line in lines for half in (0, 1)]
    picture = Image.new("L", (len(rows[0]), len(rows)))
    picture.putdata([255 * module for row in rows for module in row])
    [found] = zxingcpp.read_barcodes(picture.resize((picture.width * 6, picture.height * 6), Image.Resampling.NEAREST))
    assert found.text == "https://192.168.1.20:8000/checkin/trust"


def test_a_machine_without_a_network_says_so(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hall, "addresses_here", list)
    done = CliRunner().invoke(serving.serve_command, ["--lan"], obj=_script_info(app))
    assert isinstance(done.exception, serving.CannotStart)
    assert str(done.exception) == "This computer is in no network: connect it to that of the hall first."


@pytest.mark.parametrize(
    "words",
    [["--lan", "--certificate", "a", "--key", "b"], ["--lan", "--key", "b"], ["--lan", "--host", "door.local"]],
)
def test_what_does_not_fit_together_is_wrong_usage(app: Flask, words: list[str]) -> None:
    done = CliRunner().invoke(serving.serve_command, words, obj=_script_info(app))
    assert (done.exit_code, "--lan" in done.output) == (2, True)


def _script_info(app: Flask) -> object:
    from flask.cli import ScriptInfo

    return ScriptInfo(create_app=lambda: app)


class Hall:
    """`eventsys serve --lan` over the database of the tests, on a port of its own."""

    def __init__(self, environment: dict[str, str], folder: Path, **more: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.data, self.log = folder / "data", folder / "log"
        here = {key: value for key, value in environment.items() if key != "EVENTSYS_BASE_URL"}
        settings = {"PATH": os.environ["PATH"], **here, "EVENTSYS_DATA_DIR": str(self.data), **more}
        command = [sys.executable, "-m", "eventsys.commandline", "serve", "--lan", "--port", str(self.port)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, "--workers", "1"], cwd=ROOT, env=settings, stdout=log, stderr=log
            )
        self.wait()

    def wait(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    def get(self, address: str, path: str) -> tuple[bytes, str]:
        """Over TLS that is verified against the authority, and the certificate's own names."""
        context = ssl.create_default_context(cafile=self.data / "hall" / "authority.pem")
        with urllib.request.urlopen(f"https://{address}:{self.port}{path}", timeout=20, context=context) as answer:
            return answer.read(), answer.headers["Content-Type"]

    def headers(self, path: str) -> dict[str, str]:
        context = ssl.create_default_context(cafile=self.data / "hall" / "authority.pem")
        with urllib.request.urlopen(f"https://localhost:{self.port}{path}", timeout=20, context=context) as answer:
            return dict(answer.headers)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def opened(app: Flask, environment: dict[str, str], tmp_path: Path) -> Iterator[Hall]:
    if not hall.addresses_here():
        pytest.skip("this machine is in no network")
    found = Hall(environment, tmp_path)
    yield found
    found.stop()


def test_phones_of_the_network_are_served_over_tls_that_verifies(opened: Hall) -> None:
    [first, *_more] = map(str, hall.addresses_here())
    for address in ("127.0.0.1", "localhost", first):
        page, _kind = opened.get(address, "/checkin/trust")
        assert b"eventsys-hall.crt" in page
    said = opened.log.read_text()
    assert f"https://{first}:{opened.port}\n" in said
    authority = hall.find_authority(opened.data)
    assert authority is not None
    assert authority.fingerprint[:47] in said
    der, kind = opened.get(first, "/checkin/trust/authority.crt")
    assert (der, kind) == (authority.der, "application/x-x509-ca-cert")
    # Links and QR codes are made from the address that phones use.
    screen, _kind = opened.get("127.0.0.1", "/checkin/trust/screen")
    assert f"https://{first}:{opened.port}<wbr>/checkin/trust".encode() in screen
    # Whoever had to keep to HTTPS here could not come back when the hall's certificate is another one.
    assert "Strict-Transport-Security" not in opened.headers("/checkin/trust")
    stranger = ssl.create_default_context()
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib.request.urlopen(f"https://127.0.0.1:{opened.port}/", timeout=20, context=stranger)


def test_a_base_url_that_was_set_is_kept_and_told_where_it_leads_elsewhere(
    app: Flask, environment: dict[str, str], tmp_path: Path
) -> None:
    if not hall.addresses_here():
        pytest.skip("this machine is in no network")
    found = Hall(environment, tmp_path, EVENTSYS_BASE_URL="https://door.example.org")
    try:
        screen, _kind = found.get("127.0.0.1", "/checkin/trust/screen")
    finally:
        found.stop()
    assert b"https://door.example.org<wbr>/checkin/trust" in screen
    assert "EVENTSYS_BASE_URL is https://door.example.org: links" in found.log.read_text()


def test_without_a_certificate_of_its_own_a_server_asks_for_no_trust(app: Flask, client: FlaskClient) -> None:
    shutil.rmtree(app.config["SETTINGS"].data_dir / "hall", ignore_errors=True)
    page = client.get("/checkin/trust")
    assert (page.status_code, "nothing to accept" in page.text) == (200, True)
    assert client.get("/checkin/trust/authority.crt").status_code == 404
