import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('analytics', '0001_initial'), ('analytics', '0002_exports'), ('analytics', '0003_sets_of_days'), ('analytics', '0004_answers_of_days')]

    initial = True

    dependencies = [
        ('shops', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='DayRoll',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shops.shop')),
                ('day', models.DateField()),
                ('member', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shops.member')),
                ('basis', models.CharField(help_text='The rules and the zone that it was added up by.', max_length=120)),
                ('numbers', models.JSONField(default=dict)),
                ('people', models.BinaryField(default=bytes, help_text='Buyers who started a session; of an agent: whom it had.')),
                ('served', models.BinaryField(default=bytes, help_text='Those of them whose session was answered (G14).')),
                ('ordering', models.BinaryField(default=bytes, help_text='Those of them who ordered within 7 days.')),
                ('answers', models.JSONField(default=dict, help_text="Question: [answers, solved, judged] of the bot's (E4).")),
                ('orders', models.BinaryField(default=bytes, help_text='These orders, each with its total in hundredths.')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('member', None)), fields=('shop', 'day'), name='day_roll_of_shop_once'), models.UniqueConstraint(condition=models.Q(('member__isnull', False)), fields=('shop', 'day', 'member'), name='day_roll_of_agent_once')],
            },
        ),
        migrations.CreateModel(
            name='DayRound',
            fields=[
                ('shop', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='day_round', serialize=False, to='shops.shop')),
                ('looked_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Export',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shops.shop')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.member')),
                ('kind', models.CharField(max_length=16)),
                ('form', models.CharField(help_text='csv or xlsx.', max_length=4)),
                ('asked', models.JSONField(help_text="The range and the filters, as the list's address names them.")),
                ('language', models.CharField(max_length=10)),
                ('state', models.CharField(choices=[('queued', 'Waiting'), ('running', 'Being made'), ('done', 'Ready'), ('failed', 'Failed')], default='queued', max_length=7)),
                ('rows', models.PositiveIntegerField(default=0, help_text='Written so far.')),
                ('total', models.PositiveIntegerField(help_text='Counted when it began.', null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('file', models.CharField(blank=True, help_text='Name in the media storage; empty when it expired.', max_length=100)),
                ('size', models.PositiveBigIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('touched_at', models.DateTimeField(help_text='A running one that is silent for a minute is begun anew.')),
                ('finished_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['shop', '-id'], name='export_of_shop'), models.Index(condition=models.Q(('state__in', ['queued', 'running'])), fields=['touched_at'], name='export_due'), models.Index(condition=models.Q(('file', ''), _negated=True), fields=['finished_at'], name='export_files')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'running', 'done', 'failed'])), name='export_state')],
            },
        ),
    ]
