"""What every role needs: the object and its permission, the URL, the answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.template.context_processors import csrf
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, URLPattern
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.generic import View

from powercrud_core import hooks
from powercrud_core.attrs import Attrs
from powercrud_core.background import background
from powercrud_core.components import Component, Renderer
from powercrud_core.conf import get_conf
from powercrud_core.dialogs import confirmation, dialog, opening
from powercrud_core.exceptions import ConfigError
from powercrud_core.forms import limit_values
from powercrud_core.lists import empty_state
from powercrud_core.packs import PackConfig, get_pack
from powercrud_core.packs.contract import (
    JobPage,
    Jobs,
    Link,
    Message,
    Messages,
    NoticePage,
    RowPage,
)
from powercrud_core.packs.icons import icon
from powercrud_core.permissions import ModelPermissions, Policy
from powercrud_core.roles import STANDARD_ROLES, Role, converter_for, join_key, split_key
from powercrud_core.selects import fit_relations, select_texts
from powercrud_core.views.outcomes import PART_HEADER, spelled_out

__all__ = ["BaseCRUDView", "local_url"]

NEXT = "next"
BARE_TEMPLATE = "powercrud/bare.html"
TONES = {"error": "error", "warning": "warning", "success": "success"}


class BaseCRUDView(View):
    """The ground floor of a CRUDView: finding, asking, answering.

    model, queryset: what the view is about; one of them suffices.
    roles: what the view can do; leave some out to switch them off.
    url_base: beginning of the URL names (`<url_base>-list`); default is the model's name.
    path_converter, lookup_field, lookup_url_kwarg: how an object stands in a URL.
    permission_policy: a Policy class; default asks Django's model permissions.
    template_pack: the pack that draws this view; default is POWERCRUD_TEMPLATE_PACK.
    base_template: the page template to extend; default is the pack's own.
    open_in: where the links to create, update, delete, detail, bulk and action open: "page",
        "dialog" or "drawer", by role; what is left out is a page, but for delete, bulk and action,
        which are dialogs.
    visible_actions: how many actions stand beside a row or above a page; others are behind a
        button.
    """

    model: ClassVar[type[Model] | None] = None
    queryset: ClassVar["QuerySet[Any] | None"] = None
    roles: ClassVar[Sequence[Role]] = STANDARD_ROLES
    url_base: ClassVar[str] = ""
    path_converter: ClassVar[str] = ""
    lookup_field: ClassVar[str] = "pk"
    lookup_url_kwarg: ClassVar[str] = "pk"
    permission_policy: ClassVar[type[Policy]] = ModelPermissions
    template_pack: ClassVar[str | None] = None
    base_template: ClassVar[str | None] = None
    open_in: ClassVar[Mapping[str, str]] = {}
    visible_actions: ClassVar[int] = 3
    role: Role | None = None

    @classmethod
    def get_model(cls) -> type[Model]:
        """Return the model, declared or that of the queryset."""
        if cls.model is not None:
            return cls.model
        if cls.queryset is not None:
            return cls.queryset.model
        raise ConfigError(f"{cls.__name__} has no model. Set 'model' (or 'queryset') on the class.")

    @classmethod
    def get_url_base(cls) -> str:
        """Return the beginning of this view's URL names."""
        return cls.url_base or str(cls.get_model()._meta.model_name)

    @classmethod
    def get_path_converter(cls) -> str:
        """Return the path converter of the object's key."""
        if cls.path_converter:
            return cls.path_converter
        options = cls.get_model()._meta
        field = options.pk if cls.lookup_field == "pk" else options.get_field(cls.lookup_field)
        return converter_for(cast(Any, field))

    @classmethod
    def get_roles(cls) -> tuple[Role, ...]:
        """Return the roles, with those that come with a declared feature."""
        return tuple(cls.roles)

    @classmethod
    def get_urls(cls) -> list[URLPattern]:
        """Return the URL patterns of all roles, for `include()`."""
        return [role.get_url(cls) for role in cls.get_roles()]

    @cached_property
    def policy(self) -> Policy:
        """Return the permission policy for this model."""
        return self.permission_policy(self.get_model())

    @cached_property
    def namespace(self) -> str:
        """Return the URL namespace this request was routed through."""
        match = self.request.resolver_match
        return match.namespace if match else ""

    @cached_property
    def pack(self) -> PackConfig:
        """Return the pack that draws this page."""
        return get_pack(self.get_template_pack())

    @cached_property
    def renderer(self) -> Renderer:
        """Return the renderer of this page's components."""
        return Renderer(self.pack, self.request, cast(str, csrf(self.request)["csrf_token"]))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer with the role's handler for the method, if the user may have it."""
        role = self.role or self.roles[0]
        method = (request.method or "get").lower()
        if method == "options":
            return self.options(request, *args, **kwargs)
        name = role.handlers.get("get" if method == "head" else method)
        if not name:
            return HttpResponseNotAllowed(self._allowed_methods())
        try:
            self.check_role(role)
            handler: Callable[..., HttpResponseBase] = getattr(self, name)
            return spelled_out(request, handler(request, *args, **kwargs))
        except PermissionDenied as error:
            return self.refuse(str(error))
        except Http404:
            return self.say("missing", status=404)

    def _allowed_methods(self) -> list[str]:
        methods = {m.upper() for m in (self.role or self.roles[0]).handlers}
        return sorted({*methods, "OPTIONS", *({"HEAD"} if "GET" in methods else ())})

    def check_role(self, role: Role) -> None:
        """Raise PermissionDenied where the user may not even begin.

        For roles about an object that is asked again with the object.
        """
        action = "view" if role.on_object else role.permission
        if action != "choose" and not self.policy.allows(self.request.user, action):
            raise PermissionDenied(self.policy.reason(self.request.user, action))

    def refuse(self, reason: str) -> HttpResponseBase:
        """Return the sign-in page for a stranger, and a 403 page for everybody else."""
        if not self.request.user.is_authenticated:
            # Imported on use: the sign-in views bring along forms that most processes never need.
            to_login = import_string("django.contrib.auth.views.redirect_to_login")
            return cast(HttpResponseBase, to_login(self.request.get_full_path()))
        return self.say("forbidden", status=403, text=reason)

    def get_queryset(self) -> "QuerySet[Any]":
        """Return the objects this view is about: the boundary for every role."""
        if self.queryset is not None:
            return self.queryset.all()
        return self.get_model()._default_manager.all()

    def get_rows(self, action: str = "view") -> "QuerySet[Any]":
        """Return the objects on which the user may do something."""
        return self.policy.rows(self.request.user, action, self.get_queryset())

    def get_object(self, action: str = "view") -> Any:
        """Return the object of the URL: 404 when it is invisible, 403 when the act is forbidden."""
        rows = self.get_rows().filter(**self.get_lookup_filter(self.kwargs[self.lookup_url_kwarg]))
        obj = rows.first()
        if obj is None:
            raise Http404
        if not self.may(action, obj):
            raise PermissionDenied(self.policy.reason(self.request.user, action, obj))
        return obj

    def may(self, action: str, obj: Any) -> bool:
        """Say whether the user may do something to a visible object."""
        if not self.policy.allows(self.request.user, action, obj):
            return False
        base = self.get_queryset()
        rows = self.policy.rows(self.request.user, action, base)
        return action == "view" or rows is base or rows.filter(pk=obj.pk).exists()

    def may_choose(self, model: Any) -> bool:
        """Say whether the user may pick among the objects of a related model."""
        return self.policy.related(model).allows(self.request.user, "view")

    def _narrow_relations(self, form: Any) -> None:
        """Leave the relations of a form only the objects that the user may see."""
        for field in form.fields.values():
            objects = getattr(field, "queryset", None)
            if objects is not None:
                policy = self.policy.related(objects.model)
                field.queryset = policy.rows(self.request.user, "view", objects)

    def limit(self, form: Any) -> None:
        """Let a form take what the user may choose and the database can hold, and nothing else."""
        limit_values(form)
        self._narrow_relations(form)
        form.present = {}

    def fit(self, form: Any, *, compact: bool = False) -> None:
        """Give the selects of a guarded form their size; `form.large` holds those to be searched.

        compact: keep the height of one row, as in filters and in rows.
        """
        form.large = set()
        if self.role is None or self.role.name != "choices":  # there, no form is drawn
            conf = get_conf()
            form.large = fit_relations(
                form,
                conf.choices_limit,
                search=conf.choices_search,
                compact=compact,
                present=form.present,
            )

    def get_lookup_filter(self, value: Any) -> dict[str, Any]:
        """Return the filter for the key in the URL; a key that cannot exist is a 404."""
        options = self.get_model()._meta
        composite = getattr(options, "pk_fields", None)
        try:
            if self.lookup_field == "pk" and composite and len(composite) > 1:
                parts = split_key(str(value))
                return {f.name: f.to_python(p) for f, p in zip(composite, parts, strict=True)}
            field: Any = options.pk if self.lookup_field == "pk" else None
            field = field or options.get_field(self.lookup_field)
            while field.remote_field is not None:
                field = field.target_field
            return {self.lookup_field: field.to_python(value)}
        except (ValidationError, ValueError) as error:
            raise Http404 from error

    def get_lookup(self, obj: Any) -> Any:
        """Return what stands for an object in its URLs."""
        return join_key(getattr(obj, self.lookup_field))

    def get_role(self, name: str) -> Role | None:
        """Return one of the view's roles by name."""
        return next((role for role in self.get_roles() if role.name == name), None)

    def url_for(self, name: str, obj: Any = None, **kwargs: Any) -> str | None:
        """Return the URL of a role, or None where the view has no such role."""
        role = self.get_role(name)
        try:
            return role.reverse(self, obj, **kwargs) if role else None
        except NoReverseMatch:
            return None

    def opens(self, name: str, **more: Any) -> hooks.Hook:
        """Return what makes a link to a role open on top of the page, where the view says so."""
        kind = opening(self.open_in, name)
        return hooks.opens(kind, **more) if kind else {}

    def get_list_url(self) -> str:
        """Return the address of the list the user came from, else that of the list."""
        return self.get_return_url() or self.url_for("list") or "/"

    def get_return_url(self) -> str | None:
        """Return the address in `next`, when it is a path of this site."""
        return local_url(self.request.POST.get(NEXT) or self.request.GET.get(NEXT) or "")

    def get_template_pack(self) -> str | None:
        """Return the name of the pack that draws this request; None for the project's choice."""
        return self.template_pack

    def get_page_title(self) -> str:
        """Return the heading of the list."""
        plural = str(self.get_model()._meta.verbose_name_plural)
        return plural[:1].upper() + plural[1:]

    def get_base_template(self) -> str:
        """Return the template that the page extends."""
        return self.base_template or self.pack.base_template

    def get_jobs_region(self, page: Component | None = None) -> Component | None:
        """Return what a page tells of the user's background jobs, where there are any.

        page: the page's own component, which may tell of them itself.
        """
        found = background()
        whole = PART_HEADER not in self.request.headers and not isinstance(page, Jobs | JobPage)
        return found.region(self) if found and whole else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the context of the page template."""
        page = kwargs.get("page")
        jobs = self.get_jobs_region(page)  # it may need a script
        return {
            "title": getattr(page, "title", None) or self.get_page_title(),
            "view": self,
            "base_template": self.get_base_template(),
            "pack_base": self.pack.base_template,
            "media": self.renderer.media,
            "messages_region": self.get_messages(),
            "jobs_region": jobs or "",
            "dialog": dialog(self.renderer, self.url_for("list") or "/"),
            "confirmation": confirmation(self.renderer),
            **kwargs,
        }

    def link(self, url: str, label: str, key: str = "", **more: Any) -> Link:
        """Return a link with the icon of a key; `part` and `tone` as in the contract."""
        part, tone = more.pop("part", ""), more.pop("tone", "neutral")
        attrs = Attrs({"href": url, **more, **(hooks.part(part) if part else {})})
        return Link(attrs=attrs, label=label, icon=icon(self.renderer, key), tone=tone)

    def respond(self, page: Component, status: int = 200) -> HttpResponse:
        """Return the whole page around a component.

        A request with the header `X-PC-Part` gets the same page without the site's own frame: what
        our script takes parts from needs no menus. Nothing else depends on who asks.
        """
        drawn = cast(Any, page)
        context = self.get_context_data(page=replace(drawn, attrs=drawn.attrs | hooks.page()))
        if PART_HEADER in self.request.headers:
            context |= self._bare(context)
        response = TemplateResponse(self.request, "powercrud/page.html", context, status=status)
        patch_vary_headers(response, [PART_HEADER])
        return response

    def _bare(self, context: Mapping[str, Any]) -> dict[str, Any]:
        """Return what differs for our script, which takes parts and leaves the rest."""
        page, attrs = context["page"], hooks.bundle("messages", **hooks.live("pc-messages"))
        return {
            "base_template": BARE_TEMPLATE,
            "page": replace(page, back=None) if isinstance(page, RowPage) else page,
            "messages_region": replace(context["messages_region"], attrs=attrs),
            "dialog": "",
            "confirmation": "",
        }

    def say(self, kind: str, status: int, text: str = "") -> HttpResponse:
        """Return a page that only says something: "forbidden" or "missing", or in words."""
        url = self.url_for("list")
        may_list = url and self.policy.allows(self.request.user, "view")
        back = self.link(url or "", _("Back to the list"), "back", **hooks.dismiss())
        plural = str(self.get_model()._meta.verbose_name_plural)
        state = empty_state(self.renderer, kind, plural, back if may_list else None)
        state = replace(state, text=text or state.text)
        page = NoticePage(
            renderer=self.renderer,
            attrs=hooks.bundle("notice-page", data_pc_reason=state.text),
            title=state.title,
            state=state,
        )
        return self.respond(page, status)

    def tell(self, level: str, text: str) -> None:
        """Leave a message for the next page, where the project has Django's messages."""
        if hasattr(self.request, "_messages"):
            getattr(messages, level)(self.request, text)

    def get_messages(self) -> Messages:
        """Return the waiting messages as a component; the element is there even without any."""
        waiting = getattr(self.request, "_messages", ())
        return Messages(
            renderer=self.renderer,
            attrs=hooks.bundle(
                "messages",
                **hooks.live("pc-messages"),
                aria_live="polite",
                data_pc_text_offline=_(
                    "The list could not be updated. What you see may be out of date."
                ),
                data_pc_text_retry=_("Try again"),
                **hooks.texts(select_texts()),
            ),
            messages=tuple(self._message(m.level_tag, str(m.message)) for m in waiting),
        )

    def _message(self, level: str, text: str) -> Message:
        tone: Any = TONES.get(level, "info")
        role = "alert" if tone == "error" else "status"
        return Message(
            renderer=self.renderer,
            attrs=hooks.bundle("message", role=role, data_pc_tone=tone),
            text=text,
            tone=tone,
        )


def local_url(url: str) -> str | None:
    """Return the address, when it is a path of this site."""
    local = url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
    return url if local else None
