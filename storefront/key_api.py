"""REST of the keys that let a storefront in (docs/wire.md): list, make, revoke."""

from rest_framework.request import Request
from rest_framework.response import Response

from chat import incoming, params, serializers
from chat.api import MemberView
from shops import identity, schema
from shops.rest import body_of, told_once
from storefront import keys
from storefront.models import ShopKey
from storefront.shapes import KeyShape, NewKeyShape, SigningSecretShape


class Keys(MemberView):
    @schema.operation(
        "The keys of the shop's storefront, newest first; the last twenty revoked ones too",
        schema.obj({"results": {"type": "array", "items": schema.shape(KeyShape)}}),
        name="keys",
        errors=(403,),
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request)
        return Response({"results": [shape(one) for one in keys.of_shop(self.member)]})

    @schema.operation(
        "Make a key for the shop's storefront; it is shown this once",
        schema.shape(NewKeyShape),
        name="key_make",
        status=201,
        errors=(403, 409),
        request=schema.body({"name": {"type": "string", "minLength": 1, "maxLength": keys.NAME}}),
        example={"name": "Web shop"},
    )
    def post(self, request: Request, shop_id: int) -> Response:
        incoming.fields(body_of(request), "name")
        made = keys.issue(self.member, incoming.words(body_of(request).get("name"), "name", keys.NAME))
        return told_once({**shape(made.key), "key": made.text}, 201)


class Revoke(MemberView):
    @schema.operation(
        "Revoke a key; it opens nothing from now on",
        None,
        name="key_revoke",
        status=204,
        errors=(403,),
        request=schema.body({}),
    )
    def post(self, request: Request, shop_id: int, key_id: int) -> Response:
        incoming.fields(body_of(request))
        keys.revoke(keys.one(self.member, key_id), self.member)
        return Response(status=204)


class SigningSecret(MemberView):
    @schema.operation(
        "Make a new secret to sign buyers' identities with; it is shown this once, the old one is good for a day more",
        schema.shape(SigningSecretShape),
        name="signing_secret_make",
        status=201,
        errors=(403,),
        request=schema.body({}),
    )
    def post(self, request: Request, shop_id: int) -> Response:
        incoming.fields(body_of(request))
        secret, until = identity.renew_secret(self.member)
        return told_once({"secret": secret, "old_until": serializers.moment(until)}, 201)


def shape(key: ShopKey) -> KeyShape:
    return {
        "id": key.pk,
        "name": key.name,
        "prefix": key.prefix,
        "by": key.by.nickname if key.by else "",
        "created_at": serializers.moment(key.created_at),
        "used_at": serializers.maybe(key.used_at),
        "revoked_at": serializers.maybe(key.revoked_at),
    }
