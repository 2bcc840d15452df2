"""Every way for a picture or a video into the product, as its user goes it, and how a stored one is given out."""

import uuid
from collections.abc import Callable
from typing import Any, NamedTuple

from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient
from django.urls import reverse

from botfaq.models import Question
from chat import media
from chat.models import Attachment, AvatarReview
from openplatform.faults import INTERNAL
from tests import base
from tests.openplatform.programs import Program

GUARDS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class Came(NamedTuple):
    """What came of a file: "stored" or the code of the refusal, and the links of what is given out."""

    outcome: str
    links: tuple[str, ...] = ()


class Doors:
    """A shop with everybody who may hand in a file."""

    def __init__(self) -> None:
        self.shop = base.shop(language="en")
        self.owner = base.agent(self.shop, "Olga", role="owner")
        self.line = base.buyer(self.shop)
        self.phone, self.desk = base.phone(self.line), base.desk(self.owner)
        self.web, self.program = base.web(self.owner, "en"), Program(self.owner)
        self.api = f"/api/v1/shops/{self.shop.pk}/"

    def buyer(self, data: bytes) -> Came:
        """A buyer sends it."""
        return self._attachment(self.phone.post("/api/v1/buyer/attachments", {"file": sent(data)}, format="multipart"))

    def agent(self, data: bytes) -> Came:
        """An agent sends it."""
        return self._attachment(self.desk.post(f"{self.api}attachments", {"file": sent(data)}, format="multipart"))

    @staticmethod
    def _attachment(answer: Any) -> Came:
        found = answer.json()
        return Came("stored", (found["url"], found["preview"])) if answer.status_code == 201 else _refused(answer)

    def face(self, data: bytes) -> Came:
        """An app hands it in as a member's picture (A5)."""
        answer = self.desk.post(f"{self.api}profile/avatar", {"file": sent(data)}, format="multipart")
        return Came("stored", (answer.json()["review"]["picture"],)) if answer.status_code == 201 else _refused(answer)

    def face_page(self, data: bytes) -> Came:
        """The page of one's own settings takes it."""
        answer = self.web.post(f"/shops/{self.shop.pk}/settings/", {"form": "avatar", "avatar": sent(data)})
        if answer.status_code == 302:
            return Came("stored", (media.link(AvatarReview.objects.latest("pk").file),))
        return Came(_code(answer.status_code, answer.context["wrong"].values()))

    def answer_page(self, data: bytes) -> Came:
        """The page of a question takes it as the picture of the answer (E1)."""
        form = {"text": uuid.uuid4().hex, "answer": "Yes.", "publish": "1", "upload": sent(data)}
        answer = self.web.post(reverse("bot-question-new", args=[self.shop.pk]), form)
        if answer.status_code == 302:
            picture = Attachment.objects.get(pk=Question.objects.latest("pk").picture)
            return Came("stored", (media.url(picture), media.preview_url(picture)))
        errors = answer.context["form"].errors
        assert list(errors) == ["upload"]
        return Came(_code(answer.status_code, errors["upload"]))

    def program_picture(self, data: bytes) -> Came:
        """A program uploads it."""
        path = "/customer_service/202309/images/upload"
        return self._program(self.program.call("POST", path, {"data": sent(data)}, upload=True))

    def program_video(self, data: bytes) -> Came:
        """A program announces it and sends it in one chunk."""
        body = {"file_name": "x.mp4", "file_type": "video", "file_size": max(len(data), 1), "total_chunk_count": 1}
        url = self.program.says("POST", "/open/202512/file/init", body)["upload_url"].removeprefix("http://testserver")
        return self._program(self.program.client.put(url, data, content_type="application/octet-stream"))

    @staticmethod
    def _program(answer: Any) -> Came:
        found = answer.json()
        if found["code"]:
            assert answer.status_code < 500
            assert found["code"] != INTERNAL
            return Came("refused")
        links = [found["data"]["url"]] if "url" in found["data"] else _of(int(found["data"]["resource_id"]))
        return Came("stored", tuple(link.removeprefix("http://testserver") for link in links))


Door = Callable[[Doors, bytes], Came]
PICTURES: tuple[Door, ...] = (
    Doors.buyer, Doors.agent, Doors.face, Doors.face_page, Doors.answer_page, Doors.program_picture,
)  # fmt: skip
VIDEOS: tuple[Door, ...] = (Doors.buyer, Doors.agent, Doors.program_video)
ALL: tuple[Door, ...] = (*PICTURES, Doors.program_video)
TAKES: dict[Door, set[str]] = {door: {"image"} for door in PICTURES} | {door: {"image", "video"} for door in VIDEOS}
TAKES[Doors.program_video] = {"video"}


def sent(data: bytes) -> SimpleUploadedFile:
    """A file whose name and type claim something else."""
    return SimpleUploadedFile("holiday.jpg.html", data, content_type="text/html")


def served(link: str) -> tuple[str, bytes]:
    """Return the type and the bytes that a link gives out, and see that nothing of it could run."""

    async def ask() -> tuple[Any, bytes]:
        answer: Any = await AsyncClient().get(link)
        return answer, b"".join([chunk async for chunk in answer])

    answer, body = async_to_sync(ask)()
    assert answer.status_code == 200
    assert {name: answer[name] for name in GUARDS} == GUARDS
    name = link.rpartition("/")[2]
    assert media.NAME.fullmatch(name)
    assert answer["Content-Disposition"] == f'inline; filename="{name}"'
    return answer["Content-Type"], body


def _of(attachment: int) -> list[str]:
    found = Attachment.objects.get(pk=attachment)
    return [media.url(found), media.preview_url(found)]


def _refused(answer: Any) -> Came:
    found = answer.json()
    assert answer.status_code in {400, *media.STATUS.values()}, answer.content
    assert found["detail"]
    return Came(found["code"])


def _code(status: int, words: Any) -> str:
    """A page says it in words alone: that there are some is what counts."""
    assert status == 200
    assert [one for one in words if str(one)]
    return "refused"
