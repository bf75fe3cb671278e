"""The components of forms and of what a form picks from."""

from dataclasses import dataclass, field

from django.utils.safestring import SafeString

from powercrud_core.attrs import Attrs
from powercrud_core.components import Component
from powercrud_core.packs.pieces import Affix, Button, ErrorSummary, Link, Search, Status

__all__ = [
    "ChoicePage",
    "FieldGroup",
    "FieldRow",
    "FormBody",
    "FormPage",
    "FormSection",
    "FormTab",
    "FormTabs",
    "HiddenField",
    "ReadonlyField",
]


@dataclass(frozen=True, kw_only=True, eq=False)
class FieldGroup(Component):
    """One form field: label, control, help and errors.

    `control` is the widget, drawn by the pack's form renderer. A field of several controls
    (`grouped`: radios, a range) is a fieldset, its label the legend and without `label_attrs`.
    `inline` is a single checkbox, whose label follows the control. `before` and `after` stand at
    the control's edges. `choose_button` (in a form) or `choose_link` (in a filter) leads to the
    page that picks a value of a large relation. `related` stand beside the control: to create what
    it can take, to edit or view what it holds; one that is `hidden` has no address yet.

    attrs: the element around the field.
    label: the field's name.
    label_attrs: the label's id, and the control it is for.
    control: the widget's HTML.
    help_text: explains the field; may be empty.
    help_attrs: id that the control refers to.
    errors: what is wrong, one text each.
    error_attrs: id that the control refers to.
    required: the word for a required field, or nothing.
    grouped: several controls: the label is no `<label>`.
    inline: a single checkbox: the label follows the control.
    before: stands before the control (a currency, a protocol).
    after: stands after it (a unit).
    choose_button: leads from a form to the page that picks a value.
    choose_link: leads from a filter to the page that picks a value.
    related: lead to the screens of what a relation points to.
    """

    attrs: Attrs
    label: str
    label_attrs: Attrs
    control: SafeString
    help_text: str = ""
    help_attrs: Attrs
    errors: tuple[str, ...] = ()
    error_attrs: Attrs
    required: str = ""
    grouped: bool = False
    inline: bool = False
    before: Affix | None = None
    after: Affix | None = None
    choose_button: Button | None = None
    choose_link: Link | None = None
    related: tuple[Link, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class HiddenField(Component):
    """The place of a field that is not there now, because of the value of another one.

    attrs: an element that is hidden; the field takes its place when it comes back.
    inputs: what travels along until then.
    """

    attrs: Attrs
    inputs: tuple[Attrs, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class ReadonlyField(Component):
    """A value that is shown among the fields of a form and not sent with it.

    attrs: the element around label and value: a group, named by its label.
    label: the field's name.
    label_attrs: the label's id.
    value: the formatted text.
    link: href of an `<a>` around the value.
    mark: an empty element that shows yes, no or unknown beside the text.
    help_text: explains the field; may be empty.
    help_attrs: id that the group refers to.
    """

    attrs: Attrs
    label: str
    label_attrs: Attrs
    value: str
    link: Attrs | None = None
    mark: Attrs | None = None
    help_text: str = ""
    help_attrs: Attrs


@dataclass(frozen=True, kw_only=True, eq=False)
class FieldRow(Component):
    """Fields side by side, where there is room.

    attrs: the element around them.
    fields: the fields, one a column; a hidden one takes no room.
    """

    attrs: Attrs
    fields: tuple[FieldGroup | HiddenField | ReadonlyField, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class FormSection(Component):
    """Fields under a title: a `<fieldset>` with its `<legend>`, or a group that its title names.

    attrs: the group; it is hidden while none of its fields is there.
    title: the heading.
    title_attrs: the heading's id.
    help_text: explains the section; may be empty.
    help_attrs: id that the group refers to.
    fields: what stands in it.
    """

    attrs: Attrs
    title: str
    title_attrs: Attrs
    help_text: str = ""
    help_attrs: Attrs
    fields: tuple[FieldGroup | HiddenField | ReadonlyField | FieldRow, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class FormTab(Component):
    """One tab of a form: a `<details>`, its label the `<summary>`, so that it opens without a
    script, and by itself when a link leads to a field in it.

    attrs: the `<details>`.
    label: its name.
    errors: how many errors its fields have, in words, or nothing.
    fields: what stands in it.
    """

    attrs: Attrs
    label: str
    errors: str = ""
    fields: tuple[FieldGroup | HiddenField | ReadonlyField | FieldRow | FormSection, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class FormTabs(Component):
    """The tabs of a form, of which one is open at a time.

    attrs: the element around them.
    tabs: the tabs.
    """

    attrs: Attrs
    tabs: tuple[FormTab, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class FormBody(Component):
    """The inside of a form: errors, fields, hidden inputs. `layout` replaces the fields where the
    form brings its own layout (crispy-forms).

    attrs: the element around the form's inside.
    summary: all errors.
    fields: the fields, in rows, sections and tabs where the view has a layout.
    hidden: inputs that must come first.
    layout: fields drawn by a layout of the form's own, instead of `fields`.
    status: announces what changes while the form is filled in; not for the eye.
    refresh: brings fields that follow others up to date where no script does: not shown where one
        runs, unless the form has `data-pc-stale`.
    """

    attrs: Attrs
    summary: ErrorSummary | None
    fields: tuple[FieldGroup | HiddenField | ReadonlyField | FieldRow | FormSection | FormTabs, ...]
    hidden: tuple[Attrs, ...]
    layout: SafeString = field(default_factory=SafeString)
    status: Status | None = None
    refresh: Button | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class FormPage(Component):
    """A page to create or edit one object.

    attrs: the page's own element.
    title: its heading.
    back: leads to where the user came from.
    form: the `<form>`.
    body: its inside.
    note: a remark under the fields, or nothing.
    buttons: the ways to save.
    cancel: leaves without saving.
    """

    attrs: Attrs
    title: str
    back: Link | None
    form: Attrs
    body: FormBody
    note: str
    buttons: tuple[Button, ...]
    cancel: Link


@dataclass(frozen=True, kw_only=True, eq=False)
class ChoicePage(Component):
    """Picks one of many related objects for a form or a filter; every choice is a button.

    attrs: the page's own element.
    title: its heading.
    form: the `<form>`.
    hidden: inputs that must come first.
    search: searches; its button comes first in the form, so that Enter presses it.
    status: how many were found.
    choices: each picks one.
    previous: the page before.
    next: the page after.
    cancel: goes back with what there was.
    """

    attrs: Attrs
    title: str
    form: Attrs
    hidden: tuple[Attrs, ...]
    search: Search
    status: Status
    choices: tuple[Button, ...]
    previous: Button | None
    next: Button | None
    cancel: Button
