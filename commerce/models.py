"""What the storefront pushed: products, coupons, orders and after-sale cases. The workbench reads it."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shops.models import Buyer, Shop

VERSION = "When the storefront changed it last, by its own clock; what it tells late undoes nothing."


class Product(models.Model):
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="products")
    sku = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    price = models.DecimalField(max_digits=12, decimal_places=2)
    stock = models.PositiveIntegerField(default=0)
    on_sale = models.BooleanField(default=True)
    picture = models.CharField(max_length=300, blank=True, help_text="Path below /static/ or an https address.")
    updated_at = models.DateTimeField(null=True, help_text=VERSION)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "sku"], name="product_sku_once_per_shop"),
            models.CheckConstraint(condition=Q(price__gte=0), name="product_price_not_negative"),
        ]
        indexes = [models.Index(fields=["shop", "on_sale", "id"])]

    def __str__(self) -> str:
        return self.title


class CouponQuerySet(models.QuerySet["Coupon"]):
    def running(self, now: datetime) -> "CouponQuerySet":
        """Return those that buyers can take."""
        left = Q(total=None) | Q(claimed__lt=F("total"))
        return self.filter(left, is_on=True, starts_at__lte=now, ends_at__gt=now)


class Coupon(models.Model):
    """A discount that the storefront gives out; here it is shown and linked to, buyers take it there."""

    class Kind(models.TextChoices):
        AMOUNT = "amount", _("Amount off")
        PERCENT = "percent", _("Per cent off")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="coupons")
    number = models.CharField(max_length=64)
    title = models.CharField(max_length=100)
    kind = models.CharField(max_length=8, choices=Kind)
    discount = models.DecimalField(max_digits=12, decimal_places=2, help_text="In the shop's currency, or per cent.")
    minimum = models.DecimalField(max_digits=12, decimal_places=2, default=0, help_text="What one must spend for it.")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    total = models.PositiveIntegerField(null=True, help_text="How many there are; empty: as many as are wanted.")
    claimed = models.PositiveIntegerField(default=0)
    is_on = models.BooleanField(default=True)
    link = models.CharField(max_length=300, blank=True, help_text="Where buyers take it, an https address.")
    updated_at = models.DateTimeField(null=True, help_text=VERSION)

    objects = CouponQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "number"], name="coupon_number_once_per_shop"),
            models.CheckConstraint(condition=Q(discount__gt=0), name="coupon_discount_positive"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="coupon_ends_after_it_starts"),
        ]
        indexes = [models.Index(fields=["shop", "ends_at", "id"], name="coupon_of_shop")]

    def __str__(self) -> str:
        return self.title


class Order(models.Model):
    """One order of one buyer, with the states of C20. Whoever writes one tells the figures: figures.ordered (G14)."""

    class CancelledBy(models.TextChoices):
        BUYER = "buyer", _("The buyer")
        SELLER = "seller", _("The shop")
        PLATFORM = "platform", _("The platform")

    class State(models.TextChoices):
        UNPAID = "unpaid", _("Unpaid")
        TO_PROCESS = "to_process", _("To ship, to process")
        AWAITING_COLLECTION = "awaiting_collection", _("To ship, awaiting collection")
        IN_TRANSIT = "in_transit", _("Shipped, in transit")
        DELIVERED = "delivered", _("Shipped, delivered")
        DELIVERY_FAILED = "delivery_failed", _("Shipped, delivery failed")
        COMPLETED = "completed", _("Completed")
        CANCELLING = "cancelling", _("Cancelling")
        CANCELLED = "cancelled", _("Cancelled")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="orders")
    buyer = models.ForeignKey(Buyer, on_delete=models.CASCADE, related_name="orders")
    number = models.CharField(max_length=64)
    state = models.CharField(max_length=20, choices=State)
    total = models.DecimalField(max_digits=12, decimal_places=2)
    cancelled_by = models.CharField(max_length=8, choices=CancelledBy, blank=True)
    cancel_reason = models.CharField(max_length=200, blank=True)
    # To whom it goes: shown as commerce/recipients.py masks it, in plain by chat/actions/unmasking.py alone.
    recipient_name = models.CharField(max_length=100, blank=True)
    recipient_phone = models.CharField(max_length=40, blank=True)
    recipient_city = models.CharField(max_length=120, blank=True, help_text="Province and city; what others may read.")
    recipient_address = models.CharField(max_length=300, blank=True, help_text="The rest: district, street, number.")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField(null=True, help_text=VERSION)

    # The handbook's tabs, each with the states in it (C20).
    GROUPS: ClassVar[dict[str, tuple[str, ...]]] = {
        "unpaid": (State.UNPAID,),
        "to_ship": (State.TO_PROCESS, State.AWAITING_COLLECTION),
        "shipped": (State.IN_TRANSIT, State.DELIVERED, State.DELIVERY_FAILED),
        "completed": (State.COMPLETED,),
        "cancelling": (State.CANCELLING,),
        "cancelled": (State.CANCELLED,),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "number"], name="order_number_once_per_shop"),
            models.CheckConstraint(condition=Q(total__gte=0), name="order_total_not_negative"),
        ]
        indexes = [
            models.Index(fields=["shop", "buyer", "-created_at"]),
            models.Index(fields=["shop", "-created_at", "-id"], name="order_newest"),
            models.Index(fields=["shop", "state", "-created_at", "-id"], name="order_of_state"),
        ]

    def __str__(self) -> str:
        return self.number


class OrderItem(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="items")
    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    quantity = models.PositiveIntegerField(default=1)
    price = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gte=1), name="item_quantity_positive")]


class Shipment(models.Model):
    """One parcel of an order on its way, as the carrier tells it (C10, C20)."""

    class State(models.TextChoices):
        AWAITING_COLLECTION = "awaiting_collection", _("Awaiting collection")
        IN_TRANSIT = "in_transit", _("In transit")
        OUT_FOR_DELIVERY = "out_for_delivery", _("Out for delivery")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Delivery failed")
        RETURNED = "returned", _("Returned to sender")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="shipments")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="shipments")
    carrier = models.CharField(max_length=60)
    tracking_number = models.CharField(max_length=64)
    state = models.CharField(max_length=20, choices=State, default=State.AWAITING_COLLECTION)
    events = models.JSONField(default=list, blank=True, help_text="{at, text}, the newest first, at most 20.")
    updated_at = models.DateTimeField()
    told_state = models.CharField(
        max_length=20, choices=State, blank=True, help_text="The state that the buyer was told of last (E11)."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "carrier", "tracking_number"], name="shipment_once_per_shop")
        ]
        indexes = [models.Index(fields=["shop", "id"], condition=~Q(told_state=F("state")), name="shipment_untold")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.tracking_number


class AfterSale(models.Model):
    """A return or refund of an order; in progress unless completed or closed (P6)."""

    class State(models.TextChoices):
        IN_PROGRESS = "in_progress", _("In progress")
        COMPLETED = "completed", _("Completed")
        CLOSED = "closed", _("Closed")

    class Kind(models.TextChoices):
        REFUND = "refund", _("Refund only")
        RETURN = "return", _("Return and refund")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="after_sales")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="after_sales")
    number = models.CharField(max_length=64)
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=12, choices=State, default=State.IN_PROGRESS)
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField(null=True, help_text=VERSION)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "number"], name="after_sale_number_once_per_shop")]

    def __str__(self) -> str:
        return self.number
