"""One conversation with a print queue: within its limits, led nowhere else, and every failure in a code of ours."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from socket import gaierror
from typing import TYPE_CHECKING, Any, TypeVar, cast

from eventsys.checkin.printing.trouble import PrinterTrouble
from eventsys.checkin.rules.printing import CONNECT_SECONDS, QUESTION_SECONDS, PrinterAddress

if TYPE_CHECKING:
    from aiohttp import ClientSession
    from pyipp import IPP

T = TypeVar("T")

USER = "eventsys"
_MOST_ANSWERED = 4 * 1024 * 1024
_BY_STATUS = {
    0x0401: "forbidden", 0x0402: "forbidden", 0x0403: "forbidden", 0x0406: "not_found", 0x0408: "too_large",
    0x040A: "format", 0x040B: "media", 0x040E: "media", 0x0411: "format", 0x0504: "busy", 0x0505: "busy",
    0x0506: "not_accepting", 0x0507: "busy", 0x050A: "not_accepting", 0x050B: "busy",
}  # fmt: skip
_BY_HTTP = {401: "forbidden", 403: "forbidden", 404: "not_found", 413: "too_large", 426: "secure_wanted"}


async def ask(
    client: IPP, operation: str, about: dict[str, Any], *, job: dict[str, Any] | None = None, data: bytes | None = None
) -> dict[str, Any]:
    """One question and its answer, parsed. `about` are attributes of the operation, `job` those of the job."""
    from pyipp.enums import IppOperation

    message: dict[str, Any] = {"operation-attributes-tag": {"requesting-user-name": USER} | about}
    message |= {"job-attributes-tag": job} if job else {}
    message |= {"data": data} if data is not None else {}
    return await client.execute(IppOperation[operation], message)


def first(answer: Mapping[str, Any], group: str) -> dict[str, Any]:
    """The first printer or job of an answer; empty where it has none."""
    found = answer.get(group) or [{}]
    return found[0] if isinstance(found[0], dict) else {}


def listed(value: Any) -> list[Any]:
    """The values of an attribute, which comes bare where it has but one."""
    return value if isinstance(value, list) else [] if value is None else [value]


def converse(address: PrinterAddress, talk: Callable[[IPP], Awaitable[T]], *, seconds: float = QUESTION_SECONDS) -> T:
    """Open a connection, talk, and close it; every failure becomes a PrinterTrouble."""
    from pyipp.exceptions import IPPConnectionError, IPPConnectionUpgradeRequired, IPPError, IPPResponseError

    try:
        # A loop of its own in a thread of its own: whoever calls may stand in a running loop already.
        with ThreadPoolExecutor(max_workers=1) as beside:
            return beside.submit(asyncio.run, _within_limits(address, talk, seconds)).result()
    except PrinterTrouble:
        raise
    except TimeoutError:
        raise PrinterTrouble("silent") from None
    except IPPConnectionError as error:
        raise PrinterTrouble(_broken(error)) from None
    except IPPConnectionUpgradeRequired:
        raise PrinterTrouble("secure_wanted") from None
    except IPPResponseError as error:
        raise PrinterTrouble(_BY_HTTP.get(status_of(error), "not_a_printer")) from None
    except IPPError as error:
        status = status_of(error)
        raise PrinterTrouble(_BY_STATUS.get(status, "refused") if status >= 0x0400 else "not_a_printer") from None
    except OSError:
        raise PrinterTrouble("unreachable") from None
    except (ValueError, KeyError, IndexError, TypeError):
        # What answers there speaks something else, and pyipp trusted it.
        raise PrinterTrouble("not_a_printer") from None


def status_of(error: Exception) -> int:
    """The status of IPP or HTTP that an error of pyipp carries; 0 for none."""
    details = error.args[1] if len(error.args) > 1 else None
    return int(details.get("status-code", 0)) if isinstance(details, dict) else 0


def _broken(error: Exception) -> str:
    from aiohttp import ClientConnectorError

    cause = error.__cause__
    if isinstance(cause, TimeoutError | asyncio.TimeoutError):
        return "silent"
    return "unreachable" if isinstance(cause, ClientConnectorError | gaierror) else "broke_off"


async def _within_limits(address: PrinterAddress, talk: Callable[[IPP], Awaitable[T]], seconds: float) -> T:
    from aiohttp import ClientSession, ClientTimeout
    from pyipp import IPP

    _widen_pyipp()
    limits = ClientTimeout(total=seconds, connect=CONNECT_SECONDS)
    async with asyncio.timeout(seconds), ClientSession(timeout=limits) as session:
        # Printers make their own certificates: the connection is secret, but it proves nobody's name.
        straight = cast("ClientSession", _Straight(session))
        return await talk(IPP(host=address.uri, session=straight, request_timeout=int(seconds), verify_ssl=False))


def _widen_pyipp() -> None:
    from pyipp.enums import ATTRIBUTE_ENUM_MAP, IppTag
    from pyipp.tags import ATTRIBUTE_TAG_MAP

    # RFC 8011 calls the names of media keywords, and pyipp leaves out what it does not know.
    ATTRIBUTE_TAG_MAP.update({"media": IppTag.KEYWORD, "print-scaling": IppTag.KEYWORD})
    # It refuses a whole answer for one operation that it does not know; makers of printers add their own.
    ATTRIBUTE_ENUM_MAP.pop("operations-supported", None)


@dataclass(frozen=True)
class _Answer:
    """An answer as far as pyipp looks at it, read within the limits."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    async def read(self) -> bytes:
        return self.body

    def close(self) -> None:
        """It is read and closed already."""


class _Straight:
    """A session that follows no redirection and reads no endless answer."""

    def __init__(self, session: ClientSession) -> None:
        self._session = session

    async def request(self, method: str, url: Any, **more: Any) -> _Answer:
        from aiohttp import ClientPayloadError

        async with self._session.request(method, url, allow_redirects=False, **more) as answer:
            body = bytearray()
            async for piece in answer.content.iter_chunked(65536):
                body += piece
                if len(body) > _MOST_ANSWERED:
                    raise ClientPayloadError("too long")
            if answer.status // 100 == 3:
                return _Answer(404, {}, b"")
            # What a printer writes into an error page is nobody's business, and need not be UTF-8.
            return _Answer(answer.status, answer.headers, bytes(body) if answer.status < 300 else b"")
