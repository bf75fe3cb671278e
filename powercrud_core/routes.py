"""Routes: which CRUDViews the URLconf leads to, and in which namespaces."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, get_urlconf
from django.utils.module_loading import import_string

from powercrud_core.exceptions import ConfigError

__all__ = [
    "RelatedViews",
    "is_about",
    "is_view",
    "namespaces_of",
    "related_view",
    "routed",
    "views_of",
]

# Names of relations, or what is declared for each: a view class or its name.
RelatedViews = Sequence[str] | Mapping[str, Any]


def is_view(candidate: Any) -> bool:
    """Say whether something is a CRUDView class."""
    return isinstance(candidate, type) and hasattr(candidate, "get_url_base")


def related_view(declared: RelatedViews, name: str, model: Any, beside: Any) -> Any:
    """Return the view class that is declared for a relation; None where there is no one such.

    model: what the relation points to.
    beside: the view that declares it: a name without a dot is one of its module.
    Raises ImportError.
    """
    if not isinstance(declared, Mapping):
        found = views_of(model)
        return found[0] if len(found) == 1 else None
    named = declared[name] or None
    if isinstance(named, str):
        return import_string(named if "." in named else f"{beside.__module__}.{named}")
    return named


def routed(patterns: Any, namespace: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the full URL name and the class of every routed CRUDView."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from routed(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            view_class = getattr(pattern.callback, "view_class", None)
            if is_view(view_class):
                yield f"{namespace}{pattern.name}", view_class


def namespaces_of(view_class: Any) -> tuple[str, ...]:
    """Return the namespaces in which a view is routed: none where it is not."""
    return _routes(get_resolver(get_urlconf())).get(view_class, ())


def views_of(model: Any) -> list[Any]:
    """Return the routed views that are about a model."""
    return [view for view in _routes(get_resolver(get_urlconf())) if is_about(view, model)]


def is_about(view: Any, model: Any) -> bool:
    """Say whether the objects of a view are those of a model."""
    try:
        own = view.get_model()
    except ConfigError:
        return False
    return own._meta.concrete_model is model._meta.concrete_model


@lru_cache(maxsize=8)
def _routes(resolver: URLResolver) -> Mapping[Any, tuple[str, ...]]:
    """Return the namespaces of every routed view; the URLconf is walked once a process."""
    found: dict[Any, dict[str, None]] = {}
    for name, view_class in routed(resolver.url_patterns):
        found.setdefault(view_class, {})[name.rpartition(":")[0]] = None
    return {view_class: tuple(names) for view_class, names in found.items()}
