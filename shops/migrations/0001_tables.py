import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('shops', '0001_initial'), ('shops', '0002_business_hours'), ('shops', '0003_talk_tools'), ('shops', '0004_duty_and_breaks'), ('shops', '0005_widget'), ('shops', '0006_bot_choices'), ('shops', '0007_names_of_buyers'), ('shops', '0008_news_of_parcels'), ('shops', '0009_invitations'), ('shops', '0010_link_requests'), ('shops', '0011_audit_log'), ('shops', '0012_sign_ins'), ('shops', '0013_holiday_bounds'), ('shops', '0014_erased_buyers'), ('shops', '0015_retention')]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='LinkRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(help_text='Of the address it came from.', max_length=32)),
                ('whom', models.CharField(help_text='Of the e-mail address, whether an account has it or not.', max_length=32)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['place', 'created_at'], name='shops_linkr_place_021b61_idx'), models.Index(fields=['whom', 'created_at'], name='shops_linkr_whom_74952f_idx')],
            },
        ),
        migrations.CreateModel(
            name='Seller',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'abstract': False,
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='Shop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shops', to='shops.seller')),
                ('name', models.CharField(max_length=120)),
                ('preset', models.CharField(choices=[('douyin', 'Douyin (Feige)'), ('tiktok_shop', 'TikTok Shop (SEA/UK)'), ('tiktok_shop_us', 'TikTok Shop (US)')], max_length=32)),
                ('overrides', models.JSONField(blank=True, default=dict)),
                ('time_zone', models.CharField(default='Asia/Shanghai', max_length=64)),
                ('currency', models.CharField(default='CNY', max_length=3)),
                ('language', models.CharField(default='zh-hans', help_text='What the bot and the system speak to buyers.', max_length=10)),
                ('queue_order', models.CharField(choices=[('fifo', 'First in, first out'), ('lifo', 'Last in, first out')], default='fifo', max_length=4)),
                ('greeting', models.CharField(blank=True, max_length=500)),
                ('bot_enabled', models.BooleanField(default=False)),
                ('bot_only_off_hours', models.BooleanField(default=False, help_text='On, but outside business hours only (E3).')),
                ('faq_by_hits', models.BooleanField(default=False, help_text='The FAQ card shows the most asked, not those chosen (E2).')),
                ('tells_parcels', models.BooleanField(default=False, help_text='Buyers are told of changes of their parcels (E11).')),
                ('holiday_mode', models.BooleanField(default=False)),
                ('holiday_notice', models.CharField(blank=True, help_text='What buyers read then; empty: usual words.', max_length=300)),
                ('holiday_from', models.DateTimeField(blank=True, help_text='Empty: as soon as the mode is on.', null=True)),
                ('holiday_until', models.DateTimeField(blank=True, help_text='Empty: until the mode is switched off.', null=True)),
                ('business_week', models.JSONField(blank=True, default=list, help_text='Periods a weekday, see shops/hours.py (E5).')),
                ('special_days', models.JSONField(blank=True, default=list, help_text='Dates with periods of their own (E5).')),
                ('off_hours_reply', models.CharField(blank=True, help_text='Empty: none is sent (E5).', max_length=500)),
                ('forbidden_words', models.JSONField(blank=True, default=list, help_text='Words that the console warns of before sending (C23).')),
                ('requeue_after', models.PositiveSmallIntegerField(blank=True, help_text="Minutes without an answer after which an absent agent's session waits for the others (C22); empty: never.", null=True)),
                ('retention_days', models.PositiveSmallIntegerField(blank=True, help_text='Conversations that ended earlier are removed; empty: they are kept.', null=True)),
                ('identity_secret', models.CharField(max_length=128)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('requeue_after__isnull', False)), fields=['id'], name='shop_requeues'), models.Index(condition=models.Q(('tells_parcels', True)), fields=['id'], name='shop_tells_parcels'), models.Index(condition=models.Q(('retention_days__isnull', False)), fields=['id'], name='shop_removes')],
                'constraints': [models.CheckConstraint(condition=models.Q(('preset__in', ['douyin', 'tiktok_shop', 'tiktok_shop_us'])), name='shop_preset_known'), models.CheckConstraint(condition=models.Q(('queue_order__in', ['fifo', 'lifo'])), name='shop_queue_order_known'), models.CheckConstraint(condition=models.Q(('identity_secret', ''), _negated=True), name='shop_has_identity_secret')],
            },
        ),
        migrations.CreateModel(
            name='SignIn',
            fields=[
                ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='session key')),
                ('session_data', models.TextField(verbose_name='session data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sign_ins', to=settings.AUTH_USER_MODEL)),
                ('browser', models.CharField(blank=True, help_text='What it called itself when it signed in.', max_length=300)),
                ('address', models.CharField(blank=True, max_length=45)),
                ('started_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(db_index=False, help_text="Empty: the platform's own.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop')),
                ('actor', models.ForeignKey(db_index=False, help_text='Empty: the system.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('who', models.CharField(blank=True, help_text="The actor's name at that time.", max_length=150)),
                ('address', models.CharField(blank=True, help_text='The network address the request came from.', max_length=45)),
                ('kind', models.CharField(help_text='One of Kind; no choices, so that a new one is no migration.', max_length=24)),
                ('subject', models.CharField(blank=True, help_text='One of Subject.', max_length=16)),
                ('subject_id', models.BigIntegerField(null=True)),
                ('data', models.JSONField(default=dict, help_text='Before and after, a reason, and the like. No words of buyers.')),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['shop', '-at', '-id'], name='audit_of_shop'), models.Index(fields=['shop', 'actor', '-at', '-id'], name='audit_of_actor'), models.Index(fields=['shop', 'kind', '-at', '-id'], name='audit_of_kind'), models.Index(fields=['at'], name='audit_oldest')],
            },
        ),
        migrations.CreateModel(
            name='Buyer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='buyers', to='shops.shop')),
                ('uid', models.CharField(max_length=64)),
                ('nickname', models.CharField(max_length=60)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('name_doc', models.BigIntegerField(editable=False, help_text='Its place in the index of nicknames.', null=True)),
                ('erased_at', models.DateTimeField(help_text='From here on nothing is written; what there was is blanked.', null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['shop', '-id'], name='buyer_newest'), models.Index(condition=models.Q(('name_doc', None)), fields=['shop', '-id'], name='buyer_unnamed')],
                'constraints': [models.UniqueConstraint(fields=('shop', 'uid'), name='buyer_uid_once_per_shop'), models.CheckConstraint(condition=models.Q(('uid', ''), _negated=True), name='buyer_has_uid'), models.UniqueConstraint(condition=models.Q(('name_doc__isnull', False)), fields=('name_doc',), name='buyer_name_doc')],
            },
        ),
        migrations.CreateModel(
            name='Desk',
            fields=[
                ('shop', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='desk', serialize=False, to='shops.shop')),
                ('last_seq', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Member',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='shops.shop')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('super_admin', 'Super admin'), ('service_lead', 'Service lead'), ('agent', 'Agent'), ('staff', 'Staff')], max_length=16)),
                ('im_permission', models.BooleanField(default=False)),
                ('nickname', models.CharField(max_length=40)),
                ('capacity', models.PositiveIntegerField()),
                ('accepting', models.BooleanField(default=True)),
                ('load', models.PositiveIntegerField(default=0)),
                ('is_active', models.BooleanField(default=True)),
                ('on_break_since', models.DateTimeField(help_text='On a break (小休): nothing is assigned automatically.', null=True)),
                ('break_reason', models.CharField(blank=True, max_length=60)),
                ('avatar', models.CharField(blank=True, help_text='The approved picture, a stored name (A5).', max_length=100)),
                ('after_low_rating', models.BooleanField(default=False, help_text='Gets, before others, the buyers who rated the bot 1-2 stars (E6).')),
                ('was_online', models.BooleanField(default=False, help_text='The last online/offline edge told to the desk.')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('shop', 'user'), name='member_once_per_shop'), models.UniqueConstraint(fields=('shop', 'nickname'), name='member_nickname_once_per_shop'), models.UniqueConstraint(condition=models.Q(('role', 'owner')), fields=('shop',), name='shop_has_one_owner'), models.CheckConstraint(condition=models.Q(('role__in', ['owner', 'super_admin', 'service_lead', 'agent', 'staff'])), name='member_role_known'), models.CheckConstraint(condition=models.Q(('capacity__gte', 1)), name='member_capacity_positive')],
            },
        ),
        migrations.CreateModel(
            name='Widget',
            fields=[
                ('shop', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='widget', serialize=False, to='shops.shop')),
                ('origins', models.JSONField(blank=True, default=list, help_text='The sites that may frame it: exact origins.')),
                ('anonymous', models.BooleanField(default=False, help_text='Visitors may write without an identity.')),
                ('accent', models.CharField(blank=True, max_length=7)),
                ('position', models.CharField(choices=[('right', 'Right'), ('left', 'Left')], default='right', max_length=5)),
                ('label', models.CharField(blank=True, max_length=20)),
            ],
        ),
        migrations.CreateModel(
            name='Duty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shops.shop')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='duties', to='shops.member')),
                ('state', models.CharField(choices=[('online', 'Online'), ('break', 'On a break'), ('offline', 'Offline')], max_length=7)),
                ('reason', models.CharField(blank=True, max_length=60)),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['shop', 'ended_at'], name='duty_of_shop')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('member',), name='duty_one_running'), models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gte', models.F('started_at')), _connector='OR'), name='duty_ends_after_its_start')],
            },
        ),
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='feedback', to='shops.shop')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.member')),
                ('text', models.TextField(max_length=2000)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='feedback_has_text')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='invitation', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shops.member')),
                ('key', models.CharField(max_length=32)),
                ('expires_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='presences', to='shops.member')),
                ('boot', models.CharField(max_length=36)),
                ('socket', models.CharField(max_length=36)),
                ('expires_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['member', 'expires_at'], name='shops_prese_member__1cdd28_idx'), models.Index(fields=['expires_at'], name='shops_prese_expires_a4a3fa_idx')],
                'constraints': [models.UniqueConstraint(fields=('boot', 'socket'), name='presence_once_per_socket')],
            },
        ),
        migrations.CreateModel(
            name='Visitor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shops.shop')),
                ('buyer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='visitor', to='shops.buyer')),
                ('key_hash', models.CharField(max_length=64, unique=True)),
                ('place', models.CharField(help_text='A keyed hash of the address, to count starts (S-11).', max_length=32)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'indexes': [models.Index(fields=['place', 'created_at'], name='shops_visit_place_36c6ed_idx'), models.Index(fields=['created_at'], name='shops_visit_created_9cf0ad_idx')],
            },
        ),
    ]
