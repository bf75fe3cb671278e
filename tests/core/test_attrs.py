import pytest
from django.template import Context, Template
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from powercrud_core.attrs import Attrs, PrintedAttrs


class TestAttrs:
    def test_prints_names_and_escaped_values(self):
        assert str(Attrs({"id": "a", "title": '"><b>'})) == 'id="a" title="&quot;&gt;&lt;b&gt;"'

    def test_true_prints_the_bare_name_and_false_and_none_nothing(self):
        assert str(Attrs({"hidden": True, "open": False, "href": None})) == "hidden"

    def test_an_empty_text_is_printed(self):
        assert str(Attrs({"value": ""})) == 'value=""'

    def test_a_value_marked_safe_is_escaped_like_any_other(self):
        """
        Safe as content is not safe inside quotes.
        """
        assert str(Attrs({"title": mark_safe('"x')})) == 'title="&quot;x"'

    def test_a_value_between_quotes_cannot_become_an_attribute(self):
        """
        Cotton's own attrs print a value that begins and ends with a quote as it is.
        """
        assert "&quot;" in str(Attrs({"title": '"x" onmouseover="pwn()"'}))

    def test_lazy_texts_and_numbers_become_text(self):
        assert str(Attrs({"a": gettext_lazy("Yes"), "b": 7})) == 'a="Yes" b="7"'

    @pytest.mark.parametrize("name", ["class", "style"])
    def test_looks_are_refused(self, name):
        with pytest.raises(ValueError, match="looks belong to the pack"):
            Attrs({name: "x"})

    def test_the_union_is_a_new_bundle(self):
        first = Attrs({"id": "a", "href": "/"})

        assert str(first | {"id": "b"}) == 'id="b" href="/"'
        assert str(first) == 'id="a" href="/"'

    def test_a_template_prints_it_and_reads_one_of_it(self):
        context = Context({"attrs": Attrs({"id": "<a>"})})

        assert Template("{{ attrs }} {{ attrs.id }}").render(context) == 'id="&lt;a&gt;" &lt;a&gt;'

    def test_an_empty_bundle_is_false_and_a_printed_one_true(self):
        assert not Attrs()
        assert PrintedAttrs('id="a"')
        assert str(PrintedAttrs('id="a"')) == 'id="a"'
