"""Forms of the store that say more than their model does."""

from django import forms
from django.utils.translation import gettext_lazy as _

from store.models import Customer
from store.places import COUNTRIES


class CustomerForm(forms.ModelForm):
    """A customer; the country is one of those the store delivers to."""

    country = forms.ChoiceField(
        label=_("Country"),
        required=False,
        choices=[("", "---------"), *((name, name) for name in COUNTRIES)],
    )

    class Meta:
        model = Customer
        fields = (
            "first_name",
            "last_name",
            "company",
            "email",
            "phone",
            "fax",
            "address",
            "postal_code",
            "city",
            "country",
            "state",
            "tier",
            "newsletter",
            "favourite_genres",
            "support_rep",
        )
