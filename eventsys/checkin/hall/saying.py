"""What whoever starts the server reads: the address, its QR, and how a phone comes to trust it."""

from __future__ import annotations

from eventsys.badges.codes import qr_rows

_QUIET = 2
# By upper and lower half: a character is about twice as high as wide, so it holds two modules.
_HALVES = {("1", "1"): " ", ("0", "1"): "▀", ("1", "0"): "▄", ("0", "0"): "█"}


def blocks(code: str) -> str:
    """A QR as lines of text, light on dark as terminals mostly are; scanners read both ways round."""
    dark, side = qr_rows(code), "0" * _QUIET
    empty = "0" * (len(dark) + 2 * _QUIET)
    rows = [*[empty] * _QUIET, *(f"{side}{row}{side}" for row in dark), *[empty] * _QUIET]
    if len(rows) % 2:
        rows.append(empty)
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return "\n".join("".join(_HALVES[pair] for pair in zip(*two, strict=True)) for two in pairs)


def instructions(address: str, fingerprint: str, *, is_replaced: bool, elsewhere: str = "") -> str:
    """The whole text. `elsewhere` is a base URL that was set and leads to another place than this address."""
    again = (
        ["", "This is a new certificate: phones that trusted the one before are asked once more."]
        if is_replaced
        else []
    )
    warning = [
        "",
        f"EVENTSYS_BASE_URL is {elsewhere}: links and QR codes of the program lead there and not to this address.",
        f"Unset it, or set it to {address}.",
    ] if elsewhere else []  # fmt: skip
    return "\n".join([
        "",
        "Phones in this network open the door at",
        "",
        f"    {address}",
        "",
        blocks(f"{address}/checkin/trust"),
        "",
        "1. Bring the phone into the same network and scan this code, or type the address and /checkin/trust.",
        "2. The browser warns that the connection is not private: it does not know this computer.",
        "   Android: Advanced, then Proceed. iPhone: Show Details, then visit this website.",
        "3. The page that opens gives the phone the certificate of this computer, and says where to put it.",
        "   Then the warning is gone, and the scanner also opens without a network.",
        "   The fingerprint (SHA-256) that the phone shows must be",
        f"   {fingerprint[:47]}",
        f"   {fingerprint[48:]}",
        f"4. For a projector: {address}/checkin/trust/screen",
        *again,
        *warning,
        "",
    ])  # fmt: skip
