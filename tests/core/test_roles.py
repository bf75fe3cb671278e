import pytest

from powercrud_core.roles import KeyConverter, converter_for, join_key, split_key
from tests.library.models import Book, Copy, Genre, Loan, Shelf

KEYS = ["plain", "a/b", "a b", "a_b", "new", "bulk", "..", "ü", "100%", "%2F", "a,b", "日本", "-"]


class TestKeyConverter:
    @pytest.mark.parametrize("key", KEYS)
    def test_every_key_comes_back_from_its_url(self, key):
        converter = KeyConverter()

        assert key == converter.to_python(converter.to_url(key))

    @pytest.mark.parametrize("key", KEYS)
    def test_a_key_is_one_segment_that_no_server_decodes(self, key):
        segment = KeyConverter().to_url(key)

        assert not set(segment) & set("/ %?#")
        assert segment not in {"new", "bulk", "choices", "jobs", ".", ".."}

    @pytest.mark.parametrize("segment", ["__", "_ZZ", "_C3", "a_4"])
    def test_a_segment_that_no_key_has_is_refused(self, segment):
        with pytest.raises(ValueError):
            KeyConverter().to_python(segment)


class TestConverterFor:
    @pytest.mark.parametrize(
        ("model", "converter"),
        [
            (Book, "int"),
            (Copy, "uuid"),
            (Genre, "powercrud_key"),
            (Shelf, "powercrud_key"),
            (Loan, "powercrud_key"),
        ],
    )
    def test_the_key_chooses_the_converter(self, model, converter):
        assert converter == converter_for(model._meta.pk)


class TestCompositeKeys:
    @pytest.mark.parametrize("parts", [("a", "1"), ("a,b", "1"), ("a\\", "\\,"), ("", "1")])
    def test_parts_come_back(self, parts):
        assert parts == split_key(join_key(parts))

    def test_a_simple_key_passes(self):
        assert join_key(7) == 7
