"""System checks: the settings, the packs, the templates, and every routed view."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.apps import apps as registry
from django.conf import settings
from django.core.cache import caches
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import router
from django.shortcuts import resolve_url
from django.template import TemplateDoesNotExist, engines
from django.template.backends.django import DjangoTemplates
from django.template.loader import get_template
from django.template.loader_tags import BlockNode
from django.urls import NoReverseMatch, Resolver404, get_resolver, resolve

from powercrud_core import jobs
from powercrud_core.authoring.overrides import overrides, strays
from powercrud_core.components import Component
from powercrud_core.conf import PREFIX, get_conf
from powercrud_core.exceptions import ComponentNotFound, ConfigError
from powercrud_core.form_problems import related_model
from powercrud_core.packs import explain_missing, installed_packs
from powercrud_core.packs.app import CONTRACT, PackConfig
from powercrud_core.permissions import AllowAny
from powercrud_core.problems import find_problems, known_annotations
from powercrud_core.routes import namespaces_of, related_view, routed, views_of

__all__ = [
    "check_cache",
    "check_overrides",
    "check_packs",
    "check_settings",
    "check_templates",
    "check_views",
]

NEEDED = ("django_cotton", "django.forms")
REQUEST = "django.template.context_processors.request"
MISSING = "Add the template, or let the pack extend one that has it."
WIDGETS = ("picked", "checkbox_popover")
BLOCKS = ("title", "powercrud_head", "content")
NOT_RELATED = {"powercrud.E100", "powercrud.E225", "powercrud.E226"}
OPTIONAL = ("icon",)
"""What a pack needs only if it prints it."""


def _message(id: str, text: str, hint: str, obj: Any = None) -> CheckMessage:
    kind = Warning if id.startswith("W") else Error
    return kind(text, hint=hint, obj=obj, id=f"powercrud.{id}")


@register
def check_settings(**kwargs: Any) -> list[CheckMessage]:
    """Report POWERCRUD_ settings that do not exist or make no sense."""
    known = [PREFIX + name.upper() for name in type(get_conf()).__dataclass_fields__]
    found = []
    for name in dir(settings):
        if name.startswith(PREFIX) and name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f"Did you mean {close[0]}?" if close else f"Known are: {', '.join(known)}."
            found.append(_message("W001", f"The setting {name} does not exist.", hint))
    conf: Any = get_conf()
    sizes = conf.page_sizes
    if not sizes or not all(isinstance(size, int) and size > 0 for size in sizes):
        text = f"POWERCRUD_PAGE_SIZES is {sizes!r}."
        found.append(_message("E001", text, "Set it to whole numbers, as in (25, 50, 100)."))
    for name in ("choices_limit", "choices_search"):
        value = getattr(conf, name)
        if not isinstance(value, int) or value < 1:
            text = f"POWERCRUD_{name.upper()} is {value!r}."
            found.append(_message("E001", text, "Set it to a whole number above zero."))
    return found


@register(deploy=True)
def check_cache(**kwargs: Any) -> list[CheckMessage]:
    """Report a cache of one process's own: it remembers which confirmations were used."""
    own = type(caches["default"]).__name__ in ("LocMemCache", "DummyCache")
    if not own or not getattr(settings, "ROOT_URLCONF", None):
        return []
    if not any(view.all_operations() for _name, view in routed(get_resolver().url_patterns)):
        return []
    text = "Processes do not share the cache 'default': a double click may act twice."
    hint = "Set CACHES['default'] to one that they share, such as Redis or the database."
    return [_message("W003", text, hint)]


def _leads_somewhere(url: str) -> bool:
    """Say whether a setting names a page of this site, or one of another site."""
    try:
        address = resolve_url(url)
        return "//" in address or bool(resolve(address.split("?")[0]))
    except (NoReverseMatch, Resolver404):
        return False


@register
def check_packs(**kwargs: Any) -> list[CheckMessage]:
    """Report a pack that cannot be found, and packs that cannot draw every component."""
    packs = installed_packs()
    found = [*_chosen(packs)]
    for config in packs.values():
        found += _pack(config)
    return found


