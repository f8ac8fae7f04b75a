"""The authority that phones are asked to trust: kept in the data directory, and good for this machine's networks alone.

Whoever stole its key could pretend to be a machine in a private network, and nobody else: its name constraints
(RFC 5280, section 4.2.1.10) name private addresses, `.local` and this machine.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

FOLDER = "hall"
_LASTS = timedelta(days=730)
# A new authority must be accepted on every phone again: not in the middle of an event of some days.
_RENEWED_BEFORE = timedelta(days=30)
# Clocks of phones may be behind.
_BEGINS_BEFORE = timedelta(days=1)
_NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8")
_PRIVATE = tuple(ip_network(network) for network in _NETWORKS)


@dataclass(frozen=True, slots=True)
class Authority:
    """The certificate of the authority and where it lies. Its key is read only to sign."""

    certificate: x509.Certificate
    folder: Path

    @property
    def fingerprint(self) -> str:
        """SHA-256 as phones show it: `AB:CD:…`, 32 pairs."""
        return self.certificate.fingerprint(hashes.SHA256()).hex(":").upper()

    @property
    def der(self) -> bytes:
        """What a phone installs."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    def key(self) -> ec.EllipticCurvePrivateKey:
        return read_key(self.folder / "authority.key")

    def covers(self, addresses: Iterable[IPv4Address], names: Iterable[str]) -> bool:
        """Whether it may vouch for all of these."""
        permitted = _permitted(self.certificate)
        networks = [value for value in permitted if isinstance(value, IPv4Network)]
        domains = [value for value in permitted if isinstance(value, str)]
        return all(any(address in network for network in networks) for address in addresses) and all(
            any(name == domain or name.endswith(f".{domain.lstrip('.')}") for domain in domains) for name in names
        )

    def is_fresh(self, now: datetime) -> bool:
        """Whether it lasts long enough to begin an event with."""
        certificate = self.certificate
        return certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc - _RENEWED_BEFORE


def find_authority(data_dir: Path) -> Authority | None:
    """The authority kept in the data directory; None where `serve --lan` never ran, or what it kept is broken."""
    folder = data_dir / FOLDER
    try:
        return Authority(x509.load_pem_x509_certificate((folder / "authority.pem").read_bytes()), folder)
    except (OSError, ValueError):
        return None


def make_authority(
    data_dir: Path, *, addresses: Sequence[IPv4Address], names: Sequence[str], now: datetime
) -> Authority:
    """A new authority in the place of the one before. It may vouch for these and for all private addresses."""
    folder = data_dir / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    whose = f"eventsys in the hall ({names[0] if names else addresses[0]})"
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, whose[:64])])
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BEGINS_BEFORE)
        .not_valid_after(now + _LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.NameConstraints(_subtrees(addresses, names), None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    keep(folder / "authority.key", key_bytes(key))
    keep(folder / "authority.pem", certificate.public_bytes(serialization.Encoding.PEM))
    return Authority(certificate, folder)


def _subtrees(addresses: Sequence[IPv4Address], names: Sequence[str]) -> list[x509.GeneralName]:
    """Some halls give out public addresses: then their neighbours count as the hall too, since leases change."""
    around = [ip_network(f"{address}/16", strict=False) for address in addresses]
    elsewhere = [network for network in around if not any(network.subnet_of(known) for known in _PRIVATE)]  # type: ignore[arg-type]
    domains = dict.fromkeys(["localhost", "local", *names])
    return [
        *(x509.DNSName(domain) for domain in domains),
        *(x509.IPAddress(network) for network in dict.fromkeys([*_PRIVATE, *elsewhere])),
    ]


def _permitted(certificate: x509.Certificate) -> list[object]:
    constraints = certificate.extensions.get_extension_for_class(x509.NameConstraints).value
    return [one.value for one in constraints.permitted_subtrees or ()]


def _usage(*, signs: bool) -> x509.KeyUsage:
    """What a key may be used for: to sign certificates, or to open connections."""
    return x509.KeyUsage(
        digital_signature=not signs, key_cert_sign=signs, crl_sign=signs, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def usage_of_server() -> x509.KeyUsage:
    return _usage(signs=False)


def key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    """A private key as PKCS #8 in PEM, which every TLS library reads."""
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, plain)


def read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """Raises ValueError for what is no key of ours."""
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(path)
    return key


def keep(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    draft = path.with_suffix(f"{path.suffix}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    draft.replace(path)
