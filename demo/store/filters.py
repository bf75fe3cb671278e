"""A filter set written by hand, where the filters by field type are not enough."""

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from store.models import Customer, Invoice


class InvoiceFilterSet(django_filters.FilterSet):
    """Invoices by several states at once, by period, by amount, and by who bought."""

    status = django_filters.MultipleChoiceFilter(
        label=_("Status"), choices=Invoice.Status, widget=forms.CheckboxSelectMultiple
    )
    issued_on = django_filters.DateFromToRangeFilter(
        label=_("Issued on"),
        widget=django_filters.widgets.DateRangeWidget(attrs={"type": "date"}),
    )
    total = django_filters.RangeFilter(label=_("Total"))
    customer = django_filters.ModelChoiceFilter(
        label=_("Customer"), queryset=Customer.objects.all()
    )
    country = django_filters.AllValuesFilter(label=_("Country"), field_name="billing_country")

    class Meta:
        model = Invoice
        fields: list[str] = []
