"""Pictures for buyers: operation 7. They become attachments of the speaker's, as if uploaded in the console."""

from django.core.files.uploadedfile import UploadedFile

from chat import media, pacing
from chat.actions import attachments
from openplatform import faults, wire
from openplatform.asked import Asked
from openplatform.gate import ShopCaller
from openplatform.operations import BINARY, FORM, must, operation
from openplatform.shapes import ImageShape
from shops.pages import base_of


@operation("Upload Buyer Messages Image", media=FORM, body=[must("data", BINARY)])
def image(caller: ShopCaller, asked: Asked) -> ImageShape:
    """7: take a picture (JPG, PNG, GIF, WebP up to 10 MB); a message carries it by its address, once, within a day."""
    if not asked.is_multipart:
        raise faults.Fault(36009022, "The content type must be multipart/form-data", 415)
    file = asked.request.FILES.get("data")
    if not isinstance(file, UploadedFile):
        raise faults.bad_body("data is missing: one file")
    if media.check(file) != "image":
        raise faults.bad_body("Only JPG, PNG, GIF and WebP pictures can be uploaded")
    pacing.uploads(caller.speaker)
    made = attachments.upload(caller.shop, f"a:{caller.speaker.pk}", file)
    url = wire.absolute(base_of(asked.request), media.url(made))
    return {"url": url, "width": made.width, "height": made.height}
