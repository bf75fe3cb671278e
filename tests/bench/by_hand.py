"""Writes the hand-made template: the very markup of a pack's list, with Django's own tags in it.

So the two pages have the same columns, filters, controls and markup, and stay the same when the
pack changes. What a person would write as a tag is a tag here: values, URLs, form fields, the page
links, the sort links, the count; constant texts are constant.
"""

import re

ROW = {
    "name": "{{ track.name }}",
    "composer": '{{ track.composer|default:"—" }}',
    "album.artist": "{{ track.album.artist }}",
    "album": "{{ track.album }}",
    "genre": '{{ track.genre|default_if_none:"—" }}',
    "media_type": "{{ track.media_type }}",
    "milliseconds": "{{ track.milliseconds }}",
    "unit_price": "{{ track.unit_price }}",
}


def write(page: str) -> str:
    """Return a Django template for the list whose first page is `page`."""
    head, body, tail = re.fullmatch(r"(.*<tbody[^>]*>)(.*?)(</tbody>.*)", page, re.S).groups()
    row = _row(re.match(r"\s*(<tr\b.*?</tr>)", body, re.S)[1])
    return (
        "{% load static %}"
        + _frame(head)
        + "{% for track in page_obj %}"
        + row
        + "{% endfor %}"
        + _frame(tail)
    )


def _row(html: str) -> str:
    key = re.search(r'id="[^"]*?-row-(\w+)"', html)[1]
    cells = iter(ROW.values())

    def cell(found: re.Match) -> str:
        opening, inner, closing = found.groups()
        value = next(cells, None)
        if value is None:
            return found[0]
        inner = re.sub(r">[^<>]+</a>", f">{value}</a>", inner) if "<a" in inner else value
        return opening + inner + closing

    pattern = r'(<t[hd][^>]*data-pc-part="cell"[^>]*>)(.*?)(</t[hd]>)'
    html = re.sub(pattern, cell, html, flags=re.S)
    html = html.replace(f'-row-{key}"', '-row-{{ track.pk }}"')
    html = re.sub(rf"/tracks/{key}/edit/", "{% url 'track-update' track.pk %}", html)
    html = re.sub(rf"/tracks/{key}/delete/", "{% url 'track-delete' track.pk %}", html)
    html = re.sub(rf'/tracks/{key}/(?=["?])', "{% url 'track-detail' track.pk %}", html)
    html = re.sub(r'aria-label="(Edit|Delete) [^"]*"', r'aria-label="\1 {{ track.name }}"', html)
    return re.sub(r"data-empty ?", "", html)


# What is constant in the page's frame becomes what a person would write there.
FRAME = (
    (r'<select name="(genre|media_type)".*?</select>', r"{{ filter.form.\1 }}"),
    (r'<input[^>]*name="unit_price_min"[^>]*>', "{{ filter.form.unit_price }}"),
    (r'<input[^>]*name="unit_price_max"[^>]*>', ""),
    (r'href="/tracks/\?sort=([^"&]*)"', r'href="{% querystring sort="\1" %}"'),
    (r'href="/tracks/\?page=(\d+)"', r'href="{% querystring page=\1 %}"'),
    (r'href="/tracks/\?page_size=(\d+)"', r'href="{% querystring page_size=\1 %}"'),
    (r'href="/tracks/new/"', "href=\"{% url 'track-create' %}\""),
    (r'"(/static/)([^"#]*)', "\"{% static '\\2' %}"),
)


def _frame(html: str) -> str:
    for pattern, replacement in FRAME:
        html = re.sub(pattern, replacement, html, flags=re.S)
    return re.sub(
        r"\d+–\d+ of [\d,]+",
        "{{ page_obj.start_index }}–{{ page_obj.end_index }} of {{ paginator.count }}",
        html,
    )
