"""Files in a folder and in a bucket: what goes in comes out, whole and in parts; what is gone is said to be gone."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from tempfile import SpooledTemporaryFile

import pytest
from flask import Flask

from eventsys.kernel import storage

BODY = bytes(range(256)) * 50_000  # 12.8 MB: more than one part of a multipart upload


@pytest.fixture
def folder(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture(scope="module")
def bucket_url() -> Iterator[str]:
    """A bucket of a server on this machine that speaks S3."""
    import boto3
    from moto.server import ThreadedMotoServer

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
        server.start()
        endpoint = f"http://127.0.0.1:{port}"
        boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1").create_bucket(Bucket="materials")
        yield f"s3://materials/eventsys?endpoint={endpoint}"
        server.stop()


@pytest.fixture
def bucket(app: Flask, bucket_url: str) -> Iterator[None]:
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, storage_url=bucket_url)
    with app.app_context():
        yield
    app.config["SETTINGS"] = before


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest) -> None:
    request.getfixturevalue(request.param)


@pytest.mark.usefixtures("place")
def test_what_goes_in_comes_out() -> None:
    assert storage.put("materials/one", BytesIO(BODY)) == (len(BODY), hashlib.sha256(BODY).hexdigest())
    storage.refuse_unless_kept("materials/one")
    assert b"".join(storage.read("materials/one", 0, len(BODY))) == BODY


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(("start", "end"), [(0, 1), (255, 258), (len(BODY) - 3, len(BODY)), (1_000_000, 5_000_001)])
def test_a_part_is_exactly_that_part(start: int, end: int) -> None:
    storage.put("materials/two", BytesIO(BODY))
    assert b"".join(storage.read("materials/two", start, end)) == BODY[start:end]


@pytest.mark.usefixtures("place")
def test_an_upload_that_lies_on_disk_is_taken_from_its_beginning() -> None:
    with SpooledTemporaryFile(max_size=1000) as upload:
        upload.write(BODY)
        assert storage.put("materials/three", upload)[0] == len(BODY)
    assert b"".join(storage.read("materials/three", 0, 10)) == BODY[:10]


@pytest.mark.usefixtures("place")
def test_what_is_gone_is_said_to_be_gone_before_anything_is_sent() -> None:
    storage.put("materials/four", BytesIO(b"x"))
    storage.remove("materials/four")
    storage.remove("materials/four")
    with pytest.raises(storage.FileMissing):
        storage.refuse_unless_kept("materials/four")
    with pytest.raises(storage.FileMissing):
        storage.read("materials/four", 0, 1)


@pytest.mark.usefixtures("folder")
def test_a_failed_upload_leaves_nothing_behind() -> None:
    class Broken(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() >= len(BODY) // 2:
                raise OSError("the line is dead")
            return super().read(size)

    with pytest.raises(OSError, match="the line is dead"):
        storage.put("materials/five", Broken(BODY))
    with pytest.raises(storage.FileMissing):
        storage.refuse_unless_kept("materials/five")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("key", ["../outside", "materials/../../outside"])
def test_no_key_leads_out_of_the_storage(key: str) -> None:
    with pytest.raises(ValueError, match="illegal"):
        storage.put(key, BytesIO(b"x"))


def test_what_is_read_after_the_request_is_over_still_comes(app: Flask) -> None:
    with app.app_context():
        storage.put("materials/six", BytesIO(BODY))
        answer = storage.read("materials/six", 0, len(BODY))
    assert sum(len(piece) for piece in answer) == len(BODY)