def _chosen(packs: dict[str, PackConfig]) -> Iterator[CheckMessage]:
    name = get_conf().template_pack
    if name in packs or (not name and len(packs) == 1):
        return
    text = explain_missing(name, list(packs))
    module = f"powercrud_{name}"
    if name and not registry.is_installed(module) and name.isidentifier() and find_spec(module):
        hint = f'Add "{module}" to INSTALLED_APPS.'
        yield _message("E021", f"The template pack {name!r} is not in INSTALLED_APPS.", hint)
    elif name in ("plain", "bootstrap5", "daisyui"):
        hint = f'Run "pip install powercrud-{name}" and add "{module}" to INSTALLED_APPS.'
        yield _message("E022", f"The template pack {name!r} is not installed.", hint)
    else:
        hint = "Set POWERCRUD_TEMPLATE_PACK to the name of an installed pack."
        yield _message("E020", text, hint)


def _pack(config: PackConfig) -> Iterator[CheckMessage]:
    if config.pack.contract != CONTRACT:
        yield _message(
            "E023",
            f"The template pack {config.pack.name!r} was written for contract "
            f"{config.pack.contract}; this is contract {CONTRACT}.",
            "Install the version of the pack that belongs to this powercrud-core.",
            config,
        )
    try:
        list(config.chain())
    except ConfigError as error:
        yield _message("E024", str(error), "Correct 'extends' in the pack's apps.py.", config)
        return
    for component in (name for name in Component.registry if name not in OPTIONAL):
        try:
            config.component_templates(component)
        except ComponentNotFound as error:
            yield _message("E025", str(error), MISSING, config)
    for widget in WIDGETS:
        try:
            config.form_renderer.get_template(f"powercrud/widgets/{widget}.html")
        except TemplateDoesNotExist:
            text = (
                f"The template pack {config.pack.name!r} has no template for the widget {widget!r}."
            )
            yield _message("E025", text, MISSING, config)


@register
def check_templates(**kwargs: Any) -> list[CheckMessage]:
    """Report template settings under which packs cannot draw."""
    found = [
        _message("E027", f'"{app}" is not in INSTALLED_APPS.', f'Add "{app}" to INSTALLED_APPS.')
        for app in NEEDED
        if not registry.is_installed(app)
    ]
    engine = next((e for e in engines.all() if isinstance(e, DjangoTemplates)), None)
    if engine is None:
        hint = "Add a DjangoTemplates entry to TEMPLATES."
        return [*found, _message("E028", "TEMPLATES has no Django template engine.", hint)]
    if REQUEST not in engine.engine.context_processors:
        hint = f"Add '{REQUEST}' to its context_processors."
        found.append(_message("E028", f"The engine {engine.name!r} lacks 'request'.", hint))
    if "cotton_loader" not in str(engine.engine.loaders):
        text = f"The engine {engine.name!r} does not load templates through django-cotton."
        hint = (
            "Remove 'loaders' from its OPTIONS (django-cotton sets them up for the engine named "
            "'django'), or put 'django_cotton.cotton_loader.Loader' first into the cached loader."
        )
        found.append(_message("E026", text, hint))
    base = getattr(settings, "BASE_DIR", None)
    folder = Path(base) / "templates" if base else None
    listed = {Path(d).resolve() for d in engine.engine.dirs}
    if folder and (folder / "cotton").is_dir() and folder.resolve() not in listed:
        hint = 'Add BASE_DIR / "templates" to DIRS.'
        found.append(_message("W029", f"{folder.name}/cotton is not searched first.", hint))
    return found


@register
def check_overrides(**kwargs: Any) -> list[CheckMessage]:
    """Report templates of the project that no component uses, and copies that fell behind."""
    found = []
    for override in overrides():
        if not override.known:
            hint = f"Did you mean {override.nearest}.html? " if override.nearest else ""
            hint += "Rename or remove it."
            text = f"The template {override.path} belongs to no component."
            found.append(_message("W030", text, hint))
        elif drift := override.drift():
            hint = (
                "Compare it with `manage.py powercrud which "
                f"{override.component}`, then copy the first line of a fresh override."
            )
            text = f"{override.path} was copied from an older contract ({'; '.join(drift)})."
            found.append(_message("W031", text, hint))
    for stray in strays():
        hint = (
            f"Did you mean {stray.nearest}? Rename the folder."
            if stray.nearest
            else f"Name it after the app of an installed pack: {', '.join(stray.installed)}."
        )
        text = f"The templates in {stray.path} belong to no installed pack."
        found.append(_message("W030", text, hint))
    return found


