"""Delete: says what goes with an object, refuses what is protected, never half-deletes."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, RestrictedError
from django.db.models.deletion import Collector
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from powercrud_core import hooks
from powercrud_core.bulk.running import parts
from powercrud_core.forms import hidden
from powercrud_core.packs.contract import Button, DeletePage, RelatedGroup
from powercrud_core.packs.icons import icon
from powercrud_core.versions import SEEN
from powercrud_core.views.base import NEXT
from powercrud_core.views.saving import SavingView

__all__ = ["DeleteHandlers"]

logger = logging.getLogger("powercrud")

SHOWN = 5
TRIED = 100
ASKED = 2000  # keys in one statement


class DeleteHandlers(SavingView):
    """The delete page."""

    def confirm_delete(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask before an object is deleted."""
        return self.respond(self.get_delete_page(self.get_object("delete")))

    def process_deletion(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Delete the object and what goes with it, or say what speaks against it: 409, or 403."""
        try:
            with transaction.atomic(using=self.write_alias):
                if not self.lock() and self.was_here():
                    return self.deletion_done(_("The %(name)s has already been deleted."))
                obj = self.get_current("delete")
                name, changed = str(obj), self.changed_since(obj, self.get_decisive_fields())
                held = self.get_holding(obj)
                if held or changed:
                    notice = str(held) if held else self._since(changed)
                    return self.respond(self.get_delete_page(obj, notice=notice), status=409)
                if self.get_forbidden(related_to(obj)[0]):
                    return self.respond(self.get_delete_page(obj), status=403)
                self.perform_delete(obj)
        except IntegrityError:
            # Protected or restricted, or the database alone knows what still needs the object.
            logger.info("Deleting %s was refused.", name, exc_info=True)
            page = self.get_delete_page(self.get_object("delete"), refused=True)
            return self.respond(page, status=409)
        return self.deletion_done(_("Deleted %(name)s “%(object)s”."), name)

    def deletion_done(self, text: str, name: str = "") -> HttpResponse:
        """Return where the user goes after a deletion, with a message."""
        kind = str(self.get_model()._meta.verbose_name)
        self.tell("success", text % {"name": kind, "object": name})
        return HttpResponseRedirect(self.get_delete_url())

    def get_decisive_fields(self) -> list[str]:
        """Return the fields whose change makes the page ask again before an object is deleted."""
        fields = self.get_model()._meta.concrete_fields
        return [f.name for f in fields if f.editable and self.may_see(f.name)]

    def perform_delete(self, obj: Any) -> None:
        """Delete an object."""
        obj.delete()

    def get_delete_url(self) -> str:
        """Return the address after deleting."""
        return self.get_list_url()

    def get_delete_page(self, obj: Any, *, refused: bool = False, notice: str = "") -> DeletePage:
        """Return the page that asks, with what goes along and what is in the way.

        notice: what has to be said before it is asked.
        """
        collateral, protected = related_to(obj)
        forbidden = self.get_forbidden(collateral)
        stuck = refused or bool(protected) or bool(forbidden)
        notice = notice or forbidden
        name = str(self.get_model()._meta.verbose_name)
        back = self.get_list_url()
        inputs = [("csrfmiddlewaretoken", get_token(self.request))]
        if self.check_versions:
            inputs.append((SEEN, self.see(obj, self.get_decisive_fields())))
        if self.get_return_url():
            inputs.append((NEXT, self.get_return_url() or ""))
        question = _("Delete the %(name)s “%(object)s”? This cannot be undone.")
        refusal = _("The %(name)s “%(object)s” cannot be deleted.")
        named = {"name": name, "object": obj}
        return DeletePage(
            renderer=self.renderer,
            attrs=hooks.bundle("delete-page"),
            title=_("Delete %(object)s") % {"object": obj},
            back=self.link(back, _("Back to the list"), "back", **hooks.dismiss()),
            question=f"{notice} {(refusal if stuck else question) % named}".strip(),
            form=hooks.bundle(
                "delete-form", method="post", action=self.request.path, **hooks.send()
            ),
            hidden=hidden(inputs),
            collateral_title=_("Deleted along with it"),
            collateral=tuple(self.get_groups(collateral)) if forbidden or not stuck else (),
            protected_title=_("It is still needed by"),
            protected=tuple(self.get_groups(protected)),
            confirm=None
            if stuck
            else Button(
                attrs=hooks.bundle("confirm", type="submit"),
                label=_("Delete"),
                icon=icon(self.renderer, "delete"),
                tone="danger",
            ),
            cancel=self.link(back, _("Cancel"), part="cancel", **hooks.dismiss()),
        )

    def get_forbidden(self, collateral: Mapping[Any, Sequence[Any]]) -> str:
        """Return why the user may not delete what goes along with an object, "" if they may."""
        for model, instances in collateral.items():
            own = model is self.get_model()
            policy, user = self.policy if own else self.policy.related(model), self.request.user
            rows = model._base_manager.using(self.write_alias)
            able = rows.none()
            if policy.allows(user, "delete"):
                able = policy.rows(user, "delete", rows)
            if able is rows:
                continue
            keys = parts([one.pk for one in instances], ASKED)
            if any(able.filter(pk__in=some).count() < len(some) for some in keys):
                text = _("You may not delete the %(objects)s that would go along.")
                return text % {"objects": model._meta.verbose_name_plural}
        return ""

    def _since(self, changed: Sequence[str]) -> str:
        """Return what has changed since the page was first shown, as far as that is known."""
        if not self.was_here():
            return _("It may have changed since you saw it.")
        fields = (self.get_model()._meta.get_field(name) for name in changed)
        labels = ", ".join(capfirst(str(getattr(f, "verbose_name", f.name))) for f in fields)
        return _("Somebody changed it since you were asked: %(fields)s.") % {"fields": labels}

    def get_groups(self, objects: dict[Any, list[Any]]) -> Iterable[RelatedGroup]:
        """Return related objects by model, counted; only what the user may see is named."""
        for model, instances in objects.items():
            options = model._meta
            count = len(instances)
            noun = options.verbose_name if count == 1 else options.verbose_name_plural
            shown = self._nameable(model, instances)
            left = count - len(shown)
            more = ngettext("and %(count)s more", "and %(count)s more", left) % {"count": left}
            yield RelatedGroup(
                attrs=hooks.bundle("related-group"),
                label=f"{count} {noun}",
                names=tuple(str(o) for o in shown),
                more=more if shown and left else "",
            )

    def _nameable(self, model: Any, instances: Sequence[Any]) -> Sequence[Any]:
        """Return the first related objects that the user may see; no more than 100 are tried."""
        policy, user = self.policy.related(model), self.request.user
        if not policy.allows(user, "view"):
            return []
        some, rows = instances[:TRIED], model._base_manager.all()
        seen = policy.rows(user, "view", rows)
        if seen is not rows:
            able = set(seen.filter(pk__in=[o.pk for o in some]).values_list("pk", flat=True))
            some = [one for one in some if one.pk in able]
        return some[:SHOWN]


def related_to(obj: Any) -> tuple[dict[Any, list[Any]], dict[Any, list[Any]]]:
    """Return what is deleted along with an object, and what forbids its deletion, by model."""
    collector = Collector(using=obj._state.db, origin=obj)
    try:
        collector.collect([obj])
    except ProtectedError as error:
        return {}, grouped(error.protected_objects)
    except RestrictedError as error:
        return {}, grouped(error.restricted_objects)
    found: dict[Any, list[Any]] = {}
    itself = {type(obj), *obj._meta.all_parents}
    for model, instances in collector.data.items():
        kept = [i for i in instances if not (model in itself and i.pk == obj.pk)]
        if kept and not model._meta.auto_created:
            found.setdefault(model, []).extend(kept)
    for queryset in collector.fast_deletes:
        if not queryset.model._meta.auto_created and (rows := list(queryset)):
            found.setdefault(queryset.model, []).extend(rows)
    return found, {}


def grouped(objects: Iterable[Any]) -> dict[Any, list[Any]]:
    """Return objects by their model."""
    found: dict[Any, list[Any]] = {}
    for obj in objects:
        found.setdefault(type(obj), []).append(obj)
    return found
