"""By which addresses other machines of the network reach this one."""

from __future__ import annotations

import fcntl
import re
import socket
import struct
from ipaddress import IPv4Address

# Linux: asks an interface for its address (netdevice(7)).
_SIOCGIFADDR = 0x8915
_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")


def addresses_here() -> list[IPv4Address]:
    """The IPv4 addresses of this machine in its networks, that of the way out first; none without a network."""
    found = [_of_the_way_out(), *(_of_interface(name) for _number, name in socket.if_nameindex())]
    known = dict.fromkeys(address for address in found if address is not None)
    return [address for address in known if not address.is_loopback and not address.is_unspecified]


def _of_the_way_out() -> IPv4Address | None:
    """The address that a packet to far away would carry. None is sent: UDP only looks up the route."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))
        except OSError:
            return None
        return IPv4Address(probe.getsockname()[0])


def _of_interface(name: str) -> IPv4Address | None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            answer = fcntl.ioctl(probe.fileno(), _SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
        except OSError:
            # It has none, or this is no Linux: then the address of the way out must do.
            return None
        return IPv4Address(answer[20:24])


def hostname_here() -> str:
    """The name of this machine in small letters, or nothing where it is none that a certificate can hold."""
    name = socket.gethostname().lower().rstrip(".")
    return name if _NAME.fullmatch(name) else ""