@register
def check_views(**kwargs: Any) -> list[CheckMessage]:
    """Report the problems of every CRUDView in the URLconf, and URL names that two views share."""
    if not getattr(settings, "ROOT_URLCONF", None):
        return []
    names: dict[str, set[type]] = defaultdict(set)
    views: dict[Any, None] = {}
    for name, view_class in routed(get_resolver().url_patterns):
        names[name].add(view_class)
        views[view_class] = None
    found: list[CheckMessage] = []
    for view in views:
        own = find_problems(view, known_annotations(view))
        found += own + list(_blocks(view)) + list(_jobs(view))
        if not NOT_RELATED & {problem.id for problem in own}:
            found += _unrouted(view)
    closed = [view for view in views if not issubclass(view.permission_policy, AllowAny)]
    if closed and not _leads_somewhere(settings.LOGIN_URL):
        text = f"LOGIN_URL is {settings.LOGIN_URL!r}, which no view answers."
        hint = f"Set it to your sign-in page: {closed[0].__name__} sends strangers there."
        found.append(_message("W002", text, hint))
    for name, classes in names.items():
        if len(classes) > 1 and name.endswith("-list"):
            listed = " and ".join(sorted(c.__name__ for c in classes))
            found.append(
                _message(
                    "E112",
                    f"{listed} share the URL name {name!r}: links lead to one of them only.",
                    "Set a different 'url_base' on one of them, or include it in a namespace.",
                )
            )
    return found


def _unrouted(view: Any) -> Iterator[CheckMessage]:
    """Report relations whose links would lead nowhere, because no one view is routed for them."""
    declared, model = view.related_views, view.get_model()
    for name in declared:
        target = related_model(view, model, name)
        found = related_view(declared, name, target, view)
        if isinstance(declared, Mapping) and found is not None and not namespaces_of(found):
            text = f"'related_views['{name}']' is {found.__name__}, which is not routed."
            hint = f"Include {found.__name__}.get_urls() in the URLconf."
            yield _message("E227", text, hint, view.__name__)
        elif not isinstance(declared, Mapping) and found is None:
            routed_views = ", ".join(sorted(v.__name__ for v in views_of(target))) or "none"
            text = f"'related_views' names '{name}', which needs one routed view of "
            hint = f"Route one, or name it: related_views = {{'{name}': …}}."
            text += f"{target._meta.label}; routed: {routed_views}."
            yield _message("E227", text, hint, view.__name__)


def _jobs(view: Any) -> Iterator[CheckMessage]:
    """Report what is to go to the background and cannot, or only with less of a guarantee."""
    deferring = [o for o in view.all_operations() if getattr(o, "defer_above", None) is not None]
    if deferring and not jobs.installed():
        text = f"'{deferring[0].name}' has 'defer_above', but background jobs are not installed."
        hint = 'Add "powercrud_core.jobs" to INSTALLED_APPS, or take defer_above out.'
        yield _message("E307", text, hint, view.__name__)
    elif deferring and view.model is not None:
        alias = router.db_for_write(view.model)
        other = router.db_for_write(registry.get_model("powercrud_jobs", "Job"))
        if alias != other:
            text = f"Its rows are in the database {alias!r}, the jobs in {other!r}: "
            text += "a worker that dies may change some rows twice."
            hint = f"Let a database router put the app powercrud_jobs into {alias!r}."
            yield _message("W308", text, hint, view.__name__)


def _blocks(view: Any) -> Iterator[CheckMessage]:
    """Report a base template without the blocks that the pages fill."""
    if view.base_template is None:
        return
    try:
        template = get_template(view.base_template).template  # type: ignore[attr-defined]
    except (TemplateDoesNotExist, ImproperlyConfigured) as error:
        text = f"'base_template' is {view.base_template!r}, which cannot be loaded: {error}"
        yield _message("W115", text, "Correct the name.", view.__name__)
        return
    if "extends" in template.source:
        return  # its blocks may come from a parent chosen at run time
    blocks = {node.name for node in template.nodelist.get_nodes_by_type(BlockNode)}
    for block in BLOCKS:
        if block not in blocks:
            text = f"The base template {view.base_template!r} has no block '{block}'."
            yield _message(
                "W115", text, f"Add {{% block {block} %}}{{% endblock %}}.", view.__name__
            )
