"""The daisyUI pack's declaration."""

from powercrud_core.packs import PackConfig, TemplatePack


class DaisyuiConfig(PackConfig):
    """daisyUI 5 with its light and dark themes, compiled; no script of its own."""

    name = "powercrud_daisyui"
    verbose_name = "PowerCRUD daisyUI pack"
    pack = TemplatePack(
        name="daisyui",
        contract=1,
        level="accessible",
        crispy="daisyui",
        css=("powercrud_daisyui/daisyui.css",),
    )
