import random

from powercrud_core.stencils import StampedRows, marker, stamp, stencil

HOSTILE = ["<b>", '"', "%s", "%", "{}", "\\1", "{{ x }}", "", "ü" * 50, "'"]


class TestStencil:
    def test_values_take_the_place_of_the_markers_in_any_order(self):
        row = stencil(f"<tr>{marker(1)}-{marker(0)}-{marker(1)}</tr>")

        assert row(["a", "b"]) == "<tr>b-a-b</tr>"

    def test_percent_signs_of_the_template_stay(self):
        assert stencil(f"100% {marker(0)} %s")(["a"]) == "100% a %s"

    def test_a_stencil_equals_replacing_one_marker_after_the_other(self):
        numbers = random.Random(7)
        for _ in range(200):
            values = [numbers.choice(HOSTILE) for _ in range(6)]
            html = "".join(
                numbers.choice(["<td>", "%", marker(numbers.randrange(6))]) for _ in range(12)
            )

            assert stamp(html, values) == stencil(html)(values)


class TestStampedRows:
    def test_each_shape_is_drawn_once(self):
        drawn = []

        def draw(shape):
            drawn.append(shape)
            return f"<tr {shape}>{marker(0)}</tr>"

        rows = StampedRows([("a", ["1"]), ("b", ["2"]), ("a", ["3"])], draw)

        assert str(rows) == "<tr a>1</tr><tr b>2</tr><tr a>3</tr>"
        assert drawn == ["a", "b"]
        assert len(rows) == 3
