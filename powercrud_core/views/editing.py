"""Create and update: one form, three outcomes, back to where the user came from."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.forms import modelform_factory
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from powercrud_core import hooks
from powercrud_core.attrs import Attrs
from powercrud_core.forms import (
    editable_fields,
    field_group,
    form_body,
    native_input,
)
from powercrud_core.inline import keep_only
from powercrud_core.packs.contract import Button, FieldGroup, FormPage
from powercrud_core.packs.icons import icon
from powercrud_core.roles import join_key
from powercrud_core.versions import SEEN, load_many
from powercrud_core.views.base import NEXT
from powercrud_core.views.dependent import VALIDATE
from powercrud_core.views.outcomes import with_event
from powercrud_core.views.related import RelatedView
from powercrud_core.views.saving import Attempt

__all__ = ["EditHandlers"]

MAX_LABEL = 100
SAVE_ANOTHER, SAVE_CONTINUE = "_save_another", "_save_continue"


class EditHandlers(RelatedView):
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
        if self.asks_only:
            return self.respond(self.get_form_page(self.get_asked_form(self.get_edited())))
        attempt = self.save(lambda obj: self.get_form(obj, request.POST, request.FILES))
        if attempt.gone:
            return self.form_gone(attempt.form)
        if attempt.conflicts:
            return self.form_in_conflict(attempt)
        if attempt.held:
            return self.respond(self.get_form_page(attempt.form), status=409)
        if attempt.busy:
            return self.respond(self.get_form_page(attempt.form), status=503)
        answer = self.form_valid(attempt.form) if attempt.saved else None
        self.tell_merged(attempt)
        return answer or self.form_invalid(attempt.form)

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

    def form_valid(self, form: Any) -> HttpResponse:
        """Return where the user goes after saving, and the value for who asked for the object."""
        name = str(self.get_model()._meta.verbose_name)
        text = (
            _("Created %(name)s “%(object)s”.")
            if self.creating
            else _("Saved %(name)s “%(object)s”.")
        )
        self.tell("success", text % {"name": name, "object": form.instance})
        done = HttpResponseRedirect(self.get_success_url(form.instance))
        label = Truncator(form.instance).chars(MAX_LABEL)  # a header has no room for more
        with_event(done, "pc:accept", value=str(join_key(form.instance.pk)), label=label)
        return done

    def form_invalid(self, form: Any) -> HttpResponse:
        """Return the form with its errors: 422."""
        return self.respond(self.get_form_page(form), status=422)

    def form_in_conflict(self, attempt: Attempt) -> HttpResponse:
        """Return the page that asks which values to keep: 409."""
        files: list[FieldGroup] = []
        if self.request.FILES:
            blank = self.get_form(attempt.form.instance)
            sent = (b for b in blank if b.html_name in self.request.FILES)
            files = [field_group(bound, self.renderer) for bound in sent]
        return self.respond(self.get_conflict_page(attempt, files), status=409)

    def form_gone(self, form: Any) -> HttpResponse:
        """Return what was typed for an object that was deleted, to create it anew: 409."""
        url = self.url_for("create") if self.policy.allows(self.request.user, "add") else None
        form.action = url or form.action
        name = {"name": str(self.get_model()._meta.verbose_name)}
        anew = _("What you typed is still here: save it to create the %(name)s anew.")
        kept = _("What you typed is still here, but you may not create a new %(name)s.")
        form.add_error(None, (anew if url else kept) % name)
        page = replace(
            self.get_form_page(form),
            title=_("The %(name)s was deleted while you were editing it") % name,
            buttons=(self._button("_save", _("Create anew"), "primary"),) if url else (),
        )
        return self.respond(page, status=409)

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

    def get_edited(self) -> Any:
        """Return the object to edit, or None for a new one."""
        return None if self.creating else self.get_object("change")

    def get_form(
        self,
        obj: Any,
        data: Any = None,
        files: Any = None,
        only: Collection[str] | None = None,
        fit: bool = True,
        **kwargs: Any,
    ) -> Any:
        """Return the form, drawn by the pack and fit for the size of its relations.

        only: the names of the fields it keeps, where not all of them are edited.
        fit: False for a form that may not have to be drawn, which loads no options.
        """
        form = self._made_form(obj, data, files, only, **kwargs)
        self.guard(form, obj)
        form.large = set()
        if fit:
            self.fit(form)
        form.action = self.request.path
        # Validation writes what was typed into the object, which is still called what it was, and
        # the token is one of what it was.
        form.heading = "" if obj is None else str(obj)
        form.unsaved = data is not None
        form.seen = "" if obj is None else self.see(obj, form.fields)
        return form

    def _made_form(
        self,
        obj: Any,
        data: Any = None,
        files: Any = None,
        only: Collection[str] | None = None,
        **kwargs: Any,
    ) -> Any:
        """Return a form with the fields and the related objects that the user may have."""
        options = {"instance": obj, **self.get_form_kwargs(), **kwargs}
        form_class = self.get_form_class()
        if obj is not None:
            load_many(obj, form_class.base_fields if only is None else only)
        form = form_class(data=data, files=files, **options)
        form.renderer = self.pack.form_renderer
        form.auto_id = f"pc-{self.get_url_base()}-form-%s"
        self.narrow(form, obj)
        if only is not None:
            keep_only(form, only)
        self.close_fields(form, obj)
        return form

    def narrow(self, form: Any, obj: Any) -> None:
        """Take the fields out of a form that the user may not write.

        The key of an object that exists is one: saved under another key it would be a copy.
        """
        if obj is not None:
            for field in obj._meta.pk_fields:
                form.fields.pop(field.name, None)
        allowed = self.policy.fields(self.request.user, "add" if obj is None else "change", obj)
        if allowed is not None:
            for name in [n for n in form.fields if n not in allowed]:
                del form.fields[name]

    def get_refilled_form(self, obj: Any, only: Collection[str] | None = None) -> Any:
        """Return an unbound form with what was typed before the user asked for something."""
        blank = self._made_form(obj, self.request.POST, only=only)
        self.limit(blank)
        self.fit(blank)
        initial = self.get_form_kwargs().get("initial") or {}
        form = self.get_form(obj, only=only, initial={**initial, **self.get_typed(blank)})
        form.unsaved = True
        form.seen = self.get_seen()
        return form

    def get_asked_form(self, obj: Any) -> Any:
        """Return what was typed, brought up to date, with the errors that were asked for."""
        form = self.get_refilled_form(obj)
        if wanted := {*self.request.POST.getlist(VALIDATE)}:
            bound = self.get_form(obj, data=self.request.POST, files=self.request.FILES)
            form._errors = self.get_asked_errors(bound, wanted)
        return form

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
        if form.seen:
            extra.append((SEEN, form.seen))
        form_id = form.auto_id % "form"
        return FormPage(
            renderer=self.renderer,
            attrs=hooks.bundle("form-page"),
            title=title,
            back=self.link(back, self.get_page_title(), "back", **hooks.dismiss()),
            form=hooks.bundle(
                "form",
                id=form_id,
                **hooks.send(guard=True, unsaved=form.unsaved),
                method="post",
                action=form.action,
                enctype="multipart/form-data" if form.is_multipart() else None,
                novalidate=True,
                **hooks.validate(self.validate_on),
            ),
            body=form_body(
                form,
                self.renderer,
                choose=(choose := self.get_choose_buttons(form)),
                related=(related := self.get_related_links(form)),
                extra=extra,
                drawn=self.get_crispy_fields(form, choose, related),
                **self.get_form_parts(form),
            ),
            note=_("Fields marked with * are required.") if self._has_required(form) else "",
            buttons=tuple(self.get_form_buttons()),
            cancel=self.link(back, _("Cancel"), part="cancel", **hooks.dismiss()),
        )

    def get_form_buttons(self) -> list[Button]:
        """Return the ways to save."""
        buttons = [self._button("_save", _("Save"), "primary")]
        if self.creating:
            buttons.append(self._button(SAVE_ANOTHER, _("Save and add another"), **hooks.go_on()))
        if self.get_role("update"):
            label = _("Save and continue editing")
            buttons.append(self._button(SAVE_CONTINUE, label, **hooks.go_on()))
        return buttons

    def _button(self, name: str, label: str, tone: Any = "neutral", **more: Any) -> Button:
        attrs = {"type": "submit", "name": name, "value": "1", **more}
        attrs |= hooks.part(name.strip("_"))
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
                    value=form.action,
                ),
                label=_("Choose %(label)s") % {"label": form[name].label},
                icon=icon(self.renderer, "search"),
            )
            for name in form.large
            if not form.fields[name].disabled
            and self.may_choose(form.fields[name].queryset.model)
            and (url := self.url_for("choices", field=name))
        }

    def _has_required(self, form: Any) -> bool:
        return any(field.required for field in form.fields.values())
