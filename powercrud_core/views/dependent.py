"""What a view says of fields that follow others, and the questions of a form that save nothing."""

from collections.abc import Collection, Sequence
from typing import Any, ClassVar, Literal

from django.utils.translation import gettext as _

from powercrud_core import hooks
from powercrud_core.attrs import Attrs
from powercrud_core.conflicts import TAKE, THEIRS
from powercrud_core.dependencies import Depends, Settled, apply_dependencies, dependants
from powercrud_core.packs.contract import Button, Status
from powercrud_core.present import keep_present
from powercrud_core.views.seeing import SeeingView

__all__ = ["REFILL", "REFRESH", "VALIDATE", "DependentView"]

# What a form posts to be shown again instead of saved: a value was picked on a page of its own,
# fields are to follow others, errors are wanted. The values are names of fields.
REFILL, REFRESH, VALIDATE = "_refill", "_refresh", "_validate"

ValidateOn = Literal["submit", "blur"]


class DependentView(SeeingView):
    """Gives forms and filters their dependencies.

    dependencies: which fields take choices, visibility or values from others, as `Depends`.
    validate_on: "submit", or "blur": a changed field is validated when it is left, too.
    """

    dependencies: ClassVar[Sequence[Depends]] = ()
    validate_on: ClassVar[ValidateOn] = "submit"

    def get_dependencies(self) -> Sequence[Depends]:
        """Return the dependencies for this request."""
        return self.dependencies

    @property
    def asks_only(self) -> bool:
        """Say whether a form was sent to be shown again: nothing is saved."""
        return any(name in self.request.POST for name in (REFILL, REFRESH, VALIDATE))

    @property
    def changed(self) -> Collection[str] | None:
        """Return the fields that the user changed before asking; None where nobody asks."""
        data = self.request.POST
        if REFILL not in data and REFRESH not in data:
            return None
        return {name for name in (*data.getlist(REFILL), *data.getlist(REFRESH)) if name}

    def guard(self, form: Any, obj: Any = None) -> None:
        """Let a form take what the user may choose and what fits together, and nothing else.

        obj: the saved object behind the form, whose present values may stay.
        """
        self.limit(form)
        form.settled = self.settle(form)
        form.present = keep_present(form, obj, without=form.settled.renewed)

    def settle(self, form: Any) -> Settled:
        """Fit a form to what its fields depend on."""
        changed = None if form.is_bound else self.changed
        return apply_dependencies(form, self.get_dependencies(), changed=changed)

    def refit(self, form: Any, kept: Collection[str]) -> None:
        """Fit a bound form anew where others follow fields that keep what somebody else wrote."""
        dependencies = self.get_dependencies()
        if form.fields.keys() & dependants(dependencies, kept):
            form.settled = apply_dependencies(form, dependencies)
            large = form.large
            self.fit(form)
            form.large |= large

    def get_typed(self, form: Any) -> dict[str, Any]:
        """Return what was typed into a form, as the initial values of another one.

        form: a bound one, its fields as they were when nothing depended on anything.
        """
        typed = {}
        for name, field in form.fields.items():
            data, key = form.data, form.add_prefix(name)
            if data.get(TAKE + name) == THEIRS:
                continue
            if not field.disabled and not field.widget.value_omitted_from_data(data, {}, key):
                value = field.widget.value_from_datadict(data, {}, key)
                typed[name] = field.bound_data(value, form.get_initial_for_field(field, name))
        return typed

    def get_asked_errors(self, bound: Any, wanted: Collection[str]) -> Any:
        """Return the errors of some fields of a bound form.

        What depends on a field that was changed has just been brought up to date: it has none.
        """
        names = {bound.add_prefix(name): name for name in bound.fields}
        kept = {names.get(name, name) for name in wanted}
        kept -= dependants(self.get_dependencies(), self.changed or ())
        errors = bound.errors
        for name in [n for n in errors if n not in kept]:
            del errors[name]
        return errors

    def get_refresh_button(self, form: Any) -> Button | None:
        """Return the button that brings dependent fields up to date where a script does not."""
        if not any("data-pc-refresh" in marks for marks in form.settled.hooks.values()):
            return None
        attrs = {"type": "submit", "name": REFRESH, "value": "", "formnovalidate": True}
        return Button(attrs=Attrs({**attrs, **hooks.part("refresh")}), label=_("Update choices"))

    def get_form_status(self, form: Any) -> Status | None:
        """Return the line that tells what changed in a form while it is filled in."""
        button = self.get_refresh_button(form)
        if button is None and self.validate_on == "submit":
            return None
        attrs = hooks.bundle(
            "form-status", id=f"{str(form.auto_id) % 'form'}-status", role="status"
        )
        return Status(attrs=attrs, text=" ".join(self._news(form)))

    def _news(self, form: Any) -> list[str]:
        """Return what is to be announced: the errors asked for, and the fields that followed."""
        if form.is_bound or not self.asks_only:
            return []
        said = [
            f"{form[name].label}: {error}"
            for name, errors in form.errors.items()
            for error in errors
            if name in form.fields
        ]
        hooks_of, asked = form.settled.hooks, {*(self.changed or ())}
        following = [
            str(form[name].label)
            for name in hooks_of
            if asked & {*hooks_of[name].get("data-pc-depends", "").split()}
            and name not in form.settled.inactive
        ]
        if following:
            said.append(_("Updated: %(fields)s.") % {"fields": ", ".join(following)})
        return said
