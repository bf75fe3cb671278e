"""Create and update: one form, three outcomes, back to where the user came from."""

import logging
from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db import IntegrityError, transaction
from django.forms import modelform_factory
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.middleware.csrf import get_token
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from powercrud_core import hooks
from powercrud_core.attrs import Attrs
from powercrud_core.conf import get_conf
from powercrud_core.forms import (
    crispy_layout,
    editable_fields,
    fit_relations,
    form_body,
    limit_values,
    native_input,
)
from powercrud_core.packs.contract import Button, FormPage
from powercrud_core.packs.icons import icon
from powercrud_core.views.base import NEXT, BaseCRUDView

__all__ = ["EditHandlers"]

logger = logging.getLogger("powercrud")

SAVE_ANOTHER, SAVE_CONTINUE, REFILL = "_save_another", "_save_continue", "_refill"


class EditHandlers(BaseCRUDView):
    """The create and the update page.

    fields: names of the form's fields, as in any Django class-based view; default is every
        editable field.
    form_class: a ModelForm class; wins over `fields`.
    """

    fields: ClassVar[Sequence[str] | None] = None
    form_class: ClassVar[type[Any] | None] = None

    def show_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form for a new object or the one of the URL."""
        return self.respond(self.get_form_page(self.get_form(self.get_edited())))

    def process_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save the form, or show it again with its errors."""
        obj = self.get_edited()
        if REFILL in request.POST:
            return self.respond(self.get_form_page(self.get_refilled_form(obj)))
        form = self.get_form(obj, data=request.POST, files=request.FILES)
        if self.save(form):
            return self.form_valid(form)
        return self.form_invalid(form)

    def save(self, form: Any) -> bool:
        """Validate and save as one step; say whether it was done."""
        try:
            with transaction.atomic():
                if form.is_valid():
                    self.perform_save(form)
        except IntegrityError:
            # Somebody else was faster: what was valid a moment ago no longer is.
            logger.info("Saving %s broke a constraint.", form.instance, exc_info=True)
            form.full_clean()
            if form.is_valid():
                form.add_error(None, _("This is in conflict with other data. Please check it."))
        return bool(form.is_valid())

    def get_form_class(self) -> type[Any]:
        """Return the form class for this request, without the fields the user may not write."""
        if self.form_class is not None:
            return self.form_class
        model = self.get_model()
        fields = editable_fields(model) if self.fields is None else list(self.fields)
        return modelform_factory(model, fields=fields, formfield_callback=native_input)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Return further keyword arguments for the form."""
        return {}

    def perform_save(self, form: Any) -> Any:
        """Save a valid form and return the object; create and update come here."""
        return form.save()

    def form_valid(self, form: Any) -> HttpResponse:
        """Return where the user goes after saving."""
        name = str(self.get_model()._meta.verbose_name)
        text = (
            _("Created %(name)s “%(object)s”.")
            if self.creating
            else _("Saved %(name)s “%(object)s”.")
        )
        self.tell("success", text % {"name": name, "object": form.instance})
        return HttpResponseRedirect(self.get_success_url(form.instance))

    def form_invalid(self, form: Any) -> HttpResponse:
        """Return the form with its errors: 422."""
        return self.respond(self.get_form_page(form), status=422)

    def get_success_url(self, obj: Any) -> str:
        """Return the address after saving, by the button that was pressed."""
        query = {NEXT: self.get_return_url()} if self.get_return_url() else {}
        suffix = f"?{urlencode(query, safe='/,')}" if query else ""
        if SAVE_ANOTHER in self.request.POST and (url := self.url_for("create")):
            return url + suffix
        if SAVE_CONTINUE in self.request.POST and (url := self.url_for("update", obj)):
            return url + suffix
        if self.policy.allows(self.request.user, "view"):
            return self.get_list_url()
        return self.url_for("create") or "/"

    @property
    def creating(self) -> bool:
        """Say whether the request is about a new object."""
        return self.lookup_url_kwarg not in self.kwargs

    def get_edited(self) -> Any:
        """Return the object to edit, or None for a new one."""
        return None if self.creating else self.get_object("change")

    def get_form(self, obj: Any, data: Any = None, files: Any = None, **kwargs: Any) -> Any:
        """Return the form, drawn by the pack and fit for the size of its relations."""
        options = {"instance": obj, **self.get_form_kwargs(), **kwargs}
        form = self.get_form_class()(data=data, files=files, **options)
        form.renderer = self.pack.form_renderer
        form.auto_id = f"pc-{self.get_url_base()}-form-%s"
        self.narrow(form, obj)
        limit_values(form)
        self._narrow_relations(form)
        form.large = fit_relations(form, get_conf().choices_limit)
        # Validation writes what was typed into the object, which is still called what it was.
        form.heading = "" if obj is None else str(obj)
        return form

    def narrow(self, form: Any, obj: Any) -> None:
        """Take the fields out of a form that the user may not write.

        The key of an object that exists is one: saved under another key it would be a copy.
        """
        if not self.creating:
            for field in obj._meta.pk_fields:
                form.fields.pop(field.name, None)
        allowed = self.policy.fields(self.request.user, "add" if self.creating else "change", obj)
        if allowed is not None:
            for name in [n for n in form.fields if n not in allowed]:
                del form.fields[name]

    def get_refilled_form(self, obj: Any) -> Any:
        """Return an unbound form with what was typed before a value was picked."""
        blank = self.get_form(obj)
        data: QueryDict = self.request.POST
        typed = {
            name: field.widget.value_from_datadict(data, {}, blank.add_prefix(name))
            for name, field in blank.fields.items()
        }
        return self.get_form(obj, initial=typed)

    def get_form_page(self, form: Any) -> FormPage:
        """Return the page around a form."""
        name = str(self.get_model()._meta.verbose_name)
        title = _("New %(name)s") % {"name": name}
        if not self.creating:
            title = _("Edit %(object)s") % {"object": form.heading}
        back = self.get_list_url()
        extra = [("csrfmiddlewaretoken", get_token(self.request))]
        if self.get_return_url():
            extra.append((NEXT, self.get_return_url() or ""))
        form_id = form.auto_id % "form"
        return FormPage(
            renderer=self.renderer,
            attrs=hooks.bundle("form-page"),
            title=title,
            back=self.link(back, self.get_page_title(), "back"),
            form=hooks.bundle(
                "form",
                id=form_id,
                method="post",
                action=self.request.path,
                enctype="multipart/form-data" if form.is_multipart() else None,
                novalidate=True,
            ),
            body=form_body(
                form,
                self.renderer,
                choose=self.get_choose_buttons(form),
                extra=extra,
                layout=self.get_form_layout(form),
            ),
            note=_("Fields marked with * are required.") if self._has_required(form) else "",
            buttons=tuple(self.get_form_buttons()),
            cancel=self.link(back, _("Cancel"), part="cancel"),
        )

    def get_form_layout(self, form: Any) -> SafeString | None:
        """Return the fields drawn by the form's crispy helper, or None where it has none.

        A form with a large relation is drawn without: no layout has the button that picks a value.
        """
        if form.large:
            return None
        return crispy_layout(form, self.pack.pack.crispy, self.request)

    def get_form_buttons(self) -> list[Button]:
        """Return the ways to save."""
        buttons = [self._button("_save", _("Save"), "primary")]
        if self.creating:
            buttons.append(self._button(SAVE_ANOTHER, _("Save and add another")))
        if self.get_role("update"):
            buttons.append(self._button(SAVE_CONTINUE, _("Save and continue editing")))
        return buttons

    def _button(self, name: str, label: str, tone: Any = "neutral") -> Button:
        attrs = {"type": "submit", "name": name, "value": "1", **hooks.part(name.strip("_"))}
        return Button(attrs=Attrs(attrs), label=label, tone=tone)

    def get_choose_buttons(self, form: Any) -> dict[str, Button]:
        """Return the buttons that lead from a large relation to the page that picks a value."""
        return {
            name: Button(
                attrs=hooks.bundle(
                    "choose",
                    id=f"{form[name].auto_id}_choose",
                    type="submit",
                    formaction=url,
                    formnovalidate=True,
                    name="_origin",
                    value=self.request.path,
                ),
                label=_("Choose %(label)s") % {"label": form[name].label},
                icon=icon(self.renderer, "search"),
            )
            for name in form.large
            if self.may_choose(form.fields[name].queryset.model)
            and (url := self.url_for("choices", field=name))
        }

    def _has_required(self, form: Any) -> bool:
        return any(field.required for field in form.fields.values())
