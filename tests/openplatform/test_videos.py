"""Videos of programs: announced, sent in chunks, carried by a message; nothing else comes in that way."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from chat.models import Attachment, Message
from openplatform import videos
from openplatform.models import FileUpload
from tests import base
from tests.chat import samples
from tests.openplatform.programs import Program

pytestmark = pytest.mark.django_db(transaction=True)
INIT = "/open/202512/file/init"


@pytest.fixture
def program() -> Program:
    return Program(base.agent(base.shop(), "Owner", role="owner"))


def announce(program: Program, size: int, count: int) -> str:
    body = {"file_name": "x.mp4", "file_type": "video", "file_size": size, "total_chunk_count": count}
    made = program.says("POST", INIT, body | {"target_path": "[POST]/customer_service/202606/x"})
    return str(made["upload_url"]).removeprefix("http://testserver")


def put(program: Program, url: str, data: bytes, **headers: str) -> Any:
    return program.client.put(url, data, content_type="application/octet-stream", headers=headers).json()


def chunks_left() -> list[str]:
    return default_storage.listdir("chunks")[1] if default_storage.exists("chunks") else []


def test_a_video_comes_in_chunks_and_a_message_carries_it(program: Program) -> None:
    data = samples.mp4()
    url, half = announce(program, len(data), 2), len(data) // 2
    assert put(program, url, data[:half])["data"] == {"received": half}
    again = put(program, url, data[:half], **{"Content-Range": f"bytes 0-{half - 1}/{len(data)}"})
    assert again["data"] == {"received": half}
    last = put(program, url, data[half:])
    vid = last["data"]["resource_id"]
    assert put(program, url, data[half:])["data"] == {"resource_id": vid}
    base.writes(line := base.buyer(program.grant.shop))
    path = f"/customer_service/202606/conversations/{line.pk}/messages"
    program.says("POST", path, {"type": "VIDEO", "content": f'{{"vid":"{vid}"}}'})
    assert Message.objects.get(conversation=line, kind="video").attachment_id == int(vid)
    [said] = [one for one in program.says("GET", path)["messages"] if one["type"] == "VIDEO"]
    assert f'"vid":"{vid}"' in said["content"]
    assert chunks_left() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"file_type": "image"}, {"file_size": 0}, {"file_size": 51 << 20}, {"file_size": "x"}, {"total_chunk_count": 0},
        {"total_chunk_count": 101}, {"file_size": 40 << 20, "total_chunk_count": 1},
    ],
)  # fmt: skip
def test_what_can_not_be_a_video_is_not_announced(wrong: dict[str, Any], program: Program) -> None:
    body = {"file_name": "x", "file_type": "video", "file_size": 9, "total_chunk_count": 1}
    assert program.refused("POST", INIT, body | wrong) in (36009004, 36009023)
    assert not FileUpload.objects.exists()


def test_too_much_the_wrong_place_and_what_is_no_video_are_refused(program: Program) -> None:
    url = announce(program, 20, 2)
    assert put(program, url, b"x" * 21)["code"] == 36009023
    assert put(program, url, b"x" * 5, **{"Content-Range": "bytes 7-11/20"})["code"] == 36009023
    put(program, url, b"x" * 10)
    assert put(program, url, b"x" * 10)["code"] == 36009023
    assert (Attachment.objects.count(), chunks_left()) == (0, [])
    assert put(program, "/open/upload/nobodys", b"x")["code"] == 45101003


def test_an_hour_later_the_place_is_closed_and_its_chunks_are_gone(program: Program) -> None:
    url = announce(program, 20, 2)
    put(program, url, b"x" * 10)
    FileUpload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert put(program, url, b"x" * 10)["code"] == 45101003
    assert videos.sweep(timezone.now()) == 1
    assert chunks_left() == []
