import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('botfaq', '0001_initial'), ('botfaq', '0002_initial'), ('botfaq', '0003_knowledge_base'), ('botfaq', '0004_categories_and_misses'), ('botfaq', '0005_removal_and_pictures'), ('botfaq', '0006_settled_misses'), ('botfaq', '0007_removed_questions')]

    initial = True

    dependencies = [
        ('commerce', '0001_tables'),
        ('shops', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='question_categories', to='shops.shop')),
                ('name', models.CharField(max_length=40)),
                ('removed_at', models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('removed_at', None)), fields=('shop', 'name'), name='question_category_once_per_shop')],
            },
        ),
        migrations.CreateModel(
            name='KnowledgeBase',
            fields=[
                ('shop', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='knowledge_base', serialize=False, to='shops.shop')),
                ('stamp', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='shops.shop')),
                ('text', models.CharField(max_length=200)),
                ('answer', models.TextField(max_length=2000)),
                ('card_place', models.PositiveSmallIntegerField(blank=True, help_text='1-5 on the FAQ card (E2), else empty.', null=True)),
                ('hits', models.PositiveIntegerField(default=0)),
                ('published', models.BooleanField(default=True, help_text='A draft is known to its writers only.')),
                ('category', models.ForeignKey(blank=True, help_text='Its heading.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='questions', to='botfaq.category')),
                ('link', models.URLField(blank=True, help_text='An https page that says more.', max_length=500)),
                ('product', models.ForeignKey(blank=True, help_text='Shown as a card.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='commerce.product')),
                ('picture', models.BigIntegerField(blank=True, help_text="The chat's own number of the file.", null=True)),
                ('removed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('related', models.ManyToManyField(blank=True, related_name='+', to='botfaq.question')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('removed_at__isnull', False)), fields=['removed_at'], name='question_removed')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('removed_at', None)), fields=('shop', 'text'), name='question_once_per_shop'), models.UniqueConstraint(condition=models.Q(('card_place__isnull', False)), fields=('shop', 'card_place'), name='faq_card_place_once'), models.CheckConstraint(condition=models.Q(('card_place__isnull', True), ('card_place__range', (1, 5)), _connector='OR'), name='faq_card_at_most_five')],
            },
        ),
        migrations.CreateModel(
            name='Miss',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shops.shop')),
                ('key', models.CharField(help_text='The words without what makes no difference.', max_length=200)),
                ('text', models.CharField(max_length=200)),
                ('count', models.PositiveIntegerField(default=1)),
                ('last_session', models.BigIntegerField(help_text="The session in which it was said last; the chat's own number.")),
                ('last_at', models.DateTimeField()),
                ('settled', models.CharField(blank=True, choices=[('', 'Waiting'), ('answered', 'Made a question or a phrasing'), ('dismissed', 'Dismissed')], max_length=9)),
                ('question', models.ForeignKey(help_text='What answers it since.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='botfaq.question')),
            ],
            options={
                'indexes': [models.Index(fields=['shop', '-last_at', '-id'], name='miss_newest')],
                'constraints': [models.UniqueConstraint(fields=('shop', 'key'), name='miss_once_per_wording')],
            },
        ),
        migrations.CreateModel(
            name='Phrasing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='phrasings', to='botfaq.question')),
                ('text', models.CharField(max_length=200)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('question', 'text'), name='phrasing_once_per_question')],
            },
        ),
    ]
