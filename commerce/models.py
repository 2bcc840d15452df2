"""What the storefront pushed: products, orders and after-sale cases. The workbench reads it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shops.models import Buyer, Shop


class Product(models.Model):
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="products")
    sku = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    price = models.DecimalField(max_digits=12, decimal_places=2)
    stock = models.PositiveIntegerField(default=0)
    on_sale = models.BooleanField(default=True)
    picture = models.CharField(max_length=300, blank=True, help_text="Path below /static/ or an https address.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "sku"], name="product_sku_once_per_shop"),
            models.CheckConstraint(condition=Q(price__gte=0), name="product_price_not_negative"),
        ]
        indexes = [models.Index(fields=["shop", "on_sale", "id"])]

    def __str__(self) -> str:
        return self.title


class Order(models.Model):
    """One order of one buyer, with the states of C20."""

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
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "number"], name="order_number_once_per_shop"),
            models.CheckConstraint(condition=Q(total__gte=0), name="order_total_not_negative"),
        ]
        indexes = [models.Index(fields=["shop", "buyer", "-created_at"])]

    def __str__(self) -> str:
        return self.number


class OrderItem(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="items")
    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    quantity = models.PositiveIntegerField(default=1)
    price = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gte=1), name="item_quantity_positive")]


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

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "number"], name="after_sale_number_once_per_shop")]

    def __str__(self) -> str:
        return self.number
