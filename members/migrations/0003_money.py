import uuid
from decimal import Decimal

import django.contrib.postgres.fields
import django.core.serializers.json
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import consortium.clock
import consortium.models.document
import members.models.billing
import members.models.municipality


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0002_people_and_letters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RenameModel("Tariff", "Scheme"),
        migrations.CreateModel(
            name="Alternative",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("tariff", "€ per resident"),
                            ("bands", "by classes of population"),
                            ("equal", "an amount in equal shares"),
                            ("population", "an amount by population"),
                            ("mixed", "an amount partly in equal shares, partly by population"),
                        ],
                        default="tariff",
                        max_length=10,
                        verbose_name="how the fee is reckoned",
                    ),
                ),
                (
                    "rate",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="€ per resident"
                    ),
                ),
                ("floor", models.DecimalField(decimal_places=2, max_digits=8, verbose_name="smallest fee")),
                ("cap", models.DecimalField(decimal_places=2, max_digits=8, verbose_name="largest fee")),
                (
                    "bands",
                    models.JSONField(
                        blank=True,
                        default=list,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="classes of population",
                    ),
                ),
                (
                    "equal_part",
                    models.DecimalField(
                        blank=True,
                        decimal_places=6,
                        max_digits=7,
                        null=True,
                        verbose_name="part in equal shares",
                    ),
                ),
                (
                    "free_years",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="free years",
                    ),
                ),
                (
                    "free_first_year",
                    models.BooleanField(default=False, verbose_name="the first year is free"),
                ),
                ("prorated", models.BooleanField(default=True, verbose_name="by full months")),
                (
                    "unit",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.01"),
                        max_digits=6,
                        verbose_name="rounded down to",
                    ),
                ),
                (
                    "population_back",
                    models.PositiveSmallIntegerField(
                        default=2, verbose_name="population at the end of the year so many years before"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("title", models.CharField(blank=True, max_length=80, verbose_name="name")),
                ("revision", models.PositiveIntegerField()),
                ("expected", models.JSONField(blank=True, default=list)),
                ("fees", models.JSONField(default=dict)),
                (
                    "total",
                    models.DecimalField(decimal_places=2, max_digits=12, verbose_name="sum of the fees"),
                ),
                ("made_at", models.DateTimeField(default=consortium.clock.now)),
            ],
            options={
                "verbose_name": "alternative",
                "verbose_name_plural": "alternatives",
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="AnnualBudget",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("body_fi", models.CharField(blank=True, max_length=120, verbose_name="body in Finnish")),
                ("body_sv", models.CharField(blank=True, max_length=120, verbose_name="body in Swedish")),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="decided on")),
                ("section", models.CharField(blank=True, max_length=20, verbose_name="section")),
                ("case_number", models.CharField(blank=True, max_length=40, verbose_name="case number")),
                ("year", models.PositiveSmallIntegerField(unique=True, verbose_name="year")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("proposed", "proposed by the steering group"),
                            ("decided", "decided by Helsinki"),
                            ("invoiced", "invoiced"),
                            ("closed", "closed"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("total", models.DecimalField(decimal_places=2, max_digits=9, verbose_name="budget")),
                (
                    "project_funding",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0"), max_digits=9, verbose_name="project money"
                    ),
                ),
                (
                    "project_decision",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="decision on the project money"
                    ),
                ),
                ("members_on", models.DateField(verbose_name="members as of")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("changed_on", models.DateField(default=consortium.clock.today, editable=False)),
                (
                    "proposed_on",
                    models.DateField(blank=True, null=True, verbose_name="the steering group's meeting"),
                ),
                (
                    "proposed_section",
                    models.CharField(blank=True, max_length=20, verbose_name="the steering group's section"),
                ),
                ("frozen", models.JSONField(default=dict, editable=False)),
                ("told_on", models.DateField(blank=True, null=True, verbose_name="members told on")),
                (
                    "fee_cap",
                    models.DecimalField(decimal_places=2, default=Decimal("0"), editable=False, max_digits=8),
                ),
                (
                    "ceiling",
                    models.DecimalField(decimal_places=2, default=Decimal("0"), editable=False, max_digits=9),
                ),
                (
                    "assessed",
                    models.DecimalField(decimal_places=2, default=Decimal("0"), editable=False, max_digits=9),
                ),
                ("last_serial", models.PositiveIntegerField(default=0, editable=False)),
            ],
            options={
                "verbose_name": "annual budget",
                "verbose_name_plural": "annual budgets",
                "ordering": ["-year"],
            },
        ),
        migrations.CreateModel(
            name="Assessment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(default=1)),
                ("residents", models.PositiveIntegerField(null=True, verbose_name="residents")),
                ("residents_on", models.DateField(null=True, verbose_name="residents on")),
                ("residents_source", models.CharField(blank=True, max_length=120, verbose_name="source")),
                ("months", models.PositiveSmallIntegerField(verbose_name="months")),
                ("terms", models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ("by_rule", models.DecimalField(decimal_places=2, max_digits=20)),
                (
                    "full_year",
                    models.DecimalField(decimal_places=2, max_digits=8, verbose_name="fee of a whole year"),
                ),
                ("ground", models.CharField(max_length=10)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=8, verbose_name="fee")),
                (
                    "joined_later",
                    models.BooleanField(default=False, verbose_name="joined after the fees were decided"),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("made_at", models.DateTimeField(default=consortium.clock.now, verbose_name="made")),
            ],
            options={
                "verbose_name": "fee",
                "verbose_name_plural": "fees",
                "ordering": ["municipality__sort_key_fi", "version", "pk"],
            },
        ),
        migrations.CreateModel(
            name="BillingTerms",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField(unique=True, verbose_name="valid from")),
                (
                    "vat_category",
                    models.CharField(
                        choices=[
                            ("S", "VAT is added"),
                            ("Z", "zero rate"),
                            ("E", "exempt from VAT"),
                            ("O", "outside the scope of VAT"),
                        ],
                        default="O",
                        max_length=1,
                        verbose_name="VAT",
                    ),
                ),
                (
                    "vat_rate",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0"), max_digits=4, verbose_name="VAT %"
                    ),
                ),
                (
                    "vat_reason_fi",
                    models.CharField(
                        blank=True, max_length=70, verbose_name="why there is no VAT, in Finnish"
                    ),
                ),
                (
                    "vat_reason_sv",
                    models.CharField(
                        blank=True, max_length=70, verbose_name="why there is no VAT, in Swedish"
                    ),
                ),
                ("vat_decision", models.CharField(max_length=120, verbose_name="decision on the tax")),
                (
                    "cap_with_vat",
                    models.BooleanField(default=False, verbose_name="the largest fee includes VAT"),
                ),
                ("account", models.CharField(max_length=20, verbose_name="account")),
                ("cost_centre", models.CharField(max_length=20, verbose_name="cost centre")),
                ("payment_days", models.PositiveSmallIntegerField(default=21, verbose_name="days to pay")),
                (
                    "numbering",
                    models.CharField(
                        choices=[("portal", "the portal, without gaps"), ("ledger", "the city's ledger")],
                        default="portal",
                        max_length=6,
                        verbose_name="who numbers the invoices",
                    ),
                ),
                (
                    "reference_kind",
                    models.CharField(
                        choices=[
                            ("national", "Finnish reference number"),
                            ("rf", "international RF reference"),
                        ],
                        default="national",
                        max_length=8,
                        verbose_name="reference number",
                    ),
                ),
                (
                    "helsinki_pays",
                    models.BooleanField(
                        default=True, verbose_name="Helsinki pays its share, as an internal entry"
                    ),
                ),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        default=members.models.billing.default_columns,
                        size=None,
                        validators=[members.models.billing.check_columns],
                        verbose_name="columns of the ledger's file",
                    ),
                ),
                ("seller_name", models.CharField(max_length=70, verbose_name="invoicer")),
                (
                    "seller_business_id",
                    models.CharField(
                        max_length=9,
                        validators=[members.models.municipality.check_business_id],
                        verbose_name="invoicer's business ID",
                    ),
                ),
                (
                    "seller_iban",
                    models.CharField(
                        max_length=34,
                        validators=[members.models.billing.check_iban],
                        verbose_name="account number (IBAN)",
                    ),
                ),
                (
                    "seller_bic",
                    models.CharField(
                        max_length=11, validators=[members.models.billing.check_bic], verbose_name="BIC"
                    ),
                ),
                (
                    "seller_einvoice_address",
                    models.CharField(
                        max_length=35,
                        validators=[members.models.municipality.check_einvoice_address],
                        verbose_name="invoicer's e-invoice address",
                    ),
                ),
                (
                    "seller_einvoice_operator",
                    models.CharField(max_length=35, verbose_name="invoicer's e-invoice operator"),
                ),
                ("seller_street", models.CharField(blank=True, max_length=35, verbose_name="street address")),
                ("seller_postcode", models.CharField(blank=True, max_length=5, verbose_name="postal code")),
                ("seller_town", models.CharField(blank=True, max_length=35, verbose_name="post office")),
            ],
            options={
                "verbose_name": "settings of invoicing",
                "verbose_name_plural": "settings of invoicing",
                "ordering": ["-valid_from"],
            },
        ),
        migrations.CreateModel(
            name="CostLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("name_fi", models.CharField(max_length=80, verbose_name="cost in Finnish")),
                ("name_sv", models.CharField(max_length=80, verbose_name="cost in Swedish")),
                ("planned", models.DecimalField(decimal_places=2, max_digits=9, verbose_name="planned")),
                (
                    "actual",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=9, null=True, verbose_name="actual"
                    ),
                ),
            ],
            options={
                "verbose_name": "cost line",
                "verbose_name_plural": "cost lines",
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="FeeLimits",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("body_fi", models.CharField(blank=True, max_length=120, verbose_name="body in Finnish")),
                ("body_sv", models.CharField(blank=True, max_length=120, verbose_name="body in Swedish")),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="decided on")),
                ("section", models.CharField(blank=True, max_length=20, verbose_name="section")),
                ("case_number", models.CharField(blank=True, max_length=40, verbose_name="case number")),
                ("valid_from", models.DateField(unique=True, verbose_name="valid from")),
                (
                    "per_municipality",
                    models.DecimalField(
                        decimal_places=2, max_digits=8, verbose_name="largest fee of a municipality"
                    ),
                ),
                (
                    "per_year",
                    models.DecimalField(
                        decimal_places=2, max_digits=9, verbose_name="largest budget of a year"
                    ),
                ),
            ],
            options={
                "verbose_name": "limits of the fee",
                "verbose_name_plural": "limits of the fee",
                "ordering": ["-valid_from"],
            },
        ),
        migrations.CreateModel(
            name="FeePaper",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("language", models.CharField(max_length=2, verbose_name="language")),
                (
                    "figures",
                    models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "in the queue"),
                            ("making", "being made"),
                            ("ready", "ready"),
                            ("failed", "failed"),
                        ],
                        default="queued",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "asked_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked for"),
                ),
                ("begun_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("made_at", models.DateTimeField(null=True, verbose_name="made")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                (
                    "file",
                    models.FileField(
                        blank=True, max_length=300, upload_to=consortium.models.document.document_path
                    ),
                ),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("size", models.PositiveIntegerField(default=0)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("statement", "the municipality's fee"),
                            ("proposal", "alternatives for the steering group"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
            ],
            options={
                "verbose_name": "paper about the fee",
                "verbose_name_plural": "papers about the fee",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("serial", models.PositiveIntegerField(null=True)),
                (
                    "number",
                    models.CharField(max_length=20, null=True, unique=True, verbose_name="invoice number"),
                ),
                ("reference", models.CharField(max_length=25, unique=True, verbose_name="reference number")),
                ("agreement", models.CharField(max_length=70, verbose_name="agreement number")),
                ("issued_on", models.DateField(verbose_name="dated")),
                ("due_on", models.DateField(verbose_name="due on")),
                ("net", models.DecimalField(decimal_places=2, max_digits=9, verbose_name="without VAT")),
                ("vat_rate", models.DecimalField(decimal_places=2, max_digits=4, verbose_name="VAT %")),
                ("vat", models.DecimalField(decimal_places=2, max_digits=9, verbose_name="VAT")),
                ("gross", models.DecimalField(decimal_places=2, max_digits=9, verbose_name="to be paid")),
                ("is_internal", models.BooleanField(default=False, verbose_name="internal entry")),
            ],
            options={
                "verbose_name": "invoice",
                "verbose_name_plural": "invoices",
                "ordering": ["budget", "serial", "pk"],
            },
        ),
        migrations.CreateModel(
            name="InvoiceBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("made_at", models.DateTimeField(default=consortium.clock.now, verbose_name="made")),
            ],
            options={
                "verbose_name": "file for the ledger",
                "verbose_name_plural": "files for the ledger",
                "ordering": ["budget", "number"],
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "doubt",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("nobody", "no claim has this number or reference"),
                            ("several", "several claims fit"),
                            ("conflict", "the invoice number and the reference belong to different claims"),
                        ],
                        max_length=10,
                        verbose_name="doubt",
                    ),
                ),
                ("line", models.PositiveIntegerField(verbose_name="line")),
                ("invoice", models.CharField(blank=True, max_length=200, verbose_name="invoice number")),
                ("reference", models.CharField(blank=True, max_length=200, verbose_name="reference number")),
                ("agreement", models.CharField(blank=True, max_length=200, verbose_name="agreement number")),
                ("business_id", models.CharField(blank=True, max_length=200, verbose_name="business ID")),
                ("customer", models.CharField(blank=True, max_length=300, verbose_name="customer")),
                (
                    "invoiced",
                    models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name="invoiced"),
                ),
                (
                    "paid",
                    models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name="paid"),
                ),
                ("paid_on", models.DateField(null=True, verbose_name="paid on")),
                ("status", models.CharField(blank=True, max_length=10)),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                ("said", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "verbose_name": "line of a list from the ledger",
                "verbose_name_plural": "lines of lists from the ledger",
                "ordering": ["returned", "line"],
            },
        ),
        migrations.CreateModel(
            name="LedgerFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("language", models.CharField(max_length=2, verbose_name="language")),
                (
                    "figures",
                    models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "in the queue"),
                            ("making", "being made"),
                            ("ready", "ready"),
                            ("failed", "failed"),
                        ],
                        default="queued",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "asked_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked for"),
                ),
                ("begun_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("made_at", models.DateTimeField(null=True, verbose_name="made")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                (
                    "file",
                    models.FileField(
                        blank=True, max_length=300, upload_to=consortium.models.document.document_path
                    ),
                ),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("size", models.PositiveIntegerField(default=0)),
                (
                    "format",
                    models.CharField(
                        choices=[("csv", "CSV"), ("xlsx", "XLSX"), ("zip", "Finvoice 3.0")],
                        max_length=4,
                        verbose_name="format",
                    ),
                ),
            ],
            options={
                "verbose_name": "file for the ledger",
                "verbose_name_plural": "files for the ledger",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="LedgerLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("customer", models.CharField(max_length=70, verbose_name="customer")),
                ("business_id", models.CharField(max_length=9, verbose_name="business ID")),
                (
                    "einvoice_address",
                    models.CharField(blank=True, max_length=35, verbose_name="e-invoice address"),
                ),
                ("operator", models.CharField(blank=True, max_length=35, verbose_name="e-invoice operator")),
                (
                    "buyer_reference",
                    models.CharField(blank=True, max_length=70, verbose_name="buyer's reference"),
                ),
                ("language", models.CharField(max_length=2, verbose_name="language")),
                ("text", models.CharField(max_length=100, verbose_name="text")),
            ],
            options={
                "verbose_name": "line of a file for the ledger",
                "verbose_name_plural": "lines of files for the ledger",
                "ordering": ["batch", "pk"],
            },
        ),
        migrations.CreateModel(
            name="LedgerReturn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="file")),
                ("sha256", models.CharField(max_length=64)),
                ("file", models.FileField(max_length=300, upload_to="ledger/%Y/")),
                ("problems", models.JSONField(default=list)),
                ("read_at", models.DateTimeField(default=consortium.clock.now, verbose_name="read")),
                ("set_aside_at", models.DateTimeField(blank=True, null=True)),
                (
                    "set_aside_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="why it does not count"),
                ),
            ],
            options={
                "verbose_name": "list from the ledger",
                "verbose_name_plural": "lists from the ledger",
                "ordering": ["-pk"],
            },
        ),
        migrations.AlterModelOptions(
            name="scheme",
            options={
                "ordering": ["-valid_from", "-decided_on", "-pk"],
                "verbose_name": "scheme of fees",
                "verbose_name_plural": "schemes of fees",
            },
        ),
        migrations.RemoveConstraint(
            model_name="scheme",
            name="tariff_nothing_negative",
        ),
        migrations.RemoveConstraint(
            model_name="scheme",
            name="tariff_floor_below_cap",
        ),
        migrations.RemoveConstraint(
            model_name="scheme",
            name="tariff_cap_at_most_7500",
        ),
        migrations.RemoveConstraint(
            model_name="scheme",
            name="tariff_by_decision",
        ),
        migrations.AddField(
            model_name="scheme",
            name="bands",
            field=models.JSONField(
                blank=True,
                default=list,
                encoder=django.core.serializers.json.DjangoJSONEncoder,
                verbose_name="classes of population",
            ),
        ),
        migrations.AddField(
            model_name="scheme",
            name="equal_part",
            field=models.DecimalField(
                blank=True, decimal_places=6, max_digits=7, null=True, verbose_name="part in equal shares"
            ),
        ),
        migrations.AddField(
            model_name="scheme",
            name="free_first_year",
            field=models.BooleanField(default=False, verbose_name="the first year is free"),
        ),
        migrations.AddField(
            model_name="scheme",
            name="kind",
            field=models.CharField(
                choices=[
                    ("tariff", "€ per resident"),
                    ("bands", "by classes of population"),
                    ("equal", "an amount in equal shares"),
                    ("population", "an amount by population"),
                    ("mixed", "an amount partly in equal shares, partly by population"),
                ],
                default="tariff",
                max_length=10,
                verbose_name="how the fee is reckoned",
            ),
        ),
        migrations.AddField(
            model_name="scheme",
            name="population_back",
            field=models.PositiveSmallIntegerField(
                default=2, verbose_name="population at the end of the year so many years before"
            ),
        ),
        migrations.AddField(
            model_name="scheme",
            name="prorated",
            field=models.BooleanField(default=True, verbose_name="by full months"),
        ),
        migrations.AddField(
            model_name="scheme",
            name="unit",
            field=models.DecimalField(
                decimal_places=2, default=Decimal("0.01"), max_digits=6, verbose_name="rounded down to"
            ),
        ),
        migrations.AlterField(
            model_name="scheme",
            name="rate",
            field=models.DecimalField(
                blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="€ per resident"
            ),
        ),
        migrations.AlterField(
            model_name="scheme",
            name="valid_from",
            field=models.DateField(verbose_name="valid from"),
        ),
        migrations.AddConstraint(
            model_name="scheme",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("floor__gte", 0),
                    ("unit__gt", 0),
                    models.Q(
                        models.Q(("kind", "tariff"), ("rate__gte", 0), ("rate__isnull", False)),
                        models.Q(("kind", "tariff"), _negated=True),
                        _connector="OR",
                    ),
                    models.Q(
                        models.Q(("equal_part__gte", 0), ("equal_part__lte", 1), ("kind", "mixed")),
                        models.Q(("kind", "mixed"), _negated=True),
                        _connector="OR",
                    ),
                    models.Q(
                        models.Q(("kind", "bands"), _negated=True),
                        models.Q(("bands", []), _negated=True),
                        _connector="OR",
                    ),
                ),
                name="scheme_well_formed",
                violation_error_message="The scheme lacks a figure, or one of its figures is negative.",
            ),
        ),
        migrations.AddConstraint(
            model_name="scheme",
            constraint=models.CheckConstraint(
                condition=models.Q(("floor__lte", models.F("cap"))),
                name="scheme_floor_below_cap",
                violation_error_message="The smallest fee cannot exceed the largest.",
            ),
        ),
        migrations.AddConstraint(
            model_name="scheme",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_on__isnull", False),
                    models.Q(("body_fi", ""), _negated=True),
                    models.Q(("body_sv", ""), _negated=True),
                    models.Q(("section", ""), _negated=True),
                    models.Q(("case_number", ""), _negated=True),
                ),
                name="scheme_by_decision",
            ),
        ),
        migrations.AddConstraint(
            model_name="scheme",
            constraint=models.UniqueConstraint(
                fields=("valid_from", "decided_on", "section"),
                name="scheme_decided_once",
                violation_error_message="This decision is already recorded from that day.",
            ),
        ),
        migrations.AddField(
            model_name="alternative",
            name="made_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="annualbudget",
            name="alternative",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="members.alternative",
            ),
        ),
        migrations.AddField(
            model_name="annualbudget",
            name="proposal",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="members.alternative",
            ),
        ),
        migrations.AddField(
            model_name="annualbudget",
            name="scheme",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="budgets",
                to="members.scheme",
            ),
        ),
        migrations.AddField(
            model_name="alternative",
            name="budget",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="alternatives",
                to="members.annualbudget",
            ),
        ),
        migrations.AddField(
            model_name="assessment",
            name="budget",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assessments",
                to="members.annualbudget",
            ),
        ),
        migrations.AddField(
            model_name="assessment",
            name="credits",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="credited_by",
                to="members.assessment",
                verbose_name="takes back",
            ),
        ),
        migrations.AddField(
            model_name="assessment",
            name="instead_of",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="members.assessment",
                verbose_name="instead of",
            ),
        ),
        migrations.AddField(
            model_name="assessment",
            name="made_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="assessment",
            name="municipality",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assessments",
                to="members.municipality",
            ),
        ),
        migrations.AddField(
            model_name="assessment",
            name="population",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="members.population",
                verbose_name="population figure",
            ),
        ),
        migrations.AddConstraint(
            model_name="billingterms",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("vat_category", "S"), ("vat_rate__gt", 0), ("vat_rate__lt", 100)),
                    models.Q(models.Q(("vat_category", "S"), _negated=True), ("vat_rate", 0)),
                    _connector="OR",
                ),
                name="billingterms_vat_fits",
                violation_error_message="VAT that is added needs its rate; otherwise the rate is 0.",
            ),
        ),
        migrations.AddConstraint(
            model_name="billingterms",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("vat_category__in", ["S", "Z"]), ("vat_reason_fi", ""), ("vat_reason_sv", "")),
                    models.Q(
                        ("vat_category__in", ["E", "O"]),
                        models.Q(("vat_reason_fi", ""), _negated=True),
                        models.Q(("vat_reason_sv", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="billingterms_reason_of_no_vat",
                violation_error_message="Say why there is no VAT, in both languages, and only then.",
            ),
        ),
        migrations.AddField(
            model_name="annualbudget",
            name="billing",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="members.billingterms",
            ),
        ),
        migrations.AddField(
            model_name="costline",
            name="budget",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="members.annualbudget"
            ),
        ),
        migrations.AddConstraint(
            model_name="feelimits",
            constraint=models.CheckConstraint(
                condition=models.Q(("per_municipality__gt", 0), ("per_year__gt", 0)),
                name="feelimits_above_zero",
            ),
        ),
        migrations.AddConstraint(
            model_name="feelimits",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_on__isnull", False),
                    models.Q(("body_fi", ""), _negated=True),
                    models.Q(("body_sv", ""), _negated=True),
                    models.Q(("section", ""), _negated=True),
                    models.Q(("case_number", ""), _negated=True),
                ),
                name="feelimits_by_decision",
            ),
        ),
        migrations.AddField(
            model_name="feepaper",
            name="asked_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="feepaper",
            name="budget",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="members.annualbudget"
            ),
        ),
        migrations.AddField(
            model_name="feepaper",
            name="municipality",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="fee_papers",
                to="members.municipality",
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="assessment",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="invoice", to="members.assessment"
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="budget",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invoices",
                to="members.annualbudget",
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="credits",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="credited_by",
                to="members.invoice",
                verbose_name="credits",
            ),
        ),
        migrations.AddField(
            model_name="invoicebatch",
            name="budget",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="members.annualbudget"
            ),
        ),
        migrations.AddField(
            model_name="invoicebatch",
            name="made_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="ledgerentry",
            name="from_invoice",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="members.invoice",
            ),
        ),
        migrations.AddField(
            model_name="ledgerfile",
            name="asked_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="ledgerfile",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="files", to="members.invoicebatch"
            ),
        ),
        migrations.AddField(
            model_name="ledgerline",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="members.invoicebatch"
            ),
        ),
        migrations.AddField(
            model_name="ledgerline",
            name="invoice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="members.invoice"
            ),
        ),
        migrations.AddField(
            model_name="ledgerreturn",
            name="budget",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="returns", to="members.annualbudget"
            ),
        ),
        migrations.AddField(
            model_name="ledgerreturn",
            name="read_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="ledgerreturn",
            name="set_aside_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="ledgerentry",
            name="returned",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="members.ledgerreturn"
            ),
        ),
        migrations.AddConstraint(
            model_name="alternative",
            constraint=models.UniqueConstraint(fields=("budget", "number"), name="alternative_number_once"),
        ),
        migrations.AddConstraint(
            model_name="alternative",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("floor__gte", 0),
                    ("unit__gt", 0),
                    models.Q(
                        models.Q(("kind", "tariff"), ("rate__gte", 0), ("rate__isnull", False)),
                        models.Q(("kind", "tariff"), _negated=True),
                        _connector="OR",
                    ),
                    models.Q(
                        models.Q(("equal_part__gte", 0), ("equal_part__lte", 1), ("kind", "mixed")),
                        models.Q(("kind", "mixed"), _negated=True),
                        _connector="OR",
                    ),
                    models.Q(
                        models.Q(("kind", "bands"), _negated=True),
                        models.Q(("bands", []), _negated=True),
                        _connector="OR",
                    ),
                ),
                name="alternative_well_formed",
                violation_error_message="The scheme lacks a figure, or one of its figures is negative.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("credits__isnull", True)),
                fields=("budget", "municipality", "version"),
                name="assessment_once",
                violation_error_message="The municipality already has a fee for the year.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount__gte", 0), ("credits__isnull", True)),
                    models.Q(("amount__lte", 0), ("credits__isnull", False)),
                    _connector="OR",
                ),
                name="assessment_only_credits_below_zero",
                violation_error_message="A fee is never below zero.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(("months__lte", 12)),
                name="assessment_months",
                violation_error_message="A year has 12 months.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("credits__isnull", True), ("instead_of__isnull", True)),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="assessment_correction_has_reason",
                violation_error_message="Give the reason of the correction.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("credits__isnull", False),
                    models.Q(("instead_of__isnull", True), ("version", 1)),
                    models.Q(("instead_of__isnull", False), ("version__gt", 1)),
                    _connector="OR",
                ),
                name="assessment_first_or_instead",
            ),
        ),
        migrations.AddConstraint(
            model_name="annualbudget",
            constraint=models.CheckConstraint(
                condition=models.Q(("year__gte", 2013), ("year__lt", 2100)), name="annualbudget_year"
            ),
        ),
        migrations.AddConstraint(
            model_name="annualbudget",
            constraint=models.CheckConstraint(
                condition=models.Q(("project_funding__gte", 0), ("total__gte", 0)),
                name="annualbudget_nothing_negative",
                violation_error_message="An amount of the budget cannot be negative.",
            ),
        ),
        migrations.AddConstraint(
            model_name="annualbudget",
            constraint=models.CheckConstraint(
                condition=models.Q(("total__lte", models.F("ceiling"))),
                name="annualbudget_total_within_ceiling",
                violation_error_message="The budget is above the limit of a year that Helsinki has decided.",
            ),
        ),
        migrations.AddConstraint(
            model_name="annualbudget",
            constraint=models.CheckConstraint(
                condition=models.Q(("assessed__gte", 0), ("assessed__lte", models.F("ceiling"))),
                name="annualbudget_fees_within_ceiling",
                violation_error_message="The year's fees would pass the limit that Helsinki has decided.",
            ),
        ),
        migrations.AddConstraint(
            model_name="annualbudget",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "draft"),
                    models.Q(("proposal__isnull", False), ("proposed_on__isnull", False)),
                    _connector="OR",
                ),
                name="annualbudget_proposed_by_meeting",
                violation_error_message="A proposal names its alternative and the steering group's meeting.",
            ),
        ),
        migrations.AddConstraint(
            model_name="annualbudget",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["draft", "proposed"]),
                    models.Q(
                        ("decided_on__isnull", False),
                        models.Q(("body_fi", ""), _negated=True),
                        models.Q(("body_sv", ""), _negated=True),
                        models.Q(("section", ""), _negated=True),
                        models.Q(("case_number", ""), _negated=True),
                        ("alternative__isnull", False),
                        ("billing__isnull", False),
                        ("scheme__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="annualbudget_decided_by_helsinki",
                violation_error_message="A decided budget needs Helsinki's decision: body, date, §, case number and the alternative.",
            ),
        ),
        migrations.AddConstraint(
            model_name="annualbudget",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("project_funding", 0), models.Q(("project_decision", ""), _negated=True), _connector="OR"
                ),
                name="annualbudget_project_money_by_decision",
                violation_error_message="Say which decision grants the project money.",
            ),
        ),
        migrations.AddConstraint(
            model_name="costline",
            constraint=models.UniqueConstraint(fields=("budget", "position"), name="costline_position_once"),
        ),
        migrations.AddConstraint(
            model_name="costline",
            constraint=models.CheckConstraint(
                condition=models.Q(("planned__gte", 0)), name="costline_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="feepaper",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("made_at__isnull", False),
                        ("state", "ready"),
                        models.Q(("file", ""), _negated=True),
                        models.Q(("sha256", ""), _negated=True),
                    ),
                    models.Q(("state", "ready"), _negated=True),
                    _connector="OR",
                ),
                name="feepaper_ready_has_file",
            ),
        ),
        migrations.AddConstraint(
            model_name="feepaper",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "statement"), ("municipality__isnull", False)),
                    models.Q(("kind", "proposal"), ("municipality__isnull", True)),
                    _connector="OR",
                ),
                name="feepaper_statement_of_a_municipality",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("serial__isnull", False)),
                fields=("budget", "serial"),
                name="invoice_serial_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("number__isnull", True), ("serial__isnull", True)),
                    models.Q(("is_internal", False), ("number__isnull", False), ("serial__isnull", False)),
                    _connector="OR",
                ),
                name="invoice_number_with_serial",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "gross",
                        django.db.models.expressions.CombinedExpression(
                            models.F("net"), "+", models.F("vat")
                        ),
                    )
                ),
                name="invoice_sums_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoicebatch",
            constraint=models.UniqueConstraint(fields=("budget", "number"), name="invoicebatch_number_once"),
        ),
        migrations.AddConstraint(
            model_name="ledgerfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("made_at__isnull", False),
                        ("state", "ready"),
                        models.Q(("file", ""), _negated=True),
                        models.Q(("sha256", ""), _negated=True),
                    ),
                    models.Q(("state", "ready"), _negated=True),
                    _connector="OR",
                ),
                name="ledgerfile_ready_has_file",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerfile",
            constraint=models.UniqueConstraint(fields=("batch", "format"), name="ledgerfile_format_once"),
        ),
        migrations.AddConstraint(
            model_name="ledgerline",
            constraint=models.UniqueConstraint(fields=("batch", "invoice"), name="ledgerline_once_a_batch"),
        ),
        migrations.AddConstraint(
            model_name="ledgerreturn",
            constraint=models.UniqueConstraint(
                condition=models.Q(("set_aside_at__isnull", True)),
                fields=("budget", "sha256"),
                name="ledgerreturn_once",
                violation_error_message="This very list has already been read. Nothing was changed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerreturn",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("set_aside_at__isnull", True),
                        ("set_aside_by__isnull", True),
                        ("set_aside_reason", ""),
                    ),
                    models.Q(
                        ("set_aside_at__isnull", False),
                        ("set_aside_by__isnull", False),
                        models.Q(("set_aside_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="ledgerreturn_set_aside_by_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("doubt", ""), ("from_invoice__isnull", False)),
                    models.Q(("from_invoice__isnull", True), models.Q(("doubt", ""), _negated=True)),
                    _connector="OR",
                ),
                name="ledgerentry_known_or_doubted",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.UniqueConstraint(fields=("returned", "line"), name="ledgerentry_line_once"),
        ),
    ]
