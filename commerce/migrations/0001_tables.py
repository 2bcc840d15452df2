import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('commerce', '0001_initial'), ('commerce', '0002_initial'), ('commerce', '0003_orders_on_their_way'), ('commerce', '0004_news_of_parcels'), ('commerce', '0005_recipients')]

    initial = True

    dependencies = [
        ('shops', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='orders', to='shops.shop')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='orders', to='shops.buyer')),
                ('number', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('unpaid', 'Unpaid'), ('to_process', 'To ship, to process'), ('awaiting_collection', 'To ship, awaiting collection'), ('in_transit', 'Shipped, in transit'), ('delivered', 'Shipped, delivered'), ('delivery_failed', 'Shipped, delivery failed'), ('completed', 'Completed'), ('cancelling', 'Cancelling'), ('cancelled', 'Cancelled')], max_length=20)),
                ('total', models.DecimalField(decimal_places=2, max_digits=12)),
                ('cancelled_by', models.CharField(blank=True, choices=[('buyer', 'The buyer'), ('seller', 'The shop'), ('platform', 'The platform')], max_length=8)),
                ('cancel_reason', models.CharField(blank=True, max_length=200)),
                ('recipient_name', models.CharField(blank=True, max_length=100)),
                ('recipient_phone', models.CharField(blank=True, max_length=40)),
                ('recipient_city', models.CharField(blank=True, help_text='Province and city; what others may read.', max_length=120)),
                ('recipient_address', models.CharField(blank=True, help_text='The rest: district, street, number.', max_length=300)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['shop', 'buyer', '-created_at'], name='commerce_or_shop_id_84b0fa_idx'), models.Index(fields=['shop', '-created_at', '-id'], name='order_newest'), models.Index(fields=['shop', 'state', '-created_at', '-id'], name='order_of_state')],
                'constraints': [models.UniqueConstraint(fields=('shop', 'number'), name='order_number_once_per_shop'), models.CheckConstraint(condition=models.Q(('total__gte', 0)), name='order_total_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='products', to='shops.shop')),
                ('sku', models.CharField(max_length=64)),
                ('title', models.CharField(max_length=200)),
                ('price', models.DecimalField(decimal_places=2, max_digits=12)),
                ('stock', models.PositiveIntegerField(default=0)),
                ('on_sale', models.BooleanField(default=True)),
                ('picture', models.CharField(blank=True, help_text='Path below /static/ or an https address.', max_length=300)),
            ],
            options={
                'indexes': [models.Index(fields=['shop', 'on_sale', 'id'], name='commerce_pr_shop_id_781a70_idx')],
                'constraints': [models.UniqueConstraint(fields=('shop', 'sku'), name='product_sku_once_per_shop'), models.CheckConstraint(condition=models.Q(('price__gte', 0)), name='product_price_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='AfterSale',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='after_sales', to='shops.shop')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='after_sales', to='commerce.order')),
                ('number', models.CharField(max_length=64)),
                ('kind', models.CharField(choices=[('refund', 'Refund only'), ('return', 'Return and refund')], max_length=8)),
                ('state', models.CharField(choices=[('in_progress', 'In progress'), ('completed', 'Completed'), ('closed', 'Closed')], default='in_progress', max_length=12)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('shop', 'number'), name='after_sale_number_once_per_shop')],
            },
        ),
        migrations.CreateModel(
            name='OrderItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='commerce.order')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='commerce.product')),
                ('quantity', models.PositiveIntegerField(default=1)),
                ('price', models.DecimalField(decimal_places=2, max_digits=12)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('quantity__gte', 1)), name='item_quantity_positive')],
            },
        ),
        migrations.CreateModel(
            name='Shipment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shipments', to='shops.shop')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shipments', to='commerce.order')),
                ('carrier', models.CharField(max_length=60)),
                ('tracking_number', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('awaiting_collection', 'Awaiting collection'), ('in_transit', 'In transit'), ('out_for_delivery', 'Out for delivery'), ('delivered', 'Delivered'), ('failed', 'Delivery failed'), ('returned', 'Returned to sender')], default='awaiting_collection', max_length=20)),
                ('events', models.JSONField(blank=True, default=list, help_text='{at, text}, the newest first, at most 20.')),
                ('updated_at', models.DateTimeField()),
                ('told_state', models.CharField(blank=True, choices=[('awaiting_collection', 'Awaiting collection'), ('in_transit', 'In transit'), ('out_for_delivery', 'Out for delivery'), ('delivered', 'Delivered'), ('failed', 'Delivery failed'), ('returned', 'Returned to sender')], help_text='The state that the buyer was told of last (E11).', max_length=20)),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(condition=models.Q(('told_state', models.F('state')), _negated=True), fields=['shop', 'id'], name='shipment_untold')],
                'constraints': [models.UniqueConstraint(fields=('shop', 'carrier', 'tracking_number'), name='shipment_once_per_shop')],
            },
        ),
    ]
