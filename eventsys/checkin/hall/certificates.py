"""The certificate of this machine for its addresses in the hall: made once, and anew when they change or it nears its
end. Phones notice nothing of that: what they trust is the authority that signs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from eventsys.checkin.hall.authority import (
    Authority,
    find_authority,
    keep,
    key_bytes,
    make_authority,
    read_key,
    usage_of_server,
)

# Browsers refuse what lasts longer (CA/Browser Forum, Baseline Requirements, section 6.3.2; Apple HT211025).
_LASTS = timedelta(days=397)
_RENEWED_BEFORE = timedelta(days=30)
_BEGINS_BEFORE = timedelta(days=1)
_LOOPBACK = IPv4Address("127.0.0.1")


@dataclass(frozen=True, slots=True)
class Papers:
    """What a server needs to speak HTTPS in the hall, as files, and who vouches for it.

    `is_replaced` where phones trusted an authority before that is no more.
    """

    certificate: Path
    key: Path
    authority: Authority
    is_replaced: bool


def prepare(data_dir: Path, *, addresses: Sequence[IPv4Address], hostname: str, now: datetime) -> Papers:
    """The papers for these addresses, for `<hostname>.local` and for this machine itself, made as far as need be."""
    names = [hostname, f"{hostname.partition('.')[0]}.local"] if hostname else []
    before = find_authority(data_dir)
    authority = before if before is not None and _still_serves(before, addresses, names, now) else None
    is_new = authority is None
    authority = authority or make_authority(data_dir, addresses=addresses, names=names, now=now)
    certificate, key = authority.folder / "certificate.pem", authority.folder / "certificate.key"
    # The machine's own name for itself comes last: what is shown first is what others call it.
    wanted = _names(sorted({*addresses, _LOOPBACK}), [*names, "localhost"])
    if is_new or not _is_good(certificate, key, authority, wanted, now):
        _make(authority, certificate, key, wanted, now)
    return Papers(certificate, key, authority, is_replaced=is_new and before is not None)


def _still_serves(authority: Authority, addresses: Sequence[IPv4Address], names: Sequence[str], now: datetime) -> bool:
    if not authority.is_fresh(now) or not authority.covers(addresses, names):
        return False
    try:
        return authority.key().public_key() == authority.certificate.public_key()
    except (OSError, ValueError):
        return False


def _names(addresses: Sequence[IPv4Address], names: Sequence[str]) -> list[x509.GeneralName]:
    return [*(x509.IPAddress(address) for address in addresses), *(x509.DNSName(name) for name in names)]


def _is_good(path: Path, key: Path, authority: Authority, wanted: Sequence[x509.GeneralName], now: datetime) -> bool:
    """Whether the certificate that is kept has this very key and names, is of this authority, and lasts a while."""
    try:
        kept = x509.load_pem_x509_certificate(path.read_bytes())
        kept.verify_directly_issued_by(authority.certificate)
        named = kept.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        is_pair = read_key(key).public_key() == kept.public_key()
    except (OSError, ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, x509.ExtensionNotFound):
        return False
    is_lasting = kept.not_valid_before_utc <= now < kept.not_valid_after_utc - _RENEWED_BEFORE
    return is_pair and is_lasting and set(named) == set(wanted)


def _make(authority: Authority, path: Path, key_path: Path, wanted: Sequence[x509.GeneralName], now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "eventsys in the hall")])
    ends_at = min(now - _BEGINS_BEFORE + _LASTS, authority.certificate.not_valid_after_utc)
    certificate = (
        x509.CertificateBuilder(
            issuer_name=authority.certificate.subject, subject_name=name, public_key=key.public_key()
        )
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BEGINS_BEFORE)
        .not_valid_after(ends_at)
        .add_extension(x509.SubjectAlternativeName(wanted), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage_of_server(), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_issued_by(authority), critical=False)
        .sign(authority.key(), hashes.SHA256())
    )
    chain = [certificate, authority.certificate]
    keep(key_path, key_bytes(key))
    # The authority comes along: whoever looks at the warning of a browser sees its fingerprint there.
    keep(path, b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain))


def _issued_by(authority: Authority) -> x509.AuthorityKeyIdentifier:
    known = authority.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(known)
