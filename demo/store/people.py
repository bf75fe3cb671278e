"""The four people a visitor can be, and what each may do."""

from dataclasses import dataclass

from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to sign in as; the actions are those of Django's model permissions."""

    name: str
    label: str | Promise
    may: str | Promise
    actions: tuple[str, ...] = ()
    is_staff: bool = False


PEOPLE = (
    Person("viewer", _("Viewer"), _("Looks at everything, changes nothing."), ("view",)),
    Person(
        "editor",
        _("Editor"),
        _("Adds and changes, but cannot delete."),
        ("view", "add", "change"),
    ),
    Person(
        "manager",
        _("Manager"),
        _("May do everything in the store, and may look into the Django admin to compare."),
        ("view", "add", "change", "delete"),
        is_staff=True,
    ),
    Person("nobody", _("Nobody"), _("Is signed in without a single permission.")),
)


def create_people() -> None:
    """Create the four users, each in a group with the permissions on the store."""
    for person in PEOPLE:
        create_person(person)


def create_person(person: Person) -> User:
    """Return the user of this person, created or brought up to date."""
    user, _created = User.objects.update_or_create(
        username=person.name,
        defaults={"first_name": person.name.title(), "is_staff": person.is_staff},
    )
    user.set_unusable_password()
    user.save(update_fields=["password"])
    group, _created = Group.objects.get_or_create(name=person.name)
    group.permissions.set(store_permissions(person.actions))
    user.groups.set([group])
    return user


def store_permissions(actions: tuple[str, ...]) -> list[Permission]:
    """Return the model permissions of the store for these actions."""
    codenames = [
        f"{action}_{model._meta.model_name}"
        for action in actions
        for model in apps.get_app_config("store").get_models()
    ]
    return list(Permission.objects.filter(content_type__app_label="store", codename__in=codenames))
