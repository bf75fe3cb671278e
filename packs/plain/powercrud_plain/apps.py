"""The plain pack's declaration."""

from powercrud_core.packs import PackConfig, TemplatePack


class PlainConfig(PackConfig):
    """Semantic HTML, one stylesheet, no script of its own."""

    name = "powercrud_plain"
    verbose_name = "PowerCRUD plain pack"
    pack = TemplatePack(
        name="plain", contract=1, level="accessible", css=("powercrud_plain/plain.css",)
    )
